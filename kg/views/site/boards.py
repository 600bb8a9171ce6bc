"""Leaderboards without a winner: the values that papers claim on a benchmark or data set, side by side.

Values of different metrics, kinds (a level, a change, a ratio) and units stand in tables of their own, because an
increase of 12 % is not less than an accuracy of 90 %. Which way is better is not said: a graph read from abstracts does
not know it. Papers that claim different values for the same are put next to one another.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from kg.model import EntityType, ResultKind, Role
from kg.resolution.tex import readable
from kg.views.site.catalogue import Stated, is_read
from kg.views.site.sheet import Sheet
from kg.views.site.writing import write_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kg.graph.records import PaperRecord, PaperResult
    from kg.views.site.catalogue import Library, Measured, Node

ADDRESS = "boards.html"
MOST_LISTED = 1000
"""The most boards of a list."""
MOST_COMPARED = 50
"""The most papers whose comparisons a board shows."""
FEWEST_PAPERS = 2
"""In how many papers a metric is measured on nothing in particular before it has a board."""

_KINDS = tuple(kind.value for kind in ResultKind)
_FIRST = (EntityType.BENCHMARK.value, EntityType.DATASET.value)
_UNITS: Mapping[str, str] = {
    **dict.fromkeys(("percent", "percentage", "per cent"), "%"),
    **dict.fromkeys(("pp", "percentage point", "percentage points", "percent points"), "percentage points"),
    **dict.fromkeys(("x", "times", "fold", "folds", "-fold"), "×"),
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("minute", "minutes"), "min"),
    **dict.fromkeys(("hour", "hours"), "h"),
    **dict.fromkeys(("degree", "degrees", "deg"), "°"),
    **dict.fromkeys(("pixel", "pixels"), "px"),
    "point": "points",
    "fps": "FPS",
    "orders of magnitude": "order of magnitude",
}
"""Spellings of one unit. What may be another one (points and percentage points, m and M) is left as written."""


class Sort(NamedTuple):
    """What values must share to be in one table: a metric's IRI or nothing, a kind, a unit."""

    metric: str | None
    kind: str
    unit: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a paper claims; ``differs`` if another paper claims another one for the same."""

    paper: PaperRecord
    result: PaperResult
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a paper that is evaluated on something compares with, and what it proposes itself."""

    paper: PaperRecord
    proposed: Sequence[str]
    compared: Sequence[Stated]


@dataclass(frozen=True, slots=True)
class Board:
    """The values claimed on a thing, or of a metric that is measured on nothing in particular.

    :param tables: the values that can be compared with one another, those of the newest papers first.
    :param conflicts: values that different papers claim for the same, next to one another.
    :param left_out: how many values the ontology does not admit.
    """

    node: Node
    address: str
    tables: Mapping[Sort, Sequence[Value]]
    conflicts: Sequence[Sequence[Value]] = ()
    comparisons: Sequence[Comparison] = ()
    left_out: int = 0

    @property
    def values(self) -> int:
        """How many values it shows."""
        return sum(map(len, self.tables.values()))

    @property
    def papers(self) -> int:
        """How many papers claim them."""
        return len({value.paper.iri for values in self.tables.values() for value in values})

    @property
    def metrics(self) -> Sequence[str]:
        """What was measured, the most often measured first."""
        return tuple(dict.fromkeys(sort.metric for sort in self.tables if sort.metric is not None))


def write(library: Library, target: Path) -> None:
    """Write the list of boards, and each board."""
    found = list(boards(library))
    for board in found:
        sheet = Sheet(library, board.address)
        context = {"sheet": sheet, "library": library, "board": board, "number": number, "readable": readable}
        write_html(target, board.address, "board.html", **context, most_compared=MOST_COMPARED)
    sections = [
        ("Benchmarks and data sets", [b for b in found if b.node.kind in _FIRST]),
        ("Tasks, robots and other things", [b for b in found if b.node.kind not in (*_FIRST, EntityType.METRIC.value)]),
        ("Metrics, measured on nothing in particular", [b for b in found if b.node.kind == EntityType.METRIC.value]),
    ]
    listed = [(title, sorted(part, key=_by_size)[:MOST_LISTED], len(part)) for title, part in sections if part]
    write_html(target, ADDRESS, "boards.html", sheet=Sheet(library, ADDRESS), sections=listed)


def boards(library: Library) -> Iterator[Board]:
    """Yield a board for all on which something was measured, and for metrics that several papers measure on nothing."""
    for iri in library.results:
        address = board_address(library, iri)
        if address is not None:
            yield _board(library, library.nodes[iri], address)


