"""Mentions of entities: every stretch of up to twenty words gets a probability for each type.

The score of a stretch is biaffine in its first and its last word (J. Yu, B. Bohnet, M. Poesio: Named entity recognition
as dependency parsing. ACL 2020). The likeliest stretches are taken first; one that cuts across a taken one is dropped,
one that lies inside a taken one has to be surer. An address, or half of a bracket, is no name. What the curated
vocabularies name, and no mention covers, is one unless the model is all but sure that it is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from kg.model import EntityType
from kg.nlp.rows import MENTIONS
from kg.nlp.weights import Floats, WeightedComponent, softmax

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Labelled = tuple[int, int, str, float]
"""First token, token after the last, type, probability."""

TYPES = tuple(kind.value for kind in EntityType)
WIDEST = 20
"""Words of the longest mention that can be found."""
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))
_LONGEST_KNOWN = 8
"""Words of the longest curated name that is looked for."""
_MOST = 2000
"""Stretches that are looked at in one text, so that time stays bounded."""


def decode(chances: Floats, words: Sequence[str], *, least: float, inside: float) -> list[Labelled]:
    """Return the mentions of a text, in order.

    :param chances: token × width − 1 × type.
    :param words: the tokens.
    :param least: least probability of a mention; ``inside``: of one that lies inside another.
    """
    best = chances.max(axis=2)
    firsts, widths = np.nonzero(best >= least)
    order = np.lexsort((firsts, -best[firsts, widths]))[:_MOST]
    kept: list[tuple[int, int]] = []
    found: list[Labelled] = []
    for first, width in zip(firsts[order].tolist(), widths[order].tolist(), strict=True):
        start, end, score = first, first + width + 1, float(best[first, width])
        over = [(a, b) for a, b in kept if a < end and start < b]
        if over and (score < inside or any(not (a <= start and end <= b) for a, b in over)):
            continue
        if not _is_whole("".join(words[start:end])):
            continue
        kept.append((start, end))
        found.append((start, end, TYPES[int(chances[first, width].argmax())], score))
    return sorted(found)


def _is_whole(text: str) -> bool:
    """Return whether every bracket that opens is closed, and every formula ends.

    >>> _is_whole("P(True)"), _is_whole("P(True"), _is_whole("$A^3")
    (True, False, False)
    """
    return all(text.count(one) == text.count(other) for one, other in _BRACKETS) and text.count("$") % 2 == 0


def known(
    doc: Doc,
    chances: Floats,
    rows: Sequence[Labelled],
    names: Mapping[str, str],
    least: float,
    certain: Mapping[str, float],
) -> Iterator[Labelled]:
    """Yield the curated names in a text that no mention covers, in order; of two that overlap the first, the longest.

    :param chances: as in :func:`decode`; ``rows``: the mentions.
    :param names: the type of each curated name; ``least``: the least probability of that type.
    :param certain: the types whose names count whatever the model thinks, and the share of such that is right: what it
        scores there is no probability.
    """
    taken = {number for start, end, *_ in rows for number in range(start, end)}
    text, ends = doc.text, [token.idx + len(token) for token in doc]
    for first, token in enumerate(doc):
        for end in range(min(first + _LONGEST_KNOWN, len(doc)), first, -1):
            kind = names.get(text[token.idx : ends[end - 1]])
            if kind is None or not taken.isdisjoint(range(first, end)):
                continue
            score = max(float(chances[first, end - first - 1, TYPES.index(kind)]), certain.get(kind, 0.0))
            if score >= least:
                taken.update(range(first, end))
                yield first, end, kind, score
                break


class MentionFinder(WeightedComponent):
    """Leave the mentions of a document in ``doc.spans["kg_mentions"]``."""

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with its mentions."""
        rows: Iterable[Labelled] = ()
        if self.weights and len(doc):
            settings = self.weights.settings
            words = [token.text for token in doc]
            chances = self.chances(doc)
            found = decode(chances, words, least=settings["least"], inside=settings["inside"])
            names, least = settings.get("known", {}), settings.get("known_least", 1.0)
            rows = sorted([*found, *known(doc, chances, found, names, least, settings.get("certain", {}))])
        spans = [Span(doc, start, end, label=kind) for start, end, kind, _ in rows]
        group = SpanGroup(doc, name=MENTIONS, spans=spans)
        group.attrs["scores"] = [round(score, 4) for *_, score in rows]
        doc.spans[MENTIONS] = group
        return doc

    def chances(self, doc: Doc) -> Floats:
        """Return the probability that a mention begins at a token, is so wide, and has a type: token × width × type."""
        words: Floats = doc.tensor  # type: ignore[assignment]  # the stub names thinc's array type
        scores = self._scores(words)
        # Stretches that would reach beyond the text, or hold white space (the title's end) or an address, name nothing.
        barred = np.array([token.is_space or "://" in token.text for token in doc] + [True] * (WIDEST - 1))
        scores[np.cumsum(sliding_window_view(barred, WIDEST), axis=1) > 0] = -np.inf
        nothing = np.zeros((*scores.shape[:2], 1), dtype=np.float32)
        return softmax(np.concatenate([nothing, scores], axis=2))[:, :, 1:]

    def _scores(self, words: Floats) -> Floats:
        weights = self.weights
        first, last = weights.linear("start", words), weights.linear("end", words)
        turned = (first @ weights["U"]).reshape(len(words), len(TYPES), -1)
        alone = weights.linear("ue", words)
        widened = np.concatenate([last, alone], axis=1)
        padded = np.concatenate([widened, np.zeros((WIDEST - 1, widened.shape[1]), dtype=np.float32)])
        windows = sliding_window_view(padded, WIDEST, axis=0)  # token × feature × width
        size = last.shape[1]
        scores: Floats = np.matmul(turned, windows[:, :size]) + windows[:, size:]
        return scores.transpose(0, 2, 1) + weights.linear("us", words)[:, None] + weights["width.weight"][None]


@Language.factory("kg_mentions", requires=["doc.tensor"], assigns=["doc.spans"])
def create_mentions(nlp: Language, name: str) -> MentionFinder:
    """Return the trainable component that finds mentions."""
    del nlp, name  # the factory's signature is spaCy's
    return MentionFinder()
