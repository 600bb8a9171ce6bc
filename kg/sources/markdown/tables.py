"""Rows of Markdown tables that list papers: ``| Date | Title | Authors | PDF | …``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.model import SummaryField
from kg.sources.arxiv import arxiv_id
from kg.sources.drafts import Draft, iso_date, split_keywords
from kg.sources.languages import language
from kg.sources.markdown.fields import plain
from kg.sources.markdown.heads import generic, parse_head
from kg.sources.markdown.labels import Part, part_of
from kg.sources.names import split_authors

if TYPE_CHECKING:
    from kg.sources.markdown.entries import TableRow

_BAR = re.compile(r"(?<!\\)\|")
_UNDERLINE = re.compile(r"^[\s|:-]+$")
_FOLD = re.compile(r"</?(?:details|summary|p|br)\b[^<>]*>", re.IGNORECASE)
_SHOW = re.compile(r"<summary>.*?</summary>", re.IGNORECASE)
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")


def draft(row: TableRow, source: str) -> Draft:
    """Return what a row of a table says of the paper that it names."""
    cells = _cells(row.token.text)
    columns = _columns(row, cells)
    found = next(filter(None, map(arxiv_id, cells)), None)

    def under(part: Part) -> str:
        return next((_words(cell) for column, cell in zip(columns, cells, strict=False) if column is part), "")

    abstract = under(Part.ABSTRACT) or under(Part.SUMMARY)
    return Draft(
        id=found.id if found else "",
        version=found.version if found else None,
        title=plain(_title(cells, columns)),
        titles=(under(Part.TITLE_TRANSLATION),),
        abstract=abstract,
        authors=split_authors(under(Part.AUTHORS)),
        categories=(under(Part.CATEGORY), *row.section.categories),
        date=iso_date(under(Part.DATE)),
        keywords=split_keywords(under(Part.KEYWORDS)),
        comment=under(Part.COMMENT),
        texts=((SummaryField.TLDR, under(Part.TLDR)), (SummaryField.ABSTRACT, under(Part.TRANSLATION))),
        source=source,
        line=row.token.number,
    )


def _cells(text: str) -> list[str]:
    inner = text.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.replace("\\|", "|") for cell in _BAR.split(inner)]


def _columns(row: TableRow, cells: list[str]) -> list[Part | None]:
    """Return what each cell holds, as the head of the table says; cells too many are parts of a title with bars."""
    header = row.before[0].text if len(row.before) > 1 and _UNDERLINE.match(row.before[1].text) else ""
    columns = [part_of(_words(cell)) for cell in _cells(header)] if header else []
    if Part.TITLE not in columns:
        # "Paper" above a title, "Title" above nothing: whichever column has the linked words.
        return [None if column is Part.LINK else column for column in columns]
    surplus, place = len(cells) - len(columns), columns.index(Part.TITLE)
    if surplus > 0:
        cells[place : place + surplus + 1] = ["|".join(cells[place : place + surplus + 1])]
    return columns


def _title(cells: list[str], columns: list[Part | None]) -> str:
    if Part.TITLE in columns and columns.index(Part.TITLE) < len(cells):
        head = parse_head(cells[columns.index(Part.TITLE)])
        if head.title:
            return head.title
    linked = (parse_head(cell) for cell in cells if arxiv_id(cell))
    title = next((head.title for head in linked if head.title and not generic(head.title)), "")
    free = [_words(cell) for place, cell in enumerate(cells) if place >= len(columns) or columns[place] is None]
    return title or max((cell for cell in free if not generic(cell)), key=_likeness, default="")


def _likeness(cell: str) -> tuple[bool, int]:
    return language(cell) == "en", len(cell)


def _words(cell: str) -> str:
    """Return the text of a cell without its folds, links and emphasis."""
    shown = _FOLD.sub(" ", _SHOW.sub(" ", cell))
    return _LINK.sub(r"\1", plain(shown)).replace("**", "").strip()
