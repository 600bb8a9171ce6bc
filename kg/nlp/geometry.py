"""Where things stand in a text, as the numbers that the heads see beside the encoder's vectors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.nlp.reading import Place
    from kg.nlp.weights import Floats, Ints

MOST_PLACES = 8
"""Mentions of an entity that are looked at."""
ENTITY_FEATURES, PAIR_FEATURES, LINK_FEATURES = 6, 12, 13
_FAR, _NEAR, _SENTENCES = 60, 6, 5
_APART = 5
"""Of the features of a link those that tell how far figure and mention stand apart."""


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


@dataclass(frozen=True, slots=True)
class Pairs:
    """How the two entities of each pair stand, by those of their mentions that are nearest to each other.

    :param features: pair × :data:`PAIR_FEATURES`: same sentence, next sentence, words apart, order, near, sentences
        apart, sentences shared, mentions between, of the object's type, of the subject's, subject and object in title.
    :param spots: pair × 4: last token of the subject's mention and of the object's, and the tokens between them, the
        first and the one after the last; none if they stand far apart.
    """

    features: Floats
    spots: Ints


def pairs(places: Sequence[Sequence[Place]], types: Ints, subjects: Ints, objects: Ints) -> Pairs:
    """Return how the entities of pairs stand.

    :param types: of each entity, any number.
    :param subjects: of each pair the entity that is its subject; ``objects``: its object.
    """
    table = [
        (place.start, place.end, place.sentence, entity)
        for entity, mine in enumerate(places)
        for place in mine[:MOST_PLACES]
    ]
    starts, ends, sentences, owners = np.array(table, dtype=np.int64).reshape(-1, 4).T
    one, two = _nearest(starts, ends, sentences, owners)[:, subjects, objects]
    low, high = np.minimum(ends[one], ends[two]), np.maximum(starts[one], starts[two])
    gap = np.maximum(0, high - low)
    apart = np.abs(sentences[one] - sentences[two])
    within = np.zeros((len(places), int(sentences.max(initial=0)) + 1), dtype=np.int64)
    within[owners, sentences] = 1
    begun = np.zeros((int(types.max(initial=0)) + 1, int(ends.max(initial=0)) + 2), dtype=np.int64)
    np.add.at(begun, (types[owners], starts + 1), 1)
    begun = begun.cumsum(axis=1)
    high = np.maximum(low, high)
    kinds = types[subjects], types[objects]
    features = np.stack(
        [
            apart == 0,
            apart == 1,
            np.minimum(gap, _FAR) / _FAR,
            starts[two] > starts[one],
            gap < _NEAR,
            np.minimum(apart, _SENTENCES) / _SENTENCES,
            (within[subjects] * within[objects]).sum(axis=1) / 4,
            np.minimum((begun[:, high] - begun[:, low]).sum(axis=0), _SENTENCES) / _SENTENCES,
            np.minimum(begun[kinds[1], high] - begun[kinds[1], low], 3) / 3,
            np.minimum(begun[kinds[0], high] - begun[kinds[0], low], 3) / 3,
            within[subjects, 0],
            within[objects, 0],
        ],
        axis=1,
    ).astype(np.float32)
    close = gap < _FAR
    return Pairs(features, np.stack([ends[one] - 1, ends[two] - 1, low * close, high * close], axis=1))


def _nearest(starts: Ints, ends: Ints, sentences: Ints, owners: Ints) -> Ints:
    """Return for every two entities which of their mentions are nearest: by sentences, then words, then the first."""
    if not len(starts):
        return np.zeros((2, 0, 0), dtype=np.int64)
    count = len(starts)
    apart = np.abs(sentences[:, None] - sentences[None])
    gap = np.maximum(starts[:, None], starts[None]) - np.minimum(ends[:, None], ends[None])
    size = int(ends.max()) + 1
    rank = ((apart * 2 * size + gap + size) * count + np.arange(count)[:, None]) * count + np.arange(count)
    firsts = np.flatnonzero(np.diff(owners, prepend=-1))
    best = np.minimum.reduceat(np.minimum.reduceat(rank, firsts, axis=0), firsts, axis=1)
    return np.stack([best // count % count, best % count])


@dataclass(frozen=True, slots=True)
class Links:
    """How each figure stands to each entity, by the entity's mention that is nearest to it.

    :param features: figure × entity × :data:`LINK_FEATURES`: same sentence, sentence before, stands before, distance
        and its logarithm, touches, others of its type between, figures between, nearest of its type before and after,
        the same in its row as the figure in its own (*A and B are 1 and 2*), only one of its type, of several figures.
    :param between: figure × entity × 2: the tokens between them, the first and the one after the last; none if they
        stand in two sentences or far apart.
    """

    features: Floats
    between: Ints


def links(
    figures: Sequence[tuple[int, int]], sentences: Sequence[int], places: Sequence[Sequence[Place]], types: Ints
) -> Links:
    """Return how figures stand to entities.

    :param figures: first token and token after the last of each figure.
    :param sentences: the sentence of every token.
    :param types: of each entity, any number.
    """
    features = np.zeros((len(figures), len(places), LINK_FEATURES), dtype=np.float32)
    between = np.zeros((len(figures), len(places), 2), dtype=np.int64)
    for row, figure in enumerate(figures):
        here = sentences[figure[0]]
        beside = [other for other in figures if sentences[other[0]] == here]
        nearest = [min(mine[:MOST_PLACES], key=lambda place: _rank(place, figure, here)) for mine in places]
        for column, place in enumerate(nearest):
            features[row, column, :_APART] = _apart(place, figure, here)
            if place.sentence == here:
                like = [
                    p for p, kind in zip(nearest, types, strict=True) if p.sentence == here and kind == types[column]
                ]
                features[row, column, _APART:] = _company(place, figure, like, beside)
                between[row, column] = _between(place, figure)
    return Links(features, between)


def _apart(place: Place, figure: tuple[int, int], sentence: int) -> tuple[float, ...]:
    step = _step(place, figure)
    away = min(abs(step), _FAR)
    return (
        place.sentence == sentence,
        place.sentence == sentence - 1,
        step < 0,
        away / _FAR,
        math.log1p(away) / math.log1p(_FAR),
    )


def _company(
    place: Place, figure: tuple[int, int], like: list[Place], beside: list[tuple[int, int]]
) -> tuple[float, ...]:
    """Return how a mention stands among those of its type, and the figure among the sentence's."""
    step, steps = _step(place, figure), [_step(other, figure) for other in like]
    low, high = (place.end, figure[0]) if step < 0 else (figure[1], place.start)
    row = sorted(other.start for other in like)
    return (
        abs(step) <= 1,
        min(sum(low <= other.start < high for other in like), 3) / 3,
        min(sum(low <= start < high for start, _ in beside), 3) / 3,
        step < 0 and step == max(other for other in steps if other < 0),
        step > 0 and step == min(other for other in steps if other > 0),
        len(like) == len(beside) > 1 and row.index(place.start) == beside.index(figure),
        len(like) == 1,
        len(beside) > 1,
    )


def _between(place: Place, figure: tuple[int, int]) -> tuple[int, int]:
    low, high = (place.end, figure[0]) if _step(place, figure) < 0 else (figure[1], place.start)
    return (low, max(low, high)) if high - low < _FAR else (0, 0)


def _rank(place: Place, figure: tuple[int, int], sentence: int) -> tuple[bool, int]:
    return place.sentence != sentence, abs(_step(place, figure))


def _step(place: Place, figure: tuple[int, int]) -> int:
    """Return the words from a figure to a mention, 1 for neighbours, below 0 for a mention that stands before it."""
    start, end = figure
    if place.start >= end:
        return place.start - end + 1
    return place.end - 1 - start if place.end <= start else 0
