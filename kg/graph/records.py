"""All papers of a graph with all that was read from them, in one pass over the store: plain records, free of RDF.

Looking single nodes up costs a view of the whole graph minutes. A paper's named graph is read at once and grouped in
memory, and of it only what a record holds: most of the time goes into making terms of what the store has, and two
thirds of them say nothing here (stretches of text carry their offsets in their IRIs). Nodes are given by their IRIs;
offsets count Unicode code points of title + line feed + abstract, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import NamedNode

from kg.graph.statements import statements
from kg.graph.vocab import SUMMARY_TERMS, name
from kg.model import Certainty, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.graph.statements import Statement
    from kg.graph.store import GraphStore
    from kg.graph.vocab import Iris

_TITLE, _ABSTRACT = name("dcterms:title").value, name("dcterms:abstract").value
_IDENTIFIER, _ISSUED = name("dcterms:identifier").value, name("dcterms:issued").value
_SUBJECT, _PRIMARY = name("dcterms:subject").value, name("kg:primaryCategory").value
_COMMENT, _LABEL = name("kg:arxivComment").value, name("rdfs:label").value
_AUTHORSHIP, _AUTHOR, _POSITION = (name(f"kg:{term}").value for term in ("authorship", "author", "position"))
_PREDICATE, _ENDS = name("rdf:predicate").value, (name("rdf:subject").value, name("rdf:object").value)
_SCORE, _CERTAINTY, _REASON = (name(f"kg:{term}").value for term in ("score", "certainty", "quarantineReason"))
_EVIDENCE, _MENTION = name("kg:evidence").value, name("kg:mention").value
_SUBJECT_SPAN, _OBJECT_SPAN, _VALUE_SPAN = (name(f"kg:{end}Span").value for end in ("subject", "object", "value"))
_VALUE, _NUMBER, _UNIT, _KIND = (name(f"kg:{term}").value for term in ("value", "number", "unit", "kind"))
_METRIC, _OF, _BASELINE, _ON = (name(f"kg:{t}").value for t in ("metric", "resultOf", "baseline", "measuredOn"))
_SUMMARIES = {term.value: field.value for field, term in SUMMARY_TERMS.items()}

_READ = tuple(
    NamedNode(iri)
    for iri in (
        *(_TITLE, _ABSTRACT, _LABEL, _IDENTIFIER, _ISSUED, _SUBJECT, _PRIMARY, _COMMENT, *_SUMMARIES),
        *(_AUTHORSHIP, _AUTHOR, _POSITION, _PREDICATE, *_ENDS, _SCORE, _CERTAINTY, _REASON, _EVIDENCE, _MENTION),
        *(_SUBJECT_SPAN, _OBJECT_SPAN, _VALUE_SPAN, _VALUE, _NUMBER, _UNIT, _KIND, _METRIC, _OF, _BASELINE, _ON),
    )
)
"""The properties that records are made of."""

_Subject = dict[str, list[str]]
"""What is said of one node: the values of each property, IRIs and texts alike, by the property's IRI."""


class Passage(NamedTuple):
    """A quoted sentence: where it begins in the paper's text, and its words."""

    start: int
    text: str


