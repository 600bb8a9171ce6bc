"""GEXF and GraphML, read again by networkx, igraph and graphology: nothing lost, nothing changed."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import math
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import igraph
import lxml.etree
import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import ConfigError
from kg.exporters import EXPORTERS, gexf, graphml, presets, with_preset
from kg.exporters.markup import Markup, clean, weight
from kg.graph.drawing import COLOURS, degrees, positions, size
from kg.graph.network import Selection, network, split
from kg.graph.vocab import PREFIXES
from kg.model import Network, NetworkEdge, NetworkNode

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.graph.store import GraphStore

GEPHI_RESERVED = {"id", "label", "source", "target", "type", "weight", "interval", "timeset", "timestamp"}
GEXF = "{http://gexf.net/1.3}"
VIZ = "{http://gexf.net/1.3/viz}"

awkward = st.text(max_size=40) | st.sampled_from(
    [
        '"quoted", <b>&amp;</b>',
        "line\nfeed\r\n\ttab",
        "a\\b|c",
        "😀 שלום \u202e",
        "nul\x00bell\x07",
        "line ends \r \x85 \u2028 \u2029",
        "\ufffe",
        " spaces  ",
        "x" * 100_000,
    ]
)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Return a network of two nodes and two edges with awkward texts everywhere a paper's text may come."""
    text = draw(st.lists(awkward, min_size=4, max_size=4))
    number, count = draw(st.floats(0, 1, allow_subnormal=False)), draw(st.integers(0, 2**31 - 1))
    a = NetworkNode("http://x/a", "Method", text[0], {"aliases": text[1], "paper_count": count})
    b = NetworkNode("http://x/b", "Paper", text[2], {"identifier": text[3]})
    edges = tuple(
        NetworkEdge(f"b|{kind}|a", b.key, a.key, kind, {"support": 1, "papers": text[3], "score": number})
        for kind in ("mentions", "uses")
    )
    return Network((a, b), edges)


def file_of(found: Network, module: Any, folder: Path) -> Path:
    path = folder / f"file.{module.__name__.rpartition('.')[2]}"
    stream = io.StringIO()
    module.write_network(Markup(stream), found)
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    return path


def nodes_of(found: Network) -> dict[str, dict[str, Any]]:
    """Return what a reader must find of each node: label, kind, attributes, look."""
    degree, places = degrees(found), positions(found)
    return {
        n.key: {
            k: clean(v) if isinstance(v, str) else v
            for k, v in {"label": n.label, "kind": n.type, **n.attributes}.items()
        }
        | {"color": COLOURS[n.type].lower(), "size": size(degree[n.key]), "x": places[n.key][0], "y": places[n.key][1]}
        for n in found.nodes
    }


