"""Things that are variants of others, or narrower than others, among the things that a graph holds.

A named thing is a variant (``kg:variantOf``) of the nearest other version, size or edition that the graph has. Any
other word behind a hyphen makes an edition only of what has a name of its own (*OpenVLA-OFT*, not *LLM-RAG* or *Slow-
LoRA*). A task or method is narrower (``skos:broader``) than the nearest one that its name ends in, unless a hyphen or a
small word ties the words before to those (*image-text retrieval* is no *text retrieval*). What there is depends on
which things the graph holds, not on the order they came in; an index says who waits for a thing, so that a new one
costs what it changes.
"""

from __future__ import annotations

import re
from itertools import filterfalse
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from kg.graph.vocab import name, term
from kg.model import EntityType
from kg.resolution.kinship import originals, stem, wider
from kg.resolution.vocabulary import group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Store

    from kg.graph.vocab import Iris

VARIANT, BROADER = name("kg:variantOf"), name("skos:broader")
_LABEL, _MAIN = name("skos:prefLabel"), name("kg:mainType")
_WAITS = NamedNode("urn:kg:waits")
_MATCH = name("skos:exactMatch")
_OWN_NAME = re.compile(r"[a-z][A-Z]|^[A-Za-z]{3,}\d[\d.]*$")
"""What words and most acronyms do not look like."""
_TYING = frozenset(("and", "as", "by", "for", "from", "in", "of", "on", "or", "to", "using", "via", "with", "without"))
_UNVERSIONED = frozenset({EntityType.METRIC, EntityType.TASK})
"""Types whose things have no versions."""
_KINDS = {str(term(kind)): kind for kind in EntityType}


class Kin:
    """The variants and narrower things of a graph.

    :param store: holds the labels and main types; ``index`` what waits for what.
    """

    def __init__(self, store: Store, index: Store, iris: Iris) -> None:
        self._store = store
        self._index = index
        self._iris = iris

    def update(self, changed: Iterable[NamedNode]) -> None:
        """Bring up to date what things are to others after some came, went, or changed their label or main type."""
        nodes = set(filterfalse(self._iris.is_author, changed))
        for node in nodes:
            self._wait(node)
        found = {quad.subject for node in nodes for quad in self._index.quads_for_pattern(None, _WAITS, node, None)}
        waiting = {node for node in found if isinstance(node, NamedNode)}
        for node in sorted(nodes | waiting, key=str):
            self._link(node)

    def _wait(self, node: NamedNode) -> None:
        """Say in the index what a thing waits for; nothing if the graph has it no more."""
        if self._kind(node) is None:
            for quad in list(self._index.quads_for_pattern(node, _WAITS, None, None)):
                self._index.remove(quad)
            return
        key = self._iris.key_of(node)
        self._index.extend(
            Quad(node, _WAITS, self._iris.node(other)) for other in {*originals(key), *stem(key), *wider(key)}
        )

    def _link(self, node: NamedNode) -> None:
        wanted = set(self._links(node))
        for predicate in (VARIANT, BROADER):
            there = {q.object for q in self._store.quads_for_pattern(node, predicate, None, self._iris.entities)}
            now = {other for kind, other in wanted if kind == predicate}
            for other in there - now:
                self._store.remove(Quad(node, predicate, other, self._iris.entities))
            self._store.extend(Quad(node, predicate, other, self._iris.entities) for other in now - there)

    def _links(self, node: NamedNode) -> Iterator[tuple[NamedNode, NamedNode]]:
        kind = self._kind(node)
        key = self._iris.key_of(node)
        if kind is None:
            return
        one_word = " " not in self._label(node)
        for predicate, keys, fits in (
            (VARIANT, (*originals(key), *(self._stem(key) if one_word else ())), self._is_original),
            (BROADER, wider(key), self._is_wider),
        ):
            found = (other for other in map(self._iris.node, keys) if fits(node, kind, other))
            nearest = next(found, None)
            if nearest is not None:
                yield predicate, nearest

    def _stem(self, key: str) -> Iterator[str]:
        for other in stem(key):
            node = self._iris.node(other)
            known = next(self._store.quads_for_pattern(node, _MATCH, None, self._iris.entities), None)
            if known is not None or _OWN_NAME.search(self._label(node)):
                yield other

    def _is_original(self, node: NamedNode, kind: EntityType, other: NamedNode) -> bool:
        theirs = self._kind(other)
        alike = theirs is not None and kind not in _UNVERSIONED and group(kind) == group(theirs)
        return alike and all(any(map(str.isupper, self._label(one))) for one in (node, other))

    def _is_wider(self, node: NamedNode, kind: EntityType, other: NamedNode) -> bool:
        if kind not in (EntityType.TASK, EntityType.METHOD) or self._kind(other) is not kind:
            return False
        count = self._iris.key_of(other).count("-") + 1
        words = self._label(node).split()
        before, own = words[:-count], " ".join(words[-count:])
        tied = not _TYING.isdisjoint(map(str.lower, before)) or (bool(before) and before[-1].endswith("ly"))
        return len(words) > 1 and not tied and len(own.replace("-", " ").split()) == count

    def _kind(self, node: NamedNode) -> EntityType | None:
        found = next(self._store.quads_for_pattern(node, _MAIN, None, self._iris.entities), None)
        return _KINDS.get(str(found.object)) if found is not None else None

    def _label(self, node: NamedNode) -> str:
        found = next(self._store.quads_for_pattern(node, _LABEL, None, self._iris.entities), None)
        return found.object.value if found is not None and isinstance(found.object, Literal) else ""
