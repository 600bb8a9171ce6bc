"""The figures of ``kg evaluate``: by hand on small lines, against the reference scripts, and their intervals."""

from __future__ import annotations

import copy
import gzip
import importlib.util
import json
import random
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ConfigError, KGError, SourceError
from kg.evaluate import Report, check, evaluate, load_labels, load_texts
from kg.model import Certainty, EntityType, Extraction, RelationType, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from types import ModuleType

Line = dict[str, Any]
Lines = dict[str, Line]

# ---------------------------------------------------------------------------------------------- by hand


def line(entities: list[list[Any]], relations: Iterable[Any] = (), results: Iterable[Any] = ()) -> Line:
    return {"id": "1", "e": entities, "r": list(relations), "q": list(results)}


def figures(gold: Line, predicted: Line) -> dict[str, tuple[float, float, float]]:
    report = evaluate({"1": gold}, {"1": predicted}, bootstrap=0)
    return {row.name: (row.p, row.r, round(row.f1, 1)) for row in report.rows}


RIGHT, WRONG = (100.0, 100.0, 100.0), (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("gold", "predicted", "exact", "relaxed", "untyped"),
    [
        (["Diffusion Policies"], ["diffusion-policy"], WRONG, WRONG, WRONG),  # only -s is folded, not -ies
        (["Vision-Language Models"], ["vision language model"], RIGHT, RIGHT, RIGHT),
        (["sim/real_gap"], ["Sim real  gap"], RIGHT, RIGHT, RIGHT),
        (["GPS"], ["GP"], WRONG, WRONG, WRONG),  # a short word keeps its s
        (["loss"], ["los"], WRONG, WRONG, WRONG),  # and so does one in -ss
        (["robot arm"], ["arm robot"], RIGHT, RIGHT, RIGHT),
        (["robot arm control"], ["robot arm"], WRONG, RIGHT, WRONG),
        (["robot arm control loop"], ["robot arm"], WRONG, RIGHT, WRONG),  # half of the words is enough
        (["one robot arm control loop"], ["robot arm"], WRONG, WRONG, WRONG),
        (["-"], ["/"], RIGHT, RIGHT, RIGHT),  # nothing is left of either
        (["-"], ["x"], WRONG, WRONG, WRONG),
    ],
)
def test_names_are_compared_as_defined(
    gold: list[str], predicted: list[str], exact: object, relaxed: object, untyped: object
) -> None:
    found = figures(*(line([[name, "Method", "uses"] for name in names]) for names in (gold, predicted)))
    assert (found["entity exact"], found["entity relaxed"], found["entity untyped"]) == (exact, relaxed, untyped)


def test_any_form_of_an_entity_matches() -> None:
    gold = line([["large language model", "Method", "uses", ["LLM"]]])
    assert figures(gold, line([["LLMs", "Method", "uses"]]))["entity exact"] == RIGHT
    assert figures(line([["LLMs", "Method", "uses"]]), gold)["entity exact"] == RIGHT


def test_an_entity_is_used_once_and_the_longer_shared_form_wins() -> None:
    gold = line([["RL", "Method", "uses", ["offline RL"]]])
    predicted = line([["RL", "Method", "mentions"], ["offline RL", "Method", "uses"]])
    found = figures(gold, predicted)
    assert found["entity exact"] == (50.0, 100.0, 66.7)
    assert found["role"] == (50.0, 100.0, 66.7), "paired with the one of the right role, which stands second"


def test_types_and_roles() -> None:
    gold = line([["A", "Method", "proposes"], ["B", "Task", "addresses"], ["C", "Robot", "deploysOn"]])
    predicted = line([["A", "Method", "proposes"], ["B", "Method", "addresses"], ["C", "Robot", "proposes"]])
    found = figures(gold, predicted)
    third = pytest.approx((66.7, 66.7, 66.7), abs=0.05)
    assert found["entity exact"] == third
    assert found["entity untyped"] == RIGHT
    assert found["type Method"] == (50.0, 100.0, 66.7)
    assert found["type Task"] == WRONG
    assert found["type Robot"] == RIGHT
    assert "type Metric" not in found, "a row that counts nothing is left out"
    assert found["role"] == pytest.approx((33.3, 33.3, 33.3), abs=0.05)
    assert found["proposes"] == (50.0, 100.0, 66.7)


ENDS = [["robot arm control", "Task", "addresses"], ["CRAFT", "Method", "proposes"], ["accuracy", "Metric", "measures"]]
LOOSE_ENDS = [["CRAFT", "Software", "uses"], ["arm control", "Task", "mentions"], ["the accuracy", "Metric", "uses"]]


