"""Figures on held-out papers during training: precision, recall, F1 as ``kg evaluate`` has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.evaluate import evaluate
from kg.nlp.records import to_extraction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spacy.tokens import Doc

    from kg.training.data import Labelled


def measure(docs: Iterable[Doc], papers: Sequence[Labelled]) -> str:
    """Return the table of figures on ``papers``, given what was read from each."""
    predicted = {
        one.paper.id: to_extraction(doc, one.paper.id, "").to_gold() for one, doc in zip(papers, docs, strict=True)
    }
    return evaluate({one.paper.id: one.line for one in papers}, predicted).table()
