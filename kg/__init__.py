"""Knowledge graphs from arXiv digests: extracted, resolved, stored as RDF, queried and shown.

Everything runs on a laptop CPU without a network or a language-model key. The command line (``kg --help``) is the
main entry point; from Python, :func:`kg.open` opens a graph, and :func:`kg.build.build` does what ``kg build`` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from kg.opened import Graph

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def open(folder: str | PathLike[str]) -> Graph:  # noqa: A001 - as kg.open it is clear
    """Open the graph in ``folder`` for reading: to query it, or as tables, a network or RDF in Python.

    Use it in a ``with`` statement, or close it. See ``docs/python.md``.

    :raises ConfigError: if it holds none, or one that this ``kg`` cannot read.
    """
    from kg.opened import Graph  # noqa: PLC0415 - so that importing kg costs nothing

    return Graph.open(folder)
