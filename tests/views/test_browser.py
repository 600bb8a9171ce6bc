"""The page in a real browser: drawn, clickable, searchable, safe, and silent on the network.

Every visit also asserts, on leaving the page, that it asked for nothing but itself and reported no error, no dialog and
no violation of its Content Security Policy.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from kg.graph.store import GraphStore
from kg.model import Paper
from kg.views import write_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    Visits = Callable[..., AbstractContextManager[Any]]

pytestmark = pytest.mark.browser

G1 = "thing/unitree-g1"


def test_the_network_is_drawn(html: Path, visit: Visits) -> None:
    with visit(html) as seen:
        assert seen.run("drawing.nodes.length") == len(seen.run("Object.keys(drawing.network.getPositions())")) == 17
        assert seen.run("drawing.network.body.edgeIndices.length") == seen.run("drawing.edges.length") == 25
        assert seen.run("drawing.network.physics.physicsEnabled") is False
        assert seen.drawn_pixels() > 2000


@pytest.mark.parametrize(("width", "turned"), [(1280, False), (390, True)])
def test_nodes_stand_where_the_build_put_them(width: int, turned: bool, html: Path, visit: Visits) -> None:  # noqa: FBT001 - pytest passes it
    """On a phone held upright all is turned by a quarter."""
    with visit(html, viewport={"width": width, "height": 844}) as seen:
        put = {n["id"]: n for n in seen.run("JSON.parse(document.getElementById('data').textContent).nodes")}
        are = seen.run("drawing.network.getPositions()")
        for node in put.values():
            x, y = (node["y"], -node["x"]) if turned else (node["x"], node["y"])
            assert are[node["id"]] == {"x": x, "y": y}


def test_a_clicked_node_shows_what_is_known_of_it(html: Path, visit: Visits) -> None:
    with visit(html) as seen:
        seen.page.mouse.click(*seen.place(G1))
        assert seen.panel.locator("h3").inner_text() == "Unitree G1"
        text = seen.panel.inner_text()
        assert "Robot" in text
        assert re.search(r"Also: .*\bG1\b", text)
        assert re.search(r"Ran the experiments of 2\s+GenMimic: walking from generated videos 2025-12-05", text)
        assert re.search(r"← runs on 1\s+GenMimic", text)
        links = seen.panel.locator("a[href]")
        assert links.first.get_attribute("href") == "https://arxiv.org/abs/2512.05094"
        assert {link.get_attribute("rel") for link in links.all()} == {"noopener"}
        assert seen.run("drawing.network.getSelectedNodes()") == [G1]
        assert seen.run("location.hash") == f"#{G1}"
        assert seen.page.get_by_role("status").inner_text().startswith("Unitree G1 (Robot), 3 statements.")


def test_what_is_measured_is_shown(html: Path, visit: Visits) -> None:
    with visit(html, "#thing/genmimic") as seen:
        assert "success rate 92.5% on GenMimicBench" in seen.panel.inner_text()


def test_a_neighbour_leads_on(html: Path, visit: Visits) -> None:
    with visit(html, f"#{G1}") as seen:
        seen.panel.get_by_role("button", name="GenMimic", exact=True).click()
        assert seen.panel.locator("h3").inner_text() == "GenMimic"
        seen.panel.get_by_role("button", name="The sentence behind: GenMimic — runs on → Unitree G1").click()
        assert "Statement" in seen.panel.inner_text()
        assert seen.panel.locator("mark").all_inner_texts() == ["GenMimic", "Unitree G1"]


def test_a_clicked_edge_shows_its_sentence_with_both_ends_marked(html: Path, visit: Visits) -> None:
    with visit(html) as seen:
        ends = seen.run(
            """id => {
                const edge = drawing.edges.get().find(e => e.type === "runsOn" && e.to === id);
                return Object.values(drawing.network.getPositions([edge.from, edge.to]));
            }""",
            G1,
        )
        middle = seen.point(sum(end["x"] for end in ends) / 2, sum(end["y"] for end in ends) / 2)
        seen.page.mouse.click(*middle)
        assert seen.panel.locator("blockquote").inner_text() == (
            "Here GenMimic, a humanoid policy, runs on a Unitree G1 outdoors."
        )
        assert seen.panel.locator("mark.subject").inner_text() == "GenMimic"
        assert seen.panel.locator("mark.object").inner_text() == "Unitree G1"
        assert seen.panel.locator(".score").inner_text() == "score 1.00"
        paper = seen.panel.locator("figcaption a")
        assert paper.get_attribute("href") == "https://arxiv.org/abs/2512.05094"
        assert paper.inner_text() == "GenMimic: walking from generated videos"


def test_a_click_beside_everything_and_escape_let_go(html: Path, visit: Visits) -> None:
    with visit(html) as seen:
        for let_go in (
            lambda: seen.page.locator("#network").click(position={"x": 3, "y": 3}),
            lambda: seen.page.keyboard.press("Escape"),
        ):
            seen.page.mouse.click(*seen.place(G1))
            assert seen.run("location.hash") == f"#{G1}"
            let_go()
            assert seen.panel.locator("h2").inner_text() == "Click, and read why"
            assert seen.run("location.hash") == ""
            assert seen.run("drawing.network.getSelectedNodes()") == []
            seen.page.locator("#fit").click()


def test_search_finds_names_and_aliases_from_the_keyboard(html: Path, visit: Visits) -> None:
    with visit(html) as seen:
        seen.page.keyboard.press("/")
        seen.page.keyboard.type("g1")
        found = seen.page.locator("#found [role=option]")
        assert found.first.inner_text().split("\n")[0] == "Unitree G1 (G1)"
        seen.page.keyboard.press("ArrowDown")
        assert seen.page.locator("#search").get_attribute("aria-activedescendant") == "found-1"
        seen.page.keyboard.press("ArrowUp")
        seen.page.keyboard.press("Enter")
        assert seen.panel.locator("h3").inner_text() == "Unitree G1"
        assert seen.run("drawing.network.getSelectedNodes()") == [G1]
        box = seen.page.locator("#network").bounding_box()
        x, y = seen.place(G1)
        assert box["x"] < x < box["x"] + box["width"]
        assert box["y"] < y < box["y"] + box["height"]


def test_search_says_when_it_finds_nothing(html: Path, visit: Visits) -> None:
    with visit(html) as seen:
        seen.page.locator("#search").fill("zebra")
        assert seen.page.locator("#found").inner_text() == "Nothing drawn has this name"
        seen.page.keyboard.press("Enter")
        seen.page.keyboard.press("Escape")
        assert seen.page.locator("#found").is_hidden()


def test_a_found_name_can_be_clicked(html: Path, visit: Visits) -> None:
    with visit(html) as seen:
        seen.page.locator("#search").fill("isaac")
        seen.page.locator("#found [role=option]").first.click()
        assert seen.panel.locator("h3").inner_text() == "Isaac Sim"


def test_kinds_can_be_left_out_and_come_back_when_chosen(html: Path, visit: Visits) -> None:
    with visit(html) as seen:
        before = seen.drawn_pixels()
        method = seen.page.locator("#legend [data-kind=Method]")
        method.click()
        assert method.get_attribute("aria-pressed") == "false"
        hidden = seen.run("drawing.nodes.get().filter(n => n.hidden).map(n => n.kind)")
        assert hidden == ["Method"] * 6
        visible = seen.run("drawing.edges.get().filter(e => !e.hidden).map(e => [e.from, e.to])")
        assert visible
        assert not any(end.startswith("method/") for edge in visible for end in edge)
        seen.page.wait_for_timeout(100)
        assert seen.drawn_pixels() < before
        seen.page.locator("#search").fill("StepNet")
        seen.page.keyboard.press("Enter")
        assert method.get_attribute("aria-pressed") == "true"
        assert not seen.run("drawing.nodes.get().some(n => n.hidden)")


def test_the_address_restores_the_chosen_node(html: Path, visit: Visits) -> None:
    with visit(html, f"#{G1}") as seen:
        assert seen.panel.locator("h3").inner_text() == "Unitree G1"
        seen.page.mouse.click(*seen.place("abs/2512.05094"))
        assert seen.run("location.hash") == "#abs/2512.05094"
        seen.page.go_back()
        assert seen.panel.locator("h3").inner_text() == "Unitree G1"
        seen.page.go_forward()
        assert seen.panel.locator("h3").inner_text() == "GenMimic: walking from generated videos"


@pytest.mark.parametrize("address", ["#nothing/here", "#%", "#statements"])
def test_an_address_of_nothing_is_harmless(address: str, html: Path, visit: Visits) -> None:
    with visit(html, address) as seen:
        assert seen.panel.locator("h2").inner_text() == "Click, and read why"


def test_hostile_names_are_shown_as_text(html: Path, visit: Visits, hostile: tuple[str, ...]) -> None:
    with visit(html) as seen:
        script, image, template, *_ = hostile
        assert set(seen.run("drawing.nodes.get().map(n => n.name)")) >= set(hostile)
        for name in hostile:
            node = seen.id_of(name)
            seen.run("id => { location.hash = encodeURIComponent(id); }", node)
            heading = seen.panel.locator("h3")
            heading.filter(has_text=re.compile(re.escape(name))).wait_for()
            assert heading.evaluate("h => [h.textContent, h.children.length]") == [name, 0]
        assert seen.page.title() == "Knowledge graph of 3 papers"
        assert seen.page.locator("#papers li").last.text_content().startswith(f"{script} on {template}")
        said = seen.page.locator("td", has_text=re.compile("^builds on$"))
        row = seen.page.locator("[data-edge]", has=said).filter(has_text="onerror")
        assert row.locator("mark").all_text_contents() == [script, image]
        assert seen.page.locator("img, iframe, object, base, form").count() == 0
        assert seen.page.locator("script").count() == 3


def test_tooltips_are_text(html: Path, visit: Visits, hostile: tuple[str, ...]) -> None:
    with visit(html) as seen:
        node = seen.id_of(hostile[1])
        seen.run("id => drawing.network.focus(id, { scale: 1 })", node)
        seen.page.mouse.move(*seen.place(node))
        tip = seen.page.locator("div.vis-tooltip")
        tip.wait_for(state="visible")
        assert tip.evaluate("t => [t.textContent, t.children.length]") == [f"{hostile[1]} (Method)", 0]


def test_the_policy_stops_what_escaping_would_miss(html: Path, visit: Visits) -> None:
    with visit(html) as seen:
        seen.run("""() => {
            const script = document.createElement("script");
            try {
                script.textContent = "window.ran = true";
                document.body.append(script);
            } catch { /* what trusted types are for */ }
            const image = document.createElement("img");
            image.src = "https://example.org/pixel.png";
            document.body.append(image);
        }""")
        seen.page.wait_for_timeout(200)
        assert seen.run("window.ran") is None
        assert len(seen.problems) >= 2
        assert all(re.search("CSP|Content Security Policy|TrustedScript", problem) for problem in seen.problems)
        assert seen.failed == {"https://example.org/pixel.png": "csp"}
        seen.requests.remove("https://example.org/pixel.png")
        seen.problems.clear()


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_page_follows_the_colour_scheme(scheme: str, dark: bool, html: Path, visit: Visits) -> None:  # noqa: FBT001 - pytest passes it
    with visit(html, color_scheme=scheme) as seen:
        ground = seen.run("getComputedStyle(document.querySelector('.view')).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", ground)[:3])) < 200) is dark
        ink = seen.run("drawing.nodes.get()[0].font.color")
        assert (int(ink[1:3], 16) > 128) is dark
        seen.page.emulate_media(color_scheme="light" if dark else "dark")
        seen.page.wait_for_function("ink => drawing.nodes.get()[0].font.color !== ink", arg=ink)


@pytest.mark.parametrize("width", [320, 390, 768])
def test_narrow_screens_need_no_sideways_scrolling(
    width: int, html: Path, visit: Visits, hostile: tuple[str, ...]
) -> None:
    with visit(html, viewport={"width": width, "height": 740}) as seen:
        seen.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        seen.run("id => { location.hash = encodeURIComponent(id); }", seen.id_of(hostile[4]))
        seen.panel.locator("h3").wait_for()
        assert seen.run("document.documentElement.scrollWidth") <= width
        assert seen.run("document.querySelector('#network canvas').getBoundingClientRect().width") > width * 0.8


def test_everything_can_be_reached_by_keyboard_and_the_focus_is_seen(html: Path, visit: Visits) -> None:
    with visit(html) as seen:
        reached = []
        while not reached or reached[-1][0]:
            seen.page.keyboard.press("Tab")
            reached.append(
                seen.run("""() => {
                    const at = document.activeElement;
                    if (at === document.body) return ["", "", 0];
                    const style = getComputedStyle(at.closest("#network") || at);
                    const name = at.id || at.className || at.textContent.trim();
                    return [name, style.outlineStyle, parseFloat(style.outlineWidth)];
                }""")
            )
        reached.pop()
        names = [name for name, _, _ in reached]
        assert {"skip", "search", "vis-network", "closer", "fit"} <= set(names)
        assert [name for name, style, width in reached if style == "none" or width < 2] == []


def test_arrow_keys_move_the_view(html: Path, visit: Visits) -> None:
    with visit(html) as seen:
        seen.page.locator(".vis-network").focus()
        before = seen.run("drawing.network.getViewPosition()")
        seen.page.keyboard.down("ArrowLeft")
        seen.page.wait_for_timeout(200)
        seen.page.keyboard.up("ArrowLeft")
        assert seen.run("drawing.network.getViewPosition()") != before


def test_the_zoom_buttons_zoom(html: Path, visit: Visits) -> None:
    with visit(html) as seen:
        scales = [seen.run("drawing.network.getScale()")]
        for name in ("closer", "farther", "farther", "fit"):
            seen.page.locator(f"#{name}").click()
            scales.append(seen.run("drawing.network.getScale()"))
        first, closer, back, farther, fit = scales
        assert farther < first < closer
        assert back == pytest.approx(first)
        assert fit == pytest.approx(first, rel=0.2)


def test_without_javascript_all_is_there_as_text(html: Path, visit: Visits) -> None:
    with visit(html, java_script_enabled=False) as seen:
        assert "need JavaScript" in seen.page.locator("noscript").inner_text()
        assert seen.page.locator("#search").is_hidden()
        seen.page.locator("#statements summary").click()
        row = seen.page.get_by_role("row", name="GenMimic runs on Unitree G1")
        assert row.locator("mark").all_inner_texts() == ["GenMimic", "Unitree G1"]
        seen.page.locator("#papers summary").click()
        assert seen.page.get_by_role("link", name="Stairs on the Unitree G1 Robot").first.is_visible()


def test_a_graph_without_anything_to_draw_opens(graph_of: Callable[[Any], Path], tmp_path: Path, visit: Visits) -> None:
    folder = graph_of([(Paper("2501.00001", "A title", "Nothing is named here."), {"id": "2501.00001"})])
    with GraphStore.open(folder) as store:
        page = write_page(store, tmp_path / "index.html")
    with visit(page) as seen:
        seen.page.mouse.click(*seen.place("abs/2501.00001"))
        assert seen.panel.locator("h3").inner_text() == "A title"


def test_three_hundred_nodes_are_drawn_soon(graph_of: Callable[[Any], Path], tmp_path: Path, visit: Visits) -> None:
    """The limit is far above the second or two that it takes, for machines that do other things as well."""
    names = [f"Thing {i:03}" for i in range(320)]
    line = {
        "id": "2501.00001",
        "e": [[n, "Method", "uses"] for n in names],
        "r": [[i, "isA", i + 1] for i in range(319)],
    }
    with GraphStore.open(graph_of([(Paper("2501.00001", "Many things", ". ".join(names) + "."), line)])) as store:
        page = write_page(store, tmp_path / "page.html")
    with visit(page) as seen:
        assert len(seen.run("Object.keys(drawing.network.getPositions())")) == 300
        assert seen.run("performance.getEntriesByName('drawn')[0].startTime") < 15_000
