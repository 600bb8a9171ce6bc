"""Training runs through on a handful of papers and leaves a model that loads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from kg.model import Paper
from kg.nlp import Extractor
from kg.training.__main__ import main
from kg.training.data import fold_of, gold_rows, labelled
from kg.training.fit import fit
from kg.training.vectors import word_vectors

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("FooNet", "BarNet", "QuuxNet", "ZorkNet", "PlughNet", "XyzzyNet")


def lines(names: tuple[str, ...]) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return texts and labels of small papers."""
    texts, labels = [], []
    for number, name in enumerate(names):
        abstract = (
            f"We propose {name} for robot walking. {name} is trained on the WalkSet dataset and beats OldNet by "
            f"{number + 2}.5% in success rate on a Unitree G1. OldNet is a policy. There are 12 tasks."
        )
        texts.append({"id": f"t.{number}", "title": f"{name}: Walking Robots", "abstract": abstract})
        entities = [
            [name, "Method", "proposes"],
            ["robot walking", "Task", "addresses"],
            ["WalkSet", "Dataset", "trainsOn"],
            ["OldNet", "Method", "comparesWith"],
            ["success rate", "Metric", "measures"],
            ["Unitree G1", "Robot", "deploysOn"],
            ["Walking Robots", "Robot", "mentions"],
        ]
        relations = [[0, "usedFor", 1], [0, "trainedOn", 2], [0, "comparedWith", 3], [0, "runsOn", 5]]
        results = [[f"{number + 2}.5%", 4, 0, 3, -1, "increase"]]
        labels.append({"id": f"t.{number}", "e": entities, "r": relations, "q": results})
    return texts, labels


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Write the texts and labels of the small papers."""
    paths = (tmp_path / "texts.jsonl", tmp_path / "labels.jsonl")
    for path, rows in zip(paths, lines(NAMES), strict=True):
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return paths


def test_the_command_makes_a_model_that_loads(files: tuple[Path, Path], tmp_path: Path) -> None:
    texts, labels = files
    command = ["--texts", texts, "--labels", labels, "--corpus", texts, "--out", tmp_path / "model"]
    options = ["--epochs", "2", "--width", "16", "--depth", "1", "--fold", str(fold_of("t.0"))]
    done = CliRunner().invoke(main, [*map(str, command), *options], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    extractor = Extractor.load(tmp_path / "model")
    (found,) = extractor.extract([Paper("x", "FooNet", "We propose FooNet for robot walking.")])
    assert found.extractor == extractor.name
    again = CliRunner().invoke(main, [*map(str, command[:-1]), str(tmp_path / "again"), *options])
    assert again.exit_code == 0
    assert Extractor.load(tmp_path / "again").name == extractor.name, "the same files, the same model"


def test_labels_become_rows_without_overlap(files: tuple[Path, Path]) -> None:
    (first, *_) = labelled(*files)
    rows = {row["name"]: row for row in gold_rows(first.gold.entities)}
    assert [m["start"] for m in rows["FooNet"]["mentions"]] == [0, 34, 60]
    taken = [range(m["start"], m["end"]) for row in rows.values() for m in row["mentions"]]
    assert len({i for span in taken for i in span}) == sum(map(len, taken))


def test_fitting_separates_what_features_separate() -> None:
    model = fit([["x"], ["x", "z"], ["y"], ["y", "z"]] * 5, ["a", "a", "b", "b"] * 5, penalty=0.1)
    chances = model.probabilities([model.rows(["x"]), model.rows(["y"])])
    assert chances[0][0] > 0.9
    assert chances[1][1] > 0.9


def test_words_of_like_company_are_neighbours() -> None:
    documents = [[a, "robots", b, "quickly"] for a in ("big", "small") for b in ("walk", "run")] * 10
    names, vectors = word_vectors(documents, width=3, words=10)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    near = unit @ unit.T
    index = {name: i for i, name in enumerate(names)}
    assert near[index["walk"], index["run"]] > near[index["walk"], index["big"]]
    assert np.array_equal(vectors, word_vectors(documents, width=3, words=10)[1])
