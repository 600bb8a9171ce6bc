"""A network as pyvis draws it: shape, colour, size and place of every node, look of every edge, options of vis-network.

pyvis builds the data and brings vis-network along. Its own page template is not used: it loads Bootstrap from another
host even where its scripts are inlined, writes headings unescaped, and cannot run under a Content Security Policy.
"""

from __future__ import annotations

import json
import math
import re
import textwrap
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.graph.drawing import COLOURS, degrees, positions
from kg.graph.names import PAPER
from kg.graph.network import CREATOR, SUBJECT, split
from kg.model import EntityType, Network, NetworkEdge, NetworkNode
from kg.views.content import ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERSION = re.compile(r"vis-(\d+)\.(\d+)\.(\d+)")
_STRETCH = (3.3, -2.8)
"""What a layout's x and y are multiplied by: labels are wider than high, and the canvas counts y downwards."""
_LONGEST = 38
_LINE = 20
_CUT = "…"
_NAMED_FROM_AFAR = 30
"""Size of the names that show while all of the network is in view (the script fits it to the screen)."""
_NAMED_NEAR_BY = 12
_CHARACTER = 0.56
"""Width of an average character, in sizes of the font."""
_SHARED_PAIR = 0.18


@dataclass(frozen=True, slots=True)
class Look:
    """How nodes of a kind look, so that no two kinds are told apart by colour alone.

    :param shape: a shape of vis-network whose label stands below.
    :param hollow: whether only the outline is coloured.
    """

    colour: str
    shape: str
    hollow: bool = False


def _look(kind: str, shape: str, *, hollow: bool = False) -> Look:
    return Look(COLOURS[kind], shape, hollow)


LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        EntityType.METHOD.value: _look("Method", "dot"),
        EntityType.TASK.value: _look("Task", "diamond"),
        EntityType.DATASET.value: _look("Dataset", "square"),
        EntityType.BENCHMARK.value: _look("Benchmark", "star"),
        EntityType.METRIC.value: _look("Metric", "triangleDown"),
        EntityType.ROBOT.value: _look("Robot", "hexagon"),
        EntityType.SOFTWARE.value: _look("Software", "triangle"),
        EntityType.HARDWARE.value: _look("Hardware", "square", hollow=True),
        PAPER: _look(PAPER, "dot", hollow=True),
        "Author": _look("Author", "diamond", hollow=True),
        "Category": _look("Category", "triangle", hollow=True),
    }
)
"""The look of each kind of node, in the order of the legend."""

_OPTIONS: Mapping[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "nodes": {
        "borderWidth": 1.5,
        "borderWidthSelected": 4,
        "font": {"face": "system-ui,sans-serif", "strokeWidth": 4, "vadjust": -2},
        "scaling": {"label": {"enabled": True, "drawThreshold": 9, "maxVisible": 18}},
    },
    "edges": {
        "smooth": False,
        "width": 1,
        "selectionWidth": 2.5,
        "hoverWidth": 1,
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.45}},
    },
    "interaction": {
        "hover": True,
        "multiselect": False,
        "tooltipDelay": 150,
        "dragNodes": True,
        "keyboard": {"enabled": True, "bindToWindow": False},
    },
}

_SAID = {CREATOR: "written by", SUBJECT: "filed under"}


def words(term: str) -> str:
    """Return the name of a relation as a reader says it.

    >>> words("evaluatedOn"), words("creator")
    ('evaluated on', 'written by')
    """
    return _SAID.get(term) or "".join(f" {c.lower()}" if c.isupper() else c for c in term).strip()


def shortened(label: str, kind: str) -> str:
    r"""Return what stands below a node, in lines: a paper's title up to a colon, cut at a word where it is long.

    >>> shortened("CRAFT-E: A Neuro-Symbolic Framework for Embodied Affordance Grounding", "Paper")
    'CRAFT-E'
    >>> shortened("vision-language-action models", "Method")
    'vision-language-\naction models'
    """
    name, colon, _ = label.partition(": ")
    text = name if colon and kind == PAPER else label
    whole_words = textwrap.shorten(text, _LONGEST, placeholder=_CUT)
    return textwrap.fill(whole_words if whole_words != _CUT else text[: _LONGEST - 1] + _CUT, _LINE)


def address(key: str, base: str) -> str:
    """Return what stands for a node within a page and in its URL: its IRI without what all such IRIs begin with.

    >>> address("https://arxiv.org/abs/2512.04231", "https://example.org/")
    'abs/2512.04231'
    """
    return key.removeprefix(base).removeprefix("https://arxiv.org/")


