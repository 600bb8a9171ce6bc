"""Training of the linear model that tells whether two names are one thing, on the annotators' entities."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from kg.nlp.coreference import OTHER, SAME, Name, pair_features, pairs
from kg.nlp.entities import fold
from kg.nlp.reading import sentences_of
from kg.training.fit import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.tokens import Doc

    from kg.nlp.linear import LinearModel
    from kg.training.data import Labelled


def train_coreference(papers: Sequence[Labelled], docs: Sequence[Doc], *, penalty: float = 1.0) -> LinearModel:
    """Return the model that tells whether two names of a paper are one thing."""
    rows, labels = [], []
    for one, doc in zip(papers, docs, strict=True):
        names, owners = _gold_names(one, doc)
        for i, j in pairs(names):
            rows.append(list(pair_features(names[i], names[j])))
            labels.append(SAME if owners[i] == owners[j] else OTHER)
    return fit(rows, labels, penalty=penalty)


def _gold_names(one: Labelled, doc: Doc) -> tuple[list[Name], list[int]]:
    """Return the names of the annotators' entities, each folded form once, and the entity each belongs to."""
    text, starts = doc.text, [start for start, _ in sentences_of(doc)]
    found: dict[tuple[str, int], list[int]] = {}
    for index, row in enumerate(doc._.kg_entities):
        for mention in row["mentions"]:
            found.setdefault((fold(text[mention["start"] : mention["end"]]), index), []).append(mention["start"])
    names = []
    for (folded, index), places in found.items():
        form = next(f for f in (*one.gold.entities[index].forms, one.gold.entities[index].name) if fold(f) == folded)
        within = frozenset(bisect_right(starts, place) - 1 for place in places)
        names.append(Name(folded, form, one.gold.entities[index].type.value, within, len(places)))
    return names, [index for _, index in found]
