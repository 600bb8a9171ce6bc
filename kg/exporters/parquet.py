"""The tables as Apache Parquet (https://parquet.apache.org/docs/file-format/): typed columns, lists as lists.

What a table has nothing for is null, a list without values is empty. A date is a day or a month as text; beside it
stands ``day``, a real date, where the day is known.
"""

from __future__ import annotations

import datetime as dt
import importlib
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from kg.errors import MissingExtraError
from kg.exporters.tables import TABLES, Column, Row, rows, typed
from kg.files import writing_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from kg.exporters.tables import Cell, Columns
    from kg.graph.network import Selection
    from kg.graph.store import GraphStore

ROWS = 20_000
"""Rows of a row group, which is what is in memory of a table."""

_DAY = "day"
_DAY_LETTERS = len("2025-12-04")
_TYPES = {
    Column.TEXT: "string",
    Column.WHOLE: "int64",
    Column.NUMBER: "double",
    Column.DATE: "string",
}


@dataclass(frozen=True, slots=True)
class Parquet:
    """The tables as a folder of Parquet files; needs pyarrow."""

    suffix: str = ""

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write all tables; see :class:`kg.exporters.Exporter`.

        :raises MissingExtraError: if pyarrow is not installed.
        """
        arrow, parquet = _module("pyarrow"), _module("pyarrow.parquet")
        paths = {name: target / f"{name}.parquet" for name in TABLES}
        with ExitStack() as stack:
            streams = {name: stack.enter_context(writing_bytes(path)) for name, path in paths.items()}
            tables = {name: _Table(arrow, parquet, streams[name], TABLES[name]) for name in TABLES}
            for table in tables.values():
                stack.callback(table.abandon)
            for name, row in rows(store, selection):
                tables[name].add(row)
            for name, table in tables.items():  # all are whole before the first takes its place
                table.close()
                streams[name].flush()
        return tuple(paths.values())


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtraError(
            "Parquet needs pyarrow, which is not installed", remedy="pip install 'arxiv-kg[parquet]', or export csv."
        ) from None


class _Table:
    """One file."""

    def __init__(self, arrow: ModuleType, parquet: ModuleType, stream: IO[bytes], columns: Columns) -> None:
        self._columns = columns
        self._arrow = arrow
        self._schema = arrow.schema(list(_fields(arrow, columns)))
        self._writer = parquet.ParquetWriter(stream, self._schema, compression="zstd")
        self._waiting: list[Row] = []

    def add(self, row: Row) -> None:
        """Write a row, or keep it until there are enough for a row group."""
        self._waiting.append(row)
        if len(self._waiting) >= ROWS:
            self._flush()

    def close(self) -> None:
        """Write what waits, and the end of the file."""
        if self._waiting:
            self._flush()
        self._writer.close()

    def abandon(self) -> None:
        """Let go of the file's stream, be it whole or not; pyarrow would write to it when the writer is collected."""
        with suppress(OSError):
            self._writer.close()

    def _flush(self) -> None:
        values: dict[str, list[Any]] = {}
        for name, column in self._columns.items():
            values[name] = [typed(column, row.get(name)) for row in self._waiting]
            if column is Column.DATE:
                values[_DAY] = list(map(day, values[name]))
        self._waiting.clear()
        self._writer.write_batch(self._arrow.RecordBatch.from_pydict(values, schema=self._schema))


def _fields(arrow: ModuleType, columns: Columns) -> Iterator[Any]:
    lists = {Column.TEXTS: arrow.list_(arrow.string()), Column.WHOLES: arrow.list_(arrow.int64())}
    for name, column in columns.items():
        yield arrow.field(name, lists[column] if column in lists else _TYPES[column])
        if column is Column.DATE:
            yield arrow.field(_DAY, arrow.date32())


def day(written: Cell) -> dt.date | None:
    """Return the day of a date, ``None`` where only its month is known.

    >>> day("2025-12-04"), day("2025-12")
    (datetime.date(2025, 12, 4), None)
    """
    whole = isinstance(written, str) and len(written) == _DAY_LETTERS
    return dt.date.fromisoformat(str(written)) if whole else None
