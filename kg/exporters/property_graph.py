"""The property graph that Neo4j gets: nodes with labels, relationships with properties, both described here only.

The folder, its Cypher and the live export write these rows, so what one of them loaded another brings up to date. A
node is labelled by kind, an edge of the network is a relationship, a result is a node of its own because it has up to
five ends. Rows lie on disk until they are written. Two properties are for kg itself: ``_kg`` is a digest of all that a
node or relationship says, by which a later export sees what changed; ``_kg_graph`` is the base of the graph that it
comes from.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass, replace
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from kg.exporters.content import PaperContent
from kg.exporters.cypher import Value
from kg.exporters.shelf import Shelf
from kg.graph.claims import local
from kg.graph.names import AUTHOR, CATEGORY, ENTITIES, PAPER
from kg.graph.network import selected_papers, split, streamed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyoxigraph import NamedNode

    from kg.exporters.content import Stretch
    from kg.graph.network import Selection
    from kg.graph.store import GraphStore
    from kg.model import NetworkEdge, NetworkNode, Scalar

_ENTITY, _RESULT = "Entity", "Result"
KEYED = (_ENTITY, PAPER, AUTHOR, CATEGORY, _RESULT)
"""The labels that an IRI is unique under; every node has one of them, and has it first."""
_LISTS = frozenset({"aliases", "categories", "papers"})
BETWEEN = "\x1f"
"""Separates the values of a list in the tables; no value holds it."""
DIGEST, BASE = "_kg", "_kg_graph"
NODE_COLUMNS: Mapping[str, str] = {
    "label": "string",
    "identifier": "string",
    "date": "date",
    "month": "string",
    "categories": "string[]",
    "aliases": "string[]",
    "paper_count": "int",
    "value": "string",
    "number": "double",
    "unit": "string",
    "kind": "string",
    "score": "double",
    "sentences": "string[]",
    "starts": "int[]",
    "ends": "int[]",
    DIGEST: "string",
    BASE: "string",
}
"""The properties of nodes beside ``iri``, by Neo4j's type for the header of its tables."""
TIE_COLUMNS: Mapping[str, str] = {
    "support": "int",
    "papers": "string[]",
    "score": "double",
    "date": "date",
    "month": "string",
    "author_position": "int",
    "sentences": "string[]",
    "sentence_papers": "string[]",
    "starts": "int[]",
    "ends": "int[]",
    DIGEST: "string",
    BASE: "string",
}
"""The properties of relationships, likewise."""
_RESULT_ENDS = ("metric", "resultOf", "baseline", "measuredOn")

Properties = dict[str, Value]
Edge = tuple[str, str, str]
"""Source, relation and target."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the property graph; its first label is the one that its IRI is unique under."""

    iri: str
    labels: tuple[str, ...]
    properties: Properties


@dataclass(frozen=True, slots=True)
class Tie:
    """A relationship of the property graph between two nodes, given by IRI and first label."""

    source: tuple[str, str]
    type: str
    target: tuple[str, str]
    properties: Properties


def property_graph(store: GraphStore, selection: Selection) -> tuple[Shelf[Node], Shelf[Tie]]:
    """Return the selected part of the graph: nodes by labels and IRI, relationships by type, labels of ends, and ends.

    :raises ConfigError: if the selection names something that the graph has not.
    """
    reading = _Reading(store.iris.base, selection.min_score)
    nodes, edges = streamed(store, selection.all_kinds())
    for node in nodes:
        reading.node(node)
    graphs = set(selected_papers(store, selection))
    for edge in edges:
        graphs.update(map(store.iris.graph, split(str(edge.attributes["papers"]))))
        reading.edge(edge)
    del nodes, edges  # and what they were made from
    for graph in sorted(graphs, key=lambda g: g.value):
        reading.paper(PaperContent(store, graph))
    return reading.nodes, reading.ties()


