"""Fixtures of the tests of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def minilm(tmp_path: Path) -> Path:
    """Write an untrained BERT of MiniLM's size with a vocabulary of letters."""
    torch = pytest.importorskip("torch", reason="needs the extra train")
    numpy = pytest.importorskip("safetensors.torch", reason="needs the extra train")
    pieces = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *map(chr, range(33, 127)),
        *(f"##{chr(i)}" for i in range(97, 123)),
    ]
    wide, inner = 384, 1536
    sizes = {
        "embeddings.word_embeddings.weight": (len(pieces), wide),
        "embeddings.position_embeddings.weight": (512, wide),
        "embeddings.token_type_embeddings.weight": (2, wide),
        "embeddings.LayerNorm.weight": (wide,),
        "embeddings.LayerNorm.bias": (wide,),
    }
    layers = {
        "attention.self.query": (wide, wide),
        "attention.self.key": (wide, wide),
        "attention.self.value": (wide, wide),
        "attention.output.dense": (wide, wide),
        "attention.output.LayerNorm": (wide,),
        "intermediate.dense": (inner, wide),
        "output.dense": (wide, inner),
        "output.LayerNorm": (wide,),
    }
    for layer in range(6):
        for name, size in layers.items():
            sizes[f"encoder.layer.{layer}.{name}.weight"] = size
            sizes[f"encoder.layer.{layer}.{name}.bias"] = size[:1]
    torch.manual_seed(0)
    folder = tmp_path / "minilm"
    folder.mkdir()
    numpy.save_file({name: torch.randn(size) * 0.05 for name, size in sizes.items()}, folder / "model.safetensors")
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    return folder
