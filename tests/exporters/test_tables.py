"""The CSV tables: read by the standard library, every value exactly as the graph has it."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.exporters import EXPORTERS
from kg.exporters.tables import TABLES
from kg.graph.network import Selection, network, split

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.graph.store import GraphStore
    from kg.model import ResolvedPaper

Table = list[dict[str, str]]


def tables(graph: GraphStore, folder: Path, selection: Selection | None = None) -> dict[str, Table]:
    found = {}
    for path in EXPORTERS["csv"].write(graph, folder / "csv", selection or Selection()):
        with path.open(encoding="utf-8", newline="") as stream:
            found[path.stem] = list(csv.DictReader(stream, strict=True))
    return found


@pytest.fixture
def few_tables(few: GraphStore, tmp_path: Path) -> dict[str, Table]:
    return tables(few, tmp_path)


def test_each_table_has_its_columns(few_tables: dict[str, Table]) -> None:
    assert {name: tuple(rows[0]) for name, rows in few_tables.items()} == {n: tuple(c) for n, c in TABLES.items()}


def test_nodes_and_edges_are_the_network(few: GraphStore, few_tables: dict[str, Table]) -> None:
    found = network(few, Selection().all_kinds())
    assert [(row["iri"], row["kind"], row["label"]) for row in few_tables["nodes"]] == [
        (node.key, node.type, node.label) for node in found.nodes
    ]
    for row, edge in zip(few_tables["edges"], found.edges, strict=True):
        attributes = {k: v for k, v in row.items() if v and k not in ("key", "source", "target", "relation")}
        assert attributes == {k: str(v) for k, v in edge.attributes.items()}
        assert (row["key"], row["source"], row["relation"], row["target"]) == (
            edge.key,
            edge.source,
            edge.type,
            edge.target,
        )


def test_a_large_graph_is_read_another_way_to_the_same_tables(
    few: GraphStore, tmp_path: Path, few_tables: dict[str, Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.graph.network._MANY", 1)
    assert tables(few, tmp_path / "large") == few_tables


def test_papers_are_the_papers_given(few_papers: tuple[ResolvedPaper, ...], few_tables: dict[str, Table]) -> None:
    rows = {row["identifier"]: row for row in few_tables["papers"]}
    assert set(rows) == {p.paper.id for p in few_papers}
    for paper in (p.paper for p in few_papers):
        row = rows[paper.id]
        assert (row["title"], row["abstract"]) == (paper.title, paper.abstract)
        assert split(row["authors"]) == paper.authors
        assert split(row["categories"]) == paper.categories
        assert split(row["keywords"]) == tuple(sorted(paper.keywords))
        assert row["comment"] == (paper.comment or "")
    assert rows["2601.00001"]["version"] == "2"
    assert rows["2601.00001"]["doi"] == "10.48550/arXiv.2601.00001"


def test_claims_tell_where_they_stand(few_papers: tuple[ResolvedPaper, ...], few_tables: dict[str, Table]) -> None:
    texts = {p.paper.id: p.paper.text for p in few_papers}
    ids = {row["iri"]: row["identifier"] for row in few_tables["papers"]}
    assert len(few_tables["claims"]) == sum(
        len(p.extraction.entities) + len(p.extraction.relations) for p in few_papers
    )
    for row in few_tables["claims"]:
        text = texts[ids[row["paper"]]]
        starts, ends = split(row["evidence_start"]), split(row["evidence_end"])
        assert split(row["evidence"]) == tuple(text[int(a) : int(b)] for a, b in zip(starts, ends, strict=True))
        if row["name"]:
            assert text[int(row["object_start"]) : int(row["object_end"])] in text
            assert row["subject_start"] == ""
        assert row["extractor"] == "reader 1.0"


def test_claims_that_are_no_edges_say_why(few_tables: dict[str, Table]) -> None:
    unsure = {row["certainty"] for row in few_tables["claims"]}
    assert unsure == {"asserted", "hedged"}
    (reason,) = {row["quarantine_reason"] for row in few_tables["claims"]} - {""}
    assert "usedFor" in reason


def test_mentions_are_every_place_that_names_a_thing(
    few_papers: tuple[ResolvedPaper, ...], few_tables: dict[str, Table]
) -> None:
    texts = {p.paper.id: p.paper.text for p in few_papers}
    ids = {row["iri"]: row["identifier"] for row in few_tables["papers"]}
    rows = few_tables["mentions"]
    assert {(ids[row["paper"]], int(row["start"]), int(row["end"])) for row in rows} == {
        (p.paper.id, mention.start, mention.end)
        for p in few_papers
        for entity in p.extraction.entities
        for mention in entity.mentions
    }
    assert all(texts[ids[row["paper"]]][int(row["start"]) : int(row["end"])] == row["text"] for row in rows)
    things = {row["claim"]: row["object"] for row in few_tables["claims"]}
    assert all(things[row["claim"]] == row["entity"] for row in rows)


def test_results(few_tables: dict[str, Table]) -> None:
    rows = {row["value"]: row for row in few_tables["results"]}
    assert set(rows) == {"98.3%", "12%", "71%", "80%", "4 ms"}
    gain = rows["12%"]
    assert (gain["kind"], gain["number"], gain["unit"]) == ("increase", "12", "%")
    assert gain["baseline"].endswith("thing/openvla")
    assert gain["measured_on"].endswith("thing/libero")
    assert rows["4 ms"]["subject"] == ""
    assert rows["80%"]["certainty"] == "negated"


def test_a_selection_cuts_every_table(few: GraphStore, tmp_path: Path) -> None:
    found = tables(few, tmp_path, Selection(types=("Method", "Benchmark"), categories=("cs.LG",)))
    assert [row["identifier"] for row in found["papers"]] == ["2601.00001"]
    assert {row["relation"] for row in found["claims"]} == {"buildsOn", "evaluatedOn", "comparedWith"}
    assert {row["value"] for row in found["results"]} == {"98.3%", "12%"}
    weak = tables(few, tmp_path, Selection(min_score=0.5))
    assert not [row for row in weak["claims"] if float(row["score"]) < 0.5]


def test_what_papers_further_off_say_of_two_nodes_is_there(
    made_graph: Callable[..., GraphStore], few_papers: tuple[ResolvedPaper, ...], tmp_path: Path
) -> None:
    """A paper that does not name LIBERO compares two things that others tested on it."""
    first, second = few_papers[:2]
    gripnet, openvla = first.extraction.entities[0], first.extraction.entities[4]
    compared = replace(first.extraction.relations[2], subject=0, object=1)
    read = replace(first.extraction, paper_id="x", entities=(gripnet, openvla), relations=(compared,), results=())
    far = replace(first, paper=replace(first.paper, id="x"), extraction=read, keys=(first.keys[0], first.keys[4]))
    near = replace(first, extraction=replace(first.extraction, relations=first.extraction.relations[:2]))
    found = tables(made_graph((near, second, far)), tmp_path, Selection(around=("LIBERO",)))
    (edge,) = (row for row in found["edges"] if row["relation"] == "comparedWith")
    assert edge["papers"] == "x"
    assert [row["paper"] for row in found["claims"] if row["relation"] == "comparedWith"] == [
        row["iri"] for row in found["papers"] if row["identifier"] == "x"
    ]


def test_lines_end_as_rfc_4180_wants(few: GraphStore, tmp_path: Path) -> None:
    tables(few, tmp_path)
    text = (tmp_path / "csv" / "edges.csv").read_bytes()
    assert text.count(b"\r\n") == text.count(b"\n") > 1


legal = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(text=legal | st.sampled_from(['=HYPERLINK("x")', "nul\x00", 'a"b,c;d\r\ne', "\r", "|\\|", "x" * 200_000]))
def test_awkward_texts_come_back(
    text: str, few_papers: tuple[ResolvedPaper, ...], made_graph: Callable[..., GraphStore], tmp_path: Path
) -> None:
    limit, text = csv.field_size_limit(10**6), f"{text}."
    odd = replace(few_papers[3].paper, comment=text, keywords=(text, "other"), authors=(text,))
    graph = made_graph((replace(few_papers[3], paper=odd, author_keys=("author/x",)),))
    (row,) = tables(graph, tmp_path)["papers"]
    csv.field_size_limit(limit)
    assert row["comment"] == text
    assert set(split(row["keywords"])) == {text, "other"}
    assert split(row["authors"]) == (text,)
