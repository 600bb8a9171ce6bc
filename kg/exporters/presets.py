"""Networks made for a question: who writes with whom, what is evaluated on what, which papers are about the same.

Each is made of the network of :mod:`kg.graph.network`, within the same selection, and has attributes of the same names.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from kg.exporters.shelf import Shelf
from kg.graph.names import AUTHOR, ENTITIES, PAPER
from kg.graph.network import CREATOR, joined, network, streamed
from kg.model import EntityType, Network, NetworkEdge, NetworkNode, RelationType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kg.graph.drawing import Drawn
    from kg.graph.network import Selection
    from kg.graph.store import GraphStore
    from kg.model import Scalar

WHOLE = "whole"
SIMILARITY = "similarity"
"""The attribute that says how much two papers have in common."""
_WITH, _SIMILAR = "coAuthor", "similar"
MUTUAL = frozenset({_WITH, _SIMILAR})
"""The edges that have no direction."""
_NEAREST = 10
_COMMON = 200

Pair: TypeAlias = "tuple[str, str]"


@dataclass(frozen=True, slots=True)
class _Shelved:
    """A network on disk."""

    nodes: Shelf[NetworkNode]
    edges: Shelf[NetworkEdge]


def whole(store: GraphStore, selection: Selection) -> Drawn:
    """Return the whole network, its nodes and edges on disk.

    :raises ConfigError: if the selection names something that the graph has not.
    """
    nodes, edges = streamed(store, selection)
    return _Shelved(
        # A read-only view of a mapping cannot be pickled.
        Shelf(((node.key,), replace(node, attributes=dict(node.attributes))) for node in nodes),
        Shelf(((edge.key,), replace(edge, attributes=dict(edge.attributes))) for edge in edges),
    )


def co_authors(store: GraphStore, selection: Selection) -> Network:
    """Return the authors, an edge between those who wrote papers together; its weight is how many."""
    found = network(store, replace(selection, types=(PAPER, AUTHOR)))
    authors: dict[str, list[str]] = defaultdict(list)
    for edge in found.edges:
        if edge.type == CREATOR:
            authors[edge.source].append(edge.target)
    papers = {node.key: node for node in found.nodes if node.type == PAPER}
    shared: dict[Pair, list[NetworkNode]] = defaultdict(list)
    for paper, names in sorted(authors.items()):
        for pair in combinations(sorted(names), 2):
            shared[pair].append(papers[paper])
    edges = (_edge(pair, _WITH, _of_papers(together)) for pair, together in sorted(shared.items()))
    return Network(tuple(node for node in found.nodes if node.type == AUTHOR), tuple(edges))


def _of_papers(papers: list[NetworkNode]) -> dict[str, Scalar]:
    return {
        "support": len(papers),
        "papers": joined(sorted(str(paper.attributes["identifier"]) for paper in papers)),
        **_date(min, papers),
    }


def method_benchmark(store: GraphStore, selection: Selection) -> Network:
    """Return methods, benchmarks and data sets, and what is said to be evaluated on what; nothing without an edge."""
    kinds = (EntityType.METHOD.value, EntityType.BENCHMARK.value, EntityType.DATASET.value)
    found = network(store, replace(selection, types=kinds))
    edges = tuple(edge for edge in found.edges if edge.type == RelationType.EVALUATED_ON.value)
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    return Network(tuple(node for node in found.nodes if node.key in ends), edges)


def paper_similarity(store: GraphStore, selection: Selection) -> Network:
    """Return the papers, each joined to the ten that have most in common with it.

    Two papers are the more alike the more things both name, a thing counting the more the fewer papers name it: the
    weight is the sum of ln(papers / papers with the thing). What more than 200 papers name is left out: it says little,
    and its pairs would be most of the work.
    """
    found = network(store, replace(selection, types=(PAPER, *sorted(ENTITIES))))
    papers = {node.key: node for node in found.nodes if node.type == PAPER}
    labels = {node.key: node.label for node in found.nodes}
    naming: dict[str, set[str]] = defaultdict(set)
    for edge in found.edges:
        if edge.source in papers:
            naming[edge.target].add(edge.source)
    shared: dict[Pair, list[str]] = defaultdict(list)
    for thing, those in sorted(naming.items()):
        if len(those) <= _COMMON:
            for pair in combinations(sorted(those), 2):
                shared[pair].append(thing)
    worth = {thing: math.log(len(papers) / len(those)) for thing, those in naming.items()}
    alike = {pair: round(math.fsum(worth[thing] for thing in things), 4) for pair, things in shared.items()}
    edges = (
        _edge(
            pair,
            _SIMILAR,
            {
                "support": len(shared[pair]),
                "shared": joined(sorted(labels[thing] for thing in shared[pair])),
                SIMILARITY: alike[pair],
                **_date(max, [papers[end] for end in pair]),
            },
        )
        for pair in _nearest(alike)
    )
    return Network(tuple(papers.values()), tuple(edges))


def _nearest(alike: Mapping[Pair, float]) -> list[Pair]:
    """Return the pairs of which one is among the ten nearest to the other, sorted."""
    near: dict[str, list[tuple[float, Pair]]] = defaultdict(list)
    for pair, value in alike.items():
        if value > 0:
            for end in pair:
                near[end].append((-value, pair))
    return sorted({pair for pairs in near.values() for _, pair in sorted(pairs)[:_NEAREST]})


def _date(which: Callable[[Iterable[str]], str], papers: Iterable[NetworkNode]) -> dict[str, Scalar]:
    """Return the first or last date of some papers, if they have any."""
    dates = [str(paper.attributes["date"]) for paper in papers if "date" in paper.attributes]
    return {"date": which(dates)} if dates else {}


def _edge(pair: Pair, kind: str, attributes: dict[str, Scalar]) -> NetworkEdge:
    return NetworkEdge("|".join((pair[0], kind, pair[1])), *pair, kind, MappingProxyType(attributes))


PRESETS: Mapping[str, Callable[[GraphStore, Selection], Drawn]] = MappingProxyType(
    {
        WHOLE: whole,
        "co-authors": co_authors,
        "method-benchmark": method_benchmark,
        "paper-similarity": paper_similarity,
    }
)
"""The networks that the command line offers, by name."""
