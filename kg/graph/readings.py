"""What was read from each paper, kept beside the graph, so that its entities can be resolved anew without reading.

A second Oxigraph store, never queried: for each paper one literal, and an index of the names that it gives to nodes,
since what a thing named by thousands of papers is called must not take thousands of steps through their claims. It is
written, copied and committed as the graph is.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from pyoxigraph import Literal, NamedNode, Quad

from kg.graph.metadata import text as plain
from kg.graph.quads import entities_by_key, longest_name
from kg.model import Extraction, Paper
from kg.resolution import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Store

    from kg.graph.vocab import Iris
    from kg.model import ResolvedPaper

_READING, _NAME, _FORM = (NamedNode(f"urn:kg:{term}") for term in ("reading", "name", "form"))
_JSON: TypeAdapter[tuple[Paper, Extraction]] = TypeAdapter(tuple[Paper, Extraction])


class Readings:
    """The readings of a graph's papers."""

    def __init__(self, store: Store, iris: Iris) -> None:
        self._store = store
        self._iris = iris

    def put(self, papers: Iterable[ResolvedPaper], *, bulk: bool) -> None:
        """Keep what was read from papers, in place of earlier readings."""
        papers = tuple(papers)
        self.remove(one.paper.id for one in papers)
        quads = [quad for one in papers for quad in self._quads(one)]
        (self._store.bulk_extend if bulk else self._store.extend)(quads)

    def get(self, paper_id: str) -> tuple[Paper, Extraction]:
        """Return a paper and what was read from it.

        :raises KeyError: if it is not there.
        """
        graph = self._iris.graph(paper_id)
        found = next(self._store.quads_for_pattern(graph, _READING, None, graph), None)
        if found is None or not isinstance(found.object, Literal):
            raise KeyError(paper_id)
        return _JSON.validate_python(json.loads(found.object.value))

    def remove(self, ids: Iterable[str]) -> None:
        """Forget papers; one that is not there is passed over."""
        for paper_id in ids:
            self._store.remove_graph(self._iris.graph(paper_id))

    def names(self, node: NamedNode) -> Counter[str]:
        """Return in how many papers each name stands for an entity."""
        return Counter(self._texts(node, _NAME))

    def forms(self, node: NamedNode) -> set[str]:
        """Return all that papers call an entity."""
        return set(self._texts(node, _FORM))

    def _texts(self, node: NamedNode, kind: NamedNode) -> Iterator[str]:
        found = (quad.object for quad in self._store.quads_for_pattern(node, kind, None, None))
        return (text.value for text in found if isinstance(text, Literal))

    def _quads(self, one: ResolvedPaper) -> Iterator[Quad]:
        graph = self._iris.graph(one.paper.id)
        yield Quad(graph, _READING, Literal(_text(one)), graph)
        text = one.paper.text
        for key, entities in entities_by_key(one).items():
            node = self._iris.node(key)
            yield Quad(node, _NAME, plain(readable(longest_name(entities))), graph)
            forms = {readable(text[m.start : m.end]) for entity in entities for m in entity.mentions}
            yield from (Quad(node, _FORM, plain(form), graph) for form in sorted(forms))


def _text(one: ResolvedPaper) -> str:
    # In ASCII, since a source may hold lone surrogates, which no literal and no UTF-8 can.
    return json.dumps(_JSON.dump_python((one.paper, one.extraction)))