class _Reading:
    """Puts a network together with what it lacks: the sentences behind its edges, and results as nodes."""

    def __init__(self, base: str, least: float) -> None:
        self._base = base
        self._least = least
        self._first_label: dict[str, str] = {}
        self._edges: Shelf[tuple[Edge, Properties]] = Shelf()
        self._said: Shelf[tuple[Edge, str, Stretch]] = Shelf()
        self._result_ties: list[Tie] = []
        self.nodes: Shelf[Node] = Shelf()

    def node(self, node: NetworkNode) -> None:
        """Take in a node of the network."""
        labels = _labels(node.type)
        self._first_label[node.key] = labels[0]
        self._add(node.key, labels, {"label": node.label, **_properties(node.attributes)})

    def edge(self, edge: NetworkEdge) -> None:
        """Take in an edge of the network."""
        ends = edge.source, edge.type, edge.target
        self._edges.add(ends, (ends, _properties(edge.attributes)))

    def paper(self, content: PaperContent) -> None:
        """Take in one paper."""
        paper = content.value(content.of_class("kg:Paper")[0], "dcterms:identifier")
        for claim in self._stated(content, "kg:RoleClaim", "kg:RelationClaim"):
            if not content.values(claim, "kg:quarantineReason"):
                relation = local(content.objects(claim, "rdf:predicate")[0])
                ends = content.value(claim, "rdf:subject"), relation, content.value(claim, "rdf:object")
                for stretch in content.stretches(claim, "kg:evidence"):
                    self._said.add(ends, (ends, paper, stretch))
        for result in self._stated(content, "kg:Result"):
            self._result(content, result)

    def _stated(self, content: PaperContent, *classes: str) -> Iterator[NamedNode]:
        """Yield the asserted statements with a good score."""
        for node in content.of_class(*classes):
            certainty = local(content.objects(node, "kg:certainty")[0])
            if certainty == "asserted" and float(content.value(node, "kg:score")) >= self._least:
                yield node

    def _result(self, content: PaperContent, result: NamedNode) -> None:
        ends = [("reports", content.value(result, "kg:statedIn"))]
        ends += [(end, iri) for end in _RESULT_ENDS for iri in content.values(result, f"kg:{end}")]
        ends = [(end, iri) for end, iri in ends if iri in self._first_label]
        if not ends:
            return
        figures: Properties = {"value": content.value(result, "kg:value"), "unit": content.value(result, "kg:unit")}
        number = content.value(result, "kg:number")
        figures |= {"number": float(number)} if number else {}
        figures |= {"kind": local(content.objects(result, "kg:kind")[0])}
        figures |= {"score": float(content.value(result, "kg:score"))}
        figures |= _places(content.stretches(result, "kg:evidence"))
        self._add(result.value, (_RESULT,), {k: v for k, v in figures.items() if v != ""})
        own = (result.value, _RESULT)
        for end, iri in ends:
            other = (iri, self._first_label[iri])
            source, target = (other, own) if end == "reports" else (own, other)
            self._result_ties.append(Tie(source, relationship_type(end), target, {}))

    def _add(self, iri: str, labels: tuple[str, ...], properties: Properties) -> None:
        self.nodes.add((*labels, iri), Node(iri, labels, self._stamped(properties, labels)))

    def _stamped(self, properties: Properties, labels: tuple[str, ...] = ()) -> Properties:
        said = json.dumps([labels, properties], default=str, sort_keys=True)
        digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return {**properties, DIGEST: digest, BASE: self._base}

    def ties(self) -> Shelf[Tie]:
        """Return the edges of the network and the relationships of results."""
        found: Shelf[Tie] = Shelf()
        for tie in chain(self._edges_with_sentences(), self._result_ties):
            stamped = replace(tie, properties=self._stamped(tie.properties))
            found.add((tie.type, tie.source[1], tie.target[1], tie.source[0], tie.target[0]), stamped)
        return found

    def _edges_with_sentences(self) -> Iterator[Tie]:
        """Yield the edges; both shelves are in the order of the edges, so that one goes along the other."""
        groups = groupby(self._said, key=itemgetter(0))
        ends, rows = next(groups, (None, iter(())))
        for edge, about in self._edges:
            while ends is not None and ends < edge:
                ends, rows = next(groups, (None, iter(())))
            said = sorted({(paper, stretch) for _, paper, stretch in rows}) if ends == edge else []
            properties = about | _places([stretch for _, stretch in said])
            properties |= {"sentence_papers": [_item(paper) for paper, _ in said]} if said else {}
            source, target = ((iri, self._first_label[iri]) for iri in (edge[0], edge[2]))
            yield Tie(source, relationship_type(edge[1]), target, properties)


def _places(stretches: list[Stretch]) -> Properties:
    """Return sentences and where each stands in its paper's text: lists of which the same places belong together."""
    if not stretches:
        return {}
    places: Properties = {"starts": [s.start for s in stretches], "ends": [s.end for s in stretches]}
    return {"sentences": [_item(s.text) for s in stretches]} | places


def _item(text: str) -> str:
    """Return a value that can stand in a list of the CSV."""
    return text.replace(BETWEEN, "\ufffd")


def _labels(kind: str) -> tuple[str, ...]:
    return (_ENTITY, kind) if kind in ENTITIES else (kind,)


def relationship_type(relation: str) -> str:
    """Return a role or relation as the types of relationships are written.

    >>> relationship_type("evaluatedOn")
    'EVALUATED_ON'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", relation).upper()


def _properties(attributes: Mapping[str, Scalar]) -> Properties:
    """Return attributes with lists as lists, days as days; results are nodes and left out."""
    found: Properties = {}
    for name, value in attributes.items():
        if name in _LISTS:
            found[name] = [_item(part) for part in split(str(value))]
        elif name == "date":
            found |= _date(str(value))
        elif name != "results":
            found[name] = value
    return found


def _date(text: str) -> Properties:
    """Return the month of a date, and the day where there is one."""
    month: Properties = {"month": text[:7]}
    return month if text == text[:7] else month | {"date": dt.date.fromisoformat(text)}
