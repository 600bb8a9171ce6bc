"""Trained numbers of a component: named arrays and settings, kept in one file.

Arrays are stored in half precision and computed with in single. Training writes them (:mod:`kg.training`); here they
are applied with nothing but NumPy.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import srsly
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_SMALL = 1e-4


class Weights:
    """Named arrays, and what training decided besides.

    :param arrays: the arrays by name; a layer ``x`` has ``x.weight`` (outputs × inputs) and ``x.bias``.
    :param settings: thresholds, calibration, names of classes.
    """

    def __init__(self, arrays: Mapping[str, Floats] | None = None, settings: Mapping[str, Any] | None = None) -> None:
        self.arrays = {name: np.asarray(array, dtype=np.float32) for name, array in (arrays or {}).items()}
        self.settings = dict(settings or {})

    def __getitem__(self, name: str) -> Floats:
        return self.arrays[name]

    def __bool__(self) -> bool:
        return bool(self.arrays)

    def linear(self, layer: str, x: Floats) -> Floats:
        """Return what the linear ``layer`` makes of the rows of ``x``."""
        product: Floats = x @ self.arrays[f"{layer}.weight"].T + self.arrays[f"{layer}.bias"]
        return product

    def to_bytes(self) -> bytes:
        """Return all as bytes, the arrays in half precision."""
        arrays = [
            [name, list(array.shape), array.astype(np.float16).tobytes()] for name, array in sorted(self.arrays.items())
        ]
        packed: bytes = srsly.msgpack_dumps({"arrays": arrays, "settings": self.settings})
        return packed

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return what :meth:`to_bytes` gave."""
        packed = srsly.msgpack_loads(data)
        arrays = {
            name: np.frombuffer(raw, dtype=np.float16).astype(np.float32).reshape(shape)
            for name, shape, raw in packed["arrays"]
        }
        return cls(arrays, packed["settings"])


class StoredComponent(ABC):
    """A pipeline component that spaCy keeps in a file of its own."""

    @abstractmethod
    def to_bytes(self, **_: Any) -> bytes:
        """Return what was trained as bytes."""

    @abstractmethod
    def from_bytes(self, data: bytes, **_: Any) -> Self:
        """Take what was trained from bytes."""

    def to_disk(self, path: str | Path, **_: Any) -> None:
        """Write what was trained to the file ``path``."""
        Path(path).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, **_: Any) -> Self:
        """Read what was trained from the file ``path``."""
        return self.from_bytes(Path(path).read_bytes())


class WeightedComponent(StoredComponent):
    """A component with ``weights``."""

    def __init__(self) -> None:
        self.weights = Weights()

    def to_bytes(self, **_: Any) -> bytes:
        """Return the weights as bytes."""
        return self.weights.to_bytes()

    def from_bytes(self, data: bytes, **_: Any) -> Self:
        """Take the weights from bytes."""
        self.weights = Weights.from_bytes(data)
        return self


def gelu(x: Floats) -> Floats:
    """Return x Φ(x), Φ the normal distribution function (D. Hendrycks, K. Gimpel: GELUs. 2016)."""
    made: Floats = x * _normal(x)
    return made


def _normal(x: Floats) -> Floats:
    """Return the normal distribution function to 1.5e-7 (M. Abramowitz, I. Stegun: Handbook, 7.1.26)."""
    size = np.abs(x) * np.float32(math.sqrt(0.5))
    t = 1.0 / (1.0 + 0.3275911 * size)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    upper: Floats = 1.0 - 0.5 * series * np.exp(-size * size)
    return np.where(x >= 0, upper, 1.0 - upper).astype(np.float32)


def softmax(x: Floats) -> Floats:
    """Return probabilities along the last axis."""
    odds = np.exp(x - x.max(axis=-1, keepdims=True))
    chances: Floats = odds / odds.sum(axis=-1, keepdims=True)
    return chances


def calibrated(probability: float, settings: Mapping[str, Any]) -> float:
    """Return what a model's probability is worth on unseen papers: the share of such statements that are right.

    Slope and intercept over the log-odds, fitted on held-out papers, come from the setting ``calibration``
    (J. Platt: Probabilistic outputs for support vector machines, 1999); without it nothing changes.

    >>> calibrated(0.9, {"calibration": [0.5, 0.0]})
    0.75
    """
    slope, intercept = settings.get("calibration", (1.0, 0.0))
    inside = min(max(probability, _SMALL), 1.0 - _SMALL)
    odds = math.log(inside / (1.0 - inside))
    return round(1.0 / (1.0 + math.exp(-slope * odds - intercept)), 4)
