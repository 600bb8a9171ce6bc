"""What surrounds a span of a text: its sentence, and whether the text asserts it."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING

import spacy

from kg.model import Certainty, Span
from kg.nlp.certainty import certainty_of, scopes
from kg.nlp.reading import sentences_of

if TYPE_CHECKING:
    from spacy.language import Language


@cache
def _rules() -> Language:
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "kg.NameTokenizer.v1"}}})
    nlp.add_pipe("kg_sentences")
    return nlp


class Context:
    """The sentences of a text and what they hedge or negate, by the rules of the shipped extractor."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sentences = [Span(*chars) for chars in sentences_of(_rules()(text))]
        self._starts = [sentence.start for sentence in self.sentences]
        self._cues = [row for s in self.sentences for row in scopes(text[s.start : s.end], s.start)]

    def sentence(self, at: int) -> Span:
        """Return the sentence that holds the character ``at``."""
        return self.sentences[max(0, bisect_right(self._starts, at) - 1)]

    def evidence(self, *spans: Span) -> tuple[Span, ...]:
        """Return the sentences that ``spans`` begin in, in order, each stretched to hold them to their ends."""
        found: dict[int, int] = {}
        for span in sorted(spans):
            sentence = self.sentence(span.start)
            found[sentence.start] = max(found.get(sentence.start, sentence.end), span.end)
        return tuple(Span(*chars) for chars in sorted(found.items()))

    def certainty(self, evidence: tuple[Span, ...], *ends: Span) -> Certainty:
        """Return how the text puts a statement that stands at ``ends``."""
        chars = ([span.start, span.end] for span in ends)
        return certainty_of(self._cues, [[span.start, span.end] for span in evidence], *chars)
