"""How the entities of a paper relate: every ordered pair that the guidelines allow, judged by a linear model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from spacy.language import Language

from kg.nlp.certainty import certainty_of
from kg.nlp.entities import fold
from kg.nlp.linear import Floats, LinearComponent, calibrated
from kg.nlp.reading import Place, Reading
from kg.nlp.roles import bucket
from kg.nlp.rows import RelationRow, cues, entities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Doc

NONE = "none"
"""The class of pairs that are not related."""

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
TYPES = ("Method", "Task", "Dataset", "Benchmark", "Metric", "Robot", "Software", "Hardware")
_MAX_BETWEEN = 12
_MAX_PLACES = 12
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


def candidates(reading: Reading) -> list[tuple[int, int]]:
    """Return the ordered pairs of entities whose types may be related."""
    kinds = [row["type"] for row in reading.rows[:_MAX_ENTITIES]]
    size = range(len(kinds))
    return [(i, j) for i in size for j in size if i != j and (kinds[i], kinds[j]) in ALLOWED]


def _apart(pair: tuple[Place, Place]) -> tuple[int, int, int]:
    a, b = pair
    return abs(a.sentence - b.sentence), max(a.start, b.start) - min(a.end, b.end), min(a.start, b.start)


class PairFeatures:
    """Features of the pairs of one document; what depends on one end only is made once."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.size = min(len(reading.rows), _MAX_ENTITIES)
        self.ends = [self._end(i) for i in range(self.size)]
        self._nearest: dict[tuple[int, int], tuple[Place, Place]] = {}
        self.kinds = [row["type"][:4] for row in reading.rows]
        self.folds = [fold(row["name"]).split() for row in reading.rows]
        self.sets = [set(words) for words in self.folds]
        self.sentences = [{place.sentence for place in places} for places in reading.places]

    def _end(self, index: int) -> list[str]:
        row, places = self.reading.rows[index], self.reading.places[index]
        rank, among = self.reading.ranks[index]
        like = [i for i in range(self.size) if self._alike(i, index)]
        title = places[0].sentence == 0
        return [
            f"{row['role']}",
            f"title={title}|{row['role']}",
            f"count={bucket(len(places))}",
            f"rank={bucket(rank)}|{bucket(among)}",
            f"role_rank={row['role']}|{bucket(like.index(index))}|{bucket(len(like))}",
            f"head={self.reading.words[places[0].end - 1]}",
        ]

    def _alike(self, one: int, two: int) -> bool:
        a, b = self.reading.rows[one], self.reading.rows[two]
        return a["type"] == b["type"] and a["role"] == b["role"]

    def of(self, subject: int, obj: int) -> Iterator[str]:
        """Yield every feature that holds for an ordered pair."""
        for index, prefix in self.sides(subject, obj):
            yield from self.side(index, prefix)
        yield from self.between(subject, obj)

    def sides(self, subject: int, obj: int) -> tuple[tuple[int, str], tuple[int, str]]:
        """Return what the features of each end depend on: the entity, and its place in a pair of these types."""
        kinds = self._kinds(subject, obj)
        return (subject, f"{kinds}|s:"), (obj, f"{kinds}|o:")

    def side(self, index: int, prefix: str) -> list[str]:
        """Return the features of one end."""
        return [prefix + end for end in self.ends[index]]

    def _kinds(self, subject: int, obj: int) -> str:
        return f"{self.kinds[subject]}>{self.kinds[obj]}"

    def between(self, subject: int, obj: int) -> Iterator[str]:
        """Yield the features that depend on both ends."""
        kinds = self._kinds(subject, obj)
        yield kinds
        roles = f"{kinds}|{self.reading.rows[subject]['role']}>{self.reading.rows[obj]['role']}"
        yield roles
        common = len(self.sentences[subject] & self.sentences[obj])
        yield f"{roles}|common={bucket(common)}"
        yield from self._names(kinds, subject, obj)
        if common:
            yield from self._apart(kinds, roles, *self._closest(subject, obj))
        else:
            yield f"{kinds}|far={bucket(min(abs(a - b) for a in self.sentences[subject] for b in self.sentences[obj]))}"

    def _names(self, kinds: str, subject: int, obj: int) -> Iterator[str]:
        a, b = self.sets[subject], self.sets[obj]
        if self.folds[subject][-1:] == self.folds[obj][-1:]:
            yield f"{kinds}|same_head"
        if not a.isdisjoint(b):
            yield f"{kinds}|overlap"
            if b < a:
                yield f"{kinds}|inside"
            if a < b:
                yield f"{kinds}|around"

    def _closest(self, subject: int, obj: int) -> tuple[Place, Place]:
        """Return the two mentions nearest to each other: by sentences, then by words, then the first in the text."""
        key = (min(subject, obj), max(subject, obj))
        if key not in self._nearest:
            one, two = (self.reading.places[index][:_MAX_PLACES] for index in key)
            self._nearest[key] = min(((a, b) for a in one for b in two), key=_apart)
        a, b = self._nearest[key]
        return (a, b) if subject < obj else (b, a)

    def _apart(self, kinds: str, roles: str, a: Place, b: Place) -> Iterator[str]:
        words, owner = self.reading.words, self.reading.owner
        order = ">" if a.start <= b.start else "<"
        first, second = (a, b) if a.start <= b.start else (b, a)
        distance = max(0, second.start - first.end)
        head = f"{kinds}{order}"
        yield f"{head}|distance={bucket(distance)}"
        yield f"{roles}{order}|distance={bucket(distance)}"
        inside = [i for i in range(first.end, second.start) if owner[i] < 0]
        entities_between = len({owner[i] for i in range(first.end, second.start) if owner[i] >= 0})
        yield f"{head}|between={bucket(entities_between)}"
        between = [words[i] for i in inside]
        if len(between) <= _MAX_BETWEEN:
            for word in dict.fromkeys(between):
                yield f"{head}|b={word}"
                yield f"{order}b={word}"
        if len(between) <= 5:  # noqa: PLR2004 # longer stretches are seen once
            path = f"{order}path={' '.join(between)}|{min(entities_between, 2)}"
            yield path
            yield f"{kinds}{path}"
        else:
            yield f"{head}|path={' '.join(between[:2])}_{' '.join(between[-2:])}"
        before = words[max(0, first.start - 2) : first.start]
        yield f"{head}|before={' '.join(before[-1:])}"
        yield f"{head}|before2={' '.join(before)}"
        yield f"{head}|after={' '.join(words[second.end : second.end + 1])}"
        where = first.sentence == 0
        yield f"{head}|title={where}|{bucket(distance)}"

    def spans(self, subject: int, obj: int) -> tuple[Place, Place]:
        """Return the two mentions that stand for a pair: those nearest to each other."""
        return self._closest(subject, obj)


