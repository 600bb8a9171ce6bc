"""What a text denies or only supposes is not asserted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.model import Certainty
from kg.nlp.certainty import certainty_of, create_certainty, scopes
from kg.nlp.rows import cues

if TYPE_CHECKING:
    from spacy.language import Language


def certainty(sentence: str, *ends: str) -> Certainty:
    spans = [[sentence.index(end), sentence.index(end) + len(end)] for end in ends]
    return certainty_of(list(scopes(sentence)), [[0, len(sentence)]], *spans)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("FooNet is trained on Zork.", Certainty.ASSERTED),
        ("FooNet does not require Zork.", Certainty.NEGATED),
        ("FooNet works without Zork.", Certainty.NEGATED),
        ("FooNet may improve Zork.", Certainty.HEDGED),
        ("FooNet could potentially help Zork.", Certainty.HEDGED),
        ("FooNet does not need labels, but uses Zork.", Certainty.ASSERTED),
        ("FooNet is not only used for Zork.", Certainty.ASSERTED),
        ("Although it may fail, FooNet beats Zork.", Certainty.ASSERTED),
    ],
)
def test_certainty(sentence: str, expected: Certainty) -> None:
    assert certainty(sentence, "FooNet", "Zork") is expected


def test_negation_wins_over_hedging() -> None:
    assert certainty("It may not help because it cannot reach Zork", "Zork") is Certainty.NEGATED


def test_a_cue_elsewhere_does_not_count() -> None:
    rows = list(scopes("It may help Zork."))
    assert certainty_of(rows, [[50, 60]], [12, 16]) is Certainty.ASSERTED


def test_scopes_are_found_in_every_sentence(rules: Language) -> None:
    doc = create_certainty(rules, "kg_certainty")(rules("T\nIt may work. It does not."))
    assert [(doc.text[r["start"] : r["end"]], r["certainty"]) for r in cues(doc)] == [
        ("may work", "hedged"),
        ("does not", "negated"),
    ]
