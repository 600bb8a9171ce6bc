"""The scripts that are bundled when the package is built: typed, licensed, the same each time, and not needed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tarfile import open as open_tar

import pytest

from kg.views.site.atlas import bundle

ROOT = Path(__file__).parents[3]
WEB = ROOT / "kg" / "views" / "web"
DIST = "kg/views/web/dist/"
FREE = {"MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "MIT OR Apache-2.0", "(MIT OR Apache-2.0)"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of what the package is built of, as in a fresh clone."""
    target = tmp_path / "clone"
    ignored = shutil.ignore_patterns("node_modules", "dist", "__pycache__")
    shutil.copytree(WEB, target / "kg" / "views" / "web", ignore=ignored)
    shutil.copytree(ROOT / "ontologies", target / "ontologies", ignore=ignored)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore", "kg/__init__.py"):
        shutil.copy(ROOT / name, target / name)
    return target


def built(folder: Path, what: str, **environment: str) -> tuple[Path, str]:
    """Build a wheel or sdist as pip does, and return it with what was said."""
    script = f"from hatchling.build import build_{what} as build; print(build('made'))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return folder / "made" / done.stdout.splitlines()[-1], done.stdout + done.stderr


def npm() -> str:
    path = shutil.which("npm")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs npm")
    return path


@pytest.mark.node
def test_a_wheel_has_the_bundles_and_their_licences_but_not_what_they_are_made_of(copy: Path) -> None:
    npm()
    wheel, _ = built(copy, "wheel")
    names = zipfile.ZipFile(wheel).namelist()
    assert {f"{DIST}network.js", f"{DIST}licences.json"} <= set(names)
    assert [name for name in names if "/web/" in name and not name.startswith(DIST)] == []
    again = zipfile.ZipFile(wheel).read(f"{DIST}network.js").decode()
    assert again == bundle("network.js")


def test_without_npm_the_wheel_is_built_and_says_what_it_lacks(copy: Path, tmp_path: Path) -> None:
    nowhere = {"npm_config_registry": "http://127.0.0.1:9/", "npm_config_cache": str(tmp_path / "cache")}
    wheel, said = built(copy, "wheel", **nowhere)
    assert "The site's scripts were not built, kg works without them" in said
    names = zipfile.ZipFile(wheel).namelist()
    assert "kg/__init__.py" in names
    assert [name for name in names if "/web/" in name] == []


def test_a_source_distribution_has_the_sources_and_no_bundles(copy: Path) -> None:
    (copy / "kg" / "views" / "web" / "dist").mkdir()
    (copy / "kg" / "views" / "web" / "dist" / "network.js").write_text("", encoding="utf-8")
    archive, _ = built(copy, "sdist")
    with open_tar(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {"hatch_build.py", "kg/views/web/src/network.ts", "kg/views/web/package-lock.json"} <= names
    assert not any("/dist/" in name or "node_modules" in name for name in names)


def test_bundles_of_the_same_sources_are_not_made_again(copy: Path) -> None:
    """An installation without npm keeps those that it has."""
    sys.path.insert(0, str(ROOT))
    import hatch_build  # noqa: PLC0415 - at the root of the repository, where pip runs it

    web = copy / "kg" / "views" / "web"
    (web / "dist").mkdir()
    (web / "dist" / "sources.sha256").write_text(hatch_build._digest(web), encoding="ascii")
    (web / "dist" / "network.js").write_text("kept", encoding="utf-8")
    wheel, _ = built(copy, "wheel", npm_config_registry="http://127.0.0.1:9/")
    assert zipfile.ZipFile(wheel).read(f"{DIST}network.js") == b"kept"
    (web / "src" / "network.ts").write_text("other();", encoding="utf-8")
    assert (web / "dist" / "sources.sha256").read_text(encoding="ascii") != hatch_build._digest(web)


def test_the_lock_file_names_no_place_but_the_npm_registry() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    places = {about["resolved"] for about in lock["packages"].values() if "resolved" in about}
    assert all(place.startswith("https://registry.npmjs.org/") for place in places)
    assert all("integrity" in about for name, about in lock["packages"].items() if name)


def test_every_bundled_package_is_named_with_a_free_licence_and_its_text() -> None:
    text = bundle("licences.json")
    if text is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("the scripts were not built")
    licences = json.loads(text)
    assert licences == sorted(licences, key=lambda one: one["name"])
    assert {one["licence"] for one in licences} <= FREE
    assert all(one["version"] and len(one["text"]) > 100 for one in licences)


@pytest.mark.node
def test_the_types_of_the_scripts_agree() -> None:
    tsc = WEB / "node_modules" / ".bin" / "tsc"
    if not tsc.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs the packages of kg/views/web")
    done = subprocess.run([npm(), "run", "--silent", "check"], cwd=WEB, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0
