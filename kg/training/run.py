"""From papers to a trained pipeline, read top to bottom."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import spacy
import torch
from spacy.vectors import Vectors

from kg.nlp.pieces import WordPieces
from kg.resolution.vocabulary import shipped
from kg.training import finetune, pretrain
from kg.training.coreference import train_coreference
from kg.training.data import Labelled, abstracts, gold_document
from kg.training.examples import KINDS, RELATIONS, ROLES, example, read_pieces
from kg.training.network import HEADS, LAYERS, Encoder
from kg.training.pipeline import blank, install, part
from kg.training.vectors import word_vectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from spacy.language import Language
    from torch import Tensor

    from kg.training.examples import Floats

log = logging.getLogger(__name__)

VECTOR, WORDS = 128, 25_000
_THRESHOLDS = {
    "usedFor": 0.23,
    "partOf": 0.29,
    "isA": 0.29,
    "buildsOn": 0.17,
    "trainedOn": 0.17,
    "evaluatedOn": 0.35,
    "runsOn": 0.17,
    "comparedWith": 0.23,
}
SETTINGS: dict[str, dict[str, Any]] = {
    "kg_encoder": {"heads": HEADS, "layers": LAYERS},
    "kg_mentions": {"least": 0.55, "inside": 0.7, "known_least": 0.05, "certain": {"Robot": 0.65}},
    "kg_roles": {"classes": list(ROLES)},
    "kg_relations": {"classes": list(RELATIONS), "roles": list(ROLES), "thresholds": _THRESHOLDS, "sure": 0.6},
    "kg_results": {"classes": list(KINDS), "least": 0.4},
}
"""What was found best on held-out papers; see the table in this folder's README."""
SAME = 0.5
"""Least probability at which two names are joined."""


@dataclass(frozen=True, slots=True)
class Base:
    """An encoder that has read unlabelled abstracts, with its vocabulary and its word vectors.

    :param words: the word of each row of ``vectors``, or its hash.
    """

    encoder: Encoder
    vocabulary: list[str]
    words: Sequence[str | int]
    vectors: Floats

    @classmethod
    def of(cls, model: Path) -> Base:
        """Return the encoder of the trained model in a folder, to learn something else from there."""
        nlp = spacy.load(model)
        weights, table = part(nlp, "kg_encoder").weights, nlp.vocab.vectors
        vectors = np.asarray(table.data, dtype=np.float32)
        encoder = Encoder(len(weights.settings["vocabulary"]), vectors.shape[1])
        own = {name: array for name, array in weights.arrays.items() if name.startswith("enc.")}
        encoder.load_state_dict({name.removeprefix("enc."): torch.tensor(array) for name, array in own.items()})
        words = {row: word for word, row in table.key2row.items()}
        return cls(encoder, list(weights.settings["vocabulary"]), [words[row] for row in range(len(vectors))], vectors)

    def save(self, path: Path) -> None:
        """Write it to a file."""
        state = {"encoder": self.encoder.state_dict(), "vocabulary": self.vocabulary, "words": self.words}
        torch.save({**state, "vectors": torch.from_numpy(self.vectors)}, path)

    @classmethod
    def load(cls, path: Path) -> Base:
        """Return what :meth:`save` wrote."""
        state = torch.load(path)
        vectors = state["vectors"].numpy()
        encoder = Encoder(len(state["vocabulary"]), vectors.shape[1])
        encoder.load_state_dict(state["encoder"])
        return cls(encoder, state["vocabulary"], state["words"], vectors)


def parameters(model: Path) -> dict[str, Tensor]:
    """Return the parameters of the trained model in a folder, by name."""
    nlp = spacy.load(model)
    parts = [part(nlp, name).weights.arrays for name in SETTINGS]
    return {name: torch.tensor(array) for arrays in parts for name, array in arrays.items()}


def read_on(begin: Base, corpus: Path, settings: pretrain.Settings) -> Base:
    """Return ``begin`` after more reading of ``corpus``."""
    nlp, split = prepared(begin), WordPieces(begin.vocabulary)
    texts = [read_pieces(nlp.make_doc(text), split) for text in abstracts(corpus)]
    log.info("reading %d abstracts", len(texts))
    pretrain.pretrain(texts, begin.encoder, begin.vocabulary, begin.vectors, settings)
    return begin


def base(corpus: Path, papers: Sequence[Labelled], minilm: Path, settings: pretrain.Settings) -> Base:
    """Return an encoder begun from MiniLM that has read ``corpus``.

    :param minilm: folder with ``model.safetensors`` and ``vocab.txt``.
    """
    nlp = blank()
    log.info("vectors of words")
    unlabelled = [nlp.make_doc(text) for text in abstracts(corpus)]
    documents = [*unlabelled, *(nlp.make_doc(one.paper.text) for one in papers)]
    texts = [[token.text for token in doc if not token.is_space] for doc in documents]
    words, vectors = word_vectors(texts, width=VECTOR, words=WORDS)
    vocabulary = pretrain.pruned((minilm / "vocab.txt").read_text(encoding="utf-8").split("\n"), texts)
    encoder = pretrain.minilm(minilm, vocabulary, VECTOR)
    return read_on(Base(encoder, vocabulary, words, vectors), corpus, settings)


def _table(nlp: Language, words: Sequence[str | int], vectors: Floats) -> Vectors:
    return Vectors(strings=nlp.vocab.strings, data=vectors, keys=list(words), name="kg")


def prepared(begin: Base) -> Language:
    """Return the blank pipeline with the word vectors of ``begin``."""
    nlp = blank()
    nlp.vocab.vectors = _table(nlp, begin.words, begin.vectors)
    return nlp


def equip(nlp: Language, begin: Base, arrays: Mapping[str, Floats]) -> None:
    """Give the pipeline the network's arrays, and the settings that were found best."""
    encoder = {**SETTINGS["kg_encoder"], "vocabulary": begin.vocabulary}
    mentions = {**SETTINGS["kg_mentions"], "known": shipped().proper_names()}
    install(nlp, arrays, {**SETTINGS, "kg_encoder": encoder, "kg_mentions": mentions})


def join_names(nlp: Language, papers: Sequence[Labelled]) -> None:
    """Teach the pipeline which names are one thing."""
    same = train_coreference(papers, [gold_document(nlp, one) for one in papers])
    same.settings["threshold"] = SAME
    part(nlp, "kg_entities").linear = same


def train(
    papers: Sequence[Labelled],
    begin: Base,
    settings: finetune.Settings,
    earlier: Mapping[str, Tensor] | None = None,
    averaged: Sequence[Mapping[str, Tensor]] = (),
) -> Language:
    """Return the pipeline trained on ``papers``, its scores not yet calibrated.

    :param earlier: parameters to go on from, those that a teacher's lessons gave, say.
    :param averaged: parameters of other trainings that count as much as what comes out of this one.
    """
    nlp, split = prepared(begin), WordPieces(begin.vocabulary)
    examples = [example(nlp, one, split) for one in papers]
    log.info("%d papers to learn from", len(examples))
    state = finetune.finetune(examples, begin.encoder, begin.vectors, settings, earlier=earlier)
    equip(nlp, begin, {name: array.numpy() for name, array in mean_of([state, *averaged]).items()})
    join_names(nlp, papers)
    return nlp


def mean_of(states: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Return the mean of the parameters of networks of one form (M. Wortsman et al.: Model soups. ICML 2022)."""
    return {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
