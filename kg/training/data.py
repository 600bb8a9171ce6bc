"""Labelled papers for training: documents whose rows are what the annotators wrote."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.model import Extraction, Paper, PaperEntity
from kg.nlp.rows import EntityRow, MentionRow
from kg.training.pipeline import part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from spacy.language import Language
    from spacy.tokens import Doc

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A paper and what the annotators read from it."""

    paper: Paper
    line: Line
    gold: Extraction


def labelled(texts: Path, labels: Path) -> list[Labelled]:
    """Return the labelled papers of two files in the form of the annotation guidelines, sorted by id."""
    papers = {paper.id: paper for paper in map(_paper, _lines(texts))}
    found = []
    for line in _lines(labels):
        paper = papers[line["id"]]
        found.append(Labelled(paper, line, Extraction.from_gold(line, paper.text)))
    return sorted(found, key=lambda one: one.paper.id)


def abstracts(corpus: Path) -> Iterator[str]:
    """Yield the text of every paper of an unlabelled corpus (JSON lines, ``.gz`` or plain)."""
    for line in _lines(corpus):
        yield _paper(line).text


def _lines(path: Path) -> Iterator[Line]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for line in data.decode("utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def _paper(line: Line) -> Paper:
    return Paper(id=line["id"], title=line["title"], abstract=line.get("abstract") or line.get("summary") or "")


def fold_of(paper_id: str, folds: int = 10) -> int:
    """Return the fold that a paper belongs to, by its id alone."""
    return int(hashlib.sha256(paper_id.encode()).hexdigest(), 16) % folds


def gold_rows(entities: tuple[PaperEntity, ...]) -> list[EntityRow]:
    """Return entity rows for what the annotators wrote: where two overlap, the longer one has the place."""
    places = sorted(((m.end - m.start, -m.start, i) for i, e in enumerate(entities) for m in e.mentions), reverse=True)
    taken: set[int] = set()
    kept: dict[int, list[tuple[int, int]]] = {}
    for length, negative, index in places:
        span = range(-negative, -negative + length)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.setdefault(index, []).append((span.start, span.stop))
    return [
        _row(entity, sorted(kept.get(index) or [(m.start, m.end) for m in entity.mentions]))
        for index, entity in enumerate(entities)
    ]


def _row(entity: PaperEntity, places: list[tuple[int, int]]) -> EntityRow:
    return EntityRow(
        name=entity.name,
        type=entity.type.value,
        forms=list(entity.forms),
        mentions=[MentionRow(start=start, end=end, score=1.0) for start, end in places],
        score=1.0,
        role=entity.role.value,
        role_score=1.0,
    )


def gold_document(nlp: Language, one: Labelled) -> Doc:
    """Return the paper as a document with sentences and the annotators' entities."""
    doc: Doc = part(nlp, "kg_sentences")(nlp.make_doc(one.paper.text))
    doc._.kg_entities = gold_rows(one.gold.entities)
    return doc
