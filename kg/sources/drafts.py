"""From the loose texts of a source to a :class:`~kg.model.Paper`: one place that folds, tags and leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.model import Paper, Summary, SummaryField, fold_space
from kg.sources.absence import named, present
from kg.sources.arxiv import categories
from kg.sources.languages import language

_UNWANTED = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_KEYWORDS = re.compile(r"[,，;；、|]")
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?")
_MONTHS, _DAYS = range(1, 13), range(1, 32)


class UnreadableError(ValueError):
    """A record lacks what every paper has; the message says what."""


def clean(text: str) -> str:
    """Return ``text`` without the control characters and lone surrogates that no XML or UTF-8 file may hold."""
    return _UNWANTED.sub("", text) if _UNWANTED.search(text) else text


def iso_date(text: str) -> str | None:
    """Return the day or month with which ``text`` begins, as ISO 8601.

    >>> iso_date("2025-12-05T18:59:59Z"), iso_date("2025年6月"), iso_date("today")
    ('2025-12-05', '2025-06', None)
    """
    found = _DAY.match(text.strip())
    if not found or not found[2] or int(found[2]) not in _MONTHS:
        return None
    month = f"{found[1]}-{int(found[2]):02}"
    return f"{month}-{int(found[3]):02}" if found[3] and int(found[3]) in _DAYS else month


def split_keywords(text: str) -> tuple[str, ...]:
    """Return the keywords of a list with commas, semicolons or bars."""
    return tuple(filter(None, (named(part) for part in _KEYWORDS.split(present(text)))))


@dataclass(frozen=True, slots=True)
class Draft:
    """What a source says of one paper, as it says it.

    :param id: without version; the source's own id if the paper is not on arXiv.
    :param abstract: a text in another language than English becomes a summary, and the abstract stays empty.
    :param titles: the title in further words or languages.
    :param categories: texts that name categories; what arXiv does not know is left out.
    :param texts: summaries in any language, placeholders among them.
    """

    id: str
    title: str
    abstract: str = ""
    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    version: int | None = None
    date: str | None = None
    keywords: tuple[str, ...] = ()
    comment: str = ""
    texts: tuple[tuple[SummaryField, str], ...] = ()
    source: str = ""
    line: int = 0

    def paper(self) -> Paper:
        """Return the paper.

        :raises UnreadableError: if there is no id or no title.
        """
        identifier = fold_space(clean(self.id))
        title, *titles = self._titles() or [""]
        if not identifier or not title:
            raise UnreadableError("it has no title" if identifier else "it names no arXiv id and has none of its own")
        abstract = present(clean(self.abstract))
        foreign = bool(abstract) and language(abstract) != "en"
        texts = [*self.texts, *((SummaryField.TITLE, t) for t in titles)]
        if foreign:
            texts.append((SummaryField.ABSTRACT, abstract))
        return Paper(
            id=identifier,
            title=title,
            abstract="" if foreign else abstract,
            authors=tuple(filter(None, (named(clean(name)) for name in self.authors))),
            categories=categories(self.categories),
            version=self.version,
            date=self.date,
            keywords=tuple(dict.fromkeys(filter(None, (named(clean(word)) for word in self.keywords)))),
            comment=present(clean(self.comment)) or None,
            summaries=summaries(texts),
            source=self.source,
            line=self.line,
        )

    def _titles(self) -> list[str]:
        """Return every title once, the English one first: the text that is searched for entities is English."""
        folded = [fold_space(clean(self.title)), *(present(clean(title)) for title in self.titles)]
        return sorted(dict.fromkeys(filter(None, folded)), key=lambda title: language(title) != "en")


def summaries(texts: list[tuple[SummaryField, str]]) -> tuple[Summary, ...]:
    """Return the texts that are no placeholders, each with its language, sorted and once."""
    folded = ((field, present(clean(text))) for field, text in texts)
    return tuple(sorted({Summary(field, language(text), text) for field, text in folded if text}))
