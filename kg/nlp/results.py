"""Which figures a paper claims as outcomes, and what they are of: metric, subject, baseline, where measured."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np
from spacy.language import Language

from kg.nlp.certainty import certainty_of
from kg.nlp.figures import Figure, figures
from kg.nlp.geometry import Links, links
from kg.nlp.mentions import TYPES
from kg.nlp.reading import Reading
from kg.nlp.roles import type_rows
from kg.nlp.rows import ResultRow, cues
from kg.nlp.weights import Floats, WeightedComponent, calibrated, gelu, softmax

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spacy.tokens import Doc

SLOTS = ("metric", "subject", "baseline", "on")
SLOT_TYPES = {
    "metric": frozenset({"Metric"}),
    "subject": frozenset({"Method", "Dataset", "Benchmark", "Software", "Robot", "Hardware"}),
    "baseline": frozenset({"Method", "Software", "Hardware", "Dataset"}),
    "on": frozenset({"Dataset", "Benchmark", "Task", "Robot", "Software"}),
}
SLOT_ALLOWED = np.array([[kind in SLOT_TYPES[slot] for kind in TYPES] for slot in SLOTS])
"""Slot × type: whether an entity of the type may fill the slot."""
_MAX_FIGURES = 200
_MAX_ENTITIES = 60
_SHARPNESS = 10.0


def candidate_figures(text: str, starts: Sequence[int]) -> list[tuple[Figure, tuple[int, int]]]:
    """Return the figures of a text that may be results, each with its first token and the one after its last.

    :param starts: the first character of every token.
    """
    found = list(figures(text))[:_MAX_FIGURES]
    return [(f, (bisect_right(starts, f.start) - 1, bisect_right(starts, f.end - 1))) for f in found]


class ResultReader(WeightedComponent):
    """Leave the results of a document in ``doc._.kg_results``."""

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with its results."""
        if self.weights and len(doc):
            reading = Reading.of(doc)
            found = candidate_figures(reading.text, [token.idx for token in doc])
            if found:
                doc._.kg_results = list(self._read(doc, reading, found))
        return doc

    def _read(self, doc: Doc, reading: Reading, found: list[tuple[Figure, tuple[int, int]]]) -> Iterator[ResultRow]:
        words: Floats = doc.tensor  # type: ignore[assignment]  # the stub names thinc's array type
        tokens = np.array([place for _, place in found])
        ends = np.concatenate([words[tokens[:, 0]], words[tokens[:, 1] - 1]], axis=1)
        vectors = np.tanh(self.weights.linear("fig", ends))
        chances = softmax(self.weights.linear("kind2", gelu(self.weights.linear("kind1", vectors))))
        slots = self._slots(doc, reading, vectors, [place for _, place in found])
        settings = self.weights.settings
        names: list[str] = settings["classes"]
        for (figure, _), chance, filled in zip(found, chances, slots, strict=True):
            score = calibrated(1.0 - float(chance[0]), settings)
            if score >= settings["least"]:
                yield _row(doc, reading, figure, names[int(chance[1:].argmax())], filled, score)

    def _slots(
        self, doc: Doc, reading: Reading, vectors: Floats, tokens: list[tuple[int, int]]
    ) -> list[dict[str, int]]:
        """Return for each figure and slot the entity likeliest to fill it, where that is likelier than none."""
        size = min(len(reading.rows), _MAX_ENTITIES)
        if not size or doc._.kg_vectors is None:
            return [{} for _ in tokens]
        weights, kinds = self.weights, type_rows(reading)[:size]
        of_entity = np.concatenate([doc._.kg_vectors[:size], weights["temb.weight"][kinds]], axis=1)
        found = links(tokens, reading.sentence_of, reading.places[:size], kinds)
        words: Floats = doc.tensor  # type: ignore[assignment]  # the stub names thinc's array type
        scores = self.fits(vectors, of_entity, found, words)
        scores = np.where(SLOT_ALLOWED[:, kinds][None], scores, -np.inf)
        none = weights.linear("lnone", vectors)
        best = scores.argmax(axis=2)
        return [
            {s: int(b) for s, b, row, n in zip(SLOTS, bests, of_figure, nones, strict=True) if row[b] > n}
            for bests, of_figure, nones in zip(best, scores, none, strict=True)
        ]

    def fits(self, figures: Floats, entities: Floats, found: Links, words: Floats) -> Floats:
        """Return figure × slot × entity: how well the two fit, and how well what stands between them fits both."""
        weights = self.weights
        shape = (-1, len(SLOTS), weights["lv.weight"].shape[0] // len(SLOTS))
        asked = weights.linear("lv", figures).reshape(shape).transpose(1, 0, 2)
        offered = weights.linear("le", entities).reshape(shape).transpose(1, 2, 0)
        along = np.cumsum(np.pad(weights.linear("lp", words), ((1, 0), (0, 0))), axis=0)
        first, after = found.between[..., 0], found.between[..., 1]
        path: Floats = (along[after] - along[first]) / np.maximum(1, after - first)[..., None].astype(np.float32)
        hidden: Floats = weights.linear("la", figures)[:, None] + weights.linear("lb", entities)[None] + path
        seen = weights.linear("lo", gelu(hidden + weights.linear("lf", found.features)))
        fits: Floats = asked @ offered
        return fits.transpose(1, 0, 2) / np.float32(_SHARPNESS) + seen.transpose(0, 2, 1)


def _row(doc: Doc, reading: Reading, figure: Figure, kind: str, slots: dict[str, int], score: float) -> ResultRow:
    start, end = reading.sentence_at(figure.start)
    evidence = [start, max(end, figure.end)]
    return ResultRow(
        start=figure.start,
        end=figure.end,
        number=figure.number,
        unit=figure.unit,
        kind=kind,
        metric=slots.get("metric"),
        subject=slots.get("subject"),
        baseline=slots.get("baseline"),
        on=slots.get("on"),
        evidence=evidence,
        score=score,
        certainty=certainty_of(cues(doc), [evidence], [figure.start, figure.end]).value,
    )


@Language.factory(
    "kg_results",
    requires=["doc.tensor", "doc._.kg_entities", "doc._.kg_vectors", "doc._.kg_cues", "doc.sents"],
    assigns=["doc._.kg_results"],
)
def create_results(nlp: Language, name: str) -> ResultReader:
    """Return the component that reads results."""
    del nlp, name  # the factory's signature is spaCy's
    return ResultReader()