def test_relations_need_both_ends_and_the_label() -> None:
    gold = line(ENDS, [[1, "usedFor", 0], [1, "isA", 2]])
    found = figures(gold, line(LOOSE_ENDS, [[0, "usedFor", 1], [1, "usedFor", 0], [0, "partOf", 2], [0, "isA", 9]]))
    assert found["relation"] == (25.0, 50.0, 33.3)
    assert found["relation usedFor"] == (50.0, 100.0, 66.7)
    assert found["relation isA"] == WRONG
    assert found["relation partOf"] == WRONG


def test_a_relation_said_twice_counts_once_in_gold_and_twice_as_predicted() -> None:
    twice = line(ENDS, [[1, "usedFor", 0], [1, "usedFor", 0]])
    assert figures(twice, twice)["relation"] == (50.0, 100.0, 66.7)


@pytest.mark.parametrize(
    ("gold", "predicted", "found"),
    [
        (["98.3%", 2], ["98.3 percent", 2], RIGHT),
        (["98.3%", 2], ["98.4%", 2], WRONG),
        (["98.3%", 2], ["98.3%", -1], WRONG),
        (["98.3%", -1], ["98.3%", -1], RIGHT),
        (["98.3%", -1], ["98.3%", 9], WRONG),  # a metric that is paired with nothing is not no metric
        (["an order of magnitude.", -1], ["tenfold", -1], RIGHT),  # no digits on either side
    ],
)
def test_results_need_digits_and_metric(gold: list[Any], predicted: list[Any], found: object) -> None:
    rest = [-1, -1, -1, "absolute"]
    assert figures(line(ENDS, [], [[*gold, *rest]]), line(LOOSE_ENDS, [], [[*predicted, *rest]]))["result"] == found


def test_results_are_matched_one_to_one() -> None:
    figure = ["2x", -1, -1, -1, -1, "ratio"]
    assert figures(line(ENDS, [], [figure]), line(ENDS, [], [figure] * 2))["result"] == (50.0, 100.0, 66.7)


def test_a_missing_paper_counts_as_empty_and_an_extra_one_not_at_all() -> None:
    one, two = line([["A", "Method", "uses"]]), line([["B", "Method", "uses"]])
    report = evaluate({"1": one, "2": two}, {"2": two, "3": one}, bootstrap=0)
    assert report.papers == 2
    row = report.rows[0]
    assert (row.p, row.r, row.gold, row.predicted) == (100.0, 50.0, 2, 1)


def test_rows_come_in_the_order_of_the_guidelines_and_unknown_labels_last() -> None:
    gold = line([["A", "Gadget", "uses"], ["B", "Task", "uses"], ["C", "Method", "uses"]], [[0, "isA", 1]])
    names = [row.name for row in evaluate({"1": gold}, {}).rows]
    assert names == [
        *("entity exact", "entity relaxed", "entity untyped", "type Method", "type Task", "role", "proposes"),
        *("relation", "relation isA", "result", "type Gadget"),
    ]


def test_an_extraction_is_a_line() -> None:
    gold = line([["CRAFT", "Method", "proposes", ["Craft"]], ["arms", "Robot", "uses"]], [[0, "runsOn", 1]])
    extraction = Extraction.from_gold(gold, "CRAFT, or Craft, on arms\n")
    assert all(row.f1 == 100 for row in evaluate({"1": gold}, {"1": extraction.to_gold()}).rows if row.gold)


def test_relations_that_are_edges_have_a_row_of_their_own() -> None:
    gold = line([["A", "Method", "uses"], ["B", "Method", "uses"], ["C", "Task", "uses"]], [[0, "usedFor", 2]])
    read = Extraction.from_gold(gold | {"r": [[0, "usedFor", 2], [0, "isA", 1], [1, "usedFor", 2]]}, "A, B and C")
    put = (Certainty.ASSERTED, Certainty.TENTATIVE, Certainty.NEGATED)
    read = replace(read, relations=tuple(replace(r, certainty=c) for r, c in zip(read.relations, put, strict=True)))
    edges = {"1": read.to_gold({Certainty.ASSERTED})}
    found = {row.name: row for row in evaluate({"1": gold}, {"1": read.to_gold()}, asserted=edges).rows}
    assert (found["relation"].p, found["relation"].predicted) == (50, 2)
    assert (found["relation asserted"].p, found["relation asserted"].predicted) == (100, 1)


