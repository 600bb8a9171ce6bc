"""Training of the heads on the annotators' entities: roles, relations, results."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from kg.nlp.coreference import OTHER, SAME, Name, pair_features, pairs
from kg.nlp.entities import fold
from kg.nlp.reading import Reading, sentences_of
from kg.nlp.relations import NONE, PairFeatures, candidates
from kg.nlp.results import SLOTS, FigureFeatures
from kg.nlp.roles import features
from kg.training.data import Labelled, fold_of
from kg.training.fit import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.tokens import Doc

    from kg.nlp.linear import LinearModel
    from kg.nlp.rows import EntityRow

_FOLDS = 5


def train_roles(papers: Sequence[Labelled], docs: Sequence[Doc], *, penalty: float = 2.0) -> LinearModel:
    """Return the model of roles."""
    rows, labels = [], []
    for one, doc in zip(papers, docs, strict=True):
        reading = Reading.of(doc)
        for index, entity in enumerate(one.gold.entities):
            rows.append(list(features(reading, index)))
            labels.append(entity.role.value)
    return fit(rows, labels, penalty=penalty, least=3)


def predict_roles(papers: Sequence[Labelled], docs: Sequence[Doc]) -> None:
    """Set the role of every row to what a model reads that was trained on other papers: what later heads will see."""
    for part in range(_FOLDS):
        inside = [fold_of(one.paper.id, _FOLDS) == part for one in papers]
        others = [(p, d) for p, d, here in zip(papers, docs, inside, strict=True) if not here]
        model = train_roles([p for p, _ in others], [d for _, d in others])
        for doc, here in zip(docs, inside, strict=True):
            if here:
                _set_roles(doc, model)


def _set_roles(doc: Doc, model: LinearModel) -> None:
    rows: list[EntityRow] = doc._.kg_entities
    reading = Reading.of(doc)
    scores = model.probabilities([model.rows(features(reading, i)) for i in range(len(rows))])
    for row, score in zip(rows, scores, strict=True):
        row["role"] = model.classes[int(score.argmax())]
    doc._.kg_entities = rows


def train_relations(papers: Sequence[Labelled], docs: Sequence[Doc], *, penalty: float = 1.0) -> LinearModel:
    """Return the model of relations; the documents' roles are expected to be predicted ones."""
    rows, labels = [], []
    for one, doc in zip(papers, docs, strict=True):
        gold = {(r.subject, r.object): r.predicate.value for r in one.gold.relations}
        reading = Reading.of(doc)
        made = PairFeatures(reading)
        for pair in candidates(reading):
            rows.append(list(made.of(*pair)))
            labels.append(gold.get(pair, NONE))
    return fit(rows, labels, penalty=penalty, least=3)


def digits(value: str) -> str:
    """Return what two writings of one figure share."""
    return re.sub(r"[^\d.]", "", value).strip(".")


def train_results(
    papers: Sequence[Labelled], docs: Sequence[Doc], *, penalty: float = 1.0
) -> tuple[LinearModel, LinearModel]:
    """Return the model of the kinds of figures and the model of their slots."""
    rows, labels, link_rows, link_labels = [], [], [], []
    for one, doc in zip(papers, docs, strict=True):
        made = FigureFeatures(doc, Reading.of(doc))
        left = list(one.gold.results)
        for index, figure in enumerate(made.found):
            text = doc.text[figure.start : figure.end]
            match = next(
                (
                    q
                    for q in left
                    if q.value == text
                    or _same_place(q.span.start, q.span.end, figure.start, figure.end)
                    or (digits(text) and digits(q.value) == digits(text))
                ),
                None,
            )
            rows.append(list(made.of(index)))
            labels.append(match.kind.value if match else NONE)
            if match is None:
                continue
            left.remove(match)
            slots = {getattr(match, slot): slot for slot in reversed(SLOTS) if getattr(match, slot) is not None}
            for entity in made.linkable():
                link_rows.append(list(made.link(index, entity)))
                link_labels.append(slots.get(entity, NONE))
    return fit(rows, labels, penalty=penalty), fit(link_rows, link_labels, penalty=penalty)


def _same_place(a: int, b: int, c: int, d: int) -> bool:
    return a < d and c < b


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
