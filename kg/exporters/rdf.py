"""RDF: Turtle, RDF/XML and JSON-LD of everything in one graph, TriG and N-Quads with the graph of each paper.

Graphs come in the order of their names, statements in the order of their subjects, the type first; so equal graphs give
equal bytes, and no more than one paper's graph is in memory at a time: that of the labels is sorted on disk. Formats of
one graph join the graphs: what several papers state is written once.

Canonical N-Quads are another order of the same: that of RDFC-1.0, whose hash is the SHA-256 of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import IO, TYPE_CHECKING

from pyoxigraph import RdfFormat, Triple, serialize

from kg.exporters.jsonld import write_nodes
from kg.exporters.rdfxml import write_rdfxml
from kg.exporters.shelf import Shelf
from kg.files import writing, writing_bytes
from kg.graph.labels import touched
from kg.graph.network import selected_papers
from kg.graph.store import in_order
from kg.graph.vocab import PREFIXES, name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
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
class Joined:
    """A format of one graph that this package writes itself.

    :param body: writes triples that are sorted by subject as far as they are to be joined.
    """

    suffix: str
    body: Callable[[IO[str], Iterable[Triple]], None]

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write the selected papers; see :class:`kg.exporters.Exporter`."""
        triples = union(store, selected_graphs(store, selection))
        with writing(target) as stream:
            self.body(stream, triples)
        return (target,)


@dataclass(frozen=True, slots=True)
class Canonical:
    """The canonical N-Quads of RDFC-1.0 (https://www.w3.org/TR/rdf-canon/): equal graphs are equal files.

    A graph of ours has no blank nodes, so nothing is to be renamed and the lines only have to be sorted; parts are
    sorted on disk.
    """

    suffix: str = ".canonical.nq"

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write the selected papers; see :class:`kg.exporters.Exporter`."""
        graphs = selected_graphs(store, selection)
        with writing(target) as stream:
            stream.writelines(canonical(store, graphs))
        return (target,)


TURTLE = Rdf(".ttl", RdfFormat.TURTLE)
NQUADS = Rdf(".nq", RdfFormat.N_QUADS)
TRIG = Rdf(".trig", RdfFormat.TRIG)
JSONLD = Joined(".jsonld", write_nodes)
RDFXML = Joined(".rdf", write_rdfxml)
CANONICAL = Canonical()


def canonical(store: GraphStore, graphs: Graphs) -> Iterator[str]:
    """Yield the canonical N-Quads of ``graphs``, line by line."""
    return (f"{line}\n" for line in in_order(f"{quad} ." for quad in quads(store, graphs)))


def fingerprint(store: GraphStore, selection: Selection) -> str:
    """Return the RDFC-1.0 hash of the selected papers: SHA-256 in hexadecimal, the same for every equal graph.

    :raises ConfigError: if the selection names something that the graph has not.
    """
    found = sha256()
    for line in canonical(store, selected_graphs(store, selection)):
        found.update(line.encode())
    return found.hexdigest()


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
        if graph == graphs.labels:
            found = (q for q in store.quads(graph) if graphs.named is None or q.subject in graphs.named)
            yield from Shelf((_place(quad), quad) for quad in found)
        else:
            yield from in_subject_order(store.quads(graph))


def in_subject_order(found: Iterable[Quad]) -> list[Quad]:
    """Return quads of one graph sorted by subject, the type first."""
    return sorted(found, key=_place)


def _place(quad: Quad) -> tuple[str, str, str, str]:
    subject, predicate, obj, _ = quad
    return str(subject), "" if predicate == _TYPE else "other", predicate.value, str(obj)


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
