"""The snapshot of arXiv's metadata on Kaggle: JSON Lines with ``authors_parsed``, ``versions`` and ``update_date``.

Format: https://www.kaggle.com/datasets/Cornell-University/arxiv. Titles and abstracts keep their TeX, as they do in
every other source; the accents of names are resolved, as arXiv does it everywhere but here.
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from kg.sources.arxiv import arxiv_id
from kg.sources.drafts import Draft, iso_date
from kg.sources.jsonl import JsonLines, Record, text_of
from kg.sources.names import split_authors

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = re.compile(r"v?(\d{1,3})")
_PARTS_OF_A_NAME = 3


def _draft(record: Record) -> Draft:
    found = arxiv_id(text_of(record, "id"))
    versions = [version for version in _list(record.get("versions")) if isinstance(version, dict)]
    return Draft(
        id=found.id if found else text_of(record, "id"),
        title=text_of(record, "title"),
        abstract=text_of(record, "abstract"),
        authors=tuple(_names(record)) or split_authors(readable_name(text_of(record, "authors"))),
        categories=(text_of(record, "categories"),),
        version=max(filter(None, map(_number, versions)), default=None),
        date=_first_day(versions) or iso_date(text_of(record, "update_date")),
        comment=text_of(record, "comments"),
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(record: Record) -> Iterator[str]:
    """Yield ``First Last Suffix`` for each parsed author, ``[last, first, suffix, affiliation…]``."""
    for parts in _list(record.get("authors_parsed")):
        words = [part if isinstance(part, str) else "" for part in _list(parts)[:_PARTS_OF_A_NAME]]
        last, first, suffix = (*words, "", "", "")[:_PARTS_OF_A_NAME]
        yield readable_name(" ".join(filter(None, (first, last, suffix))))


def _number(version: Record) -> int | None:
    found = _NUMBER.fullmatch(text_of(version, "version"))
    return int(found[1]) if found else None


def _first_day(versions: list[Record]) -> str | None:
    """Return the day of the first version: ``Mon, 2 Apr 2007 19:18:42 GMT``."""
    created = next((text_of(version, "created") for version in versions), "")
    try:
        return parsedate_to_datetime(created).date().isoformat()
    except ValueError:
        return iso_date(created)


@cache
def _converter() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415  # slow to import, and seldom needed

    return LatexNodes2Text(strict_latex_spaces=False)


def readable_name(name: str) -> str:
    r"""Return ``name`` with its TeX accents as Unicode.

    >>> readable_name(r"C. Bal\'azs"), readable_name(r"Erd{\H{o}}s")
    ('C. Balázs', 'Erdős')
    """
    if "\\" not in name and "{" not in name:
        return name
    return str(_converter().latex_to_text(name, tolerant_parsing=True))


KAGGLE = JsonLines("kaggle", frozenset({"title", "authors_parsed", "categories"}), _draft)
