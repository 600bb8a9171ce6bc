"""From mentions to entities: which places of a paper name the same thing.

Forms that differ by case, hyphens or a plural *s* are one thing; so are an abbreviation and its long form. Every other
occurrence of a form found once counts as a mention too, and the type that most of the evidence speaks for is taken.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from spacy.language import Language

from kg.model import EntityType
from kg.nlp.coreference import Name, same
from kg.nlp.linear import LinearComponent, LinearModel
from kg.nlp.reading import sentences_of, text_of
from kg.nlp.rows import MENTIONS, AbbreviationRow, EntityRow, MentionRow, abbreviations
from kg.nlp.weights import calibrated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Doc

_SEPARATORS = re.compile(r"[\s\-‐-―_/]+")
_FIGURE = re.compile(r"(?=.*\d)(?=.*[A-Z])")
_PLURAL_LENGTH = 4
"""Shorter words keep their s: bus, gas."""
_MAX_FORMS = 400
"""A text that names more forms than this is no abstract; the rest is left out, so that time stays bounded."""


@lru_cache(maxsize=1 << 14)
def fold(form: str) -> str:
    """Return what two spellings of one name share: case, hyphens, spacing and plural *s* are lost.

    >>> fold("Vision-Language Models") == fold("vision language model")
    True
    """
    return " ".join(map(_singular, _SEPARATORS.sub(" ", form.casefold()).split()))


def _singular(word: str) -> str:
    if len(word) < _PLURAL_LENGTH or not word.endswith("s") or word.endswith("ss"):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


@dataclass(slots=True)
class _Found:
    """A place that names something, before grouping."""

    start: int
    end: int
    kind: str
    score: float


@dataclass(slots=True)
class _Groups:
    """Folded forms joined into things (union-find)."""

    parent: dict[str, str] = field(default_factory=dict)

    def root(self, key: str) -> str:
        self.parent.setdefault(key, key)
        while self.parent[key] != key:
            key = self.parent[key]
        return key

    def join(self, a: str, b: str) -> None:
        self.parent[self.root(b)] = self.root(a)


def group(
    text: str,
    found: list[tuple[int, int, str, float]],
    defined: list[AbbreviationRow],
    sentences: list[tuple[int, int]],
    model: LinearModel,
) -> list[EntityRow]:
    """Return the entities that the mentions ``found`` (start, end, type, score) name, in order of first mention.

    :param model: judges whether two names are one thing (:mod:`kg.nlp.coreference`); its calibration sets the scores.
    """
    places = [_Found(*row) for row in found]
    groups = _Groups()
    _apply_definitions(text, places, defined, groups)
    _apply_robots(text, places)
    _propagate(text, places)
    places.sort(key=lambda p: (p.start, p.end))
    names = _names(text, _members(text, places, groups), sentences)
    roots = [groups.root(name.folded) for name in names]
    for i, j in same(names, roots, _written_out(text, defined), model):
        groups.join(names[i].folded, names[j].folded)
    longs = {text[row["long"][0] : row["long"][1]] for row in defined}
    return [_entity(text, mentions, longs, model) for mentions in _members(text, places, groups).values()]


def _written_out(text: str, defined: list[AbbreviationRow]) -> dict[str, str]:
    """Return the folded long form of each folded abbreviation."""
    return {fold(text[slice(*row["short"])]): fold(text[slice(*row["long"])]) for row in defined}


def _members(text: str, places: list[_Found], groups: _Groups) -> dict[str, list[_Found]]:
    members: dict[str, list[_Found]] = defaultdict(list)
    for place in places:
        members[groups.root(fold(text[place.start : place.end]))].append(place)
    return members


def _names(text: str, members: dict[str, list[_Found]], sentences: list[tuple[int, int]]) -> list[Name]:
    """Return each folded form of each group as a name of the group's type."""
    starts = [start for start, _ in sentences]
    names = []
    for mentions in members.values():
        kind = _kind(mentions)
        forms: dict[str, list[_Found]] = defaultdict(list)
        for mention in mentions:
            forms[fold(text[mention.start : mention.end])].append(mention)
        for folded, mine in forms.items():
            within = frozenset(bisect_right(starts, m.start) - 1 for m in mine)
            names.append(Name(folded, text[mine[0].start : mine[0].end], kind, within, len(mine)))
    return names


