"""``python -m kg.training.scier``: the architecture of the shipped model, trained on SciER, to be compared with others.

What comes out serves ``kg evaluate --benchmark scier`` alone: SciER is GPL-3.0, and the shipped model never saw it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from kg.evaluate import scier
from kg.nlp import geometry
from kg.nlp.entities import fold
from kg.nlp.linear import LinearModel
from kg.nlp.mentions import TYPES, WIDEST
from kg.nlp.pieces import WordPieces
from kg.nlp.reading import Reading
from kg.nlp.results import SLOT_ALLOWED, SLOTS
from kg.nlp.rows import EntityRow, MentionRow
from kg.training import finetune
from kg.training.examples import Example, read_pieces
from kg.training.pipeline import install, part, save
from kg.training.run import SETTINGS, Base, prepared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spacy.language import Language
    from spacy.tokens import Doc

    from kg.evaluate.scier import Sentence
    from kg.nlp.reading import Place
    from kg.nlp.weights import Ints

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_LEAST = 0.5
"""Least probability of a relation."""
_RARE = 2
"""A relation that holds between two types less often than this is taken for a slip of the annotators."""


def document(nlp: Language, sentence: Sentence) -> Doc:
    """Return the sentence as a document whose entities are its mentions, those of the same words one entity."""
    doc: Doc = part(nlp, "kg_sentences")(nlp.make_doc(sentence.text))
    taken: set[int] = set()
    rows: dict[tuple[str, str], EntityRow] = {}
    for words, kind in sorted(set(sentence.mentions), key=lambda mention: (-len(mention[0]), mention)):
        inner = [place for place in _places(words, doc.text) if taken.isdisjoint(range(*place))]
        places = inner or [*_places(words, doc.text)]
        for start, end in places:
            taken.update(range(start, end))
        if places:
            row = rows.setdefault((fold(words), kind), _row(words, kind))
            row["mentions"] += [MentionRow(start=start, end=end, score=1.0) for start, end in places]
    doc._.kg_entities = [*rows.values()]
    return doc


def _row(words: str, kind: str) -> EntityRow:
    return EntityRow(name=words, type=kind, forms=[], mentions=[], score=1.0, role="", role_score=1.0)


def _places(words: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield where ``words`` stand in ``text`` between spaces: SciER's sentences are split into words already."""
    padded, start = f" {text} ", -1
    while (start := padded.find(f" {words} ", start + 1)) >= 0:
        yield start, start + len(words)


def allowed(sentences: Sequence[Sentence]) -> list[list[Any]]:
    """Return which relations hold between which types: ``[subject's, object's, names]``."""
    seen: dict[tuple[str, str, str], int] = {}
    for sentence in sentences:
        for (_, one), name, (_, two) in sentence.statements:
            seen[one, two, name] = seen.get((one, two, name), 0) + 1
    table: dict[tuple[str, str], list[str]] = {}
    for (one, two, name), count in sorted(seen.items()):
        if count >= _RARE:
            table.setdefault((one, two), []).append(name)
    return [[one, two, names] for (one, two), names in table.items()]


def example(
    nlp: Language, sentence: Sentence, split: WordPieces, names: Sequence[str], table: Sequence[Sequence[Any]]
) -> Example:
    """Return a sentence as numbers; it has no roles and no results."""
    doc = document(nlp, sentence)
    pieces, reading = read_pieces(doc, split), Reading.of(doc)
    types = np.array([TYPES.index(row["type"]) for row in reading.rows], dtype=np.int64)
    some = {(TYPES.index(one), TYPES.index(two)): [n in found for n in names] for one, two, found in table}
    size = range(len(types))
    ends = [(i, j) for i in size for j in size if i != j and (int(types[i]), int(types[j])) in some]
    pairs = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    figures: list[tuple[int, int]] = []
    return Example(
        paper_id=sentence.document,
        pieces=pieces,
        spans=_spans(reading.places, types),
        ignored=[],
        places=[tuple((p.start, p.end) for p in mine[: geometry.MOST_PLACES]) for mine in reading.places],
        types=types,
        roles=np.zeros(len(types), dtype=np.int64),
        features=geometry.entity_features(reading.places, len(doc), reading.sentence_of[-1]),
        pairs=pairs,
        relations=_wanted(sentence, reading, ends, names),
        possible=np.array([some[int(types[i]), int(types[j])] for i, j in ends]).reshape(-1, len(names)),
        stand=geometry.pairs(reading.places, types, *pairs),
        figures=np.zeros((0, 2), dtype=np.int64),
        kinds=np.zeros(0, dtype=np.int64),
        links=np.zeros((0, len(SLOTS)), dtype=np.int64),
        fillers=np.concatenate([SLOT_ALLOWED[:, types], np.ones((len(SLOTS), 1), dtype=bool)], axis=1),
        found=geometry.links(figures, reading.sentence_of, reading.places, types),
    )


