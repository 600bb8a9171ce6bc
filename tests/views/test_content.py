"""What a page says: counts, papers by role, and sentences cut exactly at the ends they name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from kg.graph.network import DRAWN, Selection
from kg.graph.quotes import Quote
from kg.graph.store import GraphStore
from kg.model import Extraction, Paper, Span
from kg.resolution import resolve
from kg.views.content import QUOTED, Edge, Run, gather, runs

if TYPE_CHECKING:
    from pathlib import Path

BASE = "https://w3id.org/arxiv-kg/id/"
DRAWN_ONLY = Selection(types=DRAWN)


def test_counts_and_papers(graph: GraphStore) -> None:
    content = gather(graph, DRAWN_ONLY)
    assert content.counts["Paper"] == 3
    assert content.counts["Method"] == 6
    assert [paper.attributes["identifier"] for paper in content.papers] == ["2512.05094", "2511.00001", "local/é 1"]


def test_papers_by_role_are_those_of_the_whole_graph_newest_first(graph: GraphStore) -> None:
    by_role = gather(graph, DRAWN_ONLY).papers_by_role()
    arxiv = "https://arxiv.org/abs/"
    assert by_role[f"{BASE}thing/unitree-g1"] == {"deploysOn": (f"{arxiv}2512.05094", f"{arxiv}2511.00001")}
    assert by_role[f"{BASE}thing/genmimic"] == {
        "proposes": (f"{arxiv}2512.05094",),
        "comparesWith": (f"{arxiv}2511.00001",),
    }
    assert not any("arxiv.org" in key for key in by_role)


def test_every_drawn_edge_is_quoted(graph: GraphStore) -> None:
    content = gather(graph, DRAWN_ONLY)
    assert set(content.quotes) == {Edge(e.source, e.type, e.target) for e in content.network.edges}
    assert all(content.quotes.values())


def test_sentences_below_the_least_score_are_not_quoted(tmp_path: Path) -> None:
    """The same thing said twice in one paper, once surely and once not."""
    paper = Paper("2501.00001", "A title", "A extends B. A may well extend B.")
    read = Extraction.from_gold(
        {"id": paper.id, "e": [["A", "Method", "uses"], ["B", "Method", "uses"]], "r": [[0, "buildsOn", 1]]}, paper.text
    )
    a, b = paper.text.rindex("A"), paper.text.rindex("B")
    unsure = replace(
        read.relations[0],
        subject_span=Span(a, a + 1),
        object_span=Span(b, b + 1),
        evidence=(Span(a, b + 2),),
        score=0.25,
    )
    with GraphStore.rebuild(tmp_path / "graph") as store:
        store.add([resolve(paper, replace(read, relations=(*read.relations, unsure)))])
    edge = Edge(f"{BASE}thing/a", "buildsOn", f"{BASE}thing/b")
    with GraphStore.open(tmp_path / "graph") as store:
        assert sorted(q.score for q in gather(store, DRAWN_ONLY).quotes[edge]) == [0.25, 1.0]
        assert [q.score for q in gather(store, Selection(types=DRAWN, min_score=0.5)).quotes[edge]] == [1.0]


def test_a_statement_of_many_papers_is_quoted_from_the_newest(tmp_path: Path) -> None:
    line = {"e": [["A", "Method", "uses"], ["B", "Method", "uses"]], "r": [[0, "buildsOn", 1]]}
    papers = [Paper(f"25{month:02}.00001", f"Paper {month}", "A extends B.") for month in range(1, 11)]
    with GraphStore.rebuild(tmp_path / "graph") as store:
        store.add(resolve(p, Extraction.from_gold({"id": p.id, **line}, p.text)) for p in papers)
    with GraphStore.open(tmp_path / "graph") as store:
        content = gather(store, DRAWN_ONLY)
    quoted = content.quotes[Edge(f"{BASE}thing/a", "buildsOn", f"{BASE}thing/b")]
    assert [q.paper for q in quoted] == [f"https://arxiv.org/abs/25{month:02}.00001" for month in range(10, 5, -1)]
    assert len(quoted) == QUOTED


def test_the_surroundings_of_something_name_it(graph: GraphStore) -> None:
    content = gather(graph, Selection(types=DRAWN, around=("StepNet",)))
    assert content.around == {f"{BASE}thing/stepnet"}
    assert "local" not in {str(node.attributes.get("identifier")) for node in content.whole.nodes}


def quote(sentences: tuple[tuple[int, str], ...], subject: Span | None, target: Span | None) -> Quote:
    return Quote("s", "uses", "o", "p", 1.0, sentences, subject, target)


def test_two_sentences_are_joined_by_an_ellipsis() -> None:
    found = runs(quote(((0, "A is new."), (30, "B is old.")), Span(0, 1), Span(30, 31)))
    assert found == (Run("A", "subject"), Run(" is new."), Run(" … "), Run("B", "object"), Run(" is old."))


def test_a_name_within_a_name_is_marked_as_both() -> None:
    found = runs(quote(((0, "The G1 robot"),), Span(4, 12), Span(4, 6)))
    assert found == (Run("The "), Run("G1", "subject object"), Run(" robot", "subject"))


spans = st.none() | st.tuples(st.integers(0, 40), st.integers(1, 10)).map(lambda p: Span(p[0], p[0] + p[1]))


@given(st.text(min_size=1, max_size=30), st.integers(0, 20), spans, spans)
def test_runs_are_the_sentence_and_marks_are_the_ends(
    words: str, start: int, subject: Span | None, target: Span | None
) -> None:
    found = runs(quote(((start, words),), subject, target))
    assert "".join(run.text for run in found) == words
    assert all(run.text for run in found)
    for end, span in (("subject", subject), ("object", target)):
        marked = "".join(run.text for run in found if end in run.end.split())
        inside = span is not None and start <= span.start and span.end <= start + len(words)
        assert marked == (words[span.start - start : span.end - start] if inside and span else "")
