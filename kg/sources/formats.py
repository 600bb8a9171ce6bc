"""The formats that can be read: those of ``kg`` and those of installed plug-ins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from kg.errors import ConfigError, SourceError
from kg.sources.atom import ATOM
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
    """Format name → reader, in the order in which they are tried; plug-ins are looked up anew each time."""

    def _readers(self) -> dict[str, Reader]:
        # Markdown is tried last: it is the one format that almost any text could be.
        plugins = sorted(entry_points(group=GROUP), key=lambda point: point.name)
        return (
            {reader.name: reader for reader in _STRICT}
            | {point.name: _loaded(point) for point in plugins}
            | {MARKDOWN.name: MARKDOWN}
        )

    def __getitem__(self, name: str) -> Reader:
        return self._readers()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers())

    def __len__(self) -> int:
        return len(self._readers())


FORMATS = Formats()
"""Every format that can be read, by name."""


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

    :raises SourceError: if none does, or if another than the named one does.
    :raises ConfigError: if there is no such format, or a plug-in is broken.
    """
    head = document.head
    readers = dict(FORMATS)
    if name is not None and name not in readers:
        raise ConfigError(f"unknown format {name!r}", remedy=f"Choose one of {', '.join(sorted(readers))}.")
    if name is not None and readers[name].sniff(head):
        return readers[name]
    other = next((reader for reader in readers.values() if reader.sniff(head)), None)
    if name is None and other is not None:
        return other
    if name is not None and other is not None:
        remedy = f"Leave the format out, or say {other.name}."
        raise SourceError(f"this is not {name}; it looks like {other.name}", path=document.path, remedy=remedy)
    for pattern, what, remedy in _MISTAKEN:
        if pattern.match(head):
            raise SourceError(what, path=document.path, remedy=remedy)
    if name is not None:  # nothing speaks against what the user says
        return readers[name]
    choice = ", ".join(sorted(readers))
    raise SourceError("the format is not known", path=document.path, remedy=f"Name it, if it is one of {choice}.")
