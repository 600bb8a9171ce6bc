"""Where the page of a node lies in a site: readable, short, and safe on every file system.

A file is named by the node's key where that is plain already (``robot/unitree-g1.html``). Any other name is what is
plain of it with a digest of the IRI behind a ``~``, which no plain name has; so no two nodes ever share a file, not
even where the disk does not tell capitals from small letters.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kg.graph.categories import shipped
from kg.graph.names import AUTHOR, CATEGORY, KINDS, PAPER
from kg.model import EntityType

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 80
"""The most characters of a file's name before its ending."""

_PLAIN = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_UNSAFE = re.compile(r"[^a-z0-9]+")
_READABLE = 40
_ABS = "https://arxiv.org/abs/"
_MACHINES = frozenset({EntityType.ROBOT.value, EntityType.HARDWARE.value})
_SPACES: Mapping[str, str] = MappingProxyType({AUTHOR: "author", EntityType.METRIC.value: "metric"})


def folder(kind: str) -> str:
    """Return the folder of the pages of a kind of node.

    >>> folder("Robot"), folder("")
    ('robot', 'other')
    """
    return kind.lower() if kind in KINDS else "other"


def address(iri: str, kind: str, base: str) -> str:
    """Return the address of a node's page, from the root of the site.

    >>> base = "https://w3id.org/arxiv-kg/id/"
    >>> address(base + "thing/unitree-g1", "Robot", base), address("https://arxiv.org/abs/2512.04231", "Paper", base)
    ('robot/unitree-g1.html', 'paper/2512.04231.html')
    >>> address(base + "thing/c%2B%2B", "Software", base)
    'software/c~97105ddb8639e9ec.html'

    :param kind: the node's kind, one of :data:`kg.graph.names.KINDS`.
    :param base: what the graph's own IRIs begin with.
    """
    return f"{folder(kind)}/{stem(iri, kind, base)}.html"


def stem(iri: str, kind: str, base: str) -> str:
    """Return the name of a node's file without folder and ending; two nodes of one kind never share one."""
    own = iri.startswith(base)
    space, _, slug = iri.removeprefix(base).partition("/") if own else ("", "", iri.removeprefix(_ABS))
    if kind == CATEGORY and slug in shipped():  # no two of arXiv differ in capitals only
        return slug.lower()
    if _natural(kind, space, slug) and _is_plain(slug):
        return slug
    letters = unicodedata.normalize("NFKD", unquote(slug).lower()).encode("ascii", "ignore").decode()
    words = _UNSAFE.sub("-", letters)[:_READABLE].strip("-")
    return f"{words}~{sha256(iri.encode()).hexdigest()[:16]}"


def _is_plain(slug: str) -> bool:
    return len(slug) <= LONGEST and bool(_PLAIN.fullmatch(slug)) and not _RESERVED.fullmatch(slug)


def _natural(kind: str, space: str, slug: str) -> bool:
    """Return whether of all nodes of a kind whose IRIs end in ``slug`` this is the one that is named by it alone."""
    if kind == PAPER:
        return not space
    if kind in _MACHINES:  # one word names a machine only, several a thing
        return space == ("thing" if "-" in slug else "machine")
    return kind != CATEGORY and space == _SPACES.get(kind, "thing")
