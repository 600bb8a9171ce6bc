"""The surroundings of something as a page that a notebook shows where it stands: ``kg.views.neighbourhood``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from kg.files import write_text
from kg.graph.network import DRAWN, Selection
from kg.graph.store import GraphStore
from kg.views.content import gather
from kg.views.page import render

if TYPE_CHECKING:
    from collections.abc import Iterable

HEIGHT = 640
"""Pixels that a notebook gives to the drawing and its details."""

_FRAME = Markup(
    '<iframe title="{title}" srcdoc="{page}" width="100%" height="{height}" style="border:0" loading="lazy" '
    'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"></iframe>'
)
"""Without ``allow-same-origin`` the page is of no origin: whatever it did, it could not reach the notebook."""


@dataclass(frozen=True, slots=True, repr=False)
class Neighbourhood:
    """What lies around something, drawn; a notebook whose cell ends with it shows it.

    :param title: what it is the surroundings of.
    :param page: the whole page, vis-network included: nothing is loaded.
    :param nodes: how many nodes are drawn.
    :param edges: how many statements are drawn.
    :param height: pixels that it takes in a notebook.
    """

    title: str
    page: str
    nodes: int
    edges: int
    height: int = HEIGHT

    def __repr__(self) -> str:
        return f"<{self.title}: {self.nodes} nodes, {self.edges} statements>"

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, as Jupyter asks for it."""
        return str(_FRAME.format(title=self.title, page=self.page, height=self.height))

    def save(self, path: str | Path) -> Path:
        """Write the page to ``path``, whole or not at all, and return the path; it opens from disk.

        :raises ExportError: if it cannot be written.
        """
        target = Path(path)
        write_text(target, self.page)
        return target


def neighbourhood(
    graph: GraphStore | Path | str,
    around: str,
    *more: str,
    hops: int = 1,
    types: Iterable[str] = DRAWN,
    categories: Iterable[str] = (),
    papers: Iterable[str] = (),
    min_score: float = 0.0,
    height: int = HEIGHT,
) -> Neighbourhood:
    """Return the drawn surroundings of what goes by the name ``around``, or by one of ``more``.

    At most :data:`kg.views.choice.LIMIT` nodes are drawn, those that are named among them. Equal graphs give equal
    drawings: every node has its place from here, and nothing moves by itself.

    :param graph: a graph, or the folder of one.
    :param around: a name, alias, title, arXiv id or IRI.
    :param more: further ones, drawn with it.
    :param hops: how many steps around them, 1 to 3.
    :param types: kinds of nodes; authors and categories only where they are named.
    :param categories: only statements of papers in one of these arXiv categories.
    :param papers: only statements of these papers.
    :param min_score: the least score of a statement, 0 to 1.
    :param height: pixels that the drawing takes in a notebook.
    :raises ConfigError: if there is no graph, or a value means nothing in it.
    """
    chosen = Selection(tuple(types), tuple(categories), tuple(papers), (around, *more), hops, min_score)
    if isinstance(graph, GraphStore):
        return _drawn(graph, chosen, height)
    with GraphStore.open(Path(graph)) as store:
        return _drawn(store, chosen, height)


def _drawn(graph: GraphStore, selection: Selection, height: int) -> Neighbourhood:
    content = gather(graph, selection)
    names = sorted(node.label for node in content.network.nodes if node.key in content.around)
    return Neighbourhood(
        f"Around {', '.join(names)}", render(content), len(content.network.nodes), len(content.network.edges), height
    )
