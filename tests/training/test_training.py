"""Training runs through on a handful of papers and leaves a model that loads."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner

from kg.model import Paper
from kg.nlp import Extractor
from kg.nlp.pieces import WordPieces
from kg.nlp.reading import Reading
from kg.nlp.relations import candidates
from kg.training.calibrate import Judged, error, platt, reliability
from kg.training.data import fold_of, gold_document, gold_rows, labelled
from kg.training.fit import fit
from kg.training.pipeline import part
from kg.training.vectors import word_vectors

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("FooNet", "BarNet", "QuuxNet", "ZorkNet", "PlughNet", "XyzzyNet")


def lines(names: tuple[str, ...]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return texts and labels of small papers."""
    texts: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
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


def test_the_command_makes_a_model_that_loads(files: tuple[Path, Path], minilm: Path, tmp_path: Path) -> None:
    from kg.training.__main__ import main  # noqa: PLC0415 # torch need not be there for the other tests
    from kg.training.run import parameters  # noqa: PLC0415

    texts, labels = files
    command = ["--texts", texts, "--labels", labels, "--corpus", texts, "--minilm", minilm]
    options = ["--epochs", "2", "--steps", "2", "--fold", str(fold_of("t.0")), "--base", tmp_path / "base.pt"]
    for folder in ("model", "again"):
        done = CliRunner().invoke(main, [*map(str, (*command, *options)), "--out", str(tmp_path / folder)])
        assert done.exit_code == 0, done.output
    extractor = Extractor.load(tmp_path / "model")
    (found,) = extractor.extract([Paper("x", "FooNet", "We propose FooNet for robot walking.")])
    assert found.extractor == extractor.name
    assert Extractor.load(tmp_path / "again").name == extractor.name, "the same files, the same model"
    on = ["--epochs", "1", "--model", tmp_path / "model"]
    for rate, folder in (("0", "same"), ("1e-3", "on")):
        rest = ["--rate", rate, "--heads", rate, "--out", tmp_path / folder]
        done = CliRunner().invoke(main, [*map(str, (*command, *on, *rest))])
        assert done.exit_code == 0, done.output
    before, same, after = (parameters(tmp_path / folder) for folder in ("model", "same", "on"))
    assert all((same[name] == before[name]).all() for name in before), "it begins where the model is"
    assert any((after[name] != before[name]).any() for name in before)


def test_more_labels_count_as_much_and_models_are_averaged(
    files: tuple[Path, Path], minilm: Path, tmp_path: Path
) -> None:
    from kg.training.__main__ import main  # noqa: PLC0415 # torch need not be there for the other tests
    from kg.training.run import parameters  # noqa: PLC0415

    texts, labels = files
    rows = labels.read_text(encoding="utf-8").splitlines(keepends=True)
    some, others = tmp_path / "some.jsonl", tmp_path / "others.jsonl"
    some.write_text("".join(rows[:4]), encoding="utf-8")
    others.write_text("".join(rows[4:]), encoding="utf-8")
    command = ["--texts", texts, "--corpus", texts, "--minilm", minilm, "--base", tmp_path / "base.pt"]
    options = [*command, "--steps", "1", "--epochs", "1"]
    given = {"all": ["--labels", labels], "both": ["--labels", some, "--more", others], "some": ["--labels", some]}
    for folder, learned in given.items():
        done = CliRunner().invoke(main, [*map(str, (*options, *learned)), "--out", str(tmp_path / folder)])
        assert done.exit_code == 0, done.output
    names = {folder: Extractor.load(tmp_path / folder).name for folder in given}
    assert names["all"] == names["both"] != names["some"]
    still = ["--labels", labels, "--model", tmp_path / "all", "--rate", "0", "--heads", "0"]
    options = [*options, *still, "--average", tmp_path / "some", "--out", tmp_path / "mean"]
    done = CliRunner().invoke(main, [*map(str, options)])
    assert done.exit_code == 0, done.output
    one, two, mean = (parameters(tmp_path / folder) for folder in ("all", "some", "mean"))
    assert all(np.allclose(mean[name], (one[name] + two[name]) / 2, atol=1e-3, rtol=1e-2) for name in mean)
    assert any(not np.allclose(one[name], two[name], atol=1e-3) for name in mean)


