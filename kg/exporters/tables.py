"""CSV after RFC 4180 for spreadsheets, data frames and data bases: a folder of five tables.

Values are exact: nothing is added, cut or escaped beyond CSV's own quotation marks. A spreadsheet may therefore take a
cell that begins with ``=`` for a formula; import the columns as text where the papers are not trusted.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO, TYPE_CHECKING

from kg.exporters.content import PaperContent
from kg.files import writing_all
from kg.graph.claims import local
from kg.graph.network import joined, network, papers_behind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import NamedNode

    from kg.graph.network import Selection
    from kg.graph.store import GraphStore
    from kg.model import Network

Row = dict[str, object]

NODES = ("iri", "kind", "label", "identifier", "date", "categories", "aliases", "paper_count", "results")
EDGES = ("key", "source", "relation", "target", "support", "papers", "score", "date", "author_position")
_PAPER = {
    "identifier": "dcterms:identifier",
    "label": "rdfs:label",
    "title": "dcterms:title",
    "abstract": "dcterms:abstract",
    "date": "dcterms:issued",
    "version": "kg:version",
    "doi": "bibo:doi",
    "keywords": "schema:keywords",
    "comment": "kg:arxivComment",
    "source": "dcterms:source",
}
_LISTS = frozenset({"keywords", "source"})
PAPERS = ("iri", *_PAPER, "authors", "author_iris", "categories")
_STATED = ("score", "certainty", "quarantine_reason", "evidence", "evidence_start", "evidence_end", "extractor")
CLAIMS = (
    *("claim", "paper", "subject", "relation", "object", "name", "entity_score"),
    *("subject_start", "subject_end", "object_start", "object_end", *_STATED),
)
_FIGURE = {"value": "kg:value", "number": "kg:number", "unit": "kg:unit"}
_RESULT_ENDS = {
    "metric": "kg:metric",
    "subject": "kg:resultOf",
    "baseline": "kg:baseline",
    "measured_on": "kg:measuredOn",
}
RESULTS = ("result", "paper", *_FIGURE, "kind", *_RESULT_ENDS, "value_start", "value_end", *_STATED)
TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "nodes": NODES,
        "edges": EDGES,
        "papers": PAPERS,
        "claims": CLAIMS,
        "results": RESULTS,
    }
)
"""The columns of each table, by its file's name without ``.csv``."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables as a folder."""

    suffix: str = ""

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write all tables; see :class:`kg.exporters.Exporter`."""
        found = network(store, selection.all_kinds())
        names = {name: f"{name}.csv" for name in TABLES}
        with writing_all(target, names.values()) as files:
            tables = {name: _Table(files[names[name]], columns) for name, columns in TABLES.items()}
            for row in _node_rows(found):
                tables["nodes"].add(row)
            for row in _edge_rows(found):
                tables["edges"].add(row)
            nodes = frozenset(node.key for node in found.nodes)
            for graph in papers_behind(store, selection, found):
                rows = PaperRows(PaperContent(store, graph), nodes, selection.min_score)
                tables["papers"].add(rows.paper())
                tables["claims"].add(*rows.claims())
                tables["results"].add(*rows.results())
        return tuple(target / name for name in names.values())


class _Table:
    """One file."""

    def __init__(self, stream: IO[str], columns: tuple[str, ...]) -> None:
        self._columns = columns
        # RFC 4180: lines end with CRLF, a quotation mark within quotation marks is doubled.
        self._writer = csv.writer(stream, lineterminator="\r\n")
        self._writer.writerow(columns)

    def add(self, *rows: Row) -> None:
        """Write rows; a column that a row lacks is empty."""
        self._writer.writerows([row.get(column, "") for column in self._columns] for row in rows)


def _node_rows(found: Network) -> Iterator[Row]:
    for node in found.nodes:
        yield {"iri": node.key, "kind": node.type, "label": node.label, **node.attributes}


def _edge_rows(found: Network) -> Iterator[Row]:
    for edge in found.edges:
        ends: Row = {"key": edge.key, "source": edge.source, "relation": edge.type, "target": edge.target}
        yield {**ends, **edge.attributes}


class PaperRows:
    """The rows of one paper.

    :param nodes: IRIs of the selected nodes; a claim has both its ends among them, a result at least one or its paper.
    :param least: the least score of a claim or result.
    """

    def __init__(self, content: PaperContent, nodes: frozenset[str], least: float) -> None:
        self._content = content
        self._nodes = nodes
        self._least = least
        self._paper = content.of_class("kg:Paper")[0]

    def paper(self) -> Row:
        """Return the row of the paper itself."""
        get, paper = self._content, self._paper
        row: Row = {"iri": paper.value}
        for column, predicate in _PAPER.items():
            values = get.values(paper, predicate)
            row[column] = joined(values) if column in _LISTS else "".join(values[:1])
        authorships = sorted(get.objects(paper, "kg:authorship"), key=lambda a: int(get.value(a, "kg:position")))
        row["authors"] = joined(get.value(a, "kg:nameAsWritten") for a in authorships)
        row["author_iris"] = joined(get.value(a, "kg:author") for a in authorships)
        primary = get.values(paper, "kg:primaryCategory")
        categories = sorted(get.objects(paper, "dcterms:subject"), key=lambda c: (c.value not in primary, c.value))
        row["categories"] = joined(get.value(c, "skos:notation") for c in categories)
        return row

    def claims(self) -> Iterator[Row]:
        """Yield the rows of claims, those that make no edge included."""
        get = self._content
        for claim in get.of_class("kg:RoleClaim", "kg:RelationClaim"):
            subject, obj = get.value(claim, "rdf:subject"), get.value(claim, "rdf:object")
            if {subject, obj} <= self._nodes and self._good(claim):
                yield {
                    "claim": claim.value,
                    "paper": self._paper.value,
                    "subject": subject,
                    "relation": local(get.objects(claim, "rdf:predicate")[0]),
                    "object": obj,
                    "name": get.value(claim, "kg:name"),
                    "entity_score": get.value(claim, "kg:entityScore"),
                    **self._span(claim, "subject", "kg:subjectSpan"),
                    **self._span(claim, "object", "kg:objectSpan"),
                    **self._stated(claim),
                }

    def results(self) -> Iterator[Row]:
        """Yield the rows of results, hedged and negated ones included."""
        get = self._content
        for result in get.of_class("kg:Result"):
            ends = {column: get.value(result, predicate) for column, predicate in _RESULT_ENDS.items()}
            if not self._nodes.isdisjoint({self._paper.value, *ends.values()}) and self._good(result):
                yield {
                    "result": result.value,
                    "paper": self._paper.value,
                    **{column: get.value(result, predicate) for column, predicate in _FIGURE.items()},
                    "kind": local(get.objects(result, "kg:kind")[0]),
                    **ends,
                    **self._span(result, "value", "kg:valueSpan"),
                    **self._stated(result),
                }

    def _good(self, statement: NamedNode) -> bool:
        return float(self._content.value(statement, "kg:score")) >= self._least

    def _span(self, statement: NamedNode, end: str, predicate: str) -> Row:
        for stretch in self._content.stretches(statement, predicate):
            return {f"{end}_start": stretch.start, f"{end}_end": stretch.end}
        return {}

    def _stated(self, statement: NamedNode) -> Row:
        """Return what claims and results have in common."""
        get = self._content
        evidence = get.stretches(statement, "kg:evidence")
        activity = get.objects(statement, "prov:wasGeneratedBy")[0]
        agent = get.objects(activity, "prov:wasAssociatedWith")[0]
        return {
            "score": get.value(statement, "kg:score"),
            "certainty": local(get.objects(statement, "kg:certainty")[0]),
            "quarantine_reason": joined(get.values(statement, "kg:quarantineReason")),
            "evidence": joined(stretch.text for stretch in evidence),
            "evidence_start": joined(str(stretch.start) for stretch in evidence),
            "evidence_end": joined(str(stretch.end) for stretch in evidence),
            "extractor": get.value(agent, "rdfs:label"),
        }
