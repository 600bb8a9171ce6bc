"""What a user decided about which names are one thing: kept in a plain file beside the graph, stronger than any rule.

The file is a table with tabs, ``decisions.tsv``; its first line names the columns, each further line is a decision::

    decision  node                       other                      papers  reason
    merge     thing/openvla              thing/open%2Dvla                   the authors' earlier spelling
    split     thing/atlas                Atlas                      2512.1  here a data set
    apart     thing/diffusion-policy     thing/diffusion-planner

``merge``: what is found to be ``other`` is ``node``. ``split``: what is called ``other``, in ``papers`` or in all, is
not ``node`` but a thing of its own. ``apart``: the two nodes only look alike, and are no longer listed as duplicates.
A node is named by what follows the base in its IRI.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from kg.errors import ConfigError
from kg.model import fold_space
from kg.resolution.keys import author_key, normal_form, slug

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_AUTHOR = "author/"
_KEY = re.compile(r"""(?:thing|metric|machine|author)/[^\s<>"{}|\\^`]+""")
COLUMNS = ("decision", "node", "other", "papers", "reason")
_TAKE_OUT = "Take one of them out: kg decisions GRAPH --drop N, or in the file."


class Kind(StrEnum):
    """What was decided."""

    MERGE = "merge"
    SPLIT = "split"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    :param node: the key of the node that it is about.
    :param other: the key of the other node; of a split the name, as papers write it.
    :param papers: ids of the papers in which a split holds, sorted; all if empty.
    :param reason: why, in the user's words.
    """

    kind: Kind
    node: str
    other: str
    papers: tuple[str, ...] = ()
    reason: str = ""

    @property
    def rule(self) -> str:
        """What a claim says of why its name stands for its node."""
        return f"decision: {self.reason}" if self.reason else "decision"

    @property
    def target(self) -> str:
        """The key that the decision leads to.

        >>> Decision(Kind.SPLIT, "thing/large-language-model", "LLMs").target
        'thing/llm'
        >>> Decision(Kind.SPLIT, "thing/atlas", "Atlas", ("2512.00001",)).target
        'thing/atlas~2512.00001'
        """
        if self.kind is not Kind.SPLIT:
            return self.node
        if self.papers:  # no key of a name holds a tilde there: it never meets another thing by its name alone
            return f"{self.node}~{slug(self.papers[0])}"
        if self.node.startswith(_AUTHOR):
            return author_key(self.other)
        return f"{self.node.partition('/')[0]}/{slug(normal_form(self.other))}"

    @property
    def ends(self) -> frozenset[str]:
        """The keys of the two nodes that it joins or holds apart."""
        return frozenset((self.node, self.target if self.kind is Kind.SPLIT else self.other))


@dataclass(frozen=True)
class Decisions:
    """All decisions about a graph, in the order of the file.

    :raises ConfigError: if merges lead in a circle, or one node into two.
    """

    rows: tuple[Decision, ...] = ()
    _into: dict[str, Decision] = field(init=False, repr=False, compare=False)
    _off: dict[str, list[Decision]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        into: dict[str, Decision] = {}
        for row in self.rows:
            if row.kind is Kind.MERGE and into.setdefault(row.other, row) is not row:
                raise ConfigError(f"two decisions merge {row.other!r}", remedy=_TAKE_OUT)
        off: dict[str, list[Decision]] = {}
        for row in self.rows:
            if row.kind is Kind.SPLIT:
                off.setdefault(row.node, []).append(row)
        object.__setattr__(self, "_into", into)
        object.__setattr__(self, "_off", off)
        for key in into:
            self.root(key)

    def root(self, key: str) -> str:
        """Return the key that merges lead to from ``key``."""
        seen = {key}
        while (row := self._into.get(key)) is not None:
            key = row.node
            if key in seen:
                raise ConfigError(f"the merges of {key!r} lead in a circle", remedy=_TAKE_OUT)
            seen.add(key)
        return key

    def settle(self, key: str, name: str, paper_id: str) -> tuple[str, Decision | None]:
        """Return the key that a name of a paper has in the end, and the decision that gave it, if one did.

        :param key: the one that the rules gave.
        """
        root = self.root(key)
        for node in (root, key):
            for row in self._off.get(node, ()):
                if (not row.papers or paper_id in row.papers) and normal_form(row.other) == normal_form(name):
                    return row.target, row
        return root, self._into.get(key)

    def apart(self) -> frozenset[frozenset[str]]:
        """Return the pairs of keys that only look alike."""
        return frozenset(row.ends for row in self.rows if row.kind is Kind.APART)

    def about(self, others: Decisions) -> frozenset[str]:
        """Return the keys whose papers have to be resolved anew where ``others`` take the place of these."""
        keys = {key for row in set(self.rows) ^ set(others.rows) for key in _changed(row)}
        return frozenset(keys | {self.root(key) for key in keys})

    def text(self) -> str:
        """Return the text of the file."""
        stream = io.StringIO()
        table = csv.writer(stream, "excel-tab", lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows((r.kind.value, r.node, r.other, " ".join(r.papers), r.reason) for r in self.rows)
        return stream.getvalue()


def _changed(row: Decision) -> frozenset[str]:
    """Return the keys whose papers a decision can change, made or taken back."""
    if row.node.startswith(_AUTHOR):  # rules join authors only where nothing was decided about them
        return row.ends | {row.target}
    return {Kind.MERGE: frozenset({row.other}), Kind.SPLIT: row.ends, Kind.APART: frozenset[str]()}[row.kind]


def read_decisions(path: Path) -> Decisions:
    """Return the decisions of a file; none if it is not there.

    :raises ConfigError: if a line is no decision.
    """
    try:
        return parse_decisions(path.read_text(encoding="utf-8-sig"), path)
    except FileNotFoundError:
        return Decisions()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the decisions cannot be read ({error})", path=path) from error


def parse_decisions(text: str, path: Path) -> Decisions:
    """Return the decisions of a text; ``path`` is named in errors.

    :raises ConfigError: if a line is no decision.
    """
    table = csv.reader(text.splitlines(), "excel-tab")
    rows = [_decision(path, number, row) for number, row in enumerate(table, start=1) if any(map(str.strip, row))]
    try:
        return Decisions(tuple(row for row in rows if row is not None))
    except ConfigError as error:
        raise ConfigError(error.message, path=path, remedy=error.remedy) from error


def _decision(path: Path, line: int, row: Iterable[str]) -> Decision | None:
    """Return the decision of a line, ``None`` for the line that names the columns or a remark."""
    cells = [fold_space(cell) for cell in row]
    kind, node, other, papers, reason = (*cells, *[""] * len(COLUMNS))[: len(COLUMNS)]
    if kind == COLUMNS[0] or kind.startswith("#"):
        return None
    keys = (node,) if kind == Kind.SPLIT else (node, other)
    known = kind in set(Kind) and other and all(map(_KEY.fullmatch, keys))
    if not known or len({key.startswith(_AUTHOR) for key in keys}) > 1:
        raise ConfigError(
            f"no decision: {' '.join(cells)!r}",
            path=path,
            line=line,
            remedy="A line is merge, split or apart, a tab, a node such as thing/openvla, a tab, another or a name.",
        )
    return Decision(Kind(kind), node, other, tuple(sorted(papers.split())), reason)
