"""A view of the graph for exporters and drawings: nodes and edges with plain attributes, each edge once.

Nodes are the things that papers name, papers, authors and, where asked for, categories. Edges are the graph's direct
statements: roles (paper → thing), relations (thing → thing), ``creator`` (paper → author) and ``subject`` (paper →
category). What several papers state is one edge that counts them.

Attributes, each of one type throughout, absent where there is nothing to say:

==================  =====  ============================================================================================
of nodes
``identifier``      str    a paper's id
``date``            str    day or month of a paper (``2025-12-04``, ``2025-12``), of anything else its first paper's
``categories``      str    a paper's categories, joined
``aliases``         str    other names, joined
``paper_count``     int    papers of the whole graph that name the thing, are by the author, or in the category
``results``         str    what was measured of the thing (of the paper, where it says of nothing in particular), joined
of edges
``support``         int    selected papers that state it
``papers``          str    their ids, joined
``score``           float  the greatest score among them; roles and relations only
``date``            str    the first of their dates
``author_position`` int    1 for the first author; ``creator`` only
==================  =====  ============================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kg.graph.claims import claims_from, claims_in, claims_to, every_claim, outcomes
from kg.graph.names import ENTITIES, PAPER, Named, named
from kg.graph.selection import DRAWN, WHOLE, Selection, named_nodes, paper_graphs
from kg.graph.statements import statements
from kg.graph.vocab import name
from kg.model import Network, NetworkEdge, NetworkNode, ResultKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import NamedNode

    from kg.graph.claims import Claim, Outcome
    from kg.graph.store import GraphStore
    from kg.model import Scalar

__all__ = [
    "DRAWN",
    "WHOLE",
    "Selection",
    "joined",
    "neighbourhood",
    "network",
    "selected_papers",
    "split",
]

CREATOR = "creator"
SUBJECT = "subject"
_LINKS = {CREATOR: name("dcterms:creator"), SUBJECT: name("dcterms:subject")}
_TYPE = name("rdf:type")
_ISSUED = name("dcterms:issued")
_IDENTIFIER = name("dcterms:identifier")
_PRIMARY = name("kg:primaryCategory")
_ALIAS = name("skos:altLabel")
_AUTHOR = name("kg:author")
_POSITION = name("kg:position")
_FEW = 5
_MANY = 5_000
"""Papers above which claims are looked up rather than joined: the join of 20,000 takes half a GiB."""


def joined(values: Iterable[str]) -> str:
    r"""Return ``values`` as one string: separated by ``|``, with a backslash before each ``|`` and ``\`` of a value.

    >>> print(joined(["a|b", "c"]))
    a\|b|c
    """
    return "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)


def split(text: str) -> tuple[str, ...]:
    r"""Return the values that :func:`joined` made one string of; none for an empty one.

    >>> split(r"a\|b|c")
    ('a|b', 'c')
    """
    values, current, quoted = [], "", False
    for character in text:
        if quoted or character not in "\\|":
            current, quoted = current + character, False
        elif character == "\\":
            quoted = True
        else:
            values.append(current)
            current = ""
    return (*values, current) if text else ()


def network(graph: GraphStore, selection: Selection | None = None) -> Network:
    """Return the selected part of ``graph`` as a network.

    A node that is named in :attr:`Selection.around` is there whatever its kind. Steps around it lead only over edges
    that the rest of the selection admits.

    :raises ConfigError: if the selection names something that the graph has not.
    """
    nodes, edges = streamed(graph, selection or Selection())
    return Network(tuple(nodes), tuple(edges))


def streamed(graph: GraphStore, selection: Selection) -> tuple[Iterator[NetworkNode], Iterator[NetworkEdge]]:
    """Return the nodes and the edges of :func:`network`, each made when it is asked for: half the memory.

    :raises ConfigError: if the selection names something that the graph has not.
    """
    return _Builder(graph, selection).parts()


def neighbourhood(graph: GraphStore, around: str, hops: int = 1, types: tuple[str, ...] = DRAWN) -> Network:
    """Return what lies within ``hops`` edges of the node or nodes called ``around``, and all edges among these nodes.

    :raises ConfigError: if nothing has this name.
    """
    return network(graph, Selection(types=types, around=(around,), hops=hops))


def selected_papers(graph: GraphStore, selection: Selection) -> tuple[NamedNode, ...]:
    """Return the graphs of the papers that ``selection`` stands for where papers are taken whole, sorted.

    A paper is one of them if it is in one of the categories and among the papers named (where there are such), names a
    thing of one of the entity types (where there are such), and lies within the given number of hops around one of the
    names (where there are such), where a least score counts for the steps around only.

    :raises ConfigError: if the selection names something that the graph has not.
    """
    return _Builder(graph, selection).papers()


@dataclass(frozen=True, slots=True)
class _Link:
    """One paper's word for an edge; or, if not ``direct``, only for its ends being there."""

    graph: NamedNode
    source: NamedNode
    type: str
    target: NamedNode
    score: float | None = None
    direct: bool = True


