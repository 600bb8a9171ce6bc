"""From what a backend claims to have read to records: only what the text bears out, the rest dropped and told.

A line has the form of the annotation guidelines, ``{"e": entities, "r": relations, "q": results}``, but nothing in it
is trusted: names and values must stand in the text as they are, types, roles, relations and kinds must be those of the
guidelines, ends must be entities of the line of types that the relation or the slot allows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from kg.model import EntityType, Extraction, PaperEntity, RelationType, ResultKind, Role
from kg.nlp.backends.context import Context
from kg.nlp.backends.grounding import Grounding, places_of_value
from kg.nlp.figures import figures
from kg.nlp.relations import ALLOWED
from kg.nlp.results import SLOT_TYPES, SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST_NAME = 200
"""No name of the annotators has 120 characters; a sentence passed off as a name is none."""

_LONGEST_VALUE = 60
_MOST = {"e": 200, "r": 500, "q": 200}
"""Rows that are looked at, so that the work on any answer is bounded; the fullest abstract has a fourth of it."""

_MOST_FORMS = 20
_QUOTED = 60
_NUMBER_WORD = re.compile(
    r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|hundreds?|thousands?|millions?|half|halv(?:e[sd]?|ing)|"
    r"quarters?|thirds?|doubl(?:e[sd]?|ing)|tripl(?:e[sd]?|ing)|twice|thrice)\b",
    re.IGNORECASE,
)

_Label = TypeVar("_Label", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of a line, and what was dropped from it: one phrase for each part."""

    extraction: Extraction
    dropped: tuple[str, ...]


class _Unfit(ValueError):  # noqa: N818 - a verdict that does not leave this module
    """A part of a line that does not pass."""


def check(line: Mapping[str, Any], paper_id: str, text: str, extractor: str) -> Checked:
    """Return what of an untrusted gold-form ``line`` the ``text`` of its paper bears out.

    >>> done = check({"e": [["RL", "Method", "uses"], ["GPT-9", "Method", "uses"]]}, "1", "RL for dogs", "me")
    >>> [entity.name for entity in done.extraction.entities], done.dropped
    (['RL'], ("entity 'GPT-9': not in the text",))
    """
    checking = _Checking(text)
    for row in checking.rows(line, "e"):
        checking.entity(row)
    grounding = Grounding(Context(text), checking.kept)
    relations = [grounding.relation(*row) for row in checking.passed(line, "r", checking.relation)]
    results = [grounding.result(*row) for row in checking.passed(line, "q", checking.result)]
    extraction = Extraction(paper_id, grounding.entities, tuple(relations), tuple(results), extractor)
    return Checked(extraction, tuple(checking.dropped))


def stands(form: str, text: str) -> bool:
    """Tell whether ``form`` stands in ``text`` as whole words.

    >>> stands("RL", "URLs"), stands("GPT-4", "on GPT-4.")
    (False, True)
    """
    # Most of what is invented is found out by the first test, which costs next to nothing.
    return form in text and re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text) is not None


