"""All that the graph of one paper holds, read in one go and asked for by prefixed names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.graph.evidence import PaperGraph
from kg.graph.vocab import name

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from kg.graph.store import GraphStore


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

    def __init__(self, store: GraphStore, graph: NamedNode) -> None:
        self._graph = PaperGraph.of(store.quads(graph))

    def of_class(self, *classes: str) -> list[NamedNode]:
        """Return the nodes of ``classes``, sorted within each."""
        return [node for cls in classes for node in self._graph.typed(cls)]

    def objects(self, node: NamedNode, predicate: str) -> list[NamedNode]:
        """Return the nodes that a property leads to, sorted."""
        return self._graph.nodes(node, name(predicate))

    def values(self, node: NamedNode, predicate: str) -> list[str]:
        """Return the values of a property, IRIs and lexical forms alike, in an order that is always the same."""
        return [term.value for term in self._graph.by_subject.get(node, {}).get(name(predicate), ())]

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
