"""What the tests of several formats share: awkward texts, networks made of them, Node, and a Cypher engine."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).resolve().parent
NODE_FOLDER = HERE.parent / "node"


def _missing(what: str) -> None:
    """Skip on a user's machine, fail where everything must run."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def graphology() -> Callable[[Path], dict[str, Any]]:
    """Return what reads a GEXF or GraphML file with graphology and gives its serialised form."""
    beside = Path(sys.executable).with_name("node")
    node = str(beside) if beside.exists() else shutil.which("node")
    if node is None or not (NODE_FOLDER / "node_modules").is_dir():
        _missing("needs Node and the packages of tests/node (make test installs them)")

    def read(path: Path) -> dict[str, Any]:
        done = subprocess.run(
            [str(node), "read.mjs", str(path)], cwd=NODE_FOLDER, capture_output=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr.decode()
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return read


class Engine:
    """A Cypher engine in a process of its own: the Java machine it runs on must not meet pytest's fault handler."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "cypher_engine.py"), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            cwd=folder.parent,  # it writes its log to the working directory
        )

    def run(self, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query's answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(query) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, f"{answer['error']}\n{query[-500:]}"
        rows: list[dict[str, Any]] = answer["rows"]
        return rows

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=60)


@pytest.fixture(scope="session")
def cypher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return an engine with a data base of its own."""
    if importlib.util.find_spec("arcadedb_embedded") is None:
        _missing("needs arcadedb-embedded, a Cypher engine (extra test)")
    engine = Engine(tmp_path_factory.mktemp("cypher") / "database")
    yield engine
    engine.close()
