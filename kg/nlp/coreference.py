"""Names of one type that differ by more than spelling and may still name one thing.

Names are one if they read alike once abbreviations are written out and markup is dropped (*VLA models* and
*vision-language-action (VLA) models*, *M3CAD* and *M$^3$CAD*), or if one is the initials of the other. Of other pairs
that share words or initials (*Unitree G1* and *Unitree G1 humanoid robot*), a linear model judges each, and two groups
of names become one where their pairs are likely on the average.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations, product
from statistics import fmean
from typing import TYPE_CHECKING

from kg.nlp.abbreviations import SMALL_WORDS

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from kg.nlp.linear import LinearModel

SAME, OTHER = "same", "other"
_MARKUP = re.compile(r"\\[a-zA-Z]+|[${}\\^_]")
_PARENTHESIS = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[^\W_]+")
_TELLING = "+*"
"""Signs that tell names apart: *IGEV* and *IGEV++*."""
_AVERAGE = 0.8
"""What the pairs of two groups have to reach on the average, of the least probability of a pair."""
_UNLIKE = 0.1
"""What counts for a pair that is not worth judging."""
_MIN_OVERLAP = 0.5
_ENOUGH = 4
"""So many letters name the same words even where one word has none: of 75 such pairs of annotated names, 74 are one."""
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


def written_out(folded: str, defined: Mapping[str, str]) -> str:
    """Return what two spellings of a name share: no markup, no parenthesis, no spaces, abbreviations written out.

    :param folded: the name, folded; ``defined``: the folded long form of each folded abbreviation.

    >>> defined = {"vla": "vision language action"}
    >>> written_out("vla model", defined) == written_out("vision language action (vla) model", defined)
    True
    """
    words = _PARENTHESIS.sub(" ", _MARKUP.sub("", folded)).split()
    return "".join(c for word in words for c in defined.get(word, word) if c.isalnum() or c in _TELLING)


def letters_of(form: str) -> str:
    """Return the letters of a form that may be an abbreviation, nothing of any other.

    >>> letters_of("VLMs"), letters_of("Visual Place Recognition")
    ('vlm', '')
    """
    if " " in form or sum(map(str.isupper, form)) < 2:  # noqa: PLR2004 # one capital begins any name
        return ""
    return "".join(c for c in _MARKUP.sub("", form).removesuffix("s").casefold() if c.isalnum())


def first_letters(form: str) -> frozenset[str]:
    """Return what the first letters of the words of a name may make: of all words, or of all but the small ones.

    Four letters and more may leave out one word, not the first.

    >>> sorted(first_letters("Mixture of Experts"))
    ['me', 'moe']
    >>> "clip" in first_letters("Contrastive Language-Image Pre-training")
    True
    """
    words = _WORD.findall(_MARKUP.sub("", form).casefold())
    telling = [word for word in words if word not in SMALL_WORDS]
    whole = {"".join(word[0] for word in some) for some in (words, telling)}
    without_one = {letters[:i] + letters[i + 1 :] for letters in whole for i in range(1, len(letters))}
    return frozenset(
        {letters for letters in whole if len(letters) > 1}
        | {letters for letters in without_one if len(letters) >= _ENOUGH}
    )


def _alike(names: Sequence[Name], defined: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of names of one type that are written alike, or of which one is the initials of the other."""
    written = [written_out(name.folded, defined) for name in names]
    letters, firsts = [letters_of(name.form) for name in names], [first_letters(name.form) for name in names]
    for i, j in combinations(range(min(len(names), _MAX_NAMES)), 2):
        if names[i].kind != names[j].kind:
            continue
        if (written[i] and written[i] == written[j]) or letters[i] in firsts[j] or letters[j] in firsts[i]:
            yield i, j


class _Groups:
    """Groups of names, by number."""

    def __init__(self, groups: Sequence[Hashable]) -> None:
        together: dict[Hashable, list[int]] = {}
        for number, group in enumerate(groups):
            together.setdefault(group, []).append(number)
        self.of = {number: members for members in together.values() for number in members}

    def apart(self, i: int, j: int) -> bool:
        return self.of[i] is not self.of[j]

    def join(self, i: int, j: int) -> None:
        if self.apart(i, j):
            self.of[i].extend(self.of[j])
            self.of |= dict.fromkeys(self.of[j], self.of[i])

    def between(self, i: int, j: int) -> list[tuple[int, int]]:
        """Return every pair of a name of the group of ``i`` and one of that of ``j``."""
        return [(min(pair), max(pair)) for pair in product(self.of[i], self.of[j])]


def same(
    names: Sequence[Name], groups: Sequence[Hashable], defined: Mapping[str, str], model: LinearModel
) -> list[tuple[int, int]]:
    """Return the pairs of names that are one thing: those that are written alike, then the surest first.

    :param groups: what each name belongs to already; equal ones belong together.
    :param defined: the folded long form of each folded abbreviation.
    :param model: an untrained one holds no two names to be one thing, however alike.
    """
    if not model.classes:
        return []
    found, grouped = list(_alike(names, defined)), _Groups(groups)
    for pair in found:
        grouped.join(*pair)
    judged = list(pairs(names))
    column, threshold = model.classes.index(SAME), float(model.settings.get("threshold", 0.5))
    scores = model.probabilities([model.rows(pair_features(names[i], names[j])) for i, j in judged])[:, column].tolist()
    odds = dict(zip(judged, scores, strict=True))
    for pair in sorted((pair for pair in judged if odds[pair] >= threshold), key=lambda pair: (-odds[pair], pair)):
        if not grouped.apart(*pair):
            continue
        if fmean(odds.get(one, _UNLIKE) for one in grouped.between(*pair)) >= _AVERAGE * threshold:
            grouped.join(*pair)
            found.append(pair)
    return found
