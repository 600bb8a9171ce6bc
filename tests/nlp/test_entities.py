"""Mentions that name one thing become one entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.nlp.abbreviations import definitions
from kg.nlp.coreference import OTHER, SAME, Name, pair_features, pairs, same
from kg.nlp.entities import fold, group
from kg.nlp.linear import LinearModel

if TYPE_CHECKING:
    from kg.nlp.rows import EntityRow

UNTRAINED = LinearModel()


def read(text: str, *names: tuple[str, str], model: LinearModel = UNTRAINED) -> list[EntityRow]:
    """Group the first occurrence of each name."""
    found = [(text.index(name), text.index(name) + len(name), kind, 0.9) for name, kind in names]
    return group(text, found, definitions(text), [(0, len(text))], model)


def forms(rows: list[EntityRow]) -> list[set[str]]:
    return [{row["name"], *row["forms"]} for row in rows]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("World Models", "world model"),
        ("vision-language", "Vision Language"),
        ("diffusion policies", "Diffusion Policy"),
        ("end-to-end", "End to end"),
    ],
)
def test_spellings_of_one_name_fold_alike(a: str, b: str) -> None:
    assert fold(a) == fold(b)


@pytest.mark.parametrize(("a", "b"), [("loss", "los"), ("bus", "bu"), ("GPT-3", "GPT-4"), ("class", "clas")])
def test_other_names_do_not(a: str, b: str) -> None:
    assert fold(a) != fold(b)


def test_an_abbreviation_joins_its_long_form() -> None:
    text = "A graph neural network (GNN) learns. GNNs scale. The GNN wins."
    (row,) = read(text, ("graph neural network", "Method"))
    assert row["name"] == "graph neural network"
    assert row["forms"] == ["GNN", "GNNs"] or row["forms"] == ["GNN"]
    assert [text[m["start"] : m["end"]] for m in row["mentions"]][:2] == ["graph neural network", "GNN"]


def test_a_short_form_brings_its_long_form() -> None:
    (row,) = read("A graph neural network (GNN) learns.", ("GNN", "Method"))
    assert row["name"] == "graph neural network"


def test_a_long_form_that_is_part_of_something_else_is_left_alone() -> None:
    rows = read("Deep graph neural network theory (GNT) by graph neural network theory fans.",
                ("Deep graph neural network", "Method"), ("GNT", "Method"))  # fmt: skip
    assert forms(rows) == [{"Deep graph neural network"}, {"GNT"}]


def test_other_occurrences_are_mentions_too() -> None:
    text = "FooNet walks. We call it FooNet. FooNets and xFooNet are others."
    (row,) = read(text, ("FooNet", "Method"))
    assert [m["start"] for m in row["mentions"]] == [0, 25]


def test_a_longer_name_keeps_its_words() -> None:
    rows = read("diffusion policy beats diffusion", ("diffusion", "Method"), ("diffusion policy", "Method"))
    assert forms(rows) == [{"diffusion policy"}, {"diffusion"}] or len(rows) == 2


def test_the_type_with_more_evidence_is_taken() -> None:
    text = "LIBERO and LIBERO or LIBERO"
    found = [(0, 6, "Dataset", 0.6), (11, 17, "Benchmark", 0.5), (21, 27, "Benchmark", 0.4)]
    (row,) = group(text, found, [], [(0, len(text))], UNTRAINED)
    assert (row["type"], row["score"]) == ("Benchmark", 0.5)


@pytest.mark.parametrize(
    ("longer", "short", "kind"),
    [
        ("Unitree G1", "G1", "Robot"),  # a figure, as platforms have it
        ("bipedal Walker", "Walker", "Method"),  # an environment as likely as a robot
    ],
)
def test_the_short_name_of_a_platform_is_a_robot_too(longer: str, short: str, kind: str) -> None:
    text = f"{short} walks. It is a {longer}."
    rows = read(text, (short, "Method"), (longer, "Robot"))
    assert {row["name"]: row["type"] for row in rows} == {short: kind, longer: "Robot"}
    rows = read(text, (short, "Method"), (longer, "Task"))
    assert {row["name"]: row["type"] for row in rows} == {short: "Method", longer: "Task"}


NAMES = st.lists(st.sampled_from(["Foo", "foo", "FOO net", "foo-nets", "bar", "Bar baz", "a b"]), max_size=8)


@given(NAMES)
def test_no_form_is_used_twice_and_all_are_verbatim(names: list[str]) -> None:
    text = " and ".join(names)
    found, place = [], 0
    for name in names:
        found.append((place, place + len(name), "Method", 0.5))
        place += len(name) + 5
    rows = group(text, found, [], [(0, len(text))], UNTRAINED)
    used = [form for row in rows for form in (row["name"], *row["forms"])]
    assert len(used) == len(set(used))
    for row in rows:
        assert {text[m["start"] : m["end"]] for m in row["mentions"]} == {row["name"], *row["forms"]}


JOIN_PREFIXES = LinearModel([OTHER, SAME], ["prefix|Robot"])
JOIN_PREFIXES.weights[0] = [-5.0, 5.0]
JOIN_PREFIXES.weights[1] = [1.0, -1.0]


def test_a_shorter_name_joins_when_the_model_says_so() -> None:
    text = "A Unitree G1 humanoid robot fell; the Unitree G1 stood up."
    rows = read(text, ("Unitree G1 humanoid robot", "Robot"), model=JOIN_PREFIXES)
    found = [(2, 27, "Robot", 0.9), (38, 48, "Robot", 0.9)]
    assert len(rows) == 1
    assert forms(group(text, found, [], [(0, 58)], JOIN_PREFIXES)) == [{"Unitree G1 humanoid robot", "Unitree G1"}]
    assert len(group(text, found, [], [(0, 58)], UNTRAINED)) == 2


def name(folded: str, kind: str = "Method") -> Name:
    return Name(folded, folded.title(), kind, frozenset({0}), 1)


def test_only_names_that_are_alike_and_of_one_type_are_judged() -> None:
    names = [name("large language model"), name("llm"), name("robot"), name("language model"), name("llm", "Task")]
    assert list(pairs(names)) == [(0, 1), (0, 3)]


def test_every_pattern_has_features() -> None:
    for other in ("large language model agent", "language model", "large model", "llm", "small language model"):
        assert len(list(pair_features(name("large language model"), name(other)))) > 5


def test_the_threshold_decides() -> None:
    strict = LinearModel(JOIN_PREFIXES.classes, JOIN_PREFIXES.features, JOIN_PREFIXES.weights, {"threshold": 0.9999})
    names = [name("g1", "Robot"), name("g1 humanoid", "Robot")]
    assert same(names, [0, 1], {}, JOIN_PREFIXES) == [(0, 1)]
    assert same(names, [0, 1], {}, strict) == []


def test_groups_are_joined_where_most_of_their_pairs_are_likely() -> None:
    names = [name(one, "Robot") for one in ("arm", "arm x", "hand", "leg", "foot")]
    assert same(names, [0, 1, 2, 3, 4], {}, JOIN_PREFIXES) == [(0, 1)]
    assert same(names, [0, 1, 0, 3, 4], {}, JOIN_PREFIXES) == [(0, 1)], "half of the pairs is likely"
    assert same(names, [0, 1, 0, 0, 0], {}, JOIN_PREFIXES) == [], "hand, leg and foot have nothing to do with arm x"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("VLA models or vision-language-action (VLA) models", ("VLA models", "vision-language-action (VLA) models")),
        (
            "Multimodal LLMs: a Multimodal Large Language Model (MLLM). Large Language Models (LLMs)",
            ("Multimodal LLMs", "Multimodal Large Language Model"),
        ),
        (r"We present $\texttt{RBCorr}$. With RBCorr all is well", (r"$\texttt{RBCorr}$", "RBCorr")),
        ("ScenarioControl, also Scenario-Control", ("ScenarioControl", "Scenario-Control")),
        ("Visual Place Recognition is hard. VPR is slow", ("VPR", "Visual Place Recognition")),
        ("A Mixture of Experts. MoE is sparse", ("MoE", "Mixture of Experts")),
        ("STRP: Short Term Motion Robot Planner", ("STRP", "Short Term Motion Robot Planner")),
    ],
)
def test_names_that_are_written_alike_are_one_thing(text: str, names: tuple[str, str]) -> None:
    found = [(text.index(one), text.index(one) + len(one), "Method", 0.9) for one in names]
    rows = group(text, found, definitions(text), [(0, len(text))], JOIN_PREFIXES)
    assert any(set(names) <= form for form in forms(rows)), forms(rows)
    apart = [(0, len(names[0]), "Method", 0.9), (len(text) + 9, len(text) + 9 + len(names[1]), "Method", 0.9)]
    two = f"{names[0]}{' ' * (len(text) + 9 - len(names[0]))}{names[1]}"
    assert len(group(two, apart, [], [(0, len(two))], UNTRAINED)) == 2, "without a model nothing is joined"


@pytest.mark.parametrize(
    "names",
    [
        ("IGEV", "IGEV++"), ("SAM", "SAM$^{*}$"), ("RL", "Reinforcement Learning agents"), ("VP", "VP-NTK"),
        ("Go", "graph optimisation"), ("$", "{}"), ("RLC", "Robust Low Rank Control"),
        ("LRPN", "Short Low Rank Planning Net"),
    ],
)  # fmt: skip
def test_names_that_only_look_alike_are_two_things(names: tuple[str, str]) -> None:
    text = " or ".join(names)
    found = [(0, len(names[0]), "Method", 0.9), (len(text) - len(names[1]), len(text), "Method", 0.9)]
    assert len(group(text, found, definitions(text), [(0, len(text))], JOIN_PREFIXES)) == 2
