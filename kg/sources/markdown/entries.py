"""A digest cut into entries: where each begins, what belongs to it, and in which section it stands.

An entry begins at a heading that names a paper, in its own words or in the lines below it. Where no such heading is
open, list items, lines in bold, labelled titles and table rows that name a paper begin one too; below a heading of a
paper they are part of what is said of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.sources.arxiv import ArxivId, arxiv_id, categories, category_of_anchor
from kg.sources.markdown.heads import Head, generic, parse_head
from kg.sources.markdown.labels import LONG, Part
from kg.sources.markdown.links import link_line
from kg.sources.markdown.rows import INLINE_TAG
from kg.sources.markdown.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OF_A_PAPER = {Part.ABSTRACT, Part.AUTHORS, Part.TRANSLATION}
_BESIDE = LONG | {Part.AUTHORS, Part.LINK}
_ANCHOR = re.compile(r"<(?:div|a|span)\s+(?:id|name)\s*=\s*[\"']?([^\"'<>\s]+)", re.IGNORECASE)
_LAYOUT = re.compile(rf"{INLINE_TAG}|\[+[^\[\]]*\]+\(#[^()\s]*\)")
_LABEL_AND_VALUE = 2
_LOOSE = frozenset({Kind.ITEM, Kind.BOLD, Kind.TEXT, Kind.LABEL})


@dataclass(slots=True)
class Section:
    """A part of a digest under a heading of its own, mostly a category.

    :param names: the heading and the anchors before it, for finding it in a table of contents.
    :param level: depth of its heading.
    :param filled: whether papers stand in it that have no heading of their own.
    """

    line: int
    title: str
    names: tuple[str, ...] = ()
    level: int = 0
    filled: bool = False

    @property
    def categories(self) -> tuple[str, ...]:
        """The arXiv categories that its heading names, or its anchor."""
        anchored = (category_of_anchor(name) for name in self.names)
        return categories([self.title]) or tuple(name for name in anchored if name)


@dataclass(slots=True)
class Entry:
    """A paper of a digest: the line that opens it, and the rows up to the next."""

    line: int
    head: Head
    section: Section
    opened_by: Kind
    level: int = 0
    body: list[Token] = field(default_factory=list)

    @property
    def firm(self) -> bool:
        """Whether a heading opened it: then only a heading ends it."""
        return self.opened_by is Kind.HEADING


@dataclass(slots=True)
class TableRow:
    """A row of a table, with the first two rows of its table."""

    token: Token
    before: tuple[Token, ...]
    section: Section


@dataclass(slots=True)
class Stray:
    """A row beside the entries that names a paper."""

    line: int
    paper: ArxivId


class Segmenter:
    """One walk over the rows of a digest."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._section = Section(0, "")
        self._anchors: list[str] = []
        self._entry: Entry | None = None
        self._table: list[Token] = []
        self._links_first = self._begins_with_link(0)
        self.sections: list[Section] = [self._section]
        self.outside: list[Token] = []

    def walk(self) -> Iterator[Entry | TableRow | Stray]:
        """Yield what the digest holds, each entry when it is complete."""
        for place, token in enumerate(self._tokens):
            if token.kind is not Kind.TABLE:
                self._table.clear()
            if token.kind is Kind.ANCHOR:
                self._anchors.append(token.text)
            if token.kind is Kind.HEADING:
                yield from self._heading(place, token)
            elif self._entry and self._entry.firm:
                yield from self._unread(self._entry, token)
                self._entry.body.append(token)
            elif token.kind is Kind.TABLE:
                yield from self._finished()
                yield from self._row(token)
            else:
                yield from self._loose(place, token)
        yield from self._finished()

    def _unread(self, entry: Entry, token: Token) -> Iterator[Stray]:
        """Yield a paper that a list or table names below a heading which has nothing else to say of its own paper."""
        if token.kind in {Kind.ITEM, Kind.TABLE} and not any(row.label for row in entry.body):
            named = arxiv_id(token.raw)
            if named:
                yield Stray(token.number, named)

    def _finished(self) -> Iterator[Entry]:
        if self._entry:
            yield self._entry
        self._entry = None

    def _heading(self, place: int, token: Token) -> Iterator[Entry]:
        head = self._head_at(place, token)
        self._links_first = self._begins_with_link(place + 1)
        if head:
            yield from self._finished()
            self._leave_section(token.level)
            self._entry = Entry(token.number, head, self._section, Kind.HEADING, token.level)
        elif self._entry and self._continues(self._entry, token):
            self._entry.body.append(token)
        else:
            yield from self._finished()
            names = (*_ANCHOR.findall(token.text), *self._anchors)
            title = _LAYOUT.sub("", token.text).strip()
            self.outside.append(token)
            self._section = Section(token.number, title, (title, *names), token.level)
            self.sections.append(self._section)
        self._anchors.clear()

    def _leave_section(self, level: int) -> None:
        """Leave the section at a paper whose heading is above it, or beside it when it has papers already."""
        if level < self._section.level or (level == self._section.level and self._section.filled):
            self._section = self.sections[0]

    def _continues(self, entry: Entry, token: Token) -> bool:
        """Say whether a heading that names no paper is still part of ``entry``."""
        if not entry.firm:
            return token.label is not None
        if token.level > entry.level:
            return True
        label = token.label
        return bool(label and token.level == entry.level and label.part in _BESIDE and not label.value)

    def _head_at(self, place: int, token: Token) -> Head | None:
        entry = self._entry
        if token.label and (not token.label.value or (entry and entry.firm and token.level > entry.level)):
            return None
        head = parse_head(token.text)
        if not head.paper and self._heads_a_list(place):
            return None
        below = head.paper or self._below(place)
        if below and self._repeats(below, token):
            return None
        if below:
            return Head(head.title, below, head.url, head.rest, head.numbered)
        return head if self._like_a_paper(place, head) else None

    def _heads_a_list(self, place: int) -> bool:
        """Say whether the rows below a heading are papers of their own: several titles, each with its link."""
        titles, named, ids = 0, False, set()
        for token in self._body(place):
            found = _own_link(token)
            if found and not (named or titles):
                return False
            named = named or token.kind in {Kind.BOLD, Kind.ITEM}
            titles += bool(token.label and token.label.part is Part.TITLE)
            ids |= {found.id} if found else set()
        return len(ids) > 1 or titles > 1 or (titles == 1 and bool(categories([self._tokens[place].text])))

    def _repeats(self, below: ArxivId, token: Token) -> bool:
        """Say whether a deeper heading only introduces the links of the entry that is open."""
        entry = self._entry
        return bool(
            entry and entry.firm and token.level > entry.level and entry.head.paper and entry.head.paper.id == below.id
        )

    def _below(self, place: int) -> ArxivId | None:
        """Return the paper that the lines below a title name as its own, before the next title."""
        return next(filter(None, map(_own_link, self._body(place))), None)

    def _from(self, place: int) -> Iterator[Token]:
        return (self._tokens[step] for step in range(place, len(self._tokens)))

    def _begins_with_link(self, place: int) -> bool:
        """Say whether below a heading the link of a paper comes before its labelled title, as in arXiv's mails."""
        for token in self._from(place):
            if token.kind is Kind.HEADING or (token.label and token.label.part is Part.TITLE):
                return False
            if _own_link(token):
                return True
        return False

    def _above(self, place: int) -> ArxivId | None:
        """Return the paper that the lines between the last title and this one name."""
        for step in range(place - 1, -1, -1):
            token = self._tokens[step]
            if token.kind is Kind.HEADING or (token.label and token.label.part is Part.TITLE):
                return None
            found = _own_link(token)
            if found:
                return found
        return None

    def _body(self, place: int) -> Iterator[Token]:
        """Yield the rows below a title, up to whatever begins something new."""
        start = self._tokens[place]
        for token in self._from(place + 1):
            if _ends(start, token) or _lists(token) or (token.kind in _LOOSE and _titled(token)):
                return
            yield token

    def _like_a_paper(self, place: int, head: Head) -> bool:
        """Say whether a heading without an identifier opens an entry all the same, which must not go unnoticed."""
        start = self._tokens[place]
        linked = bool(head.url) and not head.url.startswith("#")
        beside = self._entry is not None and self._entry.firm and self._entry.level == start.level
        for token in self._body(place):
            if token.label and token.label.part in (LONG if beside else _OF_A_PAPER):
                return True
            if token.kind is Kind.EMPHASIS and (head.numbered or linked):
                return True
        return head.numbered and (linked or start.text.startswith("["))

    def _loose(self, place: int, token: Token) -> Iterator[Entry | Stray]:
        head = self._loose_head(place, token)
        if head:
            yield from self._finished()
            self._section.filled = True
            self._entry = Entry(token.number, head, self._section, token.kind, token.level)
        elif token.kind is Kind.RULE:
            yield from self._finished()
        elif self._entry:
            self._entry.body.append(token)
        else:
            self.outside.append(token)
            stray = arxiv_id(token.raw)
            if stray:
                yield Stray(token.number, stray)

    def _loose_head(self, place: int, token: Token) -> Head | None:
        entry = self._entry
        if token.kind not in _LOOSE or (entry and token.level > entry.level and token.kind is not Kind.BOLD):
            return None
        titled = _titled(token)
        if titled or token.kind is Kind.TEXT:
            return titled
        if token.label and token.label.part is not Part.TITLE:
            return None
        text = token.label.value if token.label else token.text
        if token.label and entry and entry.opened_by is not Kind.LABEL and not _has_title(entry):
            return None
        below = self._above(place) if token.label and self._links_first else self._below(place)
        head = parse_head(text)
        return Head(head.title, below, head.url, head.rest, head.numbered) if below and head.title else None

    def _row(self, token: Token) -> Iterator[TableRow]:
        if arxiv_id(token.text):
            self._section.filled = True
            yield TableRow(token, tuple(self._table[:2]), self._section)
        self._table.append(token)


