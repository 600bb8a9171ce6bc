"""VoID and DCAT count what SPARQL counts, and nanopublications are valid ones that hold all that was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib import DCAT, DCTERMS, PROV, RDF, VOID, Namespace, URIRef

from kg.exporters import EXPORTERS
from kg.exporters.rdf import fingerprint
from kg.graph.network import Selection
from kg.graph.vocab import name
from kg.resources import ontology

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.graph.store import GraphStore

NP = Namespace("http://www.nanopub.org/nschema#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib uses its own deprecated names


def described(graph: GraphStore, folder: Path, selection: Selection | None = None) -> tuple[rdflib.Graph, URIRef]:
    (path,) = EXPORTERS["void"].write(graph, folder / "void.ttl", selection or Selection())
    found = rdflib.Graph().parse(path, format="turtle")
    (whole,) = found.subjects(RDF.type, VOID.Dataset)
    assert isinstance(whole, URIRef)
    return found, whole


def asked(graph: GraphStore, query: str) -> dict[str, int]:
    rows = graph.store.query(query, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    return {row["key"].value: int(row["n"].value) for row in rows}


def test_counts_are_sparqls(few: GraphStore, tmp_path: Path) -> None:
    found, whole = described(few, tmp_path)
    triples = {(q.subject, q.predicate, q.object) for q in few.quads()}
    assert found.value(whole, VOID.triples) == rdflib.Literal(len(triples))
    assert found.value(whole, VOID.documents) == rdflib.Literal(len(few.papers()))
    classes = {
        str(found.value(part, VOID["class"])): int(str(found.value(part, VOID.entities)))
        for part in found.objects(whole, VOID.classPartition)
    }
    assert classes == asked(few, "SELECT ?key (COUNT(DISTINCT ?s) AS ?n) { ?s a ?key } GROUP BY ?key")
    properties = {
        str(found.value(part, VOID.property)): int(str(found.value(part, VOID.triples)))
        for part in found.objects(whole, VOID.propertyPartition)
    }
    query = "SELECT ?key (COUNT(*) AS ?n) { { SELECT DISTINCT ?s ?key ?o { ?s ?key ?o } } } GROUP BY ?key"
    assert properties == asked(few, query)
    assert sum(properties.values()) == len(triples)


def test_distributions_are_the_exports_and_one_has_the_hash(few: GraphStore, tmp_path: Path) -> None:
    found, whole = described(few, tmp_path)
    forms = {str(part).rpartition("#")[2] for part in found.objects(whole, DCAT.distribution)}
    assert forms == {"turtle", "trig", "nquads", "canonical", "jsonld", "rdfxml"}
    assert forms <= EXPORTERS.keys()
    (checksum,) = found.subjects(RDF.type, SPDX.Checksum)
    assert str(found.value(checksum, SPDX.checksumValue)).lower() == fingerprint(few, Selection())
    period = found.value(whole, DCTERMS.temporal)
    dates = sorted(q.object.value for q in few.store.quads_for_pattern(None, name("dcterms:issued"), None))
    assert (str(found.value(period, DCAT.startDate)), str(found.value(period, DCAT.endDate))) == (dates[0], dates[-1])


def test_a_part_is_described_as_a_part(few: GraphStore, tmp_path: Path) -> None:
    found, whole = described(few, tmp_path, Selection(categories=("cs.CV",)))
    assert found.value(whole, VOID.documents) == rdflib.Literal(1)


def test_an_empty_graph_has_no_period(made_graph: Callable[..., GraphStore], tmp_path: Path) -> None:
    found, whole = described(made_graph(()), tmp_path)
    assert found.value(whole, VOID.triples) == rdflib.Literal(0)
    assert found.value(whole, DCTERMS.temporal) is None


# ------------------------------------------------------------------------------------------------ nanopublications


@pytest.fixture(scope="module")
def published(few: GraphStore, tmp_path_factory: pytest.TempPathFactory) -> rdflib.Dataset:
    folder = tmp_path_factory.mktemp("nanopub")
    (path,) = EXPORTERS["nanopub"].write(few, folder / "np.trig", Selection())
    dataset = rdflib.Dataset()
    dataset.parse(path, format="trig")
    return dataset


def test_each_paper_is_a_valid_nanopublication(few: GraphStore, published: rdflib.Dataset) -> None:
    """The conditions of the guidelines: four graphs, told apart, and each says of the right thing."""
    heads = {g.identifier: g for g in published.graphs() if (None, RDF.type, NP.Nanopublication) in g}
    assert len(heads) == len(few.papers())
    used = set(heads)
    for head in heads.values():
        (this,) = head.subjects(RDF.type, NP.Nanopublication)
        parts = [head.value(this, NP[p]) for p in ("hasAssertion", "hasProvenance", "hasPublicationInfo")]
        assert len(head) == 4
        assert len({this, head.identifier, *parts}) == 5
        assertion, provenance, info = (published.graph(part) for part in parts)
        assert len(assertion) > 0
        assert (assertion.identifier, PROV.wasDerivedFrom, None) in provenance
        assert (this, DCTERMS.creator, None) in info
        used |= set(parts)
    assert {g.identifier for g in published.graphs() if len(g)} == used


def test_nothing_of_a_paper_is_lost_in_its_nanopublication(few: GraphStore, published: rdflib.Dataset) -> None:
    for paper in few.papers():
        graph = few.iris.graph(paper)
        this = f"{few.iris.base}nanopub/{graph.value.rpartition('/')[2]}"
        lines = "".join(f"{ox.Triple(q.subject, q.predicate, q.object)} .\n" for q in few.quads(graph))
        stored = set(rdflib.Graph().parse(data=lines, format="nt"))
        found = {t for part in ("assertion", "provenance") for t in published.graph(URIRef(f"{this}#{part}"))}
        assert stored <= found
        added = {t for t in found - stored if str(t[0]) != f"{this}#assertion"}
        assert {str(predicate) for _, predicate, _ in added} <= {name("rdfs:label").value}


def test_what_turtle_says_keeps_to_the_shapes(few: GraphStore, tmp_path: Path) -> None:
    for form, parser in {"turtle": "turtle", "rdfxml": "xml"}.items():
        (path,) = EXPORTERS[form].write(few, tmp_path / form, Selection())
        data = rdflib.Graph().parse(path, format=parser)
        shapes = rdflib.Graph().parse(ontology("shapes.ttl"), format="turtle")
        classes = rdflib.Graph().parse(ontology("kg.ttl"), format="turtle")
        conforms, _, text = pyshacl.validate(data, shacl_graph=shapes, ont_graph=classes)
        assert conforms, text