class Words(NamedTuple):
    """What a source adds to a paper in some language: the part of the digest, a language tag or nothing, the text."""

    field: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class PaperClaim:
    """A statement of one paper, in its words.

    :param subject: IRI of what it is about: a thing, or the paper itself (a role); ``object``: of its object.
    :param predicate: a role or relation, by its value in the model.
    :param score: how sure the extractor is, in [0, 1].
    :param certainty: ``asserted``, ``tentative``, ``hedged`` or ``negated``.
    :param direct: whether it is an edge of the graph: asserted, and admitted by the ontology.
    :param sentences: its evidence in the order of the text, one or two.
    :param subject_span: where the subject is named, ``None`` if that is the paper; ``object_span``: the object.
    :param problem: why the ontology does not admit it, empty where it does.
    """

    subject: str
    predicate: str
    object: str
    score: float
    certainty: str
    direct: bool
    sentences: tuple[Passage, ...]
    subject_span: Span | None
    object_span: Span | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PaperResult:
    """A figure that one paper claims.

    :param value: the figure as written, with its unit; ``number``: its value, ``None`` where it has no single one.
    :param unit: as written, empty where there is none.
    :param kind: ``absolute``, ``increase``, ``decrease`` or ``ratio``.
    :param metric: IRI of what was measured; likewise ``subject``, whose figure it is, ``baseline`` and ``on``.
    :param ends: where its sentences name what it is linked to: which of those four, and the place.
    :param problem: which of its ends the ontology does not admit and why, empty where it admits all.
    """

    value: str
    number: float | None
    unit: str
    kind: str
    metric: str | None
    subject: str | None
    baseline: str | None
    on: str | None
    score: float
    certainty: str
    sentences: tuple[Passage, ...]
    value_span: Span
    ends: tuple[tuple[str, Span], ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PaperRecord:
    """A paper and all that was read from it.

    :param date: a day or a month (``2025-12-04``, ``2025-12``), empty where unknown.
    :param categories: IRIs, the primary one first, the others sorted.
    :param authors: IRIs in the order of the paper.
    :param claims: by subject (the paper first), predicate, object, then the greatest score.
    :param results: in the order of the text.
    :param mentions: every place that names a thing, with the thing's IRI; a place can lie within another.
    :param label: the title as a reader has it, TeX resolved; the id where there is none.
    :param comment: what the authors told arXiv (pages, venue).
    :param summaries: what the digest says in its own words or another language.
    """

    iri: str
    id: str
    title: str
    abstract: str
    date: str
    categories: tuple[str, ...]
    authors: tuple[str, ...]
    claims: tuple[PaperClaim, ...]
    results: tuple[PaperResult, ...]
    mentions: tuple[tuple[Span, str], ...]
    label: str = ""
    comment: str = ""
    summaries: tuple[Words, ...] = ()

    @property
    def text(self) -> str:
        """What all offsets count in."""
        return f"{self.title}\n{self.abstract}"

    @property
    def roles(self) -> tuple[PaperClaim, ...]:
        """What the paper does with things."""
        return tuple(claim for claim in self.claims if claim.subject == self.iri)

    @property
    def relations(self) -> tuple[PaperClaim, ...]:
        """What the paper says of things."""
        return tuple(claim for claim in self.claims if claim.subject != self.iri)


def paper_records(graph: GraphStore) -> Iterator[PaperRecord]:
    """Yield the record of every paper, in the order of their ids; one is in memory at a time."""
    for paper_id in graph.papers():
        holder = graph.iris.graph(paper_id)
        quads = (quad for said in _READ for quad in statements(graph.store, None, said, None, holder))
        yield _Reading(graph.iris, paper_id, quads).record()


class _Reading:
    """The quads of one paper, by subject and predicate."""

    def __init__(self, iris: Iris, paper_id: str, quads: Iterable[Statement]) -> None:
        self._iri = iris.paper(paper_id).value
        self._id = paper_id
        self._span = cache(iris.characters)
        self._of: dict[str, _Subject] = {}
        self._summaries: list[Words] = []
        for quad in quads:
            said, value = quad.predicate.value, quad.object
            self._of.setdefault(quad.subject.value, {}).setdefault(said, []).append(value.value)
            if said in _SUMMARIES:
                self._summaries.append(Words(_SUMMARIES[said], value.language or "", value.value))
        self._own = self._of[self._iri]
        self._text = f"{_first(self._own, _TITLE)}\n{_first(self._own, _ABSTRACT)}"

    def record(self) -> PaperRecord:
        claims = [node for node in self._of.values() if _PREDICATE in node]
        results = [node for node in self._of.values() if _VALUE in node]
        mentions = tuple(sorted(self._mentions(claims)))
        primary = self._own.get(_PRIMARY, [])
        return PaperRecord(
            iri=self._iri,
            id=self._id,
            title=_first(self._own, _TITLE),
            abstract=_first(self._own, _ABSTRACT),
            date=_first(self._own, _ISSUED),
            categories=tuple(sorted(self._own.get(_SUBJECT, ()), key=lambda iri: (iri not in primary, iri))),
            authors=self._authors(),
            claims=tuple(sorted(map(self._claim, claims), key=self._claim_order)),
            results=tuple(sorted((self._result(node, mentions) for node in results), key=_result_order)),
            mentions=mentions,
            label=_first(self._own, _LABEL),
            comment=_first(self._own, _COMMENT),
            summaries=tuple(sorted(self._summaries)),
        )

    def _authors(self) -> tuple[str, ...]:
        authorships = (self._of[node] for node in self._own.get(_AUTHORSHIP, ()))
        placed = sorted((int(_first(node, _POSITION)), _first(node, _AUTHOR)) for node in authorships)
        return tuple(author for _, author in placed)

    def _claim(self, node: _Subject) -> PaperClaim:
        subject, target = (node[end][0] for end in _ENDS)
        certainty, problem = _told(node)
        return PaperClaim(
            subject,
            _local(node[_PREDICATE][0]),
            target,
            score=float(node[_SCORE][0]),
            certainty=certainty,
            direct=certainty == Certainty.ASSERTED and not problem,
            sentences=self._passages(node),
            subject_span=self._span_of(node, _SUBJECT_SPAN),
            object_span=self._span_of(node, _OBJECT_SPAN),
            problem=problem,
        )

    def _claim_order(self, claim: PaperClaim) -> tuple[object, ...]:
        ends = (claim.subject != self._iri, claim.subject, claim.predicate, claim.object)
        return (
            *ends,
            -claim.score,
            claim.certainty,
            claim.sentences,
            claim.subject_span or (),
            claim.object_span or (),
        )

    def _result(self, node: _Subject, mentions: tuple[tuple[Span, str], ...]) -> PaperResult:
        certainty, problem = _told(node)
        number = _first(node, _NUMBER)
        metric, of, baseline, on = (_first(node, end) or None for end in (_METRIC, _OF, _BASELINE, _ON))
        linked = {metric: "metric", baseline: "baseline", on: "on", of: "subject"}
        evidence = [self._span(place) for place in node.get(_EVIDENCE, ())]
        return PaperResult(
            value=node[_VALUE][0],
            number=float(number) if number else None,
            unit=_first(node, _UNIT),
            kind=_local(node[_KIND][0]),
            metric=metric,
            subject=of,
            baseline=baseline,
            on=on,
            score=float(node[_SCORE][0]),
            certainty=certainty,
            sentences=self._passages(node),
            value_span=self._span(node[_VALUE_SPAN][0]),
            ends=tuple((linked[iri], span) for span, iri in mentions if iri in linked and _holds(evidence, span)),
            problem=problem,
        )

    def _mentions(self, claims: Iterable[_Subject]) -> Iterator[tuple[Span, str]]:
        for node in claims:
            yield from ((self._span(place), node[_ENDS[1]][0]) for place in node.get(_MENTION, ()))

    def _passages(self, node: _Subject) -> tuple[Passage, ...]:
        spans = sorted(map(self._span, node.get(_EVIDENCE, ())))
        return tuple(Passage(span.start, self._text[span.start : span.end]) for span in spans)

    def _span_of(self, node: _Subject, end: str) -> Span | None:
        places = node.get(end)
        return self._span(places[0]) if places else None


def _first(node: _Subject, predicate: str) -> str:
    """Return the value of a property that has at most one, empty where it has none."""
    values = node.get(predicate)
    return values[0] if values else ""


def _local(iri: str) -> str:
    return iri.rpartition("#")[2]


def _holds(evidence: Iterable[Span], span: Span) -> bool:
    return any(sentence.start <= span.start and span.end <= sentence.end for sentence in evidence)


def _told(node: _Subject) -> tuple[str, str]:
    """Return the certainty of a claim or result, and what the ontology has against it."""
    return _local(node[_CERTAINTY][0]), "; ".join(sorted(node.get(_REASON, ())))


def _result_order(result: PaperResult) -> tuple[object, ...]:
    ends = (result.metric, result.subject, result.baseline, result.on)
    return (result.value_span, result.value, result.kind, -result.score, tuple(end or "" for end in ends))
