"""What the nodes of a graph are called, and which of them a user means by a name.

A name is compared without regard to case, hyphens, slashes and brackets. An IRI, the part of it after the graph's base
(``thing/openvla``), an arXiv id or address means exactly one node.
"""

from __future__ import annotations

import difflib
import heapq
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Store

from kg.graph.vocab import PREFIXES, Iris, name, plain_id
from kg.model import EntityType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

AUTHOR, PAPER, CATEGORY = "Author", "Paper", "Category"
ENTITIES = frozenset(kind.value for kind in EntityType)
"""The kinds of things that papers name."""
RESOLVED = ENTITIES | {AUTHOR}
"""The kinds of nodes whose names are resolved: several names can be one of them, and one name several."""
KINDS = RESOLVED | {PAPER, CATEGORY}
"""Every kind of node that has a name."""

_TYPE = name("rdf:type")
_MAIN = name("kg:mainType")
_CLASSES = {name(f"kg:{kind}"): kind for kind in KINDS - {CATEGORY}} | {name("skos:Concept"): CATEGORY}
_LABELS = (name("skos:notation"), name("skos:prefLabel"), name("rdfs:label"))
_NAMED = {
    PAPER: "?node a kg:Paper ; rdfs:label|dcterms:title ?name",
    CATEGORY: "?node skos:notation|skos:prefLabel ?name",
}
_LABELLED = "?node skos:prefLabel|skos:altLabel ?name"
_SEPARATORS = r"[-_/\s(),:]+"
_FOLDED = f'CONCAT(" ", REPLACE(LCASE(?name), {Literal(_SEPARATORS)}, " "), " ")'
_CANDIDATES = 200
_PIECE = 2
_PIECES = 24


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A node with a name: the label shown, its kind (one of :data:`KINDS`), its IRI."""

    label: str
    kind: str
    iri: str


def folded(text: str) -> str:
    """Return what is compared of a name.

    >>> folded("Vision-Language  Models") == folded("vision language models")
    True
    """
    return re.sub(_SEPARATORS, " ", text.lower()).strip()


def find(
    store: Store, iris: Iris, text: str, kinds: Collection[str] = KINDS, *, whole: bool = False
) -> tuple[Named, ...]:
    """Return the nodes of ``kinds`` that a user may mean by ``text``, sorted.

    These are the one node that ``text`` identifies, or else every node with a name in which ``text`` stands at the
    beginning of a word (``G1`` finds *Unitree G1*, not *AG1*).

    :param whole: whether ``text`` must be all of the name.
    """
    nodes = [node for node in _identified(iris, text) if kind_of(store, node) is not None]
    if not nodes and folded(text):
        test = f"{_FOLDED} = " if whole else f"CONTAINS({_FOLDED}, "
        sought = Literal(f" {folded(text)} " if whole else f" {folded(text)}")
        condition = f"{test}{sought}" if whole else f"{test}{sought})"
        nodes = [node for node, _ in _names(store, kinds, f"FILTER({condition})")]
    found = {named(store, node) for node in nodes}
    return tuple(sorted(n for n in found if n.kind in kinds))


def nearest(store: Store, text: str, kinds: Collection[str] = KINDS, count: int = 3) -> tuple[str, ...]:
    """Return at most ``count`` names of nodes of ``kinds`` that are spelled almost like ``text``, the nearest first."""
    sought = folded(text)
    if not sought:
        return ()
    pieces = {sought[i : i + _PIECE] for i in range(max(1, len(sought) - _PIECE + 1))}
    holds_one = " || ".join(f"CONTAINS(LCASE(?name), {Literal(piece)})" for piece in sorted(pieces)[:_PIECES])
    of_like_length = f"STRLEN(?name) >= {len(sought) // 2} && STRLEN(?name) <= {2 * len(sought) + 2}"
    names = _names(store, kinds, f"FILTER({of_like_length}) FILTER({holds_one})")
    near = heapq.nlargest(
        _CANDIDATES, names, key=lambda pair: (_likeness(sought, folded(pair[1])), pair[1], pair[0].value)
    )
    labels: dict[str, str] = {}
    for node, label in near:
        if kind_of(store, node) in kinds:
            labels.setdefault(folded(label), label)
    return tuple(labels[match] for match in difflib.get_close_matches(sought, labels, n=count))


def searches(kinds: Collection[str]) -> tuple[str, ...]:
    """Return the SPARQL that :func:`find` asks, so that it can be asked elsewhere.

    Each gives ``?node`` with a name in which, folded, ``$sought`` stands: a space and the folded text that is sought.
    Nodes of other kinds may be among them.
    """
    return tuple(
        f"SELECT DISTINCT ?node ?name {{ {p} FILTER(CONTAINS({_FOLDED}, $sought)) }}" for p in _patterns(kinds)
    )


def kind_of(store: Store, node: NamedNode) -> str | None:
    """Return the kind of a node, a thing's main one; ``None`` for one that has no name of its own."""
    types = (quad.object for kind in (_MAIN, _TYPE) for quad in store.quads_for_pattern(node, kind, None))
    return next((_CLASSES[t] for t in types if isinstance(t, NamedNode) and t in _CLASSES), None)


def named(store: Store, node: NamedNode) -> Named:
    """Return a node with its label; its IRI stands in for a label it has not."""
    labels = (quad.object for label in _LABELS for quad in store.quads_for_pattern(node, label, None))
    found = next((label.value for label in labels if isinstance(label, Literal)), node.value)
    return Named(found, kind_of(store, node) or "", node.value)


def _identified(iris: Iris, text: str) -> Iterator[NamedNode]:
    """Yield the nodes of which ``text`` may be the IRI, the IRI after the base, or the paper's id."""
    stripped = text.strip()
    for iri in (stripped, iris.base + stripped):
        try:
            yield NamedNode(iri)
        except ValueError:
            continue
    yield iris.paper(plain_id(stripped))


def _names(store: Store, kinds: Collection[str], condition: str = "") -> Iterator[tuple[NamedNode, str]]:
    """Yield nodes and their names; among them nodes of other kinds, which are dropped once there are few."""
    for pattern in _patterns(kinds):
        rows: Iterable[tuple[NamedNode, Literal]] = store.query(  # type: ignore[assignment]  # a SELECT gives rows
            f"SELECT DISTINCT ?node ?name {{ {pattern} {condition} }}",
            prefixes=dict(PREFIXES),
            use_default_graph_as_union=True,
        )
        yield from ((node, label.value) for node, label in rows)


def _patterns(kinds: Collection[str]) -> list[str]:
    patterns = [_NAMED[kind] for kind in (PAPER, CATEGORY) if kind in kinds]
    return patterns if patterns and len(kinds) <= len(patterns) else [*patterns, _LABELLED]


def _likeness(a: str, b: str) -> float:
    """Return the Dice coefficient of the pairs of neighbouring characters."""
    ours, theirs = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (a, b))
    return 2 * len(ours & theirs) / (len(ours) + len(theirs) or 1)
