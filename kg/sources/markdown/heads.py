"""The line that opens an entry: number, title, link and identifier, in whatever order and dress."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.sources.arxiv import CATEGORIES, ArxivId, arxiv_id, arxiv_ids
from kg.sources.markdown.rows import INLINE_TAG

_ANCHOR_LINK = re.compile(r"(?<!\[)\[+[^\[\]]*\]+\(#[^()\s]+\)")
_TAG = re.compile(INLINE_TAG, re.IGNORECASE)
_SIGNS = r"(?:[\U0001f000-\U0001faff\u2190-\u2bff\ufe0f\u200d\u20e3]\s*)*"
_NUMBER = re.compile(
    rf"^{_SIGNS}(?:\*\*(?:\[\d{{1,4}}\]|\d{{1,4}}[.)]?)\*\*|(?:\*\*)?(?:[\[【(]\d{{1,4}}[\]】)](?!\()|#\d{{1,4}}\b|\d{{1,4}}\\?[.)、](?=\s|\[|\*)"
    r"|(?:paper|no\.?|论文|第)\s*#?\d{1,4}\s*篇?\s*[.:：、)–—-]))\s*[.:：]?\s*",
    re.IGNORECASE,
)
_PLAIN_NUMBER = re.compile(rf"^{_SIGNS}")
_TARGET = re.compile(r"\]\(\s*<?(?P<url>[^\s()<>]*)>?(?:\s+[\"'][^\"']*[\"'])?\s*\)(?:\])?")
_EARLIER_LINK = re.compile(r"\]\(\s*<?(?:https?://|#|\.{0,2}/|mailto:)")
_BARE = re.compile(
    r"(?:^|[\[(（【])\s*(?P<id>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}(?:v\d{1,2})?)\s*(?:[\])）】]\s*[:：]?|[:：]|\s|$)"
)
_BOLD = re.compile(r"(\*\*|__)(?P<inside>.+?)\1(?P<after>.*)")
_APART = re.compile(r"\s*(?:[-–—,.;|(\[（·•*_]|by\b)", re.IGNORECASE)
_WORDS_OF_A_TITLE = 3
_LONGEST = 4000
_WRITTEN = re.compile(r"(?:https?://\S+|\barXiv\s*[:：]\s*[\w./-]+)(?:\s*\[[\w.-]+\])?", re.IGNORECASE)
_GENERIC = re.compile(
    r"arxiv|pdf|abs|abstracts?|links?|papers?|page|project|html|url|doi|here|code|github|full|text|read|view|open|source"
    r"|download|ar5iv|alphaxiv|huggingface|hf|version|preprint"
    r"|(?:(?:原文|论文|pdf|arxiv)?(?:链接|地址|查看|阅读|下载|全文|摘要|详情|原文|论文))"
)
_WORD = re.compile(r"[^\W_]+")
_EMPTY_PAIR = re.compile(r"\[\s*\]|\(\s*\)|（\s*）|【\s*】")
_CATEGORY = re.compile(r"\s[\[(`](?P<name>[\w.-]+)[\])`]\s*$")
_EDGES = " \t-–—|·•,，;；:："


@dataclass(frozen=True, slots=True)
class Head:
    """What the first line of an entry says.

    :param title: as written; empty if the line has none.
    :param paper: the arXiv identifier that it names.
    :param url: its link, if it has one, to arXiv or elsewhere.
    :param rest: what follows the title and the link.
    :param numbered: whether it begins with a number.
    """

    title: str
    paper: ArxivId | None
    url: str = ""
    rest: str = ""
    numbered: bool = False


def generic(text: str) -> bool:
    """Say whether the words of a link tell only where it leads: ``PDF``, ``arXiv link``, ``2512.04231``.

    >>> generic("arXiv:2512.04231v1"), generic("论文链接"), generic("Reading a Paper")
    (True, True, False)
    """
    if arxiv_id(text.strip(" []*")) or "://" in text:
        return True
    words = _WORD.findall(text.casefold())
    return all(_GENERIC.fullmatch(word) for word in words) or all(word.isdigit() for word in words)


def parse_head(text: str) -> Head:
    """Return what a heading, a list item or a line in bold says of a paper.

    >>> parse_head("[3] [Mamba [Re]visited](https://arxiv.org/abs/2512.04231v2)").title
    'Mamba [Re]visited'
    >>> parse_head("**2. Walking robots** ([PDF](http://arxiv.org/pdf/2512.04231))").title
    'Walking robots'
    """
    plain = _TAG.sub("", _ANCHOR_LINK.sub("", text[:_LONGEST])).strip()
    number = _NUMBER.match(plain)
    plain = plain[number.end() :] if number else _PLAIN_NUMBER.sub("", plain)
    targets = list(_TARGET.finditer(plain))
    target = min(targets, key=lambda found: _unlikeness(plain, found), default=None)
    head = _linked(plain, target) if target else _unlinked(plain)
    inner = _NUMBER.match(head.title) if not number else None
    title, aside = _bold_part(head.title[inner.end() :] if inner else head.title)
    return Head(_undressed(title), head.paper, head.url, aside + head.rest, bool(number or inner))


def _linked(plain: str, target: re.Match[str]) -> Head:
    before, after, url = plain[: target.start()], plain[target.end() :], target["url"]
    opening = _opening(before)
    words, prefix = before[opening + 1 :], before[:opening]
    paper = arxiv_id(url)
    if words.strip() and not generic(words):
        return Head(words, paper, url, after)
    outside = _TARGET.sub("", prefix).strip(_EDGES + "[(（") or after.strip(_EDGES + ")]）")
    return Head("" if generic(outside) else _EMPTY_PAIR.sub("", outside).strip(), paper, url)


def _unlikeness(plain: str, target: re.Match[str]) -> tuple[bool, bool]:
    """Rank the links of a line: first those to arXiv, of these first the one with words of its own."""
    before = plain[: target.start()]
    return arxiv_id(target["url"]) is None, generic(before[_opening(before) + 1 :])


def _opening(before: str) -> int:
    """Return where the bracket stands that opens the link: the first sign, unless an earlier link does."""
    start = len(before) - len(before.lstrip("*_ "))
    if before.startswith("[", start) and not _EARLIER_LINK.search(before):
        return start
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        depth += {"]": 1, "[": -1}.get(before[place], 0)
        if depth < 0:
            return place
    return before.find("[")


def _unlinked(plain: str) -> Head:
    category = _CATEGORY.search(plain)
    if category and category["name"] in CATEGORIES:
        head = _unlinked(plain[: category.start()])
        return Head(head.title, head.paper, rest=category[0])
    paper = next(arxiv_ids(plain), None)
    if paper:
        title = _EMPTY_PAIR.sub("", _WRITTEN.sub("", plain))
        return Head(title.strip(_EDGES), paper)
    bare = _BARE.search(plain)
    if bare:
        return Head((plain[: bare.start()] + " " + plain[bare.end() :]).strip(_EDGES), arxiv_id(bare["id"]))
    return Head(plain, None)


def _bold_part(title: str) -> tuple[str, str]:
    """Return the title, and what follows it if it is in bold: ``**Title** by A, B``, but not ``**Name**: Title``."""
    bold = _BOLD.match(title)
    if not bold or not bold["after"]:
        return title, ""
    apart = _APART.match(bold["after"]) or (
        len(bold["inside"].split()) >= _WORDS_OF_A_TITLE and bold["after"][0] != ":"
    )
    return (bold["inside"], bold["after"]) if apart else (bold["inside"] + bold["after"], "")


def _undressed(title: str) -> str:
    """Take off emphasis around the whole title, and the escapes that kept its brackets out of the link."""
    plain = title.strip().replace("\\[", "[").replace("\\]", "]")
    for mark in ("**", "__", "*", "`"):
        if len(plain) > 2 * len(mark) and plain.startswith(mark) and plain.endswith(mark):
            plain = plain[len(mark) : -len(mark)]
        elif len(mark) > 1:
            plain = plain.removeprefix(mark)
            plain = plain.removesuffix(mark) if plain.count(mark) % 2 else plain
    return plain.strip()
