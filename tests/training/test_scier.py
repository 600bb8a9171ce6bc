"""SciER: its files, its three figures, and the training of a model on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import spacy
from click.testing import CliRunner

from kg import resources
from kg.cli import main
from kg.errors import ConfigError, SourceError
from kg.evaluate import scier
from kg.nlp import Extractor
from kg.nlp.mentions import TYPES

if TYPE_CHECKING:
    from pathlib import Path

NET, TASK, DATA = ("FooNet", "Method"), ("object detection", "Task"), ("COCO", "Dataset")


def line(text: str, *statements: tuple[tuple[str, str], str, tuple[str, str]], document: str = "1") -> dict[str, Any]:
    """Return a line of SciER: its mentions are those of NET, TASK and DATA that stand in the text, as often."""
    ner = [[words, kind] for words, kind in (NET, TASK, DATA) for _ in range(text.count(words))]
    plus = [[f"{a}:{t}", name, f"{b}:{u}"] for (a, t), name, (b, u) in statements]
    return {
        "doc_id": document,
        "sentence": text,
        "ner": ner,
        "rel": [[a, name, b] for (a, _), name, (b, _) in statements],
        "rel_plus": plus,
    }


LINES = [
    line("FooNet detects objects : object detection with FooNet .", (NET, "Used-For", TASK)),
    line("FooNet is tested on COCO .", (NET, "Evaluated-With", DATA), document="2"),
]


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{json.dumps(one)}\n" for one in lines), encoding="utf-8")
    return path


def figures(gold: tuple[scier.Sentence, ...], found: list[scier.Sentence]) -> dict[str, tuple[float, float, int]]:
    return {row.name: (row.p, row.r, row.gold) for row in scier.score(gold, found, bootstrap=0).rows}


def test_a_file_is_read(tmp_path: Path) -> None:
    one, two = scier.load(write(tmp_path / "a.jsonl", *LINES))
    assert one.mentions == (NET, NET, TASK)
    assert two.statements == {(NET, "Evaluated-With", DATA)}


@pytest.mark.parametrize(
    "wrong", [{"doc_id": "1"}, {**LINES[0], "ner": [["x"]]}, {**LINES[0], "rel_plus": [["a", "b"]]}]
)
def test_what_is_no_sentence_is_named(wrong: object, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not a sentence of SciER") as error:
        scier.load(write(tmp_path / "a.jsonl", LINES[0], wrong))
    assert error.value.line == 2


def test_mentions_count_as_often_as_named_and_relations_once(tmp_path: Path) -> None:
    gold = scier.load(write(tmp_path / "a.jsonl", *LINES))
    assert figures(gold, list(gold)) == {"NER": (100, 100, 5), "Rel": (100, 100, 2), "Rel+": (100, 100, 2)}
    typed_wrong = ("object detection", "Dataset")
    once = scier.Sentence("1", gold[0].text, (NET, typed_wrong), frozenset({(NET, "Used-For", typed_wrong)}))
    nothing = scier.Sentence("2", gold[1].text, (), frozenset())
    assert figures(gold, [once, nothing]) == {"NER": (50, 20, 5), "Rel": (100, 50, 2), "Rel+": (0, 0, 2)}


def test_no_sentence_is_an_error() -> None:
    with pytest.raises(ConfigError, match="no gold paper"):
        scier.score([], [])


def test_the_command_needs_a_model_and_nothing_else(tmp_path: Path) -> None:
    path = str(write(tmp_path / "a.jsonl", *LINES))
    for options, said in (([], "Give --model"), (["--texts", path], "give no --texts")):
        result = CliRunner().invoke(main, ["evaluate", "--benchmark", "scier", path, *options])
        assert result.exit_code == 2
        assert said in result.stderr
    result = CliRunner().invoke(main, ["evaluate", path])
    assert result.exit_code == 2
    assert "Give --texts, or --benchmark" in result.stderr


def test_what_a_pipeline_reads_is_given_in_words() -> None:
    text = "We propose FooNet , a neural network for object detection , and evaluate FooNet on COCO ."
    (found,) = scier.read(Extractor.load().nlp, [scier.Sentence("1", text, (), frozenset())])
    assert (found.document, found.text) == ("1", text)
    assert found.mentions.count(NET) == 2
    assert TASK in found.mentions
    assert found.statements
    assert all(words in text for one, _, two in found.statements for words, _ in (one, two))
    assert {end for one, _, two in found.statements for end in (one, two)} <= set(found.mentions)


def test_a_sentence_becomes_an_example(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs the extra train")
    from kg.nlp.pieces import WordPieces  # noqa: PLC0415
    from kg.training import scier as training  # noqa: PLC0415 # torch need not be there for the other tests
    from kg.training.pipeline import blank  # noqa: PLC0415

    sentences = scier.load(write(tmp_path / "a.jsonl", *LINES * 2))
    names, table = ["Evaluated-With", "Used-For"], training.allowed(sentences)
    assert table == [["Method", "Dataset", ["Evaluated-With"]], ["Method", "Task", ["Used-For"]]]
    assert training.allowed(sentences[:2]) == [], "what was seen once is a slip"
    nlp = blank()
    made = training.example(nlp, sentences[0], WordPieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "foonet"]), names, table)
    doc = nlp.make_doc(sentences[0].text)
    kinds = {kind: TYPES.index(kind) + 1 for kind in ("Method", "Task")}
    assert [(doc[a : a + width + 1].text, kind) for a, width, kind in made.spans] == [
        ("FooNet", kinds["Method"]),
        ("object detection", kinds["Task"]),
        ("FooNet", kinds["Method"]),
    ]
    ends = [[TYPES[made.types[i]] for i in pair] for pair in made.pairs.T]
    assert ends == [["Method", "Task"]]
    assert made.relations.tolist() == [2]
    assert made.possible.tolist() == [[False, True]]


def test_training_on_it_makes_a_model_that_can_be_scored(tmp_path: Path, minilm: Path) -> None:
    from kg.training.__main__ import main as pretrain  # noqa: PLC0415 # torch need not be there for the other tests
    from kg.training.scier import main as train  # noqa: PLC0415

    texts = write(tmp_path / "t.jsonl", {"id": "t.1", "title": "FooNet", "abstract": "We propose FooNet for grasping."})
    labels = write(tmp_path / "l.jsonl", {"id": "t.1", "e": [["FooNet", "Method", "proposes"]], "r": [], "q": []})
    command = ["--texts", texts, "--labels", labels, "--corpus", texts, "--minilm", minilm, "--base", tmp_path / "b.pt"]
    options = ["--epochs", "1", "--steps", "1", "--out", tmp_path / "m"]
    done = CliRunner().invoke(pretrain, [str(part) for part in (*command, *options)])
    assert done.exit_code == 0, done.output
    gold = write(tmp_path / "a.jsonl", *LINES * 2)
    rest = ["--out", str(tmp_path / "s"), "--epochs", "2"]
    assert CliRunner().invoke(train, ["--train", str(gold), *rest]).exit_code == 2, "neither encoder nor model"
    done = CliRunner().invoke(train, ["--train", str(gold), "--from", str(tmp_path / "m"), *rest])
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(train, ["--train", str(gold), "--base", str(tmp_path / "b.pt"), *rest])
    assert done.exit_code == 0, done.output
    args = ["evaluate", "--benchmark", "scier", str(gold), "--model", str(tmp_path / "s")]
    result = CliRunner().invoke(main, args)
    assert result.exit_code == 0, result.output
    assert "HGERE" in result.stdout
    table = json.loads(CliRunner().invoke(main, [*args, "--json"]).stdout)["figures"]
    assert [table[name]["gold"] for name in ("NER", "Rel", "Rel+")] == [10, 4, 4]


def test_the_encoder_of_a_trained_model_is_the_one_to_go_on_from() -> None:
    pytest.importorskip("torch")
    from kg.training.run import Base, prepared  # noqa: PLC0415 # torch need not be there for the other tests

    begin, shipped = Base.of(resources.model()), spacy.load(resources.model())
    state, arrays = begin.encoder.state_dict(), shipped.get_pipe("kg_encoder").weights.arrays
    assert {f"enc.{name}" for name in state} == {name for name in arrays if name.startswith("enc.")}
    assert (state["we.weight"].numpy() == arrays["enc.we.weight"]).all()
    word, nlp = shipped.vocab["robot"], prepared(begin)
    assert word.has_vector
    assert (nlp.vocab["robot"].vector == word.vector).all()
