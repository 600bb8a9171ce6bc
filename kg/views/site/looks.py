"""How the pages of a site look, and each kind of node in them: by colour and by shape, so not by colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from kg import resources
from kg.views.drawing import LOOKS, Look
from kg.views.page import PATHS
from kg.views.site.writing import write_file, write_shipped

if TYPE_CHECKING:
    from pathlib import Path

_BOX = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -12 24 24">'
_HOLLOW = '<g fill="none" stroke="#000" stroke-width="3">'


def write(target: Path) -> None:
    """Write what every page loads below ``target``: one style sheet, as each file more delays the page, and scripts."""
    site, questions = (
        (resources.templates() / "site" / name).read_text(encoding="utf-8") for name in ("site.css", "questions.css")
    )
    write_file(target / "assets" / "site.css", f"{site}{style()}{questions}")
    for name in ("site.js", "search.js"):
        write_shipped(target, name)


def style() -> str:
    """Return the styles of kinds: a class for each kind with its colour and shape, and one that hides its mentions."""
    return "".join(_rules(kind, look) for kind, look in LOOKS.items())


def _rules(kind: str, look: Look) -> str:
    group = _HOLLOW if look.hollow else "<g>"
    shape = quote(f"{_BOX}{group}{PATHS[look.shape]}</g></svg>", safe=" =:/,'-.()")
    colour = "var(--ink)" if look.colour == "#000000" else look.colour
    return (
        f'.{kind} {{ --kind: {colour}; --shape: url("data:image/svg+xml,{shape}"); }}\n'
        f".off-{kind} .m.{kind} {{ background: none; padding: 0; }}\n"
        f".off-{kind} .m.{kind}::before {{ display: none; }}\n"
        f".off-{kind} .m.{kind} > a {{ border-bottom: 0; }}\n"
    )
