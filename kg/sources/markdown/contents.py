"""The totals of a table of contents, of headings and of the day, checked against the papers that were read."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.sources.markdown.entries import Section
    from kg.sources.markdown.tokens import Token

_UNIT = r"(?:篇(?:论文)?|papers?|articles?|entries)"
_TOTAL = rf"(?:[\[(（【]\s*(?:Total|共|总计|合计)?\s*[:：]?\s*(?P<total>\d{{1,6}})\s*{_UNIT}?\s*[\])）】])"
_LISTED = re.compile(r"^\s*(?:[-*+•]|\d+[.)])?\s*\[(?P<label>.+?)\]\(#(?P<anchor>[^()\s]*)\)\s*(?P<after>.*)$")
_WITH_TOTAL = re.compile(rf"{_TOTAL}\s*$", re.IGNORECASE)
_OF_THE_DAY = re.compile(
    r"(?:(?:总计|总数|总共|共(?:计|收录|处理|有)?|合计)\s*[:：]?"
    r"|\btotal(?: (?:number of )?(?:papers|articles))?(?: today)?\s*[:：])"
    r"\s*(?P<total>\d{1,6})(?!\d|[.\-/年])"
    r"|(?P<papers>\b\d{1,6})\s*(?:papers|篇论文)\s*(?:in total|today)",
    re.IGNORECASE,
)
_LONGEST_LINE = 120
_SHOWN = 8


class Total(NamedTuple):
    """A number of papers that a digest announces, of the section called by one of ``names``; of all without."""

    line: int
    label: str
    names: frozenset[str]
    number: int


def announced(outside: Iterable[Token]) -> Iterator[Total]:
    """Yield the totals of the table of contents and of the whole digest among the rows that are in no entry."""
    for row in outside:
        number, text = row.number, row.raw
        if len(text) > _LONGEST_LINE or "://" in text:
            continue
        listed = _LISTED.match(text)
        day = None if listed else _OF_THE_DAY.search(text.replace("*", ""))
        if listed:
            inside = _WITH_TOTAL.search(listed["label"])
            total = _WITH_TOTAL.search(listed["after"]) or inside
            if total:
                label = listed["label"][: inside.start()] if inside else listed["label"]
                yield Total(number, label.strip(), _names((label, listed["anchor"])), int(total["total"]))
        elif day:
            yield Total(number, "", frozenset(), int(day["total"] or day["papers"]))


def disagreements(
    totals: Iterable[Total], sections: Iterable[Section], counts: Mapping[int, int]
) -> Iterator[tuple[int, str]]:
    """Yield a line and a remark for every total that is not what was read.

    :param counts: papers read in the section that begins at a line.
    """
    listed = list(totals)
    found: Counter[str] = Counter()
    for section in sections:
        found.update({name: counts.get(section.line, 0) for name in _names(section.names) | _names(section.categories)})
    sums: defaultdict[frozenset[str], list[Total]] = defaultdict(list)
    for total in listed:
        sums[total.names].append(total)
    yield from _of_the_day(sums.pop(frozenset(), []), sum(counts.values()))
    missing = []
    for names, group in sums.items():
        wanted, read = sum(total.number for total in group), max(found[name] for name in names)
        if names.isdisjoint(found) and wanted:
            missing.append((group[0], wanted))
        elif wanted != read:
            yield group[0].line, f"the table of contents announces {_papers(wanted)} in {group[0].label}, {_read(read)}"
    yield from _missing(missing)


def _of_the_day(totals: list[Total], read: int) -> Iterator[tuple[int, str]]:
    wanted = sum(total.number for total in totals)
    if totals and wanted != read:
        yield totals[0].line, f"the digest announces {_papers(wanted)}, {_read(read)}"


def _missing(missing: list[tuple[Total, int]]) -> Iterator[tuple[int, str]]:
    if missing:
        named = ", ".join(total.label for total, _ in missing[:_SHOWN]) + (", …" if len(missing) > _SHOWN else "")
        papers = _papers(sum(wanted for _, wanted in missing))
        yield missing[0][0].line, f"the table of contents announces {papers} in sections that are not there: {named}"


def _papers(count: int) -> str:
    return f"{count} {'paper' if count == 1 else 'papers'}"


def _read(count: int) -> str:
    return f"{count} {'was' if count == 1 else 'were'} read"


def _names(texts: Iterable[str]) -> frozenset[str]:
    squashed = (re.sub(r"[\W_]+", "", _WITH_TOTAL.sub("", text).casefold()) for text in texts)
    return frozenset(name for name in squashed if name)