def test_nothing_to_evaluate_and_negative_samples_are_errors() -> None:
    with pytest.raises(ConfigError, match="no gold paper"):
        evaluate({}, {})
    for wrong in ({"bootstrap": -1}, {"seed": -1}):
        with pytest.raises(ConfigError, match="negative"):
            evaluate({"1": line(ENDS)}, {}, **wrong)


# ---------------------------------------------------------------------------------------------- report


def test_table_is_aligned_and_says_what_was_counted() -> None:
    gold = line(ENDS, [[1, "usedFor", 0]])
    assert evaluate({"1": gold}, {"1": line(ENDS[:2], [[1, "usedFor", 0]])}, bootstrap=10, seed=3).table() == (
        "                      P      R     F1     95 % interval    gold  predicted\n"
        "entity exact      100.0   66.7   80.0      80.0 to 80.0       3          2\n"
        "entity relaxed    100.0   66.7   80.0      80.0 to 80.0       3          2\n"
        "entity untyped    100.0   66.7   80.0      80.0 to 80.0       3          2\n"
        "type Method       100.0  100.0  100.0    100.0 to 100.0       1          1\n"
        "type Task         100.0  100.0  100.0    100.0 to 100.0       1          1\n"
        "type Metric         0.0    0.0    0.0        0.0 to 0.0       1          0\n"
        "role              100.0   66.7   80.0      80.0 to 80.0       3          2\n"
        "proposes          100.0  100.0  100.0    100.0 to 100.0       1          1\n"
        "relation          100.0  100.0  100.0    100.0 to 100.0       1          1\n"
        "relation usedFor  100.0  100.0  100.0    100.0 to 100.0       1          1\n"
        "result              0.0    0.0    0.0        0.0 to 0.0       0          0\n"
        "papers: 1, bootstrap samples: 10, seed: 3"
    )


def test_without_bootstrap_there_are_no_intervals() -> None:
    report = evaluate({"1": line(ENDS)}, {}, bootstrap=0)
    first = report.table().splitlines()[1]
    assert first.split() == ["entity", "exact", "0.0", "0.0", "0.0", "3", "0"]
    assert report.table().endswith("\npapers: 1")
    assert report.to_json()["figures"]["entity exact"]["low"] is None


def test_json_has_rounded_figures_by_name() -> None:
    report = evaluate({"1": line(ENDS)}, {"1": line(ENDS[:2])}, bootstrap=5, seed=1)
    values = json.loads(json.dumps(report.to_json()))
    assert {key: values[key] for key in ("papers", "bootstrap", "seed")} == {"papers": 1, "bootstrap": 5, "seed": 1}
    assert values["figures"]["entity exact"] == {
        "p": 100.0,
        "r": 66.7,
        "f1": 80.0,
        "low": 80.0,
        "high": 80.0,
        "gold": 3,
        "predicted": 2,
    }


# ---------------------------------------------------------------------------------------------- intervals


def some_papers(papers: int = 12) -> tuple[Lines, Lines]:
    """Return papers of one to four entities of which the later ones are found in part only."""
    names = ["alpha", "beta", "gamma", "delta"]
    gold = {str(n): line([[name, "Method", "uses"] for name in names[: 1 + n % 4]]) for n in range(papers)}
    predicted = {pid: line(gold[pid]["e"][: int(pid) % 3]) for pid in gold}
    return gold, predicted


def test_intervals_are_those_of_papers_drawn_one_by_one() -> None:
    gold, predicted = some_papers()
    counts = [(len(gold[pid]["e"]), len(predicted[pid]["e"])) for pid in sorted(gold)]
    rng = np.random.default_rng(7)
    drawn = []
    for _ in range(200):
        sample = [counts[i] for i in rng.integers(len(counts), size=len(counts))]
        wanted, given = (sum(column) for column in zip(*sample, strict=True))
        drawn.append(100 * 2 * given / (wanted + given))
    drawn.sort()
    row = evaluate(gold, predicted, bootstrap=200, seed=7).rows[0]
    # Of 200 the 5th and the 195th: the 2.5th and 97.5th percentile as Efron and Tibshirani take them.
    assert (row.low, row.high) == (pytest.approx(drawn[4]), pytest.approx(drawn[194]))
    assert row.low < row.f1 < row.high


