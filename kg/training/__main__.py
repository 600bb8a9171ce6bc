"""``python -m kg.training``: make the shipped model from the labelled papers and the unlabelled abstracts."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import torch

from kg.training import finetune, pretrain
from kg.training.calibrate import calibrate, error, judge, reliability
from kg.training.data import abstracts, fold_of, labelled
from kg.training.measure import measure
from kg.training.pipeline import save
from kg.training.run import Base, base, parameters, read_on, train
from kg.training.teacher import LESSONS, Lesson, Teacher, drawn, lessons, lessons_of, taught

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.language import Language

    from kg.training.data import Labelled

_PRETRAIN, _FINETUNE = pretrain.Settings(), finetune.Settings()
log = logging.getLogger("kg.training")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--texts", required=True, type=_FILE, help="Texts of the labelled papers, JSON lines.")
@click.option("--labels", required=True, type=_FILE, help="Their labels, JSON lines.")
@click.option("--corpus", required=True, type=_FILE, help="Unlabelled abstracts, JSON lines, .gz.")
@click.option("--more", type=_FILE, help="Labels of papers of the corpus, JSON lines, to learn from besides.")
@click.option("--minilm", required=True, type=_FOLDER, help="Folder with model.safetensors and vocab.txt.")
@click.option("--base", "base_file", type=click.Path(path_type=Path), help="Keep the pre-trained encoder here; use it.")
@click.option(
    "--model", "trained", type=_FOLDER, help="A trained model that learns the papers again, from where it is."
)
@click.option("--from", "before", type=_FILE, help="A kept encoder that reads on, instead of MiniLM's.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the model.")
@click.option("--steps", default=_PRETRAIN.steps, show_default=True, help="Batches of unlabelled abstracts.")
@click.option("--epochs", default=_FINETUNE.epochs, show_default=True, help="Passes over the labelled papers.")
@click.option("--rate", default=_FINETUNE.rate, show_default=True, help="Highest learning rate of the encoder.")
@click.option("--heads", default=_FINETUNE.heads, show_default=True, help="Highest learning rate of the heads.")
@click.option("--seed", default=_FINETUNE.seed, show_default=True, help="Seed of everything random.")
@click.option("--fold", type=click.IntRange(0, 9), help="Leave this tenth out: for calibration, and to report figures.")
@click.option("--teacher", "teacher_file", type=_FILE, help="A teacher, whose lessons come first.")
@click.option("--lessons", "count", default=8_640, show_default=True, help="How many abstracts the teacher reads.")
@click.option("--after", default=0, help="Leave out those that the same seed draws for so many lessons.")
@click.option(
    "--lessons-of",
    "lesson_file",
    type=_FILE,
    help="Labels of papers of the corpus: lessons too, and the labels count as much as what the teacher thinks.",
)
@click.option("--passes", default=LESSONS.epochs, show_default=True, help="Passes over the lessons.")
@click.option(
    "--lesson-rate", default=LESSONS.rate, show_default=True, help="Highest rate in lessons; heads learn at 5 times it."
)
@click.option("--taught", "taught_file", type=click.Path(path_type=Path), help="Keep what they gave here; use it.")
@click.option(
    "--average",
    "averaged",
    type=_FOLDER,
    multiple=True,
    help="A trained model whose parameters count as much as what is learned.",
)
@click.option("--papers", "some", default=0, help="Learn from so many papers only, for a learning curve.")
def main(
    texts: Path,
    labels: Path,
    corpus: Path,
    more: Path | None,
    minilm: Path,
    base_file: Path | None,
    trained: Path | None,
    before: Path | None,
    out: Path,
    steps: int,
    epochs: float,
    rate: float,
    heads: float,
    seed: int,
    fold: int | None,
    teacher_file: Path | None,
    count: int,
    after: int,
    lesson_file: Path | None,
    passes: float,
    lesson_rate: float,
    taught_file: Path | None,
    averaged: tuple[Path, ...],
    some: int,
) -> None:
    """Train a model and write it to a folder."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    papers = labelled(texts, labels)
    if trained is not None:
        begin = Base.of(trained)
    elif base_file is not None and base_file.exists():
        begin = Base.load(base_file)
    else:
        reading = pretrain.Settings(steps=steps, seed=seed)
        begin = read_on(Base.load(before), corpus, reading) if before else base(corpus, papers, minilm, reading)
        if base_file is not None:
            begin.save(base_file)
    held_out = [one for one in papers if fold is not None and fold_of(one.paper.id) == fold]
    left_out = {one.paper.id for one in held_out}
    learned = [one for one in papers if one.paper.id not in left_out]
    learned += labelled(corpus, more) if more else []
    settings = finetune.Settings(epochs=epochs, rate=rate, heads=heads, seed=seed)
    earlier = None if trained is None else parameters(trained)
    if taught_file is not None and taught_file.exists():
        earlier = torch.load(taught_file)
    elif teacher_file is not None:
        lesson = replace(LESSONS, seed=seed, epochs=passes, rate=lesson_rate, heads=5 * lesson_rate)
        teacher = Teacher.load(teacher_file, begin)
        others = labelled(corpus, lesson_file) if lesson_file else []
        known = {one.paper.text for one in [*papers, *learned, *others]}
        given = _lessons(teacher, learned, drawn(abstracts(corpus), known, count, seed, after), others)
        earlier = taught(teacher, given, lesson, earlier)
        if taught_file is not None:
            torch.save(earlier, taught_file)
    nlp = train(learned[: some or None], begin, settings, earlier, [parameters(model) for model in averaged])
    log.info("model %s written to %s", save(nlp, out), out)
    if held_out:
        _calibrate(nlp, held_out)
        log.info("calibrated: model %s written to %s", save(nlp, out), out)
        log.info(
            "on the %d papers left out:\n%s",
            len(held_out),
            measure(nlp.pipe([one.paper.text for one in held_out]), held_out),
        )


def _lessons(
    teacher: Teacher, papers: Sequence[Labelled], texts: Sequence[str], others: Sequence[Labelled]
) -> list[Lesson]:
    """Return what ``teacher`` reads from unlabelled texts, and how it sees ``others``, which have labels."""
    log.info("%d abstracts for the teacher to read, %d with labels", len(texts), len(others))
    given = list(lessons(teacher, papers, texts))
    if texts and not given:
        raise click.ClickException("the teacher found nothing in any abstract: train it for longer")
    given += lessons_of(teacher, others)
    if not given:
        raise click.ClickException("no abstract is left for the teacher: give more by --lessons or --lessons-of")
    log.info("%d lessons", len(given))
    return given


def _calibrate(nlp: Language, held_out: Sequence[Labelled]) -> None:
    """Calibrate on all held-out papers, after having reported how well the curve of one half fits the other."""
    calibrate(nlp, held_out[::2])
    for name, judged in judge(nlp, held_out[1::2]).items():
        log.info("%s: expected calibration error %.3f\n%s", name, error(judged), reliability(judged))
    calibrate(nlp, held_out)


if __name__ == "__main__":
    main()
