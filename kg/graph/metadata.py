"""What a source says of a paper → triples: bibliography, authors, categories, summaries in other languages."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.graph.categories import shipped
from kg.graph.vocab import SUMMARY_TERMS, Iris, name
from kg.model import Paper, ResolvedPaper, Summary, fold_space
from kg.resolution import readable
from kg.resolution.people import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPE = name("rdf:type")
LABEL = name("rdfs:label")
NAME_AS_WRITTEN = name("kg:nameAsWritten")
AUTHOR = name("kg:author")
NAME_BLOCK = name("kg:nameBlock")
IDENTIFIER = name("dcterms:identifier")

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]

_SURROGATE = re.compile("[\ud800-\udfff]")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_ID = re.compile(r"(?:[a-z-]+(?:\.[A-Z]{2})?/)?(\d\d)(0[1-9]|1[0-2])(?:\.\d{4,5}|\d{3})")
_FIRST_YEAR = 91
_DOI = "10.48550/arXiv."


def text(value: str) -> Literal:
    """Return a plain literal; what no Unicode text may hold (lone surrogates) is replaced, one character for one."""
    return Literal(_SURROGATE.sub("\ufffd", value))


def metadata(resolved: ResolvedPaper, iris: Iris) -> Iterator[Triple]:
    """Yield all that the source says of a paper."""
    paper = resolved.paper
    node = iris.paper(paper.id)
    yield node, TYPE, name("kg:Paper")
    yield node, IDENTIFIER, text(paper.id)
    title = fold_space(paper.title)
    yield node, name("dcterms:title"), text(title)
    yield node, LABEL, text(readable(title) or paper.id)
    yield from ((node, predicate, value) for predicate, value in _optional(paper))
    yield from ((node, SUMMARY_TERMS[s.field], _in_language(s)) for s in paper.summaries if fold_space(s.text))
    yield from _authors(resolved, iris)
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
    texts = {
        "schema:keywords": paper.keywords,
        "kg:arxivComment": (paper.comment or "",),
        "dcterms:source": (paper.source, *paper.other_sources),
    }
    for predicate, values in texts.items():
        yield from ((name(predicate), text(value)) for value in values if value)


def _issued(paper: Paper) -> Literal | None:
    """Return the day or month of a paper: the source's, else the month in an arXiv id (the first are of 1991)."""
    given = paper.date or ""
    try:
        return Literal(date.fromisoformat(given).isoformat(), datatype=name("xsd:date"))
    except ValueError:
        month = _MONTH.fullmatch(given)
    if month is None and paper.is_arxiv and (found := _ID.fullmatch(paper.id)):
        given = f"{19 if int(found[1]) >= _FIRST_YEAR else 20}{found[1]}-{found[2]}"
    elif month is None:
        return None
    return Literal(given, datatype=name("xsd:gYearMonth"))


def _in_language(summary: Summary) -> Literal:
    plain = text(fold_space(summary.text))
    try:
        return Literal(plain.value, language=summary.language)
    except ValueError:  # not a BCP 47 tag: the words are worth keeping without it
        return plain


def _authors(resolved: ResolvedPaper, iris: Iris) -> Iterator[Triple]:
    paper = resolved.paper
    node = iris.paper(paper.id)
    merges = resolved.author_merges or (None,) * len(paper.authors)
    every = zip(paper.authors, resolved.author_keys, merges, strict=True)
    for position, (written, key, merge) in enumerate((one for one in every if one[0].strip()), start=1):
        author, authorship = iris.node(key), iris.authorship(paper.id, position)
        yield author, TYPE, name("kg:Author")
        yield node, name("dcterms:creator"), author
        yield node, name("kg:authorship"), authorship
        yield authorship, TYPE, name("kg:Authorship")
        yield authorship, name("kg:position"), Literal(position)
        yield authorship, AUTHOR, author
        yield authorship, NAME_AS_WRITTEN, text(written)
        yield from ((authorship, NAME_BLOCK, text(block)) for block in blocks(written))
        if merge is not None:
            yield from ((authorship, name("kg:mergeRule"), text(rule)) for rule in merge.rules)
            yield authorship, name("kg:mergeScore"), Literal(merge.score)


def _categories(paper: Paper, iris: Iris) -> Iterator[Triple]:
    node = iris.paper(paper.id)
    for number, code in enumerate(paper.categories):
        yield node, name("dcterms:subject"), iris.category(code)
        if number == 0:
            yield node, name("kg:primaryCategory"), iris.category(code)
        yield from _category(code, iris)


def _category(code: str, iris: Iris) -> Iterator[Triple]:
    """Yield what is known of a category and of what stands above it."""
    category, known = iris.category(code), shipped().get(code)
    yield category, TYPE, name("skos:Concept")
    yield category, name("skos:notation"), text(code)
    if known is not None:
        yield category, name("skos:prefLabel"), text(known.name)
        yield category, name("skos:inScheme"), iris.category("arxiv")
        yield iris.category("arxiv"), TYPE, name("skos:ConceptScheme")
        if known.above is not None:
            yield category, name("skos:broader"), iris.category(known.above)
            yield from _category(known.above, iris)
