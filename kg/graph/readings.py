"""What was read from each paper, kept beside the graph, so that its entities can be resolved anew without reading.

A second Oxigraph store, never queried: one literal a paper. It is written, copied and committed as the graph is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from pyoxigraph import Literal, NamedNode, Quad

from kg.model import Extraction, Paper

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Store

    from kg.graph.vocab import Iris
    from kg.model import ResolvedPaper

_READING = NamedNode("urn:kg:reading")
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
        quads = [Quad(self._iris.graph(p.paper.id), _READING, Literal(_text(p))) for p in papers]
        (self._store.bulk_extend if bulk else self._store.extend)(quads)

    def get(self, paper_id: str) -> tuple[Paper, Extraction]:
        """Return a paper and what was read from it.

        :raises KeyError: if it is not there.
        """
        found = next(self._store.quads_for_pattern(self._iris.graph(paper_id), _READING, None), None)
        if found is None or not isinstance(found.object, Literal):
            raise KeyError(paper_id)
        return _JSON.validate_python(json.loads(found.object.value))

    def remove(self, ids: Iterable[str]) -> None:
        """Forget papers; one that is not there is passed over."""
        for paper_id in ids:
            for quad in list(self._store.quads_for_pattern(self._iris.graph(paper_id), _READING, None)):
                self._store.remove(quad)


def _text(one: ResolvedPaper) -> str:
    # In ASCII, since a source may hold lone surrogates, which no literal and no UTF-8 can.
    return json.dumps(_JSON.dump_python((one.paper, one.extraction)))
