"""How the entities of a paper relate: every ordered pair that the guidelines allow, judged by a linear model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from kg.nlp.certainty import certainty_of
from kg.nlp.entities import fold
from kg.nlp.linear import LinearComponent
from kg.nlp.reading import Place, Reading
from kg.nlp.roles import bucket
from kg.nlp.rows import RelationRow, cues, entities

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


class PairFeatures:
    """Features of the pairs of one document; what depends on one end only is made once."""

    def __init__(self, reading: Reading):
        self.reading = reading
        self.ends = [self._end(i) for i in range(len(reading.rows))]
        self.folds = [fold(row["name"]) for row in reading.rows]
        self.sentences = [{place.sentence for place in places} for places in reading.places]

    def _end(self, index: int) -> list[str]:
        row, places = self.reading.rows[index], self.reading.places[index]
        same = [i for i, r in enumerate(self.reading.rows) if r["type"] == row["type"]]
        like = [i for i in same if self.reading.rows[i]["role"] == row["role"]]
        title = places[0].sentence == 0
        return [
            f"{row['role']}",
            f"title={title}|{row['role']}",
            f"count={bucket(len(places))}",
            f"rank={bucket(same.index(index))}|{bucket(len(same))}",
            f"role_rank={row['role']}|{bucket(like.index(index))}|{bucket(len(like))}",
            f"head={self.reading.words[places[0].end - 1]}",
        ]

    def of(self, subject: int, obj: int) -> Iterator[str]:
        """Yield the features that hold for an ordered pair."""
        rows = self.reading.rows
        a, b = rows[subject], rows[obj]
        kinds = f"{a['type'][0:4]}>{b['type'][0:4]}"
        yield kinds
        for end in self.ends[subject]:
            yield f"{kinds}|s:{end}"
        for end in self.ends[obj]:
            yield f"{kinds}|o:{end}"
        roles = f"{kinds}|{a['role']}>{b['role']}"
        yield roles
        common = len(self.sentences[subject] & self.sentences[obj])
        yield f"{roles}|common={bucket(common)}"
        yield from self._names(kinds, subject, obj)
        pair = self._closest(subject, obj)
        yield from self._apart(kinds, roles, *pair) if common else (f"{kinds}|far={bucket(self._gap(*pair))}",)

    def _names(self, kinds: str, subject: int, obj: int) -> Iterator[str]:
        a, b = self.folds[subject].split(), self.folds[obj].split()
        if a[-1] == b[-1]:
            yield f"{kinds}|same_head"
        if set(b) < set(a):
            yield f"{kinds}|inside"
        if set(a) < set(b):
            yield f"{kinds}|around"
        if set(a) & set(b):
            yield f"{kinds}|overlap"

    def _closest(self, subject: int, obj: int) -> tuple[Place, Place]:
        def gap(pair: tuple[Place, Place]) -> tuple[int, int]:
            a, b = pair
            return (self._gap(a, b) * 1000 + max(a.start, b.start) - min(a.end, b.end), min(a.start, b.start))

        places = self.reading.places
        return min(((a, b) for a in places[subject][:12] for b in places[obj][:12]), key=gap)

    @staticmethod
    def _gap(a: Place, b: Place) -> int:
        return abs(a.sentence - b.sentence)

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
        if not entities(doc) or not self.linear.classes:
            return doc
        reading = Reading.of(doc)
        pairs, made = candidates(reading), PairFeatures(reading)
        scores = self.linear.probabilities([self.linear.rows(made.of(*pair)) for pair in pairs])
        doc._.kg_relations = list(self._choose(doc, made, pairs, scores))
        return doc

    def _choose(
        self, doc: Doc, made: PairFeatures, pairs: list[tuple[int, int]], scores: Any
    ) -> Iterator[RelationRow]:
        thresholds = self.linear.settings.get("thresholds", {})
        none = self.linear.classes.index(NONE)
        for (subject, obj), score in zip(pairs, scores, strict=True):
            kinds = (made.reading.rows[subject]["type"], made.reading.rows[obj]["type"])
            allowed = ALLOWED[kinds]
            ranked = sorted(
                ((float(p), c) for i, (p, c) in enumerate(zip(score, self.linear.classes, strict=True)) if i != none),
                reverse=True,
            )
            best = next(((p, c) for p, c in ranked if c in allowed), None)
            if best is not None and best[0] >= thresholds.get(best[1], 0.5):
                yield _row(doc, made, subject, obj, best[1], best[0])


def _row(doc: Doc, made: PairFeatures, subject: int, obj: int, relation: str, score: float) -> RelationRow:
    a, b = made.spans(subject, obj)
    sentences = sorted({a.sentence, b.sentence})
    evidence = [list(made.reading.sentences[s]) for s in sentences]
    ends = [list(a.chars), list(b.chars)]
    return RelationRow(
        subject=subject,
        predicate=relation,
        object=obj,
        subject_span=ends[0],
        object_span=ends[1],
        evidence=evidence,
        score=round(score, 4),
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
