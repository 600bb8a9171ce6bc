"""The data of a site's network page: maps as columns, with places and communities, and the sentences behind edges.

``data/network-<map>.js`` holds everything that the drawing needs, one list a property, so that a browser reads 20,000
nodes in a fraction of a second. The sentences are many times as large: they lie in ``data/evidence/<map>-<n>.js``, a
few hundred edges each, and are loaded when someone asks for them.
"""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.graph.communities import Plan, communities, plan
from kg.graph.drawing import COLOURS, size
from kg.graph.names import CATEGORY, PAPER
from kg.graph.network import CREATOR
from kg.graph.quotes import Quote
from kg.model import Role
from kg.views.content import runs
from kg.views.drawing import LOOKS, words
from kg.views.site.maps import Map, best, maps, telling
from kg.views.site.poster import poster
from kg.views.site.writing import write_data, write_file, write_html, write_shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kg.graph.communities import Floats, Indices
    from kg.views.site.catalogue import Library
    from kg.views.site.maps import Key, Said

PAGE = "network.html"
SCRIPT = "network.js"
PICTURE = "data/network.png"
SHARD = 400
"""Edges whose sentences are in one file."""
QUOTED = 3
"""The most papers that are quoted for one edge."""
_LARGEST = 36.0
_BY_NAME = 0.1
"""What an author counts beside a thing: communities are to be of topics rather than of teams."""
_ROLES = frozenset(role.value for role in Role)
_ENDS = {"": 0, "subject": 1, "object": 2, "subject object": 3}


def write(library: Library, target: Path) -> None:
    """Write the network page of a site, its scripts and its data below ``target``.

    Without the bundled script (the package was installed without npm) the page says so and has a picture, but no data.
    """
    write_maps(library, list(islice(maps(library), 1 if bundle(SCRIPT) is None else None)), target)


def write_maps(library: Library, drawn: Sequence[Map], target: Path) -> None:
    """Write the network page with the maps ``drawn``, the first of which it shows first."""
    script = bundle(SCRIPT)
    made = {one.name: columns(library, one) for one in drawn}
    picture = next((poster(made[one.name]) for one in drawn[:1] if one.nodes), None)
    write_html(
        target, PAGE, "network.html", script=script is not None, maps=drawn, picture=PICTURE if picture else None
    )
    write_shipped(target, "network.css")
    if picture is not None:
        write_file(target / PICTURE, picture)
    if script is None:
        return
    write_file(target / "assets" / SCRIPT, script)
    for one in drawn:
        write_data(target, f"network-{one.name}", made[one.name])
        for number, shard in enumerate(evidence(library, one)):
            write_data(target, f"evidence/{one.name}-{number}", shard)


def bundle(name: str) -> str | None:
    """Return a script that was bundled when the package was built, ``None`` where it was built without npm."""
    found = files("kg.views").joinpath("web", "dist", name)
    return found.read_text(encoding="utf-8") if found.is_file() else None


def columns(library: Library, drawn: Map) -> dict[str, Any]:
    """Return a map as the script reads it; equal maps give equal columns."""
    ends, weights = _rows(drawn)
    community = communities(len(drawn.nodes), ends, weights)
    placed = plan(ends, weights, community)
    degree = np.bincount(ends.ravel(), minlength=len(drawn.nodes))
    kinds = [kind for kind in LOOKS if any(library.nodes[iri].kind == kind for iri in drawn.nodes)]
    types = sorted({key.type for key in drawn.edges}, key=lambda name: (name in _ROLES, name))
    return {
        "kinds": [_kind(kind) for kind in kinds],
        "types": [{"name": name, "said": words(name), "role": name in _ROLES} for name in types],
        **_nodes(library, drawn, kinds),
        "size": [min(size(int(count)), _LARGEST) for count in degree],
        "x": _rounded(placed.points[:, 0]),
        "y": _rounded(placed.points[:, 1]),
        "community": community.tolist(),
        "communities": _communities(library, drawn, community, placed),
        "edges": _edges(drawn, ends, types),
        "shard": SHARD,
        "total": drawn.total,
    }


def _kind(kind: str) -> dict[str, Any]:
    look = LOOKS[kind]
    return {"name": kind, "colour": COLOURS[kind], "shape": look.shape, "hollow": look.hollow}


def _rows(drawn: Map) -> tuple[Indices, Any]:
    number = {iri: i for i, iri in enumerate(drawn.nodes)}
    pairs = [(number[key.source], number[key.target]) for key in drawn.edges]
    count = [len(said) * (_BY_NAME if key.type == CREATOR else 1.0) for key, said in drawn.edges.items()]
    return np.array(pairs, dtype=np.intp).reshape(-1, 2), np.sqrt(np.array(count, dtype=np.float64))


