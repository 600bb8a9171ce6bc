"""The network page in a real browser, WebGL in software: drawn, filtered, walked, shared, saved, silent and safe."""

from __future__ import annotations

import io
import json
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser

    Browse = Callable[..., AbstractContextManager[Any]]

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node" / "node_modules" / "axe-core" / "axe.min.js"
G1 = "robot/unitree-g1"
FRANKA = "robot/franka-emika-panda"
OPENVLA = "method/openvla"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def chromium(chromium: Browser) -> Iterator[Browser]:
    """Return a browser that draws WebGL without a graphics card."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    flags = ["--headless", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run"]
    browser = chromium.browser_type.launch(executable_path=path, args=flags)
    yield browser
    browser.close()


def until(check: Callable[[], Any], said: str = "") -> Any:
    """Wait until something holds (the page's policy forbids Playwright's own way, which evaluates text)."""
    limit = time.monotonic() + 20
    while not (found := check()):
        assert time.monotonic() < limit, said or "waited in vain"
        time.sleep(0.03)
    return found


@pytest.fixture
def network(browse: Browse, asked_site: Path) -> Callable[..., AbstractContextManager[Any]]:
    """Return what opens the network page of the handmade graph and waits until it is drawn."""
    return lambda address="", **options: drawn(browse(asked_site, f"network.html{address}", **options))


class drawn:  # noqa: N801 - a context manager, as those of contextlib
    """An open page, once it is drawn and stands still."""

    def __init__(self, opened: AbstractContextManager[Any]) -> None:
        self._opened = opened

    def __enter__(self) -> Any:
        seen = self._opened.__enter__()
        until(lambda: seen.run("Boolean(document.body.dataset.ready) && atlas.stage.faster !== 'later'"))
        return seen

    def __exit__(self, *error: object) -> Any:
        return self._opened.__exit__(*error)


def labels(seen: Any) -> set[str]:
    """Return the names of the nodes that are seen."""
    return set(seen.run("atlas.graph.data.label.filter((_, i) => atlas.seen.nodes[i])"))


def types(seen: Any) -> set[str]:
    """Return the types of the edges that are seen."""
    return set(
        seen.run("[...atlas.seen.edges.keys()].filter(e => atlas.seen.edges[e]).map(e => atlas.graph.typeOf(e).name)")
    )


def find(seen: Any, box: str, name: str) -> None:
    """Type a name into a box and take what is found first."""
    seen.page.locator(box).fill(name)
    seen.page.locator(box).press("Enter")


def still(seen: Any) -> None:
    """Wait until the view rests, and the address with it."""
    until(lambda: seen.run("!atlas.stage.moving && location.hash.includes('view=')"))


def place(seen: Any, page: str) -> tuple[float, float]:
    """Return where a node is on the screen."""
    x, y = seen.run(
        """page => {
            const { graph, stage } = atlas;
            const i = graph.find(page);
            const [x, y] = stage.camera.toScreen(graph.x[i], graph.y[i]);
            const box = document.getElementById("marks").getBoundingClientRect();
            return [box.x + x, box.y + y];
        }""",
        page,
    )
    return x, y


def colours(seen: Any) -> dict[str, int]:
    """Return how many pixels the drawing has of each colour."""
    found: dict[str, int] = seen.run("""() => {
        const c = atlas.stage.picture();
        const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
        const found = {};
        for (let i = 0; i < d.length; i += 4) {
            const hex = [d[i], d[i + 1], d[i + 2]].map(v => v.toString(16).padStart(2, "0")).join("");
            const key = "#" + hex.toUpperCase();
            found[key] = (found[key] || 0) + 1;
        }
        return found;
    }""")
    return found


def test_the_graph_is_drawn_with_names_and_in_the_colours_of_its_kinds(network: Browse) -> None:
    with network() as seen:
        assert seen.run("atlas.stage.faster") == "yes"
        there = colours(seen)
        for colour in ("#0072B2", "#CC79A7", "#D55E00"):
            assert there.get(colour, 0) > 5, colour
        assert {"OpenVLA", "LIBERO"} <= set(seen.run("atlas.stage.labels.map(l => l.text)"))
        assert (
            seen.page.locator("#count").inner_text() == "22 nodes and 29 edges are seen"
            or seen.run("atlas.seen.nodeCount") > 15
        )


def test_a_click_chooses_a_node_and_shows_why(network: Browse) -> None:
    with network() as seen:
        seen.page.mouse.click(*place(seen, G1))
        panel = seen.page.locator("#panel")
        assert "Unitree G1" in panel.locator("h2").inner_text()
        assert panel.locator("a", has_text="Open its page").get_attribute("href") == "robot/unitree-g1.html"
        assert f"node={G1}" in seen.run("location.hash")
        panel.get_by_role("button", name="Why: StepNet runs on Unitree G1").click()
        assert until(lambda: panel.locator("blockquote").all_inner_texts()) == [
            "StepNet runs on a Unitree G1 humanoid."
        ]
        assert panel.locator("mark").all_inner_texts() == ["StepNet", "Unitree G1"]
        assert panel.locator("figcaption a").get_attribute("href") == "paper/2512.00001.html"
        still(seen)
        seen.page.keyboard.press("Escape")
        assert seen.run("atlas.state.node") == ""


def test_nodes_are_found_by_name_with_the_keyboard(network: Browse) -> None:
    with network() as seen:
        seen.page.keyboard.press("f")
        seen.page.keyboard.type("unitree")
        assert seen.page.locator("#matches li").all_inner_texts()[0].startswith("Unitree G1")
        seen.page.keyboard.press("Enter")
        assert "Unitree G1" in seen.page.locator("#panel h2").inner_text()
        find(seen, "#find", "zebra")
        assert seen.page.locator("#matches").inner_text() == "Nothing drawn has this name"


def test_filters_by_kind_relation_role_score_time_and_category(network: Browse) -> None:
    with network() as seen:
        every = labels(seen)
        seen.page.get_by_label("Robot", exact=False).first.uncheck()
        assert every - labels(seen) >= {"Unitree G1", "Franka Emika Panda"}
        seen.page.get_by_role("button", name="Show everything").click()
        assert labels(seen) == every
        seen.page.get_by_role("button", name="Only runs on").click()
        assert types(seen) == {"runsOn"}
        assert labels(seen) == {"StepNet", "OpenVLA", "Unitree G1", "Franka Emika Panda"}
        seen.page.get_by_role("button", name="Show everything").click()
        seen.page.get_by_role("button", name="Only proposes").click()
        assert types(seen) == {"proposes"}
        seen.page.get_by_role("button", name="Show everything").click()
        seen.page.locator("#until").fill(str(2024 * 12 + 11))
        assert "StepNet" not in labels(seen)
        assert "OpenVLA: an open model" in labels(seen)
        assert seen.page.locator("#until-said").inner_text() == "2024-12"
        seen.page.get_by_role("button", name="Show everything").click()
        seen.page.locator("#category").select_option("cs.RO")
        assert labels(seen) == every
        seen.run("atlas.graph.data.edges.score[0] = 40")
        seen.page.locator("#score").fill("50")
        assert seen.run("atlas.seen.edges[0]") == 0
        assert seen.run("atlas.seen.edges[1]") == 1


def test_the_two_handles_of_time_never_cross(network: Browse) -> None:
    with network() as seen:
        seen.page.locator("#until").fill(str(2024 * 12 + 8))
        seen.page.locator("#from").fill(str(2025 * 12))
        assert seen.page.locator("#until-said").inner_text() == "2025-01"


def test_surroundings_of_one_to_three_steps(network: Browse) -> None:
    with network(f"#node={G1}") as seen:
        sizes = []
        for name in ("1 step", "2 steps", "3 steps", "Everything"):
            seen.page.get_by_role("button", name=name, exact=True).click()
            sizes.append(len(labels(seen)))
            if name == "1 step":
                assert labels(seen) == {"Unitree G1", "StepNet", "StepNet: stairs for humanoids"}
        assert sizes == sorted(sizes)
        assert sizes[0] < sizes[1] < sizes[2]


def test_a_path_is_explained_step_by_step(network: Browse) -> None:
    with network(f"#node={G1}") as seen:
        find(seen, "#find-to", "Franka")
        panel = seen.page.locator("#panel")
        assert panel.locator("h2").inner_text() == "From Unitree G1 to Franka Emika Panda"
        first = panel.locator("ol.path").first
        assert first.locator(".node").all_inner_texts() == ["Unitree G1", "StepNet", "OpenVLA", "Franka Emika Panda"]
        assert first.locator(".hop").all_inner_texts() == ["↑ runs on", "↓ compared with", "↓ runs on"]
        until(lambda: first.locator("blockquote").count() == 3)
        assert "OpenVLA runs on a Franka Panda arm." in first.locator("blockquote").all_inner_texts()
        assert f"to={FRANKA}" in seen.run("location.hash")
        seen.page.get_by_role("button", name="Close the path").click()
        assert "Unitree G1" in panel.locator("h2").inner_text()


def test_nothing_between_two_nodes_is_said_so(network: Browse) -> None:
    with network(f"#node={G1}&to={FRANKA}&no-types=runsOn,deploysOn") as seen:
        assert "Nothing that is shown links the two" in seen.page.locator("#panel").inner_text()


def test_an_address_restores_the_whole_view(network: Browse) -> None:
    with network() as seen:
        seen.page.get_by_role("button", name="Only runs on").click()
        seen.page.get_by_label("Benchmark", exact=False).first.uncheck()
        find(seen, "#find", "OpenVLA")
        seen.page.get_by_role("button", name="2 steps").click()
        seen.page.locator("#closer").click()
        still(seen)
        state, names, shown = seen.run("JSON.stringify(atlas.state)"), labels(seen), seen.run("location.hash")
    with network(shown) as again:
        still(again)
        assert labels(again) == names
        restored = again.run("atlas.state")
        before = json.loads(state)
        assert restored.pop("view") == pytest.approx(before.pop("view"), rel=1e-4)
        assert restored == before
        assert not again.page.locator("#kinds input[value=Benchmark]").is_checked()


@pytest.mark.parametrize(
    "address", ["#map=zebra&node=nothing&hops=99&score=-4&view=a,b,c", "#%E0%A4%A", "#view=1,1,0&from=1e9"]
)
def test_an_address_that_makes_no_sense_shows_everything(network: Browse, address: str) -> None:
    with network(address) as seen:
        assert seen.run("atlas.state.map") == "whole"
        assert len(labels(seen)) == seen.run("atlas.graph.count")


def test_maps_of_authors_and_of_topics(network: Browse) -> None:
    with network() as seen:
        seen.page.get_by_role("button", name="Co-authors").click()
        until(lambda: seen.run("document.body.dataset.ready") == "authors")
        assert labels(seen) == {"Ada Lovelace", "Jürgen Müller"}
        assert "map=authors" in seen.run("location.hash")
        seen.page.get_by_role("button", name="Methods and tasks").click()
        until(lambda: seen.run("document.body.dataset.ready") == "topics")
        assert {"StepNet", "OpenVLA"} <= labels(seen)
        seen.page.get_by_role("button", name="Whole graph").click()
        until(lambda: seen.run("document.body.dataset.ready") == "whole")
        assert "LIBERO" in labels(seen)


def test_the_table_has_what_is_seen_and_leads_to_it(network: Browse) -> None:
    with network() as seen:
        rows = seen.page.locator("#table-rows tr")
        assert rows.count() == len(labels(seen))
        seen.page.get_by_role("button", name="Only runs on").click()
        assert set(rows.locator("th").all_inner_texts()) == {"StepNet", "OpenVLA", "Unitree G1", "Franka Emika Panda"}
        assert seen.page.locator("#table-count").inner_text() == "4 of 4 nodes"
        seen.page.locator("#table-head").get_by_role("button", name="Name").click()
        assert rows.locator("th").all_inner_texts() == ["Franka Emika Panda", "OpenVLA", "StepNet", "Unitree G1"]
        assert seen.page.locator("#table-head th").first.get_attribute("aria-sort") == "ascending"
        rows.locator("th button").first.click()
        assert "Franka Emika Panda" in seen.page.locator("#panel h2").inner_text()


def test_keys_move_zoom_and_step(network: Browse) -> None:
    with network() as seen:
        seen.page.locator("#stage").focus()
        before = seen.run("({...atlas.stage.camera})")
        seen.page.keyboard.press("ArrowRight")
        seen.page.keyboard.press("+")
        after = seen.run("({...atlas.stage.camera})")
        assert after["x"] > before["x"]
        assert after["scale"] == pytest.approx(before["scale"] * 1.4)
        seen.page.keyboard.press("0")
        assert seen.run("atlas.stage.camera.scale") == pytest.approx(before["scale"])
        seen.page.keyboard.press("n")
        first = seen.run("atlas.state.node")
        seen.page.keyboard.press("n")
        assert seen.run("atlas.state.node") not in {"", first}
        seen.page.keyboard.press("p")
        assert seen.run("atlas.state.node") == first


def test_dragging_pans_and_the_wheel_zooms_where_the_mouse_is(network: Browse) -> None:
    with network() as seen:
        x, y = place(seen, OPENVLA)
        seen.page.mouse.move(x, y)
        seen.page.mouse.wheel(0, -300)
        until(lambda: seen.run("atlas.stage.camera.scale") > 0)
        still(seen)
        assert place(seen, OPENVLA) == pytest.approx((x, y), abs=1)
        seen.page.mouse.down()
        seen.page.mouse.move(x + 60, y + 30, steps=4)
        seen.page.mouse.up()
        still(seen)
        assert place(seen, OPENVLA) == pytest.approx((x + 60, y + 30), abs=2)
        assert seen.run("atlas.state.node") == ""


def saved(seen: Any, kind: str) -> bytes:
    with seen.page.expect_download() as waiting:
        seen.page.locator(f"#exports button[value={kind}]").click()
    assert waiting.value.suggested_filename == f"network-whole.{kind}"
    content: bytes = waiting.value.path().read_bytes()
    return content


def test_what_is_seen_is_saved_as_png_svg_and_gexf(network: Browse, tmp_path: Path) -> None:
    with network("#no-kinds=Author") as seen:
        names = labels(seen)
        edges = seen.run("atlas.seen.edgeCount")
        png, svg, gexf = (saved(seen, kind) for kind in ("png", "svg", "gexf"))
    assert png.startswith(b"\x89PNG")
    assert len(png) > 5000
    root = ET.fromstring(svg)  # noqa: S314 - our own file
    assert {title.text for title in root.iter(f"{SVG}title")} == names
    assert len(root.findall(f"{SVG}g")[0]) == edges
    (tmp_path / "x.gexf").write_bytes(gexf)
    graph = nx.read_gexf(tmp_path / "x.gexf", version="1.3")
    assert {data["label"] for _, data in graph.nodes(data=True)} == names
    assert graph.number_of_edges() == edges
    node = next(data for _, data in graph.nodes(data=True) if data["label"] == "Unitree G1")
    assert (node["kind"], node["page"], node["papers"]) == ("Robot", "robot/unitree-g1.html", 1)


def test_dark_mode_and_back(network: Browse) -> None:
    with network(color_scheme="dark") as seen:
        corner = "() => [...atlas.stage.picture().getContext('2d').getImageData(2, 2, 1, 1).data]"
        assert max(seen.run(corner)[:3]) < 60
        seen.page.locator("#theme").click()
        assert seen.run("document.documentElement.dataset.theme") == "light"
        assert min(seen.run(corner)[:3]) > 240


def test_a_phone_shows_all_of_it_without_scrolling_sideways(network: Browse) -> None:
    with network(viewport={"width": 390, "height": 844}, has_touch=True, device_scale_factor=2) as seen:
        assert seen.run("document.documentElement.scrollWidth") <= 390
        assert seen.run("document.getElementById('marks').width") > 600
        seen.page.touchscreen.tap(*place(seen, G1))
        assert "Unitree G1" in seen.page.locator("#panel h2").inner_text()


def test_hostile_names_are_text(network: Browse) -> None:
    with network() as seen:
        find(seen, "#find", "alert(1)</script>")
        assert seen.page.locator("#panel h2").inner_text().strip().startswith("<script>alert(1)</script>")
        for _ in range(len(labels(seen))):
            seen.run("atlas.step(1)")
            for why in seen.page.locator("#panel .why").all()[:1]:
                why.click()
        assert seen.page.locator("main img:not(#picture), main script, main iframe").count() == 0
        assert '"><img src=x onerror=alert(1)>' in seen.page.locator("#table-rows").inner_text()
        ET.fromstring(saved(seen, "svg"))  # noqa: S314 - our own file
        ET.fromstring(saved(seen, "gexf"))  # noqa: S314


@pytest.mark.node
def test_it_is_accessible_with_a_node_and_with_a_path(network: Browse) -> None:
    if not AXE.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs the packages of tests/node: npm ci there")
    for address in (f"#node={G1}", f"#node={G1}&to={FRANKA}"):
        with network(address) as seen:
            until(lambda page=seen.page: page.locator("#panel .node").count() > 1)
            seen.run(AXE.read_text(encoding="utf-8"))
            found = seen.run(
                "axe.run(document, {preload: 0}).then(r => r.violations.map(v => [v.impact, v.id, v.nodes[0].html]))"
            )
            assert [one for one in found if one[0] in {"serious", "critical"}] == []


def along_lines(seen: Any) -> tuple[float, float]:
    """Return how bright the drawing is along its edges, and how bright six pixels beside them."""
    on, beside = seen.run("""() => {
        const { graph, stage, seen } = atlas;
        const c = stage.picture();
        const { data, width } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
        const ratio = c.width / stage.camera.width;
        const at = (x, y) => {
            const i = 4 * (Math.floor(y * ratio) * width + Math.floor(x * ratio));
            return (data[i] + data[i + 1] + data[i + 2]) / 3;
        };
        let [on, beside, count] = [0, 0, 0];
        for (let e = 0; e < graph.edgeCount; e++) {
            if (!seen.edges[e]) continue;
            const ends = [graph.source[e], graph.target[e]].map(i => stage.camera.toScreen(graph.x[i], graph.y[i]));
            const [dx, dy] = [ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]];
            const long = Math.hypot(dx, dy);
            for (let t = 0.3; t < 0.7; t += 0.02) {
                const [x, y] = [ends[0][0] + t * dx, ends[0][1] + t * dy];
                on += at(x, y);
                beside += at(x + 6 * dy / long, y - 6 * dx / long);
                count++;
            }
        }
        return [on / count, beside / count];
    }""")
    return on, beside


def test_the_first_picture_is_whole_waits_for_no_webgl_and_looks_alike(browse: Browse, asked_site: Path) -> None:
    with browse(asked_site, "index.html") as seen:
        seen.page.add_init_script(
            "const later = setTimeout; setTimeout = (f, t) => t === 600 ? (window.speed = f, 1) : later(f, t);"
            "performance.mark = name => { window.moving = atlas.stage.moving; return Performance.prototype.mark.call"
            "(performance, name); }"
        )
        seen.page.goto(f"{asked_site.as_uri()}/network.html")
        until(lambda: seen.run("performance.getEntriesByName('drawn').length > 0 && !atlas.stage.moving"))
        assert seen.run("document.getElementById('nodes').width") == 300, "the canvas of WebGL is as the page made it"
        assert seen.run("window.moving") is False, "while it moves, a large network has no lines"
        before, lines = colours(seen), along_lines(seen)
        assert lines[0] < lines[1] - 20
        seen.run("window.speed()")
        assert seen.run("atlas.stage.faster") == "yes"
        after = colours(seen)
        assert along_lines(seen) == pytest.approx(lines, abs=6)
        paper, size = max(after, key=after.__getitem__), sum(after.values())
        assert abs(before[paper] - after[paper]) < 0.05 * size
        for colour in ("#0072B2", "#CC79A7", "#D55E00"):
            assert 0.5 < before[colour] / after[colour] < 2, colour


def test_without_scripts_a_picture_stands_there(browse: Browse, asked_site: Path, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        page.goto(f"{asked_site.as_uri()}/network.html")
        stage, picture = page.locator("#stage").bounding_box(), page.locator("#picture").bounding_box()
        assert stage is not None
        assert picture == stage
        assert not page.locator(".filters").is_visible()
        assert not page.locator("#seen").is_visible()
        shot = Image.open(io.BytesIO(page.locator("#stage").screenshot())).convert("RGB")
        blue = sum(n for n, (r, g, b) in shot.getcolors(1 << 24) or [] if b > r + 90 and b > g + 30)
        assert blue > 50, "methods"
    finally:
        context.close()
    with browse(asked_site, "network.html#map=topics") as seen:
        until(lambda: seen.run("document.body.dataset.ready === 'topics'"))
        assert not seen.page.locator("#picture").is_visible(), "it shows another map"
    with browse(asked_site, "network.html") as seen:
        until(lambda: seen.run("document.body.dataset.ready === 'whole'"))
        box = seen.page.locator("#stage").bounding_box()
        assert seen.run("([x, y]) => document.elementFromPoint(x, y).id", [box["x"] + 99, box["y"] + 99]) == "marks"


def test_without_webgl_the_network_is_drawn_all_the_same(browse: Browse, asked_site: Path) -> None:
    with browse(asked_site, "index.html") as seen:
        seen.page.add_init_script(
            "const give = HTMLCanvasElement.prototype.getContext;"
            "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
            "    return kind === 'webgl2' ? null : give.call(this, kind, ...more); }"
        )
        seen.page.goto(f"{asked_site.as_uri()}/network.html#map=topics")
        until(lambda: seen.page.locator("#failure").is_visible())
        assert "moves slowly" in seen.page.locator("#failure").inner_text()
        seen.page.locator("#maps button[value=whole]").click()
        until(lambda: seen.run("document.body.dataset.ready === 'whole' && !atlas.stage.moving"))
        assert colours(seen).get("#0072B2", 0) > 5
        seen.page.mouse.click(*place(seen, G1))
        assert "Unitree G1" in seen.page.locator("#panel h2").inner_text()


def test_without_any_canvas_the_page_says_so(browse: Browse, asked_site: Path) -> None:
    with browse(asked_site, "index.html") as seen:
        seen.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        seen.page.goto(f"{asked_site.as_uri()}/network.html")
        until(lambda: seen.page.locator("#failure").is_visible())
        assert "cannot be drawn" in seen.page.locator("#failure").inner_text()
