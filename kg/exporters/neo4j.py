"""Neo4j, two ways without a plug-in: CSV for ``neo4j-admin database import``, and Cypher that merges into a data base.

Both hold the same: nodes labelled by kind, an edge of the network as a relationship, a result as a node of its own
because it has up to five ends. The header grammar is that of the Neo4j operations manual, *Import header format*.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from kg.exporters.content import PaperContent
from kg.exporters.cypher import Value, merge
from kg.files import writing_all
from kg.graph.claims import local
from kg.graph.names import AUTHOR, CATEGORY, ENTITIES, PAPER
from kg.graph.network import network, papers_behind, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import NamedNode

    from kg.exporters.cypher import Row
    from kg.graph.network import Selection
    from kg.graph.store import GraphStore
    from kg.model import Network, Scalar

_FILES = ("nodes.csv", "relationships.csv", "graph.cypher", "constraints.cypher", "README.txt")
_ENTITY, _RESULT = "Entity", "Result"
_KEYED = (_ENTITY, PAPER, AUTHOR, CATEGORY, _RESULT)
_LISTS = frozenset({"aliases", "categories", "papers"})
_BETWEEN = "\x1f"
_NODE_COLUMNS = {
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
}
_TIE_COLUMNS = {
    "support": "int",
    "papers": "string[]",
    "score": "double",
    "date": "date",
    "month": "string",
    "author_position": "int",
    "sentences": "string[]",
}
_RESULT_ENDS = ("metric", "resultOf", "baseline", "measuredOn")

_CONSTRAINTS = """\
// Run once, before graph.cypher or after an import.
{constraints}
CREATE INDEX entity_label IF NOT EXISTS FOR (n:Entity) ON (n.label);
"""
_CONSTRAINT = "CREATE CONSTRAINT {lower}_iri IF NOT EXISTS FOR (n:{label}) REQUIRE n.iri IS UNIQUE;"
_HEAD = "// Merges into what is there: running it again changes nothing. Run constraints.cypher first.\n\n"
_NODE = "MERGE (n:{labels} {{iri: row.iri}})\nSET n += row.properties"
_TIE = (
    "MATCH (a:{source} {{iri: row.source}})\nMATCH (b:{target} {{iri: row.target}})\n"
    "MERGE (a)-[r:{type}]->(b)\nSET r += row.properties"
)
_README = """\
A knowledge graph for Neo4j, to be loaded in one of two ways.

1. Into a data base that runs (Neo4j 4.4 or later, or another that speaks openCypher):

    cypher-shell -a bolt://localhost:7687 -u neo4j -f constraints.cypher
    cypher-shell -a bolt://localhost:7687 -u neo4j -f graph.cypher

   Nodes are merged by their IRI and relationships by their ends and type, so loading again changes nothing, and loading
   a newer export brings its properties up to date. What is gone from the graph is not removed.

2. Into a new data base of a server that is stopped (Neo4j 5), the fastest way; then run constraints.cypher:

    neo4j-admin database import full kg --nodes=nodes.csv --relationships=relationships.csv \\
        --id-type=string --array-delimiter=U+001F --multiline-fields=true

   Values of a list are separated by the unit separator, U+001F, which no value holds.
"""

Properties = dict[str, Value]


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


@dataclass(frozen=True, slots=True)
class Neo4j:
    """The property graph as a folder."""

    suffix: str = ""

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write CSV, Cypher and how to load them; see :class:`kg.exporters.Exporter`."""
        nodes, ties = property_graph(store, selection)
        constraints = "\n".join(_CONSTRAINT.format(lower=label.lower(), label=label) for label in _KEYED)
        with writing_all(target, _FILES) as files:
            _node_table(files["nodes.csv"], nodes)
            _tie_table(files["relationships.csv"], ties)
            _statements(files["graph.cypher"], nodes, ties)
            files["constraints.cypher"].write(_CONSTRAINTS.format(constraints=constraints))
            files["README.txt"].write(_README)
        return tuple(target / name for name in _FILES)


def property_graph(store: GraphStore, selection: Selection) -> tuple[list[Node], list[Tie]]:
    """Return the selected part of the graph as nodes and relationships, sorted.

    :raises ConfigError: if the selection names something that the graph has not.
    """
    found = network(store, selection.all_kinds())
    reading = _Reading(found, selection.min_score)
    for graph in papers_behind(store, selection, found):
        reading.read(PaperContent(store, graph))
    nodes = [*reading.nodes(), *reading.results]
    return nodes, sorted((*reading.ties(), *reading.result_ties), key=lambda t: (t.type, t.source, t.target))


