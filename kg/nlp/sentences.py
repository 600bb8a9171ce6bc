"""Sentences of abstracts by rule: the title is one, abbreviations and decimals end none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language

from kg.nlp.tokens import ABBREVIATIONS

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_ENDS = frozenset(".!?。！？")
_CLOSERS = frozenset(")]}\"'”’»")
_NEVER_LAST = frozenset(word.rstrip(".") for word in ABBREVIATIONS) | {"al", "Fig", "Figs", "Eq", "Eqs", "Sec"}


def _ends_sentence(token: Token) -> bool:
    """Tell whether the full stop, exclamation or question mark ``token`` ends a sentence."""
    if token.text not in _ENDS:
        return False
    if token.text != ".":
        return True
    doc, before = token.doc, token.i - 1
    follower = doc[token.i + 1] if token.i + 1 < len(doc) else None
    if before >= 0 and not doc[before].whitespace_ and doc[before].text in _NEVER_LAST:
        return False
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
    or is followed by a word in lower case.
    """

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with the start of each of its sentences set."""
        starts, ended = [False] * len(doc), True
        for token in doc:
            if token.is_space and "\n" in token.text:
                ended = True
                continue
            if ended and not token.is_space and not (_continues(token) and token.i and doc[token.i - 1].text in _ENDS):
                starts[token.i], ended = True, False
            elif ended and not token.is_space and token.text not in _CLOSERS and token.text not in _ENDS:
                ended = False
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