def test_intervals_depend_on_the_seed_and_on_nothing_else() -> None:
    gold, predicted = some_papers()
    backwards = dict(reversed(gold.items()))
    assert evaluate(gold, predicted, seed=1) == evaluate(backwards, predicted, seed=1)
    assert evaluate(gold, predicted, seed=1).rows[0].low != evaluate(gold, predicted, seed=2, bootstrap=99).rows[0].low


def test_more_papers_give_a_narrower_interval() -> None:
    few, many = (evaluate(*some_papers(papers)).rows[0] for papers in (12, 1200))
    assert few.f1 == many.f1
    assert many.high - many.low < (few.high - few.low) / 5, "about a tenth: the root of a hundredth"


# ---------------------------------------------------------------------------------------------- reading


def test_labels_and_texts_are_read(tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"id":"1","e":[["A","Method","uses",["π"]]],"r":[],"q":[]}\r\n\n{"id":"2","e":[]}', "utf-8")
    assert load_labels(labels) == {
        "1": {"id": "1", "e": [["A", "Method", "uses", ["π"]]], "r": [], "q": []},
        "2": {"id": "2", "e": []},
    }
    texts = tmp_path / "texts.jsonl"
    texts.write_text('\n{"id":"2","title":"A  title","abstract":"an\\n abstract","year":2025}\n', "utf-8")
    (paper,) = load_texts(str(texts))
    assert (paper.id, paper.text, paper.source, paper.line) == ("2", "A title\nan abstract", "texts.jsonl", 2)


def test_texts_may_be_gzipped_and_call_the_abstract_a_summary(tmp_path: Path) -> None:
    texts = tmp_path / "corpus.jsonl.gz"
    packed = gzip.compress(b'{"id":"2","title":"A title","summary":"an abstract"}\n')
    texts.write_bytes(packed)
    assert [(paper.id, paper.text) for paper in load_texts(texts)] == [("2", "A title\nan abstract")]
    texts.write_bytes(packed[:-12])
    with pytest.raises(SourceError, match="broken gzip"):
        load_texts(texts)


GOOD = b'{"id":"1","e":[]}\n'


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (GOOD + b"{", 2, "not JSON"),
        (GOOD + b"\xff\xfe\xfa", 2, "not JSON"),
        (b"[" * 100_000, 1, "not JSON"),
        (b"\n\n[]", 3, "not a JSON object"),
        (b'{"e":[]}', 1, 'no "id"'),
        (b'{"id":1,"e":[]}', 1, 'no "id"'),
        (b'{"id":"1"}', 1, 'no entities "e"'),
        (b'{"id":"1","e":{}}', 1, '"e" is not a list'),
        (b'{"id":"1","e":[["A","Method"]]}', 1, 'not a row of "e": .*A'),
        (b'{"id":"1","e":[["A","Method","uses",["B",1]]]}', 1, 'not a row of "e"'),
        (b'{"id":"1","e":[["A","Method","uses","B"]]}', 1, 'not a row of "e"'),
        (b'{"id":"1","e":[],"r":[["0","isA",1]]}', 1, 'not a row of "r"'),
        (b'{"id":"1","e":[],"q":[["2x",-1,-1,-1,"ratio"]]}', 1, 'not a row of "q"'),
        (b'{"id":"1","e":[],"q":null}', 1, '"q" is not a list'),
        (GOOD + GOOD, 2, "'1' is labelled twice"),
    ],
)
def test_broken_labels_are_told_with_their_line(tmp_path: Path, content: bytes, where: int, what: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=what) as caught:
        load_labels(path)
    assert (caught.value.path, caught.value.line) == (path, where)
    assert caught.value.remedy


@pytest.mark.parametrize("content", ['{"id":"1","title":"A"}', '{"id":1,"title":"A","abstract":""}', "[1]", "?"])
def test_broken_texts_are_told_with_their_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"id":"1","title":"A","abstract":""}\n' + content, "utf-8")
    with pytest.raises(SourceError) as caught:
        load_texts(path)
    assert (caught.value.path, caught.value.line) == (path, 2)


@pytest.mark.parametrize("load", [load_labels, load_texts])
def test_a_file_that_is_not_there_is_told(tmp_path: Path, load: Callable[[Path], object]) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(KGError) as caught:
            load(path)
        assert caught.value.path == path


# ---------------------------------------------------------------------------------------------- checking

TEXT = "CRAFT: a method\nCRAFT-E reaches 98% with RL."