class RelationReader(LinearComponent):
    """Leave the relations of a document in ``doc._.kg_relations``."""

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with its relations."""
        if len(entities(doc)) < 2 or not self.linear.classes:  # noqa: PLR2004 # a pair
            return doc
        reading = Reading.of(doc)
        pairs, made = candidates(reading), PairFeatures(reading)
        doc._.kg_relations = list(self._choose(doc, made, pairs, self._scores(made, pairs)))
        return doc

    def _scores(self, made: PairFeatures, pairs: list[tuple[int, int]]) -> Floats:
        """Return the probabilities of each pair, as from all its features; those of one end are added up once."""
        sums = self.linear.sums([self.linear.rows(made.between(*pair)) for pair in pairs])
        ends = [made.sides(*pair) for pair in pairs]
        distinct = {end: place for place, end in enumerate(dict.fromkeys(end for both in ends for end in both))}
        sides = self.linear.sums([self.linear.rows(made.side(*end)) for end in distinct])
        for column in (0, 1):
            sums += sides[[distinct[both[column]] for both in ends]]
        return self.linear.softmax(sums)

    def _choose(
        self, doc: Doc, made: PairFeatures, pairs: list[tuple[int, int]], scores: Floats
    ) -> Iterator[RelationRow]:
        """Yield for each pair its likeliest relation among those that the types allow, if it is likely enough."""
        classes = self.linear.classes
        thresholds = self.linear.settings.get("thresholds", {})
        least = np.array([thresholds.get(name, 0.5) for name in classes])
        masks = {kinds: np.isin(classes, sorted(allowed)) for kinds, allowed in ALLOWED.items()}
        kinds = [row["type"] for row in made.reading.rows]
        allowed = np.array([masks[kinds[i], kinds[j]] for i, j in pairs]).reshape(-1, len(classes))
        possible = np.where(allowed, scores, -1.0)
        best = possible.argmax(axis=1)
        top = possible[np.arange(len(pairs)), best]
        for index in np.flatnonzero(top >= least[best]).tolist():
            yield _row(doc, made, *pairs[index], classes[best[index]], calibrated(float(top[index]), self.linear))


def _row(doc: Doc, made: PairFeatures, subject: int, obj: int, relation: str, score: float) -> RelationRow:
    a, b = made.spans(subject, obj)
    evidence = made.reading.evidence(a, b)
    ends = [list(a.chars), list(b.chars)]
    return RelationRow(
        subject=subject,
        predicate=relation,
        object=obj,
        subject_span=ends[0],
        object_span=ends[1],
        evidence=evidence,
        score=score,
        certainty=certainty_of(cues(doc), evidence, *ends).value,
    )


@Language.factory(
    "kg_relations",
    requires=["doc._.kg_entities", "doc._.kg_cues", "doc.sents"],
    assigns=["doc._.kg_relations"],
)
def create_relations(nlp: Language, name: str) -> RelationReader:
    """Return the component that reads relations."""
    del nlp, name  # the factory's signature is spaCy's
    return RelationReader()
