"""What a quote says is what the paper says, at the places it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.graph.quotes import quotes
from kg.graph.store import GraphStore
from kg.model import Certainty, EntityType, Extraction, Mention, Paper, PaperEntity, Relation, RelationType, Role, Span
from kg.resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAPER = Paper("2501.00001", "Ünïcode 🤖 on robots", "OpenVLA is tested. On LIBERO it wins. OpenVLA may use CALVIN.")
TEXT = PAPER.text


def span(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


def entity(name: str, kind: EntityType) -> PaperEntity:
    place = span(name)
    return PaperEntity(name, kind, Role.USES, mentions=(Mention(place.start, place.end),), role_score=0.5)


ENTITIES = (
    entity("OpenVLA", EntityType.METHOD),
    entity("LIBERO", EntityType.BENCHMARK),
    entity("CALVIN", EntityType.BENCHMARK),
)
SENTENCES = (span("OpenVLA is tested."), span("On LIBERO it wins."))
TESTED = Relation(0, RelationType.EVALUATED_ON, 1, span("OpenVLA"), span("LIBERO"), SENTENCES, score=0.75)
HEDGED = Relation(
    0, RelationType.EVALUATED_ON, 2, span("OpenVLA"), span("CALVIN"), SENTENCES[:1], certainty=Certainty.HEDGED
)


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[GraphStore]:
    """Return the graph of one paper with a statement over two sentences and a hedged one."""
    with GraphStore.rebuild(tmp_path / "graph") as store:
        store.add([resolve(PAPER, Extraction(PAPER.id, ENTITIES, (TESTED, HEDGED)))])
    with GraphStore.open(tmp_path / "graph") as store:
        yield store


def test_a_relation_is_quoted_with_both_sentences_and_both_ends(graph: GraphStore) -> None:
    [quote] = [q for q in quotes(graph, [PAPER.id]) if q.type == "evaluatedOn"]
    assert quote.source == graph.iris.base + "thing/openvla"
    assert quote.target == graph.iris.base + "thing/libero"
    assert quote.paper == "https://arxiv.org/abs/2501.00001"
    assert quote.score == 0.75
    assert quote.sentences == tuple((s.start, TEXT[s.start : s.end]) for s in SENTENCES)
    assert (quote.subject, quote.object) == (span("OpenVLA"), span("LIBERO"))


def test_a_role_is_quoted_with_the_place_of_its_object(graph: GraphStore) -> None:
    roles = [q for q in quotes(graph, [PAPER.id]) if q.type == "uses"]
    assert {q.target.rpartition("/")[2]: q.object for q in roles} == {
        "openvla": span("OpenVLA"),
        "libero": span("LIBERO"),
        "calvin": span("CALVIN"),
    }
    assert all(q.subject is None and q.source == q.paper and q.score == 0.5 for q in roles)


def test_quotes_come_in_the_same_order_each_time_and_only_of_the_papers_asked_for(graph: GraphStore) -> None:
    assert list(quotes(graph, [PAPER.id])) == list(quotes(graph, [PAPER.id]))
    assert list(quotes(graph, [])) == list(quotes(graph, ["2501.99999"])) == []
