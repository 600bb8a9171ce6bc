"""Digests in Markdown: as generators of daily arXiv overviews write them, in English and Chinese, and by hand.

The rows of a digest (:mod:`.rows`) are told apart (:mod:`.tokens`) and cut into entries (:mod:`.entries`); the first
line of an entry gives title and identifier (:mod:`.heads`), the others its fields (:mod:`.fields`, :mod:`.labels`).
Lists (:mod:`.links`) and tables (:mod:`.tables`) of papers are read too, and totals are checked (:mod:`.contents`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from kg.sources.arxiv import arxiv_id
from kg.sources.drafts import Draft, UnreadableError
from kg.sources.markdown import fields, tables
from kg.sources.markdown.contents import announced, disagreements
from kg.sources.markdown.entries import Entry, Segmenter, Stray, TableRow
from kg.sources.markdown.rows import rows
from kg.sources.markdown.tokens import token
from kg.sources.tally import tallied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model import Paper
    from kg.sources.documents import Document

_STRUCTURE = re.compile(r"^(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|\||\*\*|\[|<h\d|<details)", re.MULTILINE)
_SUBJECT = re.compile(
    r"arxiv|\*\*(?:abstract|authors?)\b|^(?:abstract|authors?|摘要|作者)\s*[:：]", re.IGNORECASE | re.MULTILINE
)
_LABELS = re.compile(r"^(?:title|authors?|arxiv|标题|作者)\s*[:：]", re.IGNORECASE | re.MULTILINE)
_WEB_PAGE = re.compile(r"\s*(?:<\?xml[^<>]*>\s*)?<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_OTHER_DATA = re.compile(r"\s*(?:\[\s*[\[{\"]|\{|<\?xml|<(?:rss|feed|rdf)\b)", re.IGNORECASE)


class MarkdownReader:
    """Papers from a digest in Markdown."""

    name = "markdown"

    def sniff(self, head: str) -> bool:
        """Say whether there are headings, lists or tables, and papers are what they are about."""
        if _WEB_PAGE.match(head) or _OTHER_DATA.match(head):
            return False
        about_papers = _SUBJECT.search(head) or arxiv_id(head)
        return bool(about_papers and (_STRUCTURE.search(head) or _LABELS.search(head)))

    def read(self, document: Document) -> Iterator[Paper]:
        """Yield the papers of a digest; report entries that name none, and totals that are wrong."""
        yield from tallied(_papers(document), document, ["abstract", "authors"])


MARKDOWN = MarkdownReader()


def _papers(document: Document) -> Iterator[Paper]:
    segmenter = Segmenter([token(row) for row in rows(document.lines())])
    found = list(segmenter.walk())
    habits = fields.Habits.of([entry for entry in found if isinstance(entry, Entry)])
    read: defaultdict[int, set[str]] = defaultdict(set)
    strays = [stray for stray in found if isinstance(stray, Stray)]
    for entry in found:
        if isinstance(entry, Stray):
            continue
        draft = _draft(entry, habits, document.name)
        try:
            paper = draft.paper()
        except UnreadableError as error:
            document.report(draft.line, f"not read: {error}{f': {draft.title!r}' if draft.title else ''}")
        else:
            read[entry.section.line].add(paper.id)
            yield paper
    _report_strays(strays, {name for ids in read.values() for name in ids}, document)
    counts = {line: len(ids) for line, ids in read.items()}
    for line, remark in sorted(disagreements(announced(segmenter.outside), segmenter.sections, counts)):
        document.report(line, remark, fatal=False)


def _draft(entry: Entry | TableRow, habits: fields.Habits, source: str) -> Draft:
    return fields.draft(entry, habits, source) if isinstance(entry, Entry) else tables.draft(entry, source)


def _report_strays(strays: list[Stray], read: set[str], document: Document) -> None:
    for stray in strays:
        if stray.paper.id not in read:
            reason = f"{stray.paper.id} is linked beside the entries; if it is a paper of the digest, it was not read"
            document.report(stray.line, reason, fatal=False)
