"""Which nodes of a network belong together, and where they stand when each such community is drawn as a disc.

Communities are those of Blondel et al., *Fast unfolding of communities in large networks* (2008). Within a disc nodes
stand where force-directed placement after Fruchterman and Reingold (1991, grid variant) puts them, spread evenly; the
discs are pulled together by the edges between them, never overlap, and are turned so that these edges get short. A
drawing of 20,000 nodes takes seconds, where placing all of them at once takes minutes and mixes what belongs together
(tests/benchmarks/network.py). Equal input gives equal positions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.spatial import cKDTree
from sknetwork.clustering import Louvain

Points = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

SPACING = 20.0
"""About how far neighbouring nodes stand apart, in the unit of all positions."""
_ROUNDS = 64
_REACH = 3.0
_FRESH = 4
"""Rounds that a list of near nodes is used for; nothing moves far in them."""
_FILLED = 0.75
"""How much a node's distance from the middle follows its rank (an even spread), the rest the forces."""
_GAP = 1.6
_PACKED = 400
"""The most discs that forces place; smaller ones stand in rings around these."""
_PACKING_ROUNDS = 300
_TURNS = 3
_AT_ONCE = 20_000
"""About how many nodes the forces move at once, so that memory stays bounded: communities do not feel one another."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything stands: nodes, and the discs of their communities; the middle of all is (0, 0), y goes up.

    :param points: x and y of each node.
    :param centres: x and y of each community's disc; ``radii``: its radius.
    """

    points: Points
    centres: Points
    radii: Floats


def communities(count: int, ends: Indices, weights: Floats) -> Indices:
    """Return the community of each of ``count`` nodes, numbered from 0, the largest first.

    :param ends: the two nodes of each edge, in rows; directions do not matter.
    :param weights: how much each edge counts.
    """
    if not count:
        return np.zeros(0, dtype=np.intp)
    half = coo_matrix((weights, (ends[:, 0], ends[:, 1])), (count, count))
    found = Louvain(random_state=0).fit_predict((half + half.T).tocsr()) if len(ends) else np.arange(count)
    first = np.full(found.max() + 1, count)
    np.minimum.at(first, found, np.arange(count))
    order = np.lexsort((first, -np.bincount(found)))
    number = np.empty(len(order), dtype=np.intp)
    number[order] = np.arange(len(order))
    return np.asarray(number[found], dtype=np.intp)


def plan(ends: Indices, weights: Floats, community: Indices) -> Plan:
    """Return where nodes stand whose ``community`` is given, as :func:`communities` numbers them."""
    count = len(community)
    sizes = np.bincount(community)
    radii = _radius(sizes)
    inner = community[ends[:, 0]] == community[ends[:, 1]]
    local = _spread(_in_blocks(ends[inner], community, radii), community, radii)
    centres = _packed(community[ends[~inner]], weights[~inner], radii)
    points = _turned(local, ends[~inner], community, centres) if count else local
    middle = (points.min(axis=0) + points.max(axis=0)) / 2 if count else np.zeros(2)
    return Plan((points - middle) * SPACING, (centres - middle) * SPACING, radii * SPACING)


def _radius(sizes: Indices) -> Floats:
    """Return the radius of the disc that holds so many nodes, in distances between nodes."""
    return np.asarray(0.62 * np.sqrt(sizes) + 0.1, dtype=np.float64)


def _sums(index: Indices, values: Points, count: int) -> Points:
    return np.column_stack([np.bincount(index, values[:, axis], count) for axis in (0, 1)])


def _in_blocks(ends: Indices, community: Indices, radii: Floats) -> Points:
    """Return what :func:`_forces` returns, a few communities at a time."""
    sizes = np.bincount(community)
    block = (np.cumsum(sizes) - sizes) // _AT_ONCE
    of_node, points = block[community], np.empty((len(community), 2))
    number = np.empty(len(community), dtype=np.intp)
    of_edge = of_node[ends[:, 0]]
    for one in np.unique(block):
        nodes, those = np.flatnonzero(of_node == one), np.flatnonzero(block == one)
        number[nodes] = np.arange(len(nodes))
        points[nodes] = _forces(number[ends[of_edge == one]], community[nodes] - those[0], radii[those])
    return points


