"""The teacher's encoder: too slow to ship, it begins from all-mpnet-base-v2 (K. Song et al.: MPNet. NeurIPS 2020).

Layers of width 768, and a linear layer that brings their states to the student's width: teacher and student have
the same heads and read the same pieces.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from kg.nlp.pieces import BEGIN, END, SHAPES, UNKNOWN, WINDOW
from kg.training.network import WIDTH, Dropout
from kg.training.pretrain import MASK, PADDING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kg.training.examples import Batch

_WIDE, _HEADS = 768, 12
_BUCKETS, _FARTHEST = 32, 128
_FIRST_PLACE = 2
_EPSILON = 1e-5
_MARKS = {PADDING: "<pad>", UNKNOWN: "[UNK]", BEGIN: "<s>", END: "</s>", MASK: "<mask>"}
_FAR_BELOW = -1e4


class _Layer(nn.Module):
    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv, self.o = nn.Linear(_WIDE, 3 * _WIDE), nn.Linear(_WIDE, _WIDE)
        self.f1, self.f2 = nn.Linear(_WIDE, 4 * _WIDE), nn.Linear(4 * _WIDE, _WIDE)
        self.n1, self.n2 = nn.LayerNorm(_WIDE, eps=_EPSILON), nn.LayerNorm(_WIDE, eps=_EPSILON)
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        batch, length, _ = x.shape
        parts = self.qkv(x).view(batch, length, 3, _HEADS, _WIDE // _HEADS).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], bias.to(parts.dtype))
        x = self.n1(x + self.drop(self.o(mixed.transpose(1, 2).reshape(batch, length, _WIDE))))
        return self.n2(x + self.drop(self.f2(functional.gelu(self.f1(x)))))


class MPNet(nn.Module):
    """Pieces to states, as :class:`kg.training.network.Encoder`, with attention that knows how far pieces are apart.

    :param pieces: size of the vocabulary; ``vector``: width of the word vectors; ``layers``: how many there are.
    """

    def __init__(self, pieces: int, vector: int, layers: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.we, self.pe = nn.Embedding(pieces, _WIDE), nn.Embedding(WINDOW, _WIDE)
        self.se, self.vec = nn.Embedding(SHAPES, _WIDE), nn.Linear(vector, _WIDE, bias=False)
        self.n = nn.LayerNorm(_WIDE, eps=_EPSILON)
        self.near = nn.Embedding(_BUCKETS, _HEADS)
        self.layers = nn.ModuleList(_Layer(dropout) for _ in range(layers))
        self.narrow = nn.Linear(_WIDE, WIDTH)
        self.drop = Dropout(dropout)
        nn.init.zeros_(self.se.weight)
        nn.init.normal_(self.vec.weight, std=0.002)
        for known in (self.we, self.pe, self.near):  # too many numbers for so few papers, and half of the optimiser's
            known.requires_grad_(requires_grad=False)

    def freeze(self, layers: int) -> None:
        """Leave so many of the lowest layers, and what enters them, as they are: a third of a step's time for half."""
        for known in (self.se, self.vec, self.n, *self.layers[:layers]) if layers else ():
            known.requires_grad_(requires_grad=False)

    def forward(self, batch: Batch) -> Tensor:
        """Return batch × piece × the student's width."""
        places = torch.arange(batch.ids.shape[1], device=batch.ids.device)
        x = self.we(batch.ids) + self.pe(places)[None] + self.se(batch.shapes) + self.vec(batch.vectors)
        x = self.drop(self.n(x))
        mask = torch.zeros(batch.ids.shape, device=x.device).masked_fill(~batch.real, _FAR_BELOW)[:, None, None, :]
        bias = self.near(_buckets(places)).permute(2, 0, 1)[None] + mask
        for layer in self.layers:
            x = layer(x, bias)
        return self.narrow(x)


def _buckets(places: Tensor) -> Tensor:
    """Return the bucket of each distance, exact near by and wider far off (C. Raffel et al.: T5. JMLR 2020)."""
    apart = places[:, None] - places[None, :]
    half, exact = _BUCKETS // 2, _BUCKETS // 4
    far = torch.log(apart.abs().clamp(min=1) / exact) / math.log(_FARTHEST / exact) * (half - exact)
    size = torch.where(apart.abs() < exact, apart.abs(), (exact + far.long()).clamp(max=half - 1))
    return size + half * (apart < 0)


def mpnet(folder: Path, vocabulary: Sequence[str], vector: int) -> MPNet:
    """Return an encoder that begins as the MPNet in ``folder`` (``model.safetensors``, ``vocab.txt``)."""
    from safetensors.torch import load_file  # noqa: PLC0415 # only here is the file's format needed

    stored = load_file(folder / "model.safetensors")
    rows = {piece: row for row, piece in enumerate((folder / "vocab.txt").read_text(encoding="utf-8").split("\n"))}
    layers = sum(name.endswith("intermediate.dense.bias") for name in stored)
    state = {
        "we.weight": stored["embeddings.word_embeddings.weight"][[rows[_MARKS.get(p, p)] for p in vocabulary]],
        "pe.weight": stored["embeddings.position_embeddings.weight"][_FIRST_PLACE : _FIRST_PLACE + WINDOW],
        "near.weight": stored["encoder.relative_attention_bias.weight"],
    }
    for kind in ("weight", "bias"):
        state[f"n.{kind}"] = stored[f"embeddings.LayerNorm.{kind}"]
        for layer in range(layers):
            state |= _layer(stored, layer, kind)
    encoder = MPNet(len(vocabulary), vector, layers)
    encoder.load_state_dict(state, strict=False)  # shapes, word vectors and the last layer have no counterpart
    return encoder


def _layer(stored: dict[str, Tensor], layer: int, kind: str) -> dict[str, Tensor]:
    theirs, ours = f"encoder.layer.{layer}", f"layers.{layer}"
    names = {
        "o": "attention.attn.o",
        "n1": "attention.LayerNorm",
        "f1": "intermediate.dense",
        "f2": "output.dense",
        "n2": "output.LayerNorm",
    }
    attention = [stored[f"{theirs}.attention.attn.{part}.{kind}"] for part in "qkv"]
    copied = {f"{ours}.{mine}.{kind}": stored[f"{theirs}.{name}.{kind}"] for mine, name in names.items()}
    return {f"{ours}.qkv.{kind}": torch.cat(attention), **copied}
