"""Every kind of page passes axe-core without a serious finding: light and dark, on a screen and on a phone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.node]

AXE = Path(__file__).parents[2] / "node" / "node_modules" / "axe-core" / "axe.min.js"
KINDS = ("index", "papers", "paper", "robot", "author", "boards", "board", "network", "new", "sparql", "licences")
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 740}, "has_touch": True},
}
RUN = """async () => {
    const { violations, passes } = await axe.run(document, { resultTypes: ["violations"] });
    const found = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const told = found.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 160)} ` +
        node.any.map((check) => check.message).join(" ")));
    return [told, passes.length];
}"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, pre"))
    .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def axe() -> Path:
    """Return the script of axe-core; without it, skip, or fail where the whole suite is meant to run."""
    if not AXE.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs the packages of tests/node: npm ci there")
    return AXE


def address(site: Path, kind: str) -> str:
    """Return the address of a page of a kind: the page of this name, or the largest in the folder of this name."""
    if (site / f"{kind}.html").is_file():
        return f"{kind}.html"
    largest = max((site / kind).glob("*.html"), key=lambda path: (path.stat().st_size, path.name))
    return largest.relative_to(site).as_posix()


def prepare(page: Page, kind: str) -> None:
    """Bring a page to the state in which most of it is seen."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    if kind == "sparql" and page.locator("#ask").count():
        page.locator("a[data-query=hubs]").click()
        page.locator("#shown table").wait_for(timeout=60_000)
        page.locator("#chart").click()
    if kind == "network":
        page.wait_for_timeout(800)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_serious_finding_and_no_sideways_scrolling(
    kind: str, look: str, asked_site: Path, chromium: Browser, axe: Path
) -> None:
    """The policy of the page, which other tests hold it to, is set aside: axe-core is a script of another place."""
    context = chromium.new_context(bypass_csp=True, reduced_motion="reduce", **LOOKS[look])
    try:
        page = context.new_page()
        page.goto(f"{asked_site.as_uri()}/{address(asked_site, kind)}")
        prepare(page, kind)
        page.add_script_tag(path=axe)
        found, passed = page.evaluate(RUN)
        assert found == []
        assert passed > 5
        assert page.evaluate(TOO_WIDE) == []
    finally:
        context.close()
