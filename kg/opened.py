"""A graph in Python: what :func:`kg.open` gives, for notebooks and scripts.

>>> with kg.open("exports/example") as graph:  # doctest: +SKIP
...     frame = graph.query("papers-on-robot", robot="Unitree G1").pandas()
"""

from __future__ import annotations

import datetime as dt
import importlib
from dataclasses import dataclass
from io import BytesIO
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import networkx as nx
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
)

from kg.errors import MissingExtraError
from kg.exporters.content import PaperContent
from kg.exporters.tables import TABLES, Column, PaperRows, rows, typed
from kg.graph import sparql
from kg.graph.network import Selection, network, selected_papers, split
from kg.graph.store import GraphStore
from kg.graph.syntax import tokens
from kg.graph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from os import PathLike
    from types import ModuleType, TracebackType

    import pandas as pd
    import polars as pl
    from rdflib import Dataset

    from kg.model import Scalar

Value = str | int | float | bool | dt.date | tuple[str, ...] | tuple[int, ...] | None

_XSD = PREFIXES["xsd"]
_PYTHON: Mapping[str, Callable[[str], Value]] = {
    f"{_XSD}integer": int,
    f"{_XSD}nonNegativeInteger": int,
    f"{_XSD}decimal": float,
    f"{_XSD}double": float,
    f"{_XSD}float": float,
    f"{_XSD}boolean": lambda text: text in {"true", "1"},
    f"{_XSD}date": dt.date.fromisoformat,
}
_ROW_QUERIES, _TRIPLE_QUERIES = ("SELECT", "ASK"), ("CONSTRUCT", "DESCRIBE")
_LARGEST = 2**63


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with named columns: an answer of a query, or one of the tables of :mod:`kg.exporters.tables`.

    Numbers, truth values, days and lists are Python's own (``int``, ``float``, ``bool``, ``date``, ``tuple``); IRIs,
    texts and whatever else is ``str``; nothing is ``None``.

    :param rows: the values of each row, in the order of ``columns``.
    :param types: the type of each column where it is known; else it is that of the values.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    types: tuple[type, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        """Yield each row as a dictionary."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def pandas(self) -> pd.DataFrame:
        """Return the rows as a data frame of pandas, with a type a column where its values have one.

        :raises MissingExtraError: if pandas is not installed.
        """
        pandas = _extra("pandas")
        types = {int: "Int64", float: "float64", bool: "boolean", dt.date: "datetime64[s]"}
        series = {}
        for name, values, kind in self._by_column():
            series[name] = pandas.Series(list(values), dtype=None if kind is str else types.get(kind, "object"))
        return pandas.DataFrame(series, columns=list(self.columns))

    def polars(self) -> pl.DataFrame:
        """Return the rows as a data frame of polars; a column of values of several types becomes text.

        :raises MissingExtraError: if polars is not installed.
        """
        polars = _extra("polars")
        types = {int: polars.Int64, float: polars.Float64, bool: polars.Boolean, dt.date: polars.Date}
        types |= {_Texts: polars.List(polars.String), _Wholes: polars.List(polars.Int64)}
        series = []
        for name, values, kind in self._by_column():
            plain: Iterable[Any] = values if kind in types or kind is str else map(_text, values)
            series.append(polars.Series(name, list(plain), dtype=types.get(kind, polars.String), strict=False))
        frame: pl.DataFrame = polars.DataFrame(series)
        return frame

    def _by_column(self) -> Iterator[tuple[str, Sequence[Value], type]]:
        for place, name in enumerate(self.columns):
            values = [row[place] for row in self.rows]
            yield name, values, self.types[place] if self.types else _type(values)


class _Texts:
    """The type of a column of lists of texts."""


class _Wholes:
    """The type of a column of lists of whole numbers."""


_TYPES = {Column.WHOLE: int, Column.NUMBER: float, Column.TEXTS: _Texts, Column.WHOLES: _Wholes}


def _type(values: Sequence[Value]) -> type:
    """Return the one type of the values that are there; ``object`` where they have several, ``str`` where none is."""
    types = {type(value) for value in values if value is not None}
    if types == {int, float}:
        return float
    if types == {tuple}:
        inner = {type(item) for value in values if isinstance(value, tuple) for item in value}
        return _Wholes if inner == {int} else _Texts
    if types == {int} and any(isinstance(value, int) and not -_LARGEST <= value < _LARGEST for value in values):
        return object
    return types.pop() if len(types) == 1 else object if types else str


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


class Graph:
    """A graph that was opened; use it in a ``with`` statement or call :meth:`close`.

    Tables, :meth:`networkx` and :meth:`rdflib` show the graph as it was when it was opened, :meth:`query` as it is when
    asked. The keywords of a selection are the parameters of :class:`kg.graph.network.Selection`; one text may stand for
    a tuple of one.

    :param store: the graph.
    """

    def __init__(self, store: GraphStore) -> None:
        self.store = store

    @classmethod
    def open(cls, folder: str | PathLike[str]) -> Self:
        """Open the graph in ``folder`` for reading.

        :raises ConfigError: if it holds none, or one that this ``kg`` cannot read.
        """
        return cls(GraphStore.open(Path(folder)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the graph; closing twice is allowed."""
        self.store.close()

    def __repr__(self) -> str:
        return f"<graph of {len(self.store.papers())} papers>"

    def __len__(self) -> int:
        """Return the number of statements, each counted once a paper that makes it."""
        return len(self.store)

    def query(self, query: str, *, timeout: float | None = sparql.TIMEOUT, **parameters: object) -> Table:
        """Return the answer to a SPARQL query, or to a named one with its parameters.

        SELECT gives its variables as columns, ASK one column ``answer``, CONSTRUCT and DESCRIBE ``subject``,
        ``predicate`` and ``object``.

        :param query: SPARQL, or a name of ``kg query --list``.
        :param timeout: seconds after which the query is stopped; ``None`` for no limit.
        :raises QueryError: if it is wrong or unknown, takes too long or too much, or a parameter does not suit it.
        """
        folder = self.store.folder
        words = (token.text.upper() for token in tokens(query) if token.kind == "word")
        form = next((word for word in words if word in _ROW_QUERIES + _TRIPLE_QUERIES), None)
        if form is None and " " not in query.strip():
            values = {name: str(value) for name, value in parameters.items()}
            return _answer(sparql.ask_named(folder, query.strip(), values, format="json", timeout=timeout))
        if parameters:
            message = f"only named queries take parameters, and this is SPARQL: {', '.join(sorted(parameters))}"
            raise TypeError(message)
        if form in _TRIPLE_QUERIES:
            return _triples(sparql.ask(folder, query, format="ntriples", timeout=timeout))
        return _answer(sparql.ask(folder, query, format="json", timeout=timeout))

    def nodes(self, **selection: Any) -> Table:
        """Return the things, papers, authors and categories."""
        return self._table("nodes", selection)

    def edges(self, **selection: Any) -> Table:
        """Return what is stated of nodes by roles and relations, each edge once."""
        return self._table("edges", selection)

    def papers(self, **selection: Any) -> Table:
        """Return the papers with title, abstract, authors, date, categories and so on."""
        chosen = _selection(selection)
        graphs = selected_papers(self.store, chosen)
        found = (PaperRows(PaperContent(self.store, graph), frozenset(), 0.0).paper() for graph in graphs)
        return _typed("papers", found)

    def claims(self, **selection: Any) -> Table:
        """Return what papers state, with score, certainty and the sentences that say so."""
        return self._table("claims", selection)

    def results(self, **selection: Any) -> Table:
        """Return the figures that papers report."""
        return self._table("results", selection)

    def mentions(self, **selection: Any) -> Table:
        """Return every place in a paper's text that names a thing."""
        return self._table("mentions", selection)

    def _table(self, name: str, selection: Mapping[str, Any]) -> Table:
        every = rows(self.store, _selection(selection))
        if name in {"nodes", "edges"}:  # they come first
            every = takewhile(lambda pair: pair[0] in {"nodes", "edges"}, every)
        return _typed(name, (row for table, row in every if table == name))

    def networkx(self, **selection: Any) -> nx.MultiDiGraph[str]:
        """Return the network: nodes by IRI, edges keyed by relation, all with their attributes, lists as lists.

        An edge's ``weight`` is the number of papers that state it.
        """
        found = network(self.store, _selection(selection))
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for node in found.nodes:
            attributes = _attributes("nodes", node.attributes)
            graph.add_node(node.key, kind=node.type, label=node.label, **attributes)
        for edge in found.edges:
            attributes = _attributes("edges", edge.attributes)
            weight = attributes["support"]
            graph.add_edge(edge.source, edge.target, key=edge.type, relation=edge.type, weight=weight, **attributes)
        return graph

    def rdflib(self) -> Dataset:
        """Return the named graphs as a data set of rdflib that reads from the store: nothing is copied into memory.

        Its default graph is the union of all, as in queries. It cannot be changed.

        :raises MissingExtraError: if oxrdflib is not installed.
        """
        view = _extra("oxrdflib").OxigraphStore(store=self.store.store)
        dataset: Dataset = importlib.import_module("rdflib").Dataset(store=view, default_union=True)
        for prefix, namespace in PREFIXES.items():
            dataset.bind(prefix, namespace)
        return dataset


def _extra(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtraError(f"{name} is not installed", remedy="pip install 'arxiv-kg[notebook]'.") from None


def _selection(given: Mapping[str, Any]) -> Selection:
    several = {name: tuple(value) for name, value in given.items() if isinstance(value, list | set | frozenset)}
    single = {name: (value,) for name, value in given.items() if isinstance(value, str)}
    whole: dict[str, Any] = {**given, **several, **single}
    return Selection(**whole)


def _answer(pieces: Iterable[bytes]) -> Table:
    found = parse_query_results(BytesIO(b"".join(pieces)), format=QueryResultsFormat.JSON)
    if isinstance(found, QueryBoolean):
        return Table(("answer",), ((bool(found),),))
    assert isinstance(found, QuerySolutions)  # noqa: S101  a row query gives nothing else
    columns = tuple(variable.value for variable in found.variables)
    return Table(columns, tuple(tuple(_value(row[name]) for name in columns) for row in found))


def _triples(pieces: Iterable[bytes]) -> Table:
    found = parse(BytesIO(b"".join(pieces)), format=RdfFormat.N_TRIPLES)
    rows = sorted({(q.subject, q.predicate, q.object) for q in found}, key=str)
    return Table(("subject", "predicate", "object"), tuple(tuple(map(_value, row)) for row in rows))


def _value(term: Any) -> Value:
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return term.value
    if not isinstance(term, Literal):
        return str(term)
    try:
        return _PYTHON.get(term.datatype.value, str)(term.value)
    except ValueError:  # a lexical form that Python has no value for, such as a year beyond 9999
        return term.value


def _typed(name: str, found: Iterable[Mapping[str, Any]]) -> Table:
    columns = TABLES[name]
    rows = tuple(tuple(typed(kind, row.get(column)) for column, kind in columns.items()) for row in found)
    return Table(tuple(columns), rows, tuple(_TYPES.get(kind, str) for kind in columns.values()))


def _attributes(table: str, attributes: Mapping[str, Scalar]) -> dict[str, Any]:
    lists = {name for name, kind in TABLES[table].items() if kind is Column.TEXTS}
    return {name: list(split(str(value))) if name in lists else value for name, value in attributes.items()}
