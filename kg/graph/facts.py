"""Statements and results with the sentences they were read from, both ends marked.

A sentence is cut from title + line feed + abstract by the offsets of its evidence, which count Unicode code points.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from kg.graph.claims import OBJECT, PREDICATE, SUBJECT, VALUE, local
from kg.graph.names import Named, named
from kg.graph.statements import statements
from kg.graph.vocab import name
from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import NamedNode, Store

_SELECTOR = name("oa:hasSelector")
_START = name("oa:start")
_END = name("oa:end")
_TITLE = name("dcterms:title")
_ABSTRACT = name("dcterms:abstract")
_ENDS = ("subjectSpan", "objectSpan", "valueSpan")
RESULT_ENDS = ("metric", "resultOf", "baseline", "measuredOn")
"""The local names of the properties that lead from a result to things."""


@dataclass(frozen=True, slots=True, order=True)
class Sentence:
    """Words of a paper.

    :param ends: the places in ``text`` of what the statement joins, sorted, none touching another.
    """

    text: str
    ends: tuple[Span, ...] = ()

    def marked(self, before: str = "[", after: str = "]") -> str:
        """Return the text with every end between ``before`` and ``after``.

        >>> Sentence("We test A on B.", (Span(8, 9), Span(13, 14))).marked()
        'We test [A] on [B].'
        """
        parts, done = [], 0
        for end in self.ends:
            parts += [self.text[done : end.start], before, self.text[end.start : end.end], after]
            done = end.end
        return "".join((*parts, self.text[done:]))


@dataclass(frozen=True, slots=True)
class Fact:
    """``subject predicate object`` as one paper states it; the subject of a role is the paper.

    :param score: the extractor's, in [0, 1].
    :param certainty: ``asserted``, ``tentative``, ``hedged`` or ``negated``.
    :param problem: why the ontology does not admit it, empty where it does.
    """

    subject: Named
    predicate: str
    object: Named
    paper: Named
    score: float
    certainty: str
    problem: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A result that one paper claims.

    :param value: the figure as written, with its unit.
    :param kind: ``absolute``, ``increase``, ``decrease`` or ``ratio``.
    :param ends: what it is a figure of and so on, by the names of :data:`RESULT_ENDS`.
    """

    value: str
    kind: str
    ends: Mapping[str, Named]
    paper: Named
    score: float
    certainty: str
    problem: str
    sentences: tuple[Sentence, ...]


class FactReader:
    """Reads facts and figures from a store, each paper's text and each label once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.named = cache(self._named)
        self._text = cache(self._read_text)

    def facts(
        self,
        subject: NamedNode | None = None,
        obj: NamedNode | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Fact]:
        """Yield the facts of a subject, of an object, or of a paper's graph, in no particular order."""
        if subject is not None:
            quads = statements(self._store, None, SUBJECT, subject)
        elif obj is not None:
            quads = statements(self._store, None, OBJECT, obj)
        else:
            quads = statements(self._store, None, PREDICATE, None, graph)
        for quad in quads:
            parts = self._parts(quad.subject, quad.graph_name)
            yield Fact(
                self.named(parts["subject"][0]),
                local(parts["predicate"][0]),
                self.named(parts["object"][0]),
                *self._told(parts),
            )

    def figures(self, of: NamedNode | None = None, graph: NamedNode | None = None) -> Iterator[Figure]:
        """Yield the results that have something to do with an entity, or that a paper's graph holds."""
        found: Iterable[tuple[NamedNode, NamedNode]]
        if of is None:
            found = ((q.subject, q.graph_name) for q in statements(self._store, None, VALUE, None, graph))
        else:
            ends = [name(f"kg:{end}") for end in RESULT_ENDS]
            found = dict.fromkeys((q.subject, q.graph_name) for e in ends for q in statements(self._store, None, e, of))
        for result, holder in found:
            parts = self._parts(result, holder)
            links = {end: self.named(parts[end][0]) for end in RESULT_ENDS if end in parts}
            yield Figure(parts["value"][0].value, local(parts["kind"][0]), links, *self._told(parts))

    def _parts(self, node: NamedNode, graph: NamedNode) -> dict[str, list[Any]]:
        """Return what a claim or result says of itself, by the local names of its properties."""
        parts: dict[str, list[Any]] = {}
        for quad in statements(self._store, node, None, None, graph):
            parts.setdefault(local(quad.predicate), []).append(quad.object)
        return parts

    def _told(self, parts: Mapping[str, list[Any]]) -> tuple[Named, float, str, str, tuple[Sentence, ...]]:
        """Return what facts and figures have in common: paper, score, certainty, problem, sentences."""
        problem = "; ".join(sorted(reason.value for reason in parts.get("quarantineReason", ())))
        return (
            self.named(parts["statedIn"][0]),
            float(parts["score"][0].value),
            local(parts["certainty"][0]),
            problem,
            self._sentences(parts),
        )

    def _sentences(self, parts: Mapping[str, list[Any]]) -> tuple[Sentence, ...]:
        text = self._text(parts["statedIn"][0])
        ends = sorted(self._span(node) for end in _ENDS for node in parts.get(end, ()))
        sentences = sorted(self._span(node) for node in parts.get("evidence", ()))
        return tuple(Sentence(text[s.start : s.end], _within(ends, s)) for s in sentences)

    def _span(self, node: NamedNode) -> Span:
        selector = self._one(node, _SELECTOR)
        return Span(int(self._one(selector, _START).value), int(self._one(selector, _END).value))

    def _one(self, node: NamedNode, predicate: NamedNode) -> Any:
        return next(statements(self._store, node, predicate)).object

    def _named(self, node: NamedNode) -> Named:
        return named(self._store, node)

    def _read_text(self, paper: NamedNode) -> str:
        title, abstract = (
            next((quad.object.value for quad in statements(self._store, paper, part)), "")
            for part in (_TITLE, _ABSTRACT)
        )
        return f"{title}\n{abstract}"


def _within(ends: Iterable[Span], sentence: Span) -> tuple[Span, ...]:
    """Return the sorted ``ends`` that lie in ``sentence``, counted from its beginning; those that overlap as one.

    >>> _within([Span(3, 5), Span(4, 8), Span(20, 22)], Span(2, 10))
    (Span(start=1, end=6),)
    """
    found: list[Span] = []
    for end in ends:
        if sentence.start <= end.start and end.end <= sentence.end:
            inner = Span(end.start - sentence.start, end.end - sentence.start)
            if found and inner.start < found[-1].end:
                inner = Span(found[-1].start, max(found.pop().end, inner.end))
            found.append(inner)
    return tuple(found)