def _apply_definitions(text: str, places: list[_Found], defined: list[AbbreviationRow], groups: _Groups) -> None:
    """Join each abbreviation with the mention that is its long form; add the end that was not found."""
    for row in defined:
        (long_start, long_end), (short_start, short_end) = row["long"], row["short"]
        long = next((p for p in places if p.end == long_end), None)
        short = next((p for p in places if p.start <= short_start and short_end <= p.end), None)
        if long is None and short is not None and not _overlaps(places, long_start, long_end):
            long = _Found(long_start, long_end, short.kind, short.score)
            places.append(long)
        if short is None and long is not None:
            short = _Found(short_start, short_end, long.kind, long.score)
            places.append(short)
        if long is not None and short is not None:
            groups.join(fold(text[long.start : long.end]), fold(text[short.start : short.end]))


def _apply_robots(text: str, places: list[_Found]) -> None:
    """Make a name with a figure in it, *G1*, a robot's where a longer name of a robot ends in it, *Unitree G1*."""
    words = [text[place.start : place.end].split() for place in places]
    robot = EntityType.ROBOT.value
    ends = {mine[-1] for place, mine in zip(places, words, strict=True) if place.kind == robot and len(mine) > 1}
    for place, mine in zip(places, words, strict=True):
        if len(mine) == 1 and mine[0] in ends and _FIGURE.search(mine[0]):
            place.kind = robot


def _overlaps(places: list[_Found], start: int, end: int) -> bool:
    return any(place.start < end and start < place.end for place in places)


def _propagate(text: str, places: list[_Found]) -> None:
    """Add the other whole-word occurrences of every form, longest forms first, where nothing was found yet."""
    best: dict[str, _Found] = {}
    for place in places:
        form = text[place.start : place.end]
        if form not in best or place.score > best[form].score:
            best[form] = place
    taken = bytearray(len(text))
    for place in places:
        taken[place.start : place.end] = b"\1" * (place.end - place.start)
    for form in sorted(best, key=lambda f: (-len(f), f))[:_MAX_FORMS]:
        model = best[form]
        for start in _whole_words(form, text):
            end = start + len(form)
            if not any(taken[start:end]):
                places.append(_Found(start, end, model.kind, model.score))
                taken[start:end] = b"\1" * len(form)


def _whole_words(form: str, text: str) -> Iterator[int]:
    """Yield where ``form`` stands in ``text`` as words of its own."""
    start = text.find(form)
    while start >= 0:
        before, after = text[start - 1 : start] if start else "", text[start + len(form) : start + len(form) + 1]
        if not (_word(before) or _word(after)):
            yield start
        start = text.find(form, start + 1)


def _word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _kind(mentions: list[_Found]) -> str:
    """Return the type that most of the evidence speaks for."""
    weight: dict[str, float] = defaultdict(float)
    for mention in mentions:
        weight[mention.kind] += mention.score
    return max(sorted(weight), key=lambda k: weight[k])


def _entity(text: str, mentions: list[_Found], longs: set[str], model: LinearModel) -> EntityRow:
    kind = _kind(mentions)
    forms = list(dict.fromkeys(text[m.start : m.end] for m in mentions))
    name = max(forms, key=lambda f: (f in longs, len(fold(f).split()), len(f)))
    return EntityRow(
        name=name,
        type=kind,
        forms=[form for form in forms if form != name],
        mentions=[MentionRow(start=m.start, end=m.end, score=calibrated(m.score, model.settings)) for m in mentions],
        score=calibrated(max(m.score for m in mentions if m.kind == kind), model.settings),
        role="",
        role_score=0.0,
    )


class EntityGrouper(LinearComponent):
    """Leave the entities of a document in ``doc._.kg_entities``."""

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with its entities."""
        spans = doc.spans.get(MENTIONS, [])
        scores = spans.attrs["scores"] if spans else []
        found = [(s.start_char, s.end_char, s.label_, p) for s, p in zip(spans, scores, strict=True) if s.text.strip()]
        doc._.kg_entities = group(text_of(doc), found, abbreviations(doc), sentences_of(doc), self.linear)
        return doc


@Language.factory(
    "kg_entities", requires=["doc.spans", "doc._.kg_abbreviations", "doc.sents"], assigns=["doc._.kg_entities"]
)
def create_entities(nlp: Language, name: str) -> EntityGrouper:
    """Return the component that groups mentions into entities."""
    del nlp, name  # the factory's signature is spaCy's
    return EntityGrouper()
