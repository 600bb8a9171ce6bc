"""The bundled example digest: complete, consistent, true to its sources and in our own words."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = files("kg.sources").joinpath("example.md").read_text(encoding="utf-8")
FIELDS = ("TL;DR", "Motivation", "Method", "Result", "Conclusion", "Abstract")
ENTRY = re.compile(
    r"^### \[(?P<number>\d+)\] \[(?P<title>[^\n]+)\]\(https://arxiv\.org/abs/(?P<id>\d{4}\.\d{5})(?P<version>v\d+)?\)\n"
    r"\*(?P<authors>[^\n]+)\*\n\nMain category: (?P<category>\S+)\n(?P<body>.*?)^</details>$",
    re.MULTILINE | re.DOTALL,
)
RUN = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """What one entry of the digest says, as read by this test's own expressions."""

    number: int
    id: str
    version: str | None
    title: str
    authors: tuple[str, ...]
    category: str
    fields: dict[str, str]


def entries(text: str) -> Iterator[Entry]:
    for found in ENTRY.finditer(text):
        fields = dict(re.findall(rf"^({'|'.join(FIELDS)}): (.+)$", found["body"], re.MULTILINE))
        authors = tuple(found["authors"].split(","))
        yield Entry(
            int(found["number"]), found["id"], found["version"], found["title"], authors, found["category"], fields
        )


ENTRIES = tuple(entries(TEXT))
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.number}-{entry.id}")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of eight words: what a copied sentence cannot do without."""
    found = words(text)
    return {tuple(found[start : start + RUN]) for start in range(len(found) - RUN + 1)}


def test_forty_papers_and_one_of_them_twice() -> None:
    ids = [entry.id for entry in ENTRIES]
    assert len(set(ids)) == 40
    assert len(ids) == 41
    (twice,) = {paper for paper in ids if ids.count(paper) == 2}
    first, second = (entry for entry in ENTRIES if entry.id == twice)
    assert (first.title, first.authors, first.category, first.fields) == (
        second.title,
        second.authors,
        second.category,
        second.fields,
    )


def test_nothing_that_looks_like_an_entry_is_left_unread() -> None:
    assert TEXT.count("\n### ") == TEXT.count("arxiv.org/abs/") == TEXT.count("<details>") == len(ENTRIES)
    assert [entry.number for entry in ENTRIES] == list(range(1, len(ENTRIES) + 1))


def test_table_of_contents_agrees_with_the_sections() -> None:
    totals = dict(re.findall(r"^- \[(\S+)\]\(#\1\) \[Total: (\d+)\]$", TEXT, re.MULTILINE))
    sections = re.split(r"^<div id='(\S+)'></div>$", TEXT, flags=re.MULTILINE)[1:]
    counted = {name: str(len(list(entries(body)))) for name, body in zip(sections[::2], sections[1::2], strict=True)}
    assert list(counted) == ["cs.RO", "cs.LG", "cs.CV", "cs.AI"]
    assert totals == counted


def test_the_reader_is_told_who_wrote_the_summaries() -> None:
    comment, visible = TEXT.split("\n\n")[:2]
    assert comment.startswith("<!--")
    assert comment.endswith("-->")
    for notice in (comment, visible):
        assert "written for this project" in notice
        assert "not the authors' abstracts" in notice


def test_awkward_things_of_real_digests_are_in_it() -> None:
    assert any(entry.title.startswith(r"$\pi_0$") for entry in ENTRIES)
    assert sum(entry.version is not None for entry in ENTRIES) == 2
    assert any(not author.isascii() for entry in ENTRIES for author in entry.authors)


@each_entry
def test_an_entry_is_complete(entry: Entry) -> None:
    assert tuple(entry.fields) == FIELDS
    assert all(author == author.strip() and " " in author for author in entry.authors)
    assert len(set(entry.authors)) == len(entry.authors)
    assert 60 <= len(entry.fields["Abstract"].split()) <= 250


@pytest.mark.parametrize("name", ["OpenVLA", "LIBERO", "Diffusion Policy", "PPO", "Isaac Gym", "Franka", "Unitree G1"])
def test_names_recur_so_that_the_graph_hangs_together(name: str) -> None:
    assert len({entry.id for entry in ENTRIES if name in entry.fields["Abstract"]}) >= 3


@pytest.fixture(scope="module")
def corpus(shared: Path) -> dict[str, dict[str, object]]:
    ids = {entry.id for entry in ENTRIES}
    with gzip.open(shared / "corpus" / "arxiv-20k.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {record["id"]: record for record in map(json.loads, lines) if record["id"] in ids}


def others(shared: Path) -> dict[str, str]:
    """Abstracts outside the corpus: those of the training texts and of the English digest."""
    lines = (shared / "annotation" / "train.texts.jsonl").read_text(encoding="utf-8").splitlines()
    digest = (shared / "digests" / "digest-en.md").read_text(encoding="utf-8")
    return {record["id"]: record["abstract"] for record in map(json.loads, lines)} | {
        entry.id: entry.fields["Abstract"] for entry in entries(digest)
    }


@pytest.mark.shared
def test_titles_authors_and_categories_are_those_of_the_record(corpus: dict[str, dict[str, object]]) -> None:
    known = [entry for entry in ENTRIES if entry.id in corpus]
    assert len(known) >= 14
    for entry in known:
        record = corpus[entry.id]
        categories = record["categories"]
        assert isinstance(categories, list)
        assert (entry.title, list(entry.authors), entry.category) == (
            record["title"],
            record["authors"],
            categories[0],
        )


@pytest.mark.shared
def test_no_summary_repeats_eight_words_of_the_abstract(shared: Path, corpus: dict[str, dict[str, object]]) -> None:
    abstracts = others(shared) | {key: str(record["summary"]) for key, record in corpus.items()}
    compared = [entry for entry in ENTRIES if entry.id in abstracts]
    assert len(compared) >= 15
    copied = {
        (entry.id, field, " ".join(run))
        for entry in compared
        for field, text in entry.fields.items()
        for run in runs(text) & runs(abstracts[entry.id])
    }
    assert copied == set()


@pytest.mark.shared
def test_no_paper_is_one_of_the_development_set(shared: Path) -> None:
    lines = (shared / "annotation" / "dev.texts.jsonl").read_text(encoding="utf-8").splitlines()
    held_out = {json.loads(line)["id"] for line in lines}
    assert held_out
    assert held_out.isdisjoint(entry.id for entry in ENTRIES)