@pytest.mark.parametrize(
    ("wrong", "faults"),
    [
        ({}, []),
        ({"e": []}, ["1: no entity"]),
        ({"e": [["craft", "Method", "uses"]]}, ["1 e0: not verbatim in the text: 'craft'"]),
        ({"e": [["RL", "Method", "uses", ["RLs"]]]}, ["1 e0: not verbatim in the text: 'RLs'"]),
        ({"e": [["RL", "Method", "uses"]] * 2}, ["1 e1: form used twice: 'RL'"]),
        ({"e": [["RL", "method", "use"]]}, ["1 e0: type 'method'", "1 e0: role 'use'"]),
        ({"e": [["RL", "Method"]]}, ["1 e0: ['RL', 'Method'] is not [name, type, role, other_mentions?]"]),
        ({"r": [[0, "isA", 0], [0, "isA", 2], [0, "is", 1]]}, 3),
        ({"r": [[0, "isA"], [0, "isA", -1]]}, 2),
        ({"q": [["98%", -2, 0, 0, 0, "absolute"], ["98%", 2, 0, 0, 0, "ratio"], ["98%", 0, 0, 0, 0, "level"]]}, 3),
        ({"q": [["98%"], ["98 %", -1, 0, 1, 0, "ratio"]]}, 2),
    ],
)
def test_faults_of_a_line(wrong: Line, faults: list[str] | int) -> None:
    sound = line(
        [["CRAFT", "Method", "proposes", ["CRAFT-E"]], ["RL", "Method", "uses"]],
        [[0, "isA", 1]],
        [["98%", -1, 0, -1, -1, "absolute"]],
    )
    if wrong.get("e") is not None:
        sound |= {"r": [], "q": []}
    found = check(sound | wrong, TEXT)
    assert (len(found) if isinstance(faults, int) else found) == faults


# ---------------------------------------------------------------------------------------------- reference

KNOWN = ("p", "r", "f1", "gold")


def rounded(report: Report) -> dict[str, tuple[float, ...]]:
    """Return our figures as the reference script has them: by name, precision, recall, F1, count."""
    return {name: tuple(row[key] for key in KNOWN) for name, row in report.to_json()["figures"].items()}


def reference(script: Path, gold: Path, predicted: Path) -> dict[str, tuple[float, ...]]:
    command = [sys.executable, script, gold, predicted, "--json"]
    out = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    return {name: (row["p"], row["r"], row["f1"], row["n"]) for name, row in json.loads(out).items()}


def write(path: Path, lines: Mapping[str, Any]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in lines.values()), "utf-8")
    return path


def perturbed_entity(row: list[Any], rng: random.Random) -> list[Any]:
    """Return an entity under another name, type or role, each now and then."""
    name, kind, role, *others = copy.deepcopy(row)
    words = name.split()
    renamed = [name.upper(), "-".join(words), " ".join(words[1:]) or "x", " ".join(words[::-1]), f"{name}s", "model"]
    name = rng.choice([name] * 6 + [*renamed, f"{name} model"])
    kind = rng.choice([kind] * 8 + [*EntityType])
    return [name, str(kind), str(rng.choice([role] * 9 + [*Role])), *others]


def perturbed(gold: Line, rng: random.Random) -> Line:
    """Return a line with entities dropped, changed and shuffled, and relations and results now and then wrong."""
    kept = [i for i in range(len(gold["e"])) if rng.random() < 0.85]
    rng.shuffle(kept)
    moved = {old: new for new, old in enumerate(kept)}

    def end(old: int) -> int:
        return moved[old] if old in moved and rng.random() < 0.9 else rng.randrange(-1, len(kept) + 1)

    relations = [
        [end(subject), str(rng.choice([name] * 8 + [*RelationType])), end(obj)]
        for subject, name, obj in gold.get("r", []) * rng.choice([1, 1, 1, 2])
        if rng.random() < 0.9
    ]
    results = [
        [rng.choice([value, f"about {value}.", f"{value}1"]), end(metric), *rest]
        for value, metric, *rest in gold.get("q", []) * rng.choice([1, 1, 2])
    ]
    return {"id": gold["id"], "e": [perturbed_entity(gold["e"][i], rng) for i in kept], "r": relations, "q": results}


