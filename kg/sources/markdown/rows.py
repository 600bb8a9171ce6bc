"""The lines of a digest with what is only layout taken out: comments, code blocks, front matter, broken lines."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.sources.documents import Line

_ATTRIBUTES = r"(?:\s+[\w-]+\s*=\s*[^<>]*)?\s*/?>"
INLINE_TAG = rf"</?(?:p|div|span|b|i|u|em|strong|center|font|small|a){_ATTRIBUTES}"
"""A tag of HTML that dresses a text; papers also write of ``<think>``, ``<table>`` and ``a<b``, which stay."""
TAG = (
    r"</?(?:p|div|span|b|i|u|em|strong|center|font|small|a|details|summary|h[1-6]|ul|ol|li|table|thead|tbody|tr|td|th"
    rf"|img|hr|br|sub|sup|blockquote){_ATTRIBUTES}"
)
"""A tag of HTML, for rows that hold nothing else."""

_SPLIT = re.compile(
    r"(</?details[^<>]*>|<summary[^<>]*>(?:(?!<summary).)*?</summary>|</?summary[^<>]*>)|<br\s*/?>", re.IGNORECASE
)
_HTML_LINK = re.compile(
    r"<a\s[^<>]*?href=[\"'](?P<url>[^\"'<>]*)[\"'][^<>]*>(?P<text>(?:(?!<a\s).)*?)</a>", re.IGNORECASE
)
_HTML = (
    *(
        (re.compile(rf"^\s*<h{level}\b[^<>]*>(.*?)</h{level}>\s*$", re.IGNORECASE), rf"{'#' * level} \1")
        for level in range(1, 7)
    ),
    (re.compile(r"^\s*<li\b[^<>]*>(.*?)(?:</li>)?\s*$", re.IGNORECASE), r"- \1"),
    (re.compile(r"^(- |\s*)(?:<p>\s*)?<(b|strong)>(.*?)</\2>", re.IGNORECASE), r"\1**\3**"),
    (re.compile(r"^\s*(?:<p>\s*)?<(em|i)>(.*?)</\1>\s*(?:</p>)?\s*$", re.IGNORECASE), r"*\2*"),
)
_FENCE = re.compile(r"^\s{0,3}(```|~~~)")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s")
_OPENS_LINK = re.compile(r"^\s*(?:#{1,6}|[-*+]|\d+[.)])\s+.*\[")
_OPENS_EMPHASIS = re.compile(r"^\*(?![*\s])[^*]+$")
_OPENS_TITLE = re.compile(r"^Title\s*:\s*\S", re.IGNORECASE)
_KEY = re.compile(r"^\w[\w -]*:|^\s+\S|^\s*$|^\s*#")
_LONGEST_JOIN = 5
_LONGEST_FRONT = 60


class Row(NamedTuple):
    """A line of a digest and its number from 1; several rows may come from one line."""

    number: int
    text: str


def rows(lines: Iterable[Line]) -> list[Row]:
    """Return the rows of a digest."""
    numbered = [Row(line.number, line.text.replace("\x00", "").replace("\ufeff", "")) for line in lines]
    body = _without_comments(_without_front_matter(numbered))
    return list(_split(_joined(list(_without_code(body)))))


def _without_front_matter(numbered: list[Row]) -> list[Row]:
    start = next((i for i, row in enumerate(numbered) if row.text.strip()), 0)
    if not numbered or numbered[start].text.strip() != "---":
        return numbered
    for end in range(start + 1, min(start + _LONGEST_FRONT, len(numbered))):
        if numbered[end].text.strip() == "---":
            return numbered[end + 1 :]
        if not _KEY.match(numbered[end].text):
            break
    return numbered


def _without_comments(numbered: list[Row]) -> list[Row]:
    text = "\n".join(row.text for row in numbered)
    kept, place = [], 0
    while (start := text.find("<!--", place)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept += [text[place:start], "\n" * text.count("\n", start, end)]
        place = end + len("-->")
    lines = "".join((*kept, text[place:])).split("\n")
    return [Row(row.number, line) for row, line in zip(numbered, lines, strict=False)]


def _without_code(numbered: list[Row]) -> Iterator[Row]:
    """Leave out code blocks; a fence that is not closed before the next heading, or wraps one, is left out alone."""
    skip_to = -1
    for place, row in enumerate(numbered):
        if place <= skip_to:
            continue
        if _FENCE.match(row.text):
            skip_to = _end_of_code(numbered, place)
            yield Row(row.number, "")
        else:
            yield row


def _end_of_code(numbered: list[Row], start: int) -> int:
    for place in range(start + 1, len(numbered)):
        if _FENCE.match(numbered[place].text):
            return place
        if _HEADING.match(numbered[place].text):
            break
    return start


def _joined(numbered: list[Row]) -> Iterator[Row]:
    """Put a title or a list of authors together that goes on over several lines."""
    place = 0
    while place < len(numbered):
        row = numbered[place]
        text, taken = row.text, 0
        if _OPENS_LINK.match(text) and text.count("[") > text.count("]"):
            taken = _lines_until("](", numbered, place)
        elif _OPENS_EMPHASIS.match(text):
            taken = _lines_until("*", numbered, place)
        elif _OPENS_TITLE.match(text):
            taken = _indented_lines(numbered, place)
        more = (numbered[place + step].text.strip() for step in range(1, taken + 1))
        yield Row(row.number, " ".join((text.rstrip(), *more)) if taken else text)
        place += taken + 1


def _lines_until(sign: str, numbered: list[Row], start: int) -> int:
    for step in range(1, min(_LONGEST_JOIN + 1, len(numbered) - start)):
        text = numbered[start + step].text
        if not text.strip() or _HEADING.match(text):
            return 0
        if sign in text:
            return step
    return 0


def _indented_lines(numbered: list[Row], start: int) -> int:
    following = (row.text for row in numbered[start + 1 : start + 1 + _LONGEST_JOIN])
    return sum(1 for _ in takewhile(lambda text: text.startswith("  ") and text.strip(), following))


def _split(numbered: Iterable[Row]) -> Iterator[Row]:
    """Give each fold of HTML (``<details>``, ``<summary>``) a row of its own, and write its links as Markdown."""
    for number, line in numbered:
        if "<" not in line:
            yield Row(number, line)
            continue
        text = _HTML_LINK.sub(lambda found: f"[{found['text']}]({found['url']})", line)
        for pattern, markdown in _HTML:
            text = pattern.sub(markdown, text, count=1)
        # The cells of a table hold folds of their own.
        parts = (
            [text] if text.lstrip().startswith("|") else [part for part in _SPLIT.split(text) if part and part.strip()]
        )
        yield from (Row(number, part) for part in parts or [""])
