"""The property graph for Neo4j: run by a Cypher engine, counted against SPARQL, its CSV read by the header grammar."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from kg.exporters import EXPORTERS, property_graph
from kg.exporters.property_graph import relationship_type
from kg.graph.network import Selection, network, split
from kg.graph.vocab import PREFIXES
from kg.model import EntityType, RelationType, Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyoxigraph as ox

    from kg.graph.store import GraphStore
    from kg.model import ResolvedPaper
    from tests.exporters.conftest import Engine

STATEMENTS = " ".join(f"kg:{value}" for value in (*Role, *RelationType))
ENTITIES = " ".join(f"kg:{kind}" for kind in EntityType)
NODES = """MATCH (n) RETURN n.iri AS iri, labels(n) AS labels, properties(n) AS properties"""
TIES = """MATCH (a)-[r]->(b) RETURN a.iri AS source, type(r) AS type, b.iri AS target, properties(r) AS properties"""
Rows = list[dict[str, Any]]
HEADER = re.compile(r"(?P<name>[a-z_]*):(?P<type>ID|LABEL|START_ID|END_ID|TYPE|(?:int|double|string|date)(?:\[\])?)")


def count(graph: GraphStore, pattern: str) -> int:
    query = f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT * {{ {pattern} }} }}"
    found = graph.store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    return int(next(iter(cast("ox.QuerySolutions", found)))["n"].value)


def statements(path: Path) -> list[str]:
    """Split a file into statements: line feeds of texts are escaped, so a line that ends with a semicolon ends one."""
    return [s for s in re.split(r";\n", path.read_text(encoding="utf-8")) if s.strip()]


def load(engine: Engine, folder: Path) -> tuple[Rows, Rows]:
    for name in ("constraints.cypher", "graph.cypher"):
        for statement in statements(folder / name):
            engine.run(statement)
    nodes, ties = engine.run(NODES), engine.run(TIES)
    return sorted(nodes, key=lambda n: n["iri"]), sorted(ties, key=lambda t: (t["type"], t["source"], t["target"]))


@pytest.fixture(scope="module")
def folder(few: GraphStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("exports") / "neo4j"
    EXPORTERS["neo4j"].write(few, target, Selection())
    return target


@pytest.fixture(scope="module")
def loaded(folder: Path, cypher: Engine) -> tuple[Rows, Rows]:
    """Return the nodes and relationships that an engine has after loading the folder."""
    return load(cypher, folder)


def test_a_cypher_engine_loads_what_sparql_counts(few: GraphStore, loaded: tuple[Rows, Rows]) -> None:
    nodes, ties = loaded
    labels = Counter(label for node in nodes for label in node["labels"])
    assert labels["Entity"] == count(few, f"VALUES ?t {{ {ENTITIES} }} ?n a ?t")
    for kind in EntityType:
        assert labels[kind.value] == count(few, f"?n a kg:{kind}")
    for label, pattern in {
        "Paper": "?n a kg:Paper",
        "Author": "?n a kg:Author",
        "Result": "?n a kg:Result ; kg:certainty kg:asserted",
    }.items():
        assert labels[label] == count(few, pattern) > 0
    assert labels["Category"] == count(few, "?n skos:notation ?code FILTER EXISTS { ?p dcterms:subject ?n }")
    types = Counter(tie["type"] for tie in ties)
    for value in (*Role, *RelationType):
        assert types[relationship_type(value)] == count(few, f"?s kg:{value} ?o")
    for type_, pattern in {
        "CREATOR": "?s dcterms:creator ?o",
        "SUBJECT": "?s dcterms:subject ?o",
        "REPORTS": "?r a kg:Result ; kg:certainty kg:asserted ; kg:statedIn ?p",
        "METRIC": "?r kg:certainty kg:asserted ; kg:metric ?m",
        "RESULT_OF": "?r kg:certainty kg:asserted ; kg:resultOf ?m",
        "BASELINE": "?r kg:certainty kg:asserted ; kg:baseline ?m",
        "MEASURED_ON": "?r kg:certainty kg:asserted ; kg:measuredOn ?m",
    }.items():
        assert types[type_] == count(few, pattern) > 0
    aliases = {n["iri"]: n["properties"]["aliases"] for n in nodes if "aliases" in n["properties"]}
    assert sum(map(len, aliases.values())) == count(
        few, f"VALUES ?t {{ {ENTITIES} kg:Author }} ?n a ?t ; skos:altLabel ?a"
    )


def test_a_second_load_changes_nothing(folder: Path, cypher: Engine, loaded: tuple[Rows, Rows]) -> None:
    assert load(cypher, folder) == loaded


def test_the_engine_has_every_value_of_the_csv_and_of_the_network(
    few: GraphStore, folder: Path, loaded: tuple[Rows, Rows]
) -> None:
    nodes, ties = loaded
    in_csv = {row["iri"]: row for row in typed(folder / "nodes.csv")}
    assert {n["iri"]: n["properties"] | {"LABEL": sorted(n["labels"])} for n in nodes} == {
        iri: row | {"LABEL": sorted(row["LABEL"])} for iri, row in in_csv.items()
    }
    ends = ("START_ID", "TYPE", "END_ID")
    assert {(t["source"], t["type"], t["target"]): t["properties"] for t in ties} == {
        tuple(row[end] for end in ends): {k: v for k, v in row.items() if k not in ends}
        for row in typed(folder / "relationships.csv")
    }
    for node in network(few).nodes:
        assert in_csv[node.key]["label"] == node.label
        assert tuple(in_csv[node.key].get("aliases", ())) == split(str(node.attributes.get("aliases", "")))


def test_sentences_stand_on_the_edges_they_were_read_from(few: GraphStore) -> None:
    _, ties = property_graph.property_graph(few, Selection())
    built = next(tie for tie in ties if tie.type == "BUILDS_ON" and tie.source[0].endswith("thing/gripnet"))
    assert built.properties["sentences"] == ["GripNet extends Diffusion Policy"]
    assert built.properties["date"].isoformat() == "2026-01-05"  # type: ignore[union-attr]  # a date
    assert built.properties["month"] == "2026-01"
    assert built.properties["sentence_papers"] == ["2601.00001"]
    (start,), (end,) = (cast("list[int]", built.properties[name]) for name in ("starts", "ends"))
    assert end - start == len("GripNet extends Diffusion Policy")


def test_a_result_has_its_number(few: GraphStore) -> None:
    nodes, _ = property_graph.property_graph(few, Selection())
    (level,) = (node.properties for node in nodes if node.properties.get("value") == "98.3%")
    assert (level["number"], level["unit"], level["kind"], level["score"]) == (98.3, "%", "absolute", 1.0)
    assert level["sentences"] == ["98.3%"]


def test_a_month_is_no_day(few: GraphStore) -> None:
    nodes, _ = property_graph.property_graph(few, Selection())
    note = next(node for node in nodes if node.properties.get("identifier") == "2512.00003")
    assert note.properties["month"] == "2025-12"
    assert "date" not in note.properties


def typed(path: Path) -> list[dict[str, Any]]:
    """Read a table as ``neo4j-admin database import`` does by its documented header grammar; empty cells are absent."""
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    fields = [HEADER.fullmatch(field) for field in header]
    assert None not in fields, header
    read = {"int": int, "double": float}
    found = []
    for row in rows:
        assert len(row) == len(header)
        values: dict[str, Any] = {}
        for field, cell in zip(cast("list[re.Match[str]]", fields), row, strict=True):
            kind, name = field["type"], field["name"] or field["type"]
            if kind.endswith("[]") or kind == "LABEL":
                item = read.get(kind.removesuffix("[]"), str)
                values |= {name: [item(part) for part in cell.split("\x1f")]} if cell else {}
            elif cell:
                values[name] = read.get(kind, str)(cell)
        found.append(values)
    return found


def test_the_import_tables_hold_together(folder: Path) -> None:
    nodes, ties = typed(folder / "nodes.csv"), typed(folder / "relationships.csv")
    iris = [node["iri"] for node in nodes]
    assert len(iris) == len(set(iris))
    assert {tie[end] for tie in ties for end in ("START_ID", "END_ID")} <= set(iris)
    assert all(node["LABEL"][0] in ("Entity", "Paper", "Author", "Category", "Result") for node in nodes)


def test_the_readme_names_the_files_and_the_delimiter(folder: Path) -> None:
    text = (folder / "README.txt").read_text(encoding="utf-8")
    for word in ("nodes.csv", "relationships.csv", "constraints.cypher", "graph.cypher", "U+001F"):
        assert word in text


def test_a_selection_keeps_results_with_their_things(few: GraphStore) -> None:
    nodes, ties = property_graph.property_graph(few, Selection(types=("Method", "Benchmark")))
    assert {label for node in nodes for label in node.labels} == {"Entity", "Method", "Benchmark", "Result"}
    known = {node.iri for node in nodes}
    assert all({tie.source[0], tie.target[0]} <= known for tie in ties)
    assert not [node for node in nodes if node.properties.get("value") == "4 ms"]


def test_unsure_results_are_left_out(
    made_graph: Callable[..., GraphStore], few_papers: tuple[ResolvedPaper, ...]
) -> None:
    first = few_papers[0]
    sure, doubted = first.extraction.results
    graph = made_graph(
        (replace(first, extraction=replace(first.extraction, results=(sure, replace(doubted, score=0.2)))),)
    )
    for least, values in ((0.0, {"98.3%", "12%"}), (0.5, {"98.3%"})):
        nodes, _ = property_graph.property_graph(graph, Selection(min_score=least))
        assert {node.properties["value"] for node in nodes if node.labels == ("Result",)} == values


def test_no_list_value_holds_the_separator(
    made_graph: Callable[..., GraphStore], few_papers: tuple[ResolvedPaper, ...]
) -> None:
    odd = replace(few_papers[3], paper=replace(few_papers[3].paper, categories=("a\x1fb", "c")))
    nodes, _ = property_graph.property_graph(made_graph((odd,)), Selection())
    assert {tuple(cast("list[str]", n.properties.get("categories", []))) for n in nodes} == {(), ("a\ufffdb", "c")}
