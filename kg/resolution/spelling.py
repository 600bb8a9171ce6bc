"""One spelling for the spellings of a name, rule by rule, so that each merge can say why.

On top of :func:`kg.resolution.keys.normal_form` (TeX, case, dashes, plural *-s*): words broken by a line end, British
endings, *multi-modal* and *multimodal*, *GPT-4* and *GPT4*, *computational* and *computation*, *LLM-based agent* and
*LLM agent*, articles, nouns that add nothing (*… technique*) and words that only praise or date (*state-of-the-art
…*).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.model import EntityType
from kg.resolution.keys import normal_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BROKEN = re.compile(r"(?<=[a-z])- (?=[a-z])")
_PREFIXES = ("multi", "pre", "non")
_VERSION = re.compile(r"\d+(\.\d+)*[a-ce-z]?")  # *GPT 4*, *GPT4*; but not *semantic 3D map*
_BRITISH = re.compile(r"(?<=[a-z]{3})is(?=(?:ation|ing|ed|er)$)")
_BRITISH_WORDS = {
    "optimise": "optimize",
    "generalise": "generalize",
    "modelling": "modeling",
    "labelled": "labeled",
    "labelling": "labeling",
    "behaviour": "behavior",
    "colour": "color",
    "grey": "gray",
}
_NO_BRITISH = ("precis", "revis", "superv", "advis", "exerc", "prom", "compr", "ra", "no", "televis")
_ALIKE = {"robotic": "robot", "visual": "vision"}
_LITTLE = ("a", "an", "and", "the", "with")
_HEADS = ("algorithm", "approach", "approache", "framework", "mechanism", "method", "scheme", "strategy", "technique")
_DATA = (EntityType.DATASET, EntityType.BENCHMARK)
_DATA_HEADS = ("benchmark", "data", "dataset", "set", "suite")
_NEUTRAL = (
    "large scale",
    "state of art",
    "pretrained",
    "existing",
    "conventional",
    "traditional",
    "standard",
    "modern",
    "recent",
    "current",
)
_GENERIC = frozenset(
    {"approach", "architecture", "baseline", "benchmark", "data", "dataset", "framework", "method", "model", "network"}
)
"""What no name is when it stands alone: a *pretrained model* is not every model."""
_MODIFIERS = frozenset(
    {"agnostic", "aware", "centric", "driven", "end", "free", "hoc", "play", "shot", "stage", "supervised", "time"}
)
"""Last words of what says how a thing is and not what it is: a *training-free method* is not *training-free*."""
_DESCRIBES = frozenset(
    {
        "audio",
        "clinical",
        "custom",
        "evaluation",
        "image",
        "internal",
        "language",
        "medical",
        "multimodal",
        "open",
        "public",
        "real",
        "reasoning",
        "retrieval",
        "segmentation",
        "sensor",
        "simulated",
        "speech",
        "synthetic",
        "test",
        "text",
        "training",
        "validation",
        "video",
        "vision",
        "visual",
    }
)
"""Words that say what kind of data there is, also where a sentence begins with them."""
_COUNTED = "number of "
_FEWEST = 2
"""Words that must be left where a word is taken away from the end."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name in its one spelling, and the rules that changed it beyond :func:`kg.resolution.keys.normal_form`."""

    text: str
    rules: tuple[str, ...] = ()


def spelled(name: str, kind: EntityType = EntityType.METHOD) -> Spelling:
    """Return the one spelling of ``name``, a thing of type ``kind``.

    >>> spelled("Multi-Modal Optimisation Techniques").text == spelled("multimodal optimization").text
    True
    >>> spelled("state-of-the-art LLM-based agents")
    Spelling(text='llm agent', rules=('article', 'based', 'qualifier'))
    """
    text = normal_form(_BROKEN.sub("", name))
    used = []
    for rule, change in _RULES:
        if rule == "head" and kind in _DATA and not _is_proper(name):
            continue
        changed = change(text, kind)
        if changed and changed != text:
            text = changed
            used.append(rule)
    return Spelling(text, tuple(used))


def neutral(words: str) -> bool:
    """Return whether ``words`` say nothing of what a thing is.

    >>> neutral("large scale pretrained"), neutral("medical")
    (True, False)
    """
    return not _without_neutral(f"{words} x").removesuffix("x").strip()


def _words(change: Callable[[str], str]) -> Callable[[str, EntityType], str]:
    return lambda text, _: " ".join(change(word) for word in text.split())


def _american(word: str) -> str:
    if word.startswith(_NO_BRITISH):
        return word
    return _BRITISH_WORDS.get(word) or _BRITISH.sub("iz", word)


def _singular(word: str) -> str:
    return f"{word[:-2]}y" if re.fullmatch(r"\w{2,}[^aeiouv\W]ie", word) else word


def _noun(word: str) -> str:
    return _ALIKE.get(word) or (word[:-2] if word.endswith("tional") else word)


def _joined(text: str, _: EntityType) -> str:
    made: list[str] = []
    for word in text.split():
        if made and (made[-1] in _PREFIXES or (made[-1].isalpha() and _VERSION.fullmatch(word))):
            made[-1] += word
        else:
            made.append(word)
    return " ".join(made)


def _without_little(text: str, _: EntityType) -> str:
    return " ".join(word for word in text.split() if word not in _LITTLE)


def _without_based(text: str, _: EntityType) -> str:
    return re.sub(r"(?<=\w) based (?=\w)", " ", text)


def _without_head(text: str, kind: EntityType) -> str:
    words = text.split()
    if kind in _DATA:
        left = " ".join(_cut(words, _DATA_HEADS, 1))
        named = " " not in left or re.search(r"\d", left)
        return left if named else text  # *hand-object interaction data* is not the task
    cut = list(_cut(words, _HEADS, _FEWEST))
    return text if cut and cut[-1] in _MODIFIERS else " ".join(cut)


def _is_proper(name: str) -> bool:
    """Return whether a name of data is one and no description: it has a digit, a capital inside, or before *data*.

    >>> [_is_proper(name) for name in ("ImageNet dataset", "Cityscapes dataset", "Synthetic Data", "image data")]
    [True, True, False, False]
    """
    first, _, rest = name.partition(" ")
    if normal_form(first) in _DESCRIBES:
        return False
    return any(map(str.isdigit, name)) or any(map(str.isupper, first[1:])) or (first[:1].isupper() and rest.islower())


def _cut(words: list[str], heads: tuple[str, ...], fewest: int) -> Iterator[str]:
    end = len(words)
    while end > fewest and words[end - 1] in heads:
        end -= 1
    yield from words[:end]


def _without_neutral(text: str, _: EntityType = EntityType.METHOD) -> str:
    while True:
        front = next((words for words in _NEUTRAL if text.startswith(f"{words} ")), None)
        if front is None:
            return text
        if text[len(front) + 1 :] in _GENERIC:
            return text
        text = text[len(front) + 1 :]


def _uncounted(text: str, kind: EntityType) -> str:
    return text.removeprefix(_COUNTED) if kind is EntityType.METRIC else text


_RULES: tuple[tuple[str, Callable[[str, EntityType], str]], ...] = (
    ("spelling", _words(_american)),
    ("plural", _words(_singular)),
    ("word form", _words(_noun)),
    ("compound", _joined),
    ("article", _without_little),
    ("based", _without_based),
    ("qualifier", _without_neutral),
    ("count", _uncounted),
    ("head", _without_head),
)
