"""Fixtures of the tests of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


_PIECES = ("[UNK]", *map(chr, range(33, 127)), *(f"##{chr(i)}" for i in range(97, 123)))


@pytest.fixture
def minilm(tmp_path: Path) -> Path:
    """Write an untrained BERT of MiniLM's size with a vocabulary of letters."""
    sizes = {
        "embeddings.token_type_embeddings": (2, 384),
        "embeddings.position_embeddings": (512, 384),
    }
    names = [f"attention.self.{part}" for part in ("query", "key", "value")]
    layer = {**dict.fromkeys([*names, "attention.output.dense"], (384, 384)), "attention.output.LayerNorm": (384,)}
    return _untrained(tmp_path / "minilm", ("[PAD]", "[CLS]", "[SEP]", "[MASK]", *_PIECES), sizes, layer, layers=6)


@pytest.fixture
def mpnet_folder(tmp_path: Path) -> Path:
    """Write an untrained MPNet of one layer with a vocabulary of letters."""
    sizes = {"embeddings.position_embeddings": (514, 768), "encoder.relative_attention_bias": (32, 12)}
    names = [f"attention.attn.{part}" for part in "qkvo"]
    layer = {**dict.fromkeys(names, (768, 768)), "attention.LayerNorm": (768,)}
    return _untrained(tmp_path / "mpnet", ("<s>", "<pad>", "</s>", "<mask>", *_PIECES), sizes, layer, layers=1)


def _untrained(
    folder: Path,
    pieces: Sequence[str],
    sizes: Mapping[str, tuple[int, ...]],
    layer: Mapping[str, tuple[int, ...]],
    *,
    layers: int,
) -> Path:
    torch = pytest.importorskip("torch", reason="needs the extra train")
    stored = pytest.importorskip("safetensors.torch", reason="needs the extra train")
    wide = sizes["embeddings.position_embeddings"][1]
    inner = {"intermediate.dense": (4 * wide, wide), "output.dense": (wide, 4 * wide), "output.LayerNorm": (wide,)}
    tables = {**sizes, "embeddings.word_embeddings": (len(pieces), wide)}
    made = {f"encoder.layer.{i}.{name}": size for i in range(layers) for name, size in {**layer, **inner}.items()}
    made["embeddings.LayerNorm"] = (wide,)
    torch.manual_seed(0)
    folder.mkdir()
    arrays = {f"{name}.weight": torch.randn(size) * 0.05 for name, size in {**tables, **made}.items()}
    arrays |= {f"{name}.bias": torch.randn(size[:1]) * 0.05 for name, size in made.items()}
    stored.save_file(arrays, folder / "model.safetensors")
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    return folder
