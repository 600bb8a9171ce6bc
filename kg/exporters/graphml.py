"""GraphML (http://graphml.graphdrawing.org/specification.html) for igraph, networkx, yEd, Cytoscape and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.exporters.markup import NetworkFile, attribute_types, direction, weight
from kg.graph.drawing import COLOURS, degrees, positions, size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.exporters.markup import Markup
    from kg.graph.drawing import Drawn
    from kg.model import Scalar

_TYPES: dict[type, str] = {str: "string", int: "int", float: "double", bool: "boolean"}
_OF_NODES: dict[str, type[Scalar]] = {
    "iri": str,
    "label": str,
    "kind": str,
    "color": str,
    "size": float,
    "x": float,
    "y": float,
}
_OF_EDGES: dict[str, type[Scalar]] = {"relation": str, "weight": float}


def write_network(markup: Markup, found: Drawn) -> None:
    """Write a network as a GraphML document, colours, sizes and places as plain attributes of the nodes.

    Nodes are numbered, as the schema allows no IRI for an id (it has to be an NMTOKEN): that is the attribute ``iri``.
    """
    markup.open("graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"})
    _declare(markup, "node", _OF_NODES | attribute_types(found.nodes))
    _declare(markup, "edge", _OF_EDGES | attribute_types(found.edges))
    markup.open("graph", {"edgedefault": direction(found)})
    ids = {node.key: f"n{number}" for number, node in enumerate(found.nodes)}
    _nodes(markup, found, ids)
    for number, edge in enumerate(found.edges):
        markup.open("edge", {"id": f"e{number}", "source": ids[edge.source], "target": ids[edge.target]})
        _data(markup, "edge", {"relation": edge.type, "weight": weight(edge), **edge.attributes})
        markup.close("edge")
    markup.close("graph", "graphml")


def _declare(markup: Markup, of: str, types: Mapping[str, type[Scalar]]) -> None:
    for name, type_ in types.items():
        key = {"id": f"{of}_{name}", "for": of, "attr.name": name, "attr.type": _TYPES[type_]}
        markup.empty("key", key)


def _data(markup: Markup, of: str, values: Mapping[str, Scalar]) -> None:
    for name, value in values.items():
        markup.text("data", value, {"key": f"{of}_{name}"})


def _nodes(markup: Markup, found: Drawn, ids: Mapping[str, str]) -> None:
    degree, places = degrees(found), positions(found)
    for node in found.nodes:
        x, y = places[node.key]
        look: dict[str, Scalar] = {"color": COLOURS[node.type], "size": size(degree[node.key]), "x": x, "y": y}
        markup.open("node", {"id": ids[node.key]})
        _data(markup, "node", {"iri": node.key, "label": node.label, "kind": node.type, **look, **node.attributes})
        markup.close("node")


GRAPHML = NetworkFile(".graphml", write_network)
"""The network as one ``.graphml`` file."""
