"""What pages are put together from: links to nodes, quoted sentences with their ends marked, marked text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup, escape

from kg.model import Span
from kg.views.site.writing import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.graph.records import PaperClaim, PaperResult, Passage
    from kg.views.site.library import Library

LONGEST_LABEL = 200
"""The most characters of a name in a link; all of it stands on the thing's own page."""
AROUND = 300
"""How many characters of a long sentence stand before the first and after the last of its ends."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a site: what it links to is found from where it lies.

    :param address: the page's, from the root of the site.
    """

    library: Library
    address: str

    def href(self, iri: str) -> str:
        """Return the way from this page to the page of a node."""
        return Place(self.address).root + quote(self.library.address(iri))

    def link(self, iri: str) -> Markup:
        """Return a link to a node with its kind's shape before its name; the bare name where it has no page."""
        node = self.library.nodes.get(iri)
        if node is None:
            return escape(shorter(iri))
        return Markup('<a class="k {}" href="{}">{}</a>').format(node.kind, self.href(iri), shorter(node.label))

    def evidence(self, said: PaperClaim | PaperResult) -> Markup:
        """Return the sentences of a claim or result with its ends marked, an ellipsis between two."""
        return Markup(" … ").join(_quoted(passage, ends_of(said)) for passage in said.sentences)


def shorter(label: str) -> str:
    """Return a name as links show it.

    >>> shorter("x" * 300)[-3:], len(shorter("x" * 300)), shorter("OpenVLA")
    ('xx…', 200, 'OpenVLA')
    """
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


def ends_of(said: PaperClaim | PaperResult) -> Mapping[str, Span]:
    """Return where the ends of a claim, or the figure of a result, stand, by the class of their marks."""
    spans = (
        ("s", getattr(said, "subject_span", None)),
        ("o", getattr(said, "object_span", None)),
        ("v", getattr(said, "value_span", None)),
    )
    return {name: span for name, span in spans if span is not None}


def cut(text: str, start: int, spans: Iterable[Span]) -> list[Span]:
    """Return the pieces of ``text``, which begins at ``start`` of a paper's text, between the bounds of ``spans``.

    >>> cut("A runs on B", 10, [Span(20, 21)])
    [Span(start=10, end=20), Span(start=20, end=21)]
    """
    end = start + len(text)
    bounds = {start, end, *(place for span in spans for place in (span.start, span.end) if start < place < end)}
    return [Span(a, b) for a, b in pairwise(sorted(bounds))]


def _quoted(passage: Passage, ends: Mapping[str, Span]) -> Markup:
    start, text = passage
    inside = {k: s for k, s in ends.items() if start <= s.start and s.end <= start + len(text)}
    parts = []
    for piece in cut(text, start, inside.values()):
        names = " ".join(k for k, s in inside.items() if s.start <= piece.start and piece.end <= s.end)
        words = text[piece.start - start : piece.end - start]
        parts.append(Markup('<mark class="{}">{}</mark>').format(names, words) if names else escape(words))
    return Markup("").join(parts)
