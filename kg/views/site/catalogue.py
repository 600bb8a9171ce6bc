"""What the pages of a site say, gathered in one pass over a graph: plain records, free of RDF and of HTML."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from kg.graph.categories import shipped
from kg.graph.names import AUTHOR, CATEGORY, PAPER
from kg.graph.records import PaperClaim, PaperRecord, PaperResult, paper_records
from kg.graph.vocab import name
from kg.model import Certainty
from kg.views.site.addresses import address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kg.graph.store import GraphStore

    Track = Callable[[Iterable[PaperRecord], int, str], Iterator[PaperRecord]]

_LABEL, _MAIN, _ALIAS = name("skos:prefLabel").value, name("kg:mainType").value, name("skos:altLabel").value
_DEFINITION, _MAKER = name("skos:definition").value, name("kg:maker").value
_MATCH, _SEE = name("skos:exactMatch").value, name("rdfs:seeAlso").value
_VARIANT, _BROADER = name("kg:variantOf").value, name("skos:broader").value
_AMBIGUOUS = name("kg:ambiguous").value
_KG = name("kg:").value
ENDS = ("subject", "metric", "on", "baseline")
"""What links a result to things, by the names of :class:`PaperResult`."""


class Stated(NamedTuple):
    """A claim and the paper that makes it."""

    paper: PaperRecord
    claim: PaperClaim


class Measured(NamedTuple):
    """A result, the paper that claims it, and as what a thing takes part in it.

    ``end`` is ``metric``, ``subject``, ``baseline`` or ``on``.
    """

    paper: PaperRecord
    result: PaperResult
    end: str


@dataclass(frozen=True, slots=True)
class Node:
    """A thing, author, category or paper.

    :param address: of its page, from the root of the site.
    :param aliases: its other names, sorted.
    :param definition: what it is, as a curated vocabulary says; ``maker`` likewise.
    :param matches: IRIs of the same thing elsewhere; ``see``: addresses that tell of it.
    :param broader: IRIs of what it is a kind of; ``variant_of``: of what it is a version of.
    :param doubt: why an author's name may stand for several people; empty where nothing says so.
    """

    iri: str
    label: str
    kind: str
    address: str
    aliases: tuple[str, ...] = ()
    definition: str = ""
    maker: str = ""
    matches: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    variant_of: tuple[str, ...] = ()
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """A graph as the pages of its site see it. Lists of papers and of what they state have the newest first.

    :param base: what the graph's own IRIs begin with.
    :param extractor: name of the extractor that wrote to the graph last.
    :param nodes: everything that has a page, by IRI, in the order of IRIs.
    :param papers: every paper by IRI, the newest first.
    :param roles: what papers do with a thing, by its IRI.
    :param relations: what papers say of a thing as subject; ``back``: as object.
    :param results: figures that have to do with a thing; ``by_author``, ``by_category``: papers.
    :param kin: things that are narrower than, or variants of, a thing: their IRIs.
    """

    base: str
    extractor: str
    nodes: Mapping[str, Node]
    papers: Mapping[str, PaperRecord]
    roles: Mapping[str, list[Stated]] = field(default_factory=dict)
    relations: Mapping[str, list[Stated]] = field(default_factory=dict)
    back: Mapping[str, list[Stated]] = field(default_factory=dict)
    results: Mapping[str, list[Measured]] = field(default_factory=dict)
    by_author: Mapping[str, list[PaperRecord]] = field(default_factory=dict)
    by_category: Mapping[str, list[PaperRecord]] = field(default_factory=dict)
    kin: Mapping[str, list[str]] = field(default_factory=dict)

    def address(self, iri: str) -> str:
        """Return the address of a node's page, from the root of the site.

        :raises KeyError: if the graph has no such node.
        """
        return self.nodes[iri].address

    def label(self, iri: str) -> str:
        """Return what a node is called, its IRI where the graph does not have it."""
        return self.nodes[iri].label if iri in self.nodes else iri

    def papers_of(self, iri: str) -> list[PaperRecord]:
        """Return the papers that name a thing, are by an author or in a category, or the paper itself."""
        if iri in self.papers:
            return [self.papers[iri]]
        stated = {paper.iri: paper for paper, _ in self.roles.get(iri, ())}
        return list(stated.values()) or self.by_author.get(iri, []) or self.by_category.get(iri, [])


def gather(graph: GraphStore, track: Track | None = None) -> Library:
    """Return the library of a graph.

    :param track: passes the papers on and shows how far the reading is.
    """
    records: Iterable[PaperRecord] = paper_records(graph)
    if track is not None:
        records = track(records, len(graph.papers()), "Gathering")
    papers = {p.iri: p for p in sorted(records, key=lambda p: (p.date, p.id), reverse=True)}
    nodes = {node.iri: node for node in _nodes(graph, papers.values())}
    kin: defaultdict[str, list[str]] = defaultdict(list)
    for node in nodes.values():
        for other in {*node.broader, *node.variant_of}:
            kin[other].append(node.iri)
    library = Library(graph.iris.base, graph.extractor, dict(sorted(nodes.items())), papers, kin=dict(kin))
    return _indexed(library)


def _indexed(library: Library) -> Library:
    """Return the library with what is said of each node; the papers come newest first, so all lists do."""
    roles, relations, back = defaultdict(list), defaultdict(list), defaultdict(list)
    for paper in library.papers.values():
        for claim in paper.roles:
            roles[claim.object].append(Stated(paper, claim))
        for claim in paper.relations:
            relations[claim.subject].append(Stated(paper, claim))
            back[claim.object].append(Stated(paper, claim))
    return replace(
        library,
        roles=dict(roles),
        relations=dict(relations),
        back=dict(back),
        results=_by_end(library.papers.values()),
        by_author=_by(library.papers.values(), lambda paper: dict.fromkeys(paper.authors)),
        by_category=_by(library.papers.values(), lambda paper: paper.categories),
    )


def _by_end(papers: Iterable[PaperRecord]) -> dict[str, list[Measured]]:
    """Return the results of papers by each thing that takes part in them."""
    found: defaultdict[str, list[Measured]] = defaultdict(list)
    for paper in papers:
        for result in paper.results:
            for end in ENDS:
                iri = getattr(result, end)
                if iri is not None:
                    found[iri].append(Measured(paper, result, end))
    return dict(found)


def _by(papers: Iterable[PaperRecord], iris: Callable[[PaperRecord], Iterable[str]]) -> dict[str, list[PaperRecord]]:
    found: defaultdict[str, list[PaperRecord]] = defaultdict(list)
    for paper in papers:
        for iri in iris(paper):
            found[iri].append(paper)
    return dict(found)


def _nodes(graph: GraphStore, papers: Iterable[PaperRecord]) -> Iterator[Node]:
    base = graph.iris.base
    categories: set[str] = set()
    for paper in papers:
        yield Node(paper.iri, paper.label or paper.id, PAPER, address(paper.iri, PAPER, base))
        categories.update(paper.categories)
    for iri in categories:
        yield _category(iri, base)
    known: dict[str, dict[str, list[str]]] = {}
    for subject, predicate, value, _ in graph.quads(graph.iris.entities):
        known.setdefault(subject.value, {}).setdefault(predicate.value, []).append(value.value)
    for iri, said in known.items():
        yield _thing(iri, said, base)


def _category(iri: str, base: str) -> Node:
    code = unquote(iri.removeprefix(f"{base}category/"))
    known = shipped().get(code)
    aliases = (known.name,) if known is not None else ()
    return Node(iri, code, CATEGORY, address(iri, CATEGORY, base), aliases)


def _thing(iri: str, said: Mapping[str, list[str]], base: str) -> Node:
    """Return a thing or an author, of which the graph of labels says ``said``."""

    def all_of(predicate: str) -> tuple[str, ...]:
        return tuple(sorted(said.get(predicate, ())))

    kind = said[_MAIN][0].removeprefix(_KG) if _MAIN in said else AUTHOR
    return Node(
        iri,
        said[_LABEL][0] if _LABEL in said else iri,
        kind,
        address(iri, kind, base),
        aliases=all_of(_ALIAS),
        definition=" ".join(all_of(_DEFINITION)),
        maker=" ".join(all_of(_MAKER)),
        matches=all_of(_MATCH),
        see=all_of(_SEE),
        broader=all_of(_BROADER),
        variant_of=all_of(_VARIANT),
        doubt=" ".join(all_of(_AMBIGUOUS)),
    )


def is_read(claim: PaperClaim | PaperResult) -> bool:
    """Return whether a statement counts: the text asserts it, and the ontology admits it."""
    return claim.certainty == Certainty.ASSERTED and not claim.problem
