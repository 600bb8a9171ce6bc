"""One paper from all that was read of it: in several digests, sections or versions."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from kg.model import Paper, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SIGNS = re.compile(r"[\W_]+")
_TEX = re.compile(r"\\[A-Za-z]+|\\.")


def merge(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    """Return one paper per id, sorted by id, whatever the order of ``papers``.

    The latest version wins, among equals the one with the longest abstract and title; what it lacks comes from the
    next best that has it. Categories, keywords and summaries are united, the winner's first, and every source is kept.
    """
    groups: defaultdict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        groups[paper.id].append(paper)
    return tuple(_merged(groups[key]) for key in sorted(groups))


def _rank(paper: Paper) -> tuple[Any, ...]:
    # All of the record is part of its rank, so that no two different ones are equal and order cannot matter.
    return (
        -(paper.version or 0),
        -len(paper.abstract),
        -len(paper.title),
        -len(paper.authors),
        -len(paper.categories),
        paper.source,
        paper.line,
        repr(paper),
    )


def _merged(group: list[Paper]) -> Paper:
    if len(group) == 1:
        return group[0]
    ranked = sorted(group, key=_rank)
    sources = {name for paper in ranked for name in (paper.source, *paper.other_sources) if name}
    source = next((paper.source for paper in ranked if paper.source), "")
    return replace(
        ranked[0],
        abstract=next((paper.abstract for paper in ranked if paper.abstract), ""),
        authors=next((paper.authors for paper in ranked if paper.authors), ()),
        categories=_united(paper.categories for paper in ranked),
        date=next((paper.date for paper in ranked if paper.date), None),
        keywords=_united(paper.keywords for paper in ranked),
        comment=next((paper.comment for paper in ranked if paper.comment), None),
        summaries=tuple(sorted({summary for paper in ranked for summary in paper.summaries})),
        source=source,
        line=next((paper.line for paper in ranked if paper.source == source), 0),
        other_sources=tuple(sorted(sources - {source})),
    )


def _united(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for group in groups for value in group))


def conflicts(found: Iterable[tuple[str, Paper]]) -> Iterator[Problem]:
    """Yield a remark for each paper, given with its path, whose id stands over another title as well.

    Versions may change a title; one that was cut off, or written with other TeX, is no other title.
    """
    groups: defaultdict[tuple[str, int], list[tuple[str, Paper]]] = defaultdict(list)
    for path, paper in found:
        groups[paper.id, paper.version or 0].append((path, paper))
    for (identifier, _), group in sorted(groups.items(), key=itemgetter(0)):
        (path, first), *rest = sorted(group, key=_placed) if len(group) > 1 else group
        for where, paper in rest:
            if not _same_title(first.title, paper.title):
                reason = f"{identifier} is {paper.title!r} here, {first.title!r} in {path}:{first.line}, which was kept"
                yield Problem(where, paper.line, reason, fatal=False)


def _placed(pair: tuple[str, Paper]) -> tuple[Any, ...]:
    return *_rank(pair[1]), pair[0]


def _same_title(one: str, other: str) -> bool:
    a, b = (_SIGNS.sub("", _TEX.sub("", title)).casefold() for title in (one, other))
    return a.startswith(b) or b.startswith(a)
