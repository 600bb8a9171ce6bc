"""Where things stand in a text, as the numbers that the heads see beside the encoder's vectors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.nlp.reading import Place
    from kg.nlp.weights import Floats, Ints

MOST_PLACES = 8
"""Mentions of an entity that are looked at."""
ENTITY_FEATURES, PAIR_FEATURES, BUCKETS = 6, 7, 16
_FAR, _NEAR, _SENTENCES = 60, 6, 5


def entity_features(places: Sequence[Sequence[Place]], tokens: int, last_sentence: int) -> Floats:
    """Return one row an entity: in the title, first place, count, last place, spread, begins the text.

    :param places: each entity's mentions, in order.
    :param tokens: length of the text; ``last_sentence``: index of its last sentence.
    """
    rows = [_entity(mine[:MOST_PLACES], tokens, max(1, last_sentence)) for mine in places]
    return np.array(rows, dtype=np.float32).reshape(-1, ENTITY_FEATURES)


def _entity(places: Sequence[Place], tokens: int, last_sentence: int) -> list[float]:
    starts = [place.start for place in places]
    sentences = {place.sentence for place in places}
    return [
        float(min(sentences) == 0),
        min(starts) / tokens,
        math.log(len(places)),
        max(starts) / tokens,
        len(sentences) / last_sentence,
        float(starts[0] == 0),
    ]


def pair_features(places: Sequence[Sequence[Place]], subjects: Ints, objects: Ints) -> Floats:
    """Return one row a pair: same sentence, next sentence, distance, order, near, sentences apart, shared sentences."""
    starts = [np.array([p.start for p in mine[:MOST_PLACES]]) for mine in places]
    sentences = [np.array(sorted({p.sentence for p in mine[:MOST_PLACES]})) for mine in places]
    rows = np.zeros((len(subjects), PAIR_FEATURES), dtype=np.float32)
    for row, (i, j) in enumerate(zip(subjects.tolist(), objects.tolist(), strict=True)):
        steps = (starts[j][None, :] - starts[i][:, None]).ravel()
        step = int(steps[np.abs(steps).argmin()])
        between = np.abs(sentences[i][:, None] - sentences[j][None, :])
        apart = int(between.min())
        rows[row] = (
            apart == 0,
            apart == 1,
            min(abs(step), _FAR) / _FAR,
            step > 0,
            abs(step) < _NEAR,
            min(apart, _SENTENCES) / _SENTENCES,
            int((between == 0).sum()) / 4,
        )
    return rows


def link_buckets(
    figures: Sequence[tuple[int, int]], sentences: Sequence[int], places: Sequence[Sequence[Place]]
) -> Ints:
    """Return for each figure and entity how far apart they stand: same sentence or not, side, power of two of words.

    :param figures: first token and token after the last of each figure.
    :param sentences: the sentence of every token.
    """
    made = np.zeros((len(figures), len(places)), dtype=np.int64)
    for row, (start, end) in enumerate(figures):
        for column, mine in enumerate(places):
            seen = mine[:MOST_PLACES]
            step = min((_step(place, start, end) for place in seen), key=abs)
            here = any(place.sentence == sentences[start] for place in seen)
            made[row, column] = 8 * here + 4 * (step < 0) + min(int(math.log2(abs(step) + 1)), 3)
    return made


def _step(place: Place, start: int, end: int) -> int:
    """Return the words from a figure to a mention, below 0 for one that stands before it."""
    if place.start >= end:
        return place.start - end
    return place.end - 1 - start if place.end <= start else 0
