"""Whatever has a name is shown with all that is known of it and the sentences behind it."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.graph.categories import shipped
from kg.graph.describe import Description, Portrait, describe
from kg.graph.facts import Sentence
from kg.graph.names import Named
from kg.graph.statements import statements
from kg.graph.vocab import name
from kg.model import Extraction, Paper, Span
from kg.resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.graph.facts import Fact, Figure
    from kg.graph.store import GraphStore
    from kg.model import ResolvedPaper

GRIP = "GripNet: dexterous grasping on a Unitree G1"
SCREEN = "clear \x1b[2J \u202eback"


def on_screen() -> ResolvedPaper:
    """Return a paper whose text a terminal would act on."""
    paper = Paper("2602.00022", f"{SCREEN} title", f"{SCREEN}Net is tested.", authors=(SCREEN,), comment=SCREEN)
    line = {"id": paper.id, "e": [[f"{SCREEN}Net", "Method", "proposes"]]}
    return resolve(paper, Extraction.from_gold(line, paper.text, "reader 1.0"))


@pytest.fixture(scope="module")
def graph(
    few_papers: tuple[ResolvedPaper, ...],
    varied: tuple[ResolvedPaper, ...],
    made_graph: Callable[[Iterable[ResolvedPaper]], GraphStore],
) -> GraphStore:
    return made_graph((*few_papers, *varied, on_screen()))


def only(graph: GraphStore, text: str) -> Portrait:
    (portrait,) = describe(graph, text).portraits
    return portrait


def facts(rows: Iterable[Fact]) -> list[tuple[str, str, str, str]]:
    return [(row.subject.label, row.predicate, row.object.label, row.certainty) for row in rows]


def figure(row: Figure) -> tuple[str, str, dict[str, str]]:
    return row.value, row.kind, {end: node.label for end, node in row.ends.items()}


@pytest.mark.parametrize(
    "text",
    ["GripNet", "gripnet", "GRIP-NET", "GripNets", "thing/gripnet", "https://w3id.org/arxiv-kg/id/thing/gripnet"],
)
def test_a_thing_is_found_by_its_names_and_its_iri(graph: GraphStore, text: str) -> None:
    if text == "GRIP-NET":
        with pytest.raises(QueryError, match="nothing in the graph"):
            describe(graph, text)
    else:
        assert only(graph, text).node == Named("GripNet", "Method", "https://w3id.org/arxiv-kg/id/thing/gripnet")


def test_all_that_a_thing_has_to_do_with(graph: GraphStore) -> None:
    portrait = only(graph, "gripnet")
    assert facts(portrait.roles) == [(GRIP, "proposes", "GripNet", "asserted")]
    assert facts(portrait.relations) == [
        ("GripNet", "usedFor", "dexterous grasping", "asserted"),
        ("GripNet", "buildsOn", "Diffusion Policy", "asserted"),
        ("GripNet", "evaluatedOn", "LIBERO", "asserted"),
        ("GripNet", "runsOn", "Unitree G1", "asserted"),
        ("GripNet", "comparedWith", "OpenVLA", "asserted"),
    ]
    ends = {"metric": "success rate", "resultOf": "GripNet", "measuredOn": "LIBERO"}
    assert list(map(figure, portrait.figures)) == [
        ("12%", "increase", ends | {"baseline": "OpenVLA"}),
        ("98.3%", "absolute", ends),
    ]


def test_what_is_not_asserted_or_not_admitted_is_shown_as_such(graph: GraphStore) -> None:
    assert ("OpenVLA", "runsOn", "Unitree G1", "hedged") in facts(only(graph, "openvla").relations)
    assert ("stride-net", "trainedOn", "StairSet", "negated") in facts(only(graph, "stairset").relations)
    latency = only(graph, "latency")
    assert {fact.problem for fact in latency.relations} == {"usedFor has no Metric as subject"}
    assert "not admitted: usedFor has no Metric as subject" in describe(graph, "latency").text()
    assert " · hedged" in describe(graph, "openvla").text()


def test_a_name_of_several_things_shows_all(made_graph: Callable[[Iterable[ResolvedPaper]], GraphStore]) -> None:
    papers = [Paper(f"2602.0000{number}", "The Atlas is here") for number in range(2)]
    lines = [{"id": p.id, "e": [["Atlas", k, "uses"]]} for p, k in zip(papers, ("Robot", "Dataset"), strict=True)]
    graph = made_graph(
        resolve(p, Extraction.from_gold(line, p.text, "reader 1.0")) for p, line in zip(papers, lines, strict=True)
    )
    found = describe(graph, "Atlas")
    assert [p.node.label for p in found.portraits] == ["Atlas", "Boston Dynamics Atlas"]
    assert found.portraits[1].aliases == ("Atlas",)
    assert [match["node"]["kind"] for match in found.to_json()["matches"]] == ["Dataset", "Robot"]
    assert found.text().count("\n\n\n") == 1


@pytest.mark.parametrize("text", ["2601.00001", "arXiv:2601.00001v2", "https://arxiv.org/abs/2601.00001", GRIP.upper()])
def test_a_paper_is_found_by_id_address_and_title(graph: GraphStore, text: str) -> None:
    assert only(graph, text).node == Named(GRIP, "Paper", "https://arxiv.org/abs/2601.00001")


def test_all_that_a_paper_says(graph: GraphStore) -> None:
    portrait = only(graph, "2601.00001")
    assert [author.label for author in portrait.authors] == ["Ada Lovelace", "Émilie du Châtelet"]
    assert portrait.categories == ("cs.LG", "cs.RO")
    assert portrait.details["id"] == ("2601.00001",)
    assert portrait.details["date"] == ("2026-01-05",)
    assert portrait.details["keywords"] == ("grasping", "hands | fingers")
    assert [(f.predicate, f.object.label) for f in portrait.roles] == [
        ("proposes", "GripNet"),
        ("addresses", "dexterous grasping"),
        ("deploysOn", "Unitree G1"),
        ("evaluatesOn", "LIBERO"),
        ("comparesWith", "OpenVLA"),
        ("uses", "Diffusion Policy"),
        ("measures", "success rate"),
    ]
    assert len(portrait.relations) == 5
    assert [figure(f)[0] for f in portrait.figures] == ["12%", "98.3%"]


def test_a_paper_of_which_little_is_known(graph: GraphStore) -> None:
    portrait = only(graph, "2401.54321")
    assert portrait == Portrait(
        Named("Nothing to see", "Paper", "https://arxiv.org/abs/2401.54321"),
        details={"id": ("2401.54321",), "date": ("2024-01",), "doi": ("10.48550/arXiv.2401.54321",)},
    )


def test_an_author_has_papers_and_co_authors(graph: GraphStore) -> None:
    portrait = only(graph, "ada lovelace")
    assert [(line.paper.iri[-10:], line.date) for line in portrait.papers] == [
        ("2601.00002", "2026-01-20"),
        ("2601.00011", "2026-01-07"),
        ("2601.00001", "2026-01-05"),
        ("2601.00012", "2026-01"),
        ("2512.00003", "2025-12"),
        ("th/9901001", portrait.papers[-1].date),
    ]
    assert [(other.author.label, other.papers) for other in portrait.co_authors] == [
        ("Grace Hopper", 2),
        ("J. Müller", 1),
        ("Émilie du Châtelet", 1),
    ]
    assert [thing.label for thing in portrait.proposed] == [
        "ForgetMap",
        "Grid models",
        "GridSet",
        "GripNet",
        "StrideNet",
    ]


def test_a_category_has_papers(graph: GraphStore) -> None:
    assert [line.paper.label for line in only(graph, "CS.cv").papers] == [
        "Does OpenVLA see? A probe",
        "CM²: maps for π₀ with 100% recall & C++",
    ]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("unitree", "Did you mean 'Unitree G1' or 'Unitree Go2' or 'GripNet: dexterous grasping on a Unitree G1'?"),
        ("Gripnett", "Did you mean 'GripNet' or 'GridSet'?"),
        ("zzzzzz", "kg stats says what the graph holds."),
        ("", "kg stats says what the graph holds."),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(graph: GraphStore, text: str, remedy: str) -> None:
    with pytest.raises(QueryError, match="nothing in the graph is called") as caught:
        describe(graph, text)
    assert caught.value.remedy == remedy


def test_sentences_are_the_words_of_the_paper_and_hold_their_ends(
    graph: GraphStore, few_papers: tuple[ResolvedPaper, ...], varied: tuple[ResolvedPaper, ...]
) -> None:
    texts = {f"https://arxiv.org/abs/{r.paper.id}": r.paper.text for r in (*few_papers, *varied)}
    for paper in (r.paper for r in (*few_papers, *varied) if r.paper.is_arxiv):
        portrait = only(graph, paper.id)
        for row in (*portrait.roles, *portrait.relations, *portrait.figures):
            assert row.sentences
            for sentence in row.sentences:
                assert sentence.text in texts[row.paper.iri]
                assert all(0 <= end.start < end.end <= len(sentence.text) for end in sentence.ends)
            assert any(sentence.ends for sentence in row.sentences)
            if hasattr(row, "value"):
                assert row.value in {s.text[e.start : e.end] for s in row.sentences for e in s.ends}


def test_the_text_marks_the_ends(graph: GraphStore) -> None:
    lines = describe(graph, "gripnet").text().splitlines()
    start = lines.index("  GripNet buildsOn Diffusion Policy")
    assert lines[0] == "GripNet · Method · thing/gripnet"
    assert lines[start + 1 : start + 3] == [
        "    paper:2601.00001 · score 0.90",
        "    “[GripNet] extends [Diffusion Policy]”",
    ]
    assert "  12% (increase) success rate of GripNet on LIBERO against OpenVLA" in lines


def test_the_text_of_an_author(graph: GraphStore) -> None:
    assert describe(graph, "grace hopper").text().splitlines() == [
        "Grace Hopper · Author · author/grace-hopper",
        "",
        "papers (2)",
        "  paper:2601.00012  Does StrideNet see the stairs? (2026-01)",
        "  paper:2512.00003  Maps that forget (2025-12)",
        "",
        "proposes (1)",
        "  ForgetMap (Method)",
        "",
        "wrote with (1)",
        "  Ada Lovelace · 2",
    ]


def test_the_text_leaves_out_what_would_be_too_long(graph: GraphStore) -> None:
    text = describe(graph, "gripnet").text(most=2)
    assert "relations (5)" in text
    assert "  … and 3 more" in text
    assert text.count("paper:2601.00001") == 1 + 2 + 2


def test_the_json_leaves_out_what_is_empty(graph: GraphStore) -> None:
    found = json.loads(json.dumps(describe(graph, "gripnet").to_json()))
    (match,) = found["matches"]
    assert found["name"] == "gripnet"
    assert match.keys() == {"node", "roles", "relations", "figures"}
    assert match["relations"][1]["sentences"] == [
        {
            "text": "GripNet extends Diffusion Policy",
            "ends": [{"start": 0, "end": 7}, {"start": 16, "end": 32}],
        }
    ]
    assert "problem" not in match["roles"][0]


def test_nothing_that_a_paper_says_reaches_the_terminal(graph: GraphStore) -> None:
    for text in ("2602.00022", SCREEN, f"{SCREEN}net"):
        shown = describe(graph, text).text()
        assert "clear \\u001b[2J \\u202eback" in shown
        assert {c for c in shown if unicodedata.category(c) == "Cc"} <= {"\n"}


def test_everything_with_a_label_can_be_shown(graph: GraphStore) -> None:
    labels = {quad.object.value for quad in statements(graph.store, None, name("skos:prefLabel"))}
    for label in labels:
        found = describe(graph, label)
        shown = {portrait.node.label for portrait in found.portraits}
        assert label in shown | {shipped()[code].name for code in shown if code in shipped()}
        assert found.text()
        json.dumps(found.to_json())


@settings(deadline=None, max_examples=50)
@given(st.text())
def test_any_name_is_shown_or_refused(graph: GraphStore, text: str) -> None:
    try:
        found = describe(graph, text)
    except QueryError:
        return
    assert found.portraits


def test_marks_go_around_the_ends() -> None:
    sentence = Sentence("a [b] 😀 c", (Span(0, 1), Span(6, 7)))
    assert sentence.marked("<", ">") == "<a> [b] <😀> c"
    assert replace(sentence, ends=()).marked() == "a [b] 😀 c"


def test_a_description_without_matches_has_no_text() -> None:
    assert Description("x", "https://example.org/", ()).text() == ""


def test_the_one_thing_with_a_longer_name_stands_for_a_name_that_nothing_has(graph: GraphStore) -> None:
    (portrait,) = describe(graph, "unitree g1 humanoid").portraits
    assert portrait.node.label == "Unitree G1"
