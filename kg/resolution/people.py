"""When two names of authors may be one person's.

What is compared is a name's parts without accents, dots and hyphens: *J. Müller*, *Jürgen Mueller* and *Muller, J.* can
be one person. That they are takes more than the names: see :mod:`kg.graph.people`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ø": "o", "å": "a", "æ": "ae", "ß": "ss", "ł": "l", "đ": "d"})
_WRITTEN_OUT = re.compile(r"(?<=[bcdfghjklmnpqrstvwxz])([aou])e(?=[bcdfghjklmnpqrstvwxz])")
_SPLIT = re.compile(r"[\s.\-'’·,]+")


@lru_cache(maxsize=1 << 18)
def parts(name: str) -> tuple[str, ...]:
    """Return the parts of a name in the order it is written, in plain letters.

    >>> parts("Jürgen A. Müller-Lüdenscheidt")
    ('jurgen', 'a', 'muller', 'ludenscheidt')
    """
    lower = unicodedata.normalize("NFC", name).casefold().translate(_UMLAUTS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
    return tuple(part for part in _SPLIT.split(plain) if part)


@lru_cache(maxsize=1 << 18)
def blocks(name: str) -> tuple[str, ...]:
    """Return the keys under which all names are found that can be one person's with ``name``.

    >>> blocks("Wei Li") == ("li w", "wei l"), set(blocks("Wei Li")) & set(blocks("Li Wei")) != set()
    (True, True)
    >>> set(blocks("J. Müller")) & set(blocks("Jürgen Mueller"))
    {'muller j'}
    """
    found = parts(name)
    if len(found) < 2:  # noqa: PLR2004 # one word is all the name there is
        return ()
    keys = [f"{_short(found[-1])} {found[0][0]}"]
    if len(found) == 2 and min(map(len, found)) > 1:  # noqa: PLR2004 # given name and family name can change places
        keys.append(f"{_short(found[0])} {found[1][0]}")
    return tuple(keys)


def alike(one: str, two: str) -> str | None:
    """Return why two names may be one person's, ``None`` if they cannot.

    >>> alike("J. Müller", "Jürgen Mueller"), alike("Wei Li", "Li Wei"), alike("Paul Erdős", "Paul Erdos")
    ('initials', 'order of names', 'spelling')
    >>> alike("John Smith", "John A. Smith"), alike("John Smith", "Jane Smith"), alike("J. B. Smith", "J. A. Smith")
    ('middle name', None, None)
    """
    ours, theirs = _shortened(one), _shortened(two)
    if len(ours) < 2 or len(theirs) < 2:  # noqa: PLR2004
        return None
    if "".join(ours) == "".join(theirs):
        return "spelling"
    if len(ours) == 2 and ours == theirs[::-1]:  # noqa: PLR2004
        return "order of names"
    if ours[-1] != theirs[-1]:
        return None
    return _given(ours[:-1], theirs[:-1])


def _given(ours: tuple[str, ...], theirs: tuple[str, ...]) -> str | None:
    """Return why two lists of given names may be one person's."""
    pairs = list(zip(ours, theirs, strict=False))
    if any(a != b and not (_initial(a, b) and a[0] == b[0]) for a, b in pairs):
        return None
    return "initials" if any(a != b for a, b in pairs) else "middle name"


def fullness(name: str) -> tuple[int, int, int, int]:
    """Return how much a name says, to compare: parts that are no initials, parts, accents, characters.

    >>> max(["J. Smith", "John Smith", "J. B. Smith"], key=fullness), max(["Mueller", "Müller"], key=fullness)
    ('John Smith', 'Müller')
    """
    found = parts(name)
    return sum(len(part) > 1 for part in found), len(found), sum(not c.isascii() for c in name), len(name)


def initials_only(name: str) -> bool:
    """Return whether a name has no given name but initials.

    >>> initials_only("J. B. Smith"), initials_only("Jo Smith"), initials_only("Plato")
    (True, False, False)
    """
    found = parts(name)
    return len(found) > 1 and all(len(part) == 1 for part in found[:-1])


def _initial(one: str, two: str) -> bool:
    return len(one) == 1 or len(two) == 1


@lru_cache(maxsize=1 << 18)
def _shortened(name: str) -> tuple[str, ...]:
    return tuple(map(_short, parts(name)))


def _short(part: str) -> str:
    """Return a part with *ue* for *ü* written as *u*, as :func:`parts` writes *ü*."""
    return _WRITTEN_OUT.sub(r"\1", part)
