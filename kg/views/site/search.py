"""The names that the search box looks through: every label and alias in ``data/search.js``, in columns.

A site of 20,000 papers has more than 200,000 names, so what can be left out is: nodes are sorted such that papers and
kind are written once a run, a file's name only where it does not follow from the label. The script beside
(``search.js``) reads the columns, folds the names and finds among them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import TYPE_CHECKING, Any

from kg.graph.names import PAPER
from kg.views.site.writing import write_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kg.views.site.catalogue import Library

_DIGIT = range(10)
_PLAIN = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A node that can be found.

    :param label: its name on the site; ``aliases``: its other names.
    :param kind: one of :data:`kg.graph.names.KINDS`.
    :param folder: the folder of its page; ``file``: the page's name there, without ``.html``.
    :param papers: how many papers name it or are by it, 0 for a paper.
    :param date: a paper's day or month; of papers, the newest are found first.
    """

    label: str
    kind: str
    folder: str
    file: str
    papers: int = 0
    aliases: tuple[str, ...] = ()
    date: str = ""


def write(library: Library, target: Path) -> None:
    """Write the names of everything that has a page."""
    write_data(target, "search", columns(entries(library)))


def entries(library: Library) -> Iterator[Entry]:
    """Yield everything that has a page, as what can be found."""
    for iri, node in library.nodes.items():
        folder, _, file = node.address.removesuffix(".html").rpartition("/")
        paper = library.papers.get(iri)
        if paper is None:
            yield Entry(node.label, node.kind, folder, file, len(library.papers_of(iri)), node.aliases)
        else:  # the script knows the id of a paper of arXiv by its file
            ids = () if paper.id == file else (paper.id,)
            yield Entry(node.label, node.kind, folder, file, aliases=ids, date=paper.date)


def plain_file(label: str) -> str:
    """Return the file's name that the script takes where none is written.

    >>> plain_file("Diffusion Policy (DP)")
    'diffusion-policy-dp'
    """
    return _PLAIN.sub("-", label.lower()).strip("-")


def columns(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return the names of ``entries`` as JSON values, in columns.

    ``kinds`` and ``folders`` go together. ``runs`` is ``[papers, kind, nodes]`` for nodes in a row; ``labels`` and
    ``files`` have a line a node, a file's empty where :func:`plain_file` gives it, ``*1x`` where its last
    character has to be changed to ``x``; ``aliases`` has a line an alias,
    ``aliasSteps`` how many nodes further on than the alias before it is.
    """
    nodes = sorted(_without_same_names(entries), key=_order)
    kinds = sorted({(node.kind, node.folder) for node in nodes})
    aliases = [(place, alias) for place, node in enumerate(nodes) for alias in node.aliases]
    return {
        "kinds": [kind for kind, _ in kinds],
        "folders": [folder for _, folder in kinds],
        "runs": [
            [*run, sum(1 for _ in same)]
            for run, same in groupby(nodes, key=lambda node: (node.papers, kinds.index((node.kind, node.folder))))
        ],
        "labels": "\n".join(_line(node.label) for node in nodes),
        "files": "\n".join(_written(node) for node in nodes),
        "aliases": "\n".join(_line(alias) for _, alias in aliases),
        "aliasSteps": _steps([place for place, _ in aliases]),
    }


def _without_same_names(entries: Iterable[Entry]) -> Iterable[Entry]:
    """Yield each node without aliases that are spelled as its label but for case."""
    for node in entries:
        known = {_line(node.label).casefold()}
        kept = []
        for alias in sorted(node.aliases):
            if _line(alias).casefold() not in known:
                known.add(_line(alias).casefold())
                kept.append(alias)
        yield Entry(node.label, node.kind, node.folder, node.file, node.papers, tuple(kept), node.date)


def _order(node: Entry) -> tuple[Any, ...]:
    newest_first = tuple(-ord(character) for character in node.date)
    return -node.papers, node.kind, node.folder, newest_first, node.label, node.file


def _line(text: str) -> str:
    """Return ``text`` on one line: a line feed parts names."""
    return " ".join(text.split())


def _written(node: Entry) -> str:
    """Return a file's name, shortened: nothing where the script finds it out, else what to change at its end."""
    if node.kind == PAPER:  # the script takes it, which is the paper's id, for a name of the paper
        return node.file
    plain = plain_file(node.label)
    if plain == node.file:
        return ""
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(plain, node.file, strict=False)))
    end = f"*{len(plain) - shared}{node.file[shared:]}"
    return end if len(plain) - shared in _DIGIT and len(end) < len(node.file) else node.file


def _steps(places: Sequence[int]) -> list[int]:
    return [place - before for before, place in zip([0, *places], places, strict=False)]
