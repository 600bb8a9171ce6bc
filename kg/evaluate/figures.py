"""Counting what was found, and the figures and intervals that follow from the counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kg.errors import ConfigError
from kg.evaluate.pairing import EXACT, Annotation, candidates, pair
from kg.model import EntityType, RelationType, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.evaluate.labels import Line

INTERVAL = (0.025, 0.975)
_NO_METRIC, _UNPAIRED_METRIC = -1, -2

_ORDER = (
    "entity exact",
    "entity relaxed",
    "entity untyped",
    *(f"type {kind}" for kind in EntityType),
    "role",
    "proposes",
    "relation",
    "relation asserted",
    *(f"relation {kind}" for kind in RelationType),
    "result",
)

Counts = dict[str, tuple[int, int, int]]  # name of a row → hits, predicted, gold
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of one kind: precision, recall, F1 and the 95 % interval of F1, in percent; then how many there were.

    ``low`` and ``high`` are None where no interval was asked for.
    """

    name: str
    p: float
    r: float
    f1: float
    low: float | None
    high: float | None
    gold: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Report:
    """What :func:`evaluate` found: a row for each kind, over so many papers, with so many bootstrap samples."""

    rows: tuple[Row, ...]
    papers: int
    bootstrap: int
    seed: int

    def table(self) -> str:
        """Return the rows as aligned text, one decimal, and a last line that says what was counted."""
        width = max(len(row.name) for row in self.rows)
        lines = [f"{'':{width}}      P      R     F1     95 % interval    gold  predicted"]
        for row in self.rows:
            interval = "" if row.low is None else f"{row.low:.1f} to {row.high:.1f}"
            figures = f"{row.p:7.1f}{row.r:7.1f}{row.f1:7.1f}{interval:>18}{row.gold:8}{row.predicted:11}"
            lines.append(f"{row.name:{width}}{figures}")
        drawn = f", bootstrap samples: {self.bootstrap}, seed: {self.seed}" if self.bootstrap else ""
        return "\n".join((*lines, f"papers: {self.papers}{drawn}"))

    def to_json(self) -> dict[str, Any]:
        """Return the same as JSON values: the figures by the name of their row, rounded to one decimal."""
        return {
            "papers": self.papers,
            "bootstrap": self.bootstrap,
            "seed": self.seed,
            "figures": {
                row.name: {
                    **{name: _rounded(getattr(row, name)) for name in ("p", "r", "f1", "low", "high")},
                    "gold": row.gold,
                    "predicted": row.predicted,
                }
                for row in self.rows
            },
        }


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 1)


def evaluate(
    gold: Mapping[str, Line],
    predicted: Mapping[str, Line],
    *,
    asserted: Mapping[str, Line] | None = None,
    bootstrap: int = 1000,
    seed: int = 0,
) -> Report:
    """Return the figures of ``predicted`` against ``gold``, both lines of the guidelines by paper id.

    A paper missing from ``predicted`` counts as one with nothing predicted; one missing from ``gold`` is left out.
    The order of the papers does not matter. What the rows mean stands in :mod:`kg.evaluate`.

    :param asserted: ``predicted`` with those relations alone that become edges of the graph, for a row of their own.
    :param bootstrap: how many times the papers are drawn for the intervals; 0 for no intervals.
    :param seed: of the draws, at least 0; the same seed gives the same intervals.
    :raises ConfigError: if ``gold`` is empty, or ``bootstrap`` or ``seed`` is negative.

    >>> line = {"id": "1", "e": [["Unitree G1 robots", "Robot", "deploysOn"]]}
    >>> evaluate({"1": line}, {"1": {"id": "1", "e": [["unitree-G1 robot", "Robot", "uses"]]}}).rows[0]
    Row(name='entity exact', p=100.0, r=100.0, f1=100.0, low=100.0, high=100.0, gold=1, predicted=1)
    """
    if min(bootstrap, seed) < 0:
        raise ConfigError("the bootstrap takes no negative numbers", remedy="Give 0 samples for no intervals.")
    nothing: Line = {"e": []}
    counts = [_count(*map(Annotation.read, (gold[pid], predicted.get(pid, nothing)))) for pid in sorted(gold)]
    for pid, count in zip(sorted(gold), counts if asserted is not None else (), strict=False):
        sure = map(Annotation.read, (gold[pid], (asserted or {}).get(pid, nothing)))
        count["relation asserted"] = _count(*sure)["relation"]
    names = sorted({name for count in counts for name in count}, key=_place)
    return summed(counts, names, bootstrap=bootstrap, seed=seed)


def summed(counts: Sequence[Counts], names: Sequence[str], *, bootstrap: int, seed: int = 0) -> Report:
    """Return the figures that follow from the counts of each paper, one row a name.

    :raises ConfigError: if there is no paper.
    """
    if not counts:
        raise ConfigError("no gold paper to evaluate on", remedy="Give a file with at least one labelled paper.")
    table = np.array([[count.get(name, (0, 0, 0)) for name in names] for count in counts], dtype=np.float64)
    return Report(tuple(_rows(names, table, bootstrap, seed)), papers=len(counts), bootstrap=bootstrap, seed=seed)


