"""The pages of papers, things, authors and categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.views.site.sheet import Sheet
from kg.views.site.writing import write_html

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.views.site.library import Library


def write(library: Library, target: Path, track: Callable[..., Any]) -> None:
    """Write the page of every node."""
    for paper in track(library.papers.values(), len(library.papers), "Writing pages"):
        address = library.address(paper.iri)
        write_html(target, address, "paper.html", sheet=Sheet(library, address), paper=paper)
