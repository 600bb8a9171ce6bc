"""Arrays, their file, and the functions between them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kg.nlp.weights import WeightedComponent, Weights, calibrated, gelu, softmax

if TYPE_CHECKING:
    from pathlib import Path


def test_saving(tmp_path: Path) -> None:
    component = WeightedComponent()
    assert not component.weights
    arrays = {"x.weight": np.array([[1.0, 2.0], [0.5, -3.0]]), "x.bias": np.array([0.25, 0.0])}
    component.weights = Weights(arrays, {"least": 0.4})
    component.to_disk(tmp_path / "w")
    again = WeightedComponent().from_disk(tmp_path / "w")
    assert again.weights.settings == {"least": 0.4}
    assert np.array_equal(again.weights["x.weight"], arrays["x.weight"])
    assert again.to_bytes() == component.to_bytes()


def test_a_linear_layer() -> None:
    weights = Weights({"x.weight": np.array([[1.0, 2.0], [0.0, 1.0]]), "x.bias": np.array([10.0, 0.0])})
    assert weights.linear("x", np.array([[1.0, 1.0]], dtype=np.float32)).tolist() == [[13.0, 1.0]]


def test_gelu_is_x_times_the_normal_distribution() -> None:
    x = np.linspace(-6, 6, 101, dtype=np.float32)
    exact = [float(v) * 0.5 * (1 + math.erf(float(v) / math.sqrt(2))) for v in x]
    assert gelu(x) == pytest.approx(exact, abs=1e-5)


def test_softmax_bears_large_and_barred_scores() -> None:
    assert softmax(np.array([1000.0, 1000.0, -np.inf], dtype=np.float32)).tolist() == [0.5, 0.5, 0.0]


@pytest.mark.parametrize("probability", [0.0, 0.2, 0.999, 1.0])
def test_calibration_keeps_the_order_and_the_range(probability: float) -> None:
    flat = {"calibration": [0.5, -1.0]}
    assert 0 < calibrated(probability, flat) <= calibrated(min(1.0, probability + 0.1), flat) < 1
    assert calibrated(probability, {}) == pytest.approx(probability, abs=1e-3)
