"""Rows that hold nothing but links and labelled facts: ``[PDF](…) | **Categories:** cs.AI, cs.LG``."""

from __future__ import annotations

import re

from kg.sources.arxiv import CATEGORIES, arxiv_id
from kg.sources.markdown.heads import generic
from kg.sources.markdown.labels import Part, labelled

_BAR = re.compile(r"\s*[|｜·•]\s*|(?<=\))[\s,，/]*(?=\[)")
_LINK = re.compile(r"[^\w\[]*\[(?P<words>(?:\[[^\[\]]*\]|[^\[\]])*)\]\(\s*<?(?P<url>[^()\s<>]+)>?[^()]*\)\W*")
_LONGEST = 2000
_WORDS = re.compile(r"[^\s,;*_`()\[\]]+")
_SIGNS = " ,;*_`()[]"
_URL = re.compile(r"[^\w]*<?(?P<url>https?://[^\s<>]+?)>?\W*")


def link_line(text: str) -> list[tuple[Part, str]]:
    """Return the links and labelled parts that a row consists of; nothing if it holds any other words.

    >>> [part.name for part, _ in link_line("[**[PDF]**](https://arxiv.org/pdf/2512.04231) | **Categories:** cs.AI")]
    ['LINK', 'CATEGORY']
    >>> link_line("Code is at [our page](https://example.org)")
    []
    """
    if len(text) > _LONGEST:
        return []
    parts = [_part(segment) for segment in _BAR.split(text.strip()) if segment.strip(" *_")]
    return [part for part in parts if part] if all(parts) else []


def segments(text: str) -> list[tuple[Part, str]]:
    """Return the labelled parts and links among the segments between bars, and pass over what is neither."""
    return [part for segment in _BAR.split(text.strip()) if (part := _part(segment))]


def _part(segment: str) -> tuple[Part, str] | None:
    link = _LINK.fullmatch(segment) or _URL.fullmatch(segment)
    if link:
        words = link.groupdict().get("words")
        return (Part.LINK, link["url"]) if words is None or generic(words) or link["url"].startswith("#") else None
    if set(_WORDS.findall(segment)) <= CATEGORIES and segment.strip(_SIGNS):
        return Part.CATEGORY, segment
    label = labelled(segment)
    if label and (label.bold or label.part in {Part.LINK, Part.CATEGORY, Part.DATE}):
        return label.part, label.value
    bare = segment.strip(_SIGNS)
    return (Part.LINK, bare) if " " not in bare and arxiv_id(bare) else None
