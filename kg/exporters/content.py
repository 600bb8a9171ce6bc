"""All that the graph of one paper holds, read in one go and asked for by prefixed names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.graph.vocab import name

if TYPE_CHECKING:
    from pyoxigraph import Literal, NamedNode, Store


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Characters ``start`` to ``end`` of a paper's text, and what they are."""

    start: int
    end: int
    text: str


class PaperContent:
    """The statements of one paper's graph.

    :param graph: the graph's name.
    """

    def __init__(self, store: Store, graph: NamedNode) -> None:
        self._nodes: dict[NamedNode, dict[NamedNode, list[NamedNode | Literal]]] = {}
        for quad in store.quads_for_pattern(None, None, None, graph):
            self._nodes.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)

    def of_class(self, *classes: str) -> list[NamedNode]:
        """Return the nodes of one of ``classes``, sorted."""
        wanted = {name(cls) for cls in classes}
        found = (node for node, about in self._nodes.items() if not wanted.isdisjoint(about.get(name("rdf:type"), ())))
        return sorted(found, key=lambda node: node.value)

    def objects(self, node: NamedNode, predicate: str) -> list[NamedNode]:
        """Return the nodes that a property leads to, sorted."""
        return sorted(self._nodes[node].get(name(predicate), ()), key=lambda term: term.value)

    def values(self, node: NamedNode, predicate: str) -> list[str]:
        """Return the values of a property, IRIs and lexical forms alike, sorted."""
        return [term.value for term in self.objects(node, predicate)]

    def value(self, node: NamedNode, predicate: str) -> str:
        """Return the first value of a property, empty without one."""
        return next(iter(self.values(node, predicate)), "")

    def stretches(self, node: NamedNode, predicate: str) -> list[Stretch]:
        """Return the stretches of text that a property leads to, in the order of the text."""
        selectors = (s for span in self.objects(node, predicate) for s in self.objects(span, "oa:hasSelector"))
        return sorted(
            Stretch(int(self.value(s, "oa:start")), int(self.value(s, "oa:end")), self.value(s, "oa:exact"))
            for s in selectors
        )
