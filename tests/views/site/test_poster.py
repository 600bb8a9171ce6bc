"""The picture of a map shows each node in its colour at its place, and the edges where they can be told apart."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from kg.graph.drawing import COLOURS
from kg.views.drawing import LOOKS
from kg.views.site import poster
from kg.views.site.atlas import columns
from kg.views.site.maps import maps

if TYPE_CHECKING:
    from kg.views.site.catalogue import Library


def drawn(*nodes: tuple[str, float, float], edges: tuple[tuple[int, int], ...] = ()) -> dict[str, Any]:
    """Return a map of some nodes: kind and place."""
    kinds = list(dict.fromkeys(kind for kind, _, _ in nodes))
    looks = [{"name": k, "colour": COLOURS[k], "shape": LOOKS[k].shape, "hollow": LOOKS[k].hollow} for k in kinds]
    return {
        "kinds": looks,
        "kind": [kinds.index(kind) for kind, _, _ in nodes],
        "x": [x for _, x, _ in nodes],
        "y": [y for _, _, y in nodes],
        "size": [20.0] * len(nodes),
        "communities": [],
        "edges": {"source": [a for a, _ in edges], "target": [b for _, b in edges]},
    }


def picture(made: dict[str, Any]) -> Image.Image:
    return Image.open(io.BytesIO(poster.poster(made))).convert("RGBA")


def at(image: Image.Image, x: float, y: float) -> tuple[int, int, int, int]:
    """Return the colour at a place, given as shares of the box that the nodes span."""
    margin = 24
    size = (image.width - 2 * margin, image.height - 2 * margin)
    pixel = image.getpixel((round(margin + x * size[0]), round(margin + y * size[1])))
    assert isinstance(pixel, tuple)
    return (pixel[0], pixel[1], pixel[2], pixel[3])


def alike(pixel: tuple[int, int, int, int], colour: str) -> bool:
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return pixel[3] > 240 and max(abs(a - b) for a, b in zip(pixel, wanted, strict=False)) < 24


@pytest.mark.parametrize("kind", LOOKS)
def test_every_kind_has_its_colour_at_its_place(kind: str) -> None:
    image = picture(drawn((kind, 0, 0), ("Method", 600, 0), ("Task", 600, 400)))
    assert image.width > image.height
    assert alike(at(image, 1, 0), COLOURS["Method"])
    assert alike(at(image, 1, 1), COLOURS["Task"])
    assert at(image, 0, 1)[3] == 0, "nothing stands there"
    if LOOKS[kind].hollow:
        assert at(image, 0, 0)[3] < 20, "a rim, nothing inside"
        assert image.crop((12, 12, 36, 36)).getextrema()[3] != (0, 0)
    else:
        assert alike(at(image, 0, 0), COLOURS[kind])


def test_edges_are_lines_unless_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = (("Method", 0, 0), ("Task", 600, 600), ("Task", 600, 0), ("Robot", 0, 600))
    assert at(picture(drawn(*nodes)), 0.3, 0.3)[3] == 0
    crossed = picture(drawn(*nodes, edges=((0, 1), (2, 3))))
    assert 60 < at(crossed, 0.3, 0.3)[3] < 160
    assert at(crossed, 0.5, 0.5)[3] > at(crossed, 0.3, 0.3)[3], "two lines are darker than one"
    assert at(crossed, 0.5, 0.2)[3] == 0
    monkeypatch.setattr(poster, "_MANY_LINES", 1)
    assert at(picture(drawn(*nodes, edges=((0, 1), (2, 3)))), 0.3, 0.3)[3] == 0


def test_communities_are_faint_discs_and_nothing_lies_beside_them() -> None:
    made = drawn(("Method", 0, 0), ("Task", 600, 600)) | {"communities": [{"x": 300, "y": 300, "radius": 60}]}
    image = picture(made)
    assert 4 < at(image, 0.5, 0.5)[3] < 32
    assert at(image, 0.59, 0.5)[3] == at(image, 0.5, 0.5)[3]
    assert at(image, 0.62, 0.5)[3] == 0


def test_one_node_alone_is_a_picture_too() -> None:
    image = picture(drawn(("Robot", 5, 5)))
    assert image.size == (48, 48)
    assert alike(at(image, 0, 0), COLOURS["Robot"])


def test_equal_maps_are_equal_pictures(asked_library: Library) -> None:
    made = columns(asked_library, next(maps(asked_library)))
    assert poster.poster(made) == poster.poster(made)
    assert len(poster.poster(made)) < 60_000
