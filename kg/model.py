"""The records that the stages pass to one another: immutable, ordered, and free of any library.

``Paper`` is what a source yields, ``Extraction`` what the extractor read from it, ``ResolvedPaper`` the same after its
entities were given keys of the graph, ``Network`` a view of the graph for exporters and drawings. The values of the
enumerations are the labels of the annotation guidelines and the local names of the ontology: one spelling everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class EntityType(StrEnum):
    """What a thing is."""

    METHOD = "Method"
    TASK = "Task"
    DATASET = "Dataset"
    BENCHMARK = "Benchmark"
    METRIC = "Metric"
    ROBOT = "Robot"
    SOFTWARE = "Software"
    HARDWARE = "Hardware"


class Role(StrEnum):
    """What a paper does with a thing; listed by precedence, the first that fits wins."""

    PROPOSES = "proposes"
    ADDRESSES = "addresses"
    DEPLOYS_ON = "deploysOn"
    EVALUATES_ON = "evaluatesOn"
    COMPARES_WITH = "comparesWith"
    TRAINS_ON = "trainsOn"
    USES = "uses"
    MEASURES = "measures"
    MENTIONS = "mentions"


class RelationType(StrEnum):
    """How one thing relates to another."""

    USED_FOR = "usedFor"
    PART_OF = "partOf"
    IS_A = "isA"
    BUILDS_ON = "buildsOn"
    TRAINED_ON = "trainedOn"
    EVALUATED_ON = "evaluatedOn"
    RUNS_ON = "runsOn"
    COMPARED_WITH = "comparedWith"


class ResultKind(StrEnum):
    """What a figure says: a level reached, a change, or a factor."""

    ABSOLUTE = "absolute"
    INCREASE = "increase"
    DECREASE = "decrease"
    RATIO = "ratio"


class Certainty(StrEnum):
    """How the text puts a statement (tentative: it was read unsurely); only asserted ones become edges of the graph."""

    ASSERTED = "asserted"
    TENTATIVE = "tentative"
    HEDGED = "hedged"
    NEGATED = "negated"


READ = frozenset({Certainty.ASSERTED, Certainty.TENTATIVE})
"""How a statement stands that was read as one which the text makes."""


class SummaryField(StrEnum):
    """The part of a digest entry that a summary stood in."""

    TLDR = "tldr"
    TASK = "task"
    MOTIVATION = "motivation"
    METHOD = "method"
    RESULT = "result"
    CONCLUSION = "conclusion"
    REMARK = "remark"
    TITLE = "title"
    ABSTRACT = "abstract"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``start`` (included) to ``end`` (excluded) of :attr:`Paper.text`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Summary:
    """A text about a paper that is not its abstract: its part of the digest, its BCP 47 language, the words."""

    field: SummaryField
    language: str
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something in an input that a user should know.

    ``path`` is the input's name as the user gave it, ``line`` the line from 1 (0 where none is), and ``fatal`` says
    whether a paper was lost by it; it is a remark otherwise (totals that disagree, …).
    """

    path: str
    line: int
    reason: str
    fatal: bool = True


def fold_space(text: str) -> str:
    r"""Return ``text`` with every run of white space as one space, none at the ends.

    >>> fold_space(" Deep\n  learning ")
    'Deep learning'
    """
    return " ".join(text.split())