def _forces(ends: Indices, community: Indices, radii: Floats) -> Points:
    """Return force-directed places of the nodes around the middle of their community, as if there were no other."""
    count = len(community)
    far = _apart(radii)[community]
    points = _start(ends, community) * radii[community][:, None]
    degree = np.bincount(ends.ravel(), minlength=count)
    weight = np.sqrt(np.maximum(degree[ends[:, 0]] * degree[ends[:, 1]], 1))[:, None]
    near = np.zeros((0, 2), dtype=np.intp)
    for step in range(_ROUNDS):
        if step % _FRESH == 0:
            near = cKDTree(points + far).query_pairs(_REACH, output_type="ndarray")
        gap = points[near[:, 0]] - points[near[:, 1]]
        push = gap / np.maximum((gap**2).sum(axis=1, keepdims=True), 0.01)
        way = points[ends[:, 1]] - points[ends[:, 0]]
        pull = way * np.linalg.norm(way, axis=1, keepdims=True) / weight
        force = _sums(near[:, 0], push, count) - _sums(near[:, 1], push, count) - 0.05 * points
        force += _sums(ends[:, 0], pull, count) - _sums(ends[:, 1], pull, count)
        length = np.maximum(np.linalg.norm(force, axis=1, keepdims=True), 1e-9)
        points = points + force / length * np.minimum(length, 2.0 * (1 - step / _ROUNDS))
    return points


def _apart(radii: Floats) -> Points:
    """Return places for the communities on a row, so far apart that none feels another."""
    width = 8 * radii + 4 * _REACH
    return np.column_stack((np.cumsum(width) - width / 2, np.zeros(len(radii))))


def _start(ends: Indices, community: Indices) -> Points:
    """Return places in the unit disc in which neighbours stand on the same side: repeated averaging over neighbours."""
    count, sizes = len(community), np.maximum(np.bincount(community), 1)
    scattered = np.random.default_rng(0).uniform(-1, 1, (count, 2))
    points = scattered
    degree = np.bincount(ends.ravel(), minlength=count)[:, None] + 1
    for _ in range(20):
        points = points + _sums(ends[:, 0], points[ends[:, 1]], count) + _sums(ends[:, 1], points[ends[:, 0]], count)
        points = points / degree
        points = points - (_sums(community, points, len(sizes)) / sizes[:, None])[community]
        width = np.sqrt(_sums(community, points**2, len(sizes)) / sizes[:, None])[community]
        points = points / np.maximum(width, 1e-9)
    points = points + 0.01 * scattered  # nodes that have the same neighbours came to the same place
    return _ranked(points, community, np.ones(len(sizes)), 1.0)


def _ranked(points: Points, community: Indices, radii: Floats, filled: float) -> Points:
    """Return ``points`` moved along their rays so that each community fills its disc about evenly."""
    count = len(points)
    sizes = np.bincount(community)
    distance = np.linalg.norm(points, axis=1)
    order = np.lexsort((np.arange(count), distance, community))
    first = np.cumsum(sizes) - sizes
    rank = np.empty(count)
    rank[order] = np.arange(count) - first[community[order]]
    even = np.sqrt((rank + 0.5) / sizes[community])
    widest = np.zeros(len(sizes))
    np.maximum.at(widest, community, distance)
    wanted = filled * even + (1 - filled) * distance / np.maximum(widest[community], 1e-9)
    alone = sizes[community] == 1
    scale = np.where(alone, 0, wanted * radii[community] / np.maximum(distance, 1e-9))
    return np.asarray(points * scale[:, None], dtype=np.float64)


def _spread(points: Points, community: Indices, radii: Floats) -> Points:
    sizes = np.maximum(np.bincount(community), 1)
    centred = points - (_sums(community, points, len(sizes)) / sizes[:, None])[community]
    return _ranked(centred, community, radii, _FILLED)


