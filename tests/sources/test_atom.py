"""Feeds of arXiv's API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.model import Paper, Problem
from kg.sources import FORMATS, read_papers
from kg.sources.documents import LONGEST_LINE

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """
  <entry>
    <id>http://arxiv.org/abs/2512.0000{number}v2</id>
    <updated>2025-12-06T18:59:59Z</updated>
    <published>2025-12-05T18:59:59Z</published>
    <title>Walking on
  Ice &amp; Snow {number}</title>
    <summary>  Ice is slippery &lt;3%.
</summary>
    <author><name>Ada Lovelace</name><arxiv:affiliation>MIT</arxiv:affiliation></author>
    <author>
      <name>Grace Hopper</name>
    </author>
    <arxiv:doi>10.1000/1</arxiv:doi>
    <link title="pdf" href="http://arxiv.org/pdf/2512.0000{number}v2" rel="related"/>
    <arxiv:comment>8 pages</arxiv:comment>
    <arxiv:primary_category term="cs.RO" scheme="http://arxiv.org/schemas/atom"/>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
    <category term="cs.RO" scheme="http://arxiv.org/schemas/atom"/>
    <category term="68T40" scheme="http://arxiv.org/schemas/atom"/>
  </entry>"""
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"
      xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
  <title type="html">ArXiv Query: all:ice</title>
  <id>http://arxiv.org/api/x</id>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
  <opensearch:itemsPerPage>{page}</opensearch:itemsPerPage>{entries}
</feed>
"""


def feed(*numbers: int, total: int | str | None = None, start: int = 0, page: int = 10) -> str:
    entries = "".join(ENTRY.format(number=number) for number in numbers)
    return FEED.format(total=len(numbers) if total is None else total, start=start, page=page, entries=entries)


def read(path: Path, text: str | bytes) -> tuple[tuple[Paper, ...], list[Problem]]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems: list[Problem] = []
    return read_papers([path], on_problem=problems.append), problems


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "feed.xml"


def test_an_entry(file: Path) -> None:
    papers, problems = read(file, feed(1))
    assert papers == (
        Paper(
            id="2512.00001",
            title="Walking on Ice & Snow 1",
            abstract="Ice is slippery <3%.",
            authors=("Ada Lovelace", "Grace Hopper"),
            categories=("cs.RO", "cs.LG"),
            version=2,
            date="2025-12-05",
            comment="8 pages",
            source="feed.xml",
            line=9,
        ),
    )
    assert not problems


@pytest.mark.parametrize(
    ("search", "told"),
    [
        ({}, []),
        ({"total": 50, "page": 2}, ["has 2 of the 50 results"]),
        ({"total": 50, "page": 10}, ["announces 10 entries and has 2"]),
        ({"total": 12, "start": 10}, ["has 2 of the 12 results"]),
        ({"total": 1}, ["announces 1 entries and has 2"]),
        ({"total": "9" * 9999}, []),
        ({"total": "²"}, []),
    ],
)
def test_totals(file: Path, search: dict[str, Any], told: list[str]) -> None:
    _, problems = read(file, feed(1, 2, **search))
    assert [problem.fatal for problem in problems] == [False] * len(told)
    assert all(words in problem.reason for words, problem in zip(told, problems, strict=True))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings(file: Path, encoding: str) -> None:
    text = feed(1).replace("Grace", "Gráce").replace("UTF-8", encoding.removesuffix("-sig"))
    papers, _ = read(file, text.encode(encoding))
    assert papers[0].authors[1] == "Gráce Hopper"


def test_one_line_and_other_prefixes(file: Path) -> None:
    text = feed(1, 2).replace("\n", " ").replace("<feed xmlns=", "<a:feed xmlns:a=").replace("</feed>", "</a:feed>")
    for tag in ("entry", "id", "title", "summary", "author", "name", "published", "category", "link"):
        text = text.replace(f"<{tag}", f"<a:{tag}").replace(f"</{tag}>", f"</a:{tag}>")
    papers, problems = read(file, text)
    assert [paper.id for paper in papers] == ["2512.00001", "2512.00002"]
    assert not problems


def test_a_feed_that_breaks_off_gives_what_came_before(file: Path) -> None:
    whole = feed(1, 2, 3)
    papers, problems = read(file, whole[: whole.index("2512.00003")])
    assert [paper.id for paper in papers] == ["2512.00001", "2512.00002"]
    assert problems[0].fatal
    assert "no more was read" in problems[0].reason
    assert problems[0].line == 50


def test_document_types_are_refused(file: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    head, rest = feed(1).split("\n", 1)
    with pytest.raises(SourceError, match="no paper was found"):
        read(file, f"{head}\n{bomb}\n{rest.replace('slippery', '&b;&c;')}")
    problems: list[Problem] = []
    with pytest.raises(SourceError):
        read_papers([file], on_problem=problems.append)
    assert (problems[0].line, problems[0].fatal) == (2, True)
    assert "document type" in problems[0].reason


def test_an_error_of_arxiv_is_passed_on(file: Path) -> None:
    error = (
        "<entry><id>http://arxiv.org/api/errors#bad</id><title>Error</title>"
        "<summary>incorrect id format</summary></entry>"
    )
    problems: list[Problem] = []
    file.write_text(FEED.format(total=1, start=0, page=1, entries=error), encoding="utf-8")
    with pytest.raises(SourceError, match="no paper"):
        read_papers([file], on_problem=problems.append)
    assert "incorrect id format" in problems[0].reason


def test_gaps(file: Path) -> None:
    text = (
        feed(1, 2)
        .replace("<title>Walking on\n  Ice &amp; Snow 2</title>", "")
        .replace("<name>Ada Lovelace</name>", "<name/>")
    )
    papers, problems = read(file, text)
    assert [paper.authors for paper in papers] == [("Grace Hopper",)]
    assert "no title" in problems[0].reason


def test_a_text_without_end_is_left_out(file: Path) -> None:
    papers, problems = read(file, feed(1, 2).replace("Snow 1", "x" * (LONGEST_LINE + 1)))
    assert [paper.id for paper in papers] == ["2512.00002"]
    assert [("4 MiB" in problem.reason, problem.line) for problem in problems] == [(True, 9)]


def test_only_feeds_are_feeds() -> None:
    atom = FORMATS["atom"]
    assert atom.sniff(feed())
    assert atom.sniff('<feed xmlns="http://www.w3.org/2005/Atom">')
    assert not atom.sniff("<html><body>http://www.w3.org/2005/Atom</body></html>")
    assert not atom.sniff('<?xml version="1.0"?><rss><channel/></rss>')


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(at=st.integers(0, 3000), junk=st.binary(max_size=12))
def test_damage_anywhere_is_told(at: int, junk: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = feed(1, 2, 3).encode()
    path = tmp_path_factory.getbasetemp() / "damaged.xml"
    start = data.index(b"</entry>") + 8  # the first entry stays whole, so that there is something to read
    place = start + at % (len(data) - start)
    damaged = data[:place] + junk + data[place + len(junk) :]
    papers, problems = read(path, damaged)
    assert papers[0].title == "Walking on Ice & Snow 1"
    assert len(papers) == 3 or problems or damaged.count(b"2512.0000") < 6
