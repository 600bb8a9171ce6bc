"""The one place where a document's rows become the records of :mod:`kg.model`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.model import (
    Certainty,
    EntityType,
    Extraction,
    Mention,
    PaperEntity,
    Relation,
    RelationType,
    Result,
    ResultKind,
    Role,
    Span,
)
from kg.nlp.reading import text_of
from kg.nlp.rows import EntityRow, RelationRow, ResultRow, entities, relations, results

if TYPE_CHECKING:
    from spacy.tokens import Doc


def to_extraction(doc: Doc, paper_id: str, extractor: str) -> Extraction:
    """Return what the pipeline left on ``doc`` as records."""
    text = text_of(doc)
    return Extraction(
        paper_id=paper_id,
        entities=tuple(_entity(row) for row in entities(doc)),
        relations=tuple(_relation(row) for row in relations(doc)),
        results=tuple(_result(row, text) for row in results(doc)),
        extractor=extractor,
    )


def _span(offsets: list[int]) -> Span:
    start, end = offsets
    return Span(start, end)


def _entity(row: EntityRow) -> PaperEntity:
    return PaperEntity(
        name=row["name"],
        type=EntityType(row["type"]),
        role=Role(row["role"] or Role.MENTIONS),
        forms=tuple(row["forms"]),
        mentions=tuple(Mention(m["start"], m["end"], m["score"]) for m in row["mentions"]),
        score=row["score"],
        role_score=row["role_score"],
    )


def _relation(row: RelationRow) -> Relation:
    return Relation(
        subject=row["subject"],
        predicate=RelationType(row["predicate"]),
        object=row["object"],
        subject_span=_span(row["subject_span"]),
        object_span=_span(row["object_span"]),
        evidence=tuple(map(_span, row["evidence"])),
        score=row["score"],
        certainty=Certainty(row["certainty"]),
    )


def _result(row: ResultRow, text: str) -> Result:
    return Result(
        value=text[row["start"] : row["end"]],
        span=Span(row["start"], row["end"]),
        kind=ResultKind(row["kind"]),
        evidence=_span(row["evidence"]),
        number=row["number"],
        unit=row["unit"],
        metric=row["metric"],
        subject=row["subject"],
        baseline=row["baseline"],
        on=row["on"],
        score=row["score"],
        certainty=Certainty(row["certainty"]),
    )