class _Reading:
    """Puts a network together with what it lacks: the sentences behind its edges, and results as nodes."""

    def __init__(self, found: Network, least: float) -> None:
        self._found = found
        self._least = least
        self._first_label = {node.key: _labels(node.type)[0] for node in found.nodes}
        self._sentences: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
        self.results: list[Node] = []
        self.result_ties: list[Tie] = []

    def read(self, content: PaperContent) -> None:
        """Take in one paper."""
        for claim in self._stated(content, "kg:RoleClaim", "kg:RelationClaim"):
            if not content.values(claim, "kg:quarantineReason"):
                relation = local(content.objects(claim, "rdf:predicate")[0])
                edge = content.value(claim, "rdf:subject"), relation, content.value(claim, "rdf:object")
                self._sentences[edge].update(dict.fromkeys(_evidence(content, claim)))
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
        figures |= {"kind": local(content.objects(result, "kg:kind")[0]), "sentences": _evidence(content, result)}
        figures |= {"score": float(content.value(result, "kg:score"))}
        self.results.append(Node(result.value, (_RESULT,), {k: v for k, v in figures.items() if v != ""}))
        own = (result.value, _RESULT)
        for end, iri in ends:
            other = (iri, self._first_label[iri])
            source, target = (other, own) if end == "reports" else (own, other)
            self.result_ties.append(Tie(source, _type(end), target, {}))

    def nodes(self) -> Iterator[Node]:
        """Yield the nodes of the network."""
        for node in self._found.nodes:
            yield Node(node.key, _labels(node.type), {"label": node.label, **_properties(node.attributes)})

    def ties(self) -> Iterator[Tie]:
        """Yield the edges of the network."""
        for edge in self._found.edges:
            sentences = list(self._sentences.get((edge.source, edge.type, edge.target), ()))
            properties = _properties(edge.attributes) | ({"sentences": sentences} if sentences else {})
            ends = ((iri, self._first_label[iri]) for iri in (edge.source, edge.target))
            yield Tie(next(ends), _type(edge.type), next(ends), properties)


def _evidence(content: PaperContent, statement: NamedNode) -> list[str]:
    return [_item(stretch.text) for stretch in content.stretches(statement, "kg:evidence")]


def _item(text: str) -> str:
    """Return a value that can stand in a list of the CSV."""
    return text.replace(_BETWEEN, "\ufffd")


def _labels(kind: str) -> tuple[str, ...]:
    return (_ENTITY, kind) if kind in ENTITIES else (kind,)


def _type(relation: str) -> str:
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


def _node_table(stream: IO[str], nodes: Iterable[Node]) -> None:
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(["iri:ID", ":LABEL", *(f"{name}:{kind}" for name, kind in _NODE_COLUMNS.items())])
    for node in nodes:
        rows.writerow([node.iri, _BETWEEN.join(node.labels), *_cells(node.properties, _NODE_COLUMNS)])


def _tie_table(stream: IO[str], ties: Iterable[Tie]) -> None:
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow([":START_ID", ":END_ID", ":TYPE", *(f"{name}:{kind}" for name, kind in _TIE_COLUMNS.items())])
    for tie in ties:
        rows.writerow([tie.source[0], tie.target[0], tie.type, *_cells(tie.properties, _TIE_COLUMNS)])


def _cells(properties: Properties, columns: Iterable[str]) -> Iterator[str]:
    for column in columns:
        value = properties.get(column, "")
        yield _BETWEEN.join(value) if isinstance(value, list) else str(value)


def _statements(stream: IO[str], nodes: Iterable[Node], ties: Iterable[Tie]) -> None:
    stream.write(_HEAD)
    by_labels: dict[tuple[str, ...], list[Node]] = defaultdict(list)
    for node in nodes:
        by_labels[node.labels].append(node)
    for labels in sorted(by_labels):
        rows: Iterable[Row] = ({"iri": node.iri, "properties": node.properties} for node in by_labels[labels])
        merge(stream, rows, _NODE.format(labels=":".join(labels)))
    by_type: dict[tuple[str, str, str], list[Tie]] = defaultdict(list)
    for tie in ties:
        by_type[tie.type, tie.source[1], tie.target[1]].append(tie)
    for type_, source, target in sorted(by_type):
        found = by_type[type_, source, target]
        merging: Iterable[Row] = (
            {"source": t.source[0], "target": t.target[0], "properties": t.properties} for t in found
        )
        merge(stream, merging, _TIE.format(type=type_, source=source, target=target))
