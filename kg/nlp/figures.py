"""Figures in running text: numbers with their units, wherever they may be results.

Rules find every candidate generously; :mod:`kg.nlp.results` decides which of them the paper claims.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "hundred": 100,
}  # fmt: skip
_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_SIGN = r"(?:\$?\\(?:sim|approx|pm|times)\$?\s?|[+\-−±~≈×<≤≥]\s?|(?<!-)>\s?)"
_WORD = "|".join(_WORDS)
_UNIT = (
    r"\s?\\?%|\s?\$?\\%\$?|\$?\^\{?\\circ\}?|\s?percentage[ -]points?|[ -]percent(?:age)?|"
    r"\s?\$?\\times\$?|\s?×|[xX](?![\w-]*\w)|"
    r"[ -]?times(?!teps)|[ -]?folds?\b|\s?(?:pp|p\.p\.|pts?|points?|ms|milliseconds?|seconds?|secs?|minutes?|mins?|"
    r"hours?|hrs?|FPS|fps|frames per second|Hz|kHz|MHz|GHz|dB|mm|cm|km|meters?|metres?|m/s|m|px|pixels?|deg(?:rees)?|"
    r"°|GB|MB|KB|TB|GFLOPs|FLOPs|TFLOPs|TOPS|mJ|J|W|mW|kW|kg|g|N|Nm|mAP|BLEU|PSNR|s|nm|μm|µs|μs|us|K|M|B)(?![\w])"
)
_RANGE = r"\s?(?:--?(?!>)|–|—|\$?\\sim\$?|\s?\$?\\pm\$?\s?|\s?±\s?|\s?\+/?-\s?)\s?"
_PART = r"(?<![\w./-])(?!(?:19|20)\d\d/)\d{1,9}(?:\.\d{1,9})?/\d{1,9}(?:th\b)?(?![\w/%]|\.\d)"
_CORE = rf"\$?{_SIGN}?(?:{_NUMBER})(?:{_UNIT})?\$?"
_FIGURE = re.compile(
    rf"""
      (?P<order>(?:(?:\b(?:an?|{_WORD})|\b\d+|\bseveral)[ -])?orders?[ -]of[ -]magnitude)
    | (?P<words>\b(?:{_WORD})(?:[ -](?:{_WORD}))*[ -](?:percent(?:age\spoints)?|times|folds?)|\b(?:{_WORD})fold\b)
    | (?P<part>{_PART})
    | (?P<digits>\[{_CORE},\s?{_CORE}\]|(?<![\w.])(?:(?<!from\s){_CORE}\sto\s{_CORE}|{_CORE}(?:{_RANGE}{_CORE})?))
    """,
    re.VERBOSE,
)
_CONFIDENCE = re.compile(r"\s?\$?\s?(?:CIs?\b|confidence\b|credible\b)")
"""What stands after a figure that says how sure another one is."""
_DIGITS = re.compile(_NUMBER)
_LARGEST = 1e15
"""Beyond it a run of digits is an identifier, not a number."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A candidate: its characters, its number where it has one, its unit as written."""

    start: int
    end: int
    number: float | None
    unit: str


def figures(text: str) -> Iterator[Figure]:
    """Yield the figures of ``text``, in order.

    >>> [(f.number, f.unit) for f in figures("98.3% on MMLU, 2.7x faster, 23 percent, an order of magnitude, 9.2/10")]
    [(98.3, '%'), (2.7, 'x'), (23.0, 'percent'), (None, 'order of magnitude'), (9.2, '/10')]
    """
    for match in _FIGURE.finditer(text):
        value = match.group().rstrip()
        start, end = match.start(), match.start() + len(value)
        if _CONFIDENCE.match(text, end):
            continue
        if value.count("$") % 2:
            start, end = (start + 1, end) if value.startswith("$") else (start, end - 1)
            value = text[start:end].rstrip()
            end = start + len(value)
        yield Figure(start, end, _number(match, value), _unit(match, value))


def _number(match: re.Match[str], value: str) -> float | None:
    if match["part"]:
        some, whole = value.removesuffix("th").split("/")
        return 1 / float(whole) if some == "1" and float(whole) else float(some)  # 1/400 of the cost, but 9.2/10 points
    if match["digits"]:
        digits = _DIGITS.findall(value)
        number = float(digits[0].replace(",", "")) if digits else math.inf
        return number if number < _LARGEST else None
    return _spoken(value) if match["words"] else None


def _spoken(value: str) -> float:
    """Return the number of words such as *thirty four percent* or *tenfold*."""
    total = 0
    for word in re.split(r"[ -]", value.lower().removesuffix("fold")):
        number = _WORDS.get(word, 0)
        total = max(1, total) * number if word == "hundred" else total + number
    return float(total)


def _unit(match: re.Match[str], value: str) -> str:
    if match["order"]:
        return "order of magnitude"
    if match["part"]:
        return "" if value.startswith("1/") else value[value.index("/") :]
    if match["words"]:
        return "fold" if value.endswith("fold") else re.split(r"[ -]", value)[-1]
    unit = _DIGITS.split(value)[-1].strip(" -$\\]")
    return "°" if unit.startswith("^") else unit