def edges_of(found: Network) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return what a reader must find of each edge: its ends, relation, weight, attributes."""
    return {
        e.key: (
            e.source,
            e.target,
            {k: clean(v) if isinstance(v, str) else v for k, v in e.attributes.items()}
            | {"relation": e.type, "weight": float(e.attributes["support"])},
        )
        for e in found.edges
    }


def day(data: dict[str, Any]) -> str | None:
    """Return when something with this date begins."""
    date = data.get("date")
    return f"{date}-01" if date and len(date) == 7 else date


def by_networkx_gexf(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    graph = nx.read_gexf(path, version="1.3")
    nodes = {}
    for key, data in graph.nodes(data=True):
        viz = data.pop("viz")
        assert data.pop("start", None) == day(data)
        colour = "#{r:02x}{g:02x}{b:02x}".format(**viz["color"])
        nodes[key] = data | {"color": colour, "size": viz["size"], "x": viz["position"]["x"], "y": viz["position"]["y"]}
    edges = {}
    for source, target, data in graph.edges(data=True):
        assert data.pop("label") == data["relation"]
        assert data.pop("start", None) == day(data)
        edges[data.pop("id")] = (source, target, data)
    return nodes, edges


def by_networkx_graphml(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    graph = nx.read_graphml(path, force_multigraph=True)
    iris = {key: data.pop("iri") for key, data in graph.nodes(data=True)}
    nodes = {iris[key]: data | {"color": data["color"].lower()} for key, data in graph.nodes(data=True)}
    return nodes, by_ends({key: (iris[a], iris[b], data) for a, b, key, data in graph.edges(keys=True, data=True)})


def by_igraph(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    graph = igraph.Graph.Read_GraphML(str(path))

    def present(attributes: dict[str, Any]) -> dict[str, Any]:
        # igraph has no absent values: an absent text is empty, an absent number not a number.
        return {k: v for k, v in attributes.items() if v == v and k not in ("id", "iri")}  # noqa: PLR0124 - not a number

    iris = [v["iri"] for v in graph.vs]
    nodes = {v["iri"]: present(v.attributes()) | {"color": v["color"].lower()} for v in graph.vs}
    return nodes, by_ends({str(e.index): (iris[e.source], iris[e.target], present(e.attributes())) for e in graph.es})


def by_ends(edges: dict[str, Any]) -> dict[str, Any]:
    """Key edges by what they say: in GraphML they are numbered."""
    return {
        "|".join((source, data["relation"], target)): (source, target, data) for source, target, data in edges.values()
    }


def by_graphology(read: Callable[[Path], dict[str, Any]], path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    graph = read(path)
    nodes, iris = {}, {}
    for node in graph["nodes"]:
        data = node["attributes"]
        rgb = re.fullmatch(r"rgb\((\d+),(\d+),(\d+)\)", data["color"])
        data["color"] = "#{:02x}{:02x}{:02x}".format(*map(int, rgb.groups())) if rgb else data["color"].lower()
        data.pop("z", None)
        iris[node["key"]] = data.pop("iri", node["key"])
        nodes[iris[node["key"]]] = data
    edges = {}
    for edge in graph["edges"]:
        data = edge["attributes"]
        for copy in ("label", "kind"):
            assert data.pop(copy, data["relation"]) == data["relation"]
        edges[edge["key"]] = (iris[edge["source"]], iris[edge["target"]], data)
    return nodes, by_ends(edges)


def without_empty(found: tuple[dict[str, Any], dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Leave out empty texts: several readers do not tell them from absent ones."""
    nodes, edges = found
    return (
        {key: {k: v for k, v in data.items() if v not in ("", None)} for key, data in nodes.items()},
        {key: (s, t, {k: v for k, v in data.items() if v not in ("", None)}) for key, (s, t, data) in edges.items()},
    )


def grammar(name: str) -> lxml.etree.RelaxNG:
    return lxml.etree.RelaxNG(file=Path(__file__).with_name(f"{name}.rng"))


@pytest.fixture
def exported(few: GraphStore, tmp_path: Path) -> Callable[[str], Path]:
    def export(name: str) -> Path:
        (path,) = EXPORTERS[name].write(few, tmp_path / f"graph.{name}", Selection())
        return path

    return export


def expected(few: GraphStore) -> tuple[dict[str, Any], dict[str, Any]]:
    found = network(few)
    return nodes_of(found), edges_of(found)


def test_networkx_reads_the_gexf(few: GraphStore, exported: Callable[[str], Path]) -> None:
    assert by_networkx_gexf(exported("gexf")) == expected(few)


def test_networkx_reads_the_graphml(few: GraphStore, exported: Callable[[str], Path]) -> None:
    nodes, edges = expected(few)
    assert by_networkx_graphml(exported("graphml")) == (nodes, by_ends(edges))


def test_igraph_reads_the_graphml(few: GraphStore, exported: Callable[[str], Path]) -> None:
    nodes, edges = expected(few)
    assert without_empty(by_igraph(exported("graphml"))) == (nodes, by_ends(edges))


@pytest.mark.node
@pytest.mark.parametrize("name", ["gexf", "graphml"])
def test_graphology_reads_both(
    few: GraphStore, exported: Callable[[str], Path], graphology: Callable[[Path], dict[str, Any]], name: str
) -> None:
    nodes, edges = expected(few)
    assert by_graphology(graphology, exported(name)) == (nodes, by_ends(edges))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(found=networks())