def test_a_student_learns_from_its_teacher_first(
    files: tuple[Path, Path],
    minilm: Path,
    mpnet_folder: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch = pytest.importorskip("torch", reason="needs the extra train")
    from kg.training import __main__, run, teacher  # noqa: PLC0415 # torch need not be there for the other tests

    # So short a training makes no teacher that is sure of anything.
    monkeypatch.setitem(run.SETTINGS["kg_mentions"], "least", 0.002)
    texts, labels = files
    corpus, base = tmp_path / "corpus.jsonl", tmp_path / "base.pt"
    more = [
        {"id": f"u.{n}", "title": f"FooNet {n}", "abstract": f"We propose FooNet for {n} robots. It beats BarNet."}
        for n in range(40)
    ]
    lines = [texts.read_text(encoding="utf-8").rstrip(), *map(json.dumps, more)]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    given = ["--texts", texts, "--labels", labels]
    student = [*given, "--corpus", corpus, "--minilm", minilm, "--steps", "1", "--base", base]
    on = [*given, "--corpus", corpus, "--minilm", minilm, "--model", tmp_path / "two"]
    still = ["--epochs", "0", "--rate", "0", "--heads", "0"]
    for command, options in (
        (__main__.main, [*student, "--epochs", "1", "--out", tmp_path / "one"]),
        (teacher.main, [*given, "--base", base, "--mpnet", mpnet_folder, "--epochs", "30", "--out", tmp_path / "t.pt"]),
        (
            __main__.main,
            [*student, "--teacher", tmp_path / "t.pt", "--taught", tmp_path / "s.pt", "--out", tmp_path / "two"],
        ),
        (__main__.main, [*student, "--taught", tmp_path / "s.pt", "--out", tmp_path / "again"]),
        (
            teacher.main,
            [*given, "--model", tmp_path / "two", "--mpnet", mpnet_folder, *still, "--out", tmp_path / "u.pt"],
        ),
        (
            __main__.main,
            [*on, "--teacher", tmp_path / "u.pt", "--lessons", "5", "--after", "30", "--out", tmp_path / "on"],
        ),
        (
            __main__.main,
            [
                *on,
                *still,
                *["--teacher", tmp_path / "u.pt", "--lessons", "0", "--lessons-of", labels, "--out", tmp_path / "of"],
            ],
        ),
    ):
        caplog.set_level("INFO")
        done = CliRunner().invoke(command, [*map(str, options)])
        assert done.exit_code == 0, done.output
    assert "40 abstracts for the teacher to read" in caplog.text, "none that is labelled"
    assert "5 abstracts for the teacher to read" in caplog.text
    names = [Extractor.load(tmp_path / folder).name for folder in ("one", "two", "again", "on")]
    assert names[0] != names[1] == names[2] != names[3]
    before, of = run.parameters(tmp_path / "two"), run.parameters(tmp_path / "of")
    assert any((of[name] != before[name]).any() for name in before), "nothing was taught but the labelled papers"
    nothing = [*on, "--teacher", tmp_path / "u.pt", "--lessons", "0", "--out", tmp_path / "none"]
    done = CliRunner().invoke(__main__.main, [*map(str, nothing)])
    assert done.exit_code == 1
    assert "give more by --lessons or --lessons-of" in done.output
    heads, learned = teacher.heads_of(torch.load(tmp_path / "u.pt")), run.parameters(tmp_path / "two")
    assert all((heads[name] == learned[name]).all() for name in heads), "its heads began as the student's"


def test_a_teacher_learns_on_from_more_labels(
    files: tuple[Path, Path], minilm: Path, mpnet_folder: Path, tmp_path: Path
) -> None:
    torch = pytest.importorskip("torch", reason="needs the extra train")
    from kg.training import __main__, teacher  # noqa: PLC0415 # torch need not be there for the other tests

    texts, labels = files
    rows = labels.read_text(encoding="utf-8").splitlines(keepends=True)
    some, others, base = tmp_path / "some.jsonl", tmp_path / "others.jsonl", tmp_path / "base.pt"
    some.write_text("".join(rows[:4]), encoding="utf-8")
    others.write_text("".join(rows[4:]), encoding="utf-8")
    given = ["--texts", texts, "--labels", some]
    student = ["--corpus", texts, "--minilm", minilm, "--steps", "1", "--epochs", "0", "--base", base]
    first, more = tmp_path / "first.pt", ["--corpus", texts, "--more", others]
    on = ["--base", base, "--from", first, "--epochs", "1"]
    for command, options in (
        (__main__.main, [*given, *student, "--out", tmp_path / "one"]),
        (teacher.main, [*given, "--base", base, "--mpnet", mpnet_folder, "--epochs", "1", "--out", first]),
        (teacher.main, [*given, *on, *more, "--rate", "0", "--heads", "0", "--out", tmp_path / "still.pt"]),
        (teacher.main, [*given, *on, "--out", tmp_path / "on.pt"]),
        (teacher.main, [*given, *on, "--seed", "1", "--out", tmp_path / "other.pt"]),
        (teacher.main, [*given, *on, *more, "--frozen", "1", "--out", tmp_path / "more.pt"]),
        (
            teacher.main,
            [
                *[*given, "--base", base, "--from", first, "--epochs", "0", "--rate", "0", "--heads", "0"],
                *["--average", tmp_path / "on.pt", "--average", tmp_path / "other.pt", "--out", tmp_path / "mean.pt"],
            ],
        ),
    ):
        done = CliRunner().invoke(command, [*map(str, options)])
        assert done.exit_code == 0, done.output
    begun, still, alone, other, with_more, mean = (
        torch.load(tmp_path / f"{name}.pt") for name in ("first", "still", "on", "other", "more", "mean")
    )
    assert all(torch.allclose(still[name], begun[name]) for name in begun), "it begins where the teacher is"
    low = {"enc.vec.weight", "enc.n.weight", "enc.layers.0.f1.weight"}
    assert all((with_more[name] == begun[name]).all() and (alone[name] != begun[name]).any() for name in low)
    assert (with_more["enc.narrow.weight"] != alone["enc.narrow.weight"]).any(), "other papers, another teacher"
    assert (other["enc.narrow.weight"] != alone["enc.narrow.weight"]).any(), "another seed, another teacher"
    assert all(torch.allclose(mean[name], (begun[name] + alone[name] + other[name]) / 3, atol=1e-6) for name in mean)


def test_what_a_teacher_needs_is_said(
    files: tuple[Path, Path], minilm: Path, mpnet_folder: Path, tmp_path: Path
) -> None:
    pytest.importorskip("torch", reason="needs the extra train")
    from kg.training import __main__, teacher  # noqa: PLC0415 # torch need not be there for the other tests

    texts, labels = files
    given, base = ["--texts", texts, "--labels", labels], tmp_path / "base.pt"
    student = ["--corpus", texts, "--minilm", minilm, "--steps", "1", "--epochs", "0", "--base", base]
    done = CliRunner().invoke(__main__.main, [*map(str, [*given, *student, "--out", tmp_path / "one"])])
    assert done.exit_code == 0, done.output
    for options, said in (
        (["--mpnet", mpnet_folder], "by --base, or"),
        (["--base", base], "by --mpnet, or"),
        (["--base", base, "--mpnet", mpnet_folder, "--more", labels], "by --corpus"),
    ):
        done = CliRunner().invoke(teacher.main, [*map(str, [*given, *options, "--out", tmp_path / "t.pt"])])
        assert done.exit_code == 2
        assert said in done.output


def test_no_labelled_text_is_a_lesson() -> None:
    pytest.importorskip("torch", reason="needs the extra train")
    from kg.training.teacher import drawn  # noqa: PLC0415

    texts = [f"text {number}" for number in range(9)]
    some = drawn(texts, {"text 3"}, 5, seed=1)
    assert len(some) == len(set(some)) == 5
    assert "text 3" not in drawn(texts, {"text 3"}, 99, seed=1)
    assert some == drawn(texts, {"text 3"}, 5, seed=1)
    assert sorted(some + drawn(texts, {"text 3"}, 99, seed=1, after=5)) == sorted({*texts} - {"text 3"})


def test_a_student_of_its_own_kind_has_nothing_to_learn(files: tuple[Path, Path], minilm: Path) -> None:
    """Taught by itself, every loss is 0; by another, none; by both, each is between."""
    torch = pytest.importorskip("torch", reason="needs the extra train")
    from kg.training import objective, run  # noqa: PLC0415
    from kg.training.examples import batch_of, example  # noqa: PLC0415
    from kg.training.network import Network  # noqa: PLC0415
    from kg.training.pretrain import Settings  # noqa: PLC0415

    papers = labelled(*files)
    begin = run.base(files[0], papers, minilm, Settings(steps=0))
    split = WordPieces(begin.vocabulary)
    some = [example(run.prepared(begin), one, split) for one in papers[:2]]
    pieces = [one.pieces for one in some]
    batch = batch_of(pieces, begin.vectors, torch.device("cpu"))
    one, other = Network(begin.encoder).eval(), Network(begin.encoder).eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        words, begins = one.tokens(batch, pieces)
    seen = [words[a:b].float() for a, b in itertools.pairwise(begins)]
    with torch.no_grad():
        itself = objective.taught(one, batch, some, one, seen)
        by_other = objective.taught(one, batch, some, other, seen)
        by_both = objective.taught(one, batch, some, other, seen, peer=one)
        alone = objective.losses(one, batch, some)
        with_labels = objective.taught(one, batch, some, one, seen, labelled=[True, True])
        with_none = objective.taught(one, batch, some, other, seen, labelled=[False, False])
    assert set(itself) == {*objective.PARTS, "vectors"}
    assert all(float(loss) == pytest.approx(0, abs=1e-3) for loss in itself.values())
    assert all(float(by_other[name]) > 1e-2 for name in objective.PARTS)
    assert set(by_both) == set(objective.PARTS)
    assert all(1e-3 < float(by_both[name]) < float(by_other[name]) for name in objective.PARTS)
    halves = {name: pytest.approx(float(loss) / 2, abs=2e-3) for name, loss in alone.items()}
    assert {name: float(loss) for name, loss in with_labels.items()} == halves, "half of it is what the labels say"
    assert with_none == {name: pytest.approx(by_other[name]) for name in objective.PARTS}


def test_the_network_computes_what_the_pipeline_computes(files: tuple[Path, Path], minilm: Path) -> None:
    """Vectors, mentions, roles, relations and links by torch and by the components that ship."""
    torch = pytest.importorskip("torch", reason="needs the extra train")
    from kg.training import run  # noqa: PLC0415 # torch need not be there for the other tests
    from kg.training.examples import batch_of, example  # noqa: PLC0415
    from kg.training.network import Network  # noqa: PLC0415
    from kg.training.pretrain import Settings  # noqa: PLC0415

    papers = labelled(*files)
    begin = run.base(files[0], papers, minilm, Settings(steps=1))
    nlp = run.prepared(begin)
    split = WordPieces(begin.vocabulary)
    network = Network(begin.encoder).eval()
    run.equip(nlp, begin, {name: p.detach().numpy() for name, p in network.named_parameters()})
    for one in papers[:3]:
        made = example(nlp, one, split)
        doc = part(nlp, "kg_encoder")(gold_document(nlp, one))
        with torch.no_grad():
            batch = batch_of([made.pieces], begin.vectors, torch.device("cpu"))
            words, begins = network.tokens(batch, [made.pieces])
            assert np.asarray(doc.tensor) == pytest.approx(words.numpy(), abs=0.2)
            doc.tensor = words.numpy()
            scores, inside = network.spans(words, begins)
            chances = torch.softmax(torch.nn.functional.pad(scores, (1, 0)), -1)[..., 1:].numpy()
            ours = part(nlp, "kg_mentions").chances(doc)
            counted = inside.numpy() & (ours.sum(axis=2) > 0)
            assert ours[counted] == pytest.approx(chances[counted], abs=1e-4)
            types = torch.tensor(made.types)
            vectors = network.entities(words, made.places)
            roles = torch.softmax(network.roles(vectors, words.mean(0), types, torch.tensor(made.features)), -1)
            part(nlp, "kg_roles")(doc)
            assert doc._.kg_vectors == pytest.approx(torch.cat([vectors, roles], 1).numpy(), abs=1e-4)
            scores = network.relations(vectors, words, types, roles, torch.tensor(made.pairs), made.stand)
            scores = scores.masked_fill(~torch.tensor(made.possible), -1e9)
            wanted = torch.softmax(torch.nn.functional.pad(scores, (1, 0)), -1).numpy()
            reading = Reading.of(doc)
            ours = part(nlp, "kg_relations").chances(doc, reading, np.array(candidates(reading)))
            assert ours == pytest.approx(wanted, abs=1e-4)
            figures = network.figures(words, torch.tensor(made.figures))
            fits = network.links(figures, vectors, words, types, roles, made.found)[..., :-1].numpy()
            entities = np.concatenate([doc._.kg_vectors, network.temb(types).numpy()], axis=1)
            ours = part(nlp, "kg_results").fits(figures.numpy(), entities, made.found, words.numpy())
            assert ours == pytest.approx(fits, abs=1e-4)


def judged(*rows: tuple[float, bool]) -> Judged:
    made = Judged()
    for score, right in rows:
        made.add(score, right, "x")
    return made


def test_calibration_finds_the_curve_and_its_error() -> None:
    sure = judged(*[(0.9, i < 50) for i in range(100)], *[(0.2, i < 10) for i in range(100)])
    assert error(sure) == pytest.approx((0.4 + 0.1) / 2)
    slope, intercept = platt(sure)
    odds = {score: slope * np.log(score / (1 - score)) + intercept for score in (0.9, 0.2)}
    assert 1 / (1 + np.exp(-odds[0.9])) == pytest.approx(0.5, abs=0.01)
    assert 1 / (1 + np.exp(-odds[0.2])) == pytest.approx(0.1, abs=0.01)
    assert platt(judged((0.5, True))) == (1.0, 0.0)
    assert reliability(sure).splitlines() == ["  50.0%   0.20   0.10", "  50.0%   0.90   0.50"]


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
