"""The network is the graph: counted against SPARQL, attribute by attribute, and cut as a selection says."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ConfigError
from kg.graph.network import DRAWN, Selection, joined, neighbourhood, network, selected_papers, split
from kg.graph.vocab import PREFIXES
from kg.model import EntityType, Network, NetworkEdge, NetworkNode, RelationType, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyoxigraph as ox

    from kg.graph.store import GraphStore
    from kg.model import ResolvedPaper

STATEMENTS = " ".join(f"kg:{value}" for value in (*Role, *RelationType))


def rows(graph: GraphStore, query: str) -> set[tuple[str, ...]]:
    found = graph.store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    return {tuple("" if v is None else v.value for v in row) for row in cast("ox.QuerySolutions", found)}


def by_label(found: Network) -> dict[str, NetworkNode]:
    return {node.label: node for node in found.nodes}


def edge(found: Network, source: str, kind: str, target: str) -> NetworkEdge:
    labels = {node.key: node.label for node in found.nodes}
    return next(e for e in found.edges if (labels[e.source], e.type, labels[e.target]) == (source, kind, target))


def labels(found: Network) -> set[str]:
    return {node.label for node in found.nodes}


def test_the_whole_network_has_every_node_and_direct_statement(few: GraphStore) -> None:
    found = network(few)
    classes = " ".join(f"kg:{kind}" for kind in (*EntityType, "Paper", "Author"))
    nodes = rows(few, f"SELECT ?n ?c {{ VALUES ?c {{ {classes} }} ?n a ?c }}")
    assert {(node.key, PREFIXES["kg"] + node.type) for node in found.nodes} == nodes
    edges = rows(few, f"SELECT ?s ?p ?o {{ VALUES ?p {{ {STATEMENTS} dcterms:creator }} ?s ?p ?o }}")
    assert {(e.source, e.type, e.target) for e in found.edges} == {
        (s, p.replace(PREFIXES["dcterms"], PREFIXES["kg"]).removeprefix(PREFIXES["kg"]), o) for s, p, o in edges
    }


def test_hedged_and_inadmissible_statements_are_no_edges(few: GraphStore) -> None:
    found = network(few)
    runs_on = [e for e in found.edges if e.type == "runsOn"]
    assert [e.attributes["papers"] for e in runs_on] == ["2601.00001"]
    assert not [e for e in found.edges if e.source.endswith("metric/latency")]
    assert "Latency" in labels(found)


def test_nodes_and_edges_are_sorted_with_unique_keys(few: GraphStore) -> None:
    found = network(few)
    for items in (found.nodes, found.edges):
        keys = [item.key for item in items]
        assert keys == sorted(set(keys))


def test_every_attribute_has_one_type_and_none_is_empty(few: GraphStore) -> None:
    found = network(few, Selection().all_kinds())
    types: dict[str, set[type]] = {}
    for item in (*found.nodes, *found.edges):
        for name, value in item.attributes.items():
            types.setdefault(name, set()).add(type(value))
            assert value != ""
    assert all(len(kinds) == 1 for kinds in types.values())
    assert set().union(*types.values()) <= {str, int, float}


def test_attributes_of_a_paper(few: GraphStore) -> None:
    node = by_label(network(few))["GripNet: dexterous grasping on a Unitree G1"]
    assert node.type == "Paper"
    assert node.attributes == {"identifier": "2601.00001", "date": "2026-01-05", "categories": "cs.RO|cs.LG"}


def test_the_primary_category_comes_first(few: GraphStore) -> None:
    assert by_label(network(few))["Does OpenVLA see? A probe"].attributes["categories"] == "cs.CV|cs.RO"


def test_results_stand_with_what_they_are_of(few: GraphStore) -> None:
    nodes = by_label(network(few))
    assert split(str(nodes["GripNet"].attributes["results"])) == (
        "success rate 12% (increase) on LIBERO against OpenVLA",
        "success rate 98.3% on LIBERO",
    )
    assert nodes["Maps that forget"].attributes["results"] == "Latency 4 ms"


def test_results_are_those_of_the_selected_papers_that_are_asserted(few: GraphStore) -> None:
    for papers, results in {(): "success rate 71% on LIBERO", ("2601.00001",): None}.items():
        node = by_label(network(few, Selection(papers=papers)))["OpenVLA"]
        assert node.attributes.get("results") == results


def test_attributes_of_a_thing_count_all_its_papers(few: GraphStore) -> None:
    for selection in (Selection(), Selection(papers=("2601.00002",))):
        node = by_label(network(few, selection))["OpenVLA"]
        assert node.attributes["paper_count"] == 2
        assert node.attributes["date"] == "2026-01-05"


def test_aliases_are_joined(few: GraphStore) -> None:
    robot = next(node for node in network(few).nodes if node.type == "Robot" and "Unitree" in node.label)
    every = rows(few, f"SELECT ?a {{ <{robot.key}> skos:altLabel ?a }}")
    assert set(split(str(robot.attributes.get("aliases", "")))) == {a for (a,) in every}


def test_an_edge_sums_up_its_papers(
    made_graph: Callable[..., GraphStore], few_papers: tuple[ResolvedPaper, ...]
) -> None:
    found = network(made_graph(few_papers[:2]))
    score, first = 0.9, "2026-01-05"
    both = edge(found, "GripNet", "evaluatedOn", "LIBERO")
    assert both.attributes == {"support": 1, "papers": "2601.00001", "score": score, "date": first}
    author = edge(found, "GripNet: dexterous grasping on a Unitree G1", "creator", "Émilie du Châtelet")
    assert author.attributes == {"support": 1, "papers": "2601.00001", "date": first, "author_position": 2}
    assert author.key == f"{author.source}|creator|{few_papers[0].author_keys[1]}"


def test_support_and_score_over_papers(
    made_graph: Callable[..., GraphStore], few_papers: tuple[ResolvedPaper, ...]
) -> None:
    first = few_papers[0]
    twin = replace(first, paper=replace(first.paper, id="2601.00009", date="2026-01-01"))
    weaker = replace(twin.extraction, relations=tuple(replace(r, score=0.2) for r in twin.extraction.relations))
    graph = made_graph((first, replace(twin, extraction=replace(weaker, paper_id="2601.00009"))))
    both = edge(network(graph), "GripNet", "evaluatedOn", "LIBERO")
    assert both.attributes == {"support": 2, "papers": "2601.00001|2601.00009", "score": 0.9, "date": "2026-01-01"}
    strong = edge(network(graph, Selection(min_score=0.5)), "GripNet", "evaluatedOn", "LIBERO")
    assert strong.attributes["support"] == 1


def test_the_order_of_papers_does_not_matter(
    made_graph: Callable[..., GraphStore], few_papers: tuple[ResolvedPaper, ...], few: GraphStore
) -> None:
    shuffled = list(few_papers)
    random.Random(4).shuffle(shuffled)  # noqa: S311 - no secret
    assert network(made_graph(shuffled)) == network(few)


def test_an_empty_graph(made_graph: Callable[..., GraphStore]) -> None:
    assert network(made_graph(())) == Network((), ())


@pytest.mark.parametrize(
    ("selection", "there", "missing"),
    [
        (Selection(types=("method", "Benchmark")), {"GripNet", "OpenVLA", "LIBERO"}, {"PyTorch", "Ada Lovelace"}),
        (Selection(papers=("arXiv:2512.00003v1",)), {"ForgetMap", "Grace Hopper"}, {"GripNet", "OpenVLA"}),
        (Selection(papers=("local paper #4",)), {"שלום עולם"}, {"GripNet"}),
        (Selection(categories=("CS.cv",)), {"OpenVLA", "LIBERO"}, {"GripNet", "ForgetMap"}),
        (Selection(categories=("cs.LG", "cs.CV")), {"OpenVLA", "GripNet"}, {"ForgetMap"}),
        (Selection(categories=("cs.RO",), papers=("hep-th/9901001",)), set(), {"A note without things", "GripNet"}),
        (Selection(around=("diffusion  policy",)), {"GripNet", "Diffusion Policy"}, {"LIBERO", "Ada Lovelace"}),
        (Selection(around=("diffusion-policy",), hops=2), {"LIBERO", "OpenVLA", "Ada Lovelace"}, {"ForgetMap"}),
        (Selection(around=("diffusion-policy",), hops=3), {"Maps that forget"}, {"ForgetMap"}),
        (Selection(around=("thing/gripnet",), types=("Benchmark",)), {"GripNet", "LIBERO"}, {"OpenVLA"}),
        (Selection(around=("2512.00003",)), {"ForgetMap", "Grace Hopper"}, {"GripNet"}),
        (Selection(around=("Grace Hopper",), types=DRAWN), {"Grace Hopper", "Maps that forget"}, {"ForgetMap"}),
        (Selection(around=("cs.CV",)), {"cs.CV", "Does OpenVLA see? A probe"}, {"OpenVLA"}),
        (
            Selection(around=("Ada Lovelace",), categories=("cs.CV",)),
            {"Does OpenVLA see? A probe"},
            {"Maps that forget", "GripNet: dexterous grasping on a Unitree G1"},
        ),
        (Selection(around=("LIBERO",), papers=("2601.00002",)), {"OpenVLA"}, {"GripNet"}),
    ],
)
def test_a_selection_cuts(few: GraphStore, selection: Selection, there: set[str], missing: set[str]) -> None:
    found = network(few, selection)
    assert there <= labels(found)
    assert not missing & labels(found)
    keys = {node.key for node in found.nodes}
    assert all(e.source in keys and e.target in keys for e in found.edges)


def test_a_least_score_drops_weak_statements(few: GraphStore) -> None:
    weak = ("ForgetMap", "usedFor", "mapping")
    assert edge(network(few), *weak).attributes["score"] == 0.4
    strong = network(few, Selection(min_score=0.5))
    assert {"ForgetMap", "mapping"} <= labels(strong)
    assert not [e for e in strong.edges if e.attributes.get("score", 1.0) < 0.5]


def test_a_least_score_drops_what_only_weak_statements_name(
    made_graph: Callable[..., GraphStore], few_papers: tuple[ResolvedPaper, ...]
) -> None:
    first, *rest = few_papers[0].extraction.entities
    doubted = replace(few_papers[0].extraction, entities=(first, *(replace(e, role_score=0.3) for e in rest)))
    graph = made_graph((replace(few_papers[0], extraction=replace(doubted, relations=())),))
    kept = {node.label for node in network(graph, Selection(types=DRAWN, min_score=0.5)).nodes}
    assert kept == {"GripNet", "GripNet: dexterous grasping on a Unitree G1"}


def test_around_gives_all_edges_among_its_nodes(few: GraphStore) -> None:
    found = neighbourhood(few, "GripNet", 1)
    keys = {node.key for node in found.nodes}
    whole = network(few)
    assert found.edges == tuple(e for e in whole.edges if e.source in keys and e.target in keys)
    assert {node.type for node in found.nodes} <= set(DRAWN)


def test_looking_up_few_papers_gives_what_reading_all_gives(few: GraphStore) -> None:
    one = network(few, Selection(papers=("2601.00001",)))
    three = network(few, Selection(papers=("2601.00001", "2601.00002", "hep-th/9901001")))
    assert {e.key for e in one.edges} <= {e.key for e in three.edges}
    in_first = {e.key for e in network(few).edges if "2601.00001" in split(str(e.attributes["papers"]))}
    assert {e.key for e in one.edges} == in_first


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"types": ("Methods",)}, "Did you mean Method?"),
        ({"types": ("zebra",)}, "Did you mean"),
        ({"hops": 4}, "Give 1 to 3."),
        ({"hops": 0}, "Give 1 to 3."),
        ({"min_score": 1.1}, "Give 0 to 1."),
    ],
)
def test_a_wrong_value_is_refused(values: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words.replace("?", r"\?")):
        Selection(**values)  # type: ignore[arg-type]  # the mistake is the point


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        (Selection(around=("GripNett",)), "Did you mean GripNet"),
        (Selection(papers=("2601.00003",)), "Did you mean"),
        (Selection(categories=("cs.R0",)), "cs.RO"),
        (Selection(categories=("zzz",)), "cs or cs.CV or cs.LG"),
        (Selection(papers=("zzz",)), "kg stats"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(few: GraphStore, selection: Selection, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        network(few, selection)


@pytest.mark.parametrize(
    ("selection", "ids"),
    [
        (Selection(), {"2512.00003", "2601.00001", "2601.00002", "hep-th/9901001", "local paper #4"}),
        (Selection(categories=("cs.CV",)), {"2601.00002"}),
        (Selection(types=("Robot",)), {"2512.00003", "2601.00001", "2601.00002"}),
        (Selection(types=("Robot", "Dataset"), categories=("cs.LG", "hep-th")), {"2601.00001"}),
        (Selection(types=("Author",)), {"2512.00003", "2601.00001", "2601.00002", "hep-th/9901001", "local paper #4"}),
        (Selection(around=("LIBERO",)), {"2601.00001", "2601.00002"}),
        (Selection(around=("LIBERO",), types=("Robot",)), {"2601.00001", "2601.00002"}),
        (Selection(around=("Grace Hopper",)), {"2512.00003"}),
        (Selection(around=("2601.00002",)), {"2601.00002"}),
        (Selection(around=("LIBERO",), hops=3, types=("Author", "Paper")), {"2512.00003", "2601.00001", "2601.00002"}),
    ],
)
def test_whole_papers_of_a_selection(few: GraphStore, selection: Selection, ids: set[str]) -> None:
    graphs = selected_papers(few, selection)
    assert [few.iris.paper_of(graph) for graph in graphs] == sorted(ids, key=lambda i: few.iris.graph(i).value)


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1).filter(lambda values: values != [""]))
def test_joined_values_come_apart_again(values: list[str]) -> None:
    assert split(joined(values)) == tuple(values)


def test_nothing_joined_is_nothing() -> None:
    empty: Iterable[str] = ()
    assert joined(empty) == ""
    assert split("") == ()
