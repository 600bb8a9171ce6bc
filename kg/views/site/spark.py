"""A small chart of papers over time, drawn in SVG when the site is written."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MONTHS_FROM = 62
"""Days from which on months are counted instead of days."""
_YEARS_FROM = 120
"""Months from which on years are counted instead of months."""
_HEIGHT = 40
_WIDTH = 8
_DAY, _MONTH, _YEAR = 10, 7, 4
"""How many characters of a date say its day, month, year."""


def spark(dates: Iterable[str]) -> Markup:
    """Return the chart of ``dates`` (``2025-12-04`` or ``2025-12``); nothing if they do not differ.

    >>> spark(["2025-12", "2025-12"])
    Markup('')
    """
    known = sorted(dates)
    if not known or known[0] == known[-1]:
        return Markup("")
    length, unit = _unit(known)
    counts = Counter(day[:length] for day in known)
    steps = list(_steps(known[0][:length], known[-1][:length]))
    if len(steps) < 2:  # noqa: PLR2004  one bar tells nothing
        return Markup("")
    most = max(counts.values())
    bars = "".join(_bar(i, counts[step] / most) for i, step in enumerate(steps) if counts[step])
    width = len(steps) * _WIDTH
    said = f"Papers by {unit}, {steps[0]} to {steps[-1]}; at most {most} in one"
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<title>{}</title><path d="{}"/></svg>'
    ).format(width, _HEIGHT, said, said, bars)


def _bar(place: int, share: float) -> str:
    height = max(2, round(share * _HEIGHT))
    return f"M{place * _WIDTH + 1} {_HEIGHT}v-{height}h{_WIDTH - 2}v{height}z"


def _unit(known: list[str]) -> tuple[int, str]:
    """Return how much of a date is told apart: days within two months, months within ten years, else years."""
    first, last = known[0], known[-1]
    months = (int(last[:_YEAR]) - int(first[:_YEAR])) * 12 + int(last[5:_MONTH]) - int(first[5:_MONTH])
    if months >= _YEARS_FROM:
        return _YEAR, "year"
    if any(len(day) < _DAY for day in known) or (_as_day(last) - _as_day(first)).days > _MONTHS_FROM:
        return _MONTH, "month"
    return _DAY, "day"


def _as_day(text: str) -> date:
    return date.fromisoformat(text if len(text) == _DAY else f"{text}-01")


def _steps(first: str, last: str) -> Iterator[str]:
    """Yield every day, month or year from the first to the last."""
    step = first
    yield step
    while step != last:
        step = _next(step)
        yield step


def _next(step: str) -> str:
    if len(step) == _DAY:
        return (date.fromisoformat(step) + timedelta(days=1)).isoformat()
    if len(step) == _YEAR:
        return f"{int(step) + 1:04}"
    year, month = map(int, step.split("-"))
    return f"{year + month // 12:04}-{month % 12 + 1:02}"
