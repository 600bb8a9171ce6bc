"""Which part of a network is drawn where all of it is more than can be read or drawn at once."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

from kg.graph.names import ENTITIES, PAPER
from kg.model import Network

LIMIT = 300
"""The most nodes that vis-network draws fast enough and that a reader can take in."""

Neighbours = Mapping[str, frozenset[str]]


def choose(network: Network, keep: frozenset[str] = frozenset(), limit: int = LIMIT) -> Network:
    """Return ``network``, or its most telling ``limit`` nodes and the edges between them.

    Things that most papers name come first (then those with most neighbours), with the papers that link most of them,
    two fifths of all; of these, what hangs together; then further things next to it. Only where that does not use the
    limit up, the drawing has more than one part. The choice depends on the arguments alone.

    :param keep: keys of nodes that come before all others.
    """
    if len(network.nodes) <= limit:
        return network
    near = _neighbours(network)
    things, papers = _by_importance(network, near, keep)
    quota = min(len(papers), max(limit * 2 // 5, limit - len(things)))
    first = frozenset(things[: limit - quota])
    linking = sorted(papers, key=lambda key: (key not in keep, -len(near[key] & first), key))[:quota]
    core = [*things[: limit - quota], *linking]
    kept = _largest_part(frozenset(core), near, keep)
    _fill(kept, [key for key in things if near[key] & kept], limit)
    _fill(kept, core, limit)
    return Network(
        tuple(node for node in network.nodes if node.key in kept),
        tuple(edge for edge in network.edges if edge.source in kept and edge.target in kept),
    )


def _largest_part(keys: frozenset[str], near: Neighbours, keep: frozenset[str]) -> set[str]:
    """Return what hangs together among ``keys``, ``keep`` with it; the largest such part."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(keys)
    graph.add_edges_from((key, other) for key in keys for other in near[key] & keys)
    parts = nx.connected_components(graph)
    largest = max(parts, key=lambda part: (len(keep & part), len(part), min(part)), default=set())
    return set(largest) | (keep & keys)


def _fill(kept: set[str], further: list[str], limit: int) -> None:
    for key in further:
        if len(kept) >= limit:
            return
        kept.add(key)


def _neighbours(network: Network) -> Neighbours:
    near: dict[str, set[str]] = {node.key: set() for node in network.nodes}
    for edge in network.edges:
        near[edge.source].add(edge.target)
        near[edge.target].add(edge.source)
    return {key: frozenset(keys - {key}) for key, keys in near.items()}


def _by_importance(network: Network, near: Neighbours, keep: frozenset[str]) -> tuple[list[str], list[str]]:
    """Return what is no paper (things before people and categories; by papers, then neighbours) and the papers."""
    types = {node.key: node.type for node in network.nodes}

    def rank(key: str) -> tuple[bool, bool, int, int, str]:
        support = sum(types[other] == PAPER for other in near[key])
        return key not in keep, types[key] not in ENTITIES, -support, -len(near[key]), key

    return sorted((key for key in types if types[key] != PAPER), key=rank), [k for k in types if types[k] == PAPER]
