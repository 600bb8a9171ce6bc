"""The commands from end to end, on the bundled example."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner, Result

from kg import resources
from kg.cli import main
from kg.cli.asking import EXPORTS
from kg.exporters import EXPORTERS
from kg.graph import named
from kg.graph.store import GraphStore

PAPERS = 40


def run(*args: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args], input=stdin, catch_exceptions=False)


def done(*args: str | Path, stdin: str | None = None) -> str:
    result = run(*args, stdin=stdin)
    assert result.exit_code == 0, result.output
    return result.stdout


def nquads(folder: Path) -> list[str]:
    with GraphStore.open(folder) as store:
        return list(store.nquads())


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the bundled example once; tests that write work on a copy."""
    folder = tmp_path_factory.mktemp("cli") / "example"
    said = done("build", resources.example(), "-o", folder)
    assert f"{PAPERS} papers" in said
    assert str(folder / "site" / "index.html") in said
    return folder


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "copy"))


def test_the_example_conforms_and_its_report_is_complete(built: Path) -> None:
    assert done("validate", built) == "The graph conforms.\n"
    assert json.loads(done("validate", built, "--json")) == []
    report = json.loads((built / "report.json").read_text(encoding="utf-8"))
    assert report["papers"] == PAPERS
    assert report["entities"] > 5 * PAPERS
    assert report["violations"] == []


def test_building_again_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    done("build", resources.example(), "-o", tmp_path / "again", "--jobs", "2")
    assert nquads(tmp_path / "again") == nquads(built)
    for name in ("report.json", "site/index.html"):
        assert (tmp_path / "again" / name).read_bytes() == (built / name).read_bytes()


def test_adding_a_paper_again_changes_nothing_and_removing_it_leaves_no_trace(copy: Path, tmp_path: Path) -> None:
    before = nquads(copy)
    done("add", copy, resources.example())
    assert nquads(copy) == before
    new = '{"id": "2601.99999", "title": "ZetaNet: Grasping on a Unitree G1", "abstract": "We propose ZetaNet."}\n'
    assert "1 paper " in done("add", copy, "-", stdin=new)
    assert any("2601.99999" in line for line in nquads(copy))
    assert done("remove", copy, "https://arxiv.org/abs/2601.99999v2") == "1 paper removed\n"
    assert nquads(copy) == before


def test_removing_what_is_not_there_is_an_error_that_changes_nothing(copy: Path) -> None:
    before = nquads(copy)
    result = run("remove", copy, "2406.09246", "9999.99999")
    assert result.exit_code == 2
    assert "9999.99999" in result.stderr
    assert nquads(copy) == before


