"""The linear model: probabilities, and what survives saving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kg.nlp.linear import LinearComponent, LinearModel

if TYPE_CHECKING:
    from pathlib import Path


def model() -> LinearModel:
    weights = np.array([[2.0, -2.0], [0.0, 1.0], [0.5, 0.0]], dtype=np.float32)
    return LinearModel(["a", "b"], ["x", "y"], weights, {"threshold": 0.4})


def test_unknown_features_are_passed_over() -> None:
    assert model().rows(["y", "?", "x"]) == [1, 0]


def test_probabilities_are_the_softmax_of_the_sums() -> None:
    (row,) = model().probabilities([[0, 1]])
    scores = np.exp(np.array([2.5, -1.0]))
    assert row == pytest.approx(scores / scores.sum(), rel=1e-5)


def test_a_row_without_features_has_the_prior() -> None:
    assert model().probabilities([[], [0]])[0] == pytest.approx([0.6225, 0.3775], abs=1e-3)
    assert model().probabilities([]).shape == (0, 2)


def test_saving(tmp_path: Path) -> None:
    component = LinearComponent()
    component.linear = model()
    component.to_disk(tmp_path / "m")
    again = LinearComponent().from_disk(tmp_path / "m")
    assert again.linear.classes == ("a", "b")
    assert again.linear.settings == {"threshold": 0.4}
    assert np.array_equal(again.linear.weights, model().weights)
    assert again.to_bytes() == component.to_bytes()
