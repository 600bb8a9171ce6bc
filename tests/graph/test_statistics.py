"""The numbers are those of the papers that went in."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kg.graph.statistics import Claims, statistics
from kg.model import Extraction, Paper, ResultKind
from kg.resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.graph.store import GraphStore
    from kg.model import ResolvedPaper


@pytest.fixture(scope="module")
def graph(varied: tuple[ResolvedPaper, ...], made_graph: Callable[[Iterable[ResolvedPaper]], GraphStore]) -> GraphStore:
    return made_graph(varied)


def again(resolved: ResolvedPaper, paper_id: str) -> ResolvedPaper:
    paper = replace(resolved.paper, id=paper_id)
    return resolve(paper, replace(resolved.extraction, paper_id=paper_id))


def test_papers_authors_and_entities_are_counted(graph: GraphStore, varied: tuple[ResolvedPaper, ...]) -> None:
    found = statistics(graph)
    kinds = {
        (key, entity.type.value) for r in varied for key, entity in zip(r.keys, r.extraction.entities, strict=True)
    }
    assert found.papers == len(varied)
    assert found.authors == len({author for r in varied for author in r.author_keys if author != "author/~"})
    assert found.entities == Counter(kind for _, kind in kinds)
    assert found.categories == {"cs.RO": 2, "cs.CV": 1, "cs.LG": 1, "hep-th": 1, "my category": 1}
    assert next(iter(found.categories)) == "cs.RO"


def test_claims_are_told_apart_by_how_they_are_put(graph: GraphStore) -> None:
    found = statistics(graph).claims
    assert found["runsOn"] == Claims(asserted=3, tentative=0, hedged=1, negated=0, quarantined=0)
    assert found["trainedOn"] == Claims(asserted=2, tentative=0, hedged=0, negated=1, quarantined=0)
    assert found["usedFor"] == Claims(asserted=1, tentative=1, hedged=0, negated=0, quarantined=1)
    assert found["evaluatesOn"].quarantined == 1
    assert list(found)[:2] == ["proposes", "addresses"]


def test_results_that_are_asserted_are_counted(graph: GraphStore, varied: tuple[ResolvedPaper, ...]) -> None:
    found = statistics(graph).results
    assert found == {"absolute": 1, "increase": 1, "ratio": 1}
    assert sum(r.kind is ResultKind.DECREASE for p in varied for r in p.extraction.results) == 1


def test_dates_go_from_the_first_to_the_last(graph: GraphStore) -> None:
    found = statistics(graph)
    assert (found.first, found.last) == ("1999-01", "2026-01-07")


def test_support_is_the_mean_number_of_papers(
    varied: tuple[ResolvedPaper, ...], made_graph: Callable[[Iterable[ResolvedPaper]], GraphStore]
) -> None:
    walker = varied[0]
    assert statistics(made_graph([walker])).support == 1
    assert statistics(made_graph([walker, again(walker, "2601.00099")])).support == 2
    assert statistics(made_graph([walker, again(walker, "2601.00099"), varied[3]])).support == pytest.approx(
        1.9, abs=0.2
    )


def test_what_most_papers_name_comes_first(
    varied: tuple[ResolvedPaper, ...], made_graph: Callable[[Iterable[ResolvedPaper]], GraphStore]
) -> None:
    found = statistics(made_graph([*varied, again(varied[0], "2601.00098"), again(varied[0], "2601.00099")])).most_named
    counts = [n for _, n in found]
    assert len(found) == 10
    assert counts == sorted(counts, reverse=True)
    assert min(counts) >= 2
    assert found[0][0].label in {"StairSet", "legged locomotion"}


def test_the_text_and_the_json_say_the_same(graph: GraphStore) -> None:
    found = statistics(graph)
    text, values = found.text(), json.loads(json.dumps(found.to_json()))
    assert text.startswith(f"{found.papers} papers ({found.first} to {found.last}) · {found.authors} authors\n")
    assert "  runsOn              4  of them 1 hedged\n" in text
    assert "  usedFor             3  of them 1 tentative, 1 quarantined\n" in text
    assert values["claims"]["runsOn"] == {"asserted": 3, "tentative": 0, "hedged": 1, "negated": 0, "quarantined": 0}
    assert values["most_named"][0].keys() == {"label", "kind", "iri", "papers"}
    assert values["entities"] == dict(found.entities)


def test_a_graph_without_papers_has_only_zeros(made_graph: Callable[[Iterable[ResolvedPaper]], GraphStore]) -> None:
    found = statistics(made_graph([]))
    assert (found.papers, found.authors, found.support, found.first, found.last) == (0, 0, 0, "", "")
    assert not found.entities
    assert not found.claims
    assert found.text() == "0 papers · 0 authors\n\npapers behind a relation, on average: 0.00"


def test_a_paper_without_anything_is_a_paper(made_graph: Callable[[Iterable[ResolvedPaper]], GraphStore]) -> None:
    found = statistics(made_graph([resolve(Paper("x", "A title"), Extraction("x"))]))
    assert (found.papers, found.first) == (1, "")
