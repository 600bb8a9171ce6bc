"""Answers of queries as text: tables to read, the W3C formats to process.

CSV, TSV, JSON and XML are the SPARQL 1.1 result formats (https://www.w3.org/TR/sparql11-overview/), exactly as Oxigraph
writes them. CSV therefore holds text as it is: a spreadsheet may take a cell that begins with ``=`` for a formula.
Tables are for people: what a terminal or a Markdown renderer would act on is written out or escaped.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

from kg.errors import QueryError
from kg.graph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Answer: TypeAlias = QuerySolutions | QueryBoolean | QueryTriples
Term: TypeAlias = NamedNode | BlankNode | Literal | Triple

QUERY_PREFIXES = {**PREFIXES, "paper": "https://arxiv.org/abs/"}
"""The prefixes that a query may use without declaring them."""

_ROWS = {
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
}
_TRIPLES = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}
ROW_FORMATS = ("table", "markdown", *_ROWS)
"""The formats of an answer to SELECT or ASK; the first is the default."""
TRIPLE_FORMATS = tuple(_TRIPLES)
"""The formats of an answer to CONSTRUCT or DESCRIBE; the first is the default."""

_NUMBERS = frozenset(PREFIXES["xsd"] + name for name in ("integer", "decimal", "double", "float", "nonNegativeInteger"))
# What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets), in UTF-8.
_NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~&$#])")
_LINKS = ("https://", "http://")
_GAP = "  "
_NARROWEST = 8


@dataclass(frozen=True, slots=True)
class Style:
    """How a table is written.

    :param base: where the graph's own IRIs begin; it is left out of them.
    :param width: columns of the terminal that a table is folded to, ``None`` to leave lines as long as they are.
    """

    base: str
    width: int | None = None


def write(answer: Answer, format: str | None, out: BinaryIO, style: Style) -> None:  # noqa: A002 - the option's name
    """Write ``answer`` to ``out`` as UTF-8.

    :param format: one of :data:`ROW_FORMATS` or :data:`TRIPLE_FORMATS`, ``None`` for the default of its kind.
    :raises QueryError: if ``format`` does not suit the kind of the query.
    :raises OSError: if the answer cannot be computed to its end or not be written.
    """
    triples = isinstance(answer, QueryTriples)
    allowed = TRIPLE_FORMATS if triples else ROW_FORMATS
    chosen = format or allowed[0]
    if chosen not in allowed:
        kind = "CONSTRUCT and DESCRIBE give triples" if triples else "SELECT and ASK give rows"
        raise QueryError(f"{kind}, which cannot be written as {chosen}", remedy=f"Use {', '.join(allowed)}.")
    if isinstance(answer, QueryTriples):
        serialize(answer, _target(out, chosen), _TRIPLES[chosen], prefixes=QUERY_PREFIXES)
    elif chosen in _ROWS:
        answer.serialize(_target(out, chosen), _ROWS[chosen])
    else:
        out.write(_table(answer, chosen, style).encode())


def _target(out: BinaryIO, chosen: str) -> BinaryIO:
    return _Xml(out) if chosen in {"xml", "rdfxml"} else out  # type: ignore[return-value]  # only write and flush are used


class _Xml:
    """A file in which every character that XML cannot hold becomes U+FFFD."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, data: bytes) -> int:
        self._out.write(_NO_XML.sub("\ufffd".encode(), data))
        return len(data)

    def flush(self) -> None:
        self._out.flush()


def _table(answer: QuerySolutions | QueryBoolean, chosen: str, style: Style) -> str:
    if isinstance(answer, QueryBoolean):
        return "true\n" if answer else "false\n"
    names = [variable.value for variable in answer.variables]
    rows = [[row[name] for name in names] for row in answer]
    if chosen == "markdown":
        return markdown(names, [[_markdown(term, style.base) for term in row] for row in rows])
    numeric = [any(row[i] for row in rows) and all(_is_number(row[i]) for row in rows) for i in range(len(names))]
    return aligned(names, [[plain(term, style.base) for term in row] for row in rows], numeric, style.width)


def _is_number(term: Term | None) -> bool:
    return term is None or (isinstance(term, Literal) and term.datatype.value in _NUMBERS)


