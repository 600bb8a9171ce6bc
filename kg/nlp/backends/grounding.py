"""Where in a text that stands which a checked line says: mentions, evidence, certainty, numbers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.model import Mention, PaperEntity, Relation, RelationType, Result, ResultKind, Span, closest_mentions
from kg.model import occurrences as places_of
from kg.nlp.figures import figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.nlp.backends.context import Context

_MOST_MENTIONS = 40
"""As many as the shipped extractor looks at, so that the search for the closest two is bounded."""


def places_of_value(value: str, text: str) -> list[Span]:
    """Return where ``value`` stands in ``text`` and is not a part of a longer number.

    >>> places_of_value("8%", "98% of 8.8% and 8%")
    [Span(start=16, end=18)]
    """
    pattern = rf"(?<!\w)(?<!\d[.,]){re.escape(value)}(?!\w|[.,]\d)"
    return [Span(*match.span()) for match in re.finditer(pattern, text)]


class Grounding:
    """The entities of one paper with their mentions, and what is stated of them.

    :param kept: entities whose name and forms stand in the text, without mentions.
    """

    def __init__(self, context: Context, kept: Sequence[PaperEntity]) -> None:
        self.context = context
        self.entities = self._with_mentions(kept)

    def _with_mentions(self, kept: Sequence[PaperEntity]) -> tuple[PaperEntity, ...]:
        """Give each entity its mentions: a stretch of text names what its longest form does, nothing else."""
        text = self.context.text
        longest = sorted(((form, i) for i, e in enumerate(kept) for form in (e.name, *e.forms)), key=_by_length)
        taken = [False] * len(text)
        found: list[dict[Span, str]] = [{} for _ in kept]
        for form, index in longest:
            places = places_of(form, text)[:_MOST_MENTIONS]
            free = [place for place in places if not any(taken[place.start : place.end])]
            # A name that stands within longer names only is still one: "LIBERO" where the text has but "LIBERO-Long".
            for place in free or (places if form == kept[index].name else ()):
                found[index][place] = form
                taken[place.start : place.end] = [True] * (place.end - place.start)
        return tuple(_mentioned(entity, places) for entity, places in zip(kept, found, strict=True))

    def relation(self, subject: int, predicate: RelationType, obj: int) -> Relation:
        """Return the relation between two entities, where they stand closest to each other."""
        ends = closest_mentions(self.entities[subject], self.entities[obj])
        evidence = self.context.evidence(*ends)
        certainty = self.context.certainty(evidence, *ends)
        return Relation(subject, predicate, obj, *ends, evidence, certainty=certainty)

    def result(self, value: str, kind: ResultKind, slots: tuple[int | None, ...]) -> Result:
        """Return the result that states ``value``, in the sentence that names most of what it is of."""
        metric, subject, baseline, on = slots
        named = [m.start for slot in slots if slot is not None for m in self.entities[slot].mentions]
        sentences = Counter(map(self.context.sentence, named))
        span = max(
            places_of_value(value, self.context.text),
            key=lambda place: (sentences[self.context.sentence(place.start)], -place.start),
        )
        (evidence,) = self.context.evidence(span)
        figure = next(figures(value), None)
        return Result(
            value,
            span,
            kind,
            evidence,
            number=figure.number if figure else None,
            unit=figure.unit if figure else "",
            metric=metric,
            subject=subject,
            baseline=baseline,
            on=on,
            certainty=self.context.certainty((evidence,), span),
        )


def _by_length(form: tuple[str, int]) -> tuple[int, int, str]:
    return -len(form[0]), form[1], form[0]


def _mentioned(entity: PaperEntity, places: dict[Span, str]) -> PaperEntity:
    ordered = sorted(places)
    forms = dict.fromkeys(places[place] for place in ordered)
    mentions = tuple(Mention(place.start, place.end) for place in ordered)
    return replace(entity, forms=tuple(form for form in forms if form != entity.name), mentions=mentions)
