"""Figures on held-out papers during training: precision, recall, F1 as ``kg evaluate`` has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.language import Language

from kg.evaluate import evaluate
from kg.nlp.records import to_extraction
from kg.training.data import Labelled


def measure(nlp: Language, papers: Sequence[Labelled]) -> Iterator[str]:
    """Yield a line for each figure."""
    docs = nlp.pipe([one.paper.text for one in papers])
    predicted = {
        one.paper.id: to_extraction(doc, one.paper.id, "").to_gold() for one, doc in zip(papers, docs, strict=True)
    }
    yield str(evaluate({one.paper.id: one.line for one in papers}, predicted))
