"""A user's decisions: in the file, in the graph, over rebuilds, and whatever the order of what is done."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Store

from kg.build import add, build, decide
from kg.cli import main
from kg.errors import ConfigError
from kg.graph.folder import DECISIONS
from kg.graph.readings import Readings
from kg.graph.store import GraphStore
from kg.graph.vocab import Iris
from kg.model import EntityType, Extraction, Mention, Paper, PaperEntity, Role
from kg.resolution import resolve
from kg.resolution.decisions import Decision, Decisions, Kind, read_decisions

if TYPE_CHECKING:
    from kg.model import ResolvedPaper

MERGE, SPLIT, APART = Kind.MERGE, Kind.SPLIT, Kind.APART
NAMES = ("Digit", "Spot", "TrotNet", "Trot Net 2")
AUTHORS = (("Ada Lovelace", "Wei Li"), ("Ada Lovelace", "W. Li"), ("Charles Babbage", "W. Li"), ("Wei Li",))


def papers() -> list[tuple[Paper, Extraction]]:
    """Return four papers; the first and the last name *Digit*."""
    found = []
    for number, (names, authors) in enumerate(zip(((0, 1), (1, 2), (2, 3), (0, 3)), AUTHORS, strict=True)):
        text = " and ".join(NAMES[i] for i in names)
        entities = tuple(
            PaperEntity(
                NAMES[i],
                EntityType.METHOD,
                Role.USES,
                mentions=(Mention(text.index(NAMES[i]), text.index(NAMES[i]) + len(NAMES[i])),),
            )
            for i in names
        )
        paper = Paper(f"2601.0000{number}", text, authors=authors)
        found.append((paper, Extraction(paper.id, entities, extractor="reader 1.0")))
    return found


DECISIONS_MADE = (
    Decision(MERGE, "thing/spot", "thing/trotnet", (), "one robot"),
    Decision(MERGE, "thing/digit", "thing/spot"),
    Decision(SPLIT, "thing/digit", "Digit", ("2601.00003",)),
    Decision(MERGE, "author/ada-lovelace", "author/charles-babbage"),
    Decision(SPLIT, "author/wei-li", "W. Li"),
    Decision(APART, "thing/digit", "thing/trot-net2"),
)


_SOME = st.sets(st.integers(0, len(DECISIONS_MADE) - 1)).map(lambda few: [DECISIONS_MADE[i] for i in sorted(few)])


def lines(folder: Path) -> list[str]:
    with GraphStore.open(folder) as store:
        return list(store.nquads())


def fresh(folder: Path, decisions: Decisions) -> Path:
    with GraphStore.rebuild(folder) as store:
        store.follow(decisions)
        store.add(resolve(*one, decisions) for one in papers())
    return folder


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_the_order_of_papers_and_decisions_does_not_matter(data: st.DataObject) -> None:
    wanted, on_the_way = (Decisions(tuple(data.draw(_SOME))) for _ in range(2))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "some")
        with GraphStore.rebuild(folder):
            pass
        for number, one in enumerate(data.draw(st.permutations(papers()))):
            now = (Decisions(), on_the_way, wanted)[min(number, 2)]
            with GraphStore.update(folder) as store:
                store.follow(now)
                store.add([resolve(*one, now)])
        assert lines(folder) == lines(fresh(Path(name, "fresh"), wanted))


def test_what_decisions_lead_to() -> None:
    decisions = Decisions(DECISIONS_MADE)
    keys = [resolve(*one, decisions).keys for one in papers()]
    assert keys == [
        ("thing/digit", "thing/digit"),
        ("thing/digit", "thing/digit"),
        ("thing/digit", "thing/trot-net2"),
        ("thing/digit~2601.00003", "thing/trot-net2"),
    ]
    merge = resolve(*papers()[2], decisions).merges[0]
    assert merge is not None
    assert (merge.rules, merge.score) == (("decision: one robot",), 1.0)
    assert decisions.apart() == {frozenset({"thing/digit", "thing/trot-net2"})}


def test_the_file_says_it_all(tmp_path: Path) -> None:
    rows = (*DECISIONS_MADE, Decision(SPLIT, "thing/x", 'a "name"', ("a", "b"), "two\twords"))
    path = tmp_path / DECISIONS
    path.write_text("\ufeff" + Decisions(rows).text() + "\n# a remark\n", encoding="utf-8")
    read = read_decisions(path).rows
    assert read[:-1] == rows[:-1]
    assert (read[-1].other, read[-1].papers, read[-1].reason) == ('a "name"', ("a", "b"), "two words")
    assert read_decisions(tmp_path / "none") == Decisions()


@pytest.mark.parametrize("line", ["join\tthing/a\tthing/b", "merge\tthing/a", "merge thing/a thing/b"])
def test_a_line_that_is_no_decision_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / DECISIONS
    path.write_text(f"decision\tnode\tother\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=f"{DECISIONS}:2: no decision"):
        read_decisions(path)


def test_merges_in_a_circle_are_refused() -> None:
    with pytest.raises(ConfigError, match="circle"):
        Decisions((Decision(MERGE, "thing/a", "thing/b"), Decision(MERGE, "thing/b", "thing/a")))


def test_readings_are_kept_whole(few_papers: tuple[ResolvedPaper, ...]) -> None:
    readings = Readings(Store(), Iris())
    odd = Paper("x", "lone \ud800 surrogate", authors=("A",))
    one = resolve(odd, Extraction("x"))
    readings.put([one, *few_papers], bulk=False)
    assert readings.get("x") == (odd, Extraction("x"))
    for resolved in few_papers:
        assert readings.get(resolved.paper.id) == (resolved.paper, resolved.extraction)
    readings.remove(["x", "y"])
    with pytest.raises(KeyError):
        readings.get("x")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fresh(tmp_path / "graph", Decisions())


def test_kg_merge_and_kg_split(folder: Path) -> None:
    before = lines(folder)
    done = run("merge", folder, "spot", "TrotNet", "--reason", "one robot")
    assert done.output == "+ merge thing/spot thing/trotnet\n2 papers resolved again\n"
    assert "stand for one node" in run("why", folder, "Spot", "TrotNet").output
    assert "decision: one robot (1)" in run("why", folder, "Spot", "TrotNet").output
    assert run("decisions", folder).output == "1  merge  thing/spot  thing/trotnet  (one robot)\n"
    assert run("validate", folder).exit_code == 0
    done = run("merge", folder, "spot", "TrotNet")
    assert (done.exit_code, "are one node" in done.output) == (2, True)
    done = run("split", folder, "Spot", "TrotNet")
    assert done.output == "- merge thing/spot thing/trotnet\n3 papers resolved again\n"
    assert lines(folder) == before


def test_a_split_in_one_paper_and_its_end(folder: Path) -> None:
    before = lines(folder)
    done = run("split", folder, "Digit", "Digit")
    assert (done.exit_code, "--paper" in done.output) == (2, True)
    run("split", folder, "Digit", "Digit", "--paper", "arXiv:2601.00003", "--reason", "a data set")
    with GraphStore.open(folder) as store:
        assert store.store.contains_named_graph(store.iris.graph("2601.00003"))
        labels = [q.subject.value.rpartition("/")[2] for q in store.quads() if "Digit" in str(q.object)]
    assert {"digit", "digit~2601.00003"} <= set(labels)
    assert "a data set" in run("decisions", folder).output
    assert run("decisions", folder, "--drop", "2").exit_code == 2
    run("decisions", folder, "--drop", "1")
    assert run("decisions", folder).output == ""
    assert lines(folder) == before


def test_a_name_that_only_looks_alike_is_no_duplicate(folder: Path) -> None:
    labels = ("Diffusion-Planer", "Diffusion-Planner")
    with GraphStore.update(folder) as store:
        store.add(map(naming, labels))
    assert duplicates(folder) == {labels}
    run("split", folder, *labels)
    assert duplicates(folder) == set()
    assert run("split", folder, "Spot", "Digit").output == "+ apart thing/spot thing/digit\n0 papers resolved again\n"


def naming(label: str) -> ResolvedPaper:
    """Return a paper whose title is the name of a method."""
    paper = Paper(label, label)
    entity = PaperEntity(label, EntityType.METHOD, Role.USES, mentions=(Mention(0, len(label)),))
    return resolve(paper, Extraction(label, (entity,)))


def duplicates(folder: Path) -> set[tuple[str, str]]:
    """Return what ``kg duplicates`` lists, by label."""
    listed = json.loads(run("duplicates", folder, "--json").output)
    return {(pair["one"]["label"], pair["two"]["label"]) for pair in listed}


def test_a_merge_of_authors_says_its_reason(folder: Path) -> None:
    run("merge", folder, "author/ada-lovelace", "author/charles-babbage", "--reason", "one pen")
    said = run("why", folder, "Ada Lovelace", "Ada Lovelace").output
    assert "Charles Babbage  1 paper  by decision: one pen (1)" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("merge", "Spot", "Ada Lovelace"), "an author cannot be a thing"),
        (("merge", "Spot", "Sput"), "The nearest names are 'Spot'"),
        (("split", "Spot", "Sput"), "no paper calls it 'Sput'"),
        (("split", "Spot", "Spot", "--paper", "2699.1"), "not in the graph: 2699.1"),
    ],
)
def test_what_cannot_be_decided(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run(arguments[0], folder, *arguments[1:])
    assert done.exit_code == 2
    assert says in done.output
    assert not (folder / DECISIONS).exists()


DIGEST = """# Digest