def shortened(iri: str, base: str) -> str:
    """Return ``iri`` without ``base``, or with the prefix it begins with, else in angle brackets.

    >>> shortened("https://arxiv.org/abs/2512.04231", "https://example.org/"), shortened("urn:x", "https://example.org/")
    ('paper:2512.04231', '<urn:x>')
    >>> shortened("https://example.org/thing/openvla", "https://example.org/")
    'thing/openvla'
    """
    if iri.startswith(base) and iri != base:
        return iri.removeprefix(base)
    found = [(name, start) for name, start in QUERY_PREFIXES.items() if iri.startswith(start) and iri != start]
    if not found:
        return f"<{iri}>"
    name, start = max(found, key=lambda pair: len(pair[1]))
    return f"{name}:{iri.removeprefix(start)}"


def visible(text: str) -> str:
    r"""Return ``text`` on one line, with what a terminal would act on or hide written out.

    >>> print(visible("red \x1b[31m text\nnext\u202e"))
    red \u001b[31m text next\u202e
    """
    if text.isprintable():
        return text
    return "".join(" " if c in "\t\n\r" else f"\\u{ord(c):04x}" if _acts(c) else c for c in text)


def _acts(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Zl", "Zp"} or (
        unicodedata.bidirectional(character) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    )


def plain(term: Term | None, base: str) -> str:
    """Return a term as a cell of a table: an IRI shortened, a literal without its type or language."""
    if term is None:
        return ""
    if isinstance(term, NamedNode):
        return visible(shortened(term.value, base))
    return visible(term.value if isinstance(term, Literal) else str(term))


def _markdown(term: Term | None, base: str) -> str:
    text = markdown_text(plain(term, base))
    if isinstance(term, NamedNode) and term.value.startswith(_LINKS):
        return f"[{text}](<{visible(term.value).replace('|', '%7C')}>)"
    return text


def markdown_text(text: str) -> str:
    r"""Return ``text`` such that Markdown shows it as it is.

    >>> print(markdown_text("<b> [a](b)"))
    \<b\> \[a\](b)
    """
    return _MARKDOWN.sub(r"\\\1", visible(text))


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of GitHub Flavored Markdown (https://github.github.com/gfm/#tables-extension-).

    :param rows: cells whose text is escaped already.
    """
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def aligned(
    header: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool], width: int | None = None
) -> str:
    """Return a table with one line a row, or more where the widest columns must be folded to fit ``width``.

    >>> print(aligned(["robot", "papers"], [["Unitree G1", "7"], ["机器人", "12"]], [False, True]), end="")
    robot       papers
    ----------  ------
    Unitree G1       7
    机器人          12
    """
    widths = [max(display_width(row[i]) for row in (header, *rows)) for i in range(len(header))]
    widths = _fitting(widths, width)
    lines = [header, ["-" * w for w in widths], *rows]
    return "".join(line for cells in lines for line in _row(cells, widths, numeric))


def _fitting(widths: Sequence[int], width: int | None) -> list[int]:
    """Cut the widest columns to one width so that all fit."""
    if width is None:
        return list(widths)
    room = width - len(_GAP) * (len(widths) - 1)
    limit = max(widths, default=0)
    while limit > _NARROWEST and sum(min(w, limit) for w in widths) > room:
        limit -= 1
    return [min(w, limit) for w in widths]


def _row(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> Iterable[str]:
    folded = [fold(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for number in range(max(map(len, folded), default=0)):
        parts = [
            _padded(f[number] if number < len(f) else "", w, n) for f, w, n in zip(folded, widths, numeric, strict=True)
        ]
        yield _GAP.join(parts).rstrip() + "\n"


def _padded(text: str, width: int, right: bool) -> str:  # noqa: FBT001 - one of a row of flags
    space = " " * (width - display_width(text))
    return space + text if right else text + space


def display_width(text: str) -> int:
    r"""Return how many columns of a terminal ``text`` takes, after Unicode Standard Annex 11 (East Asian Width).

    >>> display_width("π0"), display_width("机器人"), display_width("e\u0301")
    (2, 6, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def fold(text: str, width: int) -> list[str]:
    """Return ``text`` as lines of at most ``width`` columns, broken between words where they fit.

    >>> fold("a long title of a paper", 10)
    ['a long', 'title of a', 'paper']
    """
    if display_width(text) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if display_width(joined) <= width:
            lines[-1] = joined
        else:
            lines += _pieces(word, width)
    return [line for line in lines if line]


def _pieces(word: str, width: int) -> list[str]:
    pieces = [""]
    for character in word:
        if display_width(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
