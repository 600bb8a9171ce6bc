"""Text of papers as HTML, cut where names begin and end. Offsets count code points of title + line feed + abstract."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from kg.graph.records import PaperResult
from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph.records import PaperClaim, Passage

AROUND = 300
"""How many characters of an overlong sentence stand before the first and after the last of its ends."""


class Mark(NamedTuple):
    """A place that names a thing: the place, the thing's kind, its name, and the way to its page (a plain address)."""

    span: Span
    kind: str
    label: str
    href: str


def marked(text: str, start: int, marks: Iterable[Mark]) -> Markup:
    """Return ``text``, which begins at ``start`` of a paper's text, with every mark in it linked; the words stay as is.

    A mark within another is nested in it; one that overlaps another is cut in two. Where a mark is filled by others, a
    link without words follows inside it.
    """
    end = start + len(text)
    inside = [mark for mark in marks if mark.span.start < end and start < mark.span.end]
    html = _nested(text, start, Span(start, end), [_within(mark, start, end) for mark in inside], None)
    return Markup(html)  # noqa: S704  every word of it was escaped


def _within(mark: Mark, start: int, end: int) -> Mark:
    if start <= mark.span.start and mark.span.end <= end:
        return mark
    return mark._replace(span=Span(max(mark.span.start, start), min(mark.span.end, end)))


def _nested(text: str, start: int, within: Span, marks: list[Mark], owner: Mark | None) -> str:
    """Return the part ``within`` of ``text``; words under no mark of ``marks`` link to ``owner``."""
    parts: list[str] = []
    waiting = sorted(marks, key=lambda mark: (mark.span.start, -mark.span.end, mark.href))
    place, linked = within.start, owner is None
    while waiting:
        mark, *rest = waiting
        if place < mark.span.start:
            parts.append(_words(text[place - start : mark.span.start - start], owner))
            linked = True
        inner = [_within(other, mark.span.start, mark.span.end) for other in rest if other.span.start < mark.span.end]
        waiting = [_within(other, mark.span.end, other.span.end) for other in rest if other.span.end > mark.span.end]
        waiting.sort(key=lambda other: (other.span.start, -other.span.end, other.href))
        words = _nested(text, start, mark.span, inner, mark)
        parts.append(f'<span class="m {mark.kind}" title="{mark.kind}">{words}</span>')
        place = mark.span.end
    if place < within.end:
        parts.append(_words(text[place - start : within.end - start], owner))
    elif not linked and owner is not None:
        parts.append(f'<a class="also" href="{owner.href}" aria-label="{escape(owner.label)}"></a>')
    return "".join(parts)


def _words(words: str, owner: Mark | None) -> str:
    return escape(words) if owner is None else f'<a href="{owner.href}">{escape(words)}</a>'


def quoted(said: PaperClaim | PaperResult) -> Markup:
    """Return the sentences of a claim or result with its ends marked, an ellipsis between two."""
    ends = _ends(said)
    html = " … ".join(_quoted(passage, ends) for passage in said.sentences)
    return Markup(html)  # noqa: S704  every word of it was escaped


def _ends(said: PaperClaim | PaperResult) -> list[tuple[str, Span]]:
    """Return where the ends of a claim or result, and a result's figure, stand, with the class of their marks."""
    if isinstance(said, PaperResult):
        return [*(("s" if end == "subject" else "o", span) for end, span in said.ends), ("v", said.value_span)]
    spans = (("s", said.subject_span), ("o", said.object_span))
    return [(name, span) for name, span in spans if span is not None]


def cut(text: str, start: int, spans: Iterable[Span]) -> list[Span]:
    """Return the pieces of ``text``, which begins at ``start`` of a paper's text, between the bounds of ``spans``.

    >>> cut("A runs on B", 10, [Span(20, 21)])
    [Span(start=10, end=20), Span(start=20, end=21)]
    """
    end = start + len(text)
    bounds = {start, end, *(place for span in spans for place in (span.start, span.end) if start < place < end)}
    return [Span(a, b) for a, b in pairwise(sorted(bounds))]


def _quoted(passage: Passage, ends: list[tuple[str, Span]]) -> str:
    start, text = passage
    inside = [(k, s) for k, s in ends if start <= s.start and s.end <= start + len(text)]
    pieces = cut(text, start, [span for _, span in inside])
    first, last = pieces[0] if pieces else Span(0, 0), pieces[-1] if pieces else Span(0, 0)
    parts = []
    for piece in pieces:
        words = text[piece.start - start : piece.end - start]
        names = " ".join(dict.fromkeys(k for k, s in inside if s.start <= piece.start and piece.end <= s.end))
        if names:
            parts.append(f'<mark class="{names}">{escape(words)}</mark>')
        else:
            parts.append(escape(_shortened(words, at_start=piece is first, at_end=piece is last)))
    return "".join(parts)


def _shortened(words: str, *, at_start: bool, at_end: bool) -> str:
    """Return the unmarked words of a sentence, cut where there are far too many of them.

    >>> _shortened("a" * 1000, at_start=True, at_end=False) == "…" + "a" * 300
    True
    """
    if len(words) <= 2 * AROUND + 1:
        return words
    before = "" if at_start else words[:AROUND]
    after = "" if at_end and not at_start else words[-AROUND:]
    return f"{before}…{after}"
