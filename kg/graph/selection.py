"""Which part of a graph is meant: kinds of nodes, categories, papers, the surroundings of something, a least score.

Between the fields of a :class:`Selection` stands *and*, between the values of one field *or*.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from kg.errors import ConfigError
from kg.graph.names import AUTHOR, CATEGORY, KINDS, PAPER, find, nearest
from kg.graph.statements import statements
from kg.graph.vocab import name, plain_id
from kg.model import EntityType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pyoxigraph import Store

    from kg.graph.vocab import Iris

MOST_HOPS = 3
DRAWN = (*(kind.value for kind in EntityType), PAPER)
"""The kinds of nodes that a drawing is readable with: things and papers."""
WHOLE = (*DRAWN, AUTHOR)
"""The kinds of nodes that a network has where none are named."""

_SUBJECT = name("dcterms:subject")
_NOTATION = name("skos:notation")
_BROADER = name("skos:broader")
_IDENTIFIER = name("dcterms:identifier")


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of a graph; by default all of it.

    >>> Selection(types=("method",)).kinds
    frozenset({'Method'})

    :param types: kinds of nodes, in any case: entity types, ``Paper``, ``Author``, ``Category``; if empty,
        :data:`WHOLE`.
    :param categories: arXiv categories; only statements of papers in one of them.
    :param papers: ids or addresses; only statements of these papers.
    :param around: names, aliases, titles, IRIs or ids; only nodes within ``hops`` edges of what one of them names.
    :param hops: 1 to 3.
    :param min_score: the least score of a statement, 0 to 1.
    :raises ConfigError: if a value is none of these.
    """

    types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    hops: int = 1
    min_score: float = 0.0

    def __post_init__(self) -> None:
        known = {kind.lower(): kind for kind in sorted(KINDS)}
        for kind in self.types:
            if kind.lower() not in known:
                near = difflib.get_close_matches(kind.lower(), known) or known
                raise _unknown("type of node", kind, [known[k] for k in near])
        if not 1 <= self.hops <= MOST_HOPS:
            raise ConfigError(f"{self.hops} hops", remedy=f"Give 1 to {MOST_HOPS}.")
        if not 0 <= self.min_score <= 1:
            raise ConfigError(f"a least score of {self.min_score}", remedy="Give 0 to 1.")
        object.__setattr__(self, "types", tuple(known[kind.lower()] for kind in self.types))

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of nodes that are meant."""
        return frozenset(self.types or WHOLE)

    def all_kinds(self) -> Selection:
        """Return the selection with categories as nodes too, unless it names the kinds it means."""
        return self if self.types else replace(self, types=(*WHOLE, CATEGORY))


def paper_graphs(store: Store, iris: Iris, selection: Selection) -> tuple[NamedNode, ...]:
    """Return the graphs of the papers that ``selection`` admits by id and category, sorted.

    :raises ConfigError: if it names a paper or category that the graph has not.
    """
    every = {quad.graph_name: quad.object.value for quad in statements(store, None, _IDENTIFIER, None)}
    admitted = set(every)
    if selection.papers:
        admitted &= {_graph_of(iris, paper, every) for paper in selection.papers}
    if selection.categories:
        admitted &= {graph for code in selection.categories for graph in _in_category(store, iris, code)}
    return tuple(sorted(admitted, key=lambda graph: graph.value))


def _graph_of(iris: Iris, paper: str, every: dict[NamedNode, str]) -> NamedNode:
    graph = iris.graph(plain_id(paper))
    if graph not in every:
        raise _unknown("paper", paper, difflib.get_close_matches(plain_id(paper), every.values()))
    return graph


def _in_category(store: Store, iris: Iris, code: str) -> Iterable[NamedNode]:
    """Return the graphs of the papers in a category or in one below it; its code may be written in any case."""
    codes = {quad.object.value for quad in statements(store, None, _NOTATION, None)}
    meant = [known for known in codes if known.lower() == code.strip().lower()]
    if not meant:
        raise _unknown("category", code, difflib.get_close_matches(code, sorted(codes)) or sorted(codes)[:3])
    nodes = {iris.category(known) for known in meant}
    while below := {quad.subject for node in nodes for quad in statements(store, None, _BROADER, node)} - nodes:
        nodes |= {node for node in below if isinstance(node, NamedNode)}
    return {quad.graph_name for node in nodes for quad in statements(store, None, _SUBJECT, node)}


def named_nodes(store: Store, iris: Iris, selection: Selection) -> tuple[NamedNode, ...]:
    """Return what the names of ``selection.around`` mean, sorted.

    :raises ConfigError: if one means nothing.
    """
    nodes: set[str] = set()
    for text in selection.around:
        found = find(store, iris, text, whole=True)
        if not found:
            raise _unknown("name", text, nearest(store, text))
        nodes.update(thing.iri for thing in found)
    return tuple(NamedNode(iri) for iri in sorted(nodes))


def _unknown(what: str, given: str, near: Collection[str]) -> ConfigError:
    remedy = f"Did you mean {' or '.join(near)}?" if near else "See kg stats for what the graph holds."
    return ConfigError(f"unknown {what}: {given!r}", remedy=remedy)