def _rounded(values: Floats) -> list[float]:
    return [float(value) + 0.0 for value in np.round(values, 1)]


def _nodes(library: Library, drawn: Map, kinds: Sequence[str]) -> dict[str, Any]:
    """Return what is known of the nodes; months count from the year 0, 0 for none; categories are shared lists."""
    codes: dict[str, int] = {}
    sets: dict[tuple[int, ...], int] = {}
    found: dict[str, list[Any]] = {name: [] for name in ("label", "kind", "page", "papers", "first", "last", "in")}
    for iri in drawn.nodes:
        node, papers = library.nodes[iri], library.papers_of(iri)
        months = [month(paper.date) for paper in papers if paper.date]
        named = sorted({codes.setdefault(c, len(codes)) for paper in papers for c in paper.categories})
        found["label"].append(node.label)
        found["kind"].append(kinds.index(node.kind))
        found["page"].append(node.address.removesuffix(".html"))
        found["papers"].append(1 if node.kind == PAPER else len(papers))
        found["first"].append(min(months, default=0))
        found["last"].append(max(months, default=0))
        found["in"].append(sets.setdefault(tuple(named), len(sets)))
    labels = [library.nodes[iri].label for iri in codes if library.nodes[iri].kind == CATEGORY]
    return {**found, "categories": labels, "sets": [list(one) for one in sets]}


def month(date: str) -> int:
    """Return the months from the year 0 to a day or month.

    >>> month("2025-12-04") - month("2024-12")
    12
    """
    year, _, rest = date.partition("-")
    return int(year) * 12 + (int(rest[:2]) if rest else 1) - 1


def _edges(drawn: Map, ends: Indices, types: Sequence[str]) -> dict[str, list[int]]:
    """Return the columns of the edges; scores in hundredths."""
    number = {name: i for i, name in enumerate(types)}
    dates = [[month(one.paper.date) for one in said if one.paper.date] for said in drawn.edges.values()]
    return {
        "source": ends[:, 0].tolist(),
        "target": ends[:, 1].tolist(),
        "type": [number[key.type] for key in drawn.edges],
        "score": [round(100 * best(said)) for said in drawn.edges.values()],
        "support": [len(said) for said in drawn.edges.values()],
        "first": [min(months, default=0) for months in dates],
        "last": [max(months, default=0) for months in dates],
    }


def _communities(library: Library, drawn: Map, community: Indices, placed: Plan) -> list[dict[str, Any]]:
    inner: Counter[str] = Counter()
    for key in drawn.edges:
        inner[key.source] += 1
        inner[key.target] += 1
    members: list[list[str]] = [[] for _ in placed.radii]
    for iri, place in zip(drawn.nodes, community, strict=True):
        members[place].append(iri)
    return [
        {"name": _name(library, found, inner), "x": x, "y": y, "radius": radius, "count": len(found)}
        for found, x, y, radius in zip(
            members, _rounded(placed.centres[:, 0]), _rounded(placed.centres[:, 1]), _rounded(placed.radii), strict=True
        )
    ]


def _name(library: Library, members: Iterable[str], degree: Mapping[str, int]) -> str:
    """Return the name of a community: of the node with most edges among those that say what it is about."""
    chosen = min(members, key=lambda iri: (telling(library, iri), -degree[iri], iri))
    return library.nodes[chosen].label


def evidence(library: Library, drawn: Map) -> Iterator[list[list[Any]]]:
    """Yield the files of evidence: for each edge what papers say of it, ``[title, page, date, score, runs]``.

    A run is ``[words, end]`` with 1 where it names the subject, 2 the object, 3 both. An edge that is given with the
    papers, or follows from what they are about, has the papers without words.
    """
    shown = iter(drawn.edges.items())
    while shard := list(islice(shown, SHARD)):
        yield [[_said(library, key, one) for one in _surest(said)] for key, said in shard]


def _surest(said: Iterable[Said]) -> list[Said]:
    """Return a few papers, the surest and then the newest first."""
    return sorted(said, key=lambda one: -(one.stated.claim.score if one.stated else 0))[:QUOTED]


def _said(library: Library, key: Key, said: Said) -> list[Any]:
    paper = library.nodes[said.paper.iri]
    about = [paper.label, paper.address, said.paper.date]
    if said.stated is None:
        return [*about, 100, []]
    claim = said.stated.claim
    spans = (claim.subject_span, claim.object_span)
    quote = Quote(key.source, key.type, key.target, paper.iri, claim.score, claim.sentences, *spans)
    return [*about, round(100 * claim.score), [[run.text, _ENDS[run.end]] for run in runs(quote)]]
