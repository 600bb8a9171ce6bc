"""The formats that can be read: those of ``kg`` and those of installed plug-ins."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from kg.errors import ConfigError
from kg.sources.atom import ATOM
from kg.sources.documents import NoDigestError
from kg.sources.jsonl import JSONL
from kg.sources.kaggle import KAGGLE
from kg.sources.markdown import MARKDOWN
from kg.sources.reader import Reader

if TYPE_CHECKING:
    from kg.sources.documents import Document

GROUP = "kg.sources"
_STRICT: tuple[Reader, ...] = (ATOM, KAGGLE, JSONL)
_BUILT_IN = frozenset(reader.name for reader in (*_STRICT, MARKDOWN))
_MISTAKEN = (
    (
        re.compile(
            r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
        ),
        "this is a web page, not a digest",
        "Download the file itself (on GitHub: the Raw button), and look into it for an error message.",
    ),
    (
        re.compile(r"\s*\[\s*[\[{]"),
        "this is a JSON array, not JSON Lines",
        "Write one record a line: jq -c '.[]' FILE > FILE.jsonl.",
    ),
    (
        re.compile(r"\s*\{\s*\n"),
        "this is one JSON value over several lines, not JSON Lines",
        "Write one record a line: jq -c . FILE > FILE.jsonl.",
    ),
    (
        re.compile(r"\s*\{"),
        'these JSON Lines have no "title", so they are no papers',
        "Give records with id, title and abstract (or summary); labels are no input.",
    ),
)


class Formats(Mapping[str, Reader]):
    """Format name → reader, in the order in which they are tried, plug-ins among them."""

    def __getitem__(self, name: str) -> Reader:
        return _readers(tuple(sys.path))[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_readers(tuple(sys.path)))

    def __len__(self) -> int:
        return len(_readers(tuple(sys.path)))


FORMATS = Formats()
"""Every format that can be read, by name."""


@lru_cache(maxsize=1)
def _readers(_path: tuple[str, ...]) -> dict[str, Reader]:
    """Return every reader; what is installed is looked up once for each search path of the interpreter."""
    plugins = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    # Markdown is tried last: it is the one format that almost any text could be.
    return (
        {reader.name: reader for reader in _STRICT}
        | {point.name: _loaded(point) for point in plugins}
        | {MARKDOWN.name: MARKDOWN}
    )


def _loaded(point: EntryPoint) -> Reader:
    where = f"the plug-in {point.name!r} ({point.value})"
    remedy = "Update or uninstall the package that brings it."
    if point.name in _BUILT_IN:
        raise ConfigError(f"{where} has the name of a format of kg", remedy=remedy)
    try:
        reader = point.load()
    except Exception as error:  # whatever foreign code raises, the user must hear which package it was
        raise ConfigError(f"{where} cannot be loaded: {error}", remedy=remedy) from error
    if not isinstance(reader, Reader):
        raise ConfigError(f"{where} is no reader: it needs name, sniff and read", remedy=remedy)
    return reader


def reader_for(document: Document, name: str | None = None) -> Reader:
    """Return the reader called ``name``, or without one the first that recognises ``document``.

    :raises NoDigestError: if none does, or if another than the named one does.
    :raises ConfigError: if there is no such format, or a plug-in is broken.
    """
    readers = dict(FORMATS)
    if name is not None and name not in readers:
        raise ConfigError(f"unknown format {name!r}", remedy=f"Choose one of {', '.join(sorted(readers))}.")
    head = document.head
    named = None if name is None else readers[name]
    if named and named.sniff(head):
        return named
    likely = next((reader for reader in readers.values() if reader.sniff(head)), None)
    refusal = _mismatch(named, likely) if named and likely else None if likely else _mistake(head)
    if refusal:
        raise NoDigestError(refusal[0], path=document.path, remedy=refusal[1])
    found = named or likely  # where nothing speaks against it, what the user says
    if found is None:
        remedy = f"Name it, if it is one of {', '.join(sorted(readers))}."
        raise NoDigestError("the format is not known", path=document.path, remedy=remedy)
    return found


def _mismatch(named: Reader, likely: Reader) -> tuple[str, str]:
    return f"this is not {named.name}; it looks like {likely.name}", f"Leave the format out, or say {likely.name}."


def _mistake(head: str) -> tuple[str, str] | None:
    return next(((what, remedy) for pattern, what, remedy in _MISTAKEN if pattern.match(head)), None)
