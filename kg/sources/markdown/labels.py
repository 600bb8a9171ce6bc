"""The labels that digests put before the parts of an entry, in English and Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Part(Enum):
    """What a labelled part of an entry holds."""

    TITLE = auto()
    TITLE_TRANSLATION = auto()
    AUTHORS = auto()
    CATEGORY = auto()
    DATE = auto()
    LINK = auto()
    KEYWORDS = auto()
    COMMENT = auto()
    ABSTRACT = auto()
    TRANSLATION = auto()
    SUMMARY = auto()
    """An abstract in some digests (arXiv's API calls it so), a summary beside the abstract in others."""
    TLDR = auto()
    TASK = auto()
    MOTIVATION = auto()
    METHOD = auto()
    RESULT = auto()
    CONCLUSION = auto()
    REMARK = auto()
    OTHER = auto()
    """Not one of ours; kept as a remark together with its label."""
    IGNORED = auto()


LONG = frozenset(
    {
        Part.ABSTRACT,
        Part.TRANSLATION,
        Part.SUMMARY,
        Part.TLDR,
        Part.TASK,
        Part.MOTIVATION,
        Part.METHOD,
        Part.RESULT,
        Part.CONCLUSION,
        Part.REMARK,
    }
)
"""Parts whose text may go on over blank lines; the others end at one."""

_WORDS: Mapping[Part, str] = {
    Part.TITLE: "title|paper title|original title|english title|标题|论文标题|题目|英文标题|原标题|原文标题",
    Part.TITLE_TRANSLATION: "title zh|title cn|chinese title|title chinese|title translation|translated title"
    "|中文标题|标题翻译|中文题目|中文名|译名",
    Part.AUTHORS: "author|authors|by|作者|作者列表|论文作者|全部作者",
    Part.CATEGORY: "category|categories|main category|main categories|primary category|subject|subjects|cate"
    "|arxiv category|arxiv categories|类别|分类|主类别|主要类别|主分类|所属类别|论文类别|学科|学科分类|领域|arxiv类别"
    "|arxiv分类",
    Part.DATE: "date|published|publish date|published date|publication date|submitted|submission date|submitted on"
    "|日期|发布日期|发表日期|提交日期|发布时间|发表时间|提交时间|时间",
    Part.LINK: "link|links|url|urls|arxiv|arxiv id|arxiv link|arxiv url|id|paper id|paper|paper link|paper url|pdf"
    "|pdf link|pdf url|abs|abs url|doi|resources|链接|论文链接|原文链接|论文地址|原文地址|原文|地址|下载|论文id|编号"
    "|arxiv编号|论文编号|arxiv链接|pdf链接",
    Part.KEYWORDS: "keyword|keywords|key words|index terms|tag|tags|关键词|关键字|标签",
    Part.COMMENT: "comment|comments|arxiv comment|arxiv comments|author comment|备注|注释|评注|论文备注|arxiv备注",
    Part.ABSTRACT: "abstract|original abstract|full abstract|abstract en|english abstract|paper abstract|original"
    "|摘要|论文摘要|原文摘要|英文摘要|原始摘要|摘要原文|摘要英文",
    Part.TRANSLATION: "abstract zh|abstract cn|chinese abstract|abstract chinese|abstract translation"
    "|translated abstract|translation|摘要翻译|中文摘要|摘要中文|摘要译文|翻译|译文|中文翻译",
    Part.SUMMARY: "summary|paper summary",
    Part.TLDR: "tldr|tldr zh|tldr cn|one sentence summary|one line summary|in short|short summary|ai abstract"
    "|ai summary|llm summary|一句话总结|一句话概括|一句话|一句话要点|简介|概要|概述|总结|论文总结|核心要点|要点|速览"
    "|ai总结|ai摘要|ai概要|中文总结|内容概要",
    Part.TASK: "task|tasks|任务|研究任务",
    Part.MOTIVATION: "motivation|motivations|动机|研究动机|背景|研究背景|问题|背景与动机|研究问题",
    Part.METHOD: "method|methods|methodology|approach|方法|研究方法|方法论|技术方法|主要方法|核心方法",
    Part.RESULT: "result|results|结果|实验结果|研究结果|主要结果|实验|效果",
    Part.CONCLUSION: "conclusion|conclusions|结论|研究结论|主要结论",
    Part.REMARK: "ai comment|ai comments|ai review|ai remark|remark|remarks|review|点评|评论|评价|ai点评|ai评论|ai评语"
    "|ai评价",
    Part.IGNORED: "updated|update date|last updated|source|details|更新日期|更新时间|来源|详情",
}


def _key(label: str) -> str:
    return re.sub(r"[\W_]+", "", label.casefold())


_PARTS: Mapping[str, Part] = MappingProxyType(
    {_key(word): part for part, words in _WORDS.items() for word in words.split("|")}
)
_SIGNS = re.compile(r"^(?:[\U0001f000-\U0001faff\u2190-\u2bff\ufe0f\u200d\u20e3]\s*)+")
_BOLD = re.compile(r"(\*\*|__)\s*(?P<inside>(?:(?!\1).)+?)\s*\1(?P<after>.*)", re.DOTALL)
_COLON = re.compile(r"(?P<label>[^\[\]{}<>|:：*]{1,40}?)\s*[:：]\s*(?P<value>.*)", re.DOTALL)
_AFTER = re.compile(r"\s*[:：]\s*(?P<value>.*)", re.DOTALL)
_LABEL = re.compile(r"[^\[\]{}<>|*]{1,40}")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line that begins with a label.

    :param written: the label as it stands there.
    :param value: what follows it on the line.
    :param bold: whether the label is in bold, which no line of running text begins with by chance.
    """

    part: Part
    written: str
    value: str
    bold: bool


def part_of(label: str) -> Part | None:
    """Return what a label announces: ``TL;DR``, ``Title (ZH)``, ``摘要翻译`` … or ``None`` for an unknown one.

    >>> part_of("AI_Comments").name, part_of("Author(s)").name, part_of("Venue")
    ('REMARK', 'AUTHORS', None)
    """
    return _PARTS.get(_key(label))


def labelled(text: str) -> Labelled | None:
    """Return the label that a line begins with; unknown labels count only in bold and with a colon.

    >>> labelled("**Category: cs.CR**").value
    'cs.CR'
    >>> labelled("Contribution: we show that") is None
    True
    """
    plain = _SIGNS.sub("", text.strip())
    bold = _BOLD.match(plain)
    if bold:
        return _in_bold(bold["inside"], bold["after"])
    colon = _COLON.match(plain)
    if colon:
        part = part_of(colon["label"])
        return part and Labelled(part, colon["label"].strip(), colon["value"], bold=False)
    part = part_of(plain) if _LABEL.fullmatch(plain) else None
    return part and Labelled(part, plain, "", bold=False)


def _in_bold(inside: str, after: str) -> Labelled | None:
    inner, outer = _COLON.fullmatch(inside), _AFTER.match(after)
    label = inner["label"] if inner else inside
    value = inner["value"] + after if inner else outer["value"] if outer else after.lstrip(" .–—-")
    part = part_of(_SIGNS.sub("", label))
    if part:
        return Labelled(part, label.strip(), value.strip(), bold=True)
    announced = outer or (inner and not inner["value"])
    if announced and _LABEL.fullmatch(label):
        return Labelled(Part.OTHER, label.strip(), value.strip(), bold=True)
    return None
