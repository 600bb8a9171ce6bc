"""Training of the encoder together with the head that finds mentions."""

from __future__ import annotations

import logging
import random
from typing import TYPE_CHECKING

from spacy.training import Example
from thinc.api import Adam, fix_random_seed

from kg.nlp.mentions import LABELS, biluo
from kg.training.data import token_spans
from kg.training.pipeline import part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spacy.language import Language
    from spacy.tokens import Doc

log = logging.getLogger(__name__)

TRAINED = ("tok2vec", "kg_mentions")
_WARM_UP = 100
_FINAL_RATE = 0.02


def train_mentions(
    nlp: Language,
    docs: Sequence[Doc],
    *,
    epochs: int,
    seed: int,
    words: int = 1500,
    rate: float = 0.001,
    drop: float = 0.25,
) -> None:
    """Train the encoder and the mention head on documents with the annotators' entities.

    :param words: words a batch; ``rate``: highest learning rate, warmed up, then falling in a line.
    """
    fix_random_seed(seed)
    order = random.Random(seed)  # noqa: S311 # shuffling, no secret
    examples = [_example(nlp, doc) for doc in docs]
    _initialize(nlp, examples)
    optimizer = Adam(rate, L2=0.01, L2_is_weight_decay=True, use_averages=True)
    total = max(1, epochs * sum(len(doc) for doc in docs) // words)
    step = 0
    with nlp.select_pipes(enable=list(TRAINED)):
        for epoch in range(epochs):
            order.shuffle(examples)
            losses: dict[str, float] = {}
            for batch in _batches(examples, words):
                step += 1
                optimizer.learn_rate = rate * min(1.0, step / _WARM_UP) * max(_FINAL_RATE, 1 - step / total)
                nlp.update([_fresh(nlp, one) for one in batch], sgd=optimizer, drop=drop, losses=losses)
            log.info("epoch %d of %d: loss %.0f", epoch + 1, epochs, losses["kg_mentions"])
    for name in TRAINED:
        model = part(nlp, name).model
        with model.use_params(optimizer.averages):
            averaged = model.to_bytes()
        model.from_bytes(averaged)


def _initialize(nlp: Language, examples: Sequence[Example]) -> None:
    some = examples[:20]
    part(nlp, "tok2vec").initialize(lambda: some, nlp=nlp)
    part(nlp, "kg_mentions").initialize(lambda: some, nlp=nlp, labels=LABELS)


def _example(nlp: Language, doc: Doc) -> Example:
    reference = nlp.make_doc(doc.text)
    for token, label in zip(reference, biluo(len(doc), token_spans(doc, doc._.kg_entities)), strict=True):
        token.tag_ = label
    return Example(nlp.make_doc(doc.text), reference)


def _fresh(nlp: Language, example: Example) -> Example:
    """Return the example with a document that no component wrote on."""
    return Example(nlp.make_doc(example.reference.text), example.reference)


def _batches(examples: Sequence[Example], words: int) -> Iterator[list[Example]]:
    batch: list[Example] = []
    size = 0
    for example in examples:
        batch.append(example)
        size += len(example.reference)
        if size >= words:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