@dataclass(slots=True)
class _Sum:
    """What the papers that state an edge come to."""

    graphs: tuple[NamedNode, ...] = ()
    score: float | None = None

    def add(self, link: _Link) -> None:
        if link.graph not in self.graphs:
            self.graphs += (link.graph,)
        if link.score is not None:
            self.score = max(link.score, self.score or 0.0)


class _Builder:
    """Gathers the nodes and edges of one selection."""

    def __init__(self, graph: GraphStore, selection: Selection) -> None:
        self._store = graph.store
        self._iris = graph.iris
        self._selection = selection
        self._graphs = dict.fromkeys(paper_graphs(self._store, self._iris, selection))
        self._starts = named_nodes(self._store, self._iris, selection)
        self._named: dict[NamedNode, Named] = {}
        self._dates = {q.graph_name: q.object.value for q in statements(self._store, None, _ISSUED, None)}

    def parts(self) -> tuple[Iterator[NetworkNode], Iterator[NetworkEdge]]:
        """Return nodes and edges, aggregated and sorted."""
        kinds = self._selection.kinds
        nodes = self._ball(kinds) if self._starts else {paper for paper in self._papers() if PAPER in kinds}
        edges: dict[tuple[NamedNode, str, NamedNode], _Sum] = {}
        known = {node: node for node in nodes}  # so that each is in memory once
        for link in self._links_from(nodes) if self._starts else self._every_link():
            ends = {link.source, link.target}
            if not self._starts:
                nodes.update(end for end in ends - nodes if self._name(end).kind in kinds)
            if link.direct and ends <= nodes:
                source, target = (known.setdefault(end, end) for end in (link.source, link.target))
                edges.setdefault((source, link.type, target), _Sum()).add(link)
        order = sorted(edges, key=lambda ends: self._key(*ends))
        return (
            (self._node(node) for node in sorted(nodes, key=lambda n: n.value)),
            (self._edge(*ends, edges[ends]) for ends in order),
        )

    def papers(self) -> tuple[NamedNode, ...]:
        """Return the graphs of the selected papers."""
        graphs = self._graphs
        types = self._selection.kinds & ENTITIES if self._selection.types else frozenset()
        if types:
            holding = {g for t in types for g in self._graphs_of(None, name(f"kg:{t}"))}
            graphs = {graph: None for graph in graphs if graph in holding}
        if self._starts:
            ball = self._ball(self._selection.kinds | {PAPER})
            graphs = {graph: None for graph in graphs if self._paper(graph) in ball}
        return tuple(graphs)

    def _paper(self, graph: NamedNode) -> NamedNode:
        return self._iris.paper(self._id(graph))

    def _id(self, graph: NamedNode) -> str:
        return self._iris.paper_of(graph) or ""

    def _papers(self) -> Iterator[NamedNode]:
        return map(self._paper, self._graphs)

    def _graphs_of(self, node: NamedNode | None, kind: NamedNode | None) -> Iterator[NamedNode]:
        """Yield the graph of every paper that has a node, or any node of a class."""
        return (quad.graph_name for quad in statements(self._store, node, _TYPE, kind))

    def _name(self, node: NamedNode) -> Named:
        if node not in self._named:
            self._named[node] = named(self._store, node)
        return self._named[node]

    # Links: what single papers say of edges.

    def _admitted(self, claims: Iterable[Claim]) -> Iterator[_Link]:
        for claim in claims:
            if claim.graph in self._graphs and claim.score >= self._selection.min_score:
                yield _Link(claim.graph, claim.subject, claim.predicate, claim.object, claim.score, claim.direct)

    def _every_link(self) -> Iterator[_Link]:
        papers = sum(1 for _ in self._store.named_graphs())
        few = _FEW * len(self._graphs) < papers or papers > _MANY
        yield from self._admitted(claims_in(self._store, self._graphs) if few else every_claim(self._store))
        for paper in self._papers():
            yield from self._of_paper(paper)

    def _links_from(self, nodes: Iterable[NamedNode]) -> Iterator[_Link]:
        """Yield the links whose source is one of ``nodes``."""
        for node in nodes:
            yield from self._admitted(claims_from(self._store, (node,)))
            yield from self._of_paper(node)

    def _links_to(self, nodes: Iterable[NamedNode]) -> Iterator[_Link]:
        """Yield the links whose target is one of ``nodes``."""
        for node in nodes:
            yield from self._admitted(claims_to(self._store, (node,)))
            yield from self._other(None, node)

    def _of_paper(self, paper: NamedNode) -> Iterator[_Link]:
        return self._other(paper, None)

    def _other(self, source: NamedNode | None, target: NamedNode | None) -> Iterator[_Link]:
        """Yield the links of papers to authors and categories."""
        for kind, predicate in _LINKS.items():
            for quad in statements(self._store, source, predicate, target):
                if quad.graph_name in self._graphs:
                    yield _Link(quad.graph_name, quad.subject, kind, quad.object)

    def _ball(self, kinds: frozenset[str]) -> set[NamedNode]:
        """Return the nodes of ``kinds`` around the starting ones, these included."""
        ball = frontier = set(self._starts)
        for _ in range(self._selection.hops):
            reached = {link.target for link in self._links_from(frontier) if link.direct}
            reached |= {link.source for link in self._links_to(frontier) if link.direct}
            frontier = {node for node in reached - ball if self._name(node).kind in kinds}
            ball = ball | frontier
        return ball

    # Nodes and edges with their attributes.

    def _node(self, node: NamedNode) -> NetworkNode:
        about = self._name(node)
        attributes = self._of_one_paper(node) if about.kind == PAPER else self._of_many(node, about.kind)
        return NetworkNode(node.value, about.kind, about.label, _present(attributes))

    def _of_one_paper(self, node: NamedNode) -> dict[str, Scalar | None]:
        quad = next(statements(self._store, node, _IDENTIFIER, None))
        own = (outcome for outcome in outcomes(self._store, quad.graph_name) if outcome.subject is None)
        return {
            "identifier": quad.object.value,
            "date": self._dates.get(quad.graph_name),
            "categories": joined(self._categories(node)),
            "results": joined(self._phrases(own)),
        }

    def _of_many(self, node: NamedNode, kind: str) -> dict[str, Scalar | None]:
        graphs = list(self._graphs_of(node, None))
        aliases = sorted(quad.object.value for quad in statements(self._store, node, _ALIAS, None))
        found = outcomes(self._store, of=node) if kind in ENTITIES else ()
        return {
            "date": self._first_date(graphs),
            "aliases": joined(aliases),
            "paper_count": len(graphs),
            "results": joined(self._phrases(found)),
        }

    def _categories(self, paper: NamedNode) -> list[str]:
        """Return the codes of a paper's categories, the primary one first, the others sorted."""
        first = {quad.object for quad in statements(self._store, paper, _PRIMARY, None)}
        every = {quad.object for quad in statements(self._store, paper, _LINKS[SUBJECT], None)}
        return [code for _, code in sorted((node not in first, self._name(node).label) for node in every)]

    def _first_date(self, graphs: Iterable[NamedNode]) -> str | None:
        return min((self._dates[graph] for graph in graphs if graph in self._dates), default=None)

    def _phrases(self, found: Iterable[Outcome]) -> list[str]:
        """Return the admitted results in words, sorted, each once."""
        least = self._selection.min_score
        return sorted({self._phrase(o) for o in found if o.graph in self._graphs and o.score >= least})

    def _phrase(self, outcome: Outcome) -> str:
        """Return a result as ``success rate 98.3% on LIBERO``; a change says so, and against what."""
        change = "" if outcome.kind == ResultKind.ABSOLUTE else f"({outcome.kind})"
        ends = (("", outcome.metric), ("on ", outcome.on), ("against ", outcome.baseline))
        metric, place, other = ("" if end is None else word + self._name(end).label for word, end in ends)
        return " ".join(part for part in (metric, outcome.value, change, place, other) if part)

    def _edge(self, source: NamedNode, kind: str, target: NamedNode, total: _Sum) -> NetworkEdge:
        attributes: dict[str, Scalar | None] = {
            "support": len(total.graphs),
            "papers": joined(sorted(map(self._id, total.graphs))),
            "score": total.score,
            "date": self._first_date(total.graphs),
            "author_position": self._position(target, total.graphs) if kind == CREATOR else None,
        }
        return NetworkEdge(self._key(source, kind, target), source.value, target.value, kind, _present(attributes))

    def _key(self, source: NamedNode, kind: str, target: NamedNode) -> str:
        return "|".join((self._iris.key_of(source), kind, self._iris.key_of(target)))

    def _position(self, author: NamedNode, graphs: Iterable[NamedNode]) -> int | None:
        """Return at which place a paper has an author; the first, should it have several."""
        store = self._store
        nodes = (q.subject for graph in graphs for q in statements(store, None, _AUTHOR, author, graph))
        return min((int(q.object.value) for n in nodes for q in statements(store, n, _POSITION, None)), default=None)


def _present(attributes: dict[str, Any]) -> MappingProxyType[str, Scalar]:
    return MappingProxyType({key: value for key, value in attributes.items() if value not in (None, "")})
