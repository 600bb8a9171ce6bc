"""Word pieces: what the encoder reads, with the word that each piece belongs to.

The vocabulary is BERT's, lower case and without accents (J. Devlin et al.: BERT. NAACL 2019), less the pieces that
scientific abstracts do not use. Case, which it loses, comes back as the shape of the word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BEGIN, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
SHAPES = 16
"""Rows of the table of shapes; 0 stands for the marks at both ends, 15 for a word hidden in pre-training."""
WINDOW = 512
"""Pieces that the encoder can read at once, the marks at both ends among them."""

_PART = re.compile(r"[^\W_]+|[^\w\s]|_")
_MOST_PIECES = 12
_LONGEST_PART = 100
_CLASSES = {"(": 6, "[": 6, "{": 6, ")": 7, "]": 7, "}": 7}


def shape(word: str) -> int:
    r"""Return how a word is written, as a row of the table of shapes.

    >>> [shape(word) for word in ("robot", "CARLA", "OpenVLA", "Unitree", "G1", "98.3", "\n")]
    [9, 10, 13, 12, 3, 4, 1]
    """
    if word.isspace():
        return 1
    if any(map(str.isdigit, word)):
        return _number_shape(word)
    if not word.isalpha():
        return 5 if word[0] == "\\" else _CLASSES.get(word, 8)
    return _letter_shape(word)


def _number_shape(word: str) -> int:
    if word.isdigit():
        return 2
    return 3 if any(map(str.isalpha, word)) else 4


def _letter_shape(word: str) -> int:
    if word.islower():
        return 9
    capitals = sum(map(str.isupper, word))
    if capitals == len(word):
        return 10 if capitals > 1 else 11
    if word[0].isupper():
        return 12 if capitals == 1 else 13
    return 14


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of words as the encoder reads it.

    :param start: its first word; ``end`` the one after its last.
    :param ids: pieces, with the marks at both ends; ``owners`` holds the word of each piece, -1 for the marks.
    """

    start: int
    end: int
    ids: list[int]
    owners: list[int]


class WordPieces:
    """Splits words into pieces, the longest first.

    :param vocabulary: the pieces, in the order of the encoder's table.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = tuple(vocabulary)
        self._ids = {piece: i for i, piece in enumerate(vocabulary)}
        self._known: dict[str, tuple[int, ...]] = {}

    def __call__(self, word: str) -> tuple[int, ...]:
        """Return the pieces of ``word``, at least one and at most twelve; white space is the mark of an end."""
        found = self._known.get(word)
        if found is None:
            parts = () if word.isspace() else _PART.findall(_plain(word[: 4 * _LONGEST_PART]))
            pieces = tuple(chain.from_iterable(map(self._split, parts)))[:_MOST_PIECES]
            found = pieces or (self._ids[END if word.isspace() else UNKNOWN],)
            if len(self._known) < 1 << 17:
                self._known[word] = found
        return found

    def _split(self, part: str) -> list[int]:
        found: list[int] = []
        start = 0
        while start < len(part) <= _LONGEST_PART:
            prefix = "##" if start else ""
            ends = range(len(part), start, -1)
            end = next((end for end in ends if prefix + part[start:end] in self._ids), None)
            if end is None:
                break
            found.append(self._ids[prefix + part[start:end]])
            start = end
        return found if start == len(part) else [self._ids[UNKNOWN]]

    def windows(self, words: Sequence[str]) -> list[Window]:
        """Return the words in as many windows as they need; no word is cut."""
        found: list[Window] = []
        pieces: list[int] = []
        owners: list[int] = []
        start = 0
        for index, word in enumerate(words):
            new = self(word)
            if len(pieces) + len(new) > WINDOW - 2:
                found.append(self._window(start, index, pieces, owners))
                pieces, owners, start = [], [], index
            pieces += new
            owners += [index] * len(new)
        return [*found, self._window(start, len(words), pieces, owners)] if words else []

    def _window(self, start: int, end: int, pieces: list[int], owners: list[int]) -> Window:
        return Window(start, end, [self._ids[BEGIN], *pieces, self._ids[END]], [-1, *owners, -1])


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
