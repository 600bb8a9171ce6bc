"""The rows of one entry → what the digest says of the paper."""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Self

from kg.model import SummaryField
from kg.sources.absence import present
from kg.sources.arxiv import CATEGORIES, ArxivId, arxiv_id, categories
from kg.sources.drafts import Draft, iso_date, split_keywords
from kg.sources.languages import language
from kg.sources.markdown.labels import LONG, Labelled, Part, labelled
from kg.sources.markdown.links import link_line, segments
from kg.sources.markdown.rows import INLINE_TAG
from kg.sources.markdown.tokens import Kind, Token, emphasised
from kg.sources.names import split_authors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.sources.markdown.entries import Entry

_SUMMARIES: Mapping[Part, SummaryField] = {
    Part.TLDR: SummaryField.TLDR,
    Part.TASK: SummaryField.TASK,
    Part.MOTIVATION: SummaryField.MOTIVATION,
    Part.METHOD: SummaryField.METHOD,
    Part.RESULT: SummaryField.RESULT,
    Part.CONCLUSION: SummaryField.CONCLUSION,
    Part.REMARK: SummaryField.REMARK,
    Part.OTHER: SummaryField.REMARK,
    Part.TRANSLATION: SummaryField.ABSTRACT,
}
_TAG = re.compile(INLINE_TAG, re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_ADDRESS = re.compile(r"https?://(?!(?:\w+\.)*arxiv\.org/)[^/]+/\S+", re.IGNORECASE)
_LINK = re.compile(r"\[[^\[\]]*\]\([^()]*\)")
_ITALICS = re.compile(r"(?P<by>\bby\s+)?(?<!\*)[*_](?P<names>[^*_\d]+)[*_](?!\*)", re.IGNORECASE)
_BRACKETED = re.compile(r"[\[(`]([\w.,; -]+)[\])`](?!\()")
_MARKUP = re.compile(r"\]\(|\*\*|__")
_OPENING_ROWS = 5
_SHARE_OF_ENTRIES = 10
_SHORTEST_ABSTRACT = 300
_SHORTEST_PROSE = 40
_FIELD_BAR = re.compile(r"\s*[|｜]\s*(?=\*\*|\[|__)")
_SEPARATORS = re.compile(r"[\s,;|]+")


def plain(text: str) -> str:
    """Return ``text`` without tags of HTML and with its entities resolved; TeX and comparisons stay as they are.

    >>> plain("R&amp;D with <b>x</b> where a<b and c>d")
    'R&D with x where a<b and c>d'
    """
    return _ENTITY.sub(lambda found: html.unescape(found[0]), _TAG.sub("", text))


@dataclass(frozen=True, slots=True)
class Habits:
    """How a digest writes its fields, learnt from all of its entries: abstracts with "Results:" in them are common.

    :param labels: the labels without bold that a tenth of the entries have.
    :param spaced: whether fields mostly have a blank line before them.
    """

    labels: frozenset[str]
    spaced: bool

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Self:
        """Return the habits that the entries of a digest show."""
        uses: Counter[str] = Counter()
        before: Counter[Kind] = Counter()
        for entry in entries:
            uses.update({row.label.written for row in entry.body if row.label and not row.label.bold})
            before.update(one.kind for one, two in pairwise(entry.body) if two.kind is Kind.LABEL)
        labels = frozenset(label for label, count in uses.items() if count * _SHARE_OF_ENTRIES >= len(entries))
        return cls(labels, before[Kind.BLANK] > before[Kind.TEXT] + before[Kind.LABEL])


class Fields:
    """The parts of one entry, filled row by row.

    :param entry: the entry.
    :param habits: how the digest writes fields; what else looks like one within a text is part of it.
    """

    def __init__(self, entry: Entry, habits: Habits) -> None:
        self._habits = habits
        self._paper = entry.head.paper
        self._values: defaultdict[Part, list[list[str]]] = defaultdict(list)
        self._prose: list[str] = []
        self._asides: list[str] = []
        self._open: list[str] | None = None
        self._part = Part.IGNORED
        self._opener: Token | None = None
        self._ruled = self._after_blank = self._quoted = False
        self._rows = 0
        for token in entry.body:
            self._take(token)
            self._after_blank = token.kind is Kind.BLANK

    def texts(self, part: Part) -> list[str]:
        """Return every text that stands under ``part``, in order."""
        return [text for lines in self._values.get(part, ()) if (text := plain("\n".join(lines)).strip())]

    @property
    def prose(self) -> str:
        """The text that stands under no label, before any rule."""
        return plain("\n".join(self._prose)).strip()

    @property
    def asides(self) -> str:
        """The lists and tables that stand under no label, before any rule."""
        return plain("\n".join(self._asides)).strip()

    def _take(self, token: Token) -> None:
        if token.kind is Kind.BLANK:
            if self._part not in LONG:
                self._close()
            return
        self._rows += 1
        if token.kind in {Kind.RULE, Kind.LAYOUT, Kind.ANCHOR}:
            if self._open != [""] or token.kind is not Kind.LAYOUT:  # a label may stand before the fold of its text
                self._close()
            self._ruled = self._ruled or token.kind is Kind.RULE
        elif token.label and self._accepts(token, token.label):
            self._begin(token, token.label)
        elif token.kind is Kind.HEADING:
            self._close()
        elif not (self._links(token) or self._emphasis(token)):
            self._text(token)

    def _accepts(self, token: Token, label: Labelled) -> bool:
        """Say whether a label begins a field, rather than a line of the text that is open."""
        if self._open is None or self._opener is None or self._part not in LONG:
            return True
        if label.bold or token.kind is Kind.HEADING:
            return label.part is not Part.OTHER or self._part in {Part.ABSTRACT, Part.SUMMARY, Part.TRANSLATION}
        within = self._opener.label is not None and self._opener.label.bold and self._opener.kind is not Kind.HEADING
        within = within or (self._habits.spaced and not self._after_blank) or token.level > self._opener.level
        return not within and label.part not in self._values and label.written in self._habits.labels

    def _begin(self, token: Token, label: Labelled) -> None:
        part, value = label.part, label.value
        if part is Part.OTHER:
            value = f"{label.written}: {value}"
        first, *others = _FIELD_BAR.split(value) if part not in LONG else [value]
        self._opener, self._part, self._open, self._quoted = token, part, [first], token.quoted
        self._values[part].append(self._open)
        for other, text in segments(" | ".join(others)):
            self._values[other].append([text])

    def _close(self) -> None:
        self._open, self._part, self._opener = None, Part.IGNORED, None

    def _links(self, token: Token) -> bool:
        """Take a row of nothing but links and labelled facts, unless it is the last line of an open text."""
        parts = link_line(token.text)
        running = not _MARKUP.search(token.text) or ("[http" in token.text and not self._after_blank)
        if parts and self._open is not None and running:
            found = arxiv_id(token.text)
            if not (found and self._paper and found.id == self._paper.id):
                return False
        if parts:
            self._close()
            for part, value in parts:
                self._values[part].append([value])
        return bool(parts)

    def _emphasis(self, token: Token) -> bool:
        """Take the italics that follow a title: the authors, or the title in another language if it is quoted."""
        if token.kind is not Kind.EMPHASIS or self._open is not None or self._rows > _OPENING_ROWS:
            return False
        words, more = emphasised(token.text)
        label = labelled(words)
        part, value = (label.part, label.value) if label else (_part_in_italics(words, quoted=token.quoted), words)
        if part is Part.AUTHORS and part in self._values:
            return False
        self._values[part].append([value])
        for other, text in segments(more):
            self._values[other].append([text])
        return True

    def _text(self, token: Token) -> None:
        if self._open is not None and self._part in LONG:
            self._quoted = token.quoted if self._open == [""] else self._quoted
            self._open.append(token.unquoted if self._quoted else token.raw)
        elif self._open is not None:  # a list goes on: over lines, or as items
            self._open.append(f", {token.text}" if token.kind is Kind.ITEM else token.text)
        elif not self._ruled:
            (self._prose if token.kind in {Kind.TEXT, Kind.EMPHASIS} else self._asides).append(token.unquoted)


def _part_in_italics(words: str, *, quoted: bool) -> Part:
    if quoted:
        return Part.TITLE_TRANSLATION
    if set(_SEPARATORS.split(words)) <= CATEGORIES:
        return Part.CATEGORY
    return Part.DATE if iso_date(words) else Part.AUTHORS


def draft(entry: Entry, habits: Habits, source: str) -> Draft:
    """Return what the digest ``source`` says in ``entry``."""
    fields = Fields(entry, habits)
    authors = fields.texts(Part.AUTHORS) or _names_after(entry.head.rest)
    links = [found for text in fields.texts(Part.LINK) if (found := arxiv_id(text) or arxiv_id(f"arXiv:{text}"))]
    paper = entry.head.paper or next(iter(links), None)
    abstract, texts = _abstract(fields, entry.head.rest)
    title, *titles = _titles(plain(entry.head.title), fields.texts(Part.TITLE))
    return Draft(
        id=paper.id if paper else _own_id(entry, fields),
        version=_version(paper, links),
        title=title,
        titles=(*titles, *fields.texts(Part.TITLE_TRANSLATION)),
        abstract=abstract,
        authors=tuple(name for text in authors for name in split_authors(" ".join(text.split()))),
        categories=_categories(entry, fields),
        date=next(filter(None, map(iso_date, fields.texts(Part.DATE))), None),
        keywords=tuple(word for text in fields.texts(Part.KEYWORDS) for word in split_keywords(text)),
        comment=next(filter(None, map(present, fields.texts(Part.COMMENT))), ""),
        texts=(*texts, *((field, text) for part, field in _SUMMARIES.items() for text in fields.texts(part))),
        source=source,
        line=entry.line,
    )


def _titles(headed: str, labelled_as: list[str]) -> list[str]:
    """Return the title and further ones: what is called "Title" is it, whatever the heading says, if it is English."""
    if any(language(title) == "en" for title in labelled_as) and language(headed) == "en":
        return labelled_as
    return [headed, *labelled_as]


def _names_after(rest: str) -> list[str]:
    """Return the authors in italics that follow a title on its line."""
    found = _ITALICS.search(rest)
    return [found["names"]] if found and (found["by"] or "," in found["names"]) else []


def _own_id(entry: Entry, fields: Fields) -> str:
    """Return the address of a paper that is not on arXiv, which is the only name it has."""
    urls = (entry.head.url, *fields.texts(Part.LINK))
    return next((url for url in urls if _ADDRESS.match(url)), "")


def _version(paper: ArxivId | None, links: list[ArxivId]) -> int | None:
    named = (link.version for link in (paper, *links) if link and paper and link.id == paper.id)
    return next(filter(None, named), None)


def _categories(entry: Entry, fields: Fields) -> tuple[str, ...]:
    own = (*fields.texts(Part.CATEGORY), *_BRACKETED.findall(entry.head.rest), *entry.section.categories)
    return own if categories(own) else (*fields.texts(Part.KEYWORDS), *fields.texts(Part.LINK))


def _abstract(fields: Fields, rest: str) -> tuple[str, list[tuple[SummaryField, str]]]:
    """Return the abstract, and the texts that could have been it and are not.

    Unlabelled prose of an abstract's length is one, and so is an English "Summary" where there is no "Abstract".
    """
    prose = "\n".join(filter(None, (plain(_LINK.sub("", rest)).strip(" \t-–—:：|,.()[]"), fields.prose)))
    candidates = (
        *((SummaryField.ABSTRACT, text) for text in fields.texts(Part.ABSTRACT)),
        *((SummaryField.TLDR, text) for text in fields.texts(Part.SUMMARY)),
        *((SummaryField.REMARK, text) for text in (prose, fields.asides) if len(text) >= _SHORTEST_PROSE),
    )
    given = [(field, text) for field, text in candidates if present(text)]
    english = [pair for pair in given if language(pair[1]) == "en"]
    of_length = [pair for pair in english if pair[0] is not SummaryField.REMARK or _an_abstract(pair[1], prose)]
    if not of_length:
        return "", given
    return of_length[0][1], [pair for pair in given if pair is not of_length[0]]


def _an_abstract(text: str, prose: str) -> bool:
    return text == prose and len(text) >= _SHORTEST_ABSTRACT
