"""Which names are one author: by co-authors, never against the names, whatever the order."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.graph.duplicates import duplicates
from kg.graph.people import AMBIGUOUS
from kg.graph.store import GraphStore
from kg.graph.vocab import name
from kg.graph.why import why
from kg.model import Extraction, Paper
from kg.resolution import resolve
from kg.resolution.decisions import Decision, Decisions, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.model import ResolvedPaper

    Make = Callable[[Iterable[ResolvedPaper]], GraphStore]


def paper(number: int, *authors: str, category: str = "cs.RO") -> ResolvedPaper:
    text = Paper(f"2601.{number:05}", f"Title {number}", authors=authors, categories=(category,))
    return resolve(text, Extraction(text.id))


def authors(store: GraphStore) -> set[str]:
    return {q.object.value for q in store.quads(store.iris.entities) if q.predicate == name("skos:prefLabel")}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("one", "two", "label", "rule"),
    [
        ("J. Müller", "Jürgen Mueller", "Jürgen Mueller", "initials"),
        ("Li Wei", "Wei Li", "Wei Li", "order of names"),
        ("Paul Erdos", "Paul Erdős", "Paul Erdős", "spelling"),
        ("John Smith", "John A. Smith", "John A. Smith", "middle name"),
    ],
)
def test_a_shared_co_author_makes_two_names_one_person(
    made_graph: Make, one: str, two: str, label: str, rule: str
) -> None:
    with made_graph([paper(1, one, "Ada Lovelace", "Bob Hope"), paper(2, "Bob Hope", "Ada Lovelace", two)]) as store:
        found = why(store, one, two)
        assert found.same
        assert {rules for namings in found.namings.values() for naming in namings for rules in naming.rules} == {rule}
        assert len(authors(store)) == 3
        assert {node.label for nodes in found.nodes for node in nodes} == {label}
        assert duplicates(store) == ([], 0)


def test_an_order_of_names_takes_two_co_authors(made_graph: Make) -> None:
    with made_graph([paper(1, "Lu Yang", "Ada Lovelace"), paper(2, "Ada Lovelace", "Yang Lu")]) as store:
        assert not why(store, "Lu Yang", "Yang Lu").same


def test_without_one_they_stay_two_and_are_listed(made_graph: Make) -> None:
    with made_graph([paper(1, "J. Smith", "Ada Lovelace"), paper(2, "Bob Hope", "John Smith")]) as store:
        assert {"J. Smith", "John Smith"} <= authors(store)
        (pair,), count = duplicates(store)
        assert count == 1
        assert (pair.reason, {pair.one.label, pair.two.label}) == ("initials", {"J. Smith", "John Smith"})
        assert duplicates(store, [frozenset({"author/j-smith", "author/john-smith"})]) == ([], 0)
        said = {q.subject.value.rpartition("/")[2]: q.object.value for q in store.quads() if q.predicate == AMBIGUOUS}  # type: ignore[union-attr]
        assert said == {"j-smith": "initials that fit 1 other author"}


def test_the_first_of_the_duplicates_are_those_of_all(made_graph: Make) -> None:
    some = [paper(i, one, "Ada Lovelace") for i, one in enumerate(("J. Smith", "John Smith", "Jane Smith"))]
    others = [paper(10 + i, one, f"Someone Else{i}") for i, one in enumerate(("Paul Erdos", "Paul Erdős", "J. Hopper"))]
    with made_graph([*some, *others, paper(20, "Jo Hopper", "Ann Other")]) as store:
        every, count = duplicates(store)
        assert len(every) == count == 4
        assert [pair.score for pair in every] == sorted((pair.score for pair in every), reverse=True)
        assert [duplicates(store, most=most) for most in range(1, 5)] == [(every[:most], 4) for most in range(1, 5)]


def test_initials_that_fit_two_are_left_alone(made_graph: Make) -> None:
    some = [paper(1, "J. Smith", "Ada Lovelace"), paper(2, "Ada Lovelace", "John Smith")]
    with made_graph([*some, paper(3, "Ada Lovelace", "Jane Smith")]) as store:
        assert {"J. Smith", "John Smith", "Jane Smith"} <= authors(store)


def test_two_names_on_one_paper_are_two_people(made_graph: Make) -> None:
    some = [paper(1, "J. Smith", "Ada Lovelace"), paper(2, "Ada Lovelace", "John Smith", "J. Smith")]
    with made_graph(some) as store:
        assert {"J. Smith", "John Smith"} <= authors(store)


def test_groups_that_share_nothing_are_flagged(made_graph: Make) -> None:
    some = [paper(1, "Wei Wang", "Ada Lovelace"), paper(2, "Wei Wang", "Bob Hope", category="math.AG")]
    with made_graph(some) as store:
        said = [q.object.value for q in store.quads() if q.predicate == AMBIGUOUS]  # type: ignore[union-attr]
        assert said == ["papers in 2 groups that share neither co-author nor field"]
    with made_graph([*some, paper(3, "Wei Wang", "Bob Hope")]) as store:
        assert not [q for q in store.quads() if q.predicate == AMBIGUOUS]


NAMES = (
    "J. Smith",
    "John Smith",
    "Jane Smith",
    "John A. Smith",
    "Smith John",
    "Ada Lovelace",
    "A. Lovelace",
    "Bob Hope",
)
PAPERS = [
    paper(1, "J. Smith", "Ada Lovelace"),
    paper(2, "John Smith", "Ada Lovelace"),
    paper(3, "Jane Smith", "A. Lovelace", category="math.AG"),
    paper(4, "John A. Smith", "Bob Hope"),
    paper(5, "Smith John", "Bob Hope"),
    paper(6, "A. Lovelace", "Bob Hope", "J. Smith", category="math.AG"),
    paper(7, "Ada Lovelace", "Bob Hope"),
    paper(8, "Jane Smith", "Ada Lovelace"),
]
DECIDED = (
    Decision(Kind.SPLIT, "author/john-smith", "J. Smith"),
    Decision(Kind.MERGE, "author/bob-hope", "author/a-lovelace"),
    Decision(Kind.MERGE, "author/bob-hope", "author/j-smith"),
    Decision(Kind.APART, "author/john-smith", "author/smith-john"),
)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_only_the_papers_and_the_decisions_count(data: st.DataObject) -> None:
    """Add, remove and decide in any order and in any steps: the authors are those of the papers in the end."""
    by_id = {one.paper.id: one for one in PAPERS}
    there: set[str] = set()
    decisions = Decisions()
    with tempfile.TemporaryDirectory() as folder:
        graph, fresh = Path(folder, "graph"), Path(folder, "fresh")
        with GraphStore.rebuild(graph):
            pass
        for _ in range(data.draw(st.integers(1, 4))):
            with GraphStore.update(graph) as store:
                decisions = Decisions(tuple(DECIDED[i] for i in sorted(data.draw(st.sets(st.integers(0, 3))))))
                store.follow(decisions)
                added = data.draw(st.lists(st.sampled_from(sorted(by_id)), max_size=5))
                store.add(resolve(by_id[i].paper, by_id[i].extraction, decisions) for i in added)
                there |= set(added)
                removed = set(data.draw(st.lists(st.sampled_from(sorted(there)), max_size=2)) if there else [])
                store.remove(removed)
                there -= removed
        with GraphStore.rebuild(fresh) as store:
            store.follow(decisions)
            store.add(resolve(by_id[i].paper, by_id[i].extraction, decisions) for i in sorted(there, reverse=True))
        with GraphStore.open(graph) as one, GraphStore.open(fresh) as two:
            assert list(one.nquads()) == list(two.nquads())
