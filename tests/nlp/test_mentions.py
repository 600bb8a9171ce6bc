"""Labels of tokens become whole mentions."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kg.nlp.mentions import LABELS, TYPES, biluo, decode

Spans = list[tuple[int, int, str]]


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, Spans]:
    """Draw a length and spans that do not overlap."""
    found: Spans = []
    place = 0
    for gap, length, kind in draw(
        st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from(TYPES)), max_size=6)
    ):
        found.append((place + gap, place + gap + length, kind))
        place += gap + length
    return place + draw(st.integers(0, 3)), found


def certain(labels: list[str]) -> np.ndarray:
    return np.eye(len(LABELS), dtype=np.float32)[[LABELS.index(label) for label in labels]].reshape(-1, len(LABELS))


@given(spans())
def test_decoding_undoes_labelling(case: tuple[int, Spans]) -> None:
    length, expected = case
    assert [row[:3] for row in decode([certain(biluo(length, expected))])[0]] == expected


@given(st.lists(spans(), max_size=4))
def test_a_batch_reads_like_its_texts_alone(cases: list[tuple[int, Spans]]) -> None:
    generator = np.random.default_rng(len(cases))
    batch = [generator.dirichlet(np.ones(len(LABELS)), size=length).astype(np.float32) for length, _ in cases]
    assert decode(batch) == [row for scores in batch for row in decode([scores])]


@given(st.integers(0, 2**32 - 1), st.integers(1, 20))
def test_mentions_are_whole_and_in_order(seed: int, length: int) -> None:
    scores = np.random.default_rng(seed).dirichlet(np.ones(len(LABELS)), size=length).astype(np.float32)
    (rows,) = decode([scores])
    ends = [0, *(end for _, end, _, _ in rows)]
    assert all(last <= start < end <= length for last, (start, end, _, _) in zip(ends, rows, strict=False))
    assert all(0 <= score <= 1 for *_, score in rows)


def test_a_mention_that_never_ends_is_none() -> None:
    assert decode([certain(["O", "B-Task"])])[0] == [] or decode([certain(["O", "B-Task"])])[0][0][0] == 1


def test_a_lower_bias_finds_more() -> None:
    scores = np.full((1, len(LABELS)), 0.0, dtype=np.float32)
    scores[0, 0], scores[0, LABELS.index("U-Robot")] = 0.6, 0.4
    assert decode([scores]) == [[]]
    assert decode([scores], bias=-1.0) == [[(0, 1, "Robot", np.float32(0.4))]]
