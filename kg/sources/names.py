"""Lists of authors, as digests write them."""

from __future__ import annotations

import re

_SEMICOLONS = re.compile(r"\s*[;；]\s*")
_COMMAS = re.compile(r"\s*[,，、]\s*")
_AND = re.compile(r"(?:\s+(?:and|&|与|和)\s+|^and\s+)(?![^()]*\))", re.IGNORECASE)
_ET_AL = re.compile(r"\b(?:et\.?\s*al\b\.*|and others)|(?:等人?|他)$|(?:\.\.\.|…)$", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:Jr|Sr|I{2,3}|IV|Ph\.?\s?D|M\.?\s?D|Esq)\.?", re.IGNORECASE)
_JOINT = re.compile(r"\b(?:Collaborations|Consortia|Teams|Groups)\b", re.IGNORECASE)
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")
_GIVEN_LAST = 2


def split_authors(text: str) -> tuple[str, ...]:
    """Return the names that a list of authors holds, in order, as written.

    Commas (with or without a space), semicolons, ``and`` and Chinese list marks separate; a comma before ``Jr.`` or
    inside brackets does not. ``Last, First; Last, First`` is turned round, and *et al.* names nobody.

    >>> split_authors("Ada Lovelace,Sammy Davis, Jr. and the ATLAS Collaboration")
    ('Ada Lovelace', 'Sammy Davis, Jr.', 'the ATLAS Collaboration')
    >>> split_authors("Lovelace, Ada; Hopper, Grace")
    ('Ada Lovelace', 'Grace Hopper')
    """
    folded = " ".join(_LINK.sub(r"\1", text).replace("**", "").split())
    plain = _ET_AL.sub("", folded).strip()
    if _SEMICOLONS.search(plain):
        return tuple(_rejoined(_turned([part for part in _SEMICOLONS.split(plain) if part])))
    return tuple(_rejoined(_COMMAS.split(plain)))


def _turned(parts: list[str]) -> list[str]:
    """Return the names between semicolons: turned round if all are ``Last, First``, cut if commas separate too."""
    names = [_COMMAS.split(part) for part in parts]
    if all(len(name) == _GIVEN_LAST and not _SUFFIX.fullmatch(name[1]) for name in names):
        return [f"{given} {last}" for last, given in names]
    if any(len(name) > _GIVEN_LAST for name in names):
        return [name for group in names for name in group]
    return parts


def _both(part: str) -> list[str]:
    return [part] if _JOINT.search(part) else _AND.split(part)


def _rejoined(parts: list[str]) -> list[str]:
    """Put back together what a comma inside a name cut in two: a suffix, or words in brackets."""
    names: list[str] = []
    for part in (name.strip() for group in parts for name in _both(group)):
        opened = bool(names) and names[-1].count("(") > names[-1].count(")")
        if names and (opened or _SUFFIX.fullmatch(part)):
            names[-1] = f"{names[-1]}, {part}"
        elif part:
            names.append(part)
    return names
