"""Which names can be a variant of another thing, or narrower than it: from the spelling of their keys alone.

``Qwen2.5-VL-7B`` can be a variant of ``Qwen2.5-VL``, of ``Qwen2.5``, of ``Qwen``; *3D object detection* can be narrower
than *object detection*. Whether it is, depends on what else the graph holds: see :mod:`kg.graph.kin`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.resolution.keys import slug, unslug

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIZE = re.compile(r"\d+(?:\.\d+)?[bmk]|v?\d+(?:\.\d+)*")
_VERSION = re.compile(r"(?P<name>.*[^\W\d].*?)v?\d+(?:\.\d+)*[a-z]{0,2}")
_LETTER = re.compile(r"(?P<name>.*\d)[a-z]")
_WORDS = frozenset(
    {
        "a",
        "base",
        "c",
        "chat",
        "coder",
        "easy",
        "fast",
        "flash",
        "full",
        "hard",
        "huge",
        "instruct",
        "large",
        "lite",
        "long",
        "max",
        "medium",
        "mini",
        "nano",
        "plus",
        "preview",
        "pro",
        "r",
        "small",
        "sketch",
        "tiny",
        "turbo",
        "ultra",
        "v",
        "verified",
        "vl",
        "xl",
        "xxl",
    }
)
"""Words behind a name that tell editions of a thing apart."""
_SHORTEST, _FEWEST = 2, 2


def originals(key: str) -> tuple[str, ...]:
    """Return the keys of what a thing can be a variant of: another version, size or edition; the nearest first.

    >>> originals("thing/qwen2.5-vl-7b")
    ('thing/qwen2.5-vl', 'thing/qwen2.5', 'thing/qwen')
    >>> originals("thing/gpt4o"), originals("thing/math500"), originals("thing/imagenet-c"), originals("thing/g1")
    (('thing/gpt4', 'thing/gpt'), ('thing/math',), ('thing/imagenet',), ())
    """
    space, _, rest = key.partition("/")
    found = dict.fromkeys(_shorter(unslug(rest) or ""))
    return tuple(f"{space}/{slug(text)}" for text in found if sum(map(str.isalpha, text)) >= _SHORTEST)


def stem(key: str) -> tuple[str, ...]:
    """Return the key of what a thing can be an edition of whose name is one word with a hyphen; none for one word.

    >>> stem("thing/openvla-oft")
    ('thing/openvla',)
    """
    space, _, rest = key.partition("/")
    words = (unslug(rest) or "").split()
    return (f"{space}/{slug(' '.join(words[:-1]))}",) if len(words) > 1 else ()


def _shorter(text: str) -> Iterator[str]:
    """Yield a name without its last mark of a version or size, then without the one before, and so on."""
    words = text.split()
    if not words:
        return
    last = words[-1]
    if len(words) > 1 and (_SIZE.fullmatch(last) or last in _WORDS):
        less = " ".join(words[:-1])
    elif match := _LETTER.fullmatch(last) or _VERSION.fullmatch(last):
        less = " ".join([*words[:-1], match["name"].rstrip(".")])
    else:
        return
    yield less
    yield from _shorter(less)


def wider(key: str) -> tuple[str, ...]:
    """Return the keys of what a thing can be narrower than: its name without its first words, the nearest first.

    >>> wider("thing/monocular-3d-object-detection")
    ('thing/3d-object-detection', 'thing/object-detection')
    """
    space, _, rest = key.partition("/")
    words = (unslug(rest) or "").split()
    return tuple(f"{space}/{slug(' '.join(words[i:]))}" for i in range(1, len(words) - _FEWEST + 1))