def test_awkward_texts_come_back_from_gexf(found: Network, tmp_path: Path) -> None:
    read = by_networkx_gexf(file_of(found, gexf, tmp_path))
    assert without_empty(read) == without_empty((nodes_of(found), edges_of(found)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(found=networks())
def test_awkward_texts_come_back_from_graphml(found: Network, tmp_path: Path) -> None:
    path = file_of(found, graphml, tmp_path)
    wanted = without_empty((nodes_of(found), by_ends(edges_of(found))))
    assert without_empty(by_networkx_graphml(path)) == wanted
    assert without_empty(by_igraph(path)) == wanted


@pytest.mark.node
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=8)
@given(found=networks())
def test_awkward_texts_come_back_from_graphology(
    found: Network, tmp_path: Path, graphology: Callable[[Path], dict[str, Any]]
) -> None:
    for module in (gexf, graphml):
        read = by_graphology(graphology, file_of(found, module, tmp_path))
        assert without_empty(read) == without_empty((nodes_of(found), by_ends(edges_of(found))))


@pytest.mark.parametrize("name", ["gexf", "graphml"])
@pytest.mark.parametrize("preset", presets.PRESETS)
def test_files_follow_the_grammar(few: GraphStore, tmp_path: Path, name: str, preset: str) -> None:
    (path,) = with_preset(name, preset).write(few, tmp_path / "file", Selection())
    grammar(name).assertValid(lxml.etree.parse(path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(found=networks())
def test_awkward_texts_follow_the_grammar(found: Network, tmp_path: Path) -> None:
    for module, name in ((gexf, "gexf"), (graphml, "graphml")):
        grammar(name).assertValid(lxml.etree.parse(file_of(found, module, tmp_path)))


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("gexf", 'version="1.3"', 'version="1.2"'),
        ("gexf", 'type="double"', 'type="real"'),
        ("gexf", 'start="2', 'start="in 2'),
        ("gexf", "<viz:size value=", "<viz:size size="),
        ("graphml", 'id="n0"', 'id="https://arxiv.org/abs/1"'),
        ("graphml", 'attr.type="int"', 'attr.type="integer"'),
        ("graphml", 'edgedefault="directed"', ""),
    ],
)
def test_the_grammar_finds_what_is_wrong(exported: Callable[[str], Path], name: str, right: str, wrong: str) -> None:
    text = exported(name).read_text(encoding="utf-8")
    assert right in text
    assert not grammar(name).validate(lxml.etree.fromstring(text.replace(right, wrong, 1).encode()))


def test_gexf_declares_each_attribute_once_and_none_that_gephi_reserves(exported: Callable[[str], Path]) -> None:
    root = ET.parse(exported("gexf")).getroot()  # noqa: S314 - our own
    for declared in root.iter(f"{GEXF}attributes"):
        titles = [attribute.get("title", "") for attribute in declared]
        assert len(titles) == len(set(titles)) > 1
        assert not GEPHI_RESERVED & {title.lower() for title in titles}
    ids = [edge.get("id") for edge in root.iter(f"{GEXF}edge")]
    assert len(ids) == len(set(ids)) > 1


def test_gexf_names_no_time_and_no_place(exported: Callable[[str], Path]) -> None:
    root = ET.parse(exported("gexf")).getroot()  # noqa: S314 - our own
    meta = root.find(f"{GEXF}meta")
    assert meta is not None
    assert not meta.attrib
    assert root.get("version") == "1.3"
    assert len(list(root.iter(f"{VIZ}position"))) == len(list(root.iter(f"{GEXF}node")))


@pytest.mark.parametrize("name", ["gexf", "graphml"])
def test_equal_graphs_give_equal_bytes(few: GraphStore, tmp_path: Path, name: str) -> None:
    for folder in ("one", "two"):
        EXPORTERS[name].write(few, tmp_path / folder / "file", Selection())
    assert (tmp_path / "one" / "file").read_bytes() == (tmp_path / "two" / "file").read_bytes()


@pytest.mark.parametrize("name", ["gexf", "graphml"])
def test_a_selection_without_anything_is_a_valid_file(few: GraphStore, tmp_path: Path, name: str) -> None:
    nothing = Selection(types=("Hardware",), categories=("hep-th",))
    (path,) = EXPORTERS[name].write(few, tmp_path / "none", nothing)
    graph = nx.read_gexf(path) if name == "gexf" else nx.read_graphml(path)
    assert len(graph) == 0


def test_gexf_is_dynamic_where_there_are_dates(exported: Callable[[str], Path], tmp_path: Path) -> None:
    root = ET.parse(exported("gexf")).getroot()  # noqa: S314 - our own
    graph = root.find(f"{GEXF}graph")
    assert graph is not None
    assert (graph.get("mode"), graph.get("timeformat")) == ("dynamic", "date")
    starts = [item.get("start") for kind in ("node", "edge") for item in root.iter(f"{GEXF}{kind}")]
    assert all(dt.date.fromisoformat(start) for start in starts if start)
    assert sum(map(bool, starts)) > len(starts) / 2
    undated = ET.parse(file_of(Network((), ()), gexf, tmp_path)).getroot().find(f"{GEXF}graph")  # noqa: S314
    assert undated is not None
    assert undated.get("mode") == "static"


def papers_by(few: GraphStore, pattern: str) -> dict[tuple[str, ...], set[str]]:
    """Return the papers (``?p``) of each answer of a pattern, by its other variables, sorted."""
    query = f"SELECT DISTINCT ?p ?a ?b {{ {pattern} }}"
    rows: Any = few.store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    found = defaultdict(set)
    for row in rows:
        found[tuple(sorted((row["a"].value, row["b"].value)))].add(row["p"].value)
    return found


def test_co_authors_are_what_sparql_pairs(few: GraphStore) -> None:
    found = presets.co_authors(few, Selection())
    pairs = papers_by(few, "?p dcterms:creator ?a, ?b FILTER(STR(?a) < STR(?b))")
    assert {(e.source, e.target): e.attributes["support"] for e in found.edges} == {
        pair: len(papers) for pair, papers in pairs.items()
    }
    assert {node.type for node in found.nodes} == {"Author"}
    assert len(found.edges) > 0


def test_methods_and_benchmarks_are_what_sparql_finds(few: GraphStore) -> None:
    found = presets.method_benchmark(few, Selection())
    rows = papers_by(
        few,
        "GRAPH ?p { ?a kg:evaluatedOn ?b } ?a a kg:Method . ?b a ?t VALUES ?t { kg:Benchmark kg:Dataset kg:Method }",
    )
    assert {tuple(sorted((e.source, e.target))): e.attributes["support"] for e in found.edges} == {
        ends: len(graphs) for ends, graphs in rows.items()
    }
    assert {end for e in found.edges for end in (e.source, e.target)} == {node.key for node in found.nodes} > set()


def test_papers_are_alike_by_what_few_others_name(few: GraphStore) -> None:
    found = presets.paper_similarity(few, Selection())
    whole = network(few)
    papers = {node.key for node in whole.nodes if node.type == "Paper"}
    entities = {node.key: node.label for node in whole.nodes if node.type not in ("Paper", "Author")}
    named = {p: {e.target for e in whole.edges if e.source == p and e.target in entities} for p in papers}
    assert {node.key for node in found.nodes} == papers
    for edge in found.edges:
        shared = named[edge.source] & named[edge.target]
        assert edge.attributes["support"] == len(shared) > 0
        assert split(str(edge.attributes["shared"])) == tuple(sorted(entities[thing] for thing in shared))
        worth = sum(math.log(len(papers) / sum(t in things for things in named.values())) for t in shared)
        assert edge.attributes["similarity"] == pytest.approx(worth, abs=1e-4)
    assert len(found.edges) > 0


def test_a_paper_keeps_its_ten_nearest() -> None:
    alike = {("a", f"p{n:02}"): float(n) for n in range(15)} | {("b", "p00"): 0.0}
    # All of the fifteen have none nearer than this one, so each keeps it; a pair with nothing to say is none.
    assert presets._nearest(alike) == sorted(pair for pair, value in alike.items() if value > 0)
    crowd = dict.fromkeys(itertools.combinations("abcdefghijklmnop", 2), 1.0)
    kept = presets._nearest(crowd)
    assert len(kept) < len(crowd)
    assert min(Counter(end for pair in kept for end in pair).values()) == 10


@pytest.mark.parametrize("name", ["gexf", "graphml"])
@pytest.mark.parametrize("preset", presets.PRESETS)
def test_every_preset_is_read_again(few: GraphStore, tmp_path: Path, name: str, preset: str) -> None:
    (path,) = with_preset(name, preset).write(few, tmp_path / "file", Selection())
    found = presets.PRESETS[preset](few, Selection())
    graph = nx.read_gexf(path, version="1.3") if name == "gexf" else nx.read_graphml(path, force_multigraph=True)
    assert graph.is_directed() == (preset in ("whole", "method-benchmark"))
    keys = set(graph) if name == "gexf" else {iri for _, iri in graph.nodes(data="iri")}
    assert keys == {node.key for node in found.nodes}
    weights = sorted(data["weight"] for _, _, data in graph.edges(data=True))
    assert weights == sorted(weight(edge) for edge in found.edges)
    assert len({edge.key for edge in found.edges}) == len(found.edges)


def test_presets_go_with_networks_only() -> None:
    with pytest.raises(ConfigError, match="turtle has no presets"):
        with_preset("turtle", "whole")
