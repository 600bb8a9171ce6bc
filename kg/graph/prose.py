"""Portraits as text for people: groups of rows, each statement with its sentence and its ends in brackets.

Text of papers is shown with what a terminal would act on written out.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from kg.graph.names import PAPER
from kg.graph.results import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.graph.describe import Portrait
    from kg.graph.facts import Fact, Figure
    from kg.graph.names import Named

_LINKS = {"metric": "{}", "resultOf": "of {}", "measuredOn": "on {}", "baseline": "against {}"}


def portrait_lines(portrait: Portrait, base: str, most: int) -> Iterator[str]:
    """Yield the lines of a portrait, at most ``most`` rows of each group.

    :param base: where the graph's own IRIs begin; it is left out of them.
    """
    return map(visible, _lines(portrait, base, most))


def _lines(portrait: Portrait, base: str, most: int) -> Iterator[str]:
    node = portrait.node
    yield f"{node.label} · {node.kind} · {shortened(node.iri, base)}"
    for title, values in _particulars(portrait):
        if values:
            yield f"{title}: {', '.join(values)}"
    for title, rows in _groups(portrait, base):
        if rows:
            yield ""
            yield f"{title} ({len(rows)})"
            yield from (f"  {line}" for row in rows[:most] for line in row)
            if len(rows) > most:
                yield f"  … and {len(rows) - most} more"


def _particulars(portrait: Portrait) -> Iterator[tuple[str, Sequence[str]]]:
    yield "also called", portrait.aliases
    yield "authors", _labels(portrait.authors)
    yield "categories", portrait.categories
    yield from portrait.details.items()


def _groups(portrait: Portrait, base: str) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
    """Yield each group's title and its rows; a row is one line or several."""
    of_paper = portrait.node.kind == PAPER
    yield (
        "papers",
        [[f"{shortened(line.paper.iri, base)}  {line.paper.label}{_dated(line.date)}"] for line in portrait.papers],
    )
    yield "proposes", [[_kind(thing)] for thing in portrait.proposed]
    yield "wrote with", [[f"{other.author.label} · {other.papers}"] for other in portrait.co_authors]
    for role, facts in groupby(portrait.roles, key=lambda fact: fact.predicate):
        yield role, [_fact_row(_kind(f.object) if of_paper else f.paper.label, f, base) for f in facts]
    yield (
        "relations",
        [_fact_row(f"{f.subject.label} {f.predicate} {f.object.label}", f, base) for f in portrait.relations],
    )
    yield "results", [_fact_row(_figure(f), f, base) for f in portrait.figures]


def _labels(nodes: Iterable[Named]) -> list[str]:
    return [node.label for node in nodes]


def _kind(node: Named) -> str:
    return f"{node.label} ({node.kind})"


def _dated(date: str) -> str:
    return f" ({date})" if date else ""


def _figure(figure: Figure) -> str:
    links = (pattern.format(figure.ends[end].label) for end, pattern in _LINKS.items() if end in figure.ends)
    return " ".join((figure.value, f"({figure.kind})", *links))


def _fact_row(title: str, fact: Fact | Figure, base: str) -> list[str]:
    doubts = [fact.certainty] * (fact.certainty != "asserted") + [f"not admitted: {fact.problem}"] * bool(fact.problem)
    where = " · ".join((shortened(fact.paper.iri, base), f"score {fact.score:.2f}", *doubts))
    return [title, f"  {where}", *(f"  “{sentence.marked()}”" for sentence in fact.sentences)]
