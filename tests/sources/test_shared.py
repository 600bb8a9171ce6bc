"""The real digests and the corpus: counts, and values read by eye or by another way."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from kg.model import Paper, Problem, SummaryField, fold_space
from kg.sources import read_papers

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

DIGESTS = {
    "digest-en.md": {("cs.RO",): 24, ("cs.LG",): 62},
    "digest-zh.md": {("cs.AI",): 19, ("cs.LG",): 59, ("q-fin.CP",): 1, ("physics.soc-ph",): 2, ("stat.ML",): 8},
    "variant-bold-fields.md": None,
    "variant-task-field.md": {(): 45},
}
COUNTS = {"digest-en.md": 86, "digest-zh.md": 89, "variant-bold-fields.md": 30, "variant-task-field.md": 45}
AUTHORS = re.compile(r"^### .*arxiv\.org/abs/(\d{4}\.\d{5})\)\n(?:> .*\n\n)?\*([^*\n]*)\*", re.MULTILINE)


def read(path: Path) -> tuple[dict[str, Paper], list[Problem]]:
    problems: list[Problem] = []
    return {paper.id: paper for paper in read_papers([path], on_problem=problems.append)}, problems


@pytest.fixture(scope="module")
def abstracts(shared: Path) -> dict[str, dict[str, Any]]:
    """Titles and abstracts by id, from the annotated texts and the corpus."""
    texts: dict[str, dict[str, Any]] = {}
    with gzip.open(shared / "corpus" / "arxiv-20k.jsonl.gz", "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            texts[record["id"]] = record | {"abstract": record["summary"]}
    for name in ("train", "dev"):
        for line in (shared / "annotation" / f"{name}.texts.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            texts[record["id"]] = texts.get(record["id"], {}) | record
    return texts


@pytest.mark.parametrize("name", DIGESTS)
def test_every_paper_author_and_category(shared: Path, name: str) -> None:
    papers, problems = read(shared / "digests" / name)
    text = (shared / "digests" / name).read_text(encoding="utf-8")
    written = {identifier: tuple(map(str.strip, names.split(","))) for identifier, names in AUTHORS.findall(text)}
    assert len(papers) == COUNTS[name]
    assert {identifier: paper.authors for identifier, paper in papers.items()} == written
    assert not [problem for problem in problems if problem.fatal]
    expected = DIGESTS[name]
    assert expected is None or Counter(paper.categories for paper in papers.values()) == expected


@pytest.mark.parametrize("name", ["digest-en.md", "digest-zh.md", "variant-task-field.md"])
def test_titles_and_abstracts_are_those_of_other_sources(
    shared: Path, name: str, abstracts: dict[str, dict[str, Any]]
) -> None:
    papers, problems = read(shared / "digests" / name)
    known = [paper for identifier, paper in papers.items() if identifier in abstracts]
    assert len(known) >= 28
    for paper in known:
        record = abstracts[paper.id]
        assert paper.text == f"{fold_space(record['title'])}\n{fold_space(record['abstract'])}"
    assert all(paper.abstract for paper in papers.values())
    assert not problems


def test_placeholders_of_the_english_digest_are_absent(shared: Path) -> None:
    papers, _ = read(shared / "digests" / "digest-en.md")
    assert not any(paper.summaries for paper in papers.values())


def test_summaries_of_the_chinese_digest(shared: Path) -> None:
    papers, _ = read(shared / "digests" / "digest-zh.md")
    counts = Counter((s.field, s.language) for paper in papers.values() for s in paper.summaries)
    wanted = ("TLDR", "MOTIVATION", "METHOD", "RESULT", "CONCLUSION")
    assert counts == {(SummaryField[name], "zh"): 89 for name in wanted}


def test_bold_fields(shared: Path) -> None:
    papers, problems = read(shared / "digests" / "variant-bold-fields.md")
    summaries = Counter((s.field.value, s.language) for paper in papers.values() for s in paper.summaries)
    assert summaries == {
        ("abstract", "zh"): 30,
        ("conclusion", "zh"): 30,
        ("method", "zh"): 30,
        ("motivation", "zh"): 30,
        ("remark", "zh"): 30,
        ("result", "zh"): 29,  # one says that the abstract mentions none
        ("title", "zh"): 30,
        ("tldr", "zh"): 60,  # with the summaries called ai_Abstract
    }
    assert papers["2506.20770"].categories == ("cs.CR",)
    assert papers["2506.20770"].keywords[1:3] == ("实验框架", "蜜罐")
    assert sum(paper.comment is not None for paper in papers.values()) == 15
    assert not any(paper.abstract for paper in papers.values())
    told = " ".join(problem.reason for problem in problems)
    assert "announces 450 papers, 30 were read" in told
    assert "77 papers in cs.LG, 5 were read" in told
    assert "30 of 30 papers have no English abstract" in told
    categories = {name for paper in papers.values() for name in paper.categories}
    assert "math.IT" in categories
    assert not any(name[0].isdigit() or " " in name for name in categories)


def test_a_structured_abstract_stays_whole(shared: Path) -> None:
    papers, _ = read(shared / "digests" / "variant-task-field.md")
    inside = [paper for paper in papers.values() if "Results: REK+/RAG+ achieved" in paper.abstract]
    assert len(inside) == 1
    assert sum(summary.field is SummaryField.RESULT for summary in inside[0].summaries) == 1


def test_the_corpus(shared: Path, abstracts: dict[str, dict[str, Any]]) -> None:
    papers, problems = read(shared / "corpus" / "arxiv-20k.jsonl.gz")
    assert len(papers) == 20_000
    assert not problems
    paper = papers["1904.11093"]
    assert paper.categories == ("cs.CV", "cs.AI", "cs.LG", "stat.ML")
    assert paper.authors == ("Mahdi Abavisani", "Vishal M. Patel")
    assert all(p.authors == tuple(map(fold_space, abstracts[p.id]["authors"])) for p in papers.values())


def test_texts_of_the_annotation(shared: Path) -> None:
    papers, problems = read(shared / "annotation" / "dev.texts.jsonl")
    assert len(papers) == 88
    assert not problems


def test_the_bundled_example() -> None:
    from kg.resources import example  # noqa: PLC0415  # only this test needs it

    papers, problems = read(example())
    assert len(papers) == 40
    assert not problems
