"""Which stretches of text do not assert what they say: negated and hedged ones.

The idea is NegEx's and ConText's: a cue word opens a scope that reaches to the end of its clause. W. W. Chapman et al.:
A simple algorithm for identifying negated findings and diseases in discharge summaries. J. Biomed. Inform. 34 (2001);
H. Harkema et al.: ConText. J. Biomed. Inform. 42 (2009).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spacy.language import Language

from kg.model import Certainty
from kg.nlp.reading import sentences_of, text_of
from kg.nlp.rows import CueRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Doc

_NEGATED = (
    r"does not|do not|did not|is not|are not|was not|were not|cannot|can not|could not|has not|have not|need not|"
    r"without|no longer|fails? to|failed to|failing to|rather than|instead of|in the absence of|"
    r"eliminat(?:es|ing) the need for|avoid(?:s|ing)? the need for|neither|nor|never|unable to|"
    r"not requir(?:e|es|ing)|no need for|free of|unlike"
)
_HEDGED = (
    r"may|might|could|would|potentially|possibly|presumably|perhaps|likely to|appears? to|seems? to|"
    r"suggest(?:s|ing)? that|promis(?:e|es|ing) to|hypothesi[sz]e[sd]?|we expect|is expected to|are expected to|"
    r"future work|in the future|has the potential to|have the potential to|should be able to|can potentially"
)
_NOT_MEANT = r"(?!\s+(?:only|just|merely|solely|loss\s+of\s+generality))"
_CUE = re.compile(rf"\b(?:(?P<negated>{_NEGATED})|(?P<hedged>{_HEDGED}))\b{_NOT_MEANT}", re.IGNORECASE)
_SCOPE_END = re.compile(
    r"[,;:.!?](?=\s|$)|\s[-–—]+\s|\b(?:but|while|whereas|however|although|yet|and (?:then|achieves|outperforms))\b",
    re.IGNORECASE,
)
_LONGEST_SCOPE = 200


def scopes(sentence: str, base: int = 0) -> Iterator[CueRow]:
    """Yield what each cue of a sentence covers: from the cue to the end of its clause.

    >>> [(row["cue"], row["certainty"]) for row in scopes("It does not need labels, but may use a simulator.")]
    [('does not', 'negated'), ('may', 'hedged')]
    """
    for match in _CUE.finditer(sentence):
        longest = min(len(sentence), match.end() + _LONGEST_SCOPE)
        stop = _SCOPE_END.search(sentence, match.end(), longest)
        end = stop.start() if stop else longest
        certainty = Certainty.NEGATED if match["negated"] else Certainty.HEDGED
        yield CueRow(cue=match.group().lower(), start=base + match.start(), end=base + end, certainty=certainty.value)


def certainty_of(rows: list[CueRow], evidence: list[list[int]], *ends: list[int]) -> Certainty:
    """Return how the text puts a statement: what the cues say that cover one of its ``ends``, negation first.

    A cue counts when its scope holds an end and begins within the evidence.
    """
    seen = {
        row["certainty"]
        for row in rows
        if any(start <= row["start"] < end for start, end in evidence)
        and any(row["start"] <= start and end <= row["end"] for start, end in ends)
    }
    for certainty in (Certainty.NEGATED, Certainty.HEDGED):
        if certainty.value in seen:
            return certainty
    return Certainty.ASSERTED


class CertaintyMarker:
    """Leave the scopes of hedges and negations in ``doc._.kg_cues``."""

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with its cues."""
        text = text_of(doc)
        doc._.kg_cues = [row for start, end in sentences_of(doc) for row in scopes(text[start:end], start)]
        return doc


@Language.factory("kg_certainty", requires=["doc.sents"], assigns=["doc._.kg_cues"])
def create_certainty(nlp: Language, name: str) -> CertaintyMarker:
    """Return the component that marks hedges and negations."""
    del nlp, name  # the factory's signature is spaCy's
    return CertaintyMarker()
