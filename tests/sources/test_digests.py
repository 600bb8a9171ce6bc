"""Digests of every kind, each with all that should be read from it beside it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from kg.model import Paper, Problem, SummaryField
from kg.sources import read_papers

FOLDER = Path(__file__).parents[1] / "data" / "sources" / "digests"
DIGESTS = sorted(FOLDER.glob("*.md"))


def shown(paper: Paper) -> dict[str, Any]:
    """Return what a paper says, in the form of the expected files: empty parts left out."""
    parts = {"id": paper.id, "title": paper.title, "abstract": paper.abstract, "version": paper.version}
    parts |= {"date": paper.date, "comment": paper.comment, "line": paper.line, "authors": list(paper.authors)}
    parts |= {"categories": list(paper.categories), "keywords": list(paper.keywords)}
    parts["summaries"] = [f"{text.field.value}@{text.language}: {text.text}" for text in paper.summaries]
    return {name: value for name, value in parts.items() if value}


@pytest.mark.parametrize("path", DIGESTS, ids=lambda path: path.stem)
def test_everything_is_read(path: Path) -> None:
    problems: list[Problem] = []
    papers = read_papers([path], on_problem=problems.append)
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert [shown(paper) for paper in papers] == expected["papers"]
    told = [f"{p.line}: {'lost' if p.fatal else 'remark'}: {p.reason}".replace(str(path), path.name) for p in problems]
    assert told == expected["problems"]
    assert {problem.path for problem in problems} <= {str(path)}
    assert {paper.source for paper in papers} == {path.name}


def test_all_kinds_are_there() -> None:
    assert len(DIGESTS) >= 12


def test_line_ends_marks_and_encodings_make_no_difference(tmp_path: Path) -> None:
    for path in DIGESTS:
        text = path.read_text(encoding="utf-8")
        copy = tmp_path / path.name
        expected = read_papers([path], on_problem=lambda _: None)
        for encoding, newline in (("utf-8-sig", "\r\n"), ("utf-16", "\n"), ("utf-16-be", "\r\n"), ("utf-8", "\r")):
            copy.write_bytes(text.replace("\n", newline).encode(encoding))
            assert read_papers([copy], on_problem=lambda _: None) == expected


def test_one_digest_after_another_in_a_file(tmp_path: Path) -> None:
    """Papers and totals are those of both; the papers of each are told apart though their labels differ."""
    both = tmp_path / "both.md"
    first, second = FOLDER / "placeholders.md", FOLDER / "translated.md"
    both.write_text(first.read_text(encoding="utf-8") + second.read_text(encoding="utf-8"), encoding="utf-8")
    apart = read_papers([first, second], on_problem=lambda _: None)
    together = read_papers([both], on_problem=lambda _: None)
    assert [(p.id, p.title, p.abstract, p.authors, p.summaries) for p in together] == [
        (p.id, p.title, p.abstract, p.authors, p.summaries) for p in apart
    ]


def test_the_same_papers_in_two_files_are_merged(tmp_path: Path) -> None:
    copy = tmp_path / "copy.md"
    shutil.copy(FOLDER / "fields.md", copy)
    papers = read_papers([FOLDER / "fields.md", copy], on_problem=lambda _: None)
    assert [(paper.source, paper.other_sources) for paper in papers] == [("copy.md", ("fields.md",))] * 2


def test_chinese_beside_english_is_a_translation() -> None:
    papers = {paper.id: paper for paper in read_papers([FOLDER / "chinese.md"], on_problem=lambda _: None)}
    sand = papers["2501.00023"]
    assert sand.text == "Walking on Sand\nSand gives way."
    assert [(s.field, s.language) for s in sand.summaries] == [
        (SummaryField.ABSTRACT, "zh"),
        (SummaryField.TITLE, "zh"),
    ]
