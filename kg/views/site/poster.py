"""A picture of a map: it stands on the network page until the script draws, and for good where scripts do not run.

The browser shows a picture of 20,000 nodes as fast as one of 200. It holds what the drawing shows at first, without
names, in colours that are seen on light and on dark paper alike.
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageColor, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_STAGE = 800.0
"""Pixels of a usual drawing; a larger one stretches the picture."""
_FINE = 2
"""Shapes are drawn so many times as large and reduced, for smooth edges."""
_MARGIN = 24.0
_CLOSEST = 2.5
_MANY_NODES, _MANY_LINES = 3000, 15_000
_LARGEST = 44.0
"""As the drawing has them, and the shares of discs and lines below: ``kg/views/web/src/network/stage.ts``."""
_DIM = "#808891"
_GREY = ImageColor.getrgb(_DIM)
_GREYS, _SHADES = 32, 8
"""How many degrees of transparency grey has, and each other colour."""


def poster(drawn: Mapping[str, Any]) -> bytes:
    """Return a picture of a map as PNG, transparent where nothing is drawn.

    :param drawn: the map as the script reads it: ``kinds``, ``x``, ``y``, ``size``, ``kind``, ``communities`` and
        ``edges``; with one node at least.
    """
    points = np.array([drawn["x"], drawn["y"]], dtype=np.float64).T
    low, high = points.min(axis=0), points.max(axis=0)
    scale = min(_CLOSEST, _STAGE / max(1.0, float((high - low).max())))
    width, height = (math.ceil(side) for side in (high - low) * scale + 2 * _MARGIN)
    places = (points - low) * scale + _MARGIN
    picture = _discs(drawn["communities"], low, scale, (width, height))
    picture.alpha_composite(_lines(places, drawn["edges"], (width, height)))
    picture.alpha_composite(_nodes(drawn, places, scale, (width, height)))
    kept = io.BytesIO()
    _indexed(picture, [_colour(kind) for kind in drawn["kinds"]]).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _indexed(picture: Image.Image, colours: Sequence[str]) -> Image.Image:
    """Return the picture with a palette, for fewer bytes; Pillow's own palettes make faint and transparent one."""
    known = np.array([_GREY, *map(ImageColor.getrgb, sorted({*colours}))], dtype=np.int32)
    shades = np.array([_GREYS] + [_SHADES] * (len(known) - 1))
    begins = np.concatenate([[0], np.cumsum(shades)])
    pixels = np.asarray(picture, dtype=np.int32)
    nearest = np.stack([np.square(pixels[..., :3] - colour).sum(axis=-1) for colour in known]).argmin(axis=0)
    share = np.rint(pixels[..., 3] * (shades[nearest] - 1) / 255).astype(np.int64)
    made = Image.fromarray((begins[nearest] + share).astype(np.uint8), "P")
    degrees = [np.rint(np.linspace(0, 255, count)) for count in shades]
    table = [np.column_stack([np.tile(c, (len(a), 1)), a]) for c, a in zip(known, degrees, strict=True)]
    made.putpalette(np.concatenate(table).astype(np.uint8).tobytes(), "RGBA")
    return made


def _discs(communities: Sequence[Mapping[str, Any]], low: Floats, scale: float, size: tuple[int, int]) -> Image.Image:
    share = max(0.02, min(0.08, 0.06 / math.sqrt(scale)))
    mask = Image.new("L", _fine(size))
    draw = ImageDraw.Draw(mask)
    for one in communities:
        x, y = ((one[axis] - start) * scale + _MARGIN for axis, start in zip("xy", low, strict=True))
        draw.circle((x * _FINE, y * _FINE), one["radius"] * scale * _FINE, round(255 * share))
    return _veil(mask.reduce(_FINE))


def _lines(places: Floats, edges: Mapping[str, Sequence[int]], size: tuple[int, int]) -> Image.Image:
    """Return the edges, the darker the more of them go through a pixel; none if there are too many to tell apart."""
    count = len(edges["source"])
    through = np.zeros(size[0] * size[1], dtype=np.int64)
    if count <= _MANY_LINES:
        for a, b in zip(places[list(edges["source"])], places[list(edges["target"])], strict=True):
            steps = max(2, math.ceil(float(np.abs(b - a).max())) + 1)
            columns, rows = (np.linspace(a[i], b[i], steps).astype(np.int64) for i in (0, 1))
            through[rows * size[0] + columns] += 1  # a line counts once a pixel
    share = max(0.06, min(0.45, 10 / math.sqrt(count + 1)))
    seen = (255 * (1 - (1 - share) ** through)).astype(np.uint8)
    return _veil(Image.fromarray(seen.reshape(size[1], size[0])))


def _veil(mask: Image.Image) -> Image.Image:
    made = Image.new("RGBA", mask.size, _GREY)
    made.putalpha(mask)
    return made


def _nodes(drawn: Mapping[str, Any], places: Floats, scale: float, size: tuple[int, int]) -> Image.Image:
    """Return the nodes, the largest first, so that none is hidden by a larger one."""
    made = Image.new("RGBA", _fine(size))
    draw = ImageDraw.Draw(made)
    least = 2 if len(places) > _MANY_NODES else 5
    grown = scale if scale < 1 else math.sqrt(scale)
    for i in np.argsort(-np.array(drawn["size"]), kind="stable").tolist():
        kind = drawn["kinds"][drawn["kind"][i]]
        radius = _FINE * min(_LARGEST, max(least, drawn["size"][i] * grown)) / 2
        _shape(draw, kind, (places[i][0] * _FINE, places[i][1] * _FINE), radius)
    return made.reduce(_FINE)


def _colour(kind: Mapping[str, Any]) -> str:
    """Return the colour of a kind; black, which is white on dark paper, is grey here."""
    return _DIM if kind["colour"] == "#000000" else kind["colour"]


def _shape(draw: ImageDraw.ImageDraw, kind: Mapping[str, Any], place: tuple[float, float], radius: float) -> None:
    """Draw a node as the legend has it: a dot, or a shape with as many corners."""
    colour = _colour(kind)
    rim = max(1, round(0.24 * radius))
    fill, line = (None, colour) if kind["hollow"] else (colour, None)
    if kind["shape"] == "dot":
        draw.circle(place, 0.8 * radius, fill=fill, outline=line, width=rim)
        return
    corners = [(place[0] + radius * x, place[1] + radius * y) for x, y in _CORNERS[kind["shape"]]]
    draw.polygon(corners, fill=fill, outline=line, width=rim)


def _around(count: int, turned: float, *radii: float) -> list[tuple[float, float]]:
    """Return corners around a middle, the first straight to the right unless they are turned, in degrees."""
    angles = [math.radians(turned + 360 * i / count) for i in range(count)]
    return [(radii[i % len(radii)] * math.cos(a), radii[i % len(radii)] * math.sin(a)) for i, a in enumerate(angles)]


_CORNERS: Mapping[str, Sequence[tuple[float, float]]] = {
    "diamond": _around(4, 0, 1),
    "square": _around(4, 45, 1.13),
    "star": _around(10, -90, 1.1, 0.48),
    "triangle": [(0, -1), (1, 0.8), (-1, 0.8)],
    "triangleDown": [(0, 1), (1, -0.8), (-1, -0.8)],
    "hexagon": _around(6, 0, 1),
}
"""The shapes of the drawing (``kg/views/web/src/network/dom.ts``) with a radius of one."""


def _fine(size: tuple[int, int]) -> tuple[int, int]:
    return size[0] * _FINE, size[1] * _FINE
