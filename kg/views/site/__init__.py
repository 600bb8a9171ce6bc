"""A graph as a folder of pages that opens from disk and from any web server, and asks no other host for anything."""

from __future__ import annotations

import glob
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import ExportError
from kg.views.site import atlas, boards, home, licences, looks, news, pages, search, sparql
from kg.views.site.catalogue import Library, gather
from kg.views.site.writing import write_shipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.graph.store import GraphStore

__all__ = ["write_site"]

_UNFINISHED = ".part"
_ABANDONED = 24 * 3600.0
"""Seconds after which what is unfinished was left by a process that was killed."""
MARK = "assets/site.css"
"""A file that every site has: a folder without it is none, and is not replaced."""


def _untracked(items: Any, total: int, what: str) -> Any:  # noqa: ARG001  as Watch.track of kg.build
    return items


def write_site(graph: GraphStore, target: Path, track: Callable[..., Any] = _untracked) -> Path:
    """Write the site of ``graph`` to the folder ``target``, whole or not at all, and return its first page.

    :param track: ``track(items, total, what)`` passes items on and shows how far a long step is.
    :raises ExportError: if it cannot be written, or ``target`` holds other things than a site.
    """
    _check(target)
    library = gather(graph, track)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        prefix = f".{target.name[:100]}."
        _sweep(target.parent, prefix)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=prefix, suffix=_UNFINISHED) as beside:
            made = Path(beside) / "site"
            made.mkdir()
            _write(library, graph, made, track)
            news.write(library, made, target)
            _swap(made, target, Path(beside) / "earlier")
    except OSError as error:
        raise ExportError(
            f"the site cannot be written: {error.strerror or error}",
            path=target,
            remedy="Choose another place with -o, or make room and permission there.",
        ) from error
    return target / "index.html"


def _sweep(folder: Path, prefix: str) -> None:
    """Remove what killed processes left unfinished; a site of 20,000 papers has two gigabytes."""
    for left in sorted(folder.glob(f"{glob.escape(prefix)}*{_UNFINISHED}")):
        if time.time() - left.stat().st_mtime > _ABANDONED:
            shutil.rmtree(left, ignore_errors=True)


def _write(library: Library, graph: GraphStore, target: Path, track: Callable[..., Any]) -> None:
    looks.write(target)
    write_shipped(target, "boards.js")
    home.write(library, target)
    search.write(library, target)
    boards.write(library, target)
    pages.write(library, target, track)
    atlas.write(library, target)
    sparql.write(library, graph, target)
    licences.write(target)


def _check(target: Path) -> None:
    """Keep hands off a folder that holds something else."""
    if target.exists() and not (target / MARK).is_file() and not (target.is_dir() and not any(target.iterdir())):
        raise ExportError("holds other things than a site", path=target, remedy="Name another folder with -o.")


def _swap(made: Path, target: Path, earlier: Path) -> None:
    """Put ``made`` in the place of ``target``; where that fails, ``target`` is as it was."""
    if target.exists():
        target.rename(earlier)
    try:
        made.rename(target)
    except BaseException:
        if earlier.exists():
            earlier.rename(target)
        raise
    shutil.rmtree(earlier, ignore_errors=True)
