"""Self-training: a trained model labels abstracts that nobody did, for a first pass before the annotators' labels.

D. Yarowsky: Unsupervised word sense disambiguation rivaling supervised methods. ACL 1995; Q. Xie et al.: Self-training
with noisy student improves ImageNet classification. CVPR 2020: the student sees more text than its teacher was taught
on, and dropout that the teacher did without.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from kg.model import Extraction, Paper
from kg.nlp.records import to_extraction
from kg.training.data import Labelled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from spacy.language import Language


def drawn(texts: Iterable[str], known: Collection[str], count: int, seed: int) -> list[str]:
    """Return ``count`` texts that are none of ``known``, drawn at random."""
    seen = set(known)
    others = [text for text in texts if text not in seen]
    return random.Random(seed).sample(others, min(count, len(others)))  # noqa: S311 # no secret


def silver(teacher: Language, texts: Sequence[str]) -> Iterator[Labelled]:
    """Yield each text as a paper with what ``teacher`` reads from it, as if annotated, where it reads entities."""
    for number, (text, doc) in enumerate(zip(texts, teacher.pipe(texts), strict=True)):
        title, _, abstract = text.partition("\n")
        paper = Paper(f"silver.{number}", title, abstract)
        line = to_extraction(doc, paper.id, "").to_gold()
        if line["e"] and paper.text == text:
            yield Labelled(paper, line, Extraction.from_gold(line, text))
