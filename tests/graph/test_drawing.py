"""Places, sizes and colours of nodes: the same every time, spread out, neighbours together."""

from __future__ import annotations

import math

import pytest

from kg.graph.drawing import COLOURS, degrees, positions, size
from kg.graph.names import KINDS
from kg.model import Network, NetworkEdge, NetworkNode


def net(count: int, *ends: tuple[int, int]) -> Network:
    nodes = tuple(NetworkNode(f"n{i:05d}", "Method", str(i)) for i in range(count))
    edges = tuple(NetworkEdge(f"{a}-{b}", nodes[a].key, nodes[b].key, "isA") for a, b in sorted(ends))
    return Network(nodes, edges)


def two_rings(size: int) -> Network:
    return net(2 * size, *((k * size + i, k * size + (i + 1) % size) for k in (0, 1) for i in range(size)))


@pytest.mark.parametrize("network", [net(0), net(1), net(1, (0, 0)), net(2, (0, 1)), net(3, (0, 1), (1, 0), (0, 1))])
def test_small_networks_have_places(network: Network) -> None:
    places = positions(network)
    assert sorted(places) == [node.key for node in network.nodes]
    assert len(set(places.values())) == len(network.nodes)
    assert all(math.isfinite(x) and math.isfinite(y) for x, y in places.values())


def test_places_are_the_same_every_time() -> None:
    assert positions(two_rings(30)) == positions(two_rings(30))


def test_neighbours_stand_closer_than_strangers() -> None:
    network = two_rings(40)
    places = positions(network)
    near = [math.dist(places[e.source], places[e.target]) for e in network.edges]
    far = [math.dist(places[a.key], places[b.key]) for a, b in zip(network.nodes[:40], network.nodes[40:], strict=True)]
    assert sum(near) / len(near) < 0.2 * sum(far) / len(far)


@pytest.mark.parametrize(
    "network",
    [two_rings(60), net(2, (0, 1)), net(3, (0, 1), (0, 2), (1, 2)), net(9, *((0, i) for i in range(1, 9)))],
    ids=["rings", "a pair", "a triangle", "a star"],
)
def test_nodes_do_not_lie_on_one_another(network: Network) -> None:
    places = list(positions(network).values())
    closest = min(math.dist(a, b) for i, a in enumerate(places) for b in places[:i])
    assert closest > 4


def test_the_middle_is_at_the_origin() -> None:
    places = positions(two_rings(25)).values()
    assert [round(min(axis) + max(axis), 1) + 0.0 for axis in zip(*places, strict=True)] == [0.0, 0.0]


def test_size_grows_with_degree() -> None:
    network = net(3, (0, 1), (0, 2))
    assert degrees(network) == {"n00000": 2, "n00001": 1, "n00002": 1}
    assert size(0) < size(1) < size(2)


def test_every_kind_has_a_colour_of_its_own() -> None:
    assert set(COLOURS) == KINDS
    assert len(set(COLOURS.values())) == len(KINDS)
