"""How a network is drawn everywhere: the colour of each kind of node, its size, and where it stands.

The colours are those of Okabe and Ito, *Color Universal Design* (2008), which people with any common colour blindness
tell apart; papers, authors and categories, which are many, are greys. Nodes stand in discs, one a community
(:mod:`kg.graph.communities`). (networkx's ``spring_layout`` compares all pairs: about a minute for 3,000 nodes.) Equal
input gives equal positions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sized
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from kg.graph.communities import communities, plan
from kg.model import EntityType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.model import NetworkEdge, NetworkNode

T_co = TypeVar("T_co", covariant=True)

COLOURS: Mapping[str, str] = MappingProxyType(
    {
        EntityType.METHOD.value: "#0072B2",
        EntityType.TASK.value: "#E69F00",
        EntityType.DATASET.value: "#009E73",
        EntityType.BENCHMARK.value: "#D55E00",
        EntityType.METRIC.value: "#F0E442",
        EntityType.ROBOT.value: "#CC79A7",
        EntityType.SOFTWARE.value: "#56B4E9",
        EntityType.HARDWARE.value: "#000000",
        "Paper": "#7F7F7F",
        "Author": "#BFBFBF",
        "Category": "#D9D9D9",
    }
)
"""The colour of a node of each kind, ``#RRGGBB``."""


class Records(Sized, Iterable[T_co], Protocol[T_co]):
    """What can be counted, and gone through as often as one likes: a tuple, or rows on disk."""


class Drawn(Protocol):
    """A network, in memory or not; nodes and edges sorted by key."""

    @property
    def nodes(self) -> Records[NetworkNode]:
        """The nodes."""

    @property
    def edges(self) -> Records[NetworkEdge]:
        """The edges."""


def degrees(network: Drawn) -> dict[str, int]:
    """Return how many edges end at each node, by its key."""
    found = dict.fromkeys((node.key for node in network.nodes), 0)
    for edge in network.edges:
        found[edge.source] += 1
        found[edge.target] += 1
    return found


def size(degree: int) -> float:
    """Return the diameter of a node with ``degree`` edges, in the unit of :func:`positions`.

    >>> size(0), size(100)
    (4.0, 24.0)
    """
    return round(4 + 2 * math.sqrt(degree), 2)


def positions(network: Drawn) -> dict[str, tuple[float, float]]:
    """Return the place of each node by its key: x to the right, y up, nodes about 20 apart, the middle at (0, 0)."""
    index = {node.key: i for i, node in enumerate(network.nodes)}
    flat = (index[end] for edge in network.edges for end in (edge.source, edge.target))
    ends = np.unique(np.fromiter(flat, dtype=np.intp).reshape(-1, 2), axis=0)
    weights = np.ones(len(ends))
    points = np.round(plan(ends, weights, communities(len(index), ends, weights)).points, 2) + 0.0
    return {key: (float(points[i, 0]), float(points[i, 1])) for key, i in index.items()}
