"""The encoder: a small transformer that gives every token of a text a vector, which all heads share.

Six layers of BERT's kind (A. Vaswani et al.: Attention is all you need. NeurIPS 2017), begun from all-MiniLM-L6-v2
(W. Wang et al.: MiniLM. NeurIPS 2020) and trained in :mod:`kg.training`. A piece enters as the sum of its embedding,
its place, the shape of its word and the word's vector. OpenVINO multiplies the matrices: it was the fastest of the
run-times measured (see the README of :mod:`kg.training`).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.attrs import ORTH
from spacy.language import Language

from kg.nlp.pieces import Window, WordPieces, shape
from kg.nlp.transformer import Transformer
from kg.nlp.weights import Floats, WeightedComponent, Weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from spacy.tokens import Doc
    from spacy.vocab import Vocab

_EPSILON = 1e-12
_HEAD_EPSILON = 1e-5


def normalised(x: Floats, weights: Weights, layer: str, epsilon: float) -> Floats:
    """Return the rows of ``x`` with mean 0 and variance 1, scaled and moved (J. L. Ba et al.: Layer normalization)."""
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + epsilon)
    made: Floats = centred / spread * weights[f"{layer}.weight"] + weights[f"{layer}.bias"]
    return made


class Encoder(WeightedComponent):
    """Leave a vector for every token in ``doc.tensor``, one row a token.

    Each text goes through by itself, so that what is read from it does not depend on its neighbours.
    """

    def __init__(self, vocab: Vocab) -> None:
        super().__init__()
        self.vocab = vocab
        self._pieces: WordPieces | None = None
        self._transformer: Transformer | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with its vectors."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 16) -> Iterator[Doc]:
        """Yield each document with its vectors; the next few are computed while this one is used."""
        del batch_size  # texts are not padded into batches
        if not self.weights:
            yield from stream
            return
        waiting: deque[tuple[Doc, list[Window], list[Any]]] = deque()
        for doc in stream:
            waiting.append(self._start(doc))
            if len(waiting) > self.transformer.ahead:
                yield self._finish(*waiting.popleft())
        while waiting:
            yield self._finish(*waiting.popleft())

    @property
    def pieces(self) -> WordPieces:
        """How words are split, from the vocabulary that the weights came with."""
        if self._pieces is None:
            self._pieces = WordPieces(self.weights.settings["vocabulary"])
        return self._pieces

    @property
    def transformer(self) -> Transformer:
        """The layers, made ready on first use."""
        if self._transformer is None:
            self._transformer = Transformer(self.weights)
        return self._transformer

    def _start(self, doc: Doc) -> tuple[Doc, list[Window], list[Any]]:
        words = [token.text for token in doc]
        windows = self.pieces.windows(words)
        rows = self._vector_rows(doc)
        return doc, windows, [self.transformer.start(self.embedded(words, rows, window)) for window in windows]

    def _vector_rows(self, doc: Doc) -> list[int]:
        known = self.vocab.vectors.key2row
        keys: list[Any] = doc.to_array([ORTH]).ravel().tolist()
        return [int(known.get(key, -1)) for key in keys]

    def embedded(self, words: Sequence[str], rows: Sequence[int], window: Window) -> Floats:
        """Return what enters the first layer, one row a piece.

        :param rows: for each word its row in the table of word vectors, or -1.
        """
        weights, owners = self.weights, np.array(window.owners)
        shapes = np.array([*map(shape, words), 0])
        made: Floats = weights["enc.we.weight"][window.ids] + weights["enc.pe.weight"][: len(owners)]
        made += weights["enc.se.weight"][shapes[owners]]
        of_word = np.array([*rows, -1])[owners]
        known = of_word >= 0
        data: Any = self.vocab.vectors.data
        made[known] += data[of_word[known]] @ weights["enc.vec.weight"].T
        return normalised(made, weights, "enc.n", _EPSILON)

    def _finish(self, doc: Doc, windows: list[Window], runs: list[Any]) -> Doc:
        parts = [_by_word(run.wait(), window) for window, run in zip(windows, runs, strict=True)]
        if parts:
            vectors: Any = normalised(np.concatenate(parts), self.weights, "ln", _HEAD_EPSILON)
            doc.tensor = vectors
        return doc


def _by_word(states: Floats, window: Window) -> Floats:
    """Return the mean of each word's pieces."""
    owners = np.array(window.owners[1:-1]) - window.start
    firsts = np.flatnonzero(np.diff(owners, prepend=-1))
    counts = np.diff(firsts, append=len(owners))
    means: Floats = np.add.reduceat(states[1:-1], firsts, axis=0)
    means /= counts[:, None]
    return means


@Language.factory("kg_encoder", assigns=["doc.tensor"])
def create_encoder(nlp: Language, name: str) -> Encoder:
    """Return the component that gives tokens their vectors."""
    del name  # the factory's signature is spaCy's
    return Encoder(nlp.vocab)
