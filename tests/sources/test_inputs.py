"""Inputs of every kind, good and bad: what is read, what is told, what is refused and with which words."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import sys
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.errors import ConfigError, SourceError
from kg.model import Paper, Problem
from kg.sources import read_papers
from kg.sources.documents import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY = """### [{0}] [Paper {0}](https://arxiv.org/abs/2512.0000{0})
*Ada Lovelace*

Abstract: On robots.

"""


def digest(*numbers: int) -> str:
    return "# cs.RO\n\n" + "".join(ENTRY.format(number) for number in numbers)


def record(number: int) -> str:
    return f'{{"id": "2512.0000{number}", "title": "Paper {number}", "abstract": "On robots."}}\n'


def read(*inputs: str | Path, name: str | None = None) -> tuple[tuple[Paper, ...], list[Problem]]:
    problems: list[Problem] = []
    return read_papers(inputs, format=name, on_problem=problems.append), problems


def ids(papers: tuple[Paper, ...]) -> list[int]:
    return [int(paper.id[-1]) for paper in papers]


def refused(*inputs: str | Path, name: str | None = None) -> str:
    with pytest.raises(SourceError) as caught:
        read(*inputs, name=name)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@contextmanager
def standard_input(data: bytes) -> Iterator[None]:
    kept = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(data))
    try:
        yield
        assert not sys.stdin.buffer.closed
    finally:
        sys.stdin = kept


def test_a_file_by_path_or_name(tmp_path: Path) -> None:
    path = tmp_path / "digest.md"
    path.write_text(digest(1, 2), encoding="utf-8")
    assert read(path) == read(str(path))
    assert [(p.id, p.source, p.line) for p in read(path)[0]] == [
        ("2512.00001", "digest.md", 3),
        ("2512.00002", "digest.md", 8),
    ]


@pytest.mark.parametrize("name", ["digest.md.gz", "digest.md"])
def test_gzip_is_told_by_its_content(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(digest(1).encode()) + gzip.compress(ENTRY.format(2).encode()))
    papers, problems = read(path)
    assert ids(papers) == [1, 2]
    assert papers[0].source == name
    assert not problems


def test_a_plain_file_called_gz(tmp_path: Path) -> None:
    path = tmp_path / "digest.md.gz"
    path.write_text(digest(1), encoding="utf-8")
    assert ids(read(path)[0]) == [1]


@pytest.mark.parametrize("data", [digest(1).encode(), gzip.compress(record(1).encode()), record(1).encode("utf-16")])
def test_standard_input(data: bytes) -> None:
    with standard_input(data):
        papers, problems = read("-")
    assert ids(papers) == [1]
    assert papers[0].source == "-"
    assert not problems


def test_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    child = os.fork()
    if not child:
        path.write_text(digest(1), encoding="utf-8")
        os._exit(0)
    assert ids(read(path)[0]) == [1]
    os.waitpid(child, 0)


def test_folders_patterns_and_files_together(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    for path, text in (
        (deep / "one.md", digest(1)),
        (tmp_path / "two.jsonl", record(2)),
        (tmp_path / ".three.md", digest(3)),
        (tmp_path / ".hidden" / "four.md", digest(4)),
        (tmp_path / "notes.txt", "Buy milk.\n"),
        (tmp_path / "empty.md", ""),
    ):
        path.write_text(text, encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    papers, problems = read(tmp_path)
    assert ids(papers) == [1, 2]
    assert [(Path(p.path).name, p.reason, p.fatal) for p in problems] == [
        ("empty.md", "the input is empty", False),
        ("notes.txt", "the format is not known", False),
    ]
    assert ids(read(f"{tmp_path}/**/*.md", deep / "one.md")[0]) == [1]
    assert ids(read(tmp_path / "two.jsonl", tmp_path / "a", tmp_path / "a" / ".." / "two.jsonl")[0]) == [1, 2]


def test_a_file_that_two_inputs_name_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "digest.md"
    path.write_text(digest(1) + "### [2] [](https://arxiv.org/abs/2512.00002)\n*A B*\n", encoding="utf-8")
    _, problems = read(path, tmp_path, str(path))
    assert len(problems) == 1


def test_one_bad_file_in_a_folder_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(digest(1), encoding="utf-8")
    (tmp_path / "torn.jsonl.gz").write_bytes(
        gzip.compress((record(2) + "".join(map(record, range(3, 9))) * 50).encode())[:-20]
    )
    papers, problems = read(tmp_path)
    assert 1 in ids(papers)
    assert [(Path(p.path).name, p.fatal) for p in problems if p.fatal] == [("torn.jsonl.gz", True)]
    assert "breaks off" in problems[0].reason


def test_missing_empty_and_unreadable(tmp_path: Path) -> None:
    assert "no such file or folder. Check the path." in refused(tmp_path / "missing.md")
    assert str(tmp_path / "missing.md") in refused(tmp_path / "missing.md")
    assert "no file matches" in refused(f"{tmp_path}/*.md")
    assert "no file to read" in refused(tmp_path)
    assert "no such file" in refused("a\x00b")
    assert "no such file" in refused("a" * 5000)
    for text in ("", " \n\t\n", "\ufeff"):
        (tmp_path / "empty.md").write_text(text, encoding="utf-8")
        assert "empty.md: the input is empty" in refused(tmp_path / "empty.md")
    assert "none of its 1 files could be read" in refused(tmp_path)
    assert "no paper was found in no input" in refused()
    with standard_input(b""):
        assert "-: the input is empty" in refused("-")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file of Linux whose first byte cannot be read")
def test_a_file_that_breaks_when_read() -> None:
    assert "cannot be read" in refused("/proc/self/mem")


def test_a_forbidden_file(tmp_path: Path) -> None:
    path = tmp_path / "secret.md"
    path.write_text(digest(1), encoding="utf-8")
    path.chmod(0)
    user = os.geteuid()
    if user == 0:  # root may read everything: become nobody for the while
        for folder in (tmp_path, *tmp_path.parents[:3]):
            folder.chmod(0o755)
        os.seteuid(65534)
    try:
        told = refused(path)
    finally:
        os.seteuid(user)
    assert "Permission denied" in told
    assert "readable" in told


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"%PDF-1.7\n" + bytes(range(256)), "this is a PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "this is a picture"),
        (b"PAR1" + bytes(range(256)), "Parquet"),
        (bz2.compress(digest(1).encode()), "bzip2"),
        (bytes(range(1, 256)) * 9, "binary file"),
        (b"<!DOCTYPE html>\n<html><body>404</body></html>", "web page, not a digest"),
        (b"<html><a href='https://arxiv.org/abs/2512.00001'>x</a></html>", "web page, not a digest"),
        (b"\n<!-- x -->\n<HTML lang=en>", "web page"),
        (b'[\n{"id": "1", "title": "x"}]', "JSON array"),
        (b'{\n "id": "1",\n "title": "x"\n}', "over several lines"),
        (b"Buy milk.\n", "the format is not known"),
    ],
)
def test_what_is_no_digest(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "digest.md"
    path.write_bytes(data)
    assert told in refused(path)
    assert refused(path).startswith(str(path))
    assert refused(path).endswith(".")


def test_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("d.md", digest(1))
    assert "ZIP" in refused(tmp_path / "d.zip")


@pytest.mark.parametrize("cut", [1, 8, 20])
def test_a_torn_gzip(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "torn.md.gz"
    path.write_bytes(gzip.compress(digest(1, 2).encode())[:-cut])
    assert "breaks off" in refused(path)
    path.write_bytes(gzip.compress(digest(1).encode())[:12] + b"damage" * 9)
    assert "cannot be read" in refused(path)
    path.write_bytes(gzip.compress(digest(1).encode()) + b"rubbish after it")
    assert "Download" in refused(path)


@pytest.mark.parametrize("form", [digest, lambda *numbers: "".join(map(record, numbers))])
def test_a_line_without_end_is_left_out(tmp_path: Path, form: object) -> None:
    assert callable(form)
    path = tmp_path / "long.txt"
    with path.open("w", encoding="utf-8") as stream:
        stream.write(form(1))
        for _ in range(LONGEST_LINE // 1024 + 300):
            stream.write("x" * 1024)
        stream.write("\n" + form(2).replace("# cs.RO\n", ""))
        stream.write("y" * (LONGEST_LINE + 1))
    papers, problems = read(path)
    assert ids(papers) == [1, 2]
    assert [("4 MiB" in problem.reason, problem.fatal) for problem in problems] == [(True, True)] * 2
    assert problems[0].line < problems[1].line


def test_only_one_line_and_far_too_long(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    path.write_text('{"id": "1", "title": "' + "x" * (LONGEST_LINE + 10), encoding="utf-8")
    problems: list[Problem] = []
    with pytest.raises(SourceError, match="no paper was found"):
        read_papers([path], on_problem=problems.append)
    assert [(p.line, p.fatal) for p in problems] == [(1, True), (0, False)]


def test_other_encodings_are_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "latin.md"
    path.write_bytes(digest(1, 2).replace("Ada Lovelace", "José Ñúñez “III”").encode("cp1252"))
    papers, problems = read(path)
    assert [paper.authors for paper in papers] == [("José Ñúñez “III”",)] * 2
    assert [(p.line, p.fatal) for p in problems] == [(4, False)]
    assert "(and 1 more) is not UTF-8" in problems[0].reason


def test_stray_zero_bytes(tmp_path: Path) -> None:
    path = tmp_path / "zero.md"
    path.write_bytes(digest(1).replace("Paper", "Pa\x00per").encode() + b"\x00\x00")
    assert read(path)[0][0].title == "Paper 1"


def test_the_format_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(record(1), encoding="utf-8")
    assert ids(read(path, name="jsonl")[0]) == [1]
    assert "this is not markdown; it looks like jsonl" in refused(path, name="markdown")
    assert "say jsonl" in refused(path, name="atom")
    path.write_text("A list\n\nhttps://example.org [Paper 1]\n", encoding="utf-8")
    assert "no paper was found" in refused(path, name="markdown")
    path.write_text("<html></html>", encoding="utf-8")
    assert "web page" in refused(path, name="markdown")
    with pytest.raises(ConfigError, match=r"unknown format 'bibtex'.*Choose one of atom, jsonl, kaggle, markdown"):
        read(path, name="bibtex")


def test_a_day_without_papers_is_only_remarked_beside_others(tmp_path: Path) -> None:
    quiet, busy = tmp_path / "quiet.md", tmp_path / "busy.md"
    quiet.write_text("# ArXiv Daily Papers - 2025-06-10\n\n### 今日没有找到新论文。\n", encoding="utf-8")
    busy.write_text(digest(1), encoding="utf-8")
    papers, problems = read(quiet, busy)
    assert ids(papers) == [1]
    assert problems == [Problem(str(quiet), 0, "no paper was found in it", fatal=False)]
    assert "Check that the input" in refused(quiet)


def anything(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    problems: list[Problem] = []
    papers: tuple[Paper, ...] = ()
    with suppress(SourceError):
        papers = read_papers([path], on_problem=problems.append)
    for paper in papers:
        assert paper.id
        assert paper.title
        "".join((paper.id, paper.text, *paper.authors, *(s.text for s in paper.summaries))).encode()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=400))
@example(data=b"\xff\xfe")
@example(data=b"\x1f\x8b")
@example(data=b"#")
def test_any_bytes_are_read_or_refused(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    anything(data, tmp_path_factory.getbasetemp() / "any.bin")


PIECES = [
    "#", "##", "### ", "#### ", "[", "]", "(", ")", "](https://arxiv.org/abs/2512.00001)", "arXiv:2512.00003",
    "https://arxiv.org/abs/2512.00002v3", "|", "---", "- ", "1. ", "> ", "\n", "\n\n", ": ", "：", "Abstract", "摘要",
    "Authors", "Title", "Method", "TL;DR", "Link", "<details>", "</details>", "<summary>", "</summary>", "<br>",
    "<!--", "-->", "```", "Ada Lovelace", "words", ",", " ", "|---|---|", "Total: 3", "cs.RO", "\\", "$", "<a href='",
    "'>", "</a>", "\x00", "é", "(3 篇)", "](#toc)", "{", "}", "**", "*", "_",
]  # fmt: skip


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_markdown_is_read_or_refused(pieces: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    anything(("# arXiv\n" + "".join(pieces)).encode(), tmp_path_factory.getbasetemp() / "any.md")


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_damage_to_one_entry_leaves_the_others(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever a body holds but headings and folds, the entries before and after it are read as they are."""
    pieces = [piece for piece in PIECES if not set(piece) & set("#<`-\n")]
    lines = data.draw(st.lists(st.lists(st.sampled_from(pieces), max_size=8).map("".join), max_size=6))
    path = tmp_path_factory.getbasetemp() / "one.md"
    path.write_text(digest(1) + ENTRY.format(2) + "\n".join(lines) + "\n\n" + ENTRY.format(3), encoding="utf-8")
    papers, _ = read(path)
    assert ids(papers) == [1, 2, 3]
    assert [(papers[i].title, papers[i].abstract, papers[i].authors) for i in (0, 2)] == [
        ("Paper 1", "On robots.", ("Ada Lovelace",)),
        ("Paper 3", "On robots.", ("Ada Lovelace",)),
    ]
