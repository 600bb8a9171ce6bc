"""The backends through the commands, from end to end."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from kg.build import ReadingOptions, build
from kg.cli import main
from kg.cli.backends import EXTRACTORS
from kg.errors import SourceError
from kg.graph.store import GraphStore
from kg.nlp import Extractor
from kg.nlp.backends import ENDPOINT, NAMES, Reader, Settings, load

from .conftest import ANSWERS, PAPERS, Said, entity

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import StandIn


@pytest.fixture
def digest(tmp_path: Path) -> Path:
    path = tmp_path / "digest.jsonl"
    rows = ({"id": p.id, "title": p.title, "abstract": p.abstract} for p in PAPERS)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def run(*args: object, server: StandIn | None = None, stdin: str | None = None) -> Result:
    at = () if server is None else ("--extractor", "openai", "--model", "m", "--endpoint", server.url, "--price", 1, 4)
    return CliRunner().invoke(main, [str(a) for a in (*args, *at)], input=stdin, catch_exceptions=False)


def text(folder: Path) -> str:
    with GraphStore.open(folder) as store:
        return "\n".join(store.nquads())


def test_a_graph_is_built_with_the_provenance_of_the_model(server: StandIn, digest: Path, tmp_path: Path) -> None:
    server.script = [Said({**ANSWERS["FooNet: Learning"], "results": [{"value": "99%", "kind": "absolute"}]})]
    done = run("build", digest, "-o", tmp_path / "g", "--yes", server=server)
    assert done.exit_code == 0, done.output
    assert "2 papers · 7 entities · 3 relations · 0 results" in done.stdout
    assert "m at http://127.0.0.1" in done.stderr
    assert "2 requests; 2,000 tokens in and 400 out: $0.0036" in done.stderr
    assert "1 part of the answer dropped: result ['99%'" in done.stderr
    assert "sk-secret" not in done.output
    assert run("validate", tmp_path / "g").exit_code == 0
    graph = text(tmp_path / "g")
    assert ' m"' in graph
    assert "kg-openai" in graph
    assert "sk-secret" not in graph
    report = json.loads((tmp_path / "g" / "report.json").read_text(encoding="utf-8"))
    assert report["papers"] == 2
    assert len(report["problems"]) >= 1


def test_an_invented_entity_does_not_enter_the_graph(server: StandIn, digest: Path, tmp_path: Path) -> None:
    server.rule = lambda _: Said({"entities": [entity("FooNet", "Method", "uses"), entity("InventedNet")]})
    assert run("build", digest, "-o", tmp_path / "g", "--yes", server=server).exit_code == 0
    assert "FooNet" in text(tmp_path / "g")
    assert "nvented" not in text(tmp_path / "g")


def test_a_cap_keeps_what_was_read_and_lists_the_rest(server: StandIn, digest: Path, tmp_path: Path) -> None:
    server.script = [Said(ANSWERS["FooNet: Learning"], usage={"prompt_tokens": 9000, "completion_tokens": 4000})]
    done = run("build", digest, "-o", tmp_path / "g", "--yes", "--max-cost", "0.03", server=server)
    assert done.exit_code == 0
    assert "1 paper · 4 entities" in done.stdout
    assert "skipped: digest.jsonl:2: 2601.00002 was not read: the next request might pass the cap" in done.stderr
    assert "2601.00002" not in text(tmp_path / "g")


def test_adding_does_not_lose_what_an_earlier_reading_found(server: StandIn, digest: Path, tmp_path: Path) -> None:
    folder = tmp_path / "g"
    assert run("build", digest, "-o", folder, "--yes", server=server).exit_code == 0
    server.script = [Said(ANSWERS["FooNet: Learning"]), Said("I refuse.")]
    assert run("add", folder, digest, "--yes", server=server).exit_code == 0
    assert "grasping" in text(folder)


def test_an_endpoint_that_fails_leaves_the_earlier_graph(server: StandIn, digest: Path, tmp_path: Path) -> None:
    folder = tmp_path / "g"
    assert run("build", digest, "-o", folder, "--yes", server=server).exit_code == 0
    before = text(folder)
    for rule, words in (
        (lambda _: Said("no", status=401), "does not accept the key (HTTP 401). Set OPENAI_API_KEY"),
        (lambda _: Said("I refuse."), "no paper could be read"),
    ):
        server.rule = rule
        done = run("build", digest, "-o", folder, "--yes", server=server)
        assert done.exit_code == 2
        assert words in done.stderr
        assert text(folder) == before


def test_strict_stops_at_a_paper_that_was_not_read(server: StandIn, digest: Path, tmp_path: Path) -> None:
    server.script = [Said("I refuse.")]
    done = run("build", digest, "-o", tmp_path / "g", "--yes", "--strict", server=server)
    assert done.exit_code == 2
    assert "digest.jsonl:1: 2601.00001 was not read" in done.stderr


def test_a_user_is_asked_before_it_costs_money(
    server: StandIn, digest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = run("extract", digest, server=server)
    assert alone.exit_code == 2
    assert "Give --yes." in alone.stderr
    somebody, nobody = (SimpleNamespace(isatty=lambda there=there: there) for there in (True, False))
    monkeypatch.setattr("kg.cli.backends.sys", SimpleNamespace(stdin=somebody, stderr=nobody))
    no = run("build", digest, "-o", tmp_path / "g", server=server, stdin="n\n")
    assert no.exit_code == 2
    assert "nothing was sent" in no.stderr
    assert server.requests == []
    assert not (tmp_path / "g" / "manifest.json").exists()
    assert run("extract", digest, server=server, stdin="y\n").exit_code == 0
    assert len(server.requests) == 2


def test_a_server_of_ones_own_needs_no_yes(server: StandIn, digest: Path) -> None:
    args = ("--extractor", "openai", "--model", "m", "--endpoint", server.url, "--price", "0", "0")
    done = run("extract", digest, *args)
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in lines] == [p.id for p in PAPERS]
    assert lines[1]["r"] == [[0, "comparedWith", 2]]


def test_evaluate_scores_an_endpoint(server: StandIn, digest: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    labels = [{"id": p.id, "e": [["FooNet", "Method", "proposes"]]} for p in PAPERS]
    gold.write_text("".join(json.dumps(line) + "\n" for line in labels), encoding="utf-8")
    server.script = [Said("I refuse.")]
    done = run("evaluate", gold, "--texts", digest, "--yes", "--json", server=server)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["figures"]["entity exact"]["gold"] == 2
    assert "2601.00001 was not read" in done.stderr
    both = run("evaluate", gold, "--texts", digest, "--predicted", gold, "--yes", server=server)
    assert both.exit_code == 2
    assert "not both" in both.stderr


@pytest.mark.parametrize(
    "option", [("--endpoint", "http://x/v1"), ("--price", "1", "1"), ("--max-cost", "1"), ("--yes",)]
)
def test_options_of_an_endpoint_need_one(option: tuple[str, ...], digest: Path) -> None:
    done = run("extract", digest, *option)
    assert done.exit_code == 2
    assert f"{option[0]} needs --extractor openai" in done.stderr


def test_a_cap_of_nothing_is_one(server: StandIn, digest: Path) -> None:
    done = run("extract", digest, "--yes", "--max-cost", "0", server=server)
    assert done.exit_code == 2
    assert "Give a higher --max-cost" in done.stderr
    assert server.requests == []


def test_what_is_not_installed_ends_with_3(digest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gliner", None)
    done = run("extract", digest, "--extractor", "gliner", "--model", "weights")
    assert done.exit_code == 3
    assert "pip install" in done.stderr


def test_a_wrong_folder_for_the_shipped_extractor(digest: Path, tmp_path: Path) -> None:
    done = run("extract", digest, "--model", tmp_path)
    assert done.exit_code == 2
    assert "no usable model" in done.stderr


def test_the_key_is_no_option() -> None:
    for command in ("build", "add", "extract", "evaluate"):
        assert "api-key" not in run(command, "--help").stdout


def test_the_command_offers_every_backend() -> None:
    assert EXTRACTORS == NAMES
    assert Settings().backend == NAMES[0]
    assert ENDPOINT.startswith("https://")


def test_the_shipped_extractor_is_a_reader() -> None:
    reader: Reader = load(Settings(), print)
    assert isinstance(reader, Extractor)
    assert reader.name


def test_the_library_asks_nothing_and_keeps_the_cap(server: StandIn, digest: Path, tmp_path: Path) -> None:
    chosen = Settings("openai", "m", server.url, (1.0, 4.0), max_cost=1.0)
    assert build([digest], tmp_path / "g", how=ReadingOptions(extractor=chosen)).papers == 2
    server.rule = lambda _: Said(None)
    with pytest.raises(SourceError, match="m refused to answer"):
        build([digest], tmp_path / "g", how=ReadingOptions(extractor=chosen))
