"""What the papers of one input lack, told once for each kind of gap and not once a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.model import Paper
    from kg.sources.documents import Document


def tallied(
    papers: Iterable[Paper], document: Document, parts: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[Paper]:
    """Yield ``papers`` and remark at the end how many have nothing in each of ``parts``, by attribute name.

    What is ``optional`` is missed only where other papers have it. A paper that stands twice in a document lacks only
    what it has in neither place.
    """
    lines: dict[str, dict[str, int]] = {part: {} for part in (*parts, *optional)}
    whole: dict[str, set[str]] = {part: set() for part in lines}
    ids: set[str] = set()
    for paper in papers:
        ids.add(paper.id)
        for part, lacking in lines.items():
            if getattr(paper, part):
                whole[part].add(paper.id)
            else:
                lacking.setdefault(paper.id, paper.line)
        yield paper
    for part, lacking in lines.items():
        first = [line for identifier, line in lacking.items() if identifier not in whole[part]]
        if first and (whole[part] or part not in optional):
            kind = "" if part.endswith("s") else "English "
            verb = "has" if len(first) == 1 else "have"
            document.report(first[0], f"{len(first)} of {len(ids)} papers {verb} no {kind}{part}", fatal=False)
