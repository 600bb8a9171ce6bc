"""Atom, as arXiv's API answers with it (https://info.arxiv.org/help/api/user-manual.html).

The document is read as it streams in. Document types and entities are refused, so that nothing can expand or be
fetched; a feed that breaks off gives the papers before the break.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING
from xml.parsers import expat

from kg.sources.arxiv import arxiv_id
from kg.sources.documents import LONGEST_LINE
from kg.sources.drafts import Draft, UnreadableError, iso_date
from kg.sources.tally import tallied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model import Paper
    from kg.sources.documents import Document

_ATOM = "http://www.w3.org/2005/Atom "
_ARXIV = "http://arxiv.org/schemas/atom "
_SEARCH = "http://a9.com/-/spec/opensearch/1.1/ "
_SIGN = re.compile(r"http://www\.w3\.org/2005/Atom|<feed\b")
_START = re.compile(r"\s*<(?:\?xml|!--|feed\b|\w+:feed\b)")
_TOTAL = re.compile(r"\s*[0-9]{1,9}\s*")
_ERROR = "arxiv.org/api/errors"


class AtomReader:
    """Papers from an Atom feed of arXiv."""

    name = "atom"

    def sniff(self, head: str) -> bool:
        """Say whether this is XML with Atom's name space or root element."""
        return bool(_START.match(head)) and bool(_SIGN.search(head))

    def read(self, document: Document) -> Iterator[Paper]:
        """Yield the paper of each entry; remark on totals that the feed does not hold."""
        yield from tallied(_papers(document), document, ["abstract", "authors"])


ATOM = AtomReader()


class _DoctypeError(Exception):
    """The document declares a document type."""


class _Feed:
    """What expat has seen so far: the texts and terms of the entry at hand, and those that are complete."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, dict[str, list[str]]]] = []
        self.totals: dict[str, int] = {}
        self._path: list[str] = []
        self._text: list[str] = []
        self._entry: defaultdict[str, list[str]] = defaultdict(list)
        self._line = 0
        self._size = 0
        self._longest = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _doctype(self, *_: object) -> None:
        raise _DoctypeError

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag)
        self._text.clear()
        self._size = 0
        if tag == f"{_ATOM}entry":
            self._entry = defaultdict(list)
            self._longest = 0
            self._line = self.parser.CurrentLineNumber
        elif tag in {f"{_ATOM}category", f"{_ARXIV}primary_category"}:
            self._entry[tag].append(attributes.get("term", ""))
        elif tag == f"{_ATOM}link":
            self._entry[tag].append(attributes.get("href", ""))

    def _characters(self, text: str) -> None:
        self._size += len(text)
        self._longest = max(self._longest, self._size)
        if self._size <= LONGEST_LINE:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        self._path.pop()
        text = "".join(self._text)
        parent = self._path[-1] if self._path else ""
        if tag == f"{_ATOM}entry":
            self.entries.append((self._line, {} if self._longest > LONGEST_LINE else dict(self._entry)))
        elif tag == f"{_ATOM}name" or parent == f"{_ATOM}entry":
            self._entry[tag].append(text)
        elif tag.startswith(_SEARCH) and _TOTAL.fullmatch(text):
            self.totals[tag.removeprefix(_SEARCH)] = int(text)

    def taken(self) -> list[tuple[int, dict[str, list[str]]]]:
        """Return the entries completed since the last call."""
        done, self.entries = self.entries, []
        return done


def _papers(document: Document) -> Iterator[Paper]:
    feed, count = _Feed(), 0
    for part in _parsed(feed, document):
        for line, entry in part:
            count += 1
            try:
                yield _paper(entry, document.name, line)
            except UnreadableError as error:
                document.report(line, f"not a paper: {error}")
    _check_totals(feed.totals, count, document)


def _parsed(feed: _Feed, document: Document) -> Iterator[list[tuple[int, dict[str, list[str]]]]]:
    """Yield the entries as they are completed; report a feed that is broken or not to be trusted."""
    try:
        for chunk in document.chunks():
            feed.parser.Parse(chunk, False)
            yield feed.taken()
        feed.parser.Parse(b"", True)
    except expat.ExpatError as error:
        yield feed.taken()
        document.report(error.lineno, f"the XML is broken here ({expat.ErrorString(error.code)}): no more was read")
    except _DoctypeError:
        line = feed.parser.CurrentLineNumber
        document.report(line, "the XML declares a document type, which no Atom feed needs: no more was read")
    yield feed.taken()


def _paper(entry: dict[str, list[str]], source: str, line: int) -> Paper:
    def first(tag: str) -> str:
        return next(iter(entry.get(tag, ())), "")

    if not entry:
        raise UnreadableError(f"it is empty, or a part of it is longer than {LONGEST_LINE // 1024**2} MiB")
    written = first(f"{_ATOM}id").strip()
    if _ERROR in written:
        raise UnreadableError(f"arXiv answered with an error: {first(f'{_ATOM}summary').strip()}")
    found = next(filter(None, map(arxiv_id, (written, *entry.get(f"{_ATOM}link", ())))), None)
    return Draft(
        id=found.id if found else written,
        title=first(f"{_ATOM}title"),
        abstract=first(f"{_ATOM}summary"),
        authors=tuple(entry.get(f"{_ATOM}name", ())),
        categories=(*entry.get(f"{_ARXIV}primary_category", ()), *entry.get(f"{_ATOM}category", ())),
        version=found.version if found else None,
        date=iso_date(first(f"{_ATOM}published")),
        comment=first(f"{_ARXIV}comment"),
        source=source,
        line=line,
    ).paper()


def _check_totals(totals: dict[str, int], count: int, document: Document) -> None:
    total = totals.get("totalResults", count)
    left = max(0, total - totals.get("startIndex", 0))
    page = min(left, totals.get("itemsPerPage", left))
    if count != page:
        document.report(0, f"the feed announces {page} entries and has {count}", fatal=False)
    elif count < total:
        document.report(0, f"the feed has {count} of the {total} results of its query", fatal=False)
