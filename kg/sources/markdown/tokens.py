"""What each row of a digest is: heading, item, label, table row, emphasis, layout or plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from kg.sources.arxiv import arxiv_id
from kg.sources.markdown.labels import Labelled, Part, labelled
from kg.sources.markdown.rows import TAG

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.sources.markdown.rows import Row


class Kind(Enum):
    """The kinds of rows."""

    BLANK = auto()
    HEADING = auto()
    BOLD = auto()
    """A line in bold from end to end: a heading of its own making."""
    ITEM = auto()
    LABEL = auto()
    EMPHASIS = auto()
    """A line in italics, perhaps with labelled parts after it: authors, or a title in another language."""
    TABLE = auto()
    ANCHOR = auto()
    RULE = auto()
    LAYOUT = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A row and what it is.

    :param text: its text without the signs of its kind.
    :param raw: its text with them, for where it turns out to be part of a longer text.
    :param level: depth of a heading; how far anything else is indented.
    :param quoted: whether it stands in a block quotation.
    """

    kind: Kind
    number: int
    text: str
    raw: str
    level: int = 0
    label: Labelled | None = None
    quoted: bool = False

    @property
    def unquoted(self) -> str:
        """The row without the sign of a block quotation; ``> 0.3`` in a wrapped line looks like one."""
        return _QUOTE.sub("", self.raw)


_HEADING = re.compile(r"^ {0,3}(?P<marks>#{1,6})(?:\s+|(?<=##)(?=[^\s#]))(?P<text>.*?)(?:\s+#+)?\s*$")
_HEADING_WITH_VALUE = frozenset(
    {Part.AUTHORS, Part.CATEGORY, Part.DATE, Part.KEYWORDS, Part.COMMENT, Part.ABSTRACT, Part.TLDR}
)
_RULE = re.compile(r"^\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}|={3,})$")
_FOLD = re.compile(r"^\s*</?(?:details|summary)\b[^<>]*>(?P<text>.*?)(?:</summary>)?\s*$", re.IGNORECASE)
_ANCHOR = re.compile(
    r"^\s*<(?P<tag>div|a|span)\s+(?:id|name)\s*=\s*[\"']?(?P<name>[^\"'<>\s]+)[\"']?\s*/?>\s*(?:</(?P=tag)>)?\s*$"
)
_TAGS = re.compile(rf"^\s*(?:{TAG}\s*)+$", re.IGNORECASE)
_NAVIGATION = re.compile(r"^[\s|·•]*(?:\[+[^\[\]]*\]+\(#[^()]*\)[\s|·•]*)+$")
_MAIL = re.compile(r"^\s*\\\\(?:\s*\(.*\))?\s*$")
_IMAGE = re.compile(r"^\s*(?:\[?!\[[^\[\]]*\]\([^()]*\)(?:\]\([^()]*\))?\s*)+$")
_QUOTE = re.compile(r"^\s*(?:>\s*)+")
_BULLET = re.compile(r"^(?:[-*+•]|\d{1,4}[.)、])\s+")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_BOLD = re.compile(r"^(\*\*|__)(?:(?!\1).)+\1$")
_EMPHASIS = re.compile(r"^([*_])(?![*_\s])(?P<text>.+?)(?<![\s*_])\1(?:\s*[|·•]\s*(?P<more>.+))?$")


def token(row: Row) -> Token:
    """Return what a row is."""
    number, raw = row
    heading = _HEADING.match(raw)
    if heading:
        return _headed(number, raw.strip(), heading["text"], len(heading["marks"]))
    for kind, recognise in _LAYOUT:
        text = recognise(raw)
        if text is not None:
            return Token(kind, number, text, raw.strip())
    fold = _FOLD.match(raw)
    if fold:
        return _folded(number, fold["text"].strip())
    return _worded(number, raw)


def _headed(number: int, raw: str, text: str, level: int) -> Token:
    """Return a heading; it carries a label if it is one (``#### Abstract``), and no "Title:" before its title."""
    label = labelled(_LINK.sub(r"\1", text))
    if label and label.value and (label.part not in _HEADING_WITH_VALUE or arxiv_id(text)):
        named = labelled(text) if label.part in {Part.TITLE, Part.LINK} else None
        return Token(Kind.HEADING, number, named.value if named else text, raw, level)
    return Token(Kind.HEADING, number, text, raw, level, label)


def _folded(number: int, text: str) -> Token:
    label = labelled(text)
    return Token(Kind.LABEL if label else Kind.LAYOUT, number, text, text, label=label)


def _worded(number: int, raw: str) -> Token:
    text = _QUOTE.sub("", raw) if raw.lstrip().startswith(">") else raw
    quoted, level = text is not raw, len(raw) - len(raw.lstrip())
    unmarked = _BULLET.sub("", text.strip())
    item = unmarked != text.strip()
    label = labelled(unmarked)
    if label:
        return Token(Kind.LABEL, number, unmarked, raw.strip(), level, label, quoted)
    kind = Kind.ITEM if item else Kind.BOLD if _BOLD.match(unmarked) else Kind.TEXT
    if kind is Kind.TEXT and _EMPHASIS.match(unmarked):
        kind = Kind.EMPHASIS
    return Token(kind, number, unmarked, raw.strip(), level, None, quoted)


def emphasised(text: str) -> tuple[str, str]:
    """Return the words in italics that a line begins with, and what follows them after a bar.

    >>> emphasised("*Ada Lovelace* | **Category: cs.CR**")
    ('Ada Lovelace', '**Category: cs.CR**')
    """
    found = _EMPHASIS.match(text)
    return (found["text"], found["more"] or "") if found else (text, "")


def _whole(pattern: re.Pattern[str], group: str | None = None) -> Callable[[str], str | None]:
    def recognise(raw: str) -> str | None:
        found = pattern.match(raw)
        return None if found is None else found[group] if group else ""

    return recognise


_LAYOUT: tuple[tuple[Kind, Callable[[str], str | None]], ...] = (
    (Kind.BLANK, lambda raw: None if raw.strip(" \t>") else ""),
    (Kind.RULE, _whole(_RULE)),
    (Kind.ANCHOR, _whole(_ANCHOR, "name")),
    (Kind.LAYOUT, _whole(_NAVIGATION)),
    (Kind.LAYOUT, _whole(_IMAGE)),
    (Kind.LAYOUT, _whole(_MAIL)),
    (Kind.TABLE, lambda raw: raw.strip() if raw.strip().startswith("|") and raw.count("|") > 1 else None),
    (Kind.LAYOUT, lambda raw: "" if _TAGS.match(raw) and not _FOLD.match(raw) else None),
)
