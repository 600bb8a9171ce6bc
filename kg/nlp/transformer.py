"""The encoder's layers as an OpenVINO model, made from the trained arrays: no model file, no torch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import openvino as ov
from openvino import opset13 as op

if TYPE_CHECKING:
    from kg.nlp.weights import Floats, Weights

_EPSILON = 1e-12
_REQUESTS = 24
_STEP = 32
"""Texts are filled up to a multiple of so many pieces."""
_NOTHING = -1e4
"""Added to the attention to a piece that is not there."""


class Run(Protocol):
    """A computation under way."""

    def wait(self) -> Floats:
        """Return its outcome."""


class Transformer:
    """The layers, ready to run.

    :param weights: arrays ``enc.layers.N.…`` and the setting ``heads``, how many heads attend.
    """

    def __init__(self, weights: Weights) -> None:
        streams = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        # One thread a text: sums are then taken in the same order whatever runs beside.
        options = {"NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": streams, "PERFORMANCE_HINT": "THROUGHPUT"}
        self._model = ov.Core().compile_model(_graph(weights), "CPU", options)
        self._free: list[Any] = []
        self.ahead = 2 * streams
        """How many texts to have under way, so that no thread waits for the next."""

    def start(self, x: Floats) -> Run:
        """Begin to compute the outcome of the last layer for one text, given one row a piece."""
        request = self._free.pop() if self._free else self._model.create_infer_request()
        # OpenVINO prepares itself for every length it meets, which takes as long as the text: so there are few lengths.
        length = -(-len(x) // _STEP) * _STEP
        padded, mask = np.zeros((1, length, x.shape[1]), np.float32), np.full((1, 1, 1, length), _NOTHING, np.float32)
        padded[0, : len(x)], mask[..., : len(x)] = x, 0
        request.start_async([padded, mask])
        return _Started(request, self._free, len(x))


class _Started:
    def __init__(self, request: Any, free: list[Any], length: int) -> None:
        self._request = request
        self._free = free
        self._length = length

    def wait(self) -> Floats:
        self._request.wait()
        states: Floats = np.array(self._request.get_output_tensor(0).data[0, : self._length], dtype=np.float32)
        if len(self._free) < _REQUESTS:
            self._free.append(self._request)
        return states


def _graph(weights: Weights) -> ov.Model:
    heads = int(weights.settings["heads"])
    width = weights["enc.we.weight"].shape[1]
    x = op.parameter([1, -1, width], np.float32, name="pieces")
    mask = op.parameter([1, 1, 1, -1], np.float32, name="mask")
    h = x
    for layer in range(int(weights.settings["layers"])):
        h = _layer(weights, f"enc.layers.{layer}", (h, mask), heads, width)
    return ov.Model([h], [x, mask], "encoder")


def _layer(weights: Weights, name: str, inputs: tuple[Any, Any], heads: int, width: int) -> Any:
    h, mask = inputs
    split = op.reshape(_linear(weights, f"{name}.qkv", h), _ints(0, 0, 3, heads, width // heads), special_zero=True)
    parts = op.split(op.transpose(split, _ints(2, 0, 3, 1, 4)), op.constant(np.int64(0)), 3)
    query, key, value = (op.squeeze(parts.output(i), _ints(0)) for i in range(3))
    mixed = op.transpose(op.scaled_dot_product_attention(query, key, value, mask), _ints(0, 2, 1, 3))
    joined = _linear(weights, f"{name}.o", op.reshape(mixed, _ints(0, 0, width), special_zero=True))
    h = _norm(weights, f"{name}.n1", op.add(h, joined))
    wide = op.gelu(_linear(weights, f"{name}.f1", h), "erf")
    return _norm(weights, f"{name}.n2", op.add(h, _linear(weights, f"{name}.f2", wide)))


def _linear(weights: Weights, name: str, x: Any) -> Any:
    product = op.matmul(x, op.constant(weights[f"{name}.weight"]), transpose_a=False, transpose_b=True)
    return op.add(product, op.constant(weights[f"{name}.bias"]))


def _norm(weights: Weights, name: str, x: Any) -> Any:
    even = op.mvn(x, _ints(-1), normalize_variance=True, eps=_EPSILON, eps_mode="inside_sqrt")
    return op.add(op.multiply(even, op.constant(weights[f"{name}.weight"])), op.constant(weights[f"{name}.bias"]))


def _ints(*values: int) -> Any:
    return op.constant(np.array(values, dtype=np.int64))
