"""One resolved paper → the quads of its named graph.

Every statement that was read stands as a node of its own (a claim or a result) with its evidence, score, certainty and
extractor. Beside it stands a direct edge for querying, but only where the text asserts the statement and its ends are
of types that the ontology allows; a claim that breaks the ontology says so in ``kg:quarantineReason``.

Evidence follows the Web Annotation model (https://www.w3.org/TR/annotation-model/#selectors): positions are counted in
Unicode code points of title + line feed + abstract, ``oa:exact`` repeats the characters.
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from kg.graph.metadata import LABEL, TYPE, Triple, metadata, text
from kg.graph.vocab import CONSTRAINTS, RESULT_CONSTRAINTS, ROLE_CONSTRAINTS, Iris, name, term
from kg.model import Certainty, EntityType, PaperEntity, Relation, ResolvedPaper, Result, Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUBJECT = name("rdf:subject")
PREDICATE = name("rdf:predicate")
OBJECT = name("rdf:object")
NAME = name("kg:name")
MENTION = name("kg:mention")
EVIDENCE = name("kg:evidence")
HAS_SELECTOR = name("oa:hasSelector")
EXACT = name("oa:exact")

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]* (?=[\"'(\[]*[A-Z\d\\$])|\n")
_SCORE_DIGITS = 4
_PRECEDENCE = {role: rank for rank, role in enumerate(Role)}
_NOBODY = "unknown extractor"


def paper_quads(resolved: ResolvedPaper, iris: Iris) -> Iterator[Quad]:
    """Yield the quads of a paper's named graph, without repeats and in an order that depends on the paper alone."""
    graph = iris.graph(resolved.paper.id)
    triples = dict.fromkeys(_Reading(resolved, iris).triples())
    return (Quad(s, p, o, graph) for s, p, o in triples)


