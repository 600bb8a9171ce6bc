"""How a network is drawn everywhere: the colour of each kind of node, its size, and where it stands.

The colours are those of Okabe and Ito, *Color Universal Design* (2008), which people with any common colour blindness
tell apart; papers, authors and categories, which are many, are greys. The layout is force-directed placement after
Fruchterman and Reingold, *Graph Drawing by Force-directed Placement* (1991), in its grid variant: repulsion counts
between near nodes only, so that a round costs time in proportion to nodes and edges. (networkx's ``spring_layout``
compares all pairs: about a minute for 3,000 nodes.) Equal input gives equal positions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sized
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from kg.model import EntityType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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

Points = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_ROUNDS = 100
_BUDGET = 500_000
_REACH = 3.0
_SPACING = 20.0


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
    """Return the place of each node by its key: x to the right, y up, nodes about 20 apart, the centre at (0, 0)."""
    index = {node.key: i for i, node in enumerate(network.nodes)}
    pairs = sorted({(index[edge.source], index[edge.target]) for edge in network.edges})
    points = np.round(_place(len(index), pairs) * _SPACING, 2) + 0.0
    return {key: (float(points[i, 0]), float(points[i, 1])) for key, i in index.items()}


def _place(count: int, pairs: Sequence[tuple[int, int]]) -> Points:
    ends = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    points = _start(count, ends)
    rounds = min(_ROUNDS, _BUDGET // max(count + len(ends), 1))
    for step in range(rounds):
        force = _repulsion(points) + _attraction(points, ends)
        length = np.maximum(np.linalg.norm(force, axis=1, keepdims=True), 1e-9)
        points = points + force / length * np.minimum(length, 2.0 * (1 - step / rounds))
    return points - points.mean(axis=0) if count else points


def _start(count: int, ends: Indices) -> Points:
    """Return a disc of nodes in which neighbours stand on the same side: repeated averaging over neighbours."""
    points = np.random.default_rng(0).uniform(-1, 1, (count, 2))
    degree = np.bincount(ends.ravel(), minlength=count)[:, None] + 1
    for _ in range(20):
        points = (points + _gather(ends, points[ends[:, 1]], points[ends[:, 0]], count)) / degree
        points = (points - points.mean(axis=0)) / np.maximum(points.std(axis=0), 1e-9) if count > 1 else points
    angle = np.arctan2(points[:, 1], points[:, 0])
    rank = np.argsort(np.argsort(np.linalg.norm(points, axis=1), kind="stable"), kind="stable")
    radius = np.sqrt(rank + 0.5)
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))


def _gather(ends: Indices, at_source: Points, at_target: Points, count: int) -> Points:
    """Return for each node the sum of what its edges bring to it."""
    nodes = np.concatenate((ends[:, 0], ends[:, 1]))
    values = np.concatenate((at_source, at_target))
    return np.column_stack([np.bincount(nodes, values[:, axis], count) for axis in (0, 1)])


def _repulsion(points: Points) -> Points:
    near = cKDTree(points).query_pairs(_REACH, output_type="ndarray")
    apart = points[near[:, 0]] - points[near[:, 1]]
    push = apart / np.maximum((apart**2).sum(axis=1, keepdims=True), 0.01)
    return _gather(near, push, -push, len(points))


def _attraction(points: Points, ends: Indices) -> Points:
    """Return the pull of the edges, divided by the root of the ends' degrees so that hubs do not swallow the rest."""
    degree = np.bincount(ends.ravel(), minlength=len(points))
    apart = points[ends[:, 1]] - points[ends[:, 0]]
    distance = np.linalg.norm(apart, axis=1, keepdims=True)
    weight = np.sqrt(np.maximum(degree[ends[:, 0]] * degree[ends[:, 1]], 1))[:, None]
    pull = apart * distance / weight
    return _gather(ends, pull, -pull, len(points))
