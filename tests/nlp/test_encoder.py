"""The encoder against its formula, text by text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from spacy.vectors import Vectors

from kg.nlp.encoder import Encoder, normalised
from kg.nlp.weights import Floats, Weights, gelu, softmax
from tests.nlp.heads import Random, encoder

if TYPE_CHECKING:
    from spacy.language import Language

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "robot", "##s", "walk", "on", "mars", "."]
TEXT = "Robots walk\nWe walk on Mars. " + "robots " * 40


@pytest.fixture
def component(rules: Language) -> Encoder:
    vectors = Vectors(strings=rules.vocab.strings, data=Random(9).array(2, 4), keys=["walk", "Mars"], name="test")
    rules.vocab.vectors = vectors
    return encoder(rules, VOCABULARY)


def formula(weights: Weights, x: Floats) -> Floats:
    heads, width = weights.settings["heads"], x.shape[1]
    for layer in range(weights.settings["layers"]):
        name = f"enc.layers.{layer}"
        query, key, value = weights.linear(f"{name}.qkv", x).reshape(len(x), 3, heads, -1).transpose(1, 2, 0, 3)
        shares = softmax(query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(width / heads)))
        mixed = (shares @ value).transpose(1, 0, 2).reshape(len(x), width)
        x = normalised(x + weights.linear(f"{name}.o", mixed), weights, f"{name}.n1", 1e-12)
        inner = gelu(weights.linear(f"{name}.f1", x))
        x = normalised(x + weights.linear(f"{name}.f2", inner), weights, f"{name}.n2", 1e-12)
    return x


def test_a_token_has_the_mean_of_its_pieces(component: Encoder, rules: Language) -> None:
    doc = component(rules(TEXT))
    words = [token.text for token in doc]
    (window,) = component.pieces.windows(words)
    known = rules.vocab.vectors.key2row
    rows = [int(known.get(token.orth, -1)) for token in doc]
    assert max(rows) == 1
    states = formula(component.weights, component.embedded(words, rows, window))
    owners = np.array(window.owners)
    means = np.stack([states[owners == i].mean(axis=0) for i in range(len(words))])
    expected = normalised(means, component.weights, "ln", 1e-5)
    # Processors with bfloat16 multiply in it: three digits.
    assert np.asarray(doc.tensor) == pytest.approx(expected, abs=0.15)
    assert np.corrcoef(np.asarray(doc.tensor).ravel(), expected.ravel())[0, 1] > 0.999


def test_what_stands_beside_a_text_changes_nothing(component: Encoder, rules: Language) -> None:
    texts = [TEXT, "walk", "", "Mars. " * 30, TEXT[:40]] * 5
    alone = [np.asarray(component(rules(text)).tensor) for text in texts]
    for batch in (1, 3, 16):
        together = [np.asarray(doc.tensor) for doc in component.pipe(map(rules, texts), batch_size=batch)]
        assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def test_a_long_text_is_read_in_windows(component: Encoder, rules: Language) -> None:
    doc = component(rules("robots walk on Mars. " * 400))
    assert len(doc.tensor) == len(doc)
    assert np.isfinite(np.asarray(doc.tensor)).all()


def test_without_weights_nothing_happens(rules: Language) -> None:
    doc = rules(TEXT)
    assert Encoder(rules.vocab)(doc) is doc
    assert not len(doc.tensor)
