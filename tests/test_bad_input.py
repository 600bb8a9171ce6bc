"""What `kg build` does with what is no digest: one clear line, an exit code, and an earlier graph left as it was."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.graph.store import GraphStore

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """### [1] [FooNet: Grasping with Foo](https://arxiv.org/abs/2501.00001)
*Ada Lovelace,Alan Turing*

Main category: cs.RO

Abstract: We propose FooNet, a grasping policy. FooNet is evaluated on LIBERO and runs on a Unitree G1 robot.
"""


def run(*args: str | Path, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args], input=stdin, catch_exceptions=False)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small graph."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "good.md").write_text(GOOD, encoding="utf-8")
    assert run("build", folder / "good.md", "-o", folder / "graph").exit_code == 0
    return folder / "graph"


def lines(folder: Path) -> list[str]:
    with GraphStore.open(folder) as store:
        return list(store.nquads())


BAD = {
    "empty.md": b"",
    "blank.md": b" \n\n",
    "binary.md": bytes(range(256)) * 64,
    "page.md": b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
    "truncated.md.gz": gzip.compress(GOOD.encode() * 50)[:150],
    "prose.md": b"# Notes\n\nNothing of arXiv in here.\n",
    "wide.jsonl": b'{"id": "2501.00001", "title": "' + b"x" * 1000,
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_digest_ends_in_one_line_and_costs_nothing(name: str, graph: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(BAD[name])
    before = lines(graph)
    result = run("build", path, "-o", graph)
    assert result.exit_code == 2
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("kg: ")
    assert name in last
    assert "Traceback" not in result.output
    assert lines(graph) == before


def test_a_line_of_100_megabytes_is_skipped_and_the_rest_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"id": "2501.00002", "title": "')
        for _ in range(100):
            stream.write(b"x" * 1_000_000)
        stream.write(b'"}\n{"id": "2501.00003", "title": "A policy", "abstract": "We propose BarNet."}\n')
    result = run("build", path, "-o", tmp_path / "graph")
    assert result.exit_code == 0
    assert "huge.jsonl:1" in result.stderr
    with GraphStore.open(tmp_path / "graph") as store:
        assert list(store.papers()) == ["2501.00003"]


def test_a_missing_file_and_a_folder_without_digests(tmp_path: Path) -> None:
    missing = run("build", tmp_path / "none.md", "-o", tmp_path / "graph")
    assert missing.exit_code == 2
    assert "none.md" in missing.stderr
    (tmp_path / "dir").mkdir()
    nothing = run("build", tmp_path / "dir", "-o", tmp_path / "graph")
    assert nothing.exit_code == 2
    assert not (tmp_path / "graph" / "manifest.json").exists()


def test_a_folder_of_something_else_is_not_built_over(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("precious", encoding="utf-8")
    (tmp_path / "good.md").write_text(GOOD, encoding="utf-8")
    result = run("build", tmp_path / "good.md", "-o", tmp_path / "thesis")
    assert result.exit_code == 2
    assert "-o" in result.stderr
    assert [p.name for p in (tmp_path / "thesis").iterdir()] == ["chapter1.tex"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run("build", tmp_path / "good.md", "-o", tmp_path / "file" / "graph")
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert str(tmp_path / "file") in result.stderr


def test_duplicate_ids_are_one_paper_and_conflicts_are_told(tmp_path: Path) -> None:
    (tmp_path / "twice.md").write_text(
        GOOD + GOOD.replace("FooNet: Grasping with Foo", "Another title"), encoding="utf-8"
    )
    result = run("build", tmp_path / "twice.md", "-o", tmp_path / "graph")
    assert result.exit_code == 0
    assert "2501.00001" in result.stderr
    assert "1 paper" in result.output


def test_strict_stops_at_the_first_lost_record(graph: Path, tmp_path: Path) -> None:
    path = tmp_path / "half.jsonl"
    path.write_text('{"id": "2501.00009", "title": "T", "abstract": "A"}\n{"id": "2501.0001\n', encoding="utf-8")
    before = lines(graph)
    strict = run("build", path, "-o", graph, "--strict")
    assert strict.exit_code == 2
    assert "half.jsonl:2" in strict.stderr
    assert lines(graph) == before


def test_ctrl_c_in_the_middle_leaves_the_earlier_graph(graph: Path, tmp_path: Path) -> None:
    before = lines(graph)
    many = tmp_path / "many.jsonl"
    row = '{{"id": "2501.{:05}", "title": "Paper {}", "abstract": "We propose Net{}. It beats ACT on LIBERO."}}\n'
    many.write_text("".join(row.format(i, i, i) for i in range(20_000)), encoding="utf-8")
    command = [sys.executable, "-m", "kg", "build", str(many), "-o", str(graph)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as child:
        deadline = time.monotonic() + 60
        while len(list(graph.glob("store-*"))) < 2 and time.monotonic() < deadline and child.poll() is None:
            time.sleep(0.05)
        assert child.poll() is None, "the build ended before it could be interrupted"
        child.send_signal(signal.SIGINT)
        _, error = child.communicate(timeout=60)
    assert child.returncode == 130
    assert b"Traceback" not in error
    assert b"interrupted" in error
    assert lines(graph) == before
