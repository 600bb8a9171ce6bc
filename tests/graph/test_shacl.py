"""Shapes: each is broken by its file in tests/shapes/invalid and by no other, and says what to do."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from pyshacl import validate as pyshacl_validate
from rdflib import RDF, SH, BNode, Graph, URIRef

from kg import resources
from kg.errors import OntologyError
from kg.graph.evidence import PaperGraph, faults
from kg.graph.shacl import Breach, Shapes, Violation, validate
from kg.graph.store import GraphStore
from kg.graph.vocab import CONSTRAINTS, ROLE_CONSTRAINTS, curie, name, term
from kg.model import EntityType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.model import ResolvedPaper

FILES = Path(__file__).resolve().parent.parent / "shapes"
INVALID = sorted(FILES.joinpath("invalid").glob("*.ttl"))
CHECKED_BY_KG = {"kgsh:Offsets", "kgsh:EvidenceHoldsEnds", "kgsh:EdgeHasClaim", "kgsh:SameType"}
COMPONENTS = [
    "nodeKind",
    "closed",
    "minCount",
    "maxCount",
    "datatype",
    "minLength",
    "pattern",
    "or",
    "not",
    "class",
    "in",
    "minInclusive",
    "maxInclusive",
    "equals",
    "disjoint",
    "lessThan",
]
BASE = "https://example.org/"


def triples(path: Path) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE)]


def rdflib_graph(found: list[ox.Triple]) -> Graph:
    return Graph().parse(ox.serialize(found, format=ox.RdfFormat.N_TRIPLES), format="nt")


def shapes() -> Shapes:
    return Shapes(resources.ontology("shapes.ttl"), resources.ontology("kg.ttl"))


@pytest.fixture(scope="module")
def broken() -> list[ox.Triple]:
    """Return all invalid files in one graph, each broken node renamed to ``<shape>/<constraint>``."""
    parts = {f"{BASE}{component}": component for component in COMPONENTS}

    def renamed(node: ox.NamedNode | ox.BlankNode | ox.Literal, shape: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        if isinstance(node, ox.NamedNode) and node.value in parts:
            return ox.NamedNode(f"{BASE}{shape}/{parts[node.value]}")
        return ox.BlankNode(shape) if isinstance(node, ox.BlankNode) else node

    found = triples(FILES / "valid" / "base.ttl")
    for path in INVALID:
        found += [
            ox.Triple(renamed(t.subject, path.stem), t.predicate, renamed(t.object, path.stem)) for t in triples(path)
        ]
    return found


def expected(path: Path) -> set[tuple[str, str, str]]:
    """Return what a file breaks: the node, the shape, the constraint."""
    subjects = {t.subject for t in triples(path)}
    named = {f"{path.stem}/{c}": c for c in COMPONENTS if ox.NamedNode(f"{BASE}{c}") in subjects}
    blank = {path.stem: "nodeKind"} if any(isinstance(s, ox.BlankNode) for s in subjects) else {}
    return {(node, f"kgsh:{path.stem}", component) for node, component in (named | blank).items()}


@pytest.fixture(scope="module")
def reference(broken: list[ox.Triple]) -> set[tuple[str, str, str]]:
    """Return what pySHACL finds with the shapes as they stand in the file."""
    _, report, _ = pyshacl_validate(
        rdflib_graph(broken),
        shacl_graph=Graph().parse(resources.ontology("shapes.ttl")),
        ont_graph=Graph().parse(resources.ontology("kg.ttl")),
        inference="none",
    )
    return set(found_in(report))


def found_in(report: Graph) -> Iterator[tuple[str, str, str]]:
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus = report.value(result, SH.focusNode)
        shape = curie(str(report.value(result, SH.sourceShape)))
        component = str(report.value(result, SH.sourceConstraintComponent)).partition("#")[2]
        short = component.removesuffix("ConstraintComponent")
        node = shape.removeprefix("kgsh:") if isinstance(focus, BNode) else str(focus).removeprefix(BASE)
        yield node, shape, short[0].lower() + short[1:]


@pytest.fixture(scope="module")
def found(broken: list[ox.Triple]) -> list[Breach]:
    return shapes().breaches(broken)


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_each_file_breaks_exactly_its_shape(
    path: Path, reference: set[tuple[str, str, str]], found: list[Breach]
) -> None:
    wanted = expected(path)
    assert wanted
    assert {row for row in reference if row[0].split("/")[0] == path.stem} == wanted
    here = {(b.focus.removeprefix(BASE), b.shape) for b in found if b.focus.startswith(f"{BASE}{path.stem}/")}
    assert here == {(node, shape) for node, shape, component in wanted if node != path.stem}


def test_nothing_else_is_broken(reference: set[tuple[str, str, str]], found: list[Breach]) -> None:
    assert reference == set().union(*map(expected, INVALID))
    assert {b.shape for b in found} == {shape for _, shape, _ in reference}


def test_every_constraint_has_a_file() -> None:
    graph = Graph().parse(resources.ontology("shapes.ttl"))
    named = [s for s in graph.subjects(RDF.type, None, unique=True) if isinstance(s, URIRef)]
    constraints = {(curie(str(s)), c) for s in named for c in COMPONENTS if (s, SH[c], None) in graph}
    assert {(shape, component) for path in INVALID for _, shape, component in expected(path)} == constraints
    known = {
        *COMPONENTS,
        "path",
        "message",
        "property",
        "targetClass",
        "targetSubjectsOf",
        "ignoredProperties",
        "deactivated",
        "alternativePath",
    }
    assert {str(p).removeprefix(str(SH)) for p in graph.predicates() if p in SH} <= known


@pytest.mark.parametrize("path", sorted(FILES.joinpath("valid").glob("*.ttl")), ids=lambda path: path.stem)
def test_valid_files_conform(path: Path) -> None:
    assert shapes().breaches(triples(path)) == []


def test_shapes_are_themselves_valid() -> None:
    graph = Graph().parse(resources.ontology("shapes.ttl"))
    conforms, _, text = pyshacl_validate(Graph(), shacl_graph=graph, meta_shacl=True)
    assert conforms, text


def test_every_shape_says_what_is_wrong_and_what_to_do() -> None:
    graph = Graph().parse(resources.ontology("shapes.ttl"))
    loaded = shapes()
    named = {
        s for s in graph.subjects(RDF.type, None) if isinstance(s, URIRef) and (s, RDF.type, SH.NodeShape) in graph
    }
    parts = set(graph.subjects(RDF.type, SH.PropertyShape))
    assert len(named) > 20
    for shape in named | parts:
        assert loaded.remedy(curie(str(shape))).endswith(".")
    for shape in parts:
        assert loaded.message(curie(str(shape))).endswith(".")


def test_shapes_and_constraints_allow_the_same() -> None:
    """Every relation between every two types, and every role to every type: the shapes say what the table says."""
    nodes = {kind: ox.NamedNode(f"{BASE}to/{kind}") for kind in EntityType}
    found, allowed = [], {}

    def named(node: ox.NamedNode, kind: EntityType) -> None:
        found.extend(
            ox.Triple(node, name(p), o)
            for p, o in (
                ("rdf:type", term(kind)),
                ("kg:mainType", term(kind)),
                ("skos:prefLabel", ox.Literal("x")),
                ("rdfs:label", ox.Literal("x")),
            )
        )

    for kind, node in nodes.items():
        named(node, kind)
    for (relation, constraint), kind, to in itertools.product(CONSTRAINTS.items(), EntityType, EntityType):
        node = ox.NamedNode(f"{BASE}{relation}/{kind}/{to}")
        named(node, kind)
        found.append(ox.Triple(node, term(relation), nodes[to]))
        allowed[node.value] = constraint.problem(relation, kind, to) is None
    for (role, constraint), to in itertools.product(ROLE_CONSTRAINTS.items(), EntityType):
        node = ox.NamedNode(f"{BASE}{role}/{to}")
        for p, o in (("dcterms:title", "P"), ("rdfs:label", "P"), ("dcterms:identifier", "p")):
            found.append(ox.Triple(node, name(p), ox.Literal(o)))
        found += [ox.Triple(node, name("rdf:type"), name("kg:Paper")), ox.Triple(node, term(role), nodes[to])]
        allowed[node.value] = constraint.problem(role, None, to) is None
    broken = {breach.focus for breach in shapes().breaches(found)}
    read = PaperGraph.of(ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(BASE)) for t in found)
    broken |= {fault.focus.value for fault in faults(read) if fault.shape == "SameType"}
    assert broken == {node for node, fine in allowed.items() if not fine}
    assert len(broken) > 200


def test_a_graph_of_everything_conforms(varied_graph: Path) -> None:
    with GraphStore.open(varied_graph) as store:
        assert validate(store) == ()


def damage(folder: Path, *, remove: list[tuple[str, str, str]], add: list[tuple[str, str, str]], graph: str) -> None:
    """Change triples, each written as prefixed names or N-Triples terms, in a named graph."""

    def node(text: str) -> ox.NamedNode | ox.Literal:
        if text.startswith('"'):
            return ox.Literal(text.strip('"'))
        return ox.NamedNode(text) if "://" in text else name(text)

    with GraphStore.update(folder) as store:
        named = ox.NamedNode(f"{store.iris.base}graph/{graph}")
        for row in remove:
            quad = ox.Quad(*map(node, row), named)
            assert quad in store.store
            store.store.remove(quad)
        for row in add:
            store.store.add(ox.Quad(*map(node, row), named))


@pytest.fixture
def damaged(varied_graph: Path) -> Callable[..., tuple[Violation, ...]]:
    def run(**change: list[tuple[str, str, str]] | str) -> tuple[Violation, ...]:
        damage(varied_graph, **{"remove": [], "add": [], **change})
        with GraphStore.open(varied_graph) as store:
            return validate(store)

    return run


WALKER = "https://arxiv.org/abs/2601.00011"
ID = "https://w3id.org/arxiv-kg/id/"


def test_changed_text_is_seen(damaged: Callable[..., tuple[Violation, ...]]) -> None:
    title = ("dcterms:title", '"Does StrideNet see the stairs?"', '"Does StrideNet see?"')
    paper = "https://arxiv.org/abs/2601.00012"
    found = damaged(graph="2601.00012", remove=[(paper, *title[:2])], add=[(paper, title[0], title[2])])
    assert {(v.shape, v.paper, v.path) for v in found} == {("kgsh:Offsets", "2601.00012", "oa:exact")}
    shown = next(v for v in found if v.value == "stride-net")
    assert shown.sentence == "stride-net"
    assert shown.text().splitlines()[0] == f"2601.00012: {shown.message} [kgsh:Offsets]"
    assert "what to do: Add the paper again" in shown.text()
    assert shown.to_json()["focus"].endswith("#selector")


def test_an_edge_needs_a_claim(damaged: Callable[..., tuple[Violation, ...]]) -> None:
    edge = (f"{ID}thing/trotnet", "kg:runsOn", f"{ID}thing/unitree-go2")
    (found,) = damaged(graph="2601.00011", add=[edge])
    assert (found.shape, found.focus, found.path, found.value) == ("kgsh:EdgeHasClaim", *edge)


def test_a_claim_needs_its_edge(damaged: Callable[..., tuple[Violation, ...]]) -> None:
    edge = (WALKER, "kg:proposes", f"{ID}thing/stridenet")
    (found,) = damaged(graph="2601.00011", remove=[edge])
    assert (found.shape, found.focus, found.value) == ("kgsh:EdgeHasClaim", WALKER, edge[2])


def test_evidence_must_hold_the_ends(damaged: Callable[..., tuple[Violation, ...]], varied_graph: Path) -> None:
    with GraphStore.open(varied_graph) as store:
        rows = store.store.query(
            "SELECT ?c ?e WHERE { GRAPH ?g { ?c rdf:predicate kg:runsOn ; kg:evidence ?e ; kg:statedIn"
            f" <{WALKER}> }} }}",
            prefixes={"rdf": name("rdf:").value, "kg": name("kg:").value},
        )
        (row,) = list(rows)
    wrong = f"{ID}span/2601.00011/0-9"
    claim, evidence = row["c"].value, row["e"].value
    found = damaged(graph="2601.00011", remove=[(claim, "kg:evidence", evidence)], add=[(claim, "kg:evidence", wrong)])
    assert {(v.shape, v.focus, v.path) for v in found} == {
        ("kgsh:EvidenceHoldsEnds", claim, "kg:subjectSpan"),
        ("kgsh:EvidenceHoldsEnds", claim, "kg:objectSpan"),
    }
    assert {v.sentence for v in found} == {"StrideNet"}


def test_a_broken_label_is_named_once(damaged: Callable[..., tuple[Violation, ...]]) -> None:
    node = f"{ID}thing/unitree-go2"
    (found,) = damaged(graph="entities", add=[(node, "skos:altLabel", '"Unitree Go2"')])
    assert (found.paper, found.focus, found.shape, found.path) == (
        "2601.00011",
        node,
        "kgsh:Named-prefLabel",
        "skos:prefLabel",
    )
    assert found.value == "Unitree Go2"
    assert "which writes the labels anew" in found.remedy


def test_a_closed_shape_names_the_property(damaged: Callable[..., tuple[Violation, ...]]) -> None:
    (found,) = damaged(graph="2601.00011", add=[(WALKER, "kg:unit", '"m"')])
    assert (found.shape, found.path, found.value) == ("kgsh:Paper", "kg:unit", "m")


def test_only_the_papers_asked_for_are_checked(varied_graph: Path) -> None:
    damage(varied_graph, remove=[], add=[(WALKER, "kg:unit", '"m"')], graph="2601.00011")
    with GraphStore.open(varied_graph) as store:
        assert validate(store, ["2601.00012", "2512.00013"]) == ()
        assert validate(store, []) == ()
        assert [v.paper for v in validate(store, ["2601.00011"])] == ["2601.00011"]


def test_unreadable_offsets_are_left_to_the_shapes(damaged: Callable[..., tuple[Violation, ...]]) -> None:
    selector = f"{ID}span/2601.00011/0-9#selector"
    found = damaged(
        graph="2601.00011",
        add=[(selector, "oa:start", '"zero"'), (f"{ID}span/2601.00011/77-78", "rdf:type", "oa:SpecificResource")],
    )
    assert {v.shape for v in found} == {"kgsh:Selector-start", "kgsh:Span-hasSource", "kgsh:Span-hasSelector"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@prefix sh: <http://www.w3.org/ns/shacl#> .\n<a:x> a sh:NodeShape , .", "no valid Turtle"),
        ("@prefix sh: <http://www.w3.org/ns/shacl#> .\n<a:x> a sh:PropertyShape .", "the shapes are broken"),
    ],
)
def test_broken_shapes_are_an_ontology_error(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OntologyError, match=why) as caught:
        Shapes(path, resources.ontology("kg.ttl")).breaches([])
    assert caught.value.path == path
    assert caught.value.remedy


def test_missing_shapes_are_an_ontology_error(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match="cannot be read"):
        Shapes(tmp_path / "none.ttl", resources.ontology("kg.ttl"))


@pytest.mark.shared
def test_real_papers_conform(gold: tuple[ResolvedPaper, ...], tmp_path: Path) -> None:
    with GraphStore.rebuild(tmp_path / "graph") as store:
        store.add(gold[:60])
        assert validate(store) == ()
