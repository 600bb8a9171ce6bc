"""GEXF 1.3 (https://gexf.net/schema.html) for Gephi: typed attributes, colours by kind, sizes by degree, positions."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from kg.exporters.markup import NetworkFile, attribute_types, direction, weight
from kg.graph.drawing import COLOURS, degrees, positions, size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.exporters.markup import Markup
    from kg.graph.drawing import Drawn
    from kg.model import NetworkEdge, NetworkNode, Scalar

_TYPES: dict[type, str] = {str: "string", int: "integer", float: "double", bool: "boolean"}
_GEXF = "http://gexf.net/1.3"
_KIND, _RELATION = "kind", "relation"


def write_network(markup: Markup, found: Drawn) -> None:
    """Write a network as a GEXF document.

    An edge's weight is the number of papers that state it. Nodes and edges begin on their dates, so Gephi's timeline
    shows the graph grow. The date of writing, which the format has a place for, is left out so that equal graphs give
    equal bytes.
    """
    markup.open("gexf", {"xmlns": _GEXF, "xmlns:viz": f"{_GEXF}/viz", "version": "1.3"})
    markup.open("meta")
    markup.text("creator", "kg")
    markup.close("meta")
    markup.open("graph", {"defaultedgetype": direction(found), "idtype": "string", **_time(found)})
    node_ids = _declare(markup, "node", {_KIND: str, **attribute_types(found.nodes)})
    edge_ids = _declare(markup, "edge", {_RELATION: str, **attribute_types(found.edges)})
    _nodes(markup, found, node_ids)
    markup.open("edges", {"count": len(found.edges)})
    for edge in found.edges:
        _edge(markup, edge, edge_ids)
    markup.close("edges", "graph", "gexf")


def _time(found: Drawn) -> dict[str, str]:
    """Return how the graph tells time; a graph without a date must not have a timeline."""
    items: Iterable[NetworkNode | NetworkEdge] = chain(found.nodes, found.edges)
    dated = any("date" in item.attributes for item in items)
    return {"mode": "dynamic", "timeformat": "date"} if dated else {"mode": "static"}


def _start(item: NetworkNode | NetworkEdge) -> dict[str, str]:
    """Return since when something is there: its date, of a month the first day, as the format has days only."""
    date = str(item.attributes.get("date", ""))
    return {"start": f"{date}-01" if len(date) == len("2025-12") else date} if date else {}


def _declare(markup: Markup, of: str, types: dict[str, type[Scalar]]) -> dict[str, str]:
    """Declare attributes and return the id of each in the document."""
    markup.open("attributes", {"class": of, "mode": "static"})
    for number, (title, type_) in enumerate(types.items()):
        markup.empty("attribute", {"id": number, "title": title, "type": _TYPES[type_]})
    markup.close("attributes")
    return {title: str(number) for number, title in enumerate(types)}


def _values(markup: Markup, ids: dict[str, str], values: dict[str, Scalar]) -> None:
    markup.open("attvalues")
    for title, value in values.items():
        markup.empty("attvalue", {"for": ids[title], "value": value})
    markup.close("attvalues")


def _nodes(markup: Markup, found: Drawn, ids: dict[str, str]) -> None:
    degree, places = degrees(found), positions(found)
    markup.open("nodes", {"count": len(found.nodes)})
    for node in found.nodes:
        _node(markup, node, ids, degree[node.key], places[node.key])
    markup.close("nodes")


def _node(markup: Markup, node: NetworkNode, ids: dict[str, str], degree: int, place: tuple[float, float]) -> None:
    colour = COLOURS[node.type]
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    markup.open("node", {"id": node.key, "label": node.label, **_start(node)})
    _values(markup, ids, {_KIND: node.type, **node.attributes})
    markup.empty("viz:color", {"r": red, "g": green, "b": blue})
    markup.empty("viz:position", {"x": place[0], "y": place[1], "z": 0.0})
    markup.empty("viz:size", {"value": size(degree)})
    markup.close("node")


def _edge(markup: Markup, edge: NetworkEdge, ids: dict[str, str]) -> None:
    ends = {"id": edge.key, "source": edge.source, "target": edge.target}
    about = {"kind": edge.type, "label": edge.type, "weight": weight(edge)}
    markup.open("edge", {**ends, **about, **_start(edge)})
    _values(markup, ids, {_RELATION: edge.type, **edge.attributes})
    markup.close("edge")


GEXF = NetworkFile(".gexf", write_network)
"""The network as one ``.gexf`` file."""
