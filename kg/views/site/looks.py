"""How each kind of node looks in a site: by colour and by shape, so that no kind is told by colour alone."""

from __future__ import annotations

from urllib.parse import quote

from kg.views.drawing import LOOKS, Look
from kg.views.page import PATHS

_BOX = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -12 24 24">'
_HOLLOW = '<g fill="none" stroke="#000" stroke-width="3">'


def style() -> str:
    """Return the style sheet: a class for each kind with its colour and shape, and one that hides its mentions."""
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
