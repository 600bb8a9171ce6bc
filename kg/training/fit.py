"""Fitting the linear models: multinomial logistic regression by L-BFGS, and temperature on held-out papers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import scipy.optimize
import scipy.sparse
from numpy.typing import NDArray

from kg.nlp.linear import LinearModel

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float64]

_LEAST_WEIGHT = 0.02
"""A feature whose weights all stay below this moves no probability by a percent and is left out of the model."""


def fit(
    features: Sequence[Sequence[str]],
    labels: Sequence[str],
    *,
    penalty: float,
    least: int = 2,
    rounds: int = 60,
    classes: Sequence[str] | None = None,
) -> LinearModel:
    """Return the model that gives ``labels`` the highest likelihood, less ``penalty`` × ½ ‖weights‖².

    Without labels it is the model without classes, which reads nothing.

    :param least: a feature seen less often is left out.
    :param rounds: iterations of L-BFGS at most.
    """
    if not labels:
        return LinearModel()
    count = Counter(feature for row in features for feature in row)
    known = sorted(feature for feature, n in count.items() if n >= least)
    names = sorted(set(labels)) if classes is None else list(classes)
    model = LinearModel(names, known)
    matrix = _matrix([model.rows(row) for row in features], len(known))
    truth = np.array([names.index(label) for label in labels])
    weights = _minimise(matrix, truth, len(names), penalty, rounds)
    matters = np.flatnonzero(np.abs(weights[:-1]).max(axis=1) >= _LEAST_WEIGHT)
    kept = weights[[*matters, len(known)]].astype(np.float32)
    return LinearModel(names, [known[row] for row in matters], kept)


def _matrix(rows: Sequence[Sequence[int]], width: int) -> scipy.sparse.csr_matrix:
    """Return one line a row, with a last column of ones for the bias."""
    lengths = [len(row) + 1 for row in rows]
    columns = np.fromiter((c for row in rows for c in (*row, width)), dtype=np.int32)
    pointers = np.concatenate([[0], np.cumsum(lengths)])
    return scipy.sparse.csr_matrix(
        (np.ones(len(columns), dtype=np.float32), columns, pointers), shape=(len(rows), width + 1)
    )


def _minimise(
    matrix: scipy.sparse.csr_matrix, truth: NDArray[np.int64], classes: int, penalty: float, rounds: int
) -> Floats:
    transposed = matrix.T.tocsr()
    size = matrix.shape[0]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(-1, classes)
        scores = matrix @ weights.astype(np.float32)
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        total = odds.sum(axis=1, keepdims=True)
        value = float(np.log(total).sum() - scores[np.arange(size), truth].sum())
        odds /= total
        odds[np.arange(size), truth] -= 1
        gradient = transposed @ odds + penalty * weights
        return value + 0.5 * penalty * float((weights**2).sum()), gradient.ravel().astype(np.float64)

    start = np.zeros(matrix.shape[1] * classes)
    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 8})
    solution: Floats = found.x.reshape(-1, classes)
    return solution