@pytest.mark.shared
@pytest.mark.parametrize(("name", "every", "seed"), [("dev", 1, 1), ("dev", 1, 2), ("train", 12, 3)])
def test_figures_are_those_of_the_reference_script(
    shared: Path, tmp_path: Path, name: str, every: int, seed: int
) -> None:
    """On ``train`` every twelfth paper: the script takes a minute for all of them."""
    rng = random.Random(seed)  # noqa: S311 - no secret depends on it
    labels = load_labels(shared / "annotation" / f"{name}.labels.jsonl")
    gold = dict(list(labels.items())[::every])
    guess = {pid: perturbed(gold[pid], rng) for pid in gold if rng.random() < 0.95}
    guess["none/such"] = {"id": "none/such", "e": [["x", "Method", "uses"]]}
    files = write(tmp_path / "gold.jsonl", gold), write(tmp_path / "guess.jsonl", guess)
    theirs = reference(shared / "annotation" / "score.py", *files)
    assert rounded(evaluate(*map(load_labels, files), bootstrap=0)) == theirs
    assert 20 < theirs["entity exact"][2] < 95, "the perturbation left nothing, or everything"


@pytest.mark.shared
@pytest.mark.parametrize("name", ["dev", "train"])
def test_faults_are_those_of_the_reference_script(shared: Path, tmp_path: Path, name: str) -> None:
    rng = random.Random(4)  # noqa: S311 - no secret depends on it
    folder = shared / "annotation"
    texts = folder / f"{name}.texts.jsonl"
    lines = {pid: perturbed(gold, rng) for pid, gold in load_labels(folder / f"{name}.labels.jsonl").items()}
    wrong = write(tmp_path / "wrong.jsonl", lines)
    command = [sys.executable, folder / "check.py", texts, wrong]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    text = {paper.id: paper.text for paper in load_texts(texts)}
    ours = [fault for pid, each in load_labels(wrong).items() for fault in check(each, text[pid])]
    assert done.returncode == 1
    assert "\n".join(ours) == done.stdout.rstrip("\n")


@pytest.fixture(scope="session")
def script(shared: Path) -> ModuleType:
    """Load the reference script as a module: a process for each example would take minutes."""
    spec = importlib.util.spec_from_file_location("score", shared / "annotation" / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


words = st.sampled_from(["robot", "Robots", "arm", "ARMS", "GPS", "loss", "π0", "C++", "ß", "a", "model's", "LLM"])
names = st.builds(lambda parts, joint: joint.join(parts), st.lists(words, max_size=4), st.sampled_from(" -_/–\t"))
indices = st.integers(-1, 4)
entity_rows = st.builds(
    lambda name, kind, role, others: [name, kind, role, *others],
    names,
    st.sampled_from(["Method", "Task", "Robot", "Gadget"]),
    st.sampled_from(["proposes", "uses", "mentions"]),
    st.lists(st.lists(names, max_size=2), max_size=1),
)
relation_rows = st.tuples(indices, st.sampled_from(["isA", "partOf"]), indices).map(list)
values = st.sampled_from(["98.3%", "98.3 percent", "2x", ".5", "0.5", "a 2-fold", "tenfold", "٣%"])
result_rows = st.builds(lambda value, metric: [value, metric, -1, -1, -1, "ratio"], values, indices)
some_lines = st.dictionaries(
    st.sampled_from("abc"),
    st.fixed_dictionaries(
        {"id": st.just("p"), "e": st.lists(entity_rows, max_size=5)},
        optional={"r": st.lists(relation_rows, max_size=5), "q": st.lists(result_rows, max_size=4)},
    ),
    max_size=3,
)


@pytest.mark.shared
@settings(max_examples=150, deadline=None)
@given(gold=some_lines.filter(bool), guess=some_lines)
def test_figures_are_those_of_the_reference_script_on_any_lines(script: ModuleType, gold: Lines, guess: Lines) -> None:
    theirs = {name: tuple(row.values()) for name, row in script.score(gold, guess).items()}
    assert rounded(evaluate(gold, guess, bootstrap=0)) == theirs


@given(gold=some_lines.filter(bool), guess=some_lines)
@settings(deadline=None)
def test_figures_are_percentages_in_their_bounds(gold: Lines, guess: Lines) -> None:
    for row in evaluate(gold, guess, bootstrap=20).rows:
        assert 0 <= min(row.p, row.r) <= row.f1 + 1e-9 <= max(row.p, row.r) + 2e-9 <= 100 + 2e-9 or row.f1 == 0
        assert 0 <= row.low <= row.high <= 100 + 1e-9


@given(gold=some_lines.filter(bool))
@settings(deadline=None)
def test_a_line_matches_itself(gold: Lines) -> None:
    for row in evaluate(gold, gold, bootstrap=0).rows:
        if row.gold and row.name.startswith(("entity", "type")):
            assert row.f1 == 100
