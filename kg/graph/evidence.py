"""What SHACL core cannot say of a paper's graph: offsets tell the truth, evidence holds its ends, edges have claims.

Each check has its shape in ``ontologies/shapes.ttl``, which holds the message and the remedy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.graph.vocab import CONSTRAINTS, name, term
from kg.model import Certainty, RelationType, Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Quad

_EDGES = frozenset(term(value) for values in (Role, RelationType) for value in values)
_ENDS = (name("kg:subjectSpan"), name("kg:objectSpan"), name("kg:valueSpan"))
_SAME_TYPE = tuple(term(relation) for relation, ends in CONSTRAINTS.items() if ends.same_type)
_TYPE = name("rdf:type")
_EXACT = name("oa:exact")
_EVIDENCE = name("kg:evidence")


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a paper's graph breaks one of the checks: the shape's local name, the node, and what is wrong with it."""

    shape: str
    focus: NamedNode
    path: NamedNode
    value: str


@dataclass(slots=True)
class PaperGraph:
    """The quads of one paper, by subject and predicate."""

    by_subject: dict[NamedNode, dict[NamedNode, list[NamedNode | Literal]]] = field(default_factory=dict)

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> PaperGraph:
        """Return the graph of ``quads``, objects sorted."""
        graph = cls()
        for quad in quads:
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                graph.by_subject.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
        for predicates in graph.by_subject.values():
            for objects in predicates.values():
                if len(objects) > 1:  # most are alone, and the key costs more than the list
                    objects.sort(key=str)
        return graph

    def nodes(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        """Return the nodes that ``subject`` links to."""
        return [o for o in self.by_subject.get(subject, {}).get(predicate, ()) if isinstance(o, NamedNode)]

    def value(self, subject: NamedNode, predicate: NamedNode) -> str | None:
        """Return the first value of a property, as text."""
        values = self.by_subject.get(subject, {}).get(predicate)
        return values[0].value if values else None

    def typed(self, cls: str) -> list[NamedNode]:
        """Return the nodes of a class, sorted."""
        wanted = name(cls)
        found = (s for s in self.by_subject if wanted in self.nodes(s, _TYPE))
        return sorted(found, key=lambda node: node.value)

    def selectors(self, span: NamedNode) -> list[NamedNode]:
        """Return what selects a stretch of text."""
        return self.nodes(span, name("oa:hasSelector"))

    def span(self, span: NamedNode) -> Span | None:
        """Return the characters that a stretch of text covers, ``None`` if its selector does not say so."""
        for selector in self.selectors(span):
            start, end = self.value(selector, name("oa:start")), self.value(selector, name("oa:end"))
            if start is not None and end is not None and start.isdecimal() and end.isdecimal():
                return Span(int(start), int(end))
        return None

    def quote(self, node: NamedNode) -> str:
        """Return the evidence of a claim or result, or the characters of a stretch of text or selector, as text."""
        spans = self.nodes(node, _EVIDENCE) or [node]
        quotes = [self.value(s, _EXACT) for span in spans for s in self.selectors(span) or [span]]
        return " […] ".join(quote for quote in quotes if quote)


def faults(graph: PaperGraph) -> Iterator[Fault]:
    """Yield where a paper's graph breaks the checks, in a fixed order."""
    for paper in graph.typed("kg:Paper"):
        yield from _offsets(graph, paper)
    yield from _evidence(graph)
    yield from _edges(graph)
    yield from _same_types(graph)


def _offsets(graph: PaperGraph, paper: NamedNode) -> Iterator[Fault]:
    title, abstract = (graph.value(paper, name(p)) or "" for p in ("dcterms:title", "dcterms:abstract"))
    text = f"{title}\n{abstract}"
    for node in graph.typed("oa:SpecificResource"):
        span = graph.span(node)
        for selector in graph.selectors(node):
            exact = graph.value(selector, _EXACT)
            if span is not None and exact is not None and exact != text[span.start : span.end]:
                yield Fault("Offsets", selector, _EXACT, exact)


def _evidence(graph: PaperGraph) -> Iterator[Fault]:
    for cls in ("kg:RoleClaim", "kg:RelationClaim", "kg:Result"):
        for claim in graph.typed(cls):
            evidence = [span for node in graph.nodes(claim, _EVIDENCE) if (span := graph.span(node))]
            for path in _ENDS:
                for node in graph.nodes(claim, path):
                    end = graph.span(node)
                    if end and not any(e.start <= end.start and end.end <= e.end for e in evidence):
                        yield Fault("EvidenceHoldsEnds", claim, path, graph.quote(node))


def _edges(graph: PaperGraph) -> Iterator[Fault]:
    stated = {
        (subject, predicate, obj)
        for cls in ("kg:RoleClaim", "kg:RelationClaim")
        for claim in graph.typed(cls)
        if graph.nodes(claim, name("kg:certainty")) == [term(Certainty.ASSERTED)]
        and graph.value(claim, name("kg:quarantineReason")) is None
        for subject in graph.nodes(claim, name("rdf:subject"))
        for predicate in graph.nodes(claim, name("rdf:predicate"))
        for obj in graph.nodes(claim, name("rdf:object"))
    }
    drawn = {
        (subject, predicate, obj)
        for subject, predicates in graph.by_subject.items()
        for predicate in predicates.keys() & _EDGES
        for obj in graph.nodes(subject, predicate)
    }
    for subject, predicate, obj in sorted(stated ^ drawn, key=str):
        yield Fault("EdgeHasClaim", subject, predicate, obj.value)


def _same_types(graph: PaperGraph) -> Iterator[Fault]:
    for predicate in _SAME_TYPE:
        for subject in sorted(graph.by_subject, key=lambda node: node.value):
            types = graph.nodes(subject, _TYPE)
            for obj in graph.nodes(subject, predicate):
                if graph.nodes(obj, _TYPE) != types:
                    yield Fault("SameType", subject, predicate, obj.value)
