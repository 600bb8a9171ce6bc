"""What is sure enough stays."""

from __future__ import annotations

from dataclasses import replace

from kg.model import (
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
from kg.nlp.confidence import at_least

ENTITIES = tuple(
    PaperEntity(name, kind, Role.USES, mentions=(Mention(i, i + 1),), score=score)
    for i, (name, kind, score) in enumerate(
        [("a", EntityType.METHOD, 0.2), ("b", EntityType.METHOD, 0.9), ("c", EntityType.METRIC, 0.8)]
    )
)
SPANS = (Span(0, 1), Span(1, 2), (Span(0, 3),))
READ = Extraction(
    "p",
    ENTITIES,
    (
        Relation(0, RelationType.IS_A, 1, *SPANS, score=0.9),
        Relation(2, RelationType.PART_OF, 1, *SPANS, score=0.6),
        Relation(2, RelationType.IS_A, 1, *SPANS, score=0.4),
    ),
    (Result("1%", Span(0, 2), ResultKind.RATIO, Span(0, 3), metric=2, subject=0, score=0.7),),
)


def test_without_a_threshold_all_stays() -> None:
    assert at_least(READ, 0.0) is READ


def test_ends_are_counted_anew_and_unsure_statements_go() -> None:
    kept = at_least(READ, 0.5)
    assert [e.name for e in kept.entities] == ["b", "c"]
    assert kept.relations == (replace(READ.relations[1], subject=1, object=0),)
    assert kept.results == (replace(READ.results[0], metric=1, subject=None),)


def test_an_unsure_role_is_no_more_than_a_mention() -> None:
    unsure = replace(READ, entities=(replace(ENTITIES[1], role_score=0.4),), relations=(), results=())
    (entity,) = at_least(unsure, 0.5).entities
    assert (entity.role, entity.role_score) == (Role.MENTIONS, 0.9)


def test_nothing_is_surer_than_sure() -> None:
    assert at_least(READ, 1.0) == Extraction("p")