## cs.RO

### [1] [StepNet climbs stairs](https://arxiv.org/abs/2601.00001)
*Ada Lovelace*

TL;DR: We propose StepNet, evaluated on the Unitree G1 robot.

Abstract: We propose StepNet for stair climbing. StepNet is evaluated on the Unitree G1 robot and beats TrotNet.
"""


def test_decisions_survive_a_build(tmp_path: Path) -> None:
    digest = tmp_path / "digest.md"
    digest.write_text(DIGEST, encoding="utf-8")
    folder = tmp_path / "graph"
    build([digest], folder)
    with GraphStore.open(folder) as store:
        keys = sorted({store.iris.key_of(q.subject) for q in store.quads(store.iris.entities)})  # type: ignore[arg-type]
    things = [key for key in keys if key.startswith("thing/")]
    assert len(things) > 1
    decide(folder, Decisions((Decision(MERGE, things[0], things[1], (), "tested"),)))
    merged = lines(folder)
    assert not any(f"/{things[1]}>" in line for line in merged)
    build([digest], folder)
    assert lines(folder) == merged
    add(folder, [digest])
    assert lines(folder) == merged
    (folder / DECISIONS).unlink()  # as a user may edit it
    add(folder, [digest])
    assert any(f"/{things[1]}>" in line for line in lines(folder))
    assert run("decisions", folder, "--apply").output == "0 papers resolved again\n"


def test_a_build_with_broken_decisions_names_the_line_and_reads_nothing(tmp_path: Path) -> None:
    digest, folder = tmp_path / "digest.md", tmp_path / "graph"
    digest.write_text(DIGEST, encoding="utf-8")
    folder.mkdir()
    (folder / DECISIONS).write_text("join\tthing/a\tthing/b\n", encoding="utf-8")
    done = run("build", digest, "-o", folder)
    assert done.exit_code == 2
    assert f"{DECISIONS}:1: no decision" in done.stderr
    assert [path.name for path in folder.iterdir()] == [DECISIONS]


def test_decisions_can_be_there_before_the_first_build(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    folder.mkdir()
    (folder / DECISIONS).write_text(Decisions(DECISIONS_MADE[:1]).text(), encoding="utf-8")
    fresh(folder, read_decisions(folder / DECISIONS))
    assert (folder / DECISIONS).exists()
