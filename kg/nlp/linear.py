"""Multinomial logistic regression over named sparse features: what tells whether two names are one thing.

A model is a table of weights, one row a feature, one column a class; it is trained in :mod:`kg.training` and applied
here with nothing but NumPy. Thresholds and the calibration of scores, found on held-out papers, travel with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import srsly

from kg.nlp.weights import Floats, StoredComponent, softmax

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class LinearModel:
    """Class probabilities from the features that hold.

    :param classes: the names of the columns.
    :param features: the names of the rows.
    :param weights: one row a feature and a last row for the bias, one column a class.
    :param settings: what training decided besides: thresholds, calibration.
    """

    def __init__(
        self,
        classes: Sequence[str] = (),
        features: Sequence[str] = (),
        weights: Floats | None = None,
        settings: dict[str, Any] | None = None,
    ) -> None:
        self.classes = tuple(classes)
        self.features = tuple(features)
        self.weights = np.zeros((len(features) + 1, len(classes)), dtype=np.float32) if weights is None else weights
        self.settings = settings or {}
        self._row = {feature: row for row, feature in enumerate(self.features)}

    def rows(self, features: Iterable[str]) -> list[int]:
        """Return the row of each known feature."""
        get = self._row.get
        return [row for feature in features if (row := get(feature)) is not None]

    def probabilities(self, rows: Sequence[Sequence[int]]) -> Floats:
        """Return one row of class probabilities for each list of feature rows."""
        if not rows:
            return np.zeros((0, len(self.classes)), dtype=np.float32)
        sums = np.zeros((len(rows), len(self.classes)), dtype=np.float32)
        flat = np.fromiter((row for one in rows for row in one), dtype=np.int64)
        owner = np.repeat(np.arange(len(rows)), [len(one) for one in rows])
        np.add.at(sums, owner, self.weights[flat])
        return softmax(sums + self.weights[-1])

    def to_bytes(self) -> bytes:
        """Return the model as bytes, weights in half precision."""
        packed: bytes = srsly.msgpack_dumps(
            {
                "classes": list(self.classes),
                "features": list(self.features),
                "weights": self.weights.astype(np.float16).tobytes(),
                "settings": self.settings,
            }
        )
        return packed

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the model that :meth:`to_bytes` gave."""
        packed = srsly.msgpack_loads(data)
        features = packed["features"]
        weights = np.frombuffer(packed["weights"], dtype=np.float16).astype(np.float32)
        shape = (len(features) + 1, len(packed["classes"]))
        return cls(packed["classes"], features, weights.reshape(shape), packed["settings"])


class LinearComponent(StoredComponent):
    """A pipeline component with one linear model, ``linear``, that spaCy can save and load."""

    def __init__(self) -> None:
        self.linear = LinearModel()

    def to_bytes(self, **_: Any) -> bytes:
        """Return the model as bytes."""
        return self.linear.to_bytes()

    def from_bytes(self, data: bytes, **_: Any) -> Self:
        """Take the model from bytes."""
        self.linear = LinearModel.from_bytes(data)
        return self
