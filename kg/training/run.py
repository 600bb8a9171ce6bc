"""From labelled papers to a trained pipeline, read top to bottom."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thinc.api import NumpyOps, set_current_ops

from kg.training.data import Labelled, abstracts, gold_document
from kg.training.encoder import train_mentions
from kg.training.heads import predict_roles, train_coreference, train_relations, train_results, train_roles
from kg.training.pipeline import blank, part
from kg.training.vectors import set_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from spacy.language import Language

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """What was found best on held-out papers; see the table in this folder's README.

    :param bias: see :func:`kg.nlp.mentions.decode`.
    :param same: least probability at which two names are joined.
    :param relation: least probability at which a relation is read; ``result`` and ``link`` likewise for figures and
        what fills their slots.
    """

    width: int = 128
    depth: int = 4
    epochs: int = 6
    drop: float = 0.25
    seed: int = 0
    words: int = 25_000
    bias: float = -0.2
    same: float = 0.45
    relation: float = 0.3
    result: float = 0.4
    link: float = 0.3


CALIBRATION = {
    "kg_entities": (0.364, 0.428),
    "kg_roles": (0.569, -0.227),
    "kg_relations": (0.471, -1.276),
    "kg_results": (0.129, -0.315),
}
"""Slope and intercept of each component's scores, see :func:`kg.nlp.linear.calibrated`, fitted on tenth 0 of the papers
with a model of the other nine."""


def train(papers: Sequence[Labelled], corpus: Path, settings: Settings) -> Language:
    """Return the pipeline trained on ``papers``, its word vectors on them and ``corpus``."""
    set_current_ops(NumpyOps(use_blis=False))  # NumPy's own matrix product is twice as fast where it uses AVX-512
    nlp = blank(width=settings.width, depth=settings.depth)
    log.info("vectors of words")
    texts = [*abstracts(corpus), *(one.paper.text for one in papers)]
    set_vectors(nlp, texts, width=settings.width, words=settings.words)
    docs = [gold_document(nlp, one) for one in papers]
    train_mentions(nlp, docs, epochs=settings.epochs, seed=settings.seed, drop=settings.drop)
    part(nlp, "kg_mentions").cfg["bias"] = settings.bias
    _train_heads(nlp, papers, settings)
    return nlp


def _train_heads(nlp: Language, papers: Sequence[Labelled], settings: Settings) -> None:
    docs = [gold_document(nlp, one) for one in papers]
    same = train_coreference(papers, docs)
    same.settings |= {"threshold": settings.same, "calibration": CALIBRATION["kg_entities"]}
    part(nlp, "kg_entities").linear = same
    log.info("roles")
    roles = train_roles(papers, docs)
    roles.settings["calibration"] = CALIBRATION["kg_roles"]
    part(nlp, "kg_roles").linear = roles
    predict_roles(papers, docs)
    log.info("results")
    kinds, links = train_results(papers, docs)
    kinds.settings |= {"threshold": settings.result, "calibration": CALIBRATION["kg_results"]}
    links.settings["thresholds"] = dict.fromkeys(links.classes, settings.link)
    reader = part(nlp, "kg_results")
    reader.kinds, reader.links = kinds, links
    log.info("relations")
    relations = train_relations(papers, docs)
    thresholds = dict.fromkeys(relations.classes, settings.relation)
    relations.settings |= {"thresholds": thresholds, "calibration": CALIBRATION["kg_relations"]}
    part(nlp, "kg_relations").linear = relations
