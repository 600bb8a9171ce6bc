"""Pairs of entities from two papers: are they one node? Answered by what keys the nodes of a graph.

A line is ``{"n", "a": {"name", "type", "forms", …}, "b": {…}}``; one that is labelled has ``"same"`` too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import SourceError
from kg.evaluate.labels import json_lines
from kg.model import EntityType
from kg.resolution.identity import Identity, compare, identify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_FORM = 'Write {"n", "a": {"name", "type", "forms"}, "b": {"name", "type", "forms"}} on each line.'


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a pair.

    :param n: the pair's number or name, as given.
    :param wanted: what its label says, ``None`` if it has none.
    """

    n: Any
    same: bool
    score: float
    reason: str
    wanted: bool | None

    def to_json(self) -> dict[str, Any]:
        """Return a line of the answers."""
        return {"n": self.n, "same": self.same, "score": self.score, "reason": self.reason}


def answers(path: Path | str, on_fault: Callable[[SourceError], None]) -> Iterator[Answer]:
    """Yield what is said of each pair of a file, in its order.

    :param on_fault: told of each line that is no pair, which is then left out.
    :raises SourceError: if the file cannot be read.
    """
    for number, line in json_lines(path, _FORM, on_fault):
        match line:
            case {"n": n, "a": dict(a), "b": dict(b)} if _is_entity(a) and _is_entity(b):
                verdict = compare(_identity(a), _identity(b))
                wanted = line.get("same") if isinstance(line.get("same"), bool) else None
                yield Answer(n, verdict.same, verdict.score, verdict.reason, wanted)
            case _:
                on_fault(SourceError("not a pair of entities", remedy=_FORM, path=path, line=number))


def _is_entity(end: dict[str, Any]) -> bool:
    forms = end.get("forms") or []
    return (
        isinstance(end.get("name"), str)
        and end.get("type") in set(EntityType)
        and isinstance(forms, list)
        and all(isinstance(form, str) for form in forms)
    )


def _identity(end: dict[str, Any]) -> Identity:
    return identify(EntityType(end["type"]), end["name"], end.get("forms") or [])
