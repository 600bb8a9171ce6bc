"""Nothing that is not in the text, and nothing of a type that is none, gets through."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import Certainty, EntityType, Extraction, Paper, ResultKind, Role, Span
from kg.nlp.backends.checking import Checked, check
from kg.nlp.relations import ALLOWED
from kg.nlp.results import SLOT_TYPES

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (
    "FooNet: Walking\nWe propose FooNet (FN) for LIBERO and LIBERO-Long. FooNet reaches a success rate of 98.3%, "
    "halves the latency, and does not need a LiDAR. BarNet may run on a Unitree G1. FooNets walk; BarNet reaches 8%."
)
ENTITIES = [
    ["FooNet", "Method", "proposes", ["FN"]],
    ["LIBERO", "Benchmark", "evaluatesOn"],
    ["success rate", "Metric", "measures"],
    ["BarNet", "Method", "comparesWith"],
    ["Unitree G1", "Robot", "mentions"],
    ["LIBERO-Long", "Benchmark", "evaluatesOn"],
]


def checked(e: Any = ENTITIES, r: Any = (), q: Any = ()) -> Checked:
    return check({"e": e, "r": list(r), "q": list(q)}, "1", TEXT, "reader")


def test_what_the_text_bears_out_is_kept() -> None:
    done = checked(r=[[0, "evaluatedOn", 1]], q=[["98.3%", 2, 0, -1, 1, "absolute"]])
    assert done.dropped == ()
    found = done.extraction
    assert [(e.name, e.type, e.role, e.forms) for e in found.entities][:2] == [
        ("FooNet", EntityType.METHOD, Role.PROPOSES, ("FN",)),
        ("LIBERO", EntityType.BENCHMARK, Role.EVALUATES_ON, ()),
    ]
    assert found.extractor == "reader"
    (result,) = found.results
    assert (result.number, result.unit, result.kind, result.metric, result.baseline) == (
        98.3, "%", ResultKind.ABSOLUTE, 2, None,
    )  # fmt: skip
    assert TEXT[result.evidence.start : result.evidence.end].startswith("FooNet reaches")


def test_a_stretch_of_text_names_what_its_longest_form_names() -> None:
    names = {e.name: [TEXT[m.start : m.end + 5] for m in e.mentions] for e in checked().extraction.entities}
    assert names["LIBERO"] == ["LIBERO and "]
    assert names["LIBERO-Long"] == ["LIBERO-Long. Foo"]
    inside = check(
        {"e": [["LIBERO", "Benchmark", "uses"], ["LIBERO-Long", "Benchmark", "uses"]]}, "1", "LIBERO-Long", "x"
    )
    assert [e.mentions[0].span for e in inside.extraction.entities] == [Span(0, 6), Span(0, 11)]


def test_what_may_be_or_is_not_is_not_asserted() -> None:
    rows = [*ENTITIES, ["LiDAR", "Hardware", "uses"]]
    found = checked(rows, r=[[3, "runsOn", 4], [0, "runsOn", 6], [0, "comparedWith", 3]]).extraction
    assert [r.certainty for r in found.relations] == [Certainty.HEDGED, Certainty.NEGATED, Certainty.ASSERTED]


def test_evidence_holds_both_ends() -> None:
    found = checked(r=[[0, "comparedWith", 3], [0, "evaluatedOn", 1]]).extraction
    for relation in found.relations:
        for span in (relation.subject_span, relation.object_span):
            assert any(e.start <= span.start and span.end <= e.end for e in relation.evidence)
    assert [len(r.evidence) for r in found.relations] == [2, 1]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["GPT-9", "Method", "uses"], "not in the text"),
        (["foonet", "Method", "uses"], "not in the text"),
        (["ooNe", "Method", "uses"], "not in the text"),
        (["Walking\nWe", "Method", "uses"], "not a name"),
        ([" ", "Method", "uses"], "not a name"),
        (["(", "Method", "uses"], "not a name"),
        (["walk", "Animal", "uses"], "no EntityType"),
        (["walk", "Method", "loves"], "no Role"),
        (["walk", ["Method"], "uses"], "no EntityType"),
        (["walk", "Method"], "not [name"),
        ({"name": "walk"}, "not [name"),
        ("walk", "not [name"),
        (None, "not [name"),
        ([7, "Method", "uses"], "not [name"),
        (["FooNet", "Task", "uses"], "named before as Method"),
        (["FN", "Task", "uses"], "named before as Method"),
    ],
)
def test_an_unfit_entity_is_dropped_with_its_reason(row: Any, why: str) -> None:
    done = checked([*ENTITIES, row])
    assert len(done.extraction.entities) == len(ENTITIES)
    assert len(done.dropped) == 1
    assert why in done.dropped[0]


def test_a_sentence_is_no_name() -> None:
    text = "word " * 60
    assert check({"e": [[text.strip(), "Method", "uses"]]}, "1", text, "x").dropped[0].endswith("too long for a name")


def test_unfit_mentions_are_dropped_and_the_entity_stays() -> None:
    done = checked([["FooNet", "Method", "uses", ["FN", "GPT-9", 4, "FooNet"]], ["BarNet", "Method", "uses", ["FN"]]])
    assert [e.forms for e in done.extraction.entities] == [("FN",), ()]
    assert [d.split(":")[0] for d in done.dropped] == ["mention 'GPT-9'", "mention 4", "mention 'FN'"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ([0, "evaluatedOn", 99], "no entity"),
        ([-1, "evaluatedOn", 1], "no entity"),
        (["GPT-9", "evaluatedOn", 1], "'GPT-9' is no entity"),
        ([True, "evaluatedOn", 1], "no entity"),
        ([0.0, "evaluatedOn", 1], "no entity"),
        ([0, "marries", 3], "no RelationType"),
        ([0, "isA", 0], "to itself"),
        ([1, "runsOn", 4], "not between Benchmark and Robot"),
        ([0, "runsOn", 6], "its entity was dropped"),
        ([0, "runsOn"], "not [subject"),
        (None, "not [subject"),
    ],
)
def test_an_unfit_relation_is_dropped_with_its_reason(row: Any, why: str) -> None:
    done = checked([*ENTITIES, ["NoNet", "Robot", "uses"]], r=[row, [0, "evaluatedOn", 1]])
    assert len(done.extraction.relations) == 1
    assert why in done.dropped[-1]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["97.3%", 2, 0, -1, 1, "absolute"], "not in the text"),
        (["8.3%", 2, 0, -1, 1, "absolute"], "not in the text"),
        (["98", 2, 0, -1, 1, "absolute"], "not in the text"),
        (["success", 2, 0, -1, 1, "absolute"], "not a figure"),
        (["98.3%", 2, 0, -1, 1, "great"], "no ResultKind"),
        (["98.3%", 2, 0], "not [value"),
        ([98.3, 2, 0, -1, 1, "absolute"], "not [value"),
    ],
)
def test_an_unfit_result_is_dropped_with_its_reason(row: Any, why: str) -> None:
    done = checked(q=[row])
    assert done.extraction.results == ()
    assert len(done.dropped) == 1
    assert why in done.dropped[0]


def test_an_unfit_slot_is_emptied_and_the_result_stays() -> None:
    done = checked(q=[["98.3%", 0, 44, None, "GPT-9", "absolute"]])
    (result,) = done.extraction.results
    assert (result.metric, result.subject, result.baseline, result.on) == (None, None, None, None)
    assert len(done.dropped) == 3


def test_a_result_in_words_is_one_and_a_repeated_figure_stands_beside_its_subject() -> None:
    text = "Foo\nFooNet reaches 12%. BarNet halves the error and reaches 12%."
    line = {
        "e": [["BarNet", "Method", "uses"], ["FooNet", "Method", "uses"]],
        "q": [
            ["halves", -1, 0, -1, -1, "ratio"],
            ["12%", -1, 0, -1, -1, "absolute"],
            ["12%", -1, 1, -1, -1, "absolute"],
        ],
    }
    done = check(line, "1", text, "x")
    assert done.dropped == ()
    starts = [text.index("halves"), text.rindex("12%"), text.index("12%")]
    assert [r.span.start for r in done.extraction.results] == starts


@pytest.mark.parametrize("line", [{}, {"e": None}, {"e": "FooNet"}, {"e": {"a": 1}}, {"e": [], "r": 5, "q": "x"}])
def test_a_line_without_form_gives_nothing(line: dict[str, Any]) -> None:
    assert check(line, "1", TEXT, "x").extraction == Extraction("1", extractor="x")


def test_an_endless_answer_is_cut_and_said_so() -> None:
    rows = [[f"w{i}", "Method", "uses"] for i in range(300)]
    text = " ".join(row[0] for row in rows)
    relations = [[0, "isA", i % 200] for i in range(1, 2000)]
    done = check({"e": rows, "r": relations}, "1", text, "x")
    assert len(done.extraction.entities) == 200
    assert sum("too many" in d for d in done.dropped) == 100 + 1499


def test_what_is_shown_of_an_answer_cannot_act_on_a_terminal() -> None:
    (told,) = checked([["\x1b[31mred" + "x" * 500, "Method", "uses"]]).dropped
    assert "\x1b" not in told
    assert len(told) < 120


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats() | st.text(max_size=4)
    | st.sampled_from(["FooNet", "FN", "LIBERO", "98.3%", "8%", "halves", "Method", "Benchmark", "Metric", "uses",
                       "measures", "evaluatedOn", "isA", "partOf", "absolute", "ratio", "success rate"]),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.sampled_from("erqx"), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip
NAMED = st.tuples(
    st.sampled_from(["FooNet", "FN", "LIBERO", "latency", "8%", "Nope", "BarNet"]),
    st.sampled_from([*EntityType]),
    st.sampled_from([*Role]),
    st.lists(st.sampled_from(["FN", "FooNets", "x"])),
).map(list)
ROWS = st.lists(VALUES, max_size=5) | VALUES


@settings(max_examples=200, deadline=None)
@given(e=st.lists(NAMED | VALUES, max_size=8) | VALUES, r=ROWS, q=ROWS)
def test_whatever_is_claimed_what_is_kept_is_in_the_text(e: Any, r: Any, q: Any) -> None:
    done = check({"e": e, "r": r, "q": q}, "1", TEXT, "x").extraction
    for entity in done.entities:
        assert entity.mentions
        assert {TEXT[m.start : m.end] for m in entity.mentions} == {entity.name, *entity.forms}
    for relation in done.relations:
        ends = done.entities[relation.subject], done.entities[relation.object]
        assert relation.predicate in ALLOWED[ends[0].type, ends[1].type]
        assert relation.subject_span in [m.span for m in ends[0].mentions]
        assert relation.object_span in [m.span for m in ends[1].mentions]
    for result in done.results:
        assert TEXT[result.span.start : result.span.end] == result.value
        for slot, kinds in SLOT_TYPES.items():
            index = getattr(result, slot)
            assert index is None or done.entities[index].type in kinds


def test_the_labels_of_the_annotators_pass(shared: Path) -> None:
    """What people read passes but for the few rows that the ontology does not allow."""
    folder = shared / "annotation"
    texts = {}
    for raw in (folder / "dev.texts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(raw)
        texts[row["id"]] = Paper(row["id"], row["title"], row["abstract"]).text
    parts, dropped = 0, []
    for raw in (folder / "dev.labels.jsonl").read_text(encoding="utf-8").splitlines():
        line = json.loads(raw)
        done = check(line, line["id"], texts[line["id"]], "annotator")
        parts += sum(len(line[part]) for part in "erq")
        dropped += done.dropped
        assert len(done.extraction.entities) >= len(line["e"]) - 1
    assert len(dropped) < 0.01 * parts, dropped
