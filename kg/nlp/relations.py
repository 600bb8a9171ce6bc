"""How the entities of a paper relate: every ordered pair that the guidelines allow, wherever the two stand.

A pair is judged by the vectors of both ends and by the words that both attend to together, after the localized context
of ATLOP (W. Zhou et al.: Document-level relation extraction with adaptive thresholding and localized context pooling.
AAAI 2021), with their roles and how far apart they are.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.language import Language

from kg.model import Certainty
from kg.nlp import geometry
from kg.nlp.certainty import certainty_of
from kg.nlp.geometry import MOST_PLACES
from kg.nlp.mentions import TYPES
from kg.nlp.reading import Place, Reading
from kg.nlp.roles import type_rows
from kg.nlp.rows import RelationRow, cues
from kg.nlp.weights import Floats, Ints, WeightedComponent, calibrated, gelu, softmax

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from numpy.typing import NDArray
    from spacy.tokens import Doc

_ALLOWED = {
    "usedFor": ("Method Dataset Benchmark Software Hardware Robot", "Task"),
    "buildsOn": ("Method Dataset Benchmark Software", "Method Dataset Benchmark Software Hardware"),
    "trainedOn": ("Method", "Dataset Software Benchmark"),
    "evaluatedOn": ("Method", "Dataset Benchmark Software Task"),
    "runsOn": ("Method Software", "Robot Hardware"),
}
_SAME_TYPE = ("isA",)
_ANY_PART = (
    ("Method", "Method Software Dataset Benchmark Robot Metric"),
    ("Software", "Method Software Benchmark"),
    ("Hardware", "Method Robot Hardware Dataset"),
    ("Dataset", "Dataset Benchmark Method"),
    ("Benchmark", "Benchmark Method"),
    ("Metric", "Method Metric Benchmark"),
    ("Task", "Task Benchmark"),
    ("Robot", "Robot"),
)
_MAX_ENTITIES = 60
"""Pairs among the first 60 entities only, so that the work on a text of any length is bounded."""


def _table() -> dict[tuple[str, str], frozenset[str]]:
    pairs: dict[tuple[str, str], set[str]] = {}
    for relation, (subjects, objects) in _ALLOWED.items():
        for subject in subjects.split():
            for obj in objects.split():
                pairs.setdefault((subject, obj), set()).add(relation)
    for kind in TYPES:
        pairs.setdefault((kind, kind), set()).update(_SAME_TYPE)
    for subject, objects in _ANY_PART:
        for obj in objects.split():
            pairs.setdefault((subject, obj), set()).add("partOf")
    for kind in ("Method", "Dataset", "Benchmark"):
        pairs.setdefault((kind, kind), set()).add("comparedWith")
    return {pair: frozenset(relations) for pair, relations in pairs.items()}


ALLOWED = _table()
"""For a subject's and an object's type the relations that may hold, after the annotation guidelines."""
_SHARPNESS = 20.0
"""What the agreement of a query and a word is divided by."""


def candidates(reading: Reading, allowed: Mapping[tuple[str, str], Collection[str]] = ALLOWED) -> list[tuple[int, int]]:
    """Return the ordered pairs of entities whose types may be related."""
    kinds = [row["type"] for row in reading.rows[:_MAX_ENTITIES]]
    size = range(len(kinds))
    return [(i, j) for i in size for j in size if i != j and (kinds[i], kinds[j]) in allowed]


def nearest(reading: Reading, subject: int, obj: int) -> tuple[Place, Place]:
    """Return the two mentions nearest to each other: by sentences, then by words, then the first in the text."""
    one, two = (reading.places[index][:MOST_PLACES] for index in (subject, obj))
    return min(product(one, two), key=_apart)


def _apart(pair: tuple[Place, Place]) -> tuple[int, int, int]:
    a, b = pair
    return abs(a.sentence - b.sentence), max(a.start, b.start) - min(a.end, b.end), min(a.start, b.start)


class RelationReader(WeightedComponent):
    """Leave the relations of a document in ``doc._.kg_relations``."""

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with its relations."""
        if not self.weights or doc._.kg_vectors is None:
            return doc
        reading = Reading.of(doc)
        pairs = candidates(reading, self.allowed)
        if pairs:
            chances = self.chances(doc, reading, np.array(pairs, dtype=np.int64))
            doc._.kg_relations = list(self._choose(doc, reading, pairs, chances))
        return doc

    def chances(self, doc: Doc, reading: Reading, pairs: Ints) -> Floats:
        """Return for each pair the probability of no relation and of each one, those barred by the types at 0."""
        weights, (subjects, objects) = self.weights, pairs.T
        words: Floats = doc.tensor  # type: ignore[assignment]  # the stub names thinc's array type
        kinds = type_rows(reading)
        roles = len(weights.settings["roles"])
        vectors, chances = doc._.kg_vectors[:, :-roles], doc._.kg_vectors[:, -roles:]
        x = np.concatenate([vectors, weights["temb.weight"][kinds]], axis=1)
        one, two = np.tanh(weights.linear("ph", x)), np.tanh(weights.linear("pt", x))
        asked = [weights.linear(layer, side) @ words.T / _SHARPNESS for layer, side in (("qs", one), ("qo", two))]
        shared = softmax(asked[0][subjects] + asked[1][objects])
        context = np.tanh(shared @ weights.linear("cx", words))
        stand = geometry.pairs(reading.places[:_MAX_ENTITIES], kinds[:_MAX_ENTITIES], subjects, objects)
        a, b = one[subjects], two[objects]
        made = np.concatenate([a, b, a * b, context, stand.features, chances[subjects], chances[objects]], axis=1)
        scores = weights.linear("rel2", gelu(weights.linear("rel1", made) + self._near(words, stand.spots)))
        scores[~self._possible()[kinds[subjects], kinds[objects]]] = -np.inf
        return softmax(np.concatenate([np.zeros((len(pairs), 1), dtype=np.float32), scores], axis=1))

    def _near(self, words: Floats, spots: Ints) -> Floats:
        """Return what the two mentions that are nearest to each other add, and the words between them."""
        first, second, low, high = spots.T
        along = np.cumsum(np.pad(self.weights.linear("rp", words), ((1, 0), (0, 0))), axis=0)
        path = (along[high] - along[low]) / np.maximum(1, high - low)[:, None].astype(np.float32)
        made: Floats = self.weights.linear("rs", words)[first] + self.weights.linear("ro", words)[second] + path
        return made

    @property
    def allowed(self) -> Mapping[tuple[str, str], Collection[str]]:
        """The relations that may hold between two types: those of its training, or else of the guidelines."""
        rows: list[list[Any]] | None = self.weights.settings.get("allowed")
        return ALLOWED if rows is None else {(subject, obj): names for subject, obj, names in rows}

    def _possible(self) -> NDArray[np.bool_]:
        allowed, names = self.allowed, self.weights.settings["classes"]
        return np.array([[[n in allowed.get((a, b), ()) for n in names] for b in TYPES] for a in TYPES])

    def _choose(
        self, doc: Doc, reading: Reading, pairs: list[tuple[int, int]], chances: Floats
    ) -> Iterator[RelationRow]:
        """Yield for each pair its likeliest relation, if it is likely enough."""
        settings = self.weights.settings
        names: list[str] = settings["classes"]
        ends = np.array([row["score"] for row in reading.rows], dtype=np.float32)
        for (subject, obj), row in zip(pairs, chances[:, 1:], strict=True):
            best = int(row.argmax())
            score = calibrated(float(row[best] * np.sqrt(ends[subject] * ends[obj])), settings)
            if score >= settings["thresholds"].get(names[best], 0.5):
                yield _row(doc, reading, (subject, obj), names[best], score, settings.get("sure", 0.0))


def _row(doc: Doc, reading: Reading, ends: tuple[int, int], relation: str, score: float, sure: float) -> RelationRow:
    subject, obj = ends
    a, b = nearest(reading, subject, obj)
    evidence = reading.evidence(a, b)
    spans = [list(a.chars), list(b.chars)]
    put = certainty_of(cues(doc), evidence, *spans)
    if put is Certainty.ASSERTED and score < sure:
        put = Certainty.TENTATIVE
    return RelationRow(
        subject=subject,
        predicate=relation,
        object=obj,
        subject_span=spans[0],
        object_span=spans[1],
        evidence=evidence,
        score=score,
        certainty=put.value,
    )


@Language.factory(
    "kg_relations",
    requires=["doc.tensor", "doc._.kg_entities", "doc._.kg_vectors", "doc._.kg_cues", "doc.sents"],
    assigns=["doc._.kg_relations"],
)
def create_relations(nlp: Language, name: str) -> RelationReader:
    """Return the component that reads relations."""
    del nlp, name  # the factory's signature is spaCy's
    return RelationReader()
