"""Abbreviations that a text defines: the algorithm of Schwartz and Hearst, and two forms of titles and abstracts.

A. S. Schwartz, M. A. Hearst: A simple algorithm for identifying abbreviation definitions in biomedical text.
Pacific Symposium on Biocomputing 2003, 451-462. It finds *long form (SF)*. A short form comes first in *SF (long form)*
and in a title that begins *SF: Long Form …*, where the words have to begin with the letters of the short form.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spacy.language import Language

from kg.nlp.reading import text_of
from kg.nlp.rows import AbbreviationRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Doc

_PARENTHESIS = re.compile(r"\(([^()]{2,80})\)")
_MARKUP = re.compile(r"\s*(?:\\[a-zA-Z]+\s*\{|[\"“'‘{])*")
_FORM_END = re.compile(r"[}\"”,;:]")
_WORD = re.compile(r"[^\s\-–/]+")
_SHORT = r"(?<![\w-])[A-Za-z0-9][\w+-]{1,12}"
_SHORT_FIRST = re.compile(rf"({_SHORT}) \(([^()]{{6,100}})\)")
_TITLE = re.compile(rf"({_SHORT}): (?:(?:[Aa]n?|[Tt]he) )?(?=\S)")
SMALL_WORDS = frozenset(["a", "an", "and", "by", "for", "from", "in", "of", "on", "or", "the", "to", "via", "with"])
_SHORT_LENGTH = range(2, 13)
_LONGEST_CONTEXT = 120
_MOST_WORDS = 2
_MOST = 200
"""A text that defines more is no abstract; the rest is left out, so that time stays bounded."""


def definitions(text: str) -> list[AbbreviationRow]:
    """Return each pair of a long and a short form that ``text`` defines, in order.

    >>> texts = ["a graph neural network (GNN)", "as GNN (Graph Neural Network)", "FAR: A Fast Arm Robot"]
    >>> rows = [(text, row["long"], row["short"]) for text in texts for row in definitions(text)]
    >>> [(text[a:b], text[c:d]) for text, (a, b), (c, d) in rows]
    [('graph neural network', 'GNN'), ('Graph Neural Network', 'GNN'), ('Fast Arm Robot', 'FAR')]
    """
    rows = [*_of_title(text), *_long_first(text), *_short_first(text)]
    return sorted(rows, key=lambda row: (min(row["long"], row["short"]), row["long"]))[:_MOST]


def _long_first(text: str) -> Iterator[AbbreviationRow]:
    for match in _PARENTHESIS.finditer(text):
        short = _short_form(text, match.start(1), match.end(1))
        if short is None:
            continue
        start = _long_start(text, match.start(), text[short[0] : short[1]])
        if start is not None:
            end = start + len(text[start : match.start()].rstrip(" \"”’'}"))
            if end > start:
                yield AbbreviationRow(long=[start, end], short=[*short])


def _short_first(text: str) -> Iterator[AbbreviationRow]:
    for match in _SHORT_FIRST.finditer(text):
        if _stands_for(match[1], match[2]):
            yield AbbreviationRow(long=[*match.span(2)], short=[*match.span(1)])


def _of_title(text: str) -> Iterator[AbbreviationRow]:
    match = _TITLE.match(text)
    if not match or not _is_short(match[1]):
        return
    letters = _letters(match[1])
    for word in _WORD.finditer(text.partition("\n")[0], match.end()):
        if word[0][0].lower() == letters[0]:
            letters.pop(0)
        elif word[0].lower() not in SMALL_WORDS:
            return
        if not letters:
            yield AbbreviationRow(long=[match.end(), word.end()], short=[*match.span(1)])
            return


def _letters(form: str) -> list[str]:
    return [c.lower() for c in form if c.isalnum()]


def _is_short(form: str) -> bool:
    return sum(map(str.isupper, form)) >= max(2, len(form) // 2)


def _stands_for(short: str, long: str) -> bool:
    """Return whether the letters of ``short`` come in ``long`` in turn, the first one first."""
    words, letters = _WORD.findall(long), _letters(short.removesuffix("s"))
    if not _is_short(short) or not 1 < len(words) <= min(len(letters) + 5, len(letters) * 2):
        return False
    rest = iter(long.lower())
    return words[0][0].lower() == letters[0] and all(letter in rest for letter in letters)


def _short_form(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the short form stands in the parenthesis ``start``-``end``, if it may be one."""
    markup = _MARKUP.match(text, start, end)
    start = markup.end() if markup else start
    form = _FORM_END.split(text[start:end])[0].rstrip()
    plausible = (
        len(form) in _SHORT_LENGTH
        and len(form.split()) <= _MOST_WORDS
        and form[:1].isalnum()
        and sum(map(str.isupper, form)) >= max(1, len(form) // 3)
    )
    return (start, start + len(form)) if plausible else None


def _long_start(text: str, parenthesis: int, short: str) -> int | None:
    """Return where the long form before ``parenthesis`` begins, if one stands there.

    Every letter of ``short`` is looked for in turn, from the right; the first one must begin a word.
    """
    letters = _letters(short.removesuffix("s"))
    base = max(0, parenthesis - _LONGEST_CONTEXT)
    context = text[base:parenthesis].rstrip()
    cut = max(context.rfind(mark) for mark in ("\n", ". ", "(", ")", ";"))
    place = len(context)
    for rest in range(len(letters) - 1, -1, -1):
        place = _letter_before(context, place, letters[rest], first=rest == 0)
        if place <= cut:
            return None
    place = _whole_start(context, place, letters, cut)
    long = context[place:]
    fits = len(_WORD.findall(long)) <= min(len(letters) + 5, len(letters) * 2)
    return base + place if fits and len(long) > len(short) and short.lower() not in long.lower().split() else None


def _whole_start(context: str, place: int, letters: list[str], cut: int) -> int:
    """Return where the long form begins if its words begin with all the letters: *Proximal Policy*, not *Policy*."""
    starts = [match.start() for match in re.finditer(r"(?<!\S)\S", context) if match.start() > cut]
    for start in reversed([start for start in starts if start <= place]):
        words = [word for word in context[start:].lower().split() if word not in SMALL_WORDS]
        if [word[0] for word in words] == letters:
            return start
        if len(words) > len(letters):
            break
    return place


def _letter_before(context: str, place: int, letter: str, *, first: bool) -> int:
    """Return where ``letter`` stands last before ``place``, for the ``first`` one at the beginning of a word, or -1."""
    place = context.lower().rfind(letter, 0, place)
    while first and place > 0 and context[place - 1].isalnum():
        place = context.lower().rfind(letter, 0, place)
    return place


class AbbreviationFinder:
    """Leave the abbreviations that a text defines in ``doc._.kg_abbreviations``."""

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with its abbreviations."""
        doc._.kg_abbreviations = definitions(text_of(doc))
        return doc


@Language.factory("kg_abbreviations", assigns=["doc._.kg_abbreviations"])
def create_abbreviations(nlp: Language, name: str) -> AbbreviationFinder:
    """Return the component that finds abbreviations."""
    del nlp, name  # the factory's signature is spaCy's
    return AbbreviationFinder()
