"""Which predicted entity stands for which gold one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXACT, RELAXED = 1.0, 0.5
_SAME_TYPE = 0.1  # of two about equally similar candidates the one of the same type is paired first
_PER_CHARACTER = 0.0001  # of two shared forms the longer one says more

_BREAKS = re.compile(r"[\s_/\-\u2010-\u2015]+")
_NO_FIGURE = re.compile(r"[^\d.]")
_SHORT = 3  # a word this long or shorter keeps its s (bus, GPS)


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity as it is compared: its folded forms, the words of each, and the words of all."""

    type: str
    role: str
    forms: frozenset[str]
    bags: tuple[frozenset[str], ...]
    words: frozenset[str]

    @classmethod
    def read(cls, name: str, kind: str, role: str, others: Iterable[str] = ()) -> Self:
        """Return the entity of one row of a line."""
        forms = frozenset(map(fold, (name, *others)))
        bags = tuple(frozenset(form.split()) for form in forms)
        return cls(kind, role, forms, bags, frozenset().union(*bags))


@dataclass(frozen=True, slots=True)
class Annotation:
    """A line as it is compared.

    :param relations: subject and object are indices into ``entities``.
    :param results: the digits of the value, and the index of the metric or -1.
    """

    entities: tuple[Entity, ...] = ()
    relations: tuple[tuple[int, str, int], ...] = ()
    results: tuple[tuple[str, int], ...] = ()

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> Self:
        """Return what a line in the form of :class:`~kg.evaluate.labels.GoldLine` says."""
        return cls(
            entities=tuple(Entity.read(*row) for row in line["e"]),
            relations=tuple((subject, relation, obj) for subject, relation, obj in line.get("r", ())),
            results=tuple((digits(value), metric) for value, metric, *_ in line.get("q", ())),
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gold and a predicted entity, by index, that are at least :data:`RELAXED` similar."""

    gold: int
    predicted: int
    similarity: float
    same_type: bool

    @property
    def rank(self) -> tuple[float, int, int]:
        """What candidates are sorted by; the lowest is paired first."""
        return -(self.similarity + _SAME_TYPE * self.same_type), self.gold, self.predicted


def candidates(gold: Annotation, predicted: Annotation) -> list[Candidate]:
    """Return every pair of entities that may be the same, the most similar first."""
    found = [
        Candidate(i, j, similarity, a.type == b.type)
        for i, a in enumerate(gold.entities)
        for j, b in enumerate(predicted.entities)
        if (similarity := _similarity(a, b)) >= RELAXED
    ]
    return sorted(found, key=attrgetter("rank"))


def pair(ranked: Iterable[Candidate]) -> dict[int, int]:
    """Return predicted index → gold index, each used once, taking the candidates as they come."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for candidate in ranked:
        if candidate.predicted not in pairs and candidate.gold not in taken:
            pairs[candidate.predicted] = candidate.gold
            taken.add(candidate.gold)
    return pairs


def _similarity(gold: Entity, predicted: Entity) -> float:
    shared = gold.forms & predicted.forms
    if shared:
        return EXACT + _PER_CHARACTER * max(map(len, shared))
    if gold.words.isdisjoint(predicted.words):
        return 0.0
    return max(len(a & b) / len(a | b) if a else 0.0 for a in gold.bags for b in predicted.bags)


@lru_cache(maxsize=1 << 16)
def fold(form: str) -> str:
    """Return ``form`` with case, hyphens, slashes, underscores, plural *-s* and white space folded.

    >>> fold("Vision-Language  Models")
    'vision language model'
    """
    return " ".join(map(_singular, _BREAKS.sub(" ", form.casefold()).split()))


def _singular(word: str) -> str:
    plural = len(word) > _SHORT and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word


def digits(value: str) -> str:
    """Return the digits and inner points of a result's value.

    >>> digits("about 98.3 %.")
    '98.3'
    """
    return _NO_FIGURE.sub("", value).strip(".")
