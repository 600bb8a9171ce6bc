"""JSON Lines of crawlers and annotators, and the snapshot of arXiv on Kaggle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.model import Paper, Problem, Summary, SummaryField
from kg.sources import FORMATS, read_papers
from kg.sources.kaggle import readable_name

if TYPE_CHECKING:
    from pathlib import Path

DAILY = {
    "id": "2512.00001",
    "title": "Walking\n  on Ice",
    "authors": ["Ada Lovelace", "Grace  Hopper"],
    "categories": ["cs.RO", "68T45, 62H30", "I.5.3; I.2.10", "cs.LG"],
    "comment": None,
    "summary": "Ice is\nslippery.",
    "abs": "https://arxiv.org/abs/2512.00001",
    "pdf": "https://arxiv.org/pdf/2512.00001",
}
KAGGLE = {
    "id": "0704.0001",
    "submitter": "Ada Lovelace",
    "authors": "C. Bal\\'azs, E. L. Berger (1), the D{\\O} Collaboration ((1) MIT)",
    "title": "Diphotons at the\n  LHC, $E_T$",
    "comments": "37 pages",
    "journal-ref": None,
    "doi": "10.1103/PhysRevD.76.013009",
    "categories": "hep-ph math-ph 81T",
    "abstract": "  A fully differential calculation.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 24 Jul 2007 20:10:27 GMT"},
    ],
    "update_date": "2008-11-26",
    "authors_parsed": [
        ["Balázs", "C.", ""],
        ["Erd{\\H{o}}s", "P\\'al", "Jr.", "MIT"],
        ["D{\\O} Collaboration", "", ""],
    ],
}


def read(path: Path, *records: Any, name: str | None = None) -> tuple[tuple[Paper, ...], list[Problem]]:
    lines = (record if isinstance(record, str) else json.dumps(record) for record in records)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    problems: list[Problem] = []
    return read_papers([path], format=name, on_problem=problems.append), problems


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "papers.jsonl"


def test_daily(file: Path) -> None:
    papers, problems = read(file, DAILY)
    assert papers == (
        Paper(
            id="2512.00001",
            title="Walking on Ice",
            abstract="Ice is slippery.",
            authors=("Ada Lovelace", "Grace Hopper"),
            categories=("cs.RO", "cs.LG"),
            source="papers.jsonl",
            line=1,
        ),
    )
    assert not problems


def test_summaries_of_a_language_model(file: Path) -> None:
    enhanced = {
        "tldr": "走路。",
        "motivation": "Motivation analysis unavailable",
        "method": None,
        "comment": "很好。",
        "score": 3,
    }
    papers, _ = read(file, DAILY | {"AI": enhanced, "comment": "8 pages", "title_translation": "在冰上行走"})
    assert papers[0].comment == "8 pages"
    assert papers[0].summaries == (
        Summary(SummaryField.REMARK, "zh", "很好。"),
        Summary(SummaryField.TITLE, "zh", "在冰上行走"),
        Summary(SummaryField.TLDR, "zh", "走路。"),
    )


def test_three_keys_are_enough(file: Path) -> None:
    papers, problems = read(file, {"id": "2512.00001", "title": "Walking", "abstract": "On ice."})
    assert papers == (Paper("2512.00001", "Walking", "On ice.", source="papers.jsonl", line=1),)
    assert not problems


@pytest.mark.parametrize(
    ("record", "identifier", "version"),
    [
        ({"id": "2512.00001v3"}, "2512.00001", 3),
        ({"id": "http://arxiv.org/abs/hep-th/9901001v1"}, "hep-th/9901001", 1),
        ({"id": "2512.00001", "version": 4}, "2512.00001", 4),
        ({"id": "2512.00001", "version": True}, "2512.00001", None),
        ({"id": "x9", "abs": "https://arxiv.org/abs/2512.00001"}, "2512.00001", None),
        ({"pdf": "https://arxiv.org/pdf/2512.00001v2"}, "2512.00001", 2),
        ({"id": 17}, "17", None),
        ({"id": "conf/x: 1"}, "conf/x: 1", None),
        ({"url": "https://openreview.net/forum?id=a"}, "https://openreview.net/forum?id=a", None),
    ],
)
def test_identifiers(file: Path, record: dict[str, Any], identifier: str, version: int | None) -> None:
    papers, _ = read(file, record | {"title": "Walking", "abstract": "On ice."})
    assert [(paper.id, paper.version) for paper in papers] == [(identifier, version)]


def test_other_spellings_of_lists(file: Path) -> None:
    record = {"authors": "Ada Lovelace; Grace Hopper", "categories": "cs.RO cs.LG", "keywords": ["ice, snow", "walks"]}
    papers, _ = read(file, {"id": "1", "title": "T", "abstract": "A.", "date": "2025-12-05", **record})
    assert papers[0].authors == ("Ada Lovelace", "Grace Hopper")
    assert papers[0].categories == ("cs.RO", "cs.LG")
    assert papers[0].keywords == ("ice", "snow", "walks")
    assert papers[0].date == "2025-12-05"
    papers, _ = read(
        file, {"id": "1", "title": "T", "abstract": "A.", "authors": [{"name": "Ada Lovelace"}, {"x": 1}, None]}
    )
    assert papers[0].authors == ("Ada Lovelace",)


def test_each_bad_line_is_told_and_the_others_are_kept(file: Path) -> None:
    papers, problems = read(
        file,
        DAILY,
        '{"id": "2512.00002", "title": "Broken off',
        "",
        "[1, 2]",
        '{"id": "2512.00003"}',
        '{"title": "No id"}',
        '{"id": 2512.0423, "title": "A number"}',
        "[" * 100_000,
        '{"id": "1", "title": "T", "n": ' + "9" * 5000 + "}",
        '{"id": "2512.00009", "title": "\\ud800Kept\\u0000", "abstract": "Yes.", "authors": ["A B"]}',
    )
    assert [(paper.id, paper.title, paper.line) for paper in papers] == [
        ("2512.00001", "Walking on Ice", 1),
        ("2512.00009", "Kept", 10),
    ]
    assert [(p.line, p.fatal) for p in problems] == [(n, True) for n in (2, 4, 5, 6, 7, 8, 9)]
    told = [problem.reason for problem in problems]
    assert "Unterminated string" in told[0]
    assert "at character" in told[0]
    assert "no object but list" in told[1]
    assert "no title" in told[2]
    assert "no arXiv id" in told[3]
    assert "lost digits" in told[4]
    assert "nested too deeply" in told[5]
    assert all(problem.path == str(file) for problem in problems)


def test_a_missing_abstract_is_remarked_once(file: Path) -> None:
    _, problems = read(
        file, DAILY, DAILY | {"id": "2512.00002", "summary": ""}, DAILY | {"id": "2512.00003", "summary": "N/A"}
    )
    assert problems == [Problem(str(file), 2, "2 of 3 papers have no English abstract", fatal=False)]


def test_kaggle(file: Path) -> None:
    papers, problems = read(file, KAGGLE)
    assert papers == (
        Paper(
            id="0704.0001",
            title="Diphotons at the LHC, $E_T$",
            abstract="A fully differential calculation.",
            authors=("C. Balázs", "Pál Erdős Jr.", "DØ Collaboration"),
            categories=("hep-ph", "math-ph"),
            version=2,
            date="2007-04-02",
            comment="37 pages",
            source="papers.jsonl",
            line=1,
        ),
    )
    assert not problems


def test_kaggle_with_gaps(file: Path) -> None:
    record = KAGGLE | {"versions": [{"version": "x"}, 3], "authors_parsed": [], "authors": "C. Bal\\'azs and E. Berger"}
    papers, _ = read(file, record)
    assert papers[0].version is None
    assert papers[0].date == "2008-11-26"
    assert papers[0].authors == ("C. Balázs", "E. Berger")
    bare = record | {"id": "0704.0000", "authors_parsed": "x", "authors": None, "versions": None, "update_date": None}
    papers, problems = read(file, record, bare)
    assert (papers[0].authors, papers[0].date) == ((), None)
    assert problems == [Problem(str(file), 2, "1 of 2 papers has no authors", fatal=False)]


@pytest.mark.parametrize(
    ("tex", "name"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ('G\\"odel', "Gödel"),
        ("\\v{Z}iga \\v{S}kraba", "Žiga Škraba"),
        ("{\\L}ukasz", "Łukasz"),
        ("Fran\\c{c}ois", "François"),
        ("broken {\\L", "broken Ł"),
    ],
)
def test_accents(tex: str, name: str) -> None:
    assert readable_name(tex) == name


def test_formats_are_told_apart() -> None:
    kaggle, daily = json.dumps(KAGGLE), json.dumps(DAILY)
    assert [name for name in FORMATS if FORMATS[name].sniff(kaggle)] == ["kaggle", "jsonl"]
    assert [name for name in FORMATS if FORMATS[name].sniff(daily)] == ["jsonl"]
    assert FORMATS["jsonl"].sniff(daily[:60])  # the first record may be longer than the head
    assert not FORMATS["jsonl"].sniff('{"n": 1, "a": {"title": "inner"}}\n{"n": 2, "a": {"title": "cut')
    assert not FORMATS["jsonl"].sniff("# title\n")


def test_labels_are_no_papers(file: Path) -> None:
    with pytest.raises(SourceError, match='no "title"'):
        read(file, {"id": "2512.00001", "e": [], "r": [], "q": []})


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(DAILY | KAGGLE)), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    records=st.lists(st.dictionaries(st.sampled_from([*sorted(DAILY | KAGGLE), "AI"]), values), max_size=4),
    name=st.sampled_from(["jsonl", "kaggle"]),
)
def test_any_values_give_papers_or_problems(
    records: list[dict[str, Any]], name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    first = DAILY if name == "jsonl" else KAGGLE
    papers, problems = read(path, first, *records, name=name)
    lost = sum(problem.fatal for problem in problems)
    assert 1 <= len(papers) <= 1 + len(records)
    assert len({paper.line for paper in papers}) + lost <= 1 + len(records)