def _spans(places: Sequence[Sequence[Place]], types: Ints) -> list[tuple[int, int, int]]:
    found = {(p.start, p.end): int(kind) for mine, kind in zip(places, types, strict=True) for p in mine}
    return [(a, b - a - 1, kind + 1) for (a, b), kind in sorted(found.items()) if b - a <= WIDEST]


def _wanted(sentence: Sentence, reading: Reading, ends: Sequence[tuple[int, int]], names: Sequence[str]) -> Ints:
    keys = [(fold(row["name"]), row["type"]) for row in reading.rows]
    gold = {((fold(a), t), (fold(b), u)): names.index(name) + 1 for (a, t), name, (b, u) in sentence.statements}
    return np.array([gold.get((keys[i], keys[j]), 0) for i, j in ends], dtype=np.int64)


def train(sentences: Sequence[Sentence], begin: Base, settings: finetune.Settings) -> Language:
    """Return the pipeline trained on SciER's sentences: mentions and relations alone."""
    nlp, split = prepared(begin), WordPieces(begin.vocabulary)
    names, table = sorted({name for s in sentences for _, name, _ in s.statements}), allowed(sentences)
    examples = [example(nlp, sentence, split, names, table) for sentence in sentences if sentence.text.strip()]
    state = finetune.finetune(examples, begin.encoder, begin.vectors, settings, relations=len(names))
    encoder = {**SETTINGS["kg_encoder"], "vocabulary": begin.vocabulary}
    relations = {"classes": names, "thresholds": dict.fromkeys(names, _LEAST), "allowed": table}
    own = {"kg_encoder": encoder, "kg_relations": {**SETTINGS["kg_relations"], **relations}}
    install(nlp, {name: array.numpy() for name, array in state.items()}, {**SETTINGS, **own})
    part(nlp, "kg_entities").linear = LinearModel()
    for name in ("kg_abbreviations", "kg_results"):  # SciER keeps long and short form apart, and has no results
        nlp.remove_pipe(name)
    return nlp


@click.command()
@click.option("--train", "train_file", required=True, type=_FILE, help="SciER's train.jsonl.")
@click.option("--base", type=_FILE, help="The pre-trained encoder that kg.training kept with --base.")
@click.option("--from", "model", type=_FOLDER, help="A trained model whose encoder to begin with, the shipped one say.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the model.")
@click.option("--epochs", default=8.0, show_default=True, help="Passes over the sentences.")
@click.option("--batch", default=32, show_default=True, help="Sentences a step.")
@click.option("--rate", default=1.5e-4, show_default=True, help="Highest learning rate of the encoder.")
@click.option("--seed", default=0, show_default=True, help="Seed of everything random.")
def main(
    train_file: Path,
    base: Path | None,
    model: Path | None,
    out: Path,
    epochs: float,
    batch: int,
    rate: float,
    seed: int,
) -> None:
    """Train a model on SciER and write it to a folder."""
    if (base is None) == (model is None):
        raise click.UsageError("give either --base or --from")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    settings = finetune.Settings(epochs=epochs, rate=rate, batch=batch, seed=seed)
    begin = Base.load(base) if base is not None else Base.of(model or Path())
    nlp = train(scier.load(train_file), begin, settings)
    logging.getLogger("kg.training").info("model %s written to %s", save(nlp, out), out)


if __name__ == "__main__":
    main()
