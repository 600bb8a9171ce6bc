"""How the parts of a site write their files: pages from templates, data for scripts, shipped styles and scripts.

Every page carries a Content Security Policy (https://www.w3.org/TR/CSP3/) under which only files of the site run and
load. ``file:`` stands beside ``'self'`` because a page opened from disk has no origin of its own in some browsers; on a
web server it admits nothing, as pages from the web may not load files.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg import __version__, resources

if TYPE_CHECKING:
    from pathlib import Path

NAV = (
    ("index.html", "Home"),
    ("papers.html", "Papers"),
    ("boards.html", "Leaderboards"),
    ("network.html", "Network"),
    ("new.html", "What is new"),
    ("sparql.html", "SPARQL"),
)
"""The pages that every page links to."""

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' file:",
    "style-src": "'self' file:",
    "img-src": "'self' file: data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "kg",
}
_ESCAPED = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a site a page lies: its address from the root, such as ``robot/unitree-g1.html``."""

    address: str

    @property
    def root(self) -> str:
        """The way from the page to the root of the site: nothing or ``../``."""
        return "../" * self.address.count("/")


def policy(**more: str) -> str:
    """Return the Content Security Policy of a page.

    >>> policy(script_src="'wasm-unsafe-eval'").split("; ")[1]
    "script-src 'self' file: 'wasm-unsafe-eval'"

    :param more: what a page needs beyond the usual, by directive with ``_`` for ``-``.
    """
    rules = dict(_POLICY)
    for directive, sources in more.items():
        rule = directive.replace("_", "-")
        rules[rule] = f"{rules[rule]} {sources}" if rule in rules else sources
    return "; ".join(f"{directive} {sources}" for directive, sources in rules.items())


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(resources.templates() / "site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(nav=NAV, policy=policy(), version=__version__)
    return found


def write_html(target: Path, address: str, template: str, **context: Any) -> None:
    """Write a page of a site.

    :param address: of the page, from the root of the site.
    :param template: a file of ``kg/views/templates/site`` that extends ``base.html``; ``context`` is what it reads.
    """
    place = Place(address)
    text = _environment().get_template(template).render(here=address, root=place.root, **context)
    write_file(target / address, text)


def write_data(target: Path, name: str, value: Any) -> None:
    """Write JSON values where the scripts of a page find them: ``KG.load(name)`` gives them.

    :param name: as in ``search`` or ``evidence/0a``; the file is ``data/<name>.js``.
    """
    write_file(target / "data" / f"{name}.js", f"KG.data({script_json(name)},{script_json(value)});\n")


def script_json(value: Any) -> str:
    r"""Return ``value`` as JSON that can stand in a script or in HTML whatever its strings hold.

    >>> print(script_json({"title": "</script> & more"}))
    {"title":"\u003c/script\u003e \u0026 more"}
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_ESCAPED)


def write_shipped(target: Path, name: str) -> None:
    """Copy a hand-written style sheet or script of ``kg/views/templates/site`` to the assets of a site."""
    (target / "assets").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(resources.templates() / "site" / name, target / "assets" / name)


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file of a site that is being made; a lone surrogate in a text becomes a question mark."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8", "replace") if isinstance(content, str) else content)
