"""The graph as six tables with typed columns, and as CSV after RFC 4180: a folder for spreadsheets and data bases.

Values are exact: nothing is added, cut or escaped beyond CSV's own quotation marks. A spreadsheet may therefore take a
cell that begins with ``=`` for a formula; import the columns as text where the papers are not trusted.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import IO, TYPE_CHECKING

from kg.exporters.content import PaperContent
from kg.files import writing_all
from kg.graph.claims import local
from kg.graph.network import joined, selected_papers, split, streamed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import NamedNode

    from kg.graph.network import Selection
    from kg.graph.store import GraphStore
    from kg.model import Scalar


class Column(StrEnum):
    """What a column holds.

    ``DATE`` is a day or a month as text (``2025-12-04``, ``2025-12``), ``TEXTS`` and ``WHOLES`` are lists.
    """

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    DATE = "date"
    TEXTS = "texts"
    WHOLES = "whole numbers"


Cell = str | int | float | tuple[str, ...] | tuple[int, ...] | None
Row = dict[str, Cell]
Columns = MappingProxyType[str, Column]


def _columns(text: str, **others: Column) -> Columns:
    """Return columns in the order of ``text``; those that are not named again hold text."""
    return MappingProxyType({name: others.get(name, Column.TEXT) for name in text.split()})


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
_FIGURE = {"value": "kg:value", "number": "kg:number", "unit": "kg:unit"}
_RESULT_ENDS = {
    "metric": "kg:metric",
    "subject": "kg:resultOf",
    "baseline": "kg:baseline",
    "measured_on": "kg:measuredOn",
}
_STATED = "score certainty quarantine_reason evidence evidence_start evidence_end extractor"
_STATED_COLUMNS = {
    "score": Column.NUMBER,
    "quarantine_reason": Column.TEXTS,
    "evidence": Column.TEXTS,
    "evidence_start": Column.WHOLES,
    "evidence_end": Column.WHOLES,
}
TABLES: Mapping[str, Columns] = MappingProxyType(
    {
        "nodes": _columns(
            "iri kind label identifier date categories aliases paper_count results",
            date=Column.DATE,
            categories=Column.TEXTS,
            aliases=Column.TEXTS,
            paper_count=Column.WHOLE,
            results=Column.TEXTS,
        ),
        "edges": _columns(
            "key source relation target support papers score date author_position",
            support=Column.WHOLE,
            papers=Column.TEXTS,
            score=Column.NUMBER,
            date=Column.DATE,
            author_position=Column.WHOLE,
        ),
        "papers": _columns(
            f"iri {' '.join(_PAPER)} authors author_iris categories",
            date=Column.DATE,
            version=Column.WHOLE,
            keywords=Column.TEXTS,
            source=Column.TEXTS,
            authors=Column.TEXTS,
            author_iris=Column.TEXTS,
            categories=Column.TEXTS,
        ),
        "claims": _columns(
            "claim paper subject relation object name entity_score "
            f"subject_start subject_end object_start object_end {_STATED}",
            entity_score=Column.NUMBER,
            subject_start=Column.WHOLE,
            subject_end=Column.WHOLE,
            object_start=Column.WHOLE,
            object_end=Column.WHOLE,
            **_STATED_COLUMNS,
        ),
        "results": _columns(
            f"result paper {' '.join(_FIGURE)} kind {' '.join(_RESULT_ENDS)} value_start value_end {_STATED}",
            number=Column.NUMBER,
            value_start=Column.WHOLE,
            value_end=Column.WHOLE,
            **_STATED_COLUMNS,
        ),
        "mentions": _columns("claim paper entity start end text", start=Column.WHOLE, end=Column.WHOLE),
    }
)
"""The columns of each table, by its name."""

_LISTS = (Column.TEXTS, Column.WHOLES)


def typed(column: Column, cell: Cell) -> Cell:
    """Return a cell in the type of its column; ``None`` where there is nothing, an empty tuple for an empty list."""
    if column in _LISTS:
        values = cell if isinstance(cell, tuple) else ()
        return tuple(map(int, values)) if column is Column.WHOLES else values
    if cell is None or cell == "" or isinstance(cell, tuple):
        return None
    if column is Column.WHOLE:
        return int(cell)
    return float(cell) if column is Column.NUMBER else str(cell)


def rows(store: GraphStore, selection: Selection) -> Iterator[tuple[str, Row]]:
    """Yield the rows of all tables, each with the name of its table; a column that a row lacks is empty.

    Numbers that the graph holds are as it writes them, see :func:`typed`. Beside the network, one paper is in memory at
    a time.

    :raises ConfigError: if the selection names something that the graph has not.
    """
    nodes, edges = streamed(store, selection.all_kinds())
    held, graphs = set(), set(selected_papers(store, selection))
    for node in nodes:
        held.add(node.key)
        yield "nodes", {"iri": node.key, "kind": node.type, "label": node.label, **_cells("nodes", node.attributes)}
    for edge in edges:
        ends: Row = {"key": edge.key, "source": edge.source, "relation": edge.type, "target": edge.target}
        cells = _cells("edges", edge.attributes)
        graphs.update(map(store.iris.graph, split(str(edge.attributes["papers"]))))
        yield "edges", ends | cells
    del nodes, edges
    inside = frozenset(held)
    for graph in sorted(graphs, key=lambda g: g.value):
        of_paper = PaperRows(PaperContent(store, graph), inside, selection.min_score)
        yield "papers", of_paper.paper()
        for name in ("claims", "results", "mentions"):
            yield from ((name, row) for row in getattr(of_paper, name)())


def _cells(table: str, attributes: Mapping[str, Scalar]) -> Row:
    columns = TABLES[table]
    return {
        name: split(str(value)) if columns[name] in _LISTS else value
        for name, value in attributes.items()
        if name in columns
    }


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables as a folder."""

    suffix: str = ""

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write all tables; see :class:`kg.exporters.Exporter`."""
        files = {name: f"{name}.csv" for name in TABLES}
        with writing_all(target, files.values()) as streams:
            tables = {name: _Table(streams[file], tuple(TABLES[name])) for name, file in files.items()}
            for name, row in rows(store, selection):
                tables[name].add(row)
        return tuple(target / file for file in files.values())


class _Table:
    """One file."""

    def __init__(self, stream: IO[str], columns: tuple[str, ...]) -> None:
        self._columns = columns
        # RFC 4180: lines end with CRLF, a quotation mark within quotation marks is doubled.
        self._writer = csv.writer(stream, lineterminator="\r\n")
        self._writer.writerow(columns)

    def add(self, row: Row) -> None:
        """Write a row, several values of one cell joined."""
        self._writer.writerow([_written(row.get(column)) for column in self._columns])


def _written(cell: Cell) -> Cell:
    return joined(map(str, cell)) if isinstance(cell, tuple) else cell


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
            row[column] = tuple(values) if TABLES["papers"][column] in _LISTS else "".join(values[:1])
        authorships = sorted(get.objects(paper, "kg:authorship"), key=lambda a: int(get.value(a, "kg:position")))
        row["authors"] = tuple(get.value(a, "kg:nameAsWritten") for a in authorships)
        row["author_iris"] = tuple(get.value(a, "kg:author") for a in authorships)
        primary = get.values(paper, "kg:primaryCategory")
        categories = sorted(get.objects(paper, "dcterms:subject"), key=lambda c: (c.value not in primary, c.value))
        row["categories"] = tuple(get.value(c, "skos:notation") for c in categories)
        return row

    def claims(self) -> Iterator[Row]:
        """Yield the rows of claims, those that make no edge included."""
        get = self._content
        for claim in self._claims("kg:RoleClaim", "kg:RelationClaim"):
            yield {
                "claim": claim.value,
                "paper": self._paper.value,
                "subject": get.value(claim, "rdf:subject"),
                "relation": local(get.objects(claim, "rdf:predicate")[0]),
                "object": get.value(claim, "rdf:object"),
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

    def mentions(self) -> Iterator[Row]:
        """Yield a row for every place that names a thing."""
        get = self._content
        for claim in self._claims("kg:RoleClaim"):
            entity = get.value(claim, "rdf:object")
            for place in get.stretches(claim, "kg:mention"):
                where: Row = {"start": place.start, "end": place.end, "text": place.text}
                yield {"claim": claim.value, "paper": self._paper.value, "entity": entity, **where}

    def _claims(self, *classes: str) -> Iterator[NamedNode]:
        get = self._content
        for claim in get.of_class(*classes):
            ends = {get.value(claim, "rdf:subject"), get.value(claim, "rdf:object")}
            if ends <= self._nodes and self._good(claim):
                yield claim

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
            "quarantine_reason": tuple(get.values(statement, "kg:quarantineReason")),
            "evidence": tuple(stretch.text for stretch in evidence),
            "evidence_start": tuple(stretch.start for stretch in evidence),
            "evidence_end": tuple(stretch.end for stretch in evidence),
            "extractor": get.value(agent, "rdfs:label"),
        }