def board_address(library: Library, iri: str) -> str | None:
    """Return the address of the board of a thing, ``None`` if it has none."""
    node = library.nodes.get(iri)
    values = _values(library, iri) if node is not None else []
    if node is None or not values:
        return None
    by_metric = node.kind == EntityType.METRIC.value
    if by_metric and len({value.paper.iri for value in values}) < FEWEST_PAPERS:
        return None
    return f"board/{node.address.replace('/', '-')}"


def _values(library: Library, iri: str) -> list[Value]:
    """Return what the board of a thing shows."""
    by_metric = library.nodes[iri].kind == EntityType.METRIC.value
    measured: Iterable[Measured] = library.results.get(iri, ())
    return [
        Value(paper, result)
        for paper, result, end in measured
        if not result.problem and (end == "metric" and result.on is None if by_metric else end == "on")
    ]


def _board(library: Library, node: Node, address: str) -> Board:
    values = _values(library, node.iri)
    by_metric = node.kind == EntityType.METRIC.value
    # Without a place there is nothing on which two papers could disagree.
    conflicts = [] if by_metric else list(_conflicts(values))
    differing = {id(value.result) for group in conflicts for value in group}
    tables: defaultdict[Sort, list[Value]] = defaultdict(list)
    for value in values:
        sort = Sort(value.result.metric, value.result.kind, unit(value.result.unit))
        tables[sort].append(Value(value.paper, value.result, id(value.result) in differing))
    return Board(
        node,
        address,
        dict(sorted(tables.items(), key=_order(library, tables))),
        sorted(conflicts, key=lambda group: library.label(group[0].result.subject or "")),
        [] if by_metric else list(_comparisons(library, node.iri)),
        sum(bool(m.result.problem) for m in library.results[node.iri] if m.end == ("metric" if by_metric else "on")),
    )


def _order(
    library: Library, tables: Mapping[Sort, Sequence[Value]]
) -> Callable[[tuple[Sort, Sequence[Value]]], tuple[object, ...]]:
    """Return what tables are sorted by: the metric with most values first, all its kinds; without a metric last."""
    of_metric: defaultdict[str | None, int] = defaultdict(int)
    for sort, values in tables.items():
        of_metric[sort.metric] += len(values)

    def key(table: tuple[Sort, Sequence[Value]]) -> tuple[object, ...]:
        metric, kind, measured_in = table[0]
        named = "" if metric is None else library.label(metric).casefold()
        return metric is None, -of_metric[metric], named, metric or "", _KINDS.index(kind), -len(table[1]), measured_in

    return key


def unit(written: str) -> str:
    """Return one spelling of a unit.

    >>> unit("percent"), unit("X"), unit("seconds"), unit("m"), unit("M")
    ('%', '×', 's', 'm', 'M')
    """
    folded = written.strip().lower()
    return _UNITS.get(folded, written.strip())


def number(value: float | None) -> str:
    """Return a number as it is compared, empty for none.

    >>> number(98.3), number(3.0), number(None), number(1e-7)
    ('98.3', '3', '', '1e-07')
    """
    return "" if value is None else repr(value).removesuffix(".0")


def _conflicts(values: Iterable[Value]) -> Iterator[Sequence[Value]]:
    """Yield the values of one subject, metric, kind and unit of which two papers share none.

    A change or ratio must be against the same; beside a level, a baseline is only what else the sentence names.
    """
    same: defaultdict[tuple[str | None, ...], list[Value]] = defaultdict(list)
    for value in values:
        result = value.result
        if result.subject is not None and result.metric is not None:
            against = None if result.kind == ResultKind.ABSOLUTE else result.baseline
            same[result.subject, result.metric, result.kind, unit(result.unit), against].append(value)
    for group in same.values():
        claimed: defaultdict[str, set[str]] = defaultdict(set)
        for value in group:
            claimed[value.paper.iri].add(number(value.result.number) or value.result.value.casefold())
        if any(one.isdisjoint(other) for one, other in combinations(claimed.values(), 2)):
            yield group


def _comparisons(library: Library, iri: str) -> Iterator[Comparison]:
    """Yield what the papers that evaluate on a thing compare with, the newest first."""
    papers = {
        paper.iri: paper
        for paper, claim in library.roles.get(iri, ())
        if claim.predicate == Role.EVALUATES_ON and is_read(claim)
    }
    for paper in papers.values():
        roles = [claim for claim in paper.roles if is_read(claim)]
        compared = {claim.object: claim for claim in roles if claim.predicate == Role.COMPARES_WITH}
        proposed = dict.fromkeys(claim.object for claim in roles if claim.predicate == Role.PROPOSES)
        if compared:
            yield Comparison(paper, tuple(proposed), [Stated(paper, claim) for claim in compared.values()])


def _by_size(board: Board) -> tuple[object, ...]:
    return -board.papers, -board.values, board.node.label.casefold(), board.node.iri
