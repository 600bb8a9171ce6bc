"""The ontology, what is generated from it, and that code and ontology say the same."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse
from rdflib import OWL, RDF, RDFS, URIRef

from kg import resources
from kg.graph.store import GraphStore
from kg.graph.terms import BEGIN, END, context_text, members, ontology, with_table, write
from kg.graph.vocab import CONSTRAINTS, PREFIXES, RESULT_CONSTRAINTS, ROLE_CONSTRAINTS, SUMMARY_TERMS, name, term
from kg.model import Certainty, EntityType, RelationType, ResultKind, Role, SummaryField

if TYPE_CHECKING:
    from pathlib import Path

KG = PREFIXES["kg"]
GRAPH = ontology()
OWN = sorted({str(s) for s in GRAPH.subjects() if isinstance(s, URIRef) and s.startswith(KG)})
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.NamedIndividual)


def types(found: list[str]) -> set[EntityType]:
    """Return the entity types that classes stand for, all of them for ``kg:Entity``."""
    return set(EntityType) if found == ["kg:Entity"] else {EntityType(cls.removeprefix("kg:")) for cls in found}


@pytest.mark.parametrize("iri", OWN, ids=lambda iri: iri.removeprefix(KG))
def test_every_term_is_documented(iri: str) -> None:
    node = URIRef(iri)
    assert sum((node, RDF.type, kind) in GRAPH for kind in KINDS) == 1
    for text in (GRAPH.value(node, RDFS.label), GRAPH.value(node, RDFS.comment)):
        assert text is not None
        assert text.language == "en"
    assert str(GRAPH.value(node, RDFS.comment)).endswith(".")
    if (node, RDF.type, OWL.ObjectProperty) in GRAPH or (node, RDF.type, OWL.DatatypeProperty) in GRAPH:
        assert members(GRAPH, node, RDFS.domain)
        assert members(GRAPH, node, RDFS.range)


def test_every_value_of_the_model_is_a_term() -> None:
    kinds = {
        OWL.Class: EntityType,
        OWL.ObjectProperty: [*Role, *RelationType],
        OWL.NamedIndividual: [*Certainty, *ResultKind],
    }
    for kind, values in kinds.items():
        for value in values:
            assert (URIRef(term(value).value), RDF.type, kind) in GRAPH
    assert set(SUMMARY_TERMS) == set(SummaryField)
    for node in SUMMARY_TERMS.values():
        assert (URIRef(node.value), RDF.type, OWL.DatatypeProperty) in GRAPH


def test_domains_and_ranges_are_those_of_the_code() -> None:
    for relation, constraint in CONSTRAINTS.items():
        node = URIRef(term(relation).value)
        assert types(members(GRAPH, node, RDFS.domain)) == constraint.domain
        assert types(members(GRAPH, node, RDFS.range)) == constraint.range
        assert (node, RDFS.subPropertyOf, URIRef(KG + "relatesTo")) in GRAPH
    for role, constraint in ROLE_CONSTRAINTS.items():
        node = URIRef(term(role).value)
        assert members(GRAPH, node, RDFS.domain) == ["kg:Paper"]
        assert types(members(GRAPH, node, RDFS.range)) == constraint.range
        assert (node, RDFS.subPropertyOf, URIRef(KG + "involves")) in GRAPH
    for end, constraint in RESULT_CONSTRAINTS.items():
        node = URIRef(name(end).value)
        assert members(GRAPH, node, RDFS.domain) == ["kg:Result"]
        assert types(members(GRAPH, node, RDFS.range)) == constraint.range
    assert set(CONSTRAINTS) == set(RelationType)
    assert set(ROLE_CONSTRAINTS) == set(Role)


def test_the_graph_uses_declared_terms_only(varied_graph: Path) -> None:
    declared = {str(s) for s in GRAPH.subjects(RDF.type, None)}
    with GraphStore.open(varied_graph) as store:
        used = {quad.predicate.value for quad in store.quads()}
        classes = {q.object.value for q in store.quads() if q.predicate == name("rdf:type")}
    assert (used | classes) - declared == {name("rdf:type").value}


def test_the_graph_uses_every_term(varied_graph: Path) -> None:
    """The invented papers hold every term, or a test elsewhere would miss one; super-terms stand in no graph."""
    with GraphStore.open(varied_graph) as store:
        used = {term.value for q in store.quads() for term in (q.predicate, q.object) if isinstance(term, NamedNode)}
    above = {"Entity", "Claim", "Certainty", "ResultKind", "involves", "relatesTo", "summary"}
    assert {iri.removeprefix(KG) for iri in OWN} - {iri.removeprefix(KG) for iri in used} == above


def test_generated_files_are_up_to_date() -> None:
    remedy = "run: python -m kg.graph.terms"
    readme = resources.ontology("README.md").read_text(encoding="utf-8")
    assert with_table(readme, GRAPH) == readme, remedy
    assert context_text(GRAPH) == resources.ontology("context.jsonld").read_text(encoding="utf-8"), remedy
    table = readme.partition(BEGIN)[2].partition(END)[0]
    for iri in OWN:
        assert f"| `kg:{iri.removeprefix(KG)}` |" in table


def test_generating_writes_what_is_there(tmp_path: Path) -> None:
    there = [resources.ontology("README.md"), resources.ontology("context.jsonld")]
    emptied = re.sub(f"{BEGIN}.*{END}", BEGIN + END, there[0].read_text(encoding="utf-8"), flags=re.DOTALL)
    tmp_path.joinpath("README.md").write_text(emptied, encoding="utf-8")
    write(tmp_path)
    assert [tmp_path.joinpath(path.name).read_bytes() for path in there] == [path.read_bytes() for path in there]


def test_the_context_reads_what_turtle_says() -> None:
    context = json.loads(resources.ontology("context.jsonld").read_text(encoding="utf-8"))
    base = "https://example.org/"
    node = {
        **context,
        "@id": f"{base}c",
        "@type": "RoleClaim",
        "statedIn": f"{base}p",
        "score": "0.5",
        "name": "OpenVLA",
        "kg:certainty": {"@id": "kg:asserted"},
        "rdf:subject": f"{base}p",
        "prov:wasGeneratedBy": f"{base}a",
    }
    turtle = f"""
        @prefix kg: <{KG}> . @prefix prov: <{PREFIXES["prov"]}> . @prefix rdf: <{PREFIXES["rdf"]}> . @base <{base}> .
        <c> a kg:RoleClaim ; kg:statedIn <p> ; kg:score 0.5e0 ; kg:name "OpenVLA" ; kg:certainty kg:asserted ;
            rdf:subject <p> ; prov:wasGeneratedBy <a> .
    """.replace("0.5e0", f'"0.5"^^<{PREFIXES["xsd"]}double>')
    read = {quad.triple for quad in parse(json.dumps(node), RdfFormat.JSON_LD)}
    assert read == {quad.triple for quad in parse(turtle, RdfFormat.TURTLE)}


def test_the_header_says_version_and_licence() -> None:
    head = URIRef("https://w3id.org/arxiv-kg/ns")
    said = {str(p): str(o) for p, o in GRAPH.predicate_objects(head)}
    assert said[str(OWL.versionIRI)] == f"{head}/{said[str(OWL.versionInfo)]}"
    assert "publicdomain/zero" in said[PREFIXES["dcterms"] + "license"]
