"""What a paper's entity is in the graph: one key for all names of a thing, from the paper alone.

A key depends on nothing but the entity's own names and type and the shipped senses of acronyms: papers can come in any
order and any number of steps, and the same papers make the same nodes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.model import EntityType
from kg.resolution import vocabulary as curated
from kg.resolution.acronyms import HEADS, Senses, acronym, fits, shipped
from kg.resolution.keys import slug
from kg.resolution.spelling import neutral, spelled
from kg.resolution.tex import readable

if TYPE_CHECKING:
    from collections.abc import Iterable

_PARENTHESIS = re.compile(r"\s*\(([^()]*)\)")
_MACHINES = (EntityType.ROBOT, EntityType.HARDWARE)
_BASED = re.compile(r"-(?:based|driven|powered)$")
_MOST_TRIED = 40


@dataclass(frozen=True, slots=True)
class Identity:
    """Which thing a name names.

    :param space: names in different spaces are never one thing: ``metric``, ``machine`` for robots and hardware whose
        name is one word (*Atlas* is a robot and many other things), ``thing`` for all else.
    :param text: the name in its one spelling, acronyms written out.
    :param rules: why it is not as the paper writes it.
    :param score: how sure that is, 0 to 1: that of the rule which was right least often (:data:`RIGHT`), 1 without one.
    """

    space: str
    text: str
    rules: tuple[str, ...] = ()
    score: float = 1.0

    @property
    def key(self) -> str:
        """The key of the node: its IRI below the base of the graph."""
        return f"{self.space}/{slug(self.text)}"


def bare(name: str) -> tuple[str, tuple[str, ...]]:
    """Return a readable name without the acronyms that stand in parentheses, and these.

    >>> bare("Vision-Language-Action (VLA) models")
    ('Vision-Language-Action models', ('VLA',))
    """
    found = []

    def take(match: re.Match[str]) -> str:
        short = acronym(match[1].strip())
        if short is None:
            return match[0]
        found.append(short)
        return ""

    return _PARENTHESIS.sub(take, readable(name)).strip() or readable(name), tuple(found)


def identify(
    kind: EntityType,
    name: str,
    forms: Iterable[str] = (),
    *,
    new: bool = False,
    senses: Senses | None = None,
    vocabulary: curated.Vocabulary | None = None,
) -> Identity:
    """Return which thing a paper's entity is.

    :param forms: the other names that the paper gives it.
    :param new: whether the paper proposes it: an acronym that it does not expand is then a name, with no usual sense,
        and no name is another of something well known.
    :param senses: what acronyms usually mean; by default :func:`kg.resolution.acronyms.shipped`.
    :param vocabulary: names of well-known things; by default the one that ships.

    >>> identify(EntityType.METHOD, "LLMs", ["large language models"]).key
    'thing/large-language-model'
    >>> identify(EntityType.DATASET, "LIBERO benchmark").key == identify(EntityType.BENCHMARK, "LIBERO").key
    True
    """
    names = _Names.of(name, forms)
    known = Senses() if new and names.short else shipped() if senses is None else senses
    text, rules = _expanded(names, kind, known) if names.short else _settled(names, kind, known)
    meaning = None if new else (curated.shipped() if vocabulary is None else vocabulary).meaning(text, kind)
    if meaning is not None and meaning != text:
        text, rules = meaning, (*rules, "vocabulary")
    score = min((_trust(*RIGHT.get(rule, (0, 0))) for rule in rules), default=1.0)
    return Identity(_space(kind, text), text, rules, score)


RIGHT = {
    "usual sense": (150, 150),
    "qualifier": (8, 8),
    "compound": (9, 9),
    "article": (6, 6),
    "word form": (6, 6),
    "based": (2, 2),
    "spelling": (2, 2),
    "vocabulary": (2, 2),
    "count": (1, 1),
    "head": (1, 1),
}
"""How many of the labelled pairs of ``identity-dev.jsonl`` that a rule made one are so, of how many."""
_SAME_WORDS, _MANY_SHARED, _FEW_SHARED = (1, 3), (16, 116), (7, 81)
"""The same of the pairs that stay two: of one spelling, with half of their words or more in common, with fewer."""
_HALF = 0.5


def _trust(right: int, of: int) -> float:
    """Return how likely the next one is right, by Laplace's rule of succession."""
    return round((right + 1) / (of + 2), 3)


