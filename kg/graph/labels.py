"""The graph of what spans papers: labels, other names, main types, what is known of well-known things.

A label is that of the curated vocabularies, or else the most frequent readable name over the papers that have the node,
the longest of the most frequent ones, the first of those in code point order; so it depends on which papers are there and not on the order they came in. The
main type of a thing is the one that most papers read it as, the first in the order of the model of these.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from pyoxigraph import Literal, NamedNode, Quad

from kg.graph.vocab import PREFIXES, name, term
from kg.model import EntityType
from kg.resolution import readable
from kg.resolution.identity import curated
from kg.resolution.keys import unslug

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pyoxigraph import QuerySolutions, Store

    from kg.graph.vocab import Iris
    from kg.resolution.vocabulary import Entry

_PREFERRED = name("skos:prefLabel")
_ALTERNATIVE = name("skos:altLabel")
_LABEL = name("rdfs:label")
_TYPE = name("rdf:type")
MAIN_TYPE = name("kg:mainType")
_MATCH, _DEFINITION = name("skos:exactMatch"), name("skos:definition")
_SOURCE, _MAKER = name("rdfs:seeAlso"), name("kg:maker")
LABELS = frozenset({_PREFERRED, _ALTERNATIVE, _LABEL, MAIN_TYPE, _MATCH, _DEFINITION, _SOURCE, _MAKER})
"""The properties that :func:`label_quads` gives."""

_PREFIXES = dict(PREFIXES)
# The nodes are written into the text: substituted variables are unknown to the query planner, which then scans all.
_ENTITY_NAMES = """
SELECT ?node ?graph ?name ?form WHERE {{ VALUES ?node {{ {nodes} }} GRAPH ?graph {{
  ?claim rdf:object ?node ; kg:name ?name ; kg:mention/oa:hasSelector/oa:exact ?form
}} }}"""
_AUTHOR_NAMES = """
SELECT ?node ?graph ?name (?name AS ?form) WHERE {{ VALUES ?node {{ {nodes} }} GRAPH ?graph {{
  ?authorship kg:author ?node ; kg:nameAsWritten ?name
}} }}"""


@dataclass(slots=True)
class _Names:
    """The names of one node: which paper graphs use each as its name there, and every form."""

    graphs: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    forms: set[str] = field(default_factory=set)

    def label(self) -> str:
        counts = Counter({name: len(graphs) for name, graphs in self.graphs.items()})
        return max(sorted(counts), key=lambda name: (counts[name], len(name)))


def label_quads(store: Store, nodes: Collection[NamedNode], iris: Iris) -> Iterator[Quad]:
    """Yield the labels of ``nodes`` as the paper graphs of ``store`` give them; none for a node without papers."""
    authors = [node for node in nodes if iris.key_of(node).startswith("author/")]
    entities = sorted(set(nodes) - set(authors), key=str)
    for node, names in _names(store, _AUTHOR_NAMES, authors).items():
        yield from _labels(node, names, names.label(), iris)
    for node, names in _names(store, _ENTITY_NAMES, entities).items():
        kind = _main_type(store, node)
        entry = curated().entry(unslug(iris.key_of(node).partition("/")[2]) or "", kind)
        yield from _labels(node, names, names.label() if entry is None else entry.label, iris)
        yield Quad(node, MAIN_TYPE, term(kind), iris.entities)
        facts = () if entry is None else _curated(entry)
        yield from (Quad(node, predicate, value, iris.entities) for predicate, value in facts)


def _labels(node: NamedNode, names: _Names, label: str, iris: Iris) -> Iterator[Quad]:
    yield Quad(node, _PREFERRED, Literal(label), iris.entities)
    yield Quad(node, _LABEL, Literal(label), iris.entities)
    for form in sorted((names.forms | set(names.graphs)) - {label}):
        yield Quad(node, _ALTERNATIVE, Literal(form), iris.entities)


def _curated(entry: Entry) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
    """Yield what a curated vocabulary says of a thing."""
    yield _MATCH, NamedNode(entry.iri)
    yield _DEFINITION, Literal(entry.definition)
    yield _SOURCE, NamedNode(entry.source)
    if entry.maker is not None:
        yield _MAKER, Literal(entry.maker)


def _main_type(store: Store, node: NamedNode) -> EntityType:
    """Return the type that most papers give ``node``, of which one at least names it."""
    counts = Counter(quad.object for quad in store.quads_for_pattern(node, _TYPE, None))
    return max(EntityType, key=lambda kind: counts[term(kind)])


def _names(store: Store, query: str, nodes: Collection[NamedNode]) -> dict[NamedNode, _Names]:
    found: defaultdict[NamedNode, _Names] = defaultdict(_Names)
    rows = cast("QuerySolutions", store.query(query.format(nodes=" ".join(map(str, nodes))), prefixes=_PREFIXES))
    for row in rows:
        names = found[row["node"]]
        names.graphs[readable(row["name"].value)].add(row["graph"].value)
        names.forms.add(readable(row["form"].value))
    return dict(found)


def touched(store: Store, graph: NamedNode) -> set[NamedNode]:
    """Return the entities and authors that a paper's graph holds."""
    claims = (q.subject for q in store.quads_for_pattern(None, name("kg:name"), None, graph))
    objects = (q.object for c in claims for q in store.quads_for_pattern(c, name("rdf:object"), None, graph))
    authors = (q.object for q in store.quads_for_pattern(None, name("kg:author"), None, graph))
    return {node for nodes in (objects, authors) for node in nodes if isinstance(node, NamedNode)}