class _Reading:
    """The triples of one paper; remembers which stretches of its text they point to."""

    def __init__(self, resolved: ResolvedPaper, iris: Iris) -> None:
        self._resolved = resolved
        self._iris = iris
        self._id = resolved.paper.id
        self._paper = iris.paper(self._id)
        self._text = resolved.paper.text
        self._ends = [match.span() for match in _SENTENCE_END.finditer(self._text)]
        self._extractor = resolved.extraction.extractor or _NOBODY
        self._keys = resolved.keys
        self._nodes = [iris.node(key) for key in resolved.keys]
        self._kinds = self._by_kind()
        self._types = [self._kinds[key] for key in resolved.keys]
        self._spans: dict[Span, NamedNode] = {}
        self._stated: set[NamedNode] = set()

    def triples(self) -> Iterator[Triple]:
        yield from metadata(self._resolved, self._iris)
        yield from self._provenance()
        for key, entities in entities_by_key(self._resolved).items():
            yield from self._role(key, entities)
        for relation in sorted(self._resolved.extraction.relations, key=lambda r: -r.score):
            yield from self._relation(relation)
        for result in sorted(self._resolved.extraction.results, key=lambda r: -r.score):
            yield from self._result(result)
        for span, node in sorted(self._spans.items()):
            yield from self._stretch(span, node)

    def _provenance(self) -> Iterator[Triple]:
        activity, agent = self._iris.activity(self._extractor), self._iris.agent(self._extractor)
        yield activity, TYPE, name("prov:Activity")
        yield activity, name("prov:wasAssociatedWith"), agent
        yield activity, name("prov:used"), self._paper
        yield agent, TYPE, name("prov:SoftwareAgent")
        yield agent, LABEL, text(self._extractor)

    def _by_kind(self) -> dict[str, EntityType]:
        """Return the type of each node in this paper: that of the entity read most surely."""
        entities = zip(self._resolved.keys, self._resolved.extraction.entities, strict=True)
        return {key: entity.type for key, entity in sorted(entities, key=lambda pair: pair[1].score)}

    def _span(self, span: Span) -> NamedNode:
        if span not in self._spans:
            self._spans[span] = self._iris.span(self._id, span)
        return self._spans[span]

    def _stretch(self, span: Span, node: NamedNode) -> Iterator[Triple]:
        selector = self._iris.selector(self._id, span)
        yield node, TYPE, name("oa:SpecificResource")
        yield node, name("oa:hasSource"), self._paper
        yield node, HAS_SELECTOR, selector
        yield selector, TYPE, name("oa:TextPositionSelector")
        yield selector, TYPE, name("oa:TextQuoteSelector")
        yield selector, name("oa:start"), Literal(span.start)
        yield selector, name("oa:end"), Literal(span.end)
        yield selector, EXACT, text(self._text[span.start : span.end])

    def _new(self, kind: str, *content: object) -> NamedNode | None:
        """Return the node of a claim or result, ``None`` if one of the same content and a better score went before."""
        node = self._iris.statement(kind, self._id, *content)
        if node in self._stated:
            return None
        self._stated.add(node)
        return node

    def _statement(self, node: NamedNode, cls: str, score: float, certainty: Certainty) -> Iterator[Triple]:
        """Yield what claims and results have in common."""
        yield node, TYPE, name(cls)
        yield node, name("kg:statedIn"), self._paper
        yield node, name("kg:score"), _score(score)
        yield node, name("kg:certainty"), term(certainty)
        yield node, name("prov:wasGeneratedBy"), self._iris.activity(self._extractor)

    def _edge(self, claim: NamedNode, edge: Triple, certainty: Certainty, problem: str | None) -> Iterator[Triple]:
        """Yield the ends of a claim, and the edge itself where it may be asserted."""
        subject, predicate, obj = edge
        yield claim, SUBJECT, subject
        yield claim, PREDICATE, predicate
        yield claim, OBJECT, obj
        if problem is not None:
            yield claim, name("kg:quarantineReason"), text(problem)
        elif certainty is Certainty.ASSERTED:
            yield edge

    def _role(self, key: str, entities: list[PaperEntity]) -> Iterator[Triple]:
        node, kind = self._iris.node(key), self._kinds[key]
        role = min((e.role for e in entities), key=_PRECEDENCE.__getitem__)
        claim = self._iris.statement("claim", self._id, role, key)
        yield node, TYPE, term(kind)
        yield from self._statement(
            claim, "kg:RoleClaim", max(e.role_score for e in entities if e.role is role), Certainty.ASSERTED
        )
        problem = ROLE_CONSTRAINTS[role].problem(role, None, kind)
        yield from self._edge(claim, (self._paper, term(role), node), Certainty.ASSERTED, problem)
        yield claim, name("kg:entityScore"), _score(max(e.score for e in entities))
        yield from self._merge(key, claim)
        yield claim, NAME, text(longest_name(entities))
        mentions = sorted({mention.span for entity in entities for mention in entity.mentions})
        for number, span in enumerate(mentions):
            if number == 0:
                yield claim, name("kg:objectSpan"), self._span(span)
                yield claim, EVIDENCE, self._span(self._sentence(span))
            yield claim, MENTION, self._span(span)

    def _merge(self, key: str, claim: NamedNode) -> Iterator[Triple]:
        """Yield why the names of an entity stand for its node, where they are not the node's own."""
        pairs = zip(self._keys, self._resolved.merges, strict=False)
        merges = [merge for other, merge in pairs if other == key and merge is not None]
        for rule in sorted({rule for merge in merges for rule in merge.rules}):
            yield claim, name("kg:mergeRule"), text(rule)
        if merges:
            yield claim, name("kg:mergeScore"), _score(min(merge.score for merge in merges))

    def _sentence(self, span: Span) -> Span:
        """Return the text between the sentence ends before and after ``span``."""
        start = max((after for _, after in self._ends if after <= span.start), default=0)
        end = min((before for before, _ in self._ends if before >= span.end), default=len(self._text))
        return Span(start, end)

    def _relation(self, relation: Relation) -> Iterator[Triple]:
        subject, obj = self._nodes[relation.subject], self._nodes[relation.object]
        if subject == obj:  # two names of one node: nothing is said
            return
        predicate = term(relation.predicate)
        problem = CONSTRAINTS[relation.predicate].problem(
            relation.predicate, self._types[relation.subject], self._types[relation.object]
        )
        spans = (relation.subject_span, relation.object_span, *relation.evidence)
        keys = (self._keys[relation.subject], self._keys[relation.object])
        claim = self._new("claim", relation.predicate, relation.certainty, *keys, *spans)
        if claim is None:
            return
        yield from self._statement(claim, "kg:RelationClaim", relation.score, relation.certainty)
        yield from self._edge(claim, (subject, predicate, obj), relation.certainty, problem)
        yield claim, name("kg:subjectSpan"), self._span(relation.subject_span)
        yield claim, name("kg:objectSpan"), self._span(relation.object_span)
        for span in relation.evidence:
            yield claim, EVIDENCE, self._span(span)

    def _result(self, result: Result) -> Iterator[Triple]:
        ends = {
            "kg:metric": result.metric,
            "kg:resultOf": result.subject,
            "kg:baseline": result.baseline,
            "kg:measuredOn": result.on,
        }
        keys = [(end, self._keys[i]) for end, i in ends.items() if i is not None]
        node = self._new("result", result.value, result.kind, result.certainty, result.span, result.evidence, *keys)
        if node is None:
            return
        yield from self._statement(node, "kg:Result", result.score, result.certainty)
        yield node, name("kg:value"), text(result.value)
        yield node, name("kg:kind"), term(result.kind)
        if result.number is not None and isfinite(result.number):
            yield node, name("kg:number"), _decimal(result.number)
        if result.unit:
            yield node, name("kg:unit"), text(result.unit)
        yield node, name("kg:valueSpan"), self._span(result.span)
        yield node, EVIDENCE, self._span(result.evidence)
        for end, index in ends.items():
            if index is not None:
                yield from self._result_end(node, end, index)

    def _result_end(self, node: NamedNode, end: str, index: int) -> Iterator[Triple]:
        problem = RESULT_CONSTRAINTS[end].problem(end.removeprefix("kg:"), None, self._types[index])
        if problem is None:
            yield node, name(end), self._nodes[index]
        else:
            yield node, name("kg:quarantineReason"), text(f"{problem}: {self._keys[index]}")


def entities_by_key(resolved: ResolvedPaper) -> dict[str, list[PaperEntity]]:
    """Return what a paper names by node, so that a node has one role and one name in it."""
    groups: dict[str, list[PaperEntity]] = {}
    for key, entity in zip(resolved.keys, resolved.extraction.entities, strict=True):
        groups.setdefault(key, []).append(entity)
    return groups


def longest_name(entities: Iterable[PaperEntity]) -> str:
    """Return the name of a node in a paper: the longest, the first of these in code point order."""
    return min((entity.name for entity in entities), key=lambda name: (-len(name), name))


def _score(value: float) -> Literal:
    """Return a score rounded to four digits: further ones differ between machines."""
    return Literal(round(float(value), _SCORE_DIGITS))


def _decimal(value: float) -> Literal:
    return Literal(format(Decimal(repr(value)).normalize(), "f"), datatype=name("xsd:decimal"))
