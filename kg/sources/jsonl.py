"""JSON Lines: one record a line, as crawlers of arXiv's daily lists and annotators write them.

Known are ``id, title, authors, categories, comment, summary`` (with ``abs`` and ``pdf`` links, and under ``AI`` the
summaries that a language model added) and ``id, title, abstract``.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kg.model import SummaryField
from kg.sources.arxiv import arxiv_id
from kg.sources.drafts import Draft, UnreadableError, iso_date, split_keywords
from kg.sources.names import split_authors
from kg.sources.tally import tallied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kg.model import Paper
    from kg.sources.documents import Document

Record = dict[str, Any]

_KEYS = re.compile(r'"(\w+)"\s*:')
_TEXTS: Mapping[str, SummaryField] = {
    "tldr": SummaryField.TLDR,
    "task": SummaryField.TASK,
    "motivation": SummaryField.MOTIVATION,
    "method": SummaryField.METHOD,
    "result": SummaryField.RESULT,
    "results": SummaryField.RESULT,
    "conclusion": SummaryField.CONCLUSION,
    "comment": SummaryField.REMARK,
    "comments": SummaryField.REMARK,
    "ai_comment": SummaryField.REMARK,
    "ai_abstract": SummaryField.TLDR,
    "ai_summary": SummaryField.TLDR,
    "title_translation": SummaryField.TITLE,
    "translated_title": SummaryField.TITLE,
    "abstract_translation": SummaryField.ABSTRACT,
    "translation": SummaryField.ABSTRACT,
}
_OF_ARXIV = frozenset({"comment", "comments"})
_LINKS = ("id", "arxiv_id", "abs", "url", "link", "pdf", "doi")
_DATES = ("date", "published", "published_date", "publish_date", "submitted")


class JsonLines:
    """A format of one JSON object a line.

    :param name: what the format is called.
    :param keys: keys that a record of the format has.
    :param draft: makes a draft from a record; raises :class:`UnreadableError` if it cannot.
    """

    def __init__(self, name: str, keys: frozenset[str], draft: Callable[[Record], Draft]) -> None:
        self.name = name
        self._wanted = keys
        self._draft = draft

    def sniff(self, head: str) -> bool:
        """Say whether one of the first lines is a record with the keys of the format."""
        first, *others = head.split("\n")
        # The head may end within a record, whose inner keys would be taken for its own: judge it only if it is all.
        return any(self._wanted <= _keys(line) for line in (first, *others[:-1]))

    def read(self, document: Document) -> Iterator[Paper]:
        """Yield the paper of each line; a line that is no record of one is reported."""
        yield from tallied(self._papers(document), document, ["abstract"], optional=["authors"])

    def _papers(self, document: Document) -> Iterator[Paper]:
        for number, line in document.lines():
            if not line.strip():
                continue
            try:
                yield self._paper(line, number, document.name)
            except json.JSONDecodeError as error:
                document.report(number, f"not a JSON record: {error.msg} at character {error.pos + 1}")
            except RecursionError:
                document.report(number, "not a JSON record: nested too deeply")
            except ValueError as error:
                document.report(number, f"not a paper: {error}")

    def _paper(self, line: str, number: int, source: str) -> Paper:
        record = json.loads(line.replace("\x00", ""))
        if not isinstance(record, dict):
            raise UnreadableError(f"it is no object but {type(record).__name__}")
        return replace(self._draft(record), source=source, line=number).paper()


def _keys(line: str) -> set[str]:
    """Return the keys of a record; of one that is broken or cut off, every key that can be seen."""
    if not line.lstrip().startswith("{"):
        return set()
    try:
        return set(json.loads(line))
    except (ValueError, RecursionError):
        return set(_KEYS.findall(line))


def text_of(record: Record, *keys: str) -> str:
    """Return the first text that stands under one of ``keys``."""
    return next((value for key in keys if isinstance(value := record.get(key), str) and value.strip()), "")


def texts_of(record: Record, *keys: str) -> tuple[str, ...]:
    """Return the texts of the first list, or the one text, that stands under one of ``keys``; objects by name."""
    for key in keys:
        value = record.get(key)
        items = value if isinstance(value, list) else [value]
        found = (item.get("name") if isinstance(item, dict) else item for item in items)
        texts = tuple(text for text in found if isinstance(text, str) and text.strip())
        if texts:
            return texts
    return ()


def _draft(record: Record) -> Draft:
    links = [value for key in _LINKS if isinstance(value := record.get(key), str)]
    found = next(filter(None, map(arxiv_id, links)), None)
    authors = texts_of(record, "authors", "author")
    enhanced = record.get("AI")
    return Draft(
        id=found.id if found else _own_id(record),
        version=_version(record) or (found.version if found else None),
        title=text_of(record, "title"),
        abstract=text_of(record, "abstract", "summary"),
        authors=authors if isinstance(record.get("authors"), list) else split_authors(", ".join(authors)),
        categories=texts_of(record, "categories", "category", "primary_category", "cate"),
        date=iso_date(text_of(record, *_DATES)),
        keywords=tuple(word for text in texts_of(record, "keywords") for word in split_keywords(text)),
        comment=text_of(record, "comment", "comments"),
        texts=(*_texts(enhanced if isinstance(enhanced, dict) else {}), *_texts(record, without=_OF_ARXIV)),
    )


def _texts(record: Record, without: frozenset[str] = frozenset()) -> Iterator[tuple[SummaryField, str]]:
    """Yield the summaries among the values of a record."""
    for key, value in record.items():
        if key in _TEXTS and key not in without and isinstance(value, str):
            yield _TEXTS[key], value


def _own_id(record: Record) -> str:
    value = record.get("id")
    if isinstance(value, float):
        raise UnreadableError("its id is a number, which may have lost digits; write it as a string")
    return str(value) if isinstance(value, int) else text_of(record, *_LINKS)


def _version(record: Record) -> int | None:
    value = record.get("version")
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


JSONL = JsonLines("jsonl", frozenset({"title"}), _draft)
