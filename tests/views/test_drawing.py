"""What vis-network is given: every kind with a look of its own, no edge under another, the same data each time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pyvis

from kg.graph.names import KINDS
from kg.graph.network import DRAWN, Selection, network
from kg.model import Network, NetworkEdge, NetworkNode
from kg.views.drawing import LOOKS, draw, shortened, vis_network

if TYPE_CHECKING:
    from kg.graph.store import GraphStore

BASE = "https://w3id.org/arxiv-kg/id/"


def test_every_kind_looks_different_without_its_colour() -> None:
    assert set(LOOKS) == KINDS
    assert len({(look.shape, look.hollow) for look in LOOKS.values()}) == len(LOOKS)
    assert len({look.colour for look in LOOKS.values()}) == len(LOOKS)


def test_nodes_and_edges_are_all_there_with_ids_of_the_page(graph: GraphStore) -> None:
    found = network(graph, Selection(types=DRAWN))
    drawn = draw(found, graph.iris.base)
    assert [node["id"] for node in drawn["nodes"]][:3] == [
        "abs/2511.00001",
        "abs/2512.05094",
        "metric/success-rate",
    ]
    assert [node["name"] for node in drawn["nodes"]] == [node.label for node in found.nodes]
    assert [(edge["id"], edge["type"]) for edge in drawn["edges"]] == [(i, e.type) for i, e in enumerate(found.edges)]
    assert {node["id"] for node in drawn["nodes"]} >= {edge[end] for edge in drawn["edges"] for end in ("from", "to")}
    assert drawn["options"]["physics"] == {"enabled": False}
    assert json.dumps(drawn) == json.dumps(draw(found, graph.iris.base))


def test_no_two_nodes_stand_in_one_place(graph: GraphStore) -> None:
    drawn = draw(network(graph, Selection(types=DRAWN)), graph.iris.base)
    assert len({(node["x"], node["y"]) for node in drawn["nodes"]}) == len(drawn["nodes"])


def test_edges_between_the_same_two_nodes_bend_apart() -> None:
    nodes = tuple(NetworkNode(key, "Method", key) for key in "ab")
    ends = (("a", "b"), ("b", "a"), ("a", "b"), ("b", "a"))
    edges = tuple(NetworkEdge(str(i), *pair, "uses") for i, pair in enumerate(ends))
    bends = [edge.get("smooth") for edge in draw(Network(nodes, edges), BASE)["edges"]]
    sides = []
    for (source, _), bend in zip(ends[1:], bends[1:], strict=True):
        clockwise = (bend["type"] == "curvedCW") == (source == "a")
        sides.append((clockwise, bend["roundness"]))
    assert bends[0] is None
    assert len(set(sides)) == 3


def test_more_connected_nodes_are_larger(graph: GraphStore) -> None:
    sizes = {
        node["id"]: node["size"] for node in draw(network(graph, Selection(types=DRAWN)), graph.iris.base)["nodes"]
    }
    assert sizes["thing/genmimic"] > sizes["thing/unitree-g1"] > sizes["metric/success-rate"]


def test_names_shown_from_afar_do_not_cover_each_other() -> None:
    nodes = tuple(NetworkNode(f"m/{i:03}", "Method", f"a long name {i:03}", {"paper_count": i}) for i in range(120))
    edges = tuple(NetworkEdge(f"{i}", "m/000", f"m/{i:03}", "uses") for i in range(1, 120))
    fonts = {node["id"]: node["font"]["size"] for node in draw(Network(nodes, edges), BASE)["nodes"]}
    large = [key for key, size in fonts.items() if size == max(fonts.values())]
    assert 1 < len(large) < len(nodes)
    assert "m/119" in large


def test_long_names_are_cut_at_a_word() -> None:
    assert shortened("A Thing: and a subtitle", "Method") == "A Thing: and a\nsubtitle"
    cut = shortened("one two three four five six seven eight nine ten eleven", "Task")
    assert cut.endswith("…")
    assert max(map(len, cut.splitlines())) <= 20
    assert shortened("x" * 90, "Task").replace("\n", "") == "x" * 37 + "…"


def test_the_script_is_that_of_pyvis_with_its_licence() -> None:
    script = vis_network()
    shipped = Path(pyvis.__file__).parent.rglob("vis-network.min.js")
    assert any(path.read_text(encoding="utf-8").startswith(script.rstrip()) for path in shipped)
    assert "Apache 2.0 License" in script[:900]
    assert "MIT License" in script[:900]
    assert "sourceMappingURL" not in script
    assert "</script" not in script.lower()
    assert "<!--" not in script
