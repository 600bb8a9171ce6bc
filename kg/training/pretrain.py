"""Reading unlabelled abstracts: masked words are guessed, so that the encoder learns the language of the field.

Masked language modelling of whole words (J. Devlin et al.: BERT. NAACL 2019; S. Gururangan et al.: Don't stop
pretraining. ACL 2020). A hidden word loses its pieces, its shape and its vector alike.
"""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from kg.nlp.pieces import BEGIN, END, SHAPES, UNKNOWN, WordPieces
from kg.training.examples import Batch, Floats, Pieces, batch_of
from kg.training.finetune import device, fall, seeded
from kg.training.network import LAYERS, WIDTH, Encoder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from torch import Tensor

log = logging.getLogger(__name__)

MASK, PADDING = "[MASK]", "[PAD]"
_LEAST = 3
_AHEAD = 50
_REPORT = 25


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and how fast.

    :param steps: batches of ``batch`` texts; 0 leaves the encoder as it comes.
    :param share: share of words that are hidden.
    :param alone: steps at the beginning that teach only the head that guesses, which is new: what it would tell the
        encoder at first is noise.
    """

    steps: int = 720
    batch: int = 16
    rate: float = 4e-4
    share: float = 0.2
    seed: int = 0
    warm_up: float = 0.08
    alone: int = 40


def pruned(pieces: Sequence[str], texts: Iterable[Sequence[str]]) -> list[str]:
    """Return the marks, every single character and the pieces that the texts use at least three times."""
    split, count = WordPieces(pieces), Counter[int]()
    for words in texts:
        for word in words:
            count.update(split(word))
    marks = [PADDING, UNKNOWN, BEGIN, END, MASK]
    used = {piece for index, piece in enumerate(pieces) if count[index] >= _LEAST or len(piece.removeprefix("##")) == 1}
    return [*marks, *(piece for piece in pieces if piece in used and piece not in marks)]


def minilm(folder: Path, vocabulary: Sequence[str], vector: int) -> Encoder:
    """Return an encoder that begins as the BERT in ``folder`` (``model.safetensors``, ``vocab.txt``)."""
    from safetensors.torch import load_file  # noqa: PLC0415 # only here is the file's format needed

    stored = load_file(folder / "model.safetensors")
    rows = {piece: row for row, piece in enumerate((folder / "vocab.txt").read_text(encoding="utf-8").split("\n"))}
    table = stored["embeddings.word_embeddings.weight"][[rows[piece] for piece in vocabulary]]
    places = stored["embeddings.position_embeddings.weight"] + stored["embeddings.token_type_embeddings.weight"][0]
    state = {"we.weight": table, "pe.weight": places}
    for kind in ("weight", "bias"):
        state[f"n.{kind}"] = stored[f"embeddings.LayerNorm.{kind}"]
        for layer in range(LAYERS):
            state |= _layer(stored, layer, kind)
    encoder = Encoder(len(vocabulary), vector)
    encoder.load_state_dict(state, strict=False)  # shapes and word vectors have no counterpart
    return encoder


def _layer(stored: dict[str, Tensor], layer: int, kind: str) -> dict[str, Tensor]:
    theirs, ours = f"encoder.layer.{layer}", f"layers.{layer}"
    attention = [stored[f"{theirs}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
    names = {
        "o": "attention.output.dense",
        "n1": "attention.output.LayerNorm",
        "f1": "intermediate.dense",
        "f2": "output.dense",
        "n2": "output.LayerNorm",
    }
    copied = {f"{ours}.{mine}.{kind}": stored[f"{theirs}.{name}.{kind}"] for mine, name in names.items()}
    return {f"{ours}.qkv.{kind}": torch.cat(attention), **copied}


class _Guesser(nn.Module):
    """The encoder with a head that guesses pieces by their own embeddings."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.enc = encoder
        self.head = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.GELU(), nn.LayerNorm(WIDTH))
        self.bias = nn.Parameter(torch.zeros(encoder.we.num_embeddings))

    def forward(self, batch: Batch, hidden: Tensor) -> Tensor:
        return self.head(self.enc(batch)[hidden]) @ self.enc.we.weight.T + self.bias


def pretrain(
    texts: Sequence[Pieces], encoder: Encoder, vocabulary: Sequence[str], vectors: Floats, settings: Settings
) -> None:
    """Let the encoder read ``texts``; it is changed."""
    seeded(settings.seed)
    place = device()
    mask = vocabulary.index(MASK)
    guesser = _Guesser(encoder).to(place).eval()  # no dropout: nothing is read often enough to be learned by heart
    optimizer = torch.optim.AdamW(
        guesser.parameters(), lr=settings.rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True
    )
    seen: list[float] = []
    begun = time.monotonic()
    for step, some in enumerate(_batches(texts, settings)):
        guesser.enc.requires_grad_(step >= settings.alone)
        optimizer.param_groups[0]["lr"] = settings.rate * fall(step, settings.steps, settings.warm_up)
        batch = batch_of(some, vectors, torch.device("cpu"))
        wanted, hidden = batch.ids.clone(), _hide(batch, some, settings.share, mask)
        batch = Batch(*(part.to(place) for part in (batch.ids, batch.shapes, batch.vectors, batch.real)))
        with torch.autocast(place.type, torch.bfloat16):
            guesses = guesser(batch, hidden.to(place))
        loss = functional.cross_entropy(guesses.float(), wanted[hidden].to(place))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(guesser.parameters(), 1.0)
        optimizer.step()
        seen.append(float(loss.detach()))
        if (step + 1) % _REPORT == 0:
            mean = np.mean(seen[-_REPORT:])
            log.info("step %d of %d, %.0f s: loss %.3f", step + 1, settings.steps, time.monotonic() - begun, mean)
    encoder.requires_grad_(True).cpu()


def _batches(texts: Sequence[Pieces], settings: Settings) -> Iterator[list[Pieces]]:
    done = 0
    while done < settings.steps:
        order = list(texts)
        random.shuffle(order)
        batches: list[list[Pieces]] = []
        for start in range(0, len(order), settings.batch * _AHEAD):
            some = sorted(order[start : start + settings.batch * _AHEAD], key=lambda text: len(text.ids))
            batches.extend(some[i : i + settings.batch] for i in range(0, len(some), settings.batch))
        random.shuffle(batches)
        yield from batches[: settings.steps - done]
        done += len(batches)


def _hide(batch: Batch, texts: Sequence[Pieces], share: float, mask: int) -> Tensor:
    """Hide some words of ``batch``, nine of ten of them for good, and return which pieces are to be guessed."""
    hidden = torch.zeros(batch.ids.shape, dtype=torch.bool)
    for row, text in enumerate(texts):
        owners = np.array(text.owners)
        chosen = np.random.rand(owners.max() + 2) < share  # noqa: NPY002 # seeded with the rest
        chosen[-1] = False  # the marks belong to no word
        at = torch.from_numpy(np.flatnonzero(chosen[owners]))
        hidden[row, at] = True
        gone = at[torch.rand(len(at)) < 0.9]  # noqa: PLR2004 # BERT's share, less the random words
        batch.ids[row, gone], batch.shapes[row, gone], batch.vectors[row, gone] = mask, SHAPES - 1, 0.0
    return hidden