def _has_title(entry: Entry) -> bool:
    return any(token.label and token.label.part is Part.TITLE for token in entry.body)


def _lists(token: Token) -> bool:
    """Say whether this is a row of a table of papers: one with a linked title, or of more than label and value."""
    if token.kind is not Kind.TABLE or not arxiv_id(token.text):
        return False
    heads = [parse_head(cell) for cell in token.text.strip("|").split("|")]
    return len(heads) > _LABEL_AND_VALUE or any(head.paper and head.title for head in heads)


def _ends(start: Token, token: Token) -> bool:
    """Say whether ``token`` begins something new beside what the title ``start`` opened."""
    if token.kind is Kind.HEADING:
        return token.label is None or (bool(token.label.value) and token.level <= start.level)
    if start.kind is Kind.HEADING:
        return False
    if start.kind is Kind.ITEM:
        return token.kind in {Kind.BOLD, Kind.RULE} or (token.kind is Kind.ITEM and token.level <= start.level)
    if start.kind is Kind.LABEL:
        return token.kind is Kind.RULE or bool(token.label and token.label.part is Part.TITLE)
    return token.kind in {Kind.BOLD, Kind.RULE}


def _titled(token: Token) -> Head | None:
    """Return the head of a row that names a paper and its title in one line."""
    label = token.label
    if label and label.part not in {Part.TITLE, Part.LINK}:
        return None
    if token.kind is Kind.TEXT and not token.text.lstrip("*_ ").startswith("["):
        return None
    head = parse_head(label.value if label else token.text)
    return head if head.paper and head.title and not generic(head.title) else None


def _own_link(token: Token) -> ArxivId | None:
    """Return the paper that a row is there to link to: a labelled link, or nothing but links."""
    if token.label:
        in_label = token.label.part is Part.LINK
        return arxiv_id(token.label.value) or arxiv_id(token.raw) if in_label else None
    if token.kind in {Kind.TEXT, Kind.ITEM, Kind.EMPHASIS}:
        named = (arxiv_id(value) for part, value in link_line(token.text) if part is Part.LINK)
        return next(filter(None, named), None)
    return None