_ARXIV_ID = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as its source gives it.

    :param id: arXiv id without version (``2512.04231``, ``hep-th/9901001``) or the source's own id.
    :param title: title, white space folded, TeX as written.
    :param abstract: abstract, white space folded, TeX as written; empty when the source has none.
    :param authors: names in order, as written.
    :param categories: arXiv categories, the primary one first.
    :param version: arXiv version, when the source names one.
    :param date: ISO date (``2025-12-05``) or month (``2025-12``).
    :param keywords: keywords given by the source; ``comment`` is the authors' on arXiv.
    :param summaries: other texts about the paper, sorted, each with its language.
    :param source: name of the file it was read from, without folders; it begins at ``line`` of it, from 1.
    :param other_sources: names of the further files that hold it, sorted.
    """

    id: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    version: int | None = None
    date: str | None = None
    keywords: tuple[str, ...] = ()
    comment: str | None = None
    summaries: tuple[Summary, ...] = ()
    source: str = ""
    line: int = 0
    other_sources: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Title and abstract, joined by a line feed: the base of every character offset."""
        return f"{fold_space(self.title)}\n{fold_space(self.abstract)}"

    @property
    def is_arxiv(self) -> bool:
        """Whether the id has the form of an arXiv id."""
        return _ARXIV_ID.fullmatch(self.id) is not None


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """One place in a paper's text that names an entity, with the extractor's score in [0, 1]."""

    start: int
    end: int
    score: float = 1.0

    @property
    def span(self) -> Span:
        """The characters of the mention."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class PaperEntity:
    """A thing as one paper names it.

    :param name: the most complete name, a verbatim part of the text.
    :param forms: the other verbatim forms in the text, in order of appearance.
    :param mentions: every place that names it, sorted, without repeats; at least one.
    :param score: probability that the entity is one, with this type; ``role_score`` that of the role.
    """

    name: str
    type: EntityType
    role: Role
    forms: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    score: float = 1.0
    role_score: float = 1.0


@dataclass(frozen=True, slots=True)
class Relation:
    """``subject predicate object`` as one paper states it; ends are indices into :attr:`Extraction.entities`.

    :param subject_span: the mention of the subject that was read; ``object_span`` likewise.
    :param evidence: the sentence that holds both, or the two sentences that hold one each.
    """

    subject: int
    predicate: RelationType
    object: int
    subject_span: Span
    object_span: Span
    evidence: tuple[Span, ...]
    score: float = 1.0
    certainty: Certainty = Certainty.ASSERTED


@dataclass(frozen=True, slots=True)
class Result:
    """A quantitative outcome that a paper claims.

    :param value: the figure with its unit, verbatim (``98.3%``, ``2.7x``).
    :param span: where ``value`` stands.
    :param number: the figure as a number, ``None`` where it is in words that name none.
    :param unit: its unit as written (``%``, ``x``, ``ms``), empty for a bare number.
    :param metric: index into the entities, or ``None`` where the text names none; likewise ``subject`` (whose figure
        it is), ``baseline`` (what a change or ratio is against) and ``on`` (what it was measured on).
    :param evidence: the sentence that states it.
    """

    value: str
    span: Span
    kind: ResultKind
    evidence: Span
    number: float | None = None
    unit: str = ""
    metric: int | None = None
    subject: int | None = None
    baseline: int | None = None
    on: int | None = None
    score: float = 1.0
    certainty: Certainty = Certainty.ASSERTED


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read from one paper.

    ``extractor`` names the model and its version, as the provenance of every statement has it.
    """

    paper_id: str
    entities: tuple[PaperEntity, ...] = ()
    relations: tuple[Relation, ...] = ()
    results: tuple[Result, ...] = ()
    extractor: str = ""

    def to_gold(self, among: Collection[Certainty] = READ) -> dict[str, Any]:
        """Return one line of the annotation guidelines: ``{"id", "e", "r", "q"}``; hedged and negated rows left out.

        :param among: how the relations stand that are in it; by default the tentative ones are too.
        """
        return {
            "id": self.paper_id,
            "e": [[e.name, e.type.value, e.role.value, *([list(e.forms)] if e.forms else [])] for e in self.entities],
            "r": [[r.subject, r.predicate.value, r.object] for r in self.relations if r.certainty in among],
            "q": [
                [q.value, *(-1 if i is None else i for i in (q.metric, q.subject, q.baseline, q.on)), q.kind.value]
                for q in self.results
                if q.certainty is Certainty.ASSERTED
            ],
        }

    @classmethod
    def from_gold(cls, line: Mapping[str, Any], text: str, extractor: str = "annotator") -> Self:
        """Return the extraction that a gold line stands for, its forms found in ``text``.

        A relation's spans are the two ends' closest mentions, its evidence the stretch of text that holds both.

        :raises ValueError: if a form is not a verbatim part of ``text`` or a label is unknown.
        """
        entities = tuple(_gold_entity(row, text) for row in line.get("e", []))
        relations = tuple(_gold_relation(row, entities) for row in line.get("r", []))
        results = tuple(_gold_result(row, text) for row in line.get("q", []))
        return cls(line["id"], entities, relations, results, extractor)


