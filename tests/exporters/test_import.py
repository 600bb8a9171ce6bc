"""The tables for ``neo4j-admin``, loaded by two engines not ours: DuckDB and LadybugDB."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import duckdb
import ladybug
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.exporters import EXPORTERS
from kg.exporters.neo4j import _node_table
from kg.exporters.property_graph import BETWEEN, NODE_COLUMNS, TIE_COLUMNS, Node, property_graph
from kg.graph.network import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kg.graph.store import GraphStore

# How Neo4j's types are called by the engines; a list comes as text and is split by the separator there.
DUCK = {"string": "VARCHAR", "int": "BIGINT", "double": "DOUBLE", "date": "DATE"}
LADY = {"string": "STRING", "int": "INT64", "double": "DOUBLE", "date": "DATE"}


@pytest.fixture(scope="module")
def folder(few: GraphStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("import") / "neo4j"
    EXPORTERS["neo4j"].write(few, target, Selection())
    return target


@pytest.fixture
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def read(duck: duckdb.DuckDBPyConnection, path: Path, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Read a table by DuckDB, every value as what the header says that it is; empty cells are absent."""
    with path.open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream))
    given = [name.partition(":")[0] or name[1:] for name in header]
    kinds = [columns.get(name, "string[]" if name == "LABEL" else "string") for name in given]
    chosen = [_typed(column, kind) for column, kind in zip(header, kinds, strict=True)]
    names = dict.fromkeys(header, "VARCHAR")
    rows = duck.execute(
        f"SELECT {', '.join(chosen)} FROM read_csv(?, header = true, columns = {names}, delim = ',', quote = '\"', "  # noqa: S608
        "escape = '\"', nullstr = '', max_line_size = 4000000, auto_detect = false)",
        [str(path)],
    ).fetchall()
    return [{k: v for k, v in zip(given, row, strict=True) if v is not None} for row in rows]


def _typed(name: str, kind: str) -> str:
    if kind.endswith("[]"):
        return f'CAST(string_split("{name}", chr(31)) AS {DUCK[kind.removesuffix("[]")]}[])'
    return f'CAST("{name}" AS {DUCK[kind]})'


def test_duckdb_reads_every_value(few: GraphStore, folder: Path, duck: duckdb.DuckDBPyConnection) -> None:
    nodes, ties = property_graph(few, Selection())
    found = {row.pop("iri"): row for row in read(duck, folder / "nodes.csv", NODE_COLUMNS)}
    assert found == {node.iri: {"LABEL": list(node.labels), **node.properties} for node in nodes}
    ends = ("START_ID", "TYPE", "END_ID")
    between = {
        tuple(row.pop(end) for end in ends): row for row in read(duck, folder / "relationships.csv", TIE_COLUMNS)
    }
    assert between == {(tie.source[0], tie.type, tie.target[0]): tie.properties for tie in ties}


def columns_of(columns: Mapping[str, str]) -> str:
    return "".join(f", `{name}` {'STRING' if kind.endswith('[]') else LADY[kind]}" for name, kind in columns.items())


def test_a_graph_engine_copies_the_tables_in(few: GraphStore, folder: Path, tmp_path: Path) -> None:
    nodes, ties = property_graph(few, Selection())
    with ladybug.Database(str(tmp_path / "database")) as database, ladybug.Connection(database) as engine:
        engine.execute(f"CREATE NODE TABLE Node(iri STRING PRIMARY KEY, labels STRING{columns_of(NODE_COLUMNS)})")
        engine.execute(f"CREATE REL TABLE Tie(FROM Node TO Node, type STRING{columns_of(TIE_COLUMNS)})")
        for table in ("nodes", "relationships"):
            name = {"nodes": "Node", "relationships": "Tie"}[table]
            engine.execute(f"COPY {name} FROM '{folder / table}.csv' (HEADER = true, PARALLEL = false, ESCAPE = '\"')")
        copied = rows_of(engine.execute("MATCH (n:Node) RETURN n"), "n")
        counted = rows_of(engine.execute("MATCH (a)-[r:Tie]->(b) RETURN a.iri AS a, b.iri AS b, r"), None)
    assert {row["iri"]: whole(row, NODE_COLUMNS) for row in copied} == {node.iri: node.properties for node in nodes}
    assert {(row["a"], row["r"]["type"], row["b"]): whole(row["r"], TIE_COLUMNS) for row in counted} == {
        (tie.source[0], tie.type, tie.target[0]): tie.properties for tie in ties
    }
    by_label = defaultdict(set)
    for row in copied:
        by_label[row["labels"]].add(row["iri"])
    assert by_label[f"Entity{BETWEEN}Method"] == {node.iri for node in nodes if "Method" in node.labels} > set()


def rows_of(result: Any, name: str | None) -> list[dict[str, Any]]:
    rows = [dict(zip(result.get_column_names(), row, strict=True)) for row in iter_rows(result)]
    return [row[name] for row in rows] if name else rows


def iter_rows(result: Any) -> Iterator[list[Any]]:
    while result.has_next():
        yield result.get_next()


def whole(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """Return the properties of a row with its lists split."""
    found = {}
    for name, kind in columns.items():
        value = row[name]
        if value is not None and value != "":
            item = int if kind == "int[]" else str
            found[name] = [item(part) for part in value.split(BETWEEN)] if kind.endswith("[]") else value
    return found


texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1) | st.sampled_from(
    ['"', '","', "a\r\nb\n", "\\", "'", "\u202eשלום", "😀", "nul\x00", "=1+1", "x" * 100_000]
)


def test_every_text_comes_back_from_the_table(tmp_path: Path, duck: duckdb.DuckDBPyConnection) -> None:
    path = tmp_path / "nodes.csv"

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
    @given(text=texts)
    def check(text: str) -> None:
        with path.open("w", encoding="utf-8", newline="") as stream:
            _node_table(stream, [Node("http://x/a", ("Paper",), {"label": text})])
        assert read(duck, path, NODE_COLUMNS) == [{"iri": "http://x/a", "LABEL": ["Paper"], "label": text}]

    check()
