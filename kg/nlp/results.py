"""Which figures a paper claims as outcomes, and what they are of: metric, subject, baseline, where measured."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Self

import srsly
from spacy.language import Language

from kg.nlp.certainty import certainty_of
from kg.nlp.figures import Figure, figures
from kg.nlp.linear import LinearModel, calibrated
from kg.nlp.reading import Place, Reading
from kg.nlp.relations import NONE
from kg.nlp.roles import bucket
from kg.nlp.rows import EntityRow, ResultRow, cues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Doc

SLOTS = ("metric", "subject", "baseline", "on")
SLOT_TYPES = {
    "metric": frozenset({"Metric"}),
    "subject": frozenset({"Method", "Dataset", "Benchmark", "Software", "Robot", "Hardware"}),
    "baseline": frozenset({"Method", "Software", "Hardware", "Dataset"}),
    "on": frozenset({"Dataset", "Benchmark", "Task", "Robot", "Software"}),
}
_LEFT, _RIGHT = 9, 7
_SHORT_PATH = 4
_MAX_FIGURES = 200
_MAX_ENTITIES = 60


class FigureFeatures:
    """Features of the figures of one document."""

    def __init__(self, doc: Doc, reading: Reading) -> None:
        self.reading = reading
        self.text = reading.text
        self.starts = [token.idx for token in doc]
        self.found = list(figures(reading.text))[:_MAX_FIGURES]
        self.tokens = [self._tokens(figure) for figure in self.found]
        self.kinds: dict[int, set[str]] = defaultdict(set)
        for row, places in zip(reading.rows, reading.places, strict=True):
            for place in places:
                self.kinds[place.sentence].add(row["type"])

    def _tokens(self, figure: Figure) -> tuple[int, int]:
        return bisect_right(self.starts, figure.start) - 1, bisect_right(self.starts, figure.end - 1)

    def of(self, index: int) -> Iterator[str]:
        """Yield the features by which a figure is a result, and of which kind."""
        figure, (start, end) = self.found[index], self.tokens[index]
        yield from self._written(figure)
        yield from self._surroundings(start)
        yield from self._company(start, end, _unit(figure))

    def _written(self, figure: Figure) -> Iterator[str]:
        """Yield how the figure is written."""
        value, unit = self.text[figure.start : figure.end], _unit(figure)
        yield f"unit={unit}"
        yield f"decimal={'.' in value}|{unit}"
        yield f"sign={value[:1] if not value[:1].isalnum() else ''}|{unit}"
        yield f"range={sum(map(str.isdigit, value)) and len(value.split()) > 1}"
        yield f"size={len(str(int(figure.number))) if figure.number is not None else 'none'}|{unit}"

    def _surroundings(self, start: int) -> Iterator[str]:
        """Yield where in the text the figure stands, and beside what."""
        sentence, owner = self.reading.sentence_of[start], self.reading.owner[start]
        yield f"part={sentence * 4 // max(1, len(self.reading.sentences))}"
        yield f"title={sentence == 0}"
        yield f"owner={self.reading.rows[owner]['type'] if owner >= 0 else '-'}"
        for kind in sorted(self.kinds.get(sentence, ())):
            yield f"beside={kind}"
        yield f"figures={bucket(sum(self.reading.sentence_of[s] == sentence for s, _ in self.tokens))}"

    def _company(self, start: int, end: int, unit: str) -> Iterator[str]:
        """Yield the words before and after the figure, within its sentence."""
        words, sentence_of = self.reading.words, self.reading.sentence_of
        before, after = range(max(0, start - _LEFT), start), range(end, min(len(words), end + _RIGHT))
        left = [words[i] for i in before if sentence_of[i] == sentence_of[start]]
        right = [words[i] for i in after if sentence_of[i] == sentence_of[start]]
        for near in (1, 2, 3):
            yield f"L{near}={' '.join(left[-near:])}"
            yield f"R{near}={' '.join(right[:near])}"
        yield f"LR={left[-1:]}{unit}{right[:1]}"
        for word in dict.fromkeys(left):
            yield f"l={word}"
            yield f"l={word}|{unit}"
        for word in dict.fromkeys(right):
            yield f"r={word}"

    def link(self, index: int, entity: int) -> Iterator[str]:
        """Yield the features by which an entity fills a slot of a figure."""
        reading, start = self.reading, self.tokens[index][0]
        row, sentence = reading.rows[entity], reading.sentence_of[start]
        kind, role = row["type"][:4], row["role"]
        place = min(reading.places[entity], key=lambda p: (abs(p.sentence - sentence), abs(p.start - start)))
        away = place.sentence - sentence
        rank, among = reading.ranks[entity]
        yield kind
        yield f"{kind}|{role}"
        yield f"{kind}|count={bucket(len(reading.places[entity]))}"
        yield f"{kind}|away={max(-3, min(3, away))}"
        yield f"{kind}|{role}|away={max(-2, min(2, away))}"
        yield f"{kind}|rank={bucket(rank)}|{bucket(among)}"
        if not away:
            yield from self._path(index, place, row)

    def _path(self, index: int, place: Place, row: EntityRow) -> Iterator[str]:
        """Yield what stands between a figure and a mention in its sentence."""
        reading, (start, end) = self.reading, self.tokens[index]
        low, high = (place.end, start) if place.start < start else (end, place.start)
        head = f"{row['type'][:4]}{'<' if place.start < start else '>'}"
        between = [reading.words[i] for i in range(low, high) if reading.owner[i] < 0]
        rivals = {reading.owner[i] for i in range(low, high) if reading.owner[i] >= 0}
        like = bucket(sum(reading.rows[rival]["type"] == row["type"] for rival in rivals))
        others = bucket(sum(low <= s < high for s, _ in self.tokens))
        yield f"{head}|distance={bucket(max(0, high - low))}"
        yield f"{head}|rivals={like}|figures={others}"
        yield f"{head}|{row['role']}|rivals={like}"
        yield f"{head}|path={' '.join(between)}" if len(between) <= _SHORT_PATH else f"{head}|long"
        yield f"{head}|before={' '.join(reading.words[max(0, place.start - 1) : place.start])}"
        yield f"{head}|unit={_unit(self.found[index])}"
        for word in dict.fromkeys(between[:8]):
            yield f"{head}|b={word}"

    def linkable(self) -> list[int]:
        """Return the entities that may fill a slot."""
        return list(range(min(len(self.reading.rows), _MAX_ENTITIES)))


def _unit(figure: Figure) -> str:
    return figure.unit.lower() or "none"


class ResultReader:
    """Leave the results of a document in ``doc._.kg_results``.

    One model tells results from other figures and gives their kind, another one fills their slots.
    """

    def __init__(self) -> None:
        self.kinds = LinearModel()
        self.links = LinearModel()

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with its results."""
        if self.kinds.classes and len(doc):
            doc._.kg_results = list(self._read(doc, FigureFeatures(doc, Reading.of(doc))))
        return doc

    def _read(self, doc: Doc, made: FigureFeatures) -> Iterator[ResultRow]:
        size = range(len(made.found))
        scores = self.kinds.probabilities([self.kinds.rows(made.of(i)) for i in size])
        none, threshold = self.kinds.classes.index(NONE), self.kinds.settings.get("threshold", 0.5)
        for index, score in zip(size, scores, strict=True):
            claimed = 1.0 - float(score[none])
            if claimed < threshold:
                continue
            kind = max((p, c) for i, (p, c) in enumerate(zip(score, self.kinds.classes, strict=True)) if i != none)[1]
            yield self._row(doc, made, index, kind, claimed)

    def _row(self, doc: Doc, made: FigureFeatures, index: int, kind: str, score: float) -> ResultRow:
        figure = made.found[index]
        slots = self._slots(made, index)
        start, end = made.reading.sentence_at(figure.start)
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
            score=calibrated(score, self.kinds),
            certainty=certainty_of(cues(doc), [evidence], [figure.start, figure.end]).value,
        )

    def _slots(self, made: FigureFeatures, index: int) -> dict[str, int]:
        """Return for each slot the entity most likely to fill it, if likely enough; an entity fills one slot."""
        entities = made.linkable()
        scores = self.links.probabilities([self.links.rows(made.link(index, e)) for e in entities])
        thresholds = self.links.settings.get("thresholds", {})
        ranked = sorted(
            (-float(score), entity, slot)
            for entity, row in zip(entities, scores, strict=True)
            for slot, score in zip(self.links.classes, row, strict=True)
            if slot != NONE and made.reading.rows[entity]["type"] in SLOT_TYPES[slot]
        )
        filled: dict[str, int] = {}
        for negative, entity, slot in ranked:
            if -negative >= thresholds.get(slot, 0.5) and slot not in filled and entity not in filled.values():
                filled[slot] = entity
        return filled

    def to_bytes(self, **_: Any) -> bytes:
        """Return both models as bytes."""
        packed: bytes = srsly.msgpack_dumps([self.kinds.to_bytes(), self.links.to_bytes()])
        return packed

    def from_bytes(self, data: bytes, **_: Any) -> Self:
        """Take both models from bytes."""
        self.kinds, self.links = (LinearModel.from_bytes(part) for part in srsly.msgpack_loads(data))
        return self

    def to_disk(self, path: Any, **_: Any) -> None:
        """Write both models to the file ``path``."""
        path.write_bytes(self.to_bytes())

    def from_disk(self, path: Any, **_: Any) -> Self:
        """Read both models from the file ``path``."""
        return self.from_bytes(path.read_bytes())


@Language.factory(
    "kg_results",
    requires=["doc._.kg_entities", "doc._.kg_cues", "doc.sents"],
    assigns=["doc._.kg_results"],
)
def create_results(nlp: Language, name: str) -> ResultReader:
    """Return the component that reads results."""
    del nlp, name  # the factory's signature is spaCy's
    return ResultReader()