@cache
def vis_network() -> str:
    """Return the script of vis-network as pyvis ships it, its licence notice included.

    Of several versions it is the newest. Only the reference to its source map is left out, which a browser's developer
    tools would try to load.
    """
    shipped = files("pyvis").joinpath("templates", "lib").iterdir()
    versions = {tuple(map(int, v.groups())): path for path in shipped if (v := _VERSION.fullmatch(path.name))}
    script = versions[max(versions)].joinpath("vis-network.min.js").read_text(encoding="utf-8")
    return script.partition("\n//# sourceMappingURL=")[0] + "\n"


def draw(network: Network, base: str) -> Mapping[str, Any]:
    """Return the ``nodes``, ``edges`` and ``options`` that vis-network draws; equal networks give equal ones.

    A node's ``id`` is its :func:`address`; an edge's is its place among the network's edges. ``roles`` are the types of
    edges that start at a paper, which are drawn lighter.
    """
    from pyvis.network import Network as Vis  # noqa: PLC0415  half a second, with IPython, that only pages need

    vis = Vis(directed=True)
    vis.set_options(json.dumps(_OPTIONS))
    places, degree = _places(network), degrees(network)
    prominent = _prominent(network, places, degree)
    for node in network.nodes:
        x, y = places[node.key]
        look = _node(node, degree[node.key], prominent=node.key in prominent)
        vis.add_node(address(node.key, base), **look, x=x, y=y)
    bends = _bends(network)
    for number, edge in enumerate(network.edges):
        ends = address(edge.source, base), address(edge.target, base)
        vis.add_edge(*ends, id=number, type=edge.type, **bends[number])
    nodes, edges, _, _, _, options = vis.get_network_data()
    return {"nodes": nodes, "edges": edges, "options": json.loads(options), "roles": list(ROLES)}


def _places(network: Network) -> Mapping[str, tuple[int, int]]:
    """Return where each node stands, the whole turned so that it is wider than high, as most screens are."""
    found = positions(network)
    points = np.array(list(found.values()), dtype=np.float64).reshape(-1, 2)
    if len(points) > 1:
        points -= points.mean(axis=0)
        _, _, axes = np.linalg.svd(points, full_matrices=False)
        largest = np.abs(axes).argmax(axis=1)
        axes *= np.sign(axes[np.arange(len(axes)), largest])[:, None]  # the sign is the solver's whim
        points = points @ axes.T
    places = np.rint(points * _STRETCH).astype(int)
    return dict(zip(found, map(tuple, places.tolist()), strict=True))


def _node(node: NetworkNode, degree: int, *, prominent: bool) -> dict[str, Any]:
    look = LOOKS[node.type]
    radius = round((5 if node.type == PAPER else 7) + 2.5 * math.sqrt(degree))
    return {
        "label": shortened(node.label, node.type),
        "name": node.label,
        "aliases": split(str(node.attributes.get("aliases", ""))),
        "kind": node.type,
        "shape": look.shape,
        "size": min(radius, 30),
        "prominent": prominent,
        "font": {"size": _NAMED_FROM_AFAR if prominent else _NAMED_NEAR_BY},
    }


def _prominent(network: Network, places: Mapping[str, tuple[int, int]], degree: Mapping[str, int]) -> set[str]:
    """Return the things whose names are shown first: the most named ones whose names do not cover each other."""
    things = (node for node in network.nodes if node.type != PAPER)
    boxes: dict[str, tuple[float, float, float, float]] = {}
    for node in sorted(things, key=lambda n: (-int(n.attributes.get("paper_count", 0)), -degree[n.key], n.key)):
        x, y = places[node.key]
        lines = shortened(node.label, node.type).split("\n")
        half = max(map(len, lines)) * _CHARACTER * _NAMED_FROM_AFAR / 2
        box = (x - half, x + half, y - _NAMED_FROM_AFAR, y + (len(lines) + 1.5) * _NAMED_FROM_AFAR)
        if not any(a[0] < box[1] and box[0] < a[1] and a[2] < box[3] and box[2] < a[3] for a in boxes.values()):
            boxes[node.key] = box
    return set(boxes)


def _bends(network: Network) -> list[dict[str, Any]]:
    """Return what bends each edge so that those between the same two nodes do not cover each other."""
    seen: dict[frozenset[str], int] = {}
    return [_bend(edge, seen) for edge in network.edges]


def _bend(edge: NetworkEdge, seen: dict[frozenset[str], int]) -> dict[str, Any]:
    pair = frozenset((edge.source, edge.target))
    number = seen[pair] = seen.get(pair, -1) + 1
    if number == 0:
        return {}
    side = "curvedCW" if (number % 2 == 1) == (edge.source < edge.target) else "curvedCCW"
    return {"smooth": {"enabled": True, "type": side, "roundness": round(_SHARED_PAIR * ((number + 1) // 2), 2)}}