@dataclass(frozen=True, slots=True)
class _Names:
    name: str
    short: str | None
    acronyms: tuple[str, ...]
    longs: tuple[str, ...]

    @classmethod
    def of(cls, name: str, forms: Iterable[str]) -> _Names:
        given, found = bare(name)
        acronyms, longs = list(found), []
        for form in forms:
            text, more = bare(form)
            acronyms += more
            short = acronym(text)
            if short:
                acronyms.append(short)
            else:
                longs.append(text)
        longest = sorted(dict.fromkeys(acronyms), key=lambda short: (-len(short), short))
        return cls(given, acronym(given), tuple(longest[:_MOST_TRIED]), tuple(longs)[:_MOST_TRIED])


def _expanded(names: _Names, kind: EntityType, senses: Senses) -> tuple[str, tuple[str, ...]]:
    """Return what an acronym stands for: in its paper, else usually; else the acronym."""
    short = names.short or ""
    own = next((long for long in names.longs if fits(short, long)), None)
    if own:
        text, rules = _settled(_Names(own, None, (short,), ()), kind, senses)
        return text, ("own expansion", *rules)
    sense = senses.usual(short, kind)
    if sense:
        return sense, ("usual sense",)
    return spelled(short, kind).text, ()


def _settled(names: _Names, kind: EntityType, senses: Senses) -> tuple[str, tuple[str, ...]]:
    """Return the one spelling of a name; where it says the usual sense of its acronym in other words, that sense."""
    one = spelled(names.name, kind)
    for short in names.acronyms:
        sense = senses.usual(short, kind)
        if sense and _says(one.text, sense):
            return sense, ("usual sense", *one.rules)
    text = _written_out(one.text, names.name, kind, senses)
    rules = (*one.rules, "usual sense") if text != one.text else one.rules
    without = senses.longer.get(text)
    return (without, (*rules, "head")) if without else (text, rules)


def _written_out(text: str, name: str, kind: EntityType, senses: Senses) -> str:
    """Return a spelled name with its acronyms written out: those that stand alone, unlike *Qwen2.5-VL* or *3D-VLA*."""
    alone = filter(None, (acronym(_BASED.sub("", word)) for word in name.split()))
    found = {short.lower(): sense for short in alone if (sense := senses.usual(short, kind))}
    words = text.split()
    return " ".join(found.get(word, word) for word in words) if len(words) > 1 else text


def _says(text: str, sense: str) -> bool:
    """Return whether ``text`` is the expansion of an acronym but for words that add nothing."""
    front, back = text.removesuffix(sense), text.removeprefix(sense)
    longer = (front != text and _adds_nothing(front)) or (back != text and set(back.split()) <= HEADS)
    shorter = sense.removeprefix(f"{text} ")
    without_large = " ".join(word for word in sense.split() if word != "large")
    return longer or (shorter != sense and set(shorter.split()) <= HEADS) or text == without_large


def _adds_nothing(words: str) -> bool:
    """Return whether what stands before an expansion may be left out: the acronym names only the rest."""
    return neutral(words) or set(words.split()) <= {"large", "generative"}


def _space(kind: EntityType, text: str) -> str:
    if kind is EntityType.METRIC:
        return "metric"
    return "machine" if kind in _MACHINES and " " not in text else "thing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two entities are one thing, how likely that is, and why."""

    same: bool
    score: float
    reason: str


def compare(one: Identity, two: Identity) -> Verdict:
    """Return whether two entities are one thing: whether they have one key.

    >>> a, b = identify(EntityType.METHOD, "LLM"), identify(EntityType.METHOD, "large language models")
    >>> compare(a, b).same, compare(a, identify(EntityType.METHOD, "medical LLMs")).same
    (True, False)
    """
    if one.key == two.key:
        rules = sorted({*one.rules, *two.rules})
        why = f" ({', '.join(rules)})" if rules else ""
        return Verdict(True, min(one.score, two.score), f"both are {one.text!r}{why}")
    if one.text == two.text:
        return Verdict(
            False, _trust(*_SAME_WORDS), f"both are {one.text!r}, one a {one.space}, the other a {two.space}"
        )
    ours, theirs = set(one.text.split()), set(two.text.split())
    alike = len(ours & theirs) >= _HALF * len(ours | theirs)
    return Verdict(False, _trust(*(_MANY_SHARED if alike else _FEW_SHARED)), f"{one.text!r} is not {two.text!r}")
