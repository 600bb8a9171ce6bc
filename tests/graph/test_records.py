"""Records in bulk say what the ways of reading single papers say: all of it, in the same words and places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from kg.graph.facts import RESULT_ENDS, FactReader
from kg.graph.quotes import quotes
from kg.graph.records import PaperClaim, PaperRecord, Passage, paper_records
from kg.graph.store import GraphStore
from kg.graph.vocab import Iris
from kg.model import Certainty, Extraction, Paper, Span, Summary, SummaryField
from kg.resolution import author_key, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.model import ResolvedPaper


@pytest.fixture
def graph(varied_graph: Path) -> Iterator[GraphStore]:
    with GraphStore.open(varied_graph) as store:
        yield store


def of(graph: GraphStore, paper_id: str) -> PaperRecord:
    return next(record for record in paper_records(graph) if record.id == paper_id)


def test_papers_come_by_id_with_what_their_source_says(graph: GraphStore, varied: tuple[ResolvedPaper, ...]) -> None:
    records = list(paper_records(graph))
    assert [record.id for record in records] == sorted(one.paper.id for one in varied)
    papers = {one.paper.id: one.paper for one in varied}
    for record in records:
        paper = papers[record.id]
        assert record.text == paper.text
        assert list(record.authors) == [
            graph.iris.node(author_key(name)).value for name in paper.authors if name.strip()
        ]
        assert sorted(record.categories) == sorted(graph.iris.category(code).value for code in set(paper.categories))
        assert record.categories[:1] == tuple(graph.iris.category(code).value for code in paper.categories[:1])
        assert record.comment == (paper.comment or "")
        assert {(w.field, w.language, w.text) for w in record.summaries} == {
            (s.field, s.language, s.text) for s in paper.summaries
        }


def test_claims_are_those_of_the_quotes(graph: GraphStore) -> None:
    """Every asserted statement, with its sentences and both places."""
    for record in paper_records(graph):
        expected = {
            (q.source, q.type, q.target, q.score, q.sentences, q.subject, q.object) for q in quotes(graph, [record.id])
        }
        asserted = [claim for claim in record.claims if claim.certainty == Certainty.ASSERTED]
        found = {
            (c.subject, c.predicate, c.object, c.score, c.sentences, c.subject_span, c.object_span) for c in asserted
        }
        assert found == expected
        assert len(asserted) == len(found)
        assert set(record.roles) | set(record.relations) == set(record.claims)


def test_claims_and_results_stand_as_facts_do(graph: GraphStore) -> None:
    """Certainty, problems, figures and their ends, of every kind that the papers have."""
    reader = FactReader(graph.store)
    seen = set()
    for record in paper_records(graph):
        holder = graph.iris.graph(record.id)
        facts = {
            (f.subject.iri, f.predicate, f.object.iri, f.score, f.certainty, f.problem)
            for f in reader.facts(graph=holder)
        }
        assert facts == {(c.subject, c.predicate, c.object, c.score, c.certainty, c.problem) for c in record.claims}
        figures = {
            (
                *(f.value, f.kind, f.score, f.certainty, f.problem, tuple(s.text for s in f.sentences)),
                *(f.ends[e].iri if e in f.ends else None for e in RESULT_ENDS),
            )
            for f in reader.figures(graph=holder)
        }
        assert figures == {
            (
                *(r.value, r.kind, r.score, r.certainty, r.problem, tuple(p.text for p in r.sentences)),
                *(r.metric, r.subject, r.baseline, r.on),
            )
            for r in record.results
        }
        seen |= {claim.certainty for claim in record.claims}
        assert all(record.text[r.value_span.start : r.value_span.end] for r in record.results)
        edges = {
            (q.subject.value, q.predicate.value.rpartition("#")[2], q.object.value)
            for q in graph.quads(holder)
            if isinstance(q.subject, NamedNode) and isinstance(q.object, NamedNode)
        }
        assert all(((c.subject, c.predicate, c.object) in edges) >= c.direct for c in record.claims)
    assert seen == set(Certainty)


def test_mentions_are_every_place_that_names_a_thing(graph: GraphStore, varied: tuple[ResolvedPaper, ...]) -> None:
    for one in varied:
        record = of(graph, one.paper.id)
        expected = {
            (mention.span, graph.iris.node(key).value)
            for key, entity in zip(one.keys, one.extraction.entities, strict=True)
            for mention in entity.mentions
        }
        assert set(record.mentions) == expected
        assert list(record.mentions) == sorted(record.mentions)


def test_numbers_and_units_are_read_and_an_unreadable_language_is_left_out(tmp_path: Path) -> None:
    paper = Paper(
        "2501.00001", "Fast", "A is 2.5 times faster.", summaries=(Summary(SummaryField.TLDR, "no tag!", "x"),)
    )
    line = {"id": paper.id, "e": [["A", "Method", "proposes"]], "q": [["2.5 times", -1, 0, -1, -1, "ratio"]]}
    with GraphStore.rebuild(tmp_path / "graph") as store:
        store.add([resolve(paper, Extraction.from_gold(line, paper.text))])
    with GraphStore.open(tmp_path / "graph") as store:
        [record] = paper_records(store)
    assert record.summaries == (("tldr", "", "x"),)
    [result] = record.results
    assert (result.value, result.kind, result.value_span) == ("2.5 times", "ratio", Span(10, 19))
    assert record.date == "2025-01"
    assert record.authors == record.categories == ()
    [role] = record.claims
    assert role == PaperClaim(
        "https://arxiv.org/abs/2501.00001",
        "proposes",
        Iris().node("thing/a").value,
        1.0,
        "asserted",
        direct=True,
        sentences=(Passage(5, "A is 2.5 times faster."),),
        subject_span=None,
        object_span=Span(5, 6),
    )


def test_a_result_knows_where_its_sentence_names_what_it_is_of(tmp_path: Path) -> None:
    """The same names elsewhere are none of its ends."""
    paper = Paper("2501.00001", "A on B", "A is new. With a rate of 90% A wins on B. B is old.")
    line = {
        "id": paper.id,
        "e": [["A", "Method", "proposes"], ["B", "Benchmark", "evaluatesOn"], ["rate", "Metric", "measures"]],
        "q": [["90%", 2, 0, -1, 1, "absolute"]],
    }
    read = Extraction.from_gold(line, paper.text)
    [result] = read.results
    sentence = "With a rate of 90% A wins on B."
    start = paper.text.index(sentence)
    result = replace(result, evidence=Span(start, start + len(sentence)))
    with GraphStore.rebuild(tmp_path / "graph") as store:
        store.add([resolve(paper, replace(read, results=(result,)))])
    with GraphStore.open(tmp_path / "graph") as store:
        [record] = paper_records(store)
    [found] = record.results
    assert [(end, record.text[span.start : span.end], span.start - start) for end, span in found.ends] == [
        ("metric", "rate", 7),
        ("subject", "A", 19),
        ("on", "B", 29),
    ]
