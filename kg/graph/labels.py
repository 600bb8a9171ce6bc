"""The graph of what spans papers: labels, other names, main types, what is known of well-known things.

A label is the most frequent readable name over the papers that have the node, the longest of the most frequent ones,
the first of those in code point order; so it depends on which papers are there and not on the order they came in. Of a
well-known robot or piece of hardware it is that of the curated vocabularies, as papers dress those names up. The main
type of a thing is the one that most papers read it as, the first in the order of the model of these.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, cast

from pyoxigraph import Literal, NamedNode, Quad

from kg.graph.vocab import PREFIXES, name, term
from kg.model import EntityType
from kg.resolution import readable
from kg.resolution.keys import unslug
from kg.resolution.people import fullness
from kg.resolution.vocabulary import shipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pyoxigraph import QuerySolutions, Store

    from kg.graph.readings import Readings
    from kg.graph.vocab import Iris
    from kg.resolution.vocabulary import Entry

_PREFERRED = name("skos:prefLabel")
_ALTERNATIVE = name("skos:altLabel")
_LABEL = name("rdfs:label")
_TYPE = name("rdf:type")
MAIN_TYPE = name("kg:mainType")
_MATCH, _DEFINITION = name("skos:exactMatch"), name("skos:definition")
_SOURCE, _MAKER = name("rdfs:seeAlso"), name("kg:maker")
_MACHINES = frozenset({EntityType.ROBOT, EntityType.HARDWARE})
LABELS = frozenset({_PREFERRED, _ALTERNATIVE, _LABEL, MAIN_TYPE, _MATCH, _DEFINITION, _SOURCE, _MAKER})
"""The properties that :func:`label_quads` gives."""

_PREFIXES = dict(PREFIXES)
# The nodes are written into the text: substituted variables are unknown to the query planner, which then scans all.
_AUTHOR_NAMES = """
SELECT DISTINCT ?node ?graph ?name WHERE {{ VALUES ?node {{ {nodes} }} GRAPH ?graph {{
  ?authorship kg:author ?node ; kg:nameAsWritten ?name
}} }}"""


def label_quads(store: Store, readings: Readings, nodes: Collection[NamedNode], iris: Iris) -> Iterator[Quad]:
    """Yield the labels of ``nodes`` as the papers of ``store`` give them; none for a node without papers."""
    authors = list(filter(iris.is_author, nodes))
    for node, names in _written(store, authors).items():
        label = max(names, key=lambda name: (names[name], fullness(name), name))
        yield from _labels(node, label, set(names), iris)
    for node in sorted(set(nodes) - set(authors), key=str):
        names = readings.names(node)
        if names:
            yield from _entity(node, _main_type(store, node), names, readings.forms(node), iris)


def _entity(node: NamedNode, kind: EntityType, names: Counter[str], forms: set[str], iris: Iris) -> Iterator[Quad]:
    entry = shipped().entry(unslug(iris.key_of(node).partition("/")[2]) or "", kind)
    label = entry.label if entry is not None and kind in _MACHINES else _label(names)
    yield from _labels(node, label, forms | set(names), iris)
    yield Quad(node, MAIN_TYPE, term(kind), iris.entities)
    facts = () if entry is None else _curated(entry)
    yield from (Quad(node, predicate, value, iris.entities) for predicate, value in facts)


def _label(names: Counter[str]) -> str:
    return max(sorted(names), key=lambda name: (names[name], len(name)))


def _labels(node: NamedNode, label: str, forms: set[str], iris: Iris) -> Iterator[Quad]:
    yield Quad(node, _PREFERRED, Literal(label), iris.entities)
    yield Quad(node, _LABEL, Literal(label), iris.entities)
    yield from (Quad(node, _ALTERNATIVE, Literal(form), iris.entities) for form in sorted(forms - {label}))


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


def _written(store: Store, authors: Collection[NamedNode]) -> dict[NamedNode, Counter[str]]:
    """Return in how many papers each name stands for an author."""
    found: defaultdict[NamedNode, Counter[str]] = defaultdict(Counter)
    query = _AUTHOR_NAMES.format(nodes=" ".join(map(str, authors)))
    for row in cast("QuerySolutions", store.query(query, prefixes=_PREFIXES)):
        found[row["node"]][readable(row["name"].value)] += 1
    return dict(found)


def touched(store: Store, graph: NamedNode) -> set[NamedNode]:
    """Return the entities and authors that a paper's graph holds."""
    claims = (q.subject for q in store.quads_for_pattern(None, name("kg:name"), None, graph))
    objects = (q.object for c in claims for q in store.quads_for_pattern(c, name("rdf:object"), None, graph))
    authors = (q.object for q in store.quads_for_pattern(None, name("kg:author"), None, graph))
    return {node for nodes in (objects, authors) for node in nodes if isinstance(node, NamedNode)}
