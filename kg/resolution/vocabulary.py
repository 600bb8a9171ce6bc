"""The curated vocabularies of ``ontologies/vocabularies``: well-known things, and the names that papers give them.

Read from ``vocabulary.json``, which ``python -m kg.graph.vocabularies`` makes of the Turtle.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from kg import resources
from kg.model import EntityType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GROUPS = (
    frozenset({EntityType.DATASET, EntityType.BENCHMARK}),
    frozenset({EntityType.METHOD, EntityType.SOFTWARE}),
    frozenset({EntityType.ROBOT}),
    frozenset({EntityType.HARDWARE}),
    frozenset({EntityType.METRIC}),
    frozenset({EntityType.TASK}),
)
"""Types that papers and vocabularies may give one thing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing of a vocabulary.

    :param iri: its IRI; the vocabulary's before the ``#``.
    :param type: what it is.
    :param label: the preferred label; ``aliases``: further labels that a text may use, sorted.
    :param hidden: labels that usually mean something else, sorted: they mean this where the type does not.
    :param definition: what it is, in a line.
    :param source: address of the paper that introduced it, or of its maker.
    :param maker: who made it, where that is certain.
    :param spellings: the one spelling that resolution gives the label, each alias and each hidden label, in this order.
    """

    iri: str
    type: EntityType
    label: str
    aliases: tuple[str, ...]
    hidden: tuple[str, ...]
    definition: str
    source: str
    maker: str | None
    spellings: tuple[str, ...]

    @property
    def name(self) -> str:
        """The part of the IRI behind the ``#``."""
        return self.iri.rpartition("#")[2]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What names mean, by spelling and group of types.

    :param meanings: the spelling of the preferred label for that of every label.
    :param entries: the entries by the spelling of their preferred label.
    """

    meanings: Mapping[tuple[str, frozenset[EntityType]], str] = field(default_factory=dict)
    entries: Mapping[tuple[str, frozenset[EntityType]], Entry] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Vocabulary:
        """Return the vocabulary of entries; a label that two of one group share means neither."""
        found: defaultdict[tuple[str, frozenset[EntityType]], set[str]] = defaultdict(set)
        by_label: dict[tuple[str, frozenset[EntityType]], Entry] = {}
        for entry in entries:
            main = entry.spellings[0]
            by_label.setdefault((main, group(entry.type)), entry)
            for text in entry.spellings:
                found[text, group(entry.type)].add(main)
        preferred = {key: key[0] for key in by_label}
        return cls({key: min(means) for key, means in found.items() if len(means) == 1} | preferred, by_label)

    def meaning(self, text: str, kind: EntityType) -> str | None:
        """Return the spelling of the preferred label of what ``text`` means."""
        return self.meanings.get((text, group(kind)))

    def entry(self, text: str, kind: EntityType) -> Entry | None:
        """Return the entry whose preferred label is spelled ``text``."""
        return self.entries.get((text, group(kind)))

    def proper_names(self) -> dict[str, str]:
        """Return the labels that are written as names and mean one type, with that type, sorted."""
        kinds: dict[str, set[str]] = {}
        for entry in self.entries.values():
            for text in (entry.label, *entry.aliases):
                if any(letter.isupper() or letter.isdigit() for letter in text):
                    kinds.setdefault(text, set()).add(entry.type.value)
        return {text: min(types) for text, types in sorted(kinds.items()) if len(types) == 1}


def group(kind: EntityType) -> frozenset[EntityType]:
    """Return the types that a thing of type ``kind`` may also be given."""
    return next(types for types in GROUPS if kind in types)


@cache
def shipped() -> Vocabulary:
    """Return the vocabulary that ships."""
    spaces = json.loads(resources.vocabulary().read_text(encoding="utf-8"))
    return Vocabulary.of(
        _entry(space + name, row) for space, rows in sorted(spaces.items()) for name, row in rows.items()
    )


def _entry(iri: str, row: list[Any]) -> Entry:
    kind, label, aliases, hidden, definition, source, maker, spellings = row
    return Entry(
        iri, EntityType(kind), label, tuple(aliases), tuple(hidden), definition, source, maker, tuple(spellings)
    )
