"""What an acronym stands for: its expansion in the paper itself, or its usual sense in the field.

The usual senses ship as ``senses.tsv``: how often papers expand an acronym in which way, by the type of thing where it
is known (``python -m kg.training.senses`` makes it). An acronym with no sense that clearly prevails stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.model import EntityType

_ACRONYM = re.compile(r"(?=[^\W\d_]*[^\W_])[\w&-]{2,10}")
_SPLIT = re.compile(r"[\s\-–/]+")
SMALL = frozenset({"a", "an", "and", "as", "by", "for", "from", "in", "of", "on", "the", "to", "via", "with"})
"""Words of an expansion that may give no letter."""
_MOST_LETTERS, _MOST_WORDS = 10, 12
HEADS = frozenset({"model", "network", "policy", "prompting", "reasoning"})
"""Nouns that an expansion may end in or not: *VLA* is *vision-language-action* and *vision-language-action model*."""
ANY = ""
"""The type of a sense that was counted in running text, where nobody labels types."""
BEHIND = "+"
"""The type of an expansion with the noun that stands behind its acronym: *Vision-Language-Action (VLA) models*."""
_LEAST_PAPERS, _LEAST_SHARE = 2, 0.75
_EMPTY = ("model", "prompting", "reasoning")
_LEAST_BEHIND, _SHARE_BEHIND = 10, 0.25


def acronym(name: str) -> str | None:
    """Return ``name`` in the singular if it is written as an acronym.

    >>> acronym("LLMs"), acronym("SfM"), acronym("ImageNet"), acronym("Robot"), acronym("G1")
    ('LLM', 'SfM', None, None, None)
    """
    word = name.removesuffix("s") if name[-2:-1].isupper() or name[-2:-1].isdigit() else name
    capitals = sum(map(str.isupper, word))
    plausible = _ACRONYM.fullmatch(word) and capitals > 1 and 2 * capitals >= len(word)
    return word if plausible else None


def fits(short: str, long: str) -> bool:
    """Return whether the letters of ``short`` are the beginnings of all words of ``long``, small words aside.

    >>> fits("SfM", "structure from motion"), fits("LLM", "large multilingual language model")
    (True, False)
    >>> fits("XAI", "explainable artificial intelligence"), fits("CoT", "chain of thought")
    (True, True)
    """
    letters = [sign for sign in short.lower() if sign.isalnum()]
    words = [word for word in _SPLIT.split(long.lower()) if word]
    return 1 < len(words) <= _MOST_WORDS and len(letters) <= _MOST_LETTERS and _fits(letters, words)


def _fits(letters: list[str], words: list[str]) -> bool:
    if not words:
        return not letters
    word, rest = words[0], words[1:]
    if word in SMALL and _fits(letters, rest):
        return True
    return any(_fits(letters[taken:], rest) for taken in range(1, _most(letters, word) + 1))


def _most(letters: list[str], word: str) -> int:
    """Return how many of ``letters`` a word can give, in order, its own first letter first (*explain* may give X)."""
    if not letters or not (word.startswith(letters[0]) or (letters[0] == "x" and word.startswith("ex"))):
        return 0
    place = taken = 0
    for letter in letters[1:]:
        place = word.find(letter, place + 1)
        if place < 0:
            break
        taken += 1
    return taken + 1


@dataclass(frozen=True, slots=True)
class Senses:
    """How often papers expand which acronym how: ``counts[acronym][type][expansion]``.

    :param longer: expansions with a noun that often stands behind the acronym, and the expansions without.
    """

    counts: Mapping[str, Mapping[str, Counter[str]]] = field(default_factory=dict)
    longer: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, str, int]]) -> Senses:
        """Return the senses of rows: acronym, type or :data:`ANY`, expansion, papers."""
        counts: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for short, kind, long, papers in rows:
            counts[short][kind][long] += papers
        senses = {long for kinds in counts.values() for long, papers in kinds[ANY].items() if papers >= _LEAST_PAPERS}
        found = {long: less for kinds in counts.values() for long, less in _longer(kinds) if long not in senses}
        every = {short: {kind: c for kind, c in kinds.items() if kind != BEHIND} for short, kinds in counts.items()}
        return cls(every, found)

    def usual(self, short: str, kind: EntityType) -> str | None:
        """Return the expansion that prevails for things of type ``kind``, or else for all, in its one spelling."""
        kinds = self.counts.get(short, {})
        total = sum(kinds.values(), Counter[str]())
        for counts in (kinds.get(kind.value, Counter[str]()), total):
            long, papers = max(_by_head(counts).items(), key=lambda row: (row[1], row[0]), default=(ANY, 0))
            if papers >= _LEAST_PAPERS and papers >= _LEAST_SHARE * counts.total():
                return long
        return None


def _longer(kinds: Mapping[str, Counter[str]]) -> Iterator[tuple[str, str]]:
    for long, papers in sorted(kinds.get(BEHIND, Counter[str]()).items()):
        without, _, noun = long.rpartition(" ")
        of = kinds[ANY][without]
        if noun in _EMPTY and papers >= _LEAST_BEHIND and papers >= _SHARE_BEHIND * of:
            yield long, without


def _by_head(counts: Counter[str]) -> Counter[str]:
    """Return the counts with *chain of thought prompting* added to *chain of thought*, if that is a sense too."""
    found: Counter[str] = Counter()
    for long, papers in counts.items():
        shorter = long.rpartition(" ")
        found[shorter[0] if shorter[2] in HEADS and shorter[0] in counts else long] += papers
    return found


@cache
def shipped() -> Senses:
    """Return the senses that ship."""
    lines = (files("kg.resolution") / "senses.tsv").read_text(encoding="utf-8").splitlines()[1:]
    cells = (line.split("\t") for line in lines)
    return Senses.of((short, kind, long, int(papers)) for short, kind, long, papers in cells)
