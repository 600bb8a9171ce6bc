"""The Parquet tables: read by pyarrow, polars and pandas, with the values of the CSV in types of their own."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import MissingExtraError
from kg.exporters import EXPORTERS, parquet
from kg.exporters.tables import TABLES, Column, rows, typed
from kg.graph.network import Selection

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.graph.store import GraphStore
    from kg.model import ResolvedPaper

ARROW = {
    Column.TEXT: "string",
    Column.WHOLE: "int64",
    Column.NUMBER: "double",
    Column.DATE: "string",
    Column.TEXTS: "list<element: string>",
    Column.WHOLES: "list<element: int64>",
}


def write(graph: GraphStore, folder: Path, selection: Selection | None = None) -> dict[str, Path]:
    return {path.stem: path for path in EXPORTERS["parquet"].write(graph, folder / "pq", selection or Selection())}


def records(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


def expected(graph: GraphStore, name: str) -> list[dict[str, Any]]:
    found = []
    for table, row in rows(graph, Selection()):
        if table == name:
            cells = {column: typed(kind, row.get(column)) for column, kind in TABLES[name].items()}
            found.append({k: list(v) if isinstance(v, tuple) else v for k, v in cells.items()})
    return found


@pytest.mark.parametrize("name", TABLES)
def test_columns_have_types_and_values_are_those_of_the_graph(few: GraphStore, tmp_path: Path, name: str) -> None:
    path = write(few, tmp_path)[name]
    types = {field.name: str(field.type) for field in pq.read_schema(path) if field.name != "day"}
    assert types == {column: ARROW[kind] for column, kind in TABLES[name].items()}
    found = records(path)
    days = [row.pop("day", None) for row in found]
    assert found == expected(few, name) != []
    if "date" in TABLES[name]:
        assert days == [
            dt.date.fromisoformat(row["date"]) if row["date"] and len(row["date"]) == len("2025-12-04") else None
            for row in found
        ]
        assert any(days)


def test_numbers_lists_and_gaps_are_what_they_are(few: GraphStore, tmp_path: Path) -> None:
    found = write(few, tmp_path)
    results = {row["value"]: row for row in records(found["results"])}
    assert (results["12%"]["number"], results["12%"]["unit"]) == (12.0, "%")
    assert results["4 ms"]["subject"] is None
    papers = {row["identifier"]: row for row in records(found["papers"])}
    assert papers["2601.00001"]["version"] == 2
    assert papers["2601.00001"]["categories"][0] == "cs.RO"


def test_pandas_and_polars_read_the_same(few: GraphStore, tmp_path: Path) -> None:
    for name, path in write(few, tmp_path).items():
        frame, other = pd.read_parquet(path), pl.read_parquet(path)
        assert list(frame.columns) == other.columns
        assert len(frame) == other.height == len(expected(few, name))
    claims = pl.read_parquet(tmp_path / "pq" / "claims.parquet")
    assert claims["score"].dtype == pl.Float64
    assert claims["evidence_start"].dtype == pl.List(pl.Int64)


def test_row_groups_hold_every_row_in_order(few: GraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {name: records(path) for name, path in write(few, tmp_path / "whole").items()}
    monkeypatch.setattr(parquet, "ROWS", 3)
    parts = write(few, tmp_path / "parts")
    assert {name: records(path) for name, path in parts.items()} == whole
    for name, path in parts.items():
        groups = pq.read_metadata(path)
        sizes = [groups.row_group(i).num_rows for i in range(groups.num_row_groups)]
        assert sum(sizes) == len(whole[name])
        assert all(a == 3 >= b for a, b in pairwise(sizes))


def test_an_empty_graph_has_empty_tables(made_graph: Callable[..., GraphStore], tmp_path: Path) -> None:
    assert {name: records(path) for name, path in write(made_graph(()), tmp_path).items()} == {n: [] for n in TABLES}


def test_without_pyarrow_it_says_what_to_install(
    few: GraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"arxiv-kg\[parquet\]"):
        write(few, tmp_path)
    assert not list(tmp_path.iterdir())


legal = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(text=legal | st.sampled_from(["nul\x00", 'a"b,c;d\r\ne', "|\\|", "\u202eabc", "😀", "x" * 100_000]))
def test_awkward_texts_come_back(
    text: str, few_papers: tuple[ResolvedPaper, ...], made_graph: Callable[..., GraphStore], tmp_path: Path
) -> None:
    text = f"{text}."
    odd = replace(few_papers[3].paper, comment=text, keywords=(text, "other"), authors=(text,))
    graph = made_graph((replace(few_papers[3], paper=odd, author_keys=("author/x",)),))
    (row,) = records(write(graph, tmp_path)["papers"])
    assert row["comment"] == text
    assert set(row["keywords"]) == {text, "other"}
    assert row["authors"] == [text]
