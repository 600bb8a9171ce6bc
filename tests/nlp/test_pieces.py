"""Words become pieces of the encoder's vocabulary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.nlp.pieces import SHAPES, WINDOW, WordPieces, shape

VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "robot",
    "##s",
    "open",
    "##vla",
    "98",
    ".",
    "3",
    "naive",
    "a",
]
SPLIT = WordPieces(VOCABULARY)


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("robots", ["robot", "##s"]),
        ("OpenVLA", ["open", "##vla"]),
        ("98.3", ["98", ".", "3"]),
        ("naïve", ["naive"]),
        ("\n", ["[SEP]"]),
        ("robotx", ["[UNK]"]),
        ("機", ["[UNK]"]),
        ("", ["[UNK]"]),
    ],
)
def test_the_longest_piece_is_taken_first(word: str, pieces: list[str]) -> None:
    assert [VOCABULARY[i] for i in SPLIT(word)] == pieces


def test_a_word_of_any_length_has_few_pieces() -> None:
    assert len(SPLIT("a." * 5000)) <= 12
    assert SPLIT("a" * 5000) == (1,)


@given(st.lists(st.sampled_from(["robots", "98.3", "\n", "x", "OpenVLA"]), max_size=900))
def test_windows_hold_every_word_once_and_whole(words: list[str]) -> None:
    windows = SPLIT.windows(words)
    assert [i for w in windows for i in range(w.start, w.end)] == list(range(len(words)))
    for window in windows:
        assert len(window.ids) == len(window.owners) <= WINDOW
        assert [VOCABULARY[window.ids[0]], VOCABULARY[window.ids[-1]]] == ["[CLS]", "[SEP]"]
        inner = window.owners[1:-1]
        assert inner == sorted(inner)
        assert set(inner) == set(range(window.start, window.end))
        assert [i for w in words[window.start : window.end] for i in SPLIT(w)] == window.ids[1:-1]


@given(st.text(min_size=1, max_size=8))
def test_every_word_has_a_shape(word: str) -> None:
    assert 0 < shape(word) < SHAPES - 1


def test_shapes_tell_names_from_words() -> None:
    assert len({shape(word) for word in ("robot", "Robot", "ROBOT", "RoBot", "G", "roBot", "7", "7B", "7.5")}) == 9
