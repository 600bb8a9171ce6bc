"""What the XML formats share: clean text, tags, the types of a network's attributes, and the file it goes into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO, TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from kg.exporters.presets import MUTUAL, PRESETS, SIMILARITY, WHOLE
from kg.files import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from kg.graph.drawing import Drawn
    from kg.graph.network import Selection
    from kg.graph.store import GraphStore
    from kg.model import NetworkEdge, NetworkNode, Scalar

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Some readers take what XML 1.1 counts as a line end for a line feed; written as references they stay what they are.
_FRAGILE = re.compile("[\r\x7f-\x9f\u2028\u2029]")
_NONE: Mapping[str, object] = MappingProxyType({})


def clean(text: str) -> str:
    r"""Return ``text`` with U+FFFD for every character that XML 1.0 cannot hold, not even escaped.

    Source: https://www.w3.org/TR/xml/#charsets

    >>> clean("a\x00b\n")
    'a\ufffdb\n'
    """
    return _ILLEGAL.sub("\ufffd", text)


class Markup:
    """Writes XML to a text stream, one element a line."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')

    def open(self, tag: str, attributes: Mapping[str, object] = _NONE) -> None:
        """Begin an element."""
        self._stream.write(f"<{tag}{_written(attributes)}>\n")

    def close(self, *tags: str) -> None:
        """End elements, the innermost first."""
        self._stream.writelines(f"</{tag}>\n" for tag in tags)

    def empty(self, tag: str, attributes: Mapping[str, object]) -> None:
        """Write an element without content."""
        self._stream.write(f"<{tag}{_written(attributes)}/>\n")

    def text(self, tag: str, content: object, attributes: Mapping[str, object] = _NONE) -> None:
        """Write an element that holds text."""
        inner = _kept(escape(clean(_plain(content))))
        self._stream.write(f"<{tag}{_written(attributes)}>{inner}</{tag}>\n")


def _written(attributes: Mapping[str, object]) -> str:
    return "".join(f" {name}={_kept(quoteattr(clean(_plain(value))))}" for name, value in attributes.items())


def _kept(escaped: str) -> str:
    return _FRAGILE.sub(lambda match: f"&#{ord(match[0])};", escaped)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def attribute_types(items: Iterable[NetworkNode | NetworkEdge]) -> dict[str, type[Scalar]]:
    """Return the one type of every attribute in ``items``, by name, sorted.

    :raises TypeError: if values of one attribute have different types.
    """
    found: dict[str, type[Scalar]] = {}
    for item in items:
        for name, value in item.attributes.items():
            if found.setdefault(name, type(value)) is not type(value):
                raise TypeError(f"attribute {name!r} is both {found[name].__name__} and {type(value).__name__}")
    return dict(sorted(found.items()))


def direction(found: Drawn) -> str:
    """Return whether the edges of a network lead from one end to the other: ``directed`` or ``undirected``."""
    mutual = len(found.edges) > 0 and all(edge.type in MUTUAL for edge in found.edges)
    return "undirected" if mutual else "directed"


def weight(edge: NetworkEdge) -> float:
    """Return how strong an edge is drawn: by its similarity where it has one, else by the papers that state it."""
    return float(edge.attributes.get(SIMILARITY, edge.attributes["support"]))


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """A network as one XML file.

    :param body: writes a network as the format has it.
    :param preset: which network, by a name of :data:`kg.exporters.presets.PRESETS`.
    """

    suffix: str
    body: Callable[[Markup, Drawn], None]
    preset: str = WHOLE

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write the network; see :class:`kg.exporters.Exporter`."""
        found = PRESETS[self.preset](store, selection)
        with writing(target) as stream:
            self.body(Markup(stream), found)
        return (target,)
