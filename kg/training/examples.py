"""Labelled papers as the network is taught them: pieces, places and what the annotators wrote, all as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kg.model import RelationType, ResultKind, Role
from kg.nlp import geometry
from kg.nlp.geometry import MOST_PLACES, Links, Pairs, entity_features, links
from kg.nlp.mentions import TYPES, WIDEST
from kg.nlp.pieces import WINDOW, WordPieces, shape
from kg.nlp.reading import Reading
from kg.nlp.relations import ALLOWED
from kg.nlp.results import SLOT_ALLOWED, SLOTS, candidate_figures
from kg.training.data import Labelled, gold_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.language import Language
    from spacy.tokens import Doc

    from kg.model import Result
    from kg.nlp.figures import Figure

ROLES = tuple(role.value for role in Role)
RELATIONS = tuple(relation.value for relation in RelationType)
KINDS = tuple(kind.value for kind in ResultKind)
Spots = tuple[tuple[int, int], ...]
"""First token and the one after the last of each mention."""
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

_POSSIBLE = np.array([[[r in ALLOWED.get((a, b), ()) for r in RELATIONS] for b in TYPES] for a in TYPES])


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text as the encoder reads it, cut at :data:`~kg.nlp.pieces.WINDOW`.

    :param rows: for each piece the row of its word's vector, or -1; ``owners`` its word, or -1.
    """

    ids: list[int]
    shapes: list[int]
    rows: list[int]
    owners: list[int]

    @property
    def tokens(self) -> int:
        """How many words of the text are read."""
        return max(self.owners) + 1


@dataclass(frozen=True, slots=True)
class Batch:
    """Pieces of several texts, padded: text × piece.

    :param vectors: word vectors, 0 where a word has none; ``real``: where there is a piece.
    """

    ids: Tensor
    shapes: Tensor
    vectors: Tensor
    real: Tensor


@dataclass(frozen=True, slots=True)
class Example:
    """A paper with its gold.

    :param spans: first token, width − 1 and type + 1 of each mention; ``ignored``: stretches that teach nothing.
    :param places: the mentions of each entity that can be found; ``roles`` theirs, ``features`` see
        :mod:`kg.nlp.geometry`.
    :param pairs: subjects and objects in two rows; ``relations``: of each pair, 0 for none; ``possible``: pair ×
        relation, whether the types allow it; ``stand``: how the two stand.
    :param figures: tokens of each figure; ``kinds`` theirs, 0 for none; ``links``: figure × slot, the entity or the
        number of entities for none; ``fillers``: slot × entity and none, whether the type allows it; ``found``: how
        figures and entities stand.
    """

    paper_id: str
    pieces: Pieces
    spans: list[tuple[int, int, int]]
    ignored: list[tuple[int, int]]
    places: list[Spots]
    types: Ints
    roles: Ints
    features: Floats
    pairs: Ints
    relations: Ints
    possible: NDArray[np.bool_]
    stand: Pairs
    figures: Ints
    kinds: Ints
    links: Ints
    fillers: NDArray[np.bool_]
    found: Links


def read_pieces(doc: Doc, split: WordPieces) -> Pieces:
    """Return the pieces of a document's first window."""
    words = [token.text for token in doc]
    known = doc.vocab.vectors.key2row
    rows = [int(known.get(token.orth, -1)) for token in doc]
    window = split.windows(words)[0]
    return Pieces(
        ids=window.ids,
        shapes=[shape(words[i]) if i >= 0 else 0 for i in window.owners],
        rows=[rows[i] if i >= 0 else -1 for i in window.owners],
        owners=window.owners,
    )


