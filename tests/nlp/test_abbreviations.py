"""Long forms and the short forms that a text defines for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.nlp.abbreviations import create_abbreviations, definitions
from kg.nlp.rows import abbreviations

if TYPE_CHECKING:
    from spacy.language import Language


def found(text: str) -> list[tuple[str, str]]:
    return [(text[a:b], text[c:d]) for row in definitions(text) for (a, b), (c, d) in [(row["long"], row["short"])]]


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("a graph neural network (GNN) is", ("graph neural network", "GNN")),
        ("and Large Language Models (LLMs) are", ("Large Language Models", "LLMs")),
        ("by Chain-of-Thought (CoT) prompting", ("Chain-of-Thought", "CoT")),
        ("Learning from Demonstration (LfD) works", ("Learning from Demonstration", "LfD")),
        ("a mixture of experts (MoE, for short) is", ("mixture of experts", "MoE")),
        (r"the Visual Verifier (\textsc{ViVe}) says", ("Visual Verifier", "ViVe")),
        ("Time-to-First-Token (TTFT) falls", ("Time-to-First-Token", "TTFT")),
        ("with Proximal Policy Optimization (PPO) we", ("Proximal Policy Optimization", "PPO")),
        ("use Multi-modal Large Language Models (MLLMs) to", ("Multi-modal Large Language Models", "MLLMs")),
        ("we call PODS (Policy Optimization with Down-Sampling) a", ("Policy Optimization with Down-Sampling", "PODS")),
        (
            "PIER (Physics-Informed, Energy-efficient, Risk-aware routing) is",
            ("Physics-Informed, Energy-efficient, Risk-aware routing", "PIER"),
        ),
        ("RIDE: Robots in Deep Environments\nThey", ("Robots in Deep Environments", "RIDE")),
        ("FARS: A Fully Automated Research System for All\nIt", ("Fully Automated Research System", "FARS")),
    ],
)
def test_definitions(text: str, pair: tuple[str, str]) -> None:
    assert found(text) == [pair]


@pytest.mark.parametrize(
    "text",
    [
        "we ran it (see the appendix) twice",
        "in the city (NYC) of light",
        "a value (3.5) is",
        "X (GNN)",
        "nothing here",
        "(GNN)",
        "first. (GNN) second",
        "GNN (GNN)",
        "VLA (Very Old)",
        "RIDE: Walking Robots",
        "Robots: Real Objects",
        "GNN (see the Good New Notes)",
    ],
)
def test_what_defines_nothing(text: str) -> None:
    assert found(text) == []


@given(st.text(alphabet="aAbB (){}\\.,-:", max_size=80))
def test_forms_are_parts_of_the_text(text: str) -> None:
    for row in definitions(text):
        (a, b), (c, d) = row["long"], row["short"]
        assert 0 <= a < b <= len(text)
        assert 0 <= c < d <= len(text)
        assert b <= c or d <= a


def test_the_component_leaves_rows(rules: Language) -> None:
    doc = create_abbreviations(rules, "kg_abbreviations")(rules("T\nA graph neural network (GNN) is used."))
    assert [doc.text[slice(*row["short"])] for row in abbreviations(doc)] == ["GNN"]