def test_extract_writes_one_line_a_paper_in_the_form_of_the_guidelines(tmp_path: Path) -> None:
    done("extract", resources.example(), "-o", tmp_path / "read.jsonl")
    lines = (tmp_path / "read.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) == PAPERS
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert all(list(row) == ["id", "e", "r", "q"] for row in rows)
    assert done("extract", resources.example()).splitlines() == lines


def test_a_least_score_leaves_out_what_is_less_sure(tmp_path: Path) -> None:
    every, sure = (
        [json.loads(line) for line in done("extract", resources.example(), "--min-score", str(least)).splitlines()]
        for least in (0, 0.7)
    )
    for kind in "er":
        counts = [sum(len(line[kind]) for line in lines) for lines in (sure, every)]
        assert 0 < counts[0] < counts[1]
    assert [line["id"] for line in sure] == [line["id"] for line in every]
    done("build", resources.example(), "-o", tmp_path / "sure", "--min-score", "0.7")
    scores = done("query", tmp_path / "sure", "SELECT (MIN(?s) AS ?least) { GRAPH ?g { ?claim kg:score ?s } }")
    assert float(scores.split()[-1]) >= 0.7


def test_evaluate_scores_predictions_and_extracts_where_none_are_given(tmp_path: Path) -> None:
    text = {"id": "x", "title": "FooNet", "abstract": "We propose FooNet, a policy. FooNet is evaluated on LIBERO."}
    gold = {
        "id": "x",
        "e": [["FooNet", "Method", "proposes"], ["LIBERO", "Benchmark", "evaluatesOn"]],
        "r": [],
        "q": [],
    }
    (tmp_path / "t.jsonl").write_text(json.dumps(text), encoding="utf-8")
    (tmp_path / "g.jsonl").write_text(json.dumps(gold), encoding="utf-8")
    args = ("evaluate", tmp_path / "g.jsonl", "--texts", tmp_path / "t.jsonl")
    perfect = json.loads(done(*args, "--predicted", tmp_path / "g.jsonl", "--json"))
    assert perfect["figures"]["entity exact"]["f1"] == 100
    assert "entity exact" in done(*args)
    (tmp_path / "other.jsonl").write_text(json.dumps({**text, "id": "y"}), encoding="utf-8")
    result = run("evaluate", tmp_path / "g.jsonl", "--texts", tmp_path / "other.jsonl")
    assert result.exit_code == 2
    assert "x first" in result.stderr


def test_the_papers_and_the_robots_they_ran_on(built: Path) -> None:
    answer = done("query", built, "--name", "papers-and-robots", "--format", "csv")
    assert "Unitree G1" in answer
    narrowed = done("query", built, "--name", "papers-on-robot", "-p", "robot=unitree g1", "--format", "json")
    rows = json.loads(narrowed)["results"]["bindings"]
    assert rows
    assert all("G1" in row["robot"]["value"] for row in rows)


@pytest.mark.parametrize("name", sorted(named.load()))
def test_every_named_query_answers_its_example_on_the_bundled_graph(name: str, built: Path) -> None:
    query = named.load()[name]
    params = [part for key, value in query.example.items() for part in ("-p", f"{key}={value}")]
    answer = json.loads(done("query", built, "--name", name, *params, "--format", "json"))
    # What the ontology forbids is nothing that the example must have.
    assert answer["results"]["bindings"] or name == "quarantined", f"{name}: choose its example from the bundled graph"


def test_queries_by_text_file_and_list(built: Path, tmp_path: Path) -> None:
    count = "SELECT (COUNT(?p) AS ?n) WHERE { ?p a kg:Paper }"
    assert str(PAPERS) in done("query", built, count)
    (tmp_path / "q.rq").write_text(count, encoding="utf-8")
    assert done("query", built, "--file", tmp_path / "q.rq", "--format", "csv").split() == ["n", str(PAPERS)]
    assert "papers-on-robot" in done("query", "--list")
    turtle = done("query", built, "CONSTRUCT WHERE { ?p a kg:Paper }", "--format", "turtle")
    assert turtle.count("kg:Paper") == PAPERS


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("SELEC ?x WHERE { }",), "kg: "),
        (("--name", "papers-on-robots", "-p", "robot=G1"), "papers-on-robot"),
        (("--name", "papers-on-robot"), "robot"),
        (("--name", "papers-on-robot", "-p", "robot"), "KEY=VALUE"),
        (("--file", "/nowhere/q.rq"), "q.rq"),
        (("DELETE WHERE { ?s ?p ?o }",), "kg: "),
        ((), "Give a graph folder"),
    ],
)
def test_wrong_questions_end_in_one_line(args: tuple[str, ...], words: str, built: Path) -> None:
    result = run("query", built, *args)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_a_query_that_takes_too_long_is_stopped(built: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    result = run("query", built, endless, "--timeout", "1")
    assert result.exit_code == 2
    assert "stopped after 1 seconds" in result.stderr


def test_show_gives_the_sentences_and_near_names(built: Path) -> None:
    said = done("show", built, "openvla")
    assert "OpenVLA" in said
    assert "LIBERO" in said
    assert json.loads(done("show", built, "OpenVLA", "--json"))
    result = run("show", built, "OpenVLAA")
    assert result.exit_code == 2
    assert "OpenVLA" in result.stderr


def test_stats_count_what_is_there(built: Path) -> None:
    assert str(PAPERS) in done("stats", built)
    assert json.loads(done("stats", built, "--json"))["papers"] == PAPERS


def test_the_command_offers_every_exporter() -> None:
    assert set(EXPORTS) == {*EXPORTERS, "html"}


@pytest.mark.parametrize("form", EXPORTS)
def test_every_export_is_written_where_asked_or_into_the_graph_folder(form: str, copy: Path, tmp_path: Path) -> None:
    for args, place in (((), copy), (("-o", tmp_path / "there"), tmp_path)):
        for path in map(Path, done("export", copy, "--to", form, *args).splitlines()):
            assert path.is_file()
            assert path.stat().st_size
            assert place in path.parents


def test_an_export_of_a_part(built: Path, tmp_path: Path) -> None:
    done("export", built, "--to", "gexf", "--type", "robot", "-o", tmp_path / "robots.gexf")
    done("export", built, "--to", "gexf", "--around", "openvla", "-o", tmp_path / "near.gexf")
    robots, near = (dict(nx.read_gexf(tmp_path / f"{name}.gexf").nodes(data=True)) for name in ("robots", "near"))
    assert {node["kind"] for node in robots.values()} == {"Robot"}
    assert {"Paper", "Method"} <= {node["kind"] for node in near.values()}
    assert "OpenVLA" in {node["label"] for node in near.values()}
    unknown = run("export", built, "--to", "gexf", "--around", "OpenVLLA", "-o", tmp_path / "x.gexf")
    assert unknown.exit_code == 2
    assert "OpenVLA" in unknown.stderr


def test_a_folder_without_graph_is_told_apart(tmp_path: Path) -> None:
    for command in (("stats",), ("validate",), ("query", "ASK {}"), ("add", str(resources.example()))):
        name, *rest = command
        result = run(name, tmp_path / "none", *rest)
        assert result.exit_code == 2
        assert "kg build" in result.stderr


def test_the_digests_give_the_row_of_the_unitree_g1(shared: Path, tmp_path: Path) -> None:
    digests = shared / "digests"
    said = done("build", digests / "digest-en.md", digests / "digest-zh.md", "-o", tmp_path / "both")
    assert "175 papers" in said
    assert done("validate", tmp_path / "both") == "The graph conforms.\n"
    answer = done("query", tmp_path / "both", "--name", "papers-and-robots", "--format", "csv")
    assert any("2512.05094" in row and "Unitree G1" in row for row in answer.splitlines())