def batch_of(texts: Sequence[Pieces], vectors: Floats, device: torch.device) -> Batch:
    """Return the texts side by side."""
    size = (len(texts), min(WINDOW, -(-max(len(text.ids) for text in texts) // 16) * 16))
    ids, shapes = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    real = np.zeros(size, dtype=bool)
    words = np.zeros((*size, vectors.shape[1]), dtype=np.float32)
    for row, text in enumerate(texts):
        count, rows = len(text.ids), np.array(text.rows)
        ids[row, :count], shapes[row, :count], real[row, :count] = text.ids, text.shapes, True
        words[row, :count][rows >= 0] = vectors[rows[rows >= 0]]
    return Batch(*(torch.from_numpy(array).to(device) for array in (ids, shapes, words, real)))


def example(nlp: Language, one: Labelled, split: WordPieces) -> Example:
    """Return a labelled paper as numbers."""
    doc = gold_document(nlp, one)
    pieces = read_pieces(doc, split)
    tokens = pieces.tokens
    reading = Reading.of(doc)
    places = [[p for p in mine if p.end <= tokens][:MOST_PLACES] for mine in reading.places]
    kept = [index for index, mine in enumerate(places) if mine]
    back = {index: row for row, index in enumerate(kept)}
    places = [places[index] for index in kept]
    types = np.array([TYPES.index(reading.rows[index]["type"]) for index in kept], dtype=np.int64)
    pairs, relations, possible = _pairs(one, back, types)
    figures = [(f, t) for f, t in candidate_figures(reading.text, [t.idx for t in doc]) if t[1] <= tokens]
    kinds, filled = _figures(one, [f for f, _ in figures], back)
    spans, ignored = _spans(one, doc, reading, tokens)
    return Example(
        paper_id=one.paper.id,
        pieces=pieces,
        spans=spans,
        ignored=ignored,
        places=[tuple((p.start, p.end) for p in mine) for mine in places],
        types=types,
        roles=np.array([ROLES.index(one.gold.entities[index].role.value) for index in kept], dtype=np.int64),
        features=entity_features(places, len(doc), reading.sentence_of[-1]),
        pairs=pairs,
        relations=relations,
        possible=possible,
        stand=geometry.pairs(places, types, *pairs),
        figures=np.array([t for _, t in figures], dtype=np.int64).reshape(-1, 2),
        kinds=kinds,
        links=filled,
        fillers=np.concatenate([SLOT_ALLOWED[:, types], np.ones((len(SLOTS), 1), dtype=bool)], axis=1),
        found=links([t for _, t in figures], reading.sentence_of, places, types),
    )


def _spans(
    one: Labelled, doc: Doc, reading: Reading, tokens: int
) -> tuple[list[tuple[int, int, int]], list[tuple[int, int]]]:
    """Return what is a mention, and the other places of the same words: inside a longer name they are neither."""
    found: dict[tuple[int, int], int] = {}
    for row, mine in zip(reading.rows, reading.places, strict=True):
        for place in mine:
            found.setdefault((place.start, place.end), TYPES.index(row["type"]))
    starts = {token.idx: token.i for token in doc}
    ends = {token.idx + len(token): token.i + 1 for token in doc}
    every = {(starts.get(m.start, -1), ends.get(m.end, -1)) for e in one.gold.entities for m in e.mentions}

    def fits(place: tuple[int, int]) -> bool:
        return 0 <= place[0] < place[1] <= tokens and place[1] - place[0] <= WIDEST

    spans = [(a, b - a - 1, kind + 1) for (a, b), kind in sorted(found.items()) if fits((a, b))]
    return spans, [(a, b - a - 1) for a, b in sorted(every - found.keys()) if fits((a, b))]


def _pairs(one: Labelled, back: dict[int, int], types: Ints) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    gold: dict[tuple[int, int], int] = {}
    for relation in one.gold.relations:
        if relation.subject in back and relation.object in back:
            ends = back[relation.subject], back[relation.object]
            gold.setdefault(ends, RELATIONS.index(relation.predicate.value) + 1)
    possible = _POSSIBLE[types[:, None], types[None, :]].reshape(len(types), len(types), len(RELATIONS))
    some = np.asarray(possible.any(axis=2))
    np.fill_diagonal(some, val=False)
    subjects, objects = np.nonzero(some)
    wanted = [gold.get((int(i), int(j)), 0) for i, j in zip(subjects, objects, strict=True)]
    pairs = np.stack([subjects, objects]).astype(np.int64)
    return pairs, np.array(wanted, dtype=np.int64), possible[subjects, objects]


def _figures(one: Labelled, figures: Sequence[Figure], back: dict[int, int]) -> tuple[Ints, Ints]:
    left = list(one.gold.results)
    kinds = np.zeros(len(figures), dtype=np.int64)
    links = np.full((len(figures), len(SLOTS)), len(back), dtype=np.int64)
    for row, figure in enumerate(figures):
        result = _result_at(left, figure, one.paper.text)
        if result is None:
            continue
        left.remove(result)
        kinds[row] = KINDS.index(result.kind.value) + 1
        links[row] = [back.get(getattr(result, slot), len(back)) for slot in SLOTS]
    return kinds, links


def _result_at(results: Sequence[Result], figure: Figure, text: str) -> Result | None:
    """Return the result that a figure states: the one that stands there, else one written the same."""
    value = text[figure.start : figure.end]
    same = [r for r in results if r.value == value]
    here = [r for r in same if r.span.start == figure.start]
    over = [r for r in results if r.span.start < figure.end and figure.start < r.span.end]
    found: list[Any] = here or over or same
    return found[0] if found else None
