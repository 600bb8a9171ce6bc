"""Keys: what makes two names the same node, and how a name is written in an IRI.

A name's *normal form* decides identity: TeX resolved, Unicode folded (NFKC, case), dashes and white space one space,
plural ``-s`` dropped. Its *slug* writes the normal form into an IRI so that different normal forms never meet.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote, unquote

from kg.resolution.tex import readable

LONGEST_SLUG = 160
"""Characters a slug may have; beyond them it is cut and ends in a digest of the whole normal form."""

_DASHES = re.compile(r"[\s_\u2010-\u2015\u2212\uFE58\uFE63\uFF0D-]+")
_PLURAL = re.compile(r"(?:(?<=ss|sh|.x)|(?<=[tnr]ch))es(?!\w)|(?<=[^\W_]{3})(?<!s)(?<!ou)(?<!si)s(?!\w)")
_QUOTES = str.maketrans("‘’ʼ′“”", "''''\"\"")


def _fold(text: str) -> str:
    """Fold what Unicode calls compatible and drop what cannot be seen; applying it twice changes nothing more."""
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    well_formed = visible.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", well_formed).casefold())


@lru_cache(maxsize=1 << 16)
def normal_form(name: str) -> str:
    """Return what two names of one entity have in common; names of different things keep their difference.

    >>> normal_form("Vision-Language  Models") == normal_form("vision language model")
    True
    >>> [normal_form(n) for n in ("C++", "C#", "C", "GPT-3.5", "GPT 3 5", "π₀", "TCP/IP")]
    ['c++', 'c#', 'c', 'gpt 3.5', 'gpt 3 5', 'π0', 'tcp/ip']
    """
    folded = _fold(readable(name)).translate(_QUOTES)
    return _PLURAL.sub("", _DASHES.sub(" ", folded).strip()) or folded.strip()


def slug(normal: str) -> str:
    """Return ``normal`` as one readable segment of an IRI: spaces as hyphens, the rest percent-encoded where needed.

    Different texts have different slugs. ``~`` is never taken from the text: it marks a slug that is no plain text
    (nothing at all, dots that a path would swallow, or a text cut to :data:`LONGEST_SLUG` with its digest).

    >>> slug("unitree g1"), slug("c++"), slug("a-b"), slug(".."), slug("")
    ('unitree-g1', 'c%2B%2B', 'a%2Db', '~..', '~')
    """
    if not normal.strip("."):
        return f"~{normal}" if len(normal) < LONGEST_SLUG else f"~{_digest(normal)}"
    written = quote(normal, safe=" ").replace("-", "%2D").replace("~", "%7E").replace(" ", "-")
    if len(written) <= LONGEST_SLUG:
        return written
    head = re.sub(r"%.?$", "", written[: LONGEST_SLUG - 17])
    return f"{head}~{_digest(normal)}"


def unslug(written: str) -> str | None:
    """Return the text that :func:`slug` wrote, ``None`` for a slug that is no plain text.

    >>> unslug(slug("c++ a-b")), unslug(slug("x" * 500))
    ('c++ a-b', None)
    """
    return None if "~" in written else unquote(written.replace("-", " "))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


@lru_cache(maxsize=1 << 18)
def author_key(name: str) -> str:
    r"""Return the key of an author: case, white space, dots and hyphens folded, TeX accents resolved, letters kept.

    >>> author_key("Ada  Lovelace"), author_key("A. Lovelace") == author_key("A.Lovelace")
    ('author/ada-lovelace', True)
    >>> author_key(r"Paul Erd\H{o}s") == author_key("Paul Erdős") != author_key("Paul Erdos")
    True
    """
    folded = _fold(readable(name)).translate(_QUOTES)
    return f"author/{slug(_DASHES.sub(' ', folded.replace('.', ' ')).strip() or folded.strip())}"
