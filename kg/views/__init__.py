"""Views of a graph for people: a page with its network, which opens from disk and needs nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.files import write_text
from kg.graph.network import DRAWN, Selection
from kg.views.content import gather
from kg.views.notebook import Neighbourhood, neighbourhood
from kg.views.page import render

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph.store import GraphStore

__all__ = ["Neighbourhood", "neighbourhood", "write_page"]


def write_page(store: GraphStore, target: Path, selection: Selection | None = None) -> Path:
    """Write the page of the selected part of a graph to ``target``, whole or not at all, and return ``target``.

    At most :data:`kg.views.choice.LIMIT` nodes are drawn, of what the selection admits; authors and categories only
    where the selection names them.

    :raises ConfigError: if the selection names something that the graph has not.
    :raises ExportError: if the page cannot be written.
    """
    selection = selection or Selection()
    if not selection.types:
        selection = replace(selection, types=DRAWN)
    write_text(target, render(gather(store, selection)))
    return target
