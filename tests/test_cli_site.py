"""Pages of a graph from the command line: with a build, on their own, not for large graphs unless asked for."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import kg.build
from kg.cli import main

LINE = '{{"id": "2601.9999{0}", "title": "ZetaNet {0}: Grasping on a Unitree G1", "abstract": "We propose ZetaNet."}}\n'


def run(*args: str | Path, stdin: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, [str(a) for a in args], input=stdin, catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def files(site: Path) -> dict[str, bytes]:
    return {p.relative_to(site).as_posix(): p.read_bytes() for p in sorted(site.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "graph"
    code, said, _ = run("build", "-", "-o", folder, stdin=LINE.format(1))
    assert code == 0
    assert f"Open {folder / 'site' / 'index.html'}, or ask:" in said
    return folder


@pytest.fixture
def graph(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "graph"))


def test_the_site_follows_the_graph(graph: Path) -> None:
    page = graph / "site" / "paper" / "2601.99992.html"
    assert not page.exists()
    assert run("add", graph, "-", stdin=LINE.format(2))[0] == 0
    assert "ZetaNet 2" in page.read_text(encoding="utf-8")
    assert run("remove", graph, "2601.99992")[0] == 0
    assert not page.exists()


def test_no_site_leaves_it_out_and_says_how_to_get_it(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    code, said, _ = run("build", "-", "-o", folder, "--no-site", stdin=LINE.format(1))
    assert code == 0
    assert not (folder / "site").exists()
    assert f"Make its pages: kg site {folder}, or ask:" in said
    assert run("site", folder) == (0, f"{folder / 'site' / 'index.html'}\n", "")
    assert (folder / "site" / "paper" / "2601.99991.html").is_file()


def test_a_large_graph_has_a_site_only_where_it_is_asked_for(
    graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kg.build, "MOST_PAPERS", 1)
    before = files(graph / "site")
    code, said, _ = run("add", graph, "-", stdin=LINE.format(2))
    assert code == 0
    assert f"Make its pages: kg site {graph}" in said
    assert files(graph / "site") == before
    assert run("site", graph, "-o", tmp_path / "public")[1] == f"{tmp_path / 'public' / 'index.html'}\n"
    assert (tmp_path / "public" / "paper" / "2601.99992.html").is_file()


def test_pages_left_behind_are_named(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = f"kg: the pages show the graph as it was before; make them anew: kg site {graph}\n"
    assert told not in run("add", graph, "-", stdin=LINE.format(2))[2]
    assert told in run("add", graph, "-", "--no-site", stdin=LINE.format(3))[2]
    monkeypatch.setattr(kg.build, "MOST_PAPERS", 1)
    assert run("merge", graph, "ZetaNet 2", "ZetaNet 3", "--reason", "a test")[2] == told
    assert run("remove", graph, "2601.99992")[2] == told
    shutil.rmtree(graph / "site")
    assert run("remove", graph, "2601.99993")[2] == ""


def test_building_again_over_a_graph_with_a_site_is_allowed(graph: Path) -> None:
    (graph / "manifest.json").unlink()
    code, _, _ = run("build", "-", "-o", graph, stdin=LINE.format(1))
    assert code == 0


def test_what_cannot_be_written_is_one_line(graph: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("words", encoding="utf-8")
    for target, words in ((tmp_path / "mine", "other things"), (tmp_path / "mine" / "thesis.txt" / "x", "written")):
        code, said, error = run("site", graph, "-o", target)
        assert (code, said) == (2, "")
        assert words in error
        assert error.count("\n") == 1
    code, _, error = run("site", tmp_path / "nothing")
    assert code == 2
    assert error == f"kg: {tmp_path / 'nothing'}: no such graph folder. Make one with kg build.\n"


@pytest.mark.skipif(os.name == "nt", reason="no signal to send there")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_the_earlier_site_and_nothing_else(graph: Path, sent: signal.Signals, code: int) -> None:
    before = files(graph)
    command = [sys.executable, "-m", "kg", "site", str(graph)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 120
        while not any(graph.glob(".site.*")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(sent)
        _, error = process.communicate(timeout=120)
    assert process.returncode == code
    assert "interrupted; what was there before is unchanged" in error
    assert files(graph) == before
