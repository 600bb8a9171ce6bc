"""What the components of the pipeline leave on a document.

Rows are plain values, so that they survive ``DocBin`` and worker processes; :mod:`kg.nlp.records` makes the records of
:mod:`kg.model` from them, once, on the way out. Offsets in rows count characters of the document's text; they are lists
because that is what comes back from ``DocBin``.
"""

from __future__ import annotations

from typing import TypedDict, cast

from spacy.tokens import Doc

MENTIONS = "kg_mentions"
"""Key of the span group of mentions; the label of each span is its type, ``attrs["scores"]`` their probabilities."""


class AbbreviationRow(TypedDict):
    """A long form and the short form that the text defines for it, each ``[start, end]``."""

    long: list[int]
    short: list[int]


class MentionRow(TypedDict):
    """A place that names an entity."""

    start: int
    end: int
    score: float


class EntityRow(TypedDict):
    """An entity: see :class:`kg.model.PaperEntity`; ``role`` is empty until the roles are read."""

    name: str
    type: str
    forms: list[str]
    mentions: list[MentionRow]
    score: float
    role: str
    role_score: float


class RelationRow(TypedDict):
    """A relation between two entity rows, by their index; spans and evidence are ``[start, end]``."""

    subject: int
    predicate: str
    object: int
    subject_span: list[int]
    object_span: list[int]
    evidence: list[list[int]]
    score: float
    certainty: str


class ResultRow(TypedDict):
    """A figure: see :class:`kg.model.Result`; a link is an entity's index or ``None``."""

    start: int
    end: int
    number: float | None
    unit: str
    kind: str
    metric: int | None
    subject: int | None
    baseline: int | None
    on: int | None
    evidence: list[int]
    score: float
    certainty: str


class CueRow(TypedDict):
    """A stretch of text, ``[start, end]``, whose statements are hedged or negated, and the word that makes them so."""

    cue: str
    start: int
    end: int
    certainty: str


for _name in ("kg_abbreviations", "kg_entities", "kg_relations", "kg_results", "kg_cues"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=[])
if not Doc.has_extension("kg_vectors"):
    Doc.set_extension("kg_vectors", default=None)


def abbreviations(doc: Doc) -> list[AbbreviationRow]:
    """Return the abbreviations that ``kg_abbreviations`` found."""
    return cast("list[AbbreviationRow]", doc._.kg_abbreviations)


def entities(doc: Doc) -> list[EntityRow]:
    """Return the entities that ``kg_entities`` grouped."""
    return cast("list[EntityRow]", doc._.kg_entities)


def relations(doc: Doc) -> list[RelationRow]:
    """Return the relations that ``kg_relations`` read."""
    return cast("list[RelationRow]", doc._.kg_relations)


def results(doc: Doc) -> list[ResultRow]:
    """Return the figures that ``kg_results`` read."""
    return cast("list[ResultRow]", doc._.kg_results)


def cues(doc: Doc) -> list[CueRow]:
    """Return the hedged and negated stretches that ``kg_certainty`` marked."""
    return cast("list[CueRow]", doc._.kg_cues)
