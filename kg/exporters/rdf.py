"""RDF: Turtle and JSON-LD of everything in one graph, TriG and N-Quads with the graph of each paper.

Graphs come in the order of their names, statements in the order of their subjects, the type first; so equal graphs give
equal bytes, and no more than one paper's graph (or the graph of labels) is in memory at a time. Turtle and JSON-LD join
the graphs: what several papers state is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, Triple, serialize

from kg.exporters.jsonld import write_nodes
from kg.files import writing, writing_bytes
from kg.graph.labels import touched
from kg.graph.network import selected_papers
from kg.graph.vocab import PREFIXES, name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pyoxigraph import NamedNode, Quad

    from kg.graph.network import Selection
    from kg.graph.store import GraphStore

_TYPE = name("rdf:type")


@dataclass(frozen=True, slots=True)
class Rdf:
    """One of Oxigraph's formats."""

    suffix: str
    format: RdfFormat

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write the selected papers; see :class:`kg.exporters.Exporter`."""
        graphs = selected_graphs(store, selection)
        items = quads(store, graphs) if self.format.supports_datasets else union(store, graphs)
        plain = self.format == RdfFormat.N_QUADS
        with writing_bytes(target) as stream:
            serialize(items, stream, format=self.format, prefixes=None if plain else dict(PREFIXES))
        return (target,)


@dataclass(frozen=True, slots=True)
class JsonLd:
    """JSON-LD with the shipped context written into the file, so that reading it needs no network."""

    suffix: str = ".jsonld"

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write the selected papers; see :class:`kg.exporters.Exporter`."""
        triples = union(store, selected_graphs(store, selection))
        with writing(target) as stream:
            write_nodes(stream, triples)
        return (target,)


TURTLE = Rdf(".ttl", RdfFormat.TURTLE)
NQUADS = Rdf(".nq", RdfFormat.N_QUADS)
TRIG = Rdf(".trig", RdfFormat.TRIG)
JSONLD = JsonLd()


@dataclass(frozen=True, slots=True)
class Graphs:
    """The graphs to write: those of papers, and of the labels graph what concerns ``named`` (``None``: all)."""

    papers: tuple[NamedNode, ...]
    labels: NamedNode
    named: frozenset[NamedNode] | None


def selected_graphs(store: GraphStore, selection: Selection) -> Graphs:
    """Return the graphs of the selected papers, and with them the labels of what they name.

    :raises ConfigError: if the selection names something that the graph has not.
    """
    papers = selected_papers(store, selection)
    if len(papers) == len(store.papers()):
        return Graphs(papers, store.iris.entities, None)
    named = frozenset(node for graph in papers for node in touched(store.store, graph))
    return Graphs(papers, store.iris.entities, named)


def quads(store: GraphStore, graphs: Graphs) -> Iterator[Quad]:
    """Yield the quads of ``graphs``, in the order that this module's exports have."""
    for graph in sorted((*graphs.papers, graphs.labels), key=lambda g: g.value):
        found: Iterable[Quad] = store.quads(graph)
        if graph == graphs.labels and graphs.named is not None:
            found = (quad for quad in found if quad.subject in graphs.named)
        yield from sorted(found, key=_place)


def _place(quad: Quad) -> tuple[str, bool, str, str]:
    subject, predicate, obj, _ = quad
    return str(subject), predicate != _TYPE, predicate.value, str(obj)


def union(store: GraphStore, graphs: Graphs) -> Iterator[Triple]:
    """Yield the triples of ``graphs``, each once.

    Only what may stand in several graphs is remembered: statements about nodes whose IRI does not hold the paper's id.
    """
    seen: set[bytes] = set()
    for quad in quads(store, graphs):
        triple = Triple(quad.subject, quad.predicate, quad.object)
        graph = str(quad.graph_name)[1:-1]
        if f"/{graph.rpartition('/')[2]}" not in str(quad.subject):
            digest = sha256(str(triple).encode()).digest()[:16]
            if digest in seen:
                continue
            seen.add(digest)
        yield triple