def occurrences(form: str, text: str) -> tuple[Span, ...]:
    """Return every whole-word place of ``form`` in ``text``; its part-word places where it has no other.

    >>> occurrences("RL", "RL, not URL")
    (Span(start=0, end=2),)
    """
    pattern = re.escape(form)
    whole = tuple(Span(*m.span()) for m in re.finditer(rf"(?<!\w){pattern}(?!\w)", text))
    return whole or tuple(Span(*m.span()) for m in re.finditer(pattern, text))


def _gold_entity(row: list[Any], text: str) -> PaperEntity:
    name, kind, role, *rest = row
    forms = tuple(rest[0]) if rest else ()
    found = {span for form in (name, *forms) for span in occurrences(form, text)}
    if not found:
        raise ValueError(f"not in the text: {name!r}")
    mentions = tuple(Mention(s.start, s.end) for s in sorted(found))
    return PaperEntity(name, EntityType(kind), Role(role), forms, mentions)


def closest_mentions(subject: PaperEntity, obj: PaperEntity) -> tuple[Span, Span]:
    """Return the mention of each entity that stands nearest to one of the other, the first such pair in the text."""
    pairs = ((a.span, b.span) for a in subject.mentions for b in obj.mentions)
    return min(pairs, key=lambda p: (max(p[0].start, p[1].start) - min(p[0].end, p[1].end), p))


def _gold_relation(row: list[Any], entities: tuple[PaperEntity, ...]) -> Relation:
    subject, predicate, obj = row
    a, b = closest_mentions(entities[subject], entities[obj])
    evidence = (Span(min(a.start, b.start), max(a.end, b.end)),)
    return Relation(subject, RelationType(predicate), obj, a, b, evidence)


def _gold_result(row: list[Any], text: str) -> Result:
    value, *ends, kind = row
    metric, subject, baseline, on = (None if index < 0 else index for index in ends)
    places = occurrences(value, text)
    if not places:
        raise ValueError(f"not in the text: {value!r}")
    at = places[0]
    return Result(value, at, ResultKind(kind), at, metric=metric, subject=subject, baseline=baseline, on=on)


@dataclass(frozen=True, slots=True)
class Merge:
    """Why a name stands for a node of another name: the rules that led there, in order, and how sure it is, 0 to 1."""

    rules: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class ResolvedPaper:
    """A paper, what was read from it, and the graph key of each entity and author.

    ``keys[i]`` belongs to ``extraction.entities[i]``, ``author_keys[i]`` to ``paper.authors[i]``; two entities can have
    one key. ``merges[i]`` says why ``keys[i]`` is not made of the name as written, ``author_merges[i]`` likewise.
    """

    paper: Paper
    extraction: Extraction
    keys: tuple[str, ...]
    author_keys: tuple[str, ...]
    merges: tuple[Merge | None, ...] = ()
    author_merges: tuple[Merge | None, ...] = ()


Scalar = str | int | float | bool
_NONE: Mapping[str, Scalar] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NetworkNode:
    """A node: its IRI, its kind (an entity type, ``Paper``, ``Author``), its label, and further attributes."""

    key: str
    type: str
    label: str
    attributes: Mapping[str, Scalar] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True)
class NetworkEdge:
    """A directed edge: a key that is unique in its network, the IRIs of its ends, its relation, and attributes."""

    key: str
    source: str
    target: str
    type: str
    attributes: Mapping[str, Scalar] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True)
class Network:
    """A graph for exporters and drawings; nodes and edges sorted by key, one scalar type per attribute name."""

    nodes: tuple[NetworkNode, ...]
    edges: tuple[NetworkEdge, ...]