def _packed(pairs: Indices, weights: Floats, radii: Floats) -> Points:
    """Return the middle of each disc: linked ones near one another, none over another."""
    count = min(len(radii), _PACKED)
    pull = np.zeros((count, count))
    among = (pairs < count).all(axis=1)
    np.add.at(pull, (pairs[among, 0], pairs[among, 1]), weights[among])
    pull = pull + pull.T
    area = radii[:count] ** 2
    pull /= np.maximum(np.sqrt(area[:, None] * area[None, :]), 1e-9)
    pull /= max(float(pull.sum(axis=1).max(initial=0)), 1e-9)
    angle = np.arange(count) * np.pi * (3 - np.sqrt(5))
    reached = np.sqrt(np.cumsum(area) * 1.5)
    centres = np.column_stack((reached * np.cos(angle), reached * np.sin(angle)))
    need = radii[:count, None] + radii[None, :count] + _GAP
    np.fill_diagonal(need, 0)
    heavy = area[None, :] / (area[:, None] + area[None, :])
    for step in range(_PACKING_ROUNDS):
        cool = max(0.0, 1 - step / (_PACKING_ROUNDS * 0.75))
        gap = centres[:, None, :] - centres[None, :, :]
        distance = np.maximum(np.linalg.norm(gap, axis=2), 1e-9)
        if cool:
            centres = centres - 0.4 * cool * (pull[:, :, None] * gap).sum(axis=1) - 0.02 * cool * centres
        over = np.maximum(need - distance, 0) * heavy / distance
        centres = centres + 0.9 * (over[:, :, None] * gap).sum(axis=1)
    return np.concatenate((_loosened(centres, radii[:count]), _rings(centres, radii, count)))


def _loosened(centres: Points, radii: Floats) -> Points:
    """Return ``centres`` moved apart until no disc lies over another: what forces left is scaled away."""
    if len(centres) < 2:  # noqa: PLR2004 - two discs to compare
        return centres
    distance = np.linalg.norm(centres[:, None, :] - centres[None, :, :], axis=2)
    need = radii[:, None] + radii[None, :]
    np.fill_diagonal(distance, np.inf)
    return centres * max(1.0, float((need / np.maximum(distance, 1e-6)).max()))


def _rings(centres: Points, radii: Floats, count: int) -> Points:
    """Return places in rings around everything for the discs after the first ``count``, all of them small."""
    rest = radii[count:]
    if not len(rest):
        return np.zeros((0, 2))
    step = 2 * float(rest.max()) + _GAP / 2
    ring = float((np.linalg.norm(centres, axis=1) + radii[:count]).max(initial=0)) + step
    found: list[tuple[float, float]] = []
    while len(found) < len(rest):
        places = max(1, int(2 * np.pi * ring / step))
        found += [(ring * np.cos(2 * np.pi * i / places), ring * np.sin(2 * np.pi * i / places)) for i in range(places)]
        ring += step
    return np.array(found[: len(rest)])


def _turned(local: Points, ends: Indices, community: Indices, centres: Points) -> Points:
    """Return the places of the nodes, each disc turned, and mirrored if need be, towards what it is linked with."""
    middle = centres[:, 0] + 1j * centres[:, 1]
    inside = local[:, 0] + 1j * local[:, 1]
    source, target = np.concatenate((ends, ends[:, ::-1])).T
    for _ in range(_TURNS):
        placed = inside + middle[community]
        way = np.conj(placed[target] - middle[community[source]])
        size = len(middle)
        turned, mirrored = (
            _complex_sums(community[source], side[source] * way, size) for side in (inside, np.conj(inside))
        )
        flip = np.abs(mirrored) > np.abs(turned)
        best = np.where(flip, mirrored, turned)
        angle = np.conj(best) / np.where(np.abs(best) > 0, np.abs(best), 1)
        angle = np.where(np.abs(best) > 0, angle, 1)
        inside = np.where(flip[community], np.conj(inside), inside) * angle[community]
    placed = inside + middle[community]
    return np.column_stack((placed.real, placed.imag))


def _complex_sums(index: Indices, values: npt.NDArray[np.complex128], count: int) -> npt.NDArray[np.complex128]:
    return np.asarray(np.bincount(index, values.real, count) + 1j * np.bincount(index, values.imag, count))
