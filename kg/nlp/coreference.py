"""Names that differ by more than spelling and may still name one thing: *Unitree G1* and *Unitree G1 humanoid robot*.

A linear model judges every pair of names of one type of a paper that share words or initials.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.nlp.linear import LinearModel

SAME, OTHER = "same", "other"
_MIN_OVERLAP = 0.5
_MAX_NAMES = 80
"""Pairs among the first 80 names only, so that the work on a text of any length is bounded."""


@dataclass(frozen=True, slots=True)
class Name:
    """What a group of equal forms is known by: its folded form, a verbatim form, its type, its mentions' sentences."""

    folded: str
    form: str
    kind: str
    sentences: frozenset[int]
    count: int


def pairs(names: Sequence[Name]) -> Iterator[tuple[int, int]]:
    """Yield the pairs worth judging."""
    for i, j in combinations(range(min(len(names), _MAX_NAMES)), 2):
        if names[i].kind == names[j].kind and _pattern(names[i].folded.split(), names[j].folded.split()):
            yield i, j


def _pattern(a: list[str], b: list[str]) -> str:
    """Return how two folded names are alike, or nothing.

    >>> _pattern("unitree g1 humanoid robot".split(), "unitree g1".split())
    'prefix'
    >>> _pattern("large language model".split(), ["llm"])
    'initials'
    """
    long, short = (a, b) if len(a) >= len(b) else (b, a)
    if not short:
        return ""
    if long[: len(short)] == short:
        return "prefix"
    if long[-len(short) :] == short:
        return "suffix"
    if set(short) < set(long):
        return "subset"
    if len(short) == 1 and len(short[0]) > 1 and _initials(long, short[0]):
        return "initials"
    shared, union = len(set(a) & set(b)), len(set(a) | set(b))
    return "overlap" if shared / union >= _MIN_OVERLAP else ""


def _initials(words: list[str], acronym: str) -> bool:
    initials = "".join(word[0] for word in words)
    return initials in (acronym, acronym[:-1]) or (len(words) > 2 and initials.startswith(acronym))  # noqa: PLR2004 # two letters start too many names


def pair_features(a: Name, b: Name) -> Iterator[str]:
    """Yield the features by which two names are one thing."""
    one, two = a.folded.split(), b.folded.split()
    long, short = (a, b) if len(one) >= len(two) else (b, a)
    pattern = _pattern(one, two)
    extra = [w for w in long.folded.split() if w not in set(short.folded.split())]
    missing = [w for w in short.folded.split() if w not in set(long.folded.split())]
    base = f"{pattern}|{a.kind}"
    yield base
    yield f"{pattern}|extra={min(len(extra), 4)}"
    yield f"{pattern}|short={min(len(short.folded.split()), 3)}|extra={min(len(extra), 3)}"
    for word in extra:
        yield f"{pattern}|+{word}"
        yield f"+{word}"
    for word in missing:
        yield f"-{word}"
    together = bool(a.sentences & b.sentences)
    yield f"{pattern}|together={together}"
    yield f"{base}|together={together}|extra={min(len(extra), 3)}"
    yield f"{pattern}|title={0 in long.sentences}{0 in short.sentences}"
    yield f"{pattern}|counts={min(long.count, 3)}{min(short.count, 3)}"
    capitals = f"{_capital(long.form)}{_capital(short.form)}"
    yield f"{pattern}|capitals={capitals}"
    yield f"{base}|capitals={capitals}|{bool(extra and any(map(str.isdigit, ''.join(extra))))}"
    yield f"short={short.folded}"


def _capital(form: str) -> str:
    if sum(map(str.isupper, form)) > 1 and " " not in form:
        return "A"
    return "C" if form[:1].isupper() else "c"


def same(names: Sequence[Name], model: LinearModel) -> list[tuple[int, int]]:
    """Return the pairs of names that the model holds to be one thing, the surest first."""
    if not model.classes:
        return []
    judged = list(pairs(names))
    scores = model.probabilities([model.rows(pair_features(names[i], names[j])) for i, j in judged])
    column, threshold = model.classes.index(SAME), float(model.settings.get("threshold", 0.5))
    kept = [(float(row[column]), pair) for row, pair in zip(scores, judged, strict=True) if row[column] >= threshold]
    return [pair for _, pair in sorted(kept, key=lambda one: (-one[0], one[1]))]
