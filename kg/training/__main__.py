"""``python -m kg.training``: make the shipped model from the labelled papers and the unlabelled abstracts."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click

from kg.training.data import fold_of, labelled
from kg.training.measure import measure
from kg.training.pipeline import save
from kg.training.run import Settings, train

_DEFAULTS = Settings()
log = logging.getLogger("kg.training")
_PATH = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--texts", required=True, type=_PATH, help="Texts of the labelled papers, JSON lines.")
@click.option("--labels", required=True, type=_PATH, help="Their labels, JSON lines.")
@click.option("--corpus", required=True, type=_PATH, help="Unlabelled abstracts for word vectors, JSON lines, .gz.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the model.")
@click.option("--epochs", default=_DEFAULTS.epochs, show_default=True, help="Passes over the labelled papers.")
@click.option("--drop", default=_DEFAULTS.drop, show_default=True, help="Dropout of the encoder.")
@click.option("--width", default=_DEFAULTS.width, show_default=True, help="Width of the encoder.")
@click.option("--depth", default=_DEFAULTS.depth, show_default=True, help="Layers of the encoder.")
@click.option("--seed", default=_DEFAULTS.seed, show_default=True, help="Seed of everything random.")
@click.option("--fold", type=click.IntRange(0, 9), help="Leave this tenth of the papers out and report figures on it.")
def main(texts: Path, labels: Path, corpus: Path, out: Path, fold: int | None, **options: Any) -> None:
    """Train a model and write it to a folder."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    papers = labelled(texts, labels)
    held_out = [one for one in papers if fold is not None and fold_of(one.paper.id) == fold]
    left_out = {one.paper.id for one in held_out}
    nlp = train([one for one in papers if one.paper.id not in left_out], corpus, Settings(**options))
    log.info("model %s written to %s", save(nlp, out), out)
    if held_out:
        log.info("on the %d papers left out:\n%s", len(held_out), measure(nlp, held_out))


if __name__ == "__main__":
    main()
