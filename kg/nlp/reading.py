"""A document as the statement components see it: words, sentences, and where each entity stands."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from spacy.attrs import IS_SPACE, LENGTH, LOWER, ORTH, SENT_START, SPACY

from kg.nlp.rows import EntityRow, entities

if TYPE_CHECKING:
    from spacy.tokens import Doc

_MAX_PLACES = 40


@dataclass(frozen=True, slots=True)
class Place:
    """A mention by its tokens: first, after the last, its sentence, its characters."""

    start: int
    end: int
    sentence: int
    chars: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """What features are made of.

    :param words: every token in lower case; ``¶`` for white space.
    :param sentence_of: the sentence of every token.
    :param sentences: each sentence's characters.
    :param places: for each entity its mentions, at most the first 40.
    :param rows: the entities.
    :param text: the text.
    """

    words: list[str]
    sentence_of: list[int]
    sentences: list[tuple[int, int]]
    places: list[list[Place]]
    rows: list[EntityRow]
    text: str

    @classmethod
    def of(cls, doc: Doc) -> Self:
        """Return the reading of a document whose sentences and entities are set."""
        starts, words, sentence_of = _tokens(doc)
        text = text_of(doc)
        sentences = _sentences(text, starts, sentence_of)
        places = []
        rows = entities(doc)
        for row in rows:
            mine = []
            for mention in row["mentions"][:_MAX_PLACES]:
                first = bisect_right(starts, mention["start"]) - 1
                after = bisect_right(starts, mention["end"] - 1)
                mine.append(Place(first, after, sentence_of[first], (mention["start"], mention["end"])))
            places.append(mine)
        return cls(words, sentence_of, sentences, places, rows, text)

    def evidence(self, *places: Place) -> list[list[int]]:
        """Return the characters of each sentence that a place begins in, in order, stretched to hold it to its end."""
        found: dict[int, list[int]] = {}
        for place in sorted(places, key=lambda place: place.chars):
            span = found.setdefault(place.sentence, [*self.sentences[place.sentence]])
            span[1] = max(span[1], place.chars[1])
        return list(found.values())

    def sentence_at(self, char: int) -> tuple[int, int]:
        """Return the characters of the sentence that holds the character ``char``."""
        index = bisect_right([start for start, _ in self.sentences], char) - 1
        return self.sentences[max(0, index)]


def _tokens(doc: Doc) -> tuple[list[int], list[str], list[int]]:
    """Return each token's first character, word and sentence, all at once: one by one they cost more than a head."""
    columns = doc.to_array([LENGTH, SPACY, LOWER, IS_SPACE, SENT_START]).reshape(-1, 5)
    sizes = (columns[:, 0] + columns[:, 1]).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]) if len(sizes) else sizes
    strings = doc.vocab.strings
    words = ["¶" if space else strings[lower] for lower, space in columns[:, 2:4].tolist()]
    begins = columns[:, 4].astype(np.int64) == 1
    begins[:1] = False
    return starts.tolist(), words, np.cumsum(begins).tolist()


def _without_edges(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def text_of(doc: Doc) -> str:
    """Return the document's text, read at once: ``Doc.text`` makes it token by token, which costs as much as a head."""
    strings = doc.vocab.strings
    columns: Any = doc.to_array([ORTH, SPACY]).reshape(-1, 2)
    return "".join([f"{strings[orth]} " if space else strings[orth] for orth, space in columns.tolist()])


def sentences_of(doc: Doc) -> list[tuple[int, int]]:
    """Return the characters of each sentence, without white space at its ends."""
    starts, _, sentence_of = _tokens(doc)
    return _sentences(text_of(doc), starts, sentence_of)


def _sentences(text: str, starts: list[int], sentence_of: list[int]) -> list[tuple[int, int]]:
    begins = [start for i, start in enumerate(starts) if i == 0 or sentence_of[i] != sentence_of[i - 1]]
    return [_without_edges(text, a, b) for a, b in pairwise([*begins, len(text)])]
