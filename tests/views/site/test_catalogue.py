"""What pages are made of agrees with what the graph says of single nodes, and comes newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from kg.graph.describe import describe
from kg.graph.names import AUTHOR, CATEGORY, KINDS, PAPER, named
from kg.graph.vocab import name
from kg.model import Paper
from kg.views.site.catalogue import gather, is_read

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.graph.store import GraphStore
    from kg.views.site.catalogue import Library


def test_every_node_has_the_label_and_kind_that_the_graph_gives(graph: GraphStore) -> None:
    library = gather(graph)
    assert {node.kind for node in library.nodes.values()} <= KINDS
    for node in library.nodes.values():
        about = named(graph.store, NamedNode(node.iri))
        assert (node.label, node.kind) == (about.label, about.kind)
    ends = {end for paper in library.papers.values() for claim in paper.claims for end in (claim.subject, claim.object)}
    assert ends <= library.nodes.keys()


def test_what_is_said_of_a_thing_is_what_kg_show_says(graph: GraphStore) -> None:
    library = gather(graph)
    for label in ("GenMimic", "Unitree G1", "success rate"):
        [portrait] = describe(graph, label).portraits
        iri = portrait.node.iri
        stated = [*library.relations.get(iri, ()), *library.back.get(iri, ())]
        assert {(f.subject.iri, f.predicate, f.object.iri, f.paper.iri) for f in portrait.relations} == {
            (s.claim.subject, s.claim.predicate, s.claim.object, s.paper.iri) for s in stated
        }
        assert {(f.predicate, f.paper.iri) for f in portrait.roles} == {
            (s.claim.predicate, s.paper.iri) for s in library.roles.get(iri, ())
        }
        assert len(portrait.figures) == len({id(m.result) for m in library.results.get(iri, ())})
        assert library.nodes[iri].aliases == portrait.aliases


def test_lists_have_the_newest_paper_first(graph: GraphStore) -> None:
    library = gather(graph)
    assert [paper.date for paper in library.papers.values()] == ["2025-12-05", "2025-11", ""]
    [g1] = [node for node in library.nodes.values() if node.label == "Unitree G1"]
    assert [stated.paper.date for stated in library.roles[g1.iri]] == ["2025-12-05", "2025-11"]
    assert [paper.id for paper in library.papers_of(g1.iri)] == ["2512.05094", "2511.00001"]


def test_authors_and_categories_know_their_papers(library_of: Callable[..., Library]) -> None:
    written = [
        (Paper("2501.00001", "One", "A.", authors=("Ada Lovelace", "Bo Li"), categories=("cs.RO", "my.own")), {}),
        (Paper("2502.00001", "Two", "B.", authors=("Ada Lovelace", "Ada Lovelace")), {}),
    ]
    library = library_of((paper, {"id": paper.id, **line}) for paper, line in written)
    by_label = {node.label: node for node in library.nodes.values()}
    assert [paper.id for paper in library.papers_of(by_label["Ada Lovelace"].iri)] == ["2502.00001", "2501.00001"]
    assert by_label["Ada Lovelace"].kind == AUTHOR
    assert by_label["cs.RO"].aliases == ("Robotics",)
    assert (by_label["my.own"].kind, by_label["my.own"].aliases) == (CATEGORY, ())
    assert library.papers_of(by_label["cs.RO"].iri) == library.papers_of(by_label["One"].iri)
    assert by_label["Two"].kind == PAPER


def test_what_the_ontology_refuses_or_the_text_doubts_does_not_count(graph: GraphStore) -> None:
    library = gather(graph)
    for paper in library.papers.values():
        edges = {(q.subject, q.predicate, q.object) for q in graph.quads(graph.iris.graph(paper.id))}
        for claim in paper.claims:
            edge = (NamedNode(claim.subject), name(f"kg:{claim.predicate}"), NamedNode(claim.object))
            assert (edge in edges) == is_read(claim) == claim.direct


def test_what_is_known_of_a_thing_and_its_versions(library_of: Callable[..., Library]) -> None:
    text = "OpenVLA and OpenVLA-OFT are tested."
    line = {"id": "2501.00001", "e": [["OpenVLA", "Method", "uses"], ["OpenVLA-OFT", "Method", "uses"]]}
    library = library_of([(Paper("2501.00001", "One", text), line)])
    by_label = {node.label: node for node in library.nodes.values()}
    known = by_label["OpenVLA"]
    assert known.definition
    assert known.maker
    assert any(address.startswith("https://") for address in known.see)
    assert by_label["OpenVLA-OFT"].variant_of == (known.iri,)
    assert library.kin[known.iri] == [by_label["OpenVLA-OFT"].iri]
