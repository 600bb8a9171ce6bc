"""Word vectors from unlabelled abstracts: positive pointwise mutual information, factorised.

Counts of what stands just before, just after and near each word are turned into positive PMI with smoothed contexts
(O. Levy, Y. Goldberg, I. Dagan: Improving distributional similarity with lessons learned from word embeddings. TACL 3,
2015) and reduced by a randomised singular value decomposition (N. Halko, P.-G. Martinsson, J. A. Tropp, SIAM Review 53,
2011). A minute on one core for five million words, and the same bytes each time.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float32]

_LEAST = 5
_CONTEXTS = 12_000
_SMOOTHING = 0.75
_REACH = 8
_BLOCKS: tuple[tuple[int, ...], ...] = ((-1,), (1,), (-2, -3), (2, 3), (-8, -7, -6, -5, -4, 4, 5, 6, 7, 8))
"""The word before, the word after, the two beyond on each side, and the wider surroundings: each has its counts."""
_OVERSAMPLING, _ROUNDS = 20, 4
_LENGTH = 4.0
"""What every vector is scaled to, so that the encoder's first layer sees values of about its own size."""


def word_vectors(documents: Sequence[Sequence[str]], *, width: int, words: int) -> tuple[list[str], Floats]:
    """Return the words that are frequent enough and their vectors."""
    count = Counter(word for document in documents for word in document)
    ranked = sorted(count, key=lambda word: (-count[word], word))
    names = [word for word in ranked[:words] if count[word] >= _LEAST]
    rows = _places(documents, names)
    columns = _places(documents, ranked[:_CONTEXTS])
    shape = (len(names), min(_CONTEXTS, len(ranked)))
    blocks = [_ppmi(_counts(rows, columns, offsets, shape)) for offsets in _BLOCKS]
    vectors = _reduce(scipy.sparse.hstack(blocks).tocsr(), width)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return names, (_LENGTH * vectors / np.maximum(norms, 1e-9)).astype(np.float32)


def _places(documents: Sequence[Sequence[str]], names: Sequence[str]) -> NDArray[np.int64]:
    """Return each word's index or -1, documents apart by more than any context reaches."""
    index = {name: i for i, name in enumerate(names)}
    gap = [-1] * _REACH
    return np.array(
        [i for document in documents for i in (*(index.get(w, -1) for w in document), *gap)], dtype=np.int64
    )


def _counts(
    rows: NDArray[np.int64], columns: NDArray[np.int64], offsets: Sequence[int], shape: tuple[int, int]
) -> scipy.sparse.csr_matrix:
    total = scipy.sparse.csr_matrix(shape, dtype=np.float32)
    for offset in offsets:
        here, there = (rows[:-offset], columns[offset:]) if offset > 0 else (rows[-offset:], columns[:offset])
        known = (here >= 0) & (there >= 0)
        ones = np.ones(int(known.sum()), dtype=np.float32)
        total = total + scipy.sparse.coo_matrix((ones, (here[known], there[known])), shape=shape).tocsr()
    return total


def _ppmi(counts: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
    by_row = np.asarray(counts.sum(axis=1)).ravel()
    by_column = np.asarray(counts.sum(axis=0)).ravel() ** _SMOOTHING
    by_column /= max(by_column.sum(), 1e-9)
    pairs = counts.tocoo()
    values = np.log(pairs.data / by_row[pairs.row] / by_column[pairs.col])
    kept = values > 0
    return scipy.sparse.csr_matrix(
        (values[kept].astype(np.float32), (pairs.row[kept], pairs.col[kept])), shape=counts.shape
    )


def _reduce(matrix: scipy.sparse.csr_matrix, width: int) -> Floats:
    size = min(width + _OVERSAMPLING, *matrix.shape)
    transposed = matrix.T.tocsr()
    basis = matrix @ np.random.default_rng(0).standard_normal((matrix.shape[1], size), dtype=np.float32)
    for _ in range(_ROUNDS):
        basis, _r = np.linalg.qr(basis)
        other, _r = np.linalg.qr(transposed @ basis)
        basis = matrix @ other
    basis, _r = np.linalg.qr(basis)
    left, strengths, _ = np.linalg.svd((transposed @ basis).T, full_matrices=False)
    vectors: Floats = (basis @ left)[:, :width] * np.sqrt(strengths[:width])
    return np.pad(vectors, ((0, 0), (0, width - vectors.shape[1])))
