"""What a source says of a paper → triples: bibliography, authors, categories, summaries in other languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pyoxigraph import Literal, NamedNode

from kg.graph.vocab import SUMMARY_TERMS, Iris, name
from kg.model import Paper, Summary, fold_space
from kg.resolution import readable

TYPE = name("rdf:type")
LABEL = name("rdfs:label")
NAME_AS_WRITTEN = name("kg:nameAsWritten")
AUTHOR = name("kg:author")
IDENTIFIER = name("dcterms:identifier")

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]

_SURROGATE = re.compile("[\ud800-\udfff]")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_NEW_ID = re.compile(r"(\d\d)(0[1-9]|1[0-2])\.\d{4,5}")
_DOI = "10.48550/arXiv."


def text(value: str) -> Literal:
    """Return a plain literal; what no Unicode text may hold (lone surrogates) is replaced, one character for one."""
    return Literal(_SURROGATE.sub("\ufffd", value))


def metadata(paper: Paper, author_keys: tuple[str, ...], iris: Iris) -> Iterator[Triple]:
    """Yield all that the source says of a paper."""
    node = iris.paper(paper.id)
    yield node, TYPE, name("kg:Paper")
    yield node, IDENTIFIER, text(paper.id)
    title = fold_space(paper.title)
    yield node, name("dcterms:title"), text(title)
    yield node, LABEL, text(readable(title) or paper.id)
    yield from ((node, predicate, value) for predicate, value in _optional(paper))
    yield from ((node, SUMMARY_TERMS[s.field], _in_language(s)) for s in paper.summaries if fold_space(s.text))
    yield from _authors(paper, author_keys, iris)
    yield from _categories(paper, iris)


def _optional(paper: Paper) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
    abstract = fold_space(paper.abstract)
    if abstract:
        yield name("dcterms:abstract"), text(abstract)
    if paper.is_arxiv:
        yield name("bibo:doi"), text(f"{_DOI}{paper.id}")
        yield name("rdfs:seeAlso"), NamedNode(f"https://doi.org/{_DOI}{paper.id}")
    issued = _issued(paper)
    if issued is not None:
        yield name("dcterms:issued"), issued
    if paper.version is not None:
        yield name("kg:version"), Literal(paper.version)
    for keyword in paper.keywords:
        yield name("schema:keywords"), text(keyword)
    if paper.comment:
        yield name("kg:arxivComment"), text(paper.comment)
    for source in (paper.source, *paper.other_sources):
        if source:
            yield name("dcterms:source"), text(source)


def _issued(paper: Paper) -> Literal | None:
    """Return the day or month of a paper: the source's, else the month that an arXiv id since 2007 begins with."""
    given = paper.date or ""
    try:
        return Literal(date.fromisoformat(given).isoformat(), datatype=name("xsd:date"))
    except ValueError:
        month = _MONTH.fullmatch(given)
    new = _NEW_ID.fullmatch(paper.id)
    value = month[0] if month else f"20{new[1]}-{new[2]}" if new else None
    return None if value is None else Literal(value, datatype=name("xsd:gYearMonth"))


def _in_language(summary: Summary) -> Literal:
    plain = text(fold_space(summary.text))
    try:
        return Literal(plain.value, language=summary.language)
    except ValueError:  # not a BCP 47 tag: the words are worth keeping without it
        return plain


def _authors(paper: Paper, author_keys: tuple[str, ...], iris: Iris) -> Iterator[Triple]:
    node = iris.paper(paper.id)
    for position, (written, key) in enumerate(zip(paper.authors, author_keys, strict=True), start=1):
        author, authorship = iris.node(key), iris.authorship(paper.id, position)
        yield author, TYPE, name("kg:Author")
        yield node, name("dcterms:creator"), author
        yield node, name("kg:authorship"), authorship
        yield authorship, TYPE, name("kg:Authorship")
        yield authorship, name("kg:position"), Literal(position)
        yield authorship, AUTHOR, author
        yield authorship, NAME_AS_WRITTEN, text(written)


def _categories(paper: Paper, iris: Iris) -> Iterator[Triple]:
    node = iris.paper(paper.id)
    for number, code in enumerate(paper.categories):
        category = iris.category(code)
        yield category, TYPE, name("skos:Concept")
        yield category, name("skos:notation"), text(code)
        yield node, name("dcterms:subject"), category
        if number == 0:
            yield node, name("kg:primaryCategory"), category