def _place(name: str) -> tuple[int, str]:
    """Return what rows are sorted by; labels that the guidelines do not know come last."""
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER)), name


def _count(gold: Annotation, predicted: Annotation) -> Counts:
    ranked = candidates(gold, predicted)
    exact = pair(c for c in ranked if c.same_type and c.similarity >= EXACT)
    relaxed = pair(c for c in ranked if c.same_type)
    untyped = pair(c for c in ranked if c.similarity >= EXACT)
    ends = pair(ranked)
    there_are = len(predicted.entities), len(gold.entities)
    return {
        "entity exact": (len(exact), *there_are),
        "entity relaxed": (len(relaxed), *there_are),
        "entity untyped": (len(untyped), *there_are),
        **_types(exact, gold, predicted),
        **_roles(exact, gold, predicted),
        **_relations(ends, gold, predicted),
        "result": _results(ends, gold, predicted),
    }


def _types(exact: Mapping[int, int], gold: Annotation, predicted: Annotation) -> Counts:
    return _by_label(
        "type",
        (gold.entities[i].type for i in exact.values()),
        (entity.type for entity in predicted.entities),
        (entity.type for entity in gold.entities),
    )


def _roles(exact: Mapping[int, int], gold: Annotation, predicted: Annotation) -> Counts:
    given = [entity.role for entity in predicted.entities]
    wanted = [entity.role for entity in gold.entities]
    right = [given[j] for j, i in exact.items() if given[j] == wanted[i]]
    return {
        "role": (len(right), len(given), len(wanted)),
        "proposes": (right.count(Role.PROPOSES), given.count(Role.PROPOSES), wanted.count(Role.PROPOSES)),
    }


def _relations(ends: Mapping[int, int], gold: Annotation, predicted: Annotation) -> Counts:
    wanted = set(gold.relations)
    given = [(ends.get(subject), relation, ends.get(obj)) for subject, relation, obj in predicted.relations]
    hits = wanted.intersection(given)
    by_label = _by_label("relation", *([relation for _, relation, _ in rows] for rows in (hits, given, wanted)))
    return {"relation": (len(hits), len(given), len(wanted)), **by_label}


def _results(ends: Mapping[int, int], gold: Annotation, predicted: Annotation) -> tuple[int, int, int]:
    given = Counter(
        (figure, _NO_METRIC if metric <= _NO_METRIC else ends.get(metric, _UNPAIRED_METRIC))
        for figure, metric in predicted.results
    )
    wanted = Counter(gold.results)
    return (given & wanted).total(), given.total(), wanted.total()


def _by_label(prefix: str, hits: Iterable[str], predicted: Iterable[str], gold: Iterable[str]) -> Counts:
    hit, given, wanted = Counter(hits), Counter(predicted), Counter(gold)
    return {f"{prefix} {label}": (hit[label], given[label], wanted[label]) for label in given | wanted}


def _rows(names: Iterable[str], table: Floats, bootstrap: int, seed: int) -> Iterator[Row]:
    totals = table.sum(axis=0)
    scores = _scores(totals).tolist()
    intervals = _intervals(table, bootstrap, seed)
    for name, (p, r, f1), (low, high), (_, given, wanted) in zip(names, scores, intervals, totals, strict=True):
        yield Row(name, p, r, f1, low, high, gold=int(wanted), predicted=int(given))


def _intervals(table: Floats, samples: int, seed: int) -> list[tuple[float | None, float | None]]:
    """Return the interval of each row's F1, from the counts of each paper (axis 0) and row (axis 1)."""
    papers, rows, _ = table.shape
    if not samples:
        return [(None, None)] * rows
    rng = np.random.default_rng(seed)
    flat = table.reshape(papers, -1)
    # A sample is how often each paper was drawn: its totals are one product with the counts of the papers.
    draws = (np.bincount(rng.integers(papers, size=papers), minlength=papers) for _ in range(samples))
    totals = np.stack([times @ flat for times in draws]).reshape(samples, rows, 3)
    # Efron and Tibshirani take the k-th smallest value itself, not a point between two.
    low, high = np.quantile(_scores(totals)[..., 2], INTERVAL, axis=0, method="inverted_cdf").tolist()
    return list(zip(low, high, strict=True))


def _scores(counts: Floats) -> Floats:
    """Return precision, recall and F1 in place of hits, predicted and gold (last axis); 0 where there are none."""
    hit, predicted, gold = np.moveaxis(counts, -1, 0)
    p, r = _ratio(100 * hit, predicted), _ratio(100 * hit, gold)
    return np.stack((p, r, _ratio(2 * p * r, p + r)), axis=-1)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
