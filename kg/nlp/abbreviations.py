"""Abbreviations that a text defines: the algorithm of Schwartz and Hearst.

A. S. Schwartz, M. A. Hearst: A simple algorithm for identifying abbreviation definitions in biomedical text.
Pacific Symposium on Biocomputing 2003, 451-462.
"""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

import kg.nlp.rows as _rows  # its import registers doc._.kg_abbreviations
from kg.nlp.rows import AbbreviationRow

_PARENTHESIS = re.compile(r"\(([^()]{2,80})\)")
_MARKUP = re.compile(r"\\[a-zA-Z]+\{|[{}\"“”'’]")
_WORD = re.compile(r"[^\s\-–/]+")
_SHORT_LENGTH = range(2, 13)
_LONGEST_CONTEXT = 120


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
            end = len(text[: match.start()].rstrip(" \"”’'}"))
            if end > start:
                rows.append(AbbreviationRow(long=[start, end], short=[*short]))
    return rows


def _short_form(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the short form stands in the parenthesis ``start``-``end``, if it may be one."""
    inner = re.split(r"[,;:]", text[start:end])[0]
    markup = re.match(r"\s*(?:\\[a-zA-Z]+\s*\{|[\"“'‘{])*", inner)
    start += markup.end() if markup else 0
    form = re.split(r"[}\"”]", text[start:end])[0]
    form = re.split(r"[,;:]", form)[0].rstrip()
    plausible = (
        len(form) in _SHORT_LENGTH
        and len(form.split()) <= 2
        and form[:1].isalnum()
        and sum(map(str.isupper, form)) >= max(1, len(form) // 3)
    )
    return (start, start + len(form)) if plausible else None


def _long_start(text: str, parenthesis: int, short: str) -> int | None:
    """Return where the long form before ``parenthesis`` begins: every letter of ``short`` in order, from the right,
    the first of them at the beginning of a word."""
    core = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
    letters = [c for c in core if c.isalnum()]
    words = min(len(letters) + 5, len(letters) * 2)
    context = text[max(0, parenthesis - _LONGEST_CONTEXT) : parenthesis].rstrip()
    base = max(0, parenthesis - _LONGEST_CONTEXT)
    cut = max(context.rfind(mark) for mark in ("\n", ". ", "(", ";"))
    place = len(context) - 1
    for index in range(len(letters) - 1, -1, -1):
        letter = letters[index].lower()
        while place > cut and (
            context[place].lower() != letter or (index == 0 and place > 0 and context[place - 1].isalnum())
        ):
            place -= 1
        if place <= cut:
            return None
        place -= 1
    start = place + 1
    long = context[start:]
    count = len(_WORD.findall(long))
    if count > words or len(long) <= len(short) or short.lower() in long.lower().split():
        return None
    return base + start


class AbbreviationFinder:
    """Leave the abbreviations that a text defines in ``doc._.kg_abbreviations``."""

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with its abbreviations."""
        doc._.kg_abbreviations = definitions(doc.text)
        return doc


@Language.factory("kg_abbreviations", assigns=["doc._.kg_abbreviations"])
def create_abbreviations(nlp: Language, name: str) -> AbbreviationFinder:
    """Return the component that finds abbreviations."""
    del nlp, name  # the factory's signature is spaCy's
    return AbbreviationFinder()
