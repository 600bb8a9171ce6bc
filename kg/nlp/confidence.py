"""Keeping of an extraction what is sure enough."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.model import Role

if TYPE_CHECKING:
    from kg.model import Extraction, PaperEntity, Relation, Result


def at_least(extraction: Extraction, score: float) -> Extraction:
    """Return ``extraction`` without the entities, relations and results whose score is below ``score``.

    A relation goes with either of its ends; a result stays without the entity that filled a slot. An entity whose role
    is less sure is one that the paper mentions: that much is as sure as the entity.
    """
    if score <= 0:
        return extraction
    kept = [index for index, entity in enumerate(extraction.entities) if entity.score >= score]
    place = {index: row for row, index in enumerate(kept)}
    return replace(
        extraction,
        entities=tuple(_mentioned(extraction.entities[index], score) for index in kept),
        relations=tuple(
            _moved(relation, place)
            for relation in extraction.relations
            if relation.score >= score and relation.subject in place and relation.object in place
        ),
        results=tuple(_relinked(result, place) for result in extraction.results if result.score >= score),
    )


def _mentioned(entity: PaperEntity, score: float) -> PaperEntity:
    if entity.role_score >= score:
        return entity
    return replace(entity, role=Role.MENTIONS, role_score=entity.score)


def _moved(relation: Relation, place: dict[int, int]) -> Relation:
    return replace(relation, subject=place[relation.subject], object=place[relation.object])


def _relinked(result: Result, place: dict[int, int]) -> Result:
    slots = (result.metric, result.subject, result.baseline, result.on)
    metric, subject, baseline, on = (None if index is None else place.get(index) for index in slots)
    return replace(result, metric=metric, subject=subject, baseline=baseline, on=on)
