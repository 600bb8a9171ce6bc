"""Abbreviations that a text defines: the algorithm of Schwartz and Hearst.

A. S. Schwartz, M. A. Hearst: A simple algorithm for identifying abbreviation definitions in biomedical text.
Pacific Symposium on Biocomputing 2003, 451-462.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spacy.language import Language

from kg.nlp.reading import text_of
from kg.nlp.rows import AbbreviationRow

if TYPE_CHECKING:
    from spacy.tokens import Doc

_PARENTHESIS = re.compile(r"\(([^()]{2,80})\)")
_MARKUP = re.compile(r"\s*(?:\\[a-zA-Z]+\s*\{|[\"“'‘{])*")
_FORM_END = re.compile(r"[}\"”,;:]")
_WORD = re.compile(r"[^\s\-–/]+")
_SHORT_LENGTH = range(2, 13)
_LONGEST_CONTEXT = 120
_MOST_WORDS = 2
_MOST = 200
"""A text that defines more is no abstract; the rest is left out, so that time stays bounded."""


def definitions(text: str) -> list[AbbreviationRow]:
    """Return each ``long form (short form)`` of ``text``, in order.

    >>> [(text[a:b], text[c:d]) for text in ["We use a graph neural network (GNN) here"]
    ...  for row in definitions(text) for (a, b), (c, d) in [(row["long"], row["short"])]]
    [('graph neural network', 'GNN')]
    """
    rows = []
    for match in _PARENTHESIS.finditer(text):
        short = _short_form(text, match.start(1), match.end(1))
        if short is None:
            continue
        start = _long_start(text, match.start(), text[short[0] : short[1]])
        if start is not None:
            end = start + len(text[start : match.start()].rstrip(" \"”’'}"))
            if end > start:
                rows.append(AbbreviationRow(long=[start, end], short=[*short]))
    return rows[:_MOST]


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
    letters = [c.lower() for c in short.removesuffix("s") if c.isalnum()]
    base = max(0, parenthesis - _LONGEST_CONTEXT)
    context = text[base:parenthesis].rstrip()
    cut = max(context.rfind(mark) for mark in ("\n", ". ", "(", ";"))
    place = len(context)
    for rest in range(len(letters) - 1, -1, -1):
        place = _letter_before(context, place, letters[rest], first=rest == 0)
        if place <= cut:
            return None
    long = context[place:]
    fits = len(_WORD.findall(long)) <= min(len(letters) + 5, len(letters) * 2)
    return base + place if fits and len(long) > len(short) and short.lower() not in long.lower().split() else None


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
