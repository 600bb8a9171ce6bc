"""Stretches of words become mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from kg.nlp.mentions import TYPES, WIDEST, decode, known
from kg.nlp.rows import MENTIONS
from kg.nlp.weights import softmax
from tests.nlp.heads import WIDTH, Random, mention_finder

if TYPE_CHECKING:
    from spacy.language import Language

    from kg.nlp.weights import Floats


def chances(*rows: tuple[int, int, str, float], tokens: int = 9) -> Floats:
    made = np.zeros((tokens, WIDEST, len(TYPES)), dtype=np.float32)
    for start, end, kind, score in rows:
        made[start, end - start - 1, TYPES.index(kind)] = score
    return made


WORDS = tuple("abcdefghi")


def test_the_likelier_of_two_that_cross_is_taken() -> None:
    found = decode(chances((0, 3, "Task", 0.6), (2, 5, "Method", 0.75)), WORDS, least=0.5, inside=0.5)
    assert [row[:3] for row in found] == [(2, 5, "Method")]


@pytest.mark.parametrize(("score", "count"), [(0.65, 1), (0.75, 2)])
def test_a_mention_inside_another_has_to_be_surer(score: float, count: int) -> None:
    found = decode(chances((0, 4, "Task", 0.9), (1, 2, "Robot", score)), WORDS, least=0.5, inside=0.7)
    assert len(found) == count


def test_one_stretch_has_one_type() -> None:
    found = decode(chances((0, 1, "Task", 0.5), (0, 1, "Robot", 0.3)), WORDS, least=0.2, inside=0.2)
    assert found == [(0, 1, "Task", 0.5)]


def test_equal_scores_are_taken_in_order_of_the_text() -> None:
    found = decode(chances((2, 4, "Task", 0.5), (1, 3, "Robot", 0.5)), WORDS, least=0.2, inside=0.2)
    assert found == [(1, 3, "Robot", 0.5)]


@pytest.mark.parametrize(
    ("rows", "score", "expected"),
    [
        ((), 0.06, [(3, 5, "Robot", 0.06)]),
        ((), 0.04, []),
        (((2, 5, "Task", 0.9),), 0.06, []),
        (((5, 6, "Task", 0.9),), 0.06, [(3, 5, "Robot", 0.06)]),
    ],
    ids=["uncovered", "ruled out", "within a longer mention", "beside a mention"],
)
def test_a_curated_name_that_nothing_covers_is_a_mention(
    rows: tuple[tuple[int, int, str, float], ...], score: float, expected: list[tuple[int, int, str, float]]
) -> None:
    doc = spacy.blank("en")("It walks a Unitree G1 outside")
    likely = chances((3, 5, "Robot", score), *rows, tokens=len(doc))
    found = list(known(doc, likely, rows, {"Unitree G1": "Robot", "G1": "Method", "Unitree": "Method"}, 0.05, {}))
    assert [(a, b, kind, pytest.approx(p)) for a, b, kind, p in found] == expected


def test_of_curated_names_that_overlap_the_longest_counts() -> None:
    doc = spacy.blank("en")("A Unitree G1")
    likely = chances((1, 3, "Robot", 0.2), (2, 3, "Robot", 0.4), tokens=len(doc))
    found = list(known(doc, likely, (), {"Unitree G1": "Robot", "G1": "Robot"}, 0.05, {}))
    assert [row[:3] for row in found] == [(1, 3, "Robot")]


@pytest.mark.parametrize(("score", "expected"), [(0.001, 0.65), (0.7, 0.7)])
def test_a_curated_robot_counts_whatever_the_model_thinks(score: float, expected: float) -> None:
    doc = spacy.blank("en")("A Unitree G1 with a LiDAR")
    likely = chances((1, 3, "Robot", score), (5, 6, "Hardware", score / 100), tokens=len(doc))
    names = {"Unitree G1": "Robot", "LiDAR": "Hardware"}
    found = list(known(doc, likely, (), names, 0.05, {"Robot": 0.65}))
    assert [(a, b, kind, pytest.approx(p)) for a, b, kind, p in found] == [(1, 3, "Robot", expected)]


def test_half_a_bracket_or_formula_is_no_name() -> None:
    words = ["P", "(", "True", ")", "$", "x", "$"]
    rows = [(0, 3, "Method", 0.9), (0, 4, "Method", 0.6), (4, 6, "Task", 0.9), (4, 7, "Task", 0.6)]
    found = decode(chances(*rows, tokens=len(words)), words, least=0.5, inside=0.7)
    assert [row[:2] for row in found] == [(0, 4), (4, 7)]


@given(st.integers(0, 2**32 - 1), st.integers(1, 9))
def test_mentions_never_cross_and_are_sorted(seed: int, tokens: int) -> None:
    scores = np.random.default_rng(seed).random((tokens, WIDEST, len(TYPES))).astype(np.float32)
    found = decode(scores, WORDS, least=0.9, inside=0.95)
    assert found == sorted(found)
    assert not any(a < c < b < d for a, b, *_ in found for c, d, *_ in found)


def test_scores_are_biaffine(rules: Language) -> None:
    """The windowed computation against the formula, stretch by stretch."""
    doc = rules("FooNet walks\nRobots do not walk on https://example.org/Mars now.")
    words = Random(7).array(len(doc), WIDTH)
    doc.tensor = words
    finder = mention_finder()
    weights = finder.weights
    made = finder.chances(doc)
    barred = [token.i for token in doc if token.is_space or token.text.startswith("https")]
    assert len(barred) == 2
    turned = weights["U"].reshape(-1, len(TYPES), weights["end.bias"].shape[0])
    for start in range(len(doc)):
        for width in range(WIDEST):
            end = start + width
            if end >= len(doc) or any(start <= one <= end for one in barred):
                assert made[start, width].sum() == 0
                continue
            first, last = weights.linear("start", words[start]), weights.linear("end", words[end])
            scores = np.einsum("a,akb,b->k", first, turned, last)
            scores += weights.linear("us", words[start]) + weights.linear("ue", words[end])
            expected = softmax(np.array([0.0, *(scores + weights["width.weight"][width])], dtype=np.float32))[1:]
            assert made[start, width] == pytest.approx(expected, abs=1e-4)


def test_mentions_are_left_with_their_scores(rules: Language) -> None:
    doc = rules("FooNet walks. Robots walk.")
    doc.tensor = Random(7).array(len(doc), WIDTH)
    group = mention_finder()(doc).spans[MENTIONS]
    assert len(group) == len(group.attrs["scores"]) > 0
    assert all(score >= 0.2 for score in group.attrs["scores"])


def test_nothing_is_found_in_nothing(rules: Language) -> None:
    assert len(mention_finder()(rules("")).spans[MENTIONS]) == 0
