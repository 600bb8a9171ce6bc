"""kg.open: answers and tables with Python's types, networks and RDF that say what the store says; the guide runs."""

from __future__ import annotations

import datetime as dt
import doctest
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pytest
from rdflib import RDF, Literal, URIRef

import kg
from kg.build import build
from kg.errors import ConfigError, MissingExtraError, QueryError
from kg.exporters.tables import TABLES
from kg.graph.network import Selection, network, split
from kg.opened import Graph, Table
from kg.resources import example

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.graph.store import GraphStore

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def graph(few: GraphStore) -> Iterator[Graph]:
    with kg.open(few.folder) as opened:
        yield opened


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib uses its own deprecated names
def test_the_examples_of_the_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build([example()], tmp_path / "exports" / "example")
    monkeypatch.chdir(tmp_path)
    failed, tried = doctest.testfile(str(ROOT / "docs" / "python.md"), module_relative=False, encoding="utf-8")
    assert (failed, tried > 15) == (0, True)


def test_importing_kg_loads_no_library() -> None:
    code = (
        "import kg, sys; print(*({'pyoxigraph', 'networkx', 'rdflib', 'pandas', 'polars', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_opening_needs_a_graph(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        kg.open(tmp_path)


def test_a_closed_graph_is_closed(few: GraphStore) -> None:
    with kg.open(str(few.folder)) as opened:
        assert len(opened) == len(few)
    opened.close()
    with pytest.raises(ValueError, match="closed"):
        opened.papers()


def test_values_are_of_pythons_types(graph: Graph) -> None:
    terms = {
        "1": 1,
        "1.5": 1.5,
        "1e0": 1.0,
        "true": True,
        "'2025-12-04'^^xsd:date": dt.date(2025, 12, 4),
        "'2025-12'^^xsd:gYearMonth": "2025-12",
        "'x'@en": "x",
        "<urn:x>": "urn:x",
        "'-99999-01-01'^^xsd:date": "-99999-01-01",
        "UNDEF": None,
    }
    values = " ".join(f"?v{i}" for i in range(len(terms)))
    answer = graph.query(f"SELECT * {{ VALUES ({values}) {{ ({' '.join(terms)}) }} }}")
    (row,) = answer.rows
    assert row == tuple(terms.values())
    assert [type(value) for value in row] == [type(value) for value in terms.values()]
    assert next(iter(answer)) == dict(zip(answer.columns, row, strict=True))


def test_each_kind_of_query_is_answered(graph: Graph, few: GraphStore) -> None:
    assert graph.query("ASK { ?s a kg:Nothing }") == Table(("answer",), ((False,),))
    built = graph.query("PREFIX x: <urn:x#> CONSTRUCT { ?p x:is 1 } { ?p a kg:Paper }")
    assert built.columns == ("subject", "predicate", "object")
    assert {row[1:] for row in built.rows} == {("urn:x#is", 1)}
    assert len(built) == len(few.papers())
    assert len(graph.query("describe <thing/openvla>")) > 0
    named = graph.query("papers-on-robot", robot="Unitree G1")
    assert len(named) == 1
    assert named.rows[0][0] == "https://arxiv.org/abs/2601.00001"


def test_wrong_questions_say_so(graph: Graph) -> None:
    with pytest.raises(QueryError, match="no query is called"):
        graph.query("papers-on-robots", robot="x")
    with pytest.raises(QueryError):
        graph.query("SELECT ?x {")
    with pytest.raises(QueryError):
        graph.query("INSERT DATA { <urn:x> a <urn:y> }")
    with pytest.raises(TypeError, match="robot"):
        graph.query("SELECT * { ?s ?p ?o }", robot="x")
    with pytest.raises(ConfigError, match="unknown name"):
        graph.nodes(around="nothing of the kind")


ODD: dict[str, tuple[Any, ...]] = {
    "number": (1, None, 2),
    "real": (1.5, None, 2),
    "truth": (True, None, False),
    "day": (dt.date(2025, 12, 4), None, dt.date(1, 1, 1)),
    "text": ("a\x00b", None, ""),
    "texts": (("a", "b"), (), None),
    "places": ((1, 2), (), (3,)),
    "mixed": ("a", 1, None),
    "huge": (2**70, 1, None),
    "none": (None, None, None),
}


@pytest.fixture(scope="module")
def odd() -> Table:
    return Table(tuple(ODD), tuple(zip(*ODD.values(), strict=True)))


def test_polars_has_a_type_a_column(odd: Table) -> None:
    frame = odd.polars()
    kinds = [pl.Int64, pl.Float64, pl.Boolean, pl.Date, pl.String, pl.List(pl.String), pl.List(pl.Int64)]
    assert frame.dtypes == [*kinds, pl.String, pl.String, pl.String]
    assert frame["number"].to_list() == [1, None, 2]
    assert frame["day"].to_list() == list(ODD["day"])
    assert frame["texts"].to_list() == [["a", "b"], [], None]
    assert frame["mixed"].to_list() == ["a", "1", None]
    assert frame["huge"].to_list() == [str(2**70), "1", None]


def test_pandas_has_a_type_a_column(odd: Table) -> None:
    frame = odd.pandas()
    kinds = {"number": "Int64", "real": "float64", "truth": "boolean", "day": "datetime64[s]", "texts": "object"}
    assert {name: str(frame[name].dtype) for name in kinds} == kinds
    assert frame["day"][0] == pd.Timestamp("2025-12-04")
    assert frame["number"].isna().tolist() == [False, True, False]
    assert frame["text"][0] == "a\x00b"
    assert frame["huge"][0] == 2**70
    assert len(odd) == len(frame) == 3


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_there_and_frames_hold_it(graph: Graph, name: str) -> None:
    table: Table = getattr(graph, name)()
    assert table.columns == tuple(TABLES[name])
    assert len(table) > 0
    assert [list(row.values()) for row in table] == [list(row) for row in table.rows]
    assert table.polars().shape == table.pandas().shape == (len(table), len(table.columns))


def test_columns_keep_their_types_where_nothing_is_in_them(graph: Graph) -> None:
    empty = graph.results(papers="hep-th/9901001").polars()
    assert empty.height == 0
    assert (empty["number"].dtype, empty["evidence"].dtype) == (pl.Float64, pl.List(pl.String))
    assert str(graph.results(papers="hep-th/9901001").pandas()["number"].dtype) == "float64"


def test_a_selection_is_that_of_the_exports(graph: Graph) -> None:
    assert {row["kind"] for row in graph.nodes(types="method")} == {"Method"}
    assert {row["identifier"] for row in graph.papers(categories=["cs.CV"])} == {"2601.00002"}


def test_networkx_is_the_network(graph: Graph, few: GraphStore) -> None:
    found, view = network(few, Selection()), graph.networkx()
    assert set(view) == {node.key for node in found.nodes}
    for node in found.nodes:
        expected = {"kind": node.type, "label": node.label, **node.attributes}
        lists = {
            name: list(split(str(v))) for name, v in expected.items() if name in ("aliases", "categories", "results")
        }
        assert view.nodes[node.key] == expected | lists
    assert sorted((s, t, k) for s, t, k in view.edges(keys=True)) == sorted(
        (edge.source, edge.target, edge.type) for edge in found.edges
    )
    for edge in found.edges:
        data = view.edges[edge.source, edge.target, edge.type]
        assert data["weight"] == data["support"] == edge.attributes["support"]
        assert data["papers"] == list(split(str(edge.attributes["papers"])))


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib uses its own deprecated names
def test_rdflib_reads_the_store_itself(graph: Graph, few: GraphStore) -> None:
    dataset = graph.rdflib()
    names = {str(g.identifier) for g in dataset.graphs() if len(g)}
    assert names == {g.value for g in few.store.named_graphs()}
    assert len({*dataset.quads()}) == len(few)
    assert len(set(dataset.subjects(RDF.type, URIRef("https://w3id.org/arxiv-kg/ns#Paper")))) == len(few.papers())
    (row,) = dataset.query("SELECT (COUNT(DISTINCT ?p) AS ?n) { ?p a kg:Paper }")
    assert row[0] == Literal(len(few.papers()))  # type: ignore[index]  # a SELECT gives rows


@pytest.mark.parametrize("name", ["pandas", "polars", "oxrdflib"])
def test_what_is_not_installed_says_how_to(graph: Graph, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    ask = {"pandas": Table(("a",), ()).pandas, "polars": Table(("a",), ()).polars, "oxrdflib": graph.rdflib}
    with pytest.raises(MissingExtraError, match=r"arxiv-kg\[notebook\]"):
        ask[name]()
