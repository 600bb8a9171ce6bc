"""Sentences of abstracts by rule: the title is one, abbreviations and decimals end none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_ENDS = frozenset(".!?。！？")
_CLOSERS = frozenset(")]}\"'”’»")
_BEFORE_STOP = "al"
"""The word of *et al.*, the one abbreviation whose full stop is a token of its own: it is written in two words."""


def _ends_sentence(token: Token) -> bool:
    """Tell whether the full stop, exclamation or question mark ``token`` ends a sentence."""
    if token.text not in _ENDS:
        return False
    if token.text != ".":
        return True
    doc = token.doc
    if token.i and doc[token.i - 1].text == _BEFORE_STOP:
        return False
    follower = doc[token.i + 1] if token.i + 1 < len(doc) else None
    if follower is None or token.whitespace_ or follower.is_space:
        return True
    # "…on CIFAR.We" is a sentence's end that lost its space; "v2.b" and "x.y" are not.
    return follower.text in _CLOSERS or (follower.text[:1].isupper() and follower.text[1:2].islower())


def _continues(token: Token) -> bool:
    """Tell whether ``token`` cannot begin a sentence: lower case without a digit or capital, or a closing mark."""
    return token.text in _CLOSERS or token.text in _ENDS or token.text in {",", ";", ":"} or _plain_lower(token.text)


def _plain_lower(text: str) -> bool:
    return text.isalpha() and text.islower() and text.isascii()


class SentenceMarker:
    """Mark where sentences begin.

    The line feed that ends the title always ends a sentence. A full stop ends one unless it belongs to an abbreviation
    (:data:`kg.nlp.tokens.ABBREVIATIONS`) or is followed by a word in lower case.
    """

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with the start of each of its sentences set."""
        starts, ended = [False] * len(doc), True
        for token in doc:
            if token.is_space:
                ended = ended or "\n" in token.text
                continue
            if ended:
                goes_on = token.i > 0 and doc[token.i - 1].text in _ENDS and _continues(token)
                starts[token.i] = not goes_on
                ended = goes_on and token.text in _CLOSERS | _ENDS
            ended = ended or _ends_sentence(token)
        if starts:
            starts[0] = True
            # One array at once: setting token by token scans the whole document each time. -1 says that none begins.
            column = np.where(starts, 1, -1).astype(np.uint64).reshape(-1, 1)
            doc.from_array([SENT_START], column)  # type: ignore[arg-type]  # the stub asks for thinc's own array type
        return doc


@Language.factory("kg_sentences", assigns=["token.is_sent_start", "doc.sents"])
def create_sentences(nlp: Language, name: str) -> SentenceMarker:
    """Return the component that marks sentences."""
    del nlp, name  # the factory's signature is spaCy's
    return SentenceMarker()
