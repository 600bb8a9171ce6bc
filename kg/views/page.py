"""One page that holds everything: the drawing, its script, and the same content as plain HTML.

Nothing is loaded, and nothing but the two scripts whose hashes stand in the page's Content Security Policy
(https://www.w3.org/TR/CSP3/) can run. Whatever comes from a paper passes Jinja's escaping.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kg import resources
from kg.graph.names import PAPER
from kg.graph.network import split
from kg.model import NetworkNode, Role
from kg.views.content import Content, Edge, newest, runs
from kg.views.drawing import LOOKS, address, draw, vis_network, words

if TYPE_CHECKING:
    from collections.abc import Mapping

_ARXIV = "https://arxiv.org/abs/"
_IN_PAPERS = {
    Role.PROPOSES: "Proposed in",
    Role.ADDRESSES: "The problem of",
    Role.DEPLOYS_ON: "Ran the experiments of",
    Role.EVALUATES_ON: "Used to evaluate in",
    Role.COMPARES_WITH: "A baseline of",
    Role.TRAINS_ON: "Trained on in",
    Role.USES: "Used in",
    Role.MEASURES: "Measured in",
    Role.MENTIONS: "Mentioned in",
}
PATHS = {
    "dot": Markup('<circle r="8"/>'),
    "diamond": Markup('<path d="M0-10 10 0 0 10-10 0z"/>'),
    "square": Markup('<path d="M-8-8H8V8H-8z"/>'),
    "star": Markup('<path d="M0-11 2.9-3.9 10.5-3.4 4.6 1.5 6.5 8.9 0 4.8-6.5 8.9-4.6 1.5-10.5-3.4-2.9-3.9z"/>'),
    "triangle": Markup('<path d="M0-10 10 8H-10z"/>'),
    "triangleDown": Markup('<path d="M0 10 10-8H-10z"/>'),
    "hexagon": Markup('<path d="M10 0 5 8.7H-5L-10 0-5-8.7H5z"/>'),
}
"""The shapes of vis-network as SVG, for the legend."""
MOST_LISTED = 500
"""The most papers that the list of papers names; a longer one says how many there are."""
MOST_IN_CARD = 8
"""The most papers of one role, and results, that are listed of one node."""


def render(content: Content) -> str:
    """Return the page; equal content gives an equal page."""
    environment = Environment(
        loader=FileSystemLoader(resources.templates()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":"), "sort_keys": True}
    style, script = _shipped("page.css"), _shipped("page.js")
    library = vis_network()
    return environment.get_template("page.html").render(
        policy=_policy(style, [library, script]),
        style=Markup(style),  # noqa: S704  shipped with kg or pyvis, like the next two
        library=Markup(library),  # noqa: S704
        script=Markup(script),  # noqa: S704
        looks=LOOKS,
        paths=PATHS,
        most_listed=MOST_LISTED,
        most_in_card=MOST_IN_CARD,
        in_papers=_IN_PAPERS,
        words=words,
        runs=runs,
        **_said(content),
    )


def _said(content: Content) -> dict[str, Any]:
    """Return what the template says of ``content``."""
    by_role = content.papers_by_role()
    known = {node.key: node for node in content.whole.nodes}
    edges = [(e, content.quotes.get(Edge(e.source, e.type, e.target), ())) for e in content.network.edges]
    return {
        "data": {**draw(content.network, content.base), "looks": _looks()},
        "around": sorted(known[key].label for key in content.around),
        "shown": len(content.network.nodes),
        "total": len(content.whole.nodes),
        "counts": content.counts,
        "drawn": {kind: sum(node.type == kind for node in content.network.nodes) for kind in LOOKS},
        "papers": [_paper(node, content.base) for node in content.papers],
        "period": _period(content.papers),
        "things": [_thing(node, by_role, known, content.base) for node in _alphabetically(content.network.nodes)],
        "edges": [(number, known[e.source], e, known[e.target], quoted) for number, (e, quoted) in enumerate(edges)],
        "paper_of": {n.key: _paper(n, content.base) for n in (*known.values(), *content.cited) if n.type == PAPER},
    }


def _looks() -> Mapping[str, Mapping[str, Any]]:
    return {kind: {"colour": look.colour, "hollow": look.hollow} for kind, look in LOOKS.items()}


def _alphabetically(nodes: tuple[NetworkNode, ...]) -> list[NetworkNode]:
    return sorted(nodes, key=lambda node: (node.label.casefold(), node.key))


def _paper(node: NetworkNode, base: str) -> dict[str, str]:
    """Return a paper's title, date and address; its link, which only a paper of arXiv has."""
    return {
        "id": address(node.key, base),
        "title": node.label,
        "date": newest(node)[0],
        "link": node.key if node.key.startswith(_ARXIV) else "",
    }


def _thing(
    node: NetworkNode,
    by_role: Mapping[str, Mapping[str, tuple[str, ...]]],
    known: Mapping[str, NetworkNode],
    base: str,
) -> dict[str, Any]:
    """Return all that the page says of a node, its edges apart."""
    roles = by_role.get(node.key, {})
    return {
        **_paper(node, base),
        "kind": node.type,
        "aliases": split(str(node.attributes.get("aliases", ""))),
        "categories": split(str(node.attributes.get("categories", ""))),
        "results": split(str(node.attributes.get("results", ""))),
        "roles": {role: [_paper(known[key], base) for key in papers] for role, papers in roles.items()},
    }


def _period(papers: tuple[NetworkNode, ...]) -> str:
    """Return the first and last date of ``papers``, which are sorted; empty if none has one."""
    dates = [date for date, _ in map(newest, papers) if date]
    return "" if not dates else dates[0] if dates[0] == dates[-1] else f"{dates[-1]} to {dates[0]}"


def _shipped(name: str) -> str:
    return (resources.templates() / name).read_text(encoding="utf-8")


def _policy(style: str, scripts: list[str]) -> str:
    """Return a Content Security Policy that allows these and images made on the spot, nothing else."""
    allowed = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
