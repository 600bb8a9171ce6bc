"""RDF exports say what the store says, to Oxigraph and to rdflib, and the same bytes every time."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib.compare import to_isomorphic

from kg.errors import OntologyError
from kg.exporters import EXPORTERS
from kg.exporters.jsonld import Context
from kg.exporters.markup import clean
from kg.exporters.rdfxml import write_rdfxml
from kg.graph.network import Selection
from kg.graph.vocab import PREFIXES, name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.graph.store import GraphStore
    from kg.model import ResolvedPaper

FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "canonical": ox.RdfFormat.N_QUADS,
}
DATASETS = ("nquads", "trig", "canonical")
PARSERS = {"turtle": "turtle", "jsonld": "json-ld", "rdfxml": "xml", "canonical": "nquads"}


def write(graph: GraphStore, folder: Path, form: str, selection: Selection | None = None) -> Path:
    (path,) = EXPORTERS[form].write(graph, folder / f"graph{EXPORTERS[form].suffix}", selection or Selection())
    return path


def read(path: Path, form: str) -> set[ox.Quad]:
    return set(ox.parse(path=path, format=FORMATS[form]))


def merged(quads: set[ox.Quad]) -> set[ox.Quad]:
    return {ox.Quad(q.subject, q.predicate, q.object) for q in quads}


@pytest.mark.parametrize("form", FORMATS)
def test_every_quad_is_there(few: GraphStore, tmp_path: Path, form: str) -> None:
    stored = set(few.quads())
    found = read(write(few, tmp_path, form), form)
    assert found == (stored if form in DATASETS else merged(stored))


def rdflib_graph(quads: set[ox.Quad]) -> rdflib.Graph:
    lines = ox.serialize(merged_triples(quads), format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(lines, format="nt")


def merged_triples(quads: set[ox.Quad]) -> list[ox.Triple]:
    return [ox.Triple(q.subject, q.predicate, q.object) for q in quads]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib uses its own deprecated names
@pytest.mark.parametrize("form", ["turtle", "jsonld", "rdfxml"])
def test_rdflib_reads_an_isomorphic_graph(few: GraphStore, tmp_path: Path, form: str) -> None:
    found = rdflib.Graph().parse(write(few, tmp_path, form), format=PARSERS[form])
    assert to_isomorphic(found) == to_isomorphic(rdflib_graph(set(few.quads())))


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib uses its own deprecated names
@pytest.mark.parametrize("form", DATASETS)
def test_rdflib_reads_isomorphic_named_graphs(few: GraphStore, tmp_path: Path, form: str) -> None:
    found = rdflib.Dataset()
    found.parse(write(few, tmp_path, form), format=PARSERS.get(form, form))
    graphs = {str(graph.identifier): graph for graph in found.graphs() if len(graph)}
    assert set(graphs) == {graph.value for graph in few.store.named_graphs()}
    for graph in few.store.named_graphs():
        assert to_isomorphic(graphs[graph.value]) == to_isomorphic(rdflib_graph(set(few.quads(graph))))


@pytest.mark.parametrize("form", FORMATS)
def test_equal_graphs_give_equal_bytes(
    few_papers: tuple[ResolvedPaper, ...],
    made_graph: Callable[..., GraphStore],
    few: GraphStore,
    tmp_path: Path,
    form: str,
) -> None:
    again = made_graph(reversed(few_papers))
    assert write(again, tmp_path / "again", form).read_bytes() == write(few, tmp_path, form).read_bytes()


@pytest.mark.parametrize("seed", ["1", "2"])
def test_bytes_do_not_depend_on_the_process(few: GraphStore, tmp_path: Path, seed: str) -> None:
    code = (
        "import sys; from pathlib import Path; from kg.exporters import EXPORTERS\n"
        "from kg.graph.store import GraphStore\n"
        "from kg.graph.network import Selection; out = Path(sys.argv[2])\n"
        "[e.write(GraphStore.open(Path(sys.argv[1])), out / n, Selection()) for n, e in EXPORTERS.items()]"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run([sys.executable, "-c", code, str(few.folder), str(tmp_path / "other")], check=True, env=environment)
    for form, exporter in EXPORTERS.items():
        for path in exporter.write(few, tmp_path / "here" / form, Selection()):
            assert (tmp_path / "other" / path.relative_to(tmp_path / "here")).read_bytes() == path.read_bytes()


def test_nquads_are_in_order_of_graph_and_subject(few: GraphStore, tmp_path: Path) -> None:
    quads = list(ox.parse(path=write(few, tmp_path, "nquads"), format=ox.RdfFormat.N_QUADS))
    places = [(str(q.graph_name), str(q.subject)) for q in quads]
    assert places == sorted(places)


@pytest.mark.parametrize("form", ["turtle", "jsonld", "rdfxml"])
def test_what_several_papers_state_is_written_once(few: GraphStore, tmp_path: Path, form: str) -> None:
    path = write(few, tmp_path, form)
    found = [q for q in ox.parse(path=path, format=FORMATS[form]) if q.predicate == name("rdf:type")]
    assert len(found) == len(set(found))


def test_turtle_uses_prefixes_and_puts_the_type_first(few: GraphStore, tmp_path: Path) -> None:
    text = write(few, tmp_path, "turtle").read_text(encoding="utf-8")
    for prefix, namespace in PREFIXES.items():
        assert f"@prefix {prefix}: <{namespace}> ." in text
    assert "<https://arxiv.org/abs/2601.00001> a kg:Paper ;" in text


@pytest.mark.parametrize("form", FORMATS)
def test_a_selection_takes_whole_papers_and_the_labels_of_what_they_name(
    few: GraphStore, few_papers: tuple[ResolvedPaper, ...], tmp_path: Path, form: str
) -> None:
    chosen = next(p for p in few_papers if p.paper.id == "2601.00002")
    found = read(write(few, tmp_path, form, Selection(categories=("cs.CV",))), form)
    nodes = {few.iris.node(key) for key in (*chosen.keys, *chosen.author_keys)}
    stored = set(few.quads(few.iris.graph("2601.00002"))) | {
        q for q in few.quads(few.iris.entities) if q.subject in nodes
    }
    assert found == (stored if form in DATASETS else merged(stored))


def test_jsonld_names_its_context_itself_and_uses_its_terms(few: GraphStore, tmp_path: Path) -> None:
    document = json.loads(write(few, tmp_path, "jsonld").read_text(encoding="utf-8"))
    context = document["@context"]
    assert isinstance(context, dict)
    paper = next(node for node in document["@graph"] if node["@id"] == "https://arxiv.org/abs/2601.00001")
    assert paper["@type"] == "Paper"
    assert paper["proposes"].endswith("thing/gripnet")
    assert {key for key in paper if key[0] != "@" and ":" not in key} <= set(context)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    path = tmp_path / "context.jsonld"
    path.write_text(
        json.dumps(
            {
                "@context": {
                    "@version": 1.1,
                    "kg": "https://w3id.org/arxiv-kg/ns#",
                    "xsd": "http://www.w3.org/2001/XMLSchema#",
                    "title": "kg:title",
                    "uses": {"@id": "kg:uses", "@type": "@id"},
                    "certainty": {"@id": "kg:certainty", "@type": "@vocab"},
                    "score": {"@id": "https://w3id.org/arxiv-kg/ns#score", "@type": "xsd:double"},
                    "tldr": {"@id": "kg:tldr", "@container": "@language"},
                }
            }
        )
    )
    return Context.load(path)


def test_terms_stand_only_where_they_give_the_value_back(context: Context) -> None:
    ns, subject = PREFIXES["kg"], ox.NamedNode("http://x/s")
    values = {
        ("title", ox.Literal("T")): ("title", "T"),
        ("title", ox.Literal("T", language="en")): ("kg:title", {"@value": "T", "@language": "en"}),
        ("title", ox.NamedNode("http://x/o")): ("kg:title", {"@id": "http://x/o"}),
        ("uses", ox.NamedNode("http://x/o")): ("uses", "http://x/o"),
        ("uses", ox.Literal("o")): ("kg:uses", {"@value": "o"}),
        ("certainty", ox.NamedNode(f"{ns}hedged")): ("kg:certainty", {"@id": f"{ns}hedged"}),
        ("score", ox.Literal(0.5)): ("score", "0.5"),
        ("score", ox.Literal(5)): ("kg:score", {"@value": "5", "@type": PREFIXES["xsd"] + "integer"}),
        ("tldr", ox.Literal("x", language="zh")): ("kg:tldr", {"@value": "x", "@language": "zh"}),
    }
    for (local, value), (key, written) in values.items():
        node = context.node(subject, [ox.Triple(subject, ox.NamedNode(ns + local), value)])
        assert node == {"@id": "http://x/s", key: written}


def test_a_property_without_prefix_keeps_its_iri(context: Context) -> None:
    triples = [ox.Triple(ox.NamedNode("http://x/s"), ox.NamedNode("http://y/p"), ox.Literal(v)) for v in "ab"]
    assert context.node(triples[0].subject, triples)["http://y/p"] == [{"@value": "a"}, {"@value": "b"}]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"@context": 1}'])
def test_a_broken_context_is_a_broken_installation(tmp_path: Path, text: str) -> None:
    path = tmp_path / "context.jsonld"
    path.write_text(text)
    with pytest.raises(OntologyError, match="no JSON-LD context"):
        Context.load(path)


legal = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    text=legal
    | st.sampled_from(
        ["nul\x00", "a\r\nb\rc\x85\u2028", " ", "]]>&lt;", "\u202e\u2066", '"""\\\n', "😀" * 1000, "x" * 100_000]
    )
)
def test_awkward_texts_come_back(
    text: str, few_papers: tuple[ResolvedPaper, ...], made_graph: Callable[..., GraphStore], tmp_path: Path
) -> None:
    odd = replace(few_papers[3], paper=replace(few_papers[3].paper, comment=text or None, keywords=(f"k{text}k",)))
    graph = made_graph((odd,))
    expected = {q.object.value for q in graph.quads() if q.predicate == name("schema:keywords")}
    assert expected == {f"k{text}k"}
    for form in FORMATS:
        found = {
            q.object.value for q in read(write(graph, tmp_path, form), form) if q.predicate == name("schema:keywords")
        }
        assert found == ({clean(text) for text in expected} if form == "rdfxml" else expected)


def test_an_empty_graph_is_an_empty_document(made_graph: Callable[..., GraphStore], tmp_path: Path) -> None:
    empty = made_graph(())
    for form in FORMATS:
        assert not read(write(empty, tmp_path, form), form)


def test_rdfxml_names_any_property_that_xml_can_name() -> None:
    subject, value = ox.NamedNode("http://x/s"), ox.Literal("v", language="en")
    own = ox.Triple(subject, ox.NamedNode("http://own/path/x-1y"), value)
    stream = io.StringIO()
    write_rdfxml(stream, [own, ox.Triple(subject, name("kg:score"), ox.Literal(0.5))])
    found = ox.parse(stream.getvalue(), format=ox.RdfFormat.RDF_XML)
    assert {q.triple for q in found} == {own, ox.Triple(subject, name("kg:score"), ox.Literal(0.5))}
    with pytest.raises(ValueError, match="no name"):
        write_rdfxml(io.StringIO(), [ox.Triple(subject, ox.NamedNode("http://own/1/"), value)])