class _Checking:
    """The check of one line; remembers which entity of the line is which that was kept."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.dropped: list[str] = []
        self.kept: list[PaperEntity] = []
        self.index: list[int | None] = []
        self.owner: dict[str, int] = {}

    def rows(self, line: Mapping[str, Any], part: str) -> list[Any]:
        """Return the rows of a part, as many as are looked at."""
        rows = line.get(part) or []
        if not isinstance(rows, list):
            self.dropped.append(f"{_quoted(rows)}: not a list")
            return []
        most = _MOST[part]
        self.dropped += [f"row {i} of {part!r}: too many" for i in range(most, len(rows))]
        return rows[:most]

    def passed(self, line: Mapping[str, Any], part: str, test: Any) -> Iterator[Any]:
        """Yield the rows of a part that pass ``test``, each once."""
        seen = set()
        for row in self.rows(line, part):
            try:
                sound = test(row)
            except _Unfit as fault:
                kind = "relation" if part == "r" else "result"
                self.dropped.append(f"{kind} {_quoted(row)}: {fault}")
                continue
            if sound not in seen:
                seen.add(sound)
                yield sound

    def entity(self, row: Any) -> None:
        """Keep an entity, or drop it with its reason; an entity that comes twice is one."""
        try:
            self.index.append(self._entity(row))
        except _Unfit as fault:
            self.index.append(None)
            name = row[0] if isinstance(row, list) and row else row
            self.dropped.append(f"entity {_quoted(name)}: {fault}")

    def _entity(self, row: Any) -> int:
        match row:
            case [str(name), kind, role]:
                others: list[Any] = []
            case [str(name), kind, role, [*others]]:
                pass
            case _:
                raise _Unfit("not [name, type, role, other mentions]")
        entity = PaperEntity(self._verbatim(name), _label(EntityType, kind), _label(Role, role))
        if entity.name in self.owner:
            return self._again(entity)
        index = self.owner[entity.name] = len(self.kept)
        forms = tuple(self._forms(others, index, entity.name))
        self.kept.append(PaperEntity(entity.name, entity.type, entity.role, forms))
        return index

    def _again(self, entity: PaperEntity) -> int:
        index = self.owner[entity.name]
        if self.kept[index].type is not entity.type:
            raise _Unfit(f"named before as {self.kept[index].type.value}")
        return index

    def _verbatim(self, name: Any) -> str:
        form = name.strip() if isinstance(name, str) else ""
        if not any(map(str.isalnum, form)) or "\n" in form:
            raise _Unfit("not a name")
        if len(form) > _LONGEST_NAME:
            raise _Unfit("too long for a name")
        if not stands(form, self.text):
            raise _Unfit("not in the text")
        return form

    def _forms(self, others: list[Any], index: int, name: str) -> Iterator[str]:
        self.dropped += [f"mention {i} of {_quoted(name)}: too many" for i in range(_MOST_FORMS, len(others))]
        for other in others[:_MOST_FORMS]:
            try:
                form = self._verbatim(other)
            except _Unfit as fault:
                self.dropped.append(f"mention {_quoted(other)}: {fault}")
                continue
            if self.owner.setdefault(form, index) != index:
                self.dropped.append(f"mention {_quoted(form)}: names another entity")
            elif form != name:
                yield form

    def relation(self, row: Any) -> tuple[int, RelationType, int]:
        """Return the ends and the predicate of a relation that passes."""
        match row:
            case [subject, predicate, obj]:
                ends = self._end(subject), self._end(obj)
            case _:
                raise _Unfit("not [subject, relation, object]")
        relation = _label(RelationType, predicate)
        if ends[0] == ends[1]:
            raise _Unfit("relates a thing to itself")
        kinds = self.kept[ends[0]].type.value, self.kept[ends[1]].type.value
        if relation.value not in ALLOWED.get(kinds, ()):
            raise _Unfit(f"not between {kinds[0]} and {kinds[1]}")
        return ends[0], relation, ends[1]

    def result(self, row: Any) -> tuple[str, ResultKind, tuple[int | None, ...]]:
        """Return the value, the kind and the slots of a result that passes; an unfit slot is emptied."""
        match row:
            case [str(value), metric, subject, baseline, on, kind]:
                given = dict(zip(SLOTS, (metric, subject, baseline, on), strict=True))
            case _:
                raise _Unfit("not [value, metric, subject, baseline, on, kind]")
        value = value.strip()
        if len(value) > _LONGEST_VALUE or not (_NUMBER_WORD.search(value) or any(figures(value))):
            raise _Unfit("not a figure")
        if not places_of_value(value, self.text):
            raise _Unfit("not in the text")
        return value, _label(ResultKind, kind), tuple(self._slot(value, slot, end) for slot, end in given.items())

    def _slot(self, value: str, slot: str, end: Any) -> int | None:
        if end is None or end == -1:
            return None
        try:
            index = self._end(end)
        except _Unfit as fault:
            self.dropped.append(f"{slot} of result {_quoted(value)}: {fault}")
            return None
        kind = self.kept[index].type.value
        if kind in SLOT_TYPES[slot]:
            return index
        self.dropped.append(f"{slot} of result {_quoted(value)}: not a {kind}")
        return None

    def _end(self, end: Any) -> int:
        """Return which of the entities kept an index of the line stands for."""
        # bool is an int in Python, and "true" is no index; a string is a name that no entity has.
        if type(end) is not int or not 0 <= end < len(self.index):
            raise _Unfit(f"{_quoted(end)} is no entity of the answer")
        index = self.index[end]
        if index is None:
            raise _Unfit("its entity was dropped")
        return index


def _label(labels: type[_Label], value: Any) -> _Label:
    try:
        return labels(value)
    except ValueError:
        raise _Unfit(f"no {labels.__name__} {_quoted(value)}") from None


def _quoted(value: Any) -> str:
    """Return ``value`` as a message may show it: short, and with nothing in it that a terminal acts on."""
    shown = repr(value)
    return shown if len(shown) <= _QUOTED else f"{shown[: _QUOTED - 1]}…"
