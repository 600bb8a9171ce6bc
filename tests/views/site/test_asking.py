"""The queries behind long lists give all that the pages would have listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kg.graph.results import QUERY_PREFIXES
from kg.graph.store import GraphStore
from kg.views.site.asking import QUERIES, address, query
from kg.views.site.catalogue import gather, is_read
from kg.views.site.profiles import person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.views.site.catalogue import Library


@pytest.fixture(scope="module")
def asked(asked_graph: Path) -> Iterator[tuple[GraphStore, Library]]:
    with GraphStore.open(asked_graph) as store:
        yield store, gather(store)


def rows(store: GraphStore, listed: str, iri: str) -> list[Any]:
    text = query(listed, iri)
    return list(store.store.query(text, prefixes=dict(QUERY_PREFIXES), use_default_graph_as_union=True))


def test_papers_relations_and_results_of_every_thing(asked: tuple[GraphStore, Library]) -> None:
    store, library = asked
    counted = 0
    for iri, stated in library.roles.items():
        papers = rows(store, "papers", iri)
        assert {(row["paper"].value, row["role"].value.rpartition("#")[2]) for row in papers} == {
            (one.paper.iri, one.claim.predicate) for one in stated if is_read(one.claim)
        }
        links = {
            (row["subject"].value, row["relation"].value.rpartition("#")[2], row["object"].value)
            for row in rows(store, "relations", iri)
        }
        told = [*library.relations.get(iri, ()), *library.back.get(iri, ())]
        assert links == {(s.claim.subject, s.claim.predicate, s.claim.object) for s in told if is_read(s.claim)}
        figures = {id(one.result): one.result.value for one in library.results.get(iri, ())}
        assert sorted(row["value"].value for row in rows(store, "results", iri)) == sorted(figures.values())
        counted += len(links) + len(figures)
    assert counted > 20


def test_papers_co_authors_and_what_authors_proposed(asked: tuple[GraphStore, Library]) -> None:
    store, library = asked
    for iri, papers in library.by_author.items():
        about = person(library, library.nodes[iri])
        assert {row["paper"].value for row in rows(store, "papers", iri)} == {paper.iri for paper in papers}
        assert {(row["author"].value, int(row["papers"].value)) for row in rows(store, "co-authors", iri)} == set(
            about.others
        )
        assert {(row["paper"].value, row["thing"].value) for row in rows(store, "proposed", iri)} == {
            (one.paper.iri, one.claim.object) for one in about.proposed
        }
    for iri, papers in library.by_category.items():
        assert {row["paper"].value for row in rows(store, "papers", iri)} == {paper.iri for paper in papers}


@pytest.mark.parametrize("listed", sorted(QUERIES))
def test_the_address_carries_the_whole_query(listed: str) -> None:
    found = urlsplit(address(listed, "https://example.org/thing/c%2B%2B"))
    assert parse_qs(found.fragment)["query"] == [query(listed, "https://example.org/thing/c%2B%2B")]
