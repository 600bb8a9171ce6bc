"""How a user is told what a backend said that did not pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.model import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.model import Paper

_TOLD = 3


def dropped(paper: Paper, faults: Sequence[str]) -> Problem:
    """Return the remark that parts of the reading of ``paper`` were dropped: how many, and the first few."""
    more = f"; and {len(faults) - _TOLD} more" if len(faults) > _TOLD else ""
    parts = "part" if len(faults) == 1 else "parts"
    reason = f"{paper.id}: {len(faults)} {parts} of the answer dropped: {'; '.join(faults[:_TOLD])}{more}"
    return Problem(paper.source, paper.line, reason, fatal=False)
