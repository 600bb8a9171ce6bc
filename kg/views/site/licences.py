"""The page that names what other people's software a site holds, with the licences of it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kg.views.site.writing import write_html

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "licences.html"


def write(target: Path) -> None:
    """Write the page; without bundled scripts (the package was installed without npm) it says that there are none."""
    write_html(target, ADDRESS, "licences.html", packages=_packages())


def _packages() -> list[dict[str, Any]]:
    """Return name, version, licence and its text of each package in the bundles, as they were built."""
    found = files("kg.views").joinpath("web", "dist", "licences.json")
    return list(json.loads(found.read_text(encoding="utf-8"))) if found.is_file() else []
