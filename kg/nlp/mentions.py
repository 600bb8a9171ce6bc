"""Mentions of entities: spaCy's tagger over BILUO labels, decoded so that only whole mentions come out.

Every token gets a probability for each of *begins*, *is inside*, *ends*, *is the whole of* a mention of a type, and
*outside*. Decoding takes the most probable sequence in which every mention that begins also ends with the same type
(Viterbi), so no label is wasted on a broken span, and every mention has a probability.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IS_SPACE
from spacy.language import Language
from spacy.pipeline.tagger import Tagger
from spacy.tokens import Doc, Span, SpanGroup

from kg.model import EntityType
from kg.nlp.rows import MENTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from thinc.api import Model

Floats = NDArray[np.float32]
Labelled = tuple[int, int, str, float]
"""First token, token after the last, type, probability."""

TYPES = tuple(kind.value for kind in EntityType)
LABELS = ("O", *(f"{prefix}-{kind}" for prefix in "BILU" for kind in TYPES))
"""The order that decoding relies on: outside, then begins, inside, last and unit of every type."""
_N = len(TYPES)
_B, _I, _L, _U = (slice(1 + k * _N, 1 + (k + 1) * _N) for k in range(4))
_SMALL = 1e-9
_OUTSIDE = np.eye(1, len(LABELS), dtype=np.float32)
_PADDING = -1e4
_TOGETHER = 32
"""Texts decoded at once: one step of Viterbi then costs little more than for one text."""


def biluo(length: int, spans: Iterable[tuple[int, int, str]]) -> list[str]:
    """Return the label of each of ``length`` tokens for spans that do not overlap.

    >>> biluo(4, [(1, 3, "Task"), (3, 4, "Robot")])
    ['O', 'B-Task', 'L-Task', 'U-Robot']
    """
    labels = ["O"] * length
    for start, end, kind in spans:
        labels[start:end] = [f"I-{kind}"] * (end - start)
        labels[start] = f"B-{kind}"
        labels[end - 1] = f"L-{kind}" if end - start > 1 else f"U-{kind}"
    return labels


def decode(batch: Sequence[Floats], bias: float = 0.0) -> list[list[Labelled]]:
    """Return for each text the mentions of its most probable well-formed sequence of labels.

    :param batch: probabilities, one row a token, one column for each of :data:`LABELS`.
    :param bias: added to the log-probability of *outside*; below 0 more mentions come out.
    """
    found: list[list[Labelled]] = []
    for start in range(0, len(batch), _TOGETHER):
        found.extend(_decode(batch[start : start + _TOGETHER], bias))
    return found


def _decode(batch: Sequence[Floats], bias: float) -> list[list[Labelled]]:
    longest = max(map(len, batch))
    if not longest:
        return [[] for _ in batch]
    logs = np.full((longest, len(batch), len(LABELS)), _PADDING, dtype=np.float32)
    logs[:, :, 0] = 0.0  # after its end a text is outside
    for index, scores in enumerate(batch):
        logs[: len(scores), index] = np.log(scores + _SMALL)
        logs[: len(scores), index, 0] += bias
    paths = _best_paths(logs)
    return [_spans(paths[: len(scores), index].tolist(), scores) for index, scores in enumerate(batch)]


def _best_paths(logs: Floats) -> NDArray[np.int32]:
    """Return the best labels of (token, text) by Viterbi over (token, text, label).

    Two facts about transitions matter: *inside* and *last* follow *begins* or *inside* of the same type, and everything
    else follows a closed label.
    """
    length, texts, width = logs.shape
    back = np.zeros((length, texts, width), dtype=np.int32)
    best = logs[0].copy()
    best[:, _I] = best[:, _L] = _PADDING
    types, every = np.arange(_N), np.arange(texts)
    for row in range(1, length):
        closed = best.copy()
        closed[:, _B] = closed[:, _I] = 2 * _PADDING * length
        top = closed.argmax(axis=1)
        from_begin = best[:, _B] >= best[:, _I]
        opened = np.where(from_begin, best[:, _B], best[:, _I])
        best = closed[every, top][:, None] + logs[row]
        best[:, _I] = opened + logs[row][:, _I]
        best[:, _L] = opened + logs[row][:, _L]
        back[row] = top[:, None]
        back[row, :, _I] = back[row, :, _L] = np.where(from_begin, _B.start + types, _I.start + types)
    best[:, _B] = best[:, _I] = 2 * _PADDING * length
    paths = np.zeros((length, texts), dtype=np.int32)
    paths[-1] = best.argmax(axis=1)
    for row in range(length - 1, 0, -1):
        paths[row - 1] = back[row, every, paths[row]]
    return paths


def _spans(path: Sequence[int], scores: Floats) -> list[Labelled]:
    found, start = [], 0
    for index, label in enumerate(path):
        if label == 0:
            continue
        place, kind = divmod(label - 1, _N)
        if place in (0, 3):
            start = index
        if place in (2, 3):
            chosen = scores[np.arange(start, index + 1), path[start : index + 1]]
            found.append((start, index + 1, TYPES[kind], float(np.prod(chosen))))
    return found


class MentionTagger(Tagger):  # type: ignore[misc]  # spaCy's compiled class has no types
    """spaCy's tagger whose tags are :data:`LABELS`; leaves ``doc.spans["kg_mentions"]``, not tags.

    :param bias: see :func:`decode`; kept with the model.
    """

    def __init__(self, vocab: Any, model: Model[Any, Any], name: str, *, bias: float = 0.0) -> None:
        super().__init__(vocab, model, name=name, overwrite=True, scorer=None)
        self.cfg["bias"] = bias

    def predict(self, docs: Sequence[Doc]) -> list[list[Labelled]]:
        """Return the mentions of each document."""
        if not any(len(doc) for doc in docs):
            return [[] for _ in docs]
        bias = float(self.cfg["bias"])
        order = [self.labels.index(label) for label in LABELS]
        found = [np.asarray(scores)[:, order] for scores in self.model.predict(docs)]
        for doc, scores in zip(docs, found, strict=True):
            scores[doc.to_array([IS_SPACE]).ravel().astype(bool)] = _OUTSIDE  # no name spans the title's end
        return decode(found, bias)

    def set_annotations(self, docs: Sequence[Doc], found: Sequence[list[Labelled]]) -> None:
        """Leave the mentions on the documents."""
        for doc, rows in zip(docs, found, strict=True):
            spans = [Span(doc, start, end, label=kind) for start, end, kind, _ in rows]
            group = SpanGroup(doc, name=MENTIONS, spans=spans)
            group.attrs["scores"] = [round(score, 4) for *_, score in rows]
            doc.spans[MENTIONS] = group


@Language.factory(
    "kg_mentions",
    assigns=["doc.spans"],
    default_config={
        "model": {
            "@architectures": "spacy.Tagger.v2",
            "normalize": True,
            "tok2vec": {"@architectures": "spacy.Tok2VecListener.v1", "width": 128, "upstream": "tok2vec"},
        },
        "bias": 0.0,
    },
)
def create_mentions(nlp: Language, name: str, model: Model[Any, Any], bias: float) -> MentionTagger:
    """Return the trainable component that finds mentions."""
    return MentionTagger(nlp.vocab, model, name, bias=bias)
