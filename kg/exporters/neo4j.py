"""Neo4j as a folder: CSV for ``neo4j-admin database import``, and Cypher that merges into a data base; no plug-in.

Both hold the rows of :mod:`kg.exporters.property_graph`. The header grammar is that of the Neo4j operations manual,
*Import header format*.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import chain, groupby
from typing import IO, TYPE_CHECKING

from kg.exporters.cypher import merge
from kg.exporters.property_graph import BETWEEN, KEYED, NODE_COLUMNS, TIE_COLUMNS, property_graph
from kg.files import writing_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kg.exporters.cypher import Row
    from kg.exporters.property_graph import Node, Properties, Tie
    from kg.graph.network import Selection
    from kg.graph.store import GraphStore

_FILES = ("nodes.csv", "relationships.csv", "graph.cypher", "constraints.cypher", "README.txt")
_HEAD = "// Merges into what is there: running it again changes nothing. Run constraints.cypher first.\n\n"
_INDEX = "CREATE INDEX entity_label IF NOT EXISTS FOR (n:Entity) ON (n.label)"
_CONSTRAINT = "CREATE CONSTRAINT {lower}_iri IF NOT EXISTS FOR (n:{label}) REQUIRE n.iri IS UNIQUE"
# What a node no longer says is taken away by name: what somebody else noted on it stays.
_SAID = "REMOVE {columns}\nSET n += row.properties"
_NODE = f"MERGE (n:{{labels}} {{{{iri: row.iri}}}})\n{_SAID}"
# A node is looked up by the one label that its IRI is unique under: not every server has an index for two labels.
_MISSING = (
    "OPTIONAL MATCH (m:{key} {{iri: row.iri}})\nWITH row, m WHERE m IS NULL\nCREATE (n:{labels} {{iri: row.iri}})"
)
_THERE = f"MATCH (n:{{key}} {{{{iri: row.iri}}}}) WHERE n:{{last}}\n{_SAID}"
_TIE = (
    "MATCH (a:{source} {{iri: row.source}})\nMATCH (b:{target} {{iri: row.target}})\n"
    "MERGE (a)-[r:{type}]->(b)\nREMOVE {columns}\nSET r += row.properties"
)
_NODE_COLUMNS = ", ".join(f"n.{column}" for column in NODE_COLUMNS)
_README = """\
A knowledge graph for Neo4j, to be loaded in one of two ways.

1. Into a data base that runs (Neo4j 4.4 or later, or another that speaks openCypher):

    cypher-shell -a bolt://localhost:7687 -u neo4j -f constraints.cypher
    cypher-shell -a bolt://localhost:7687 -u neo4j -f graph.cypher

   Nodes are merged by their IRI and relationships by their ends and type, so loading again changes nothing, and loading
   a newer export brings its properties up to date. What is gone from the graph is not removed:
   kg export DIR --to neo4j --uri bolt://localhost:7687 does that too, and writes only what changed, whichever way the
   data base was filled.

2. Into a new data base of a server that is stopped (Neo4j 5), the fastest way; then run constraints.cypher:

    neo4j-admin database import full kg --nodes=nodes.csv --relationships=relationships.csv \\
        --id-type=string --array-delimiter=U+001F --multiline-fields=true

   Values of a list are separated by the unit separator, U+001F, which no value holds.
"""


@dataclass(frozen=True, slots=True)
class Neo4j:
    """The property graph as a folder."""

    suffix: str = ""

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write CSV, Cypher and how to load them; see :class:`kg.exporters.Exporter`."""
        nodes, ties = property_graph(store, selection)
        with writing_all(target, _FILES) as files:
            _node_table(files["nodes.csv"], nodes)
            _tie_table(files["relationships.csv"], ties)
            _statements(files["graph.cypher"], nodes, ties)
            files["constraints.cypher"].write("// Run once, before graph.cypher or after an import.\n")
            files["constraints.cypher"].writelines(f"{statement};\n" for statement in constraints())
            files["README.txt"].write(_README)
        return tuple(target / name for name in _FILES)


def _node_table(stream: IO[str], nodes: Iterable[Node]) -> None:
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(["iri:ID", ":LABEL", *(f"{name}:{kind}" for name, kind in NODE_COLUMNS.items())])
    for node in nodes:
        rows.writerow([node.iri, BETWEEN.join(node.labels), *_cells(node.properties, NODE_COLUMNS)])


def _tie_table(stream: IO[str], ties: Iterable[Tie]) -> None:
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow([":START_ID", ":END_ID", ":TYPE", *(f"{name}:{kind}" for name, kind in TIE_COLUMNS.items())])
    for tie in ties:
        rows.writerow([tie.source[0], tie.target[0], tie.type, *_cells(tie.properties, TIE_COLUMNS)])


def _cells(properties: Properties, columns: Iterable[str]) -> Iterator[str]:
    for column in columns:
        value = properties.get(column, "")
        yield BETWEEN.join(map(str, value)) if isinstance(value, list) else str(value)


def constraints() -> Iterator[str]:
    """Yield the statements that make IRIs unique and labels quick to find; they may be run again."""
    for label in KEYED:
        yield _CONSTRAINT.format(lower=label.lower(), label=label)
    yield _INDEX


def node_rows(nodes: Iterable[Node]) -> Iterator[tuple[str, Iterator[Row]]]:
    """Yield nodes by their labels: the clauses that merge one of them, called ``row``, and the rows.

    :param nodes: sorted by labels.
    """
    for labels, rows in _alike(nodes):
        yield _NODE.format(labels=":".join(labels), columns=_NODE_COLUMNS), rows


def node_steps(nodes: Iterable[Node]) -> Iterator[tuple[tuple[str, str], Iterator[Row]]]:
    """Yield the same as two steps of a transaction: the clauses that create one that is missing, and that describe it.

    :param nodes: sorted by labels.
    """
    for labels, rows in _alike(nodes):
        made = _MISSING.format(key=labels[0], labels=":".join(labels))
        yield (made, _THERE.format(key=labels[0], last=labels[-1], columns=_NODE_COLUMNS)), rows


def _alike(nodes: Iterable[Node]) -> Iterator[tuple[Sequence[str], Iterator[Row]]]:
    for labels, same in groupby(nodes, key=lambda node: node.labels):
        yield labels, ({"iri": node.iri, "properties": node.properties} for node in same)


def tie_rows(ties: Iterable[Tie]) -> Iterator[tuple[str, Iterator[Row]]]:
    """Yield relationships by type and labels of their ends, likewise."""
    columns = ", ".join(f"r.{column}" for column in TIE_COLUMNS)
    for (type_, source, target), same in groupby(ties, key=lambda tie: (tie.type, tie.source[1], tie.target[1])):
        rows: Iterator[Row] = (
            {"source": tie.source[0], "target": tie.target[0], "properties": tie.properties} for tie in same
        )
        yield _TIE.format(type=type_, source=source, target=target, columns=columns), rows


def _statements(stream: IO[str], nodes: Iterable[Node], ties: Iterable[Tie]) -> None:
    stream.write(_HEAD)
    for clauses, rows in chain(node_rows(nodes), tie_rows(ties)):
        merge(stream, rows, clauses)
