"""The shape of the project itself: its checks pass, its wheel is whole, and its command starts light."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import kg

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MODULE = 400
HEAVY = {"jinja2", "networkx", "numpy", "pylatexenc", "pyoxigraph", "pyshacl", "pyvis", "rdflib", "scipy", "spacy"}


def run(*command: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), cwd=cwd, check=False, capture_output=True, encoding="utf-8")


def tool(name: str) -> str:
    """Return the command ``name`` of the environment that runs the tests."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, f"{name} is not installed: pip install -e '.[test]'"
    return found


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["ruff", "check", "--output-format=concise"], id="rules"),
        pytest.param(["ruff", "format", "--check"], id="format"),
        pytest.param(["mypy"], id="types"),
        pytest.param(["lint-imports"], id="layers"),
    ],
)
def test_the_checks_pass(command: list[str]) -> None:
    name, *arguments = command
    done = run(tool(name), *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_modules_are_short() -> None:
    long = [
        path.name for path in (ROOT / "kg").rglob("*.py") if len(path.read_text("utf-8").splitlines()) > LONGEST_MODULE
    ]
    assert long == []


def test_the_version_is_that_of_the_metadata() -> None:
    assert importlib.metadata.version("arxiv-kg") == kg.__version__


# ---------------------------------------------------------------------------------------------- the wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as a release does; its build back end comes from the registry."""
    target = tmp_path_factory.mktemp("wheel")
    options = ("--no-deps", "--quiet", "--retries=1", "--disable-pip-version-check", f"--wheel-dir={target}")
    done = run(sys.executable, "-m", "pip", "wheel", ROOT, *options)
    if done.returncode and re.search(
        r"No matching distribution found for hatchling|Connection|Max retries", done.stderr
    ):
        pytest.skip("needs hatchling from the package registry, which cannot be reached")
    assert done.returncode == 0, done.stderr
    (built,) = target.glob("*.whl")
    return built


def shipped_files() -> set[str]:
    """Return what the wheel must hold besides its metadata: the package, and the ontologies inside it."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "kg", "ontologies")
    if listed.returncode:
        pytest.skip("needs a git checkout")
    names = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
    names.remove("kg/training/labels.jsonl")  # what the model is made of; who trains has a checkout
    own = {name for name in names if not name.startswith("kg/views/web/")}  # in the wheel as bundles
    return {name if name.startswith("kg/") else f"kg/{name}" for name in own}


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert any(name.endswith("/LICENSE") for name in archive.namelist())
    bundled = {name for name in names if name.startswith("kg/views/web/dist/")}  # none where npm cannot be reached
    assert names - bundled == shipped_files()
    assert (
        not bundled or {f"kg/views/web/dist/{name}" for name in ("network.js", "sparql.js", "licences.json")} < bundled
    )
    assert "kg/py.typed" in names


def test_what_ships_is_found_in_an_installed_package(wheel: Path, tmp_path: Path) -> None:
    """The ontologies, queries, templates, model and example are found without the checkout."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1])\n"
        "from kg import resources as r\n"
        "files = [r.ontology('kg.ttl'), r.ontology('shapes.ttl'), r.ontology('context.jsonld'), r.example(),"
        " *r.queries().glob('*.rq'), *r.templates().glob('*'), *r.model().glob('*')]\n"
        "print(json.dumps([str(f) for f in files if f.exists()]))"
    )
    done = run(sys.executable, "-I", "-c", code, tmp_path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = [Path(name) for name in json.loads(done.stdout)]
    assert all(path.is_relative_to(tmp_path) for path in found)
    assert {path.name for path in found} >= {"kg.ttl", "shapes.ttl", "context.jsonld", "example.md", "meta.json"}
    assert sum(path.suffix == ".rq" for path in found) >= 15
    assert any(path.parent.name == "templates" for path in found)


# ---------------------------------------------------------------------------------------------- the command's start


def loaded_after(code: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after ``code``."""
    report = "import sys; sys.stderr.write('\\n' + ' '.join({name.partition('.')[0] for name in sys.modules}))"
    done = run(sys.executable, "-c", f"{code}\n{report}")
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    loaded = loaded_after("from kg.cli import main; main(['--help'], standalone_mode=False)")
    assert {"click", "kg"} <= loaded
    assert loaded & HEAVY == set()


def test_the_help_of_a_command_loads_no_heavy_library() -> None:
    code = "from kg.cli import main\nfor name in main.commands:\n    main([name, '--help'], standalone_mode=False)"
    assert loaded_after(code) & HEAVY == set()
