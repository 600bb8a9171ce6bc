"""Pages of papers and things in a real browser: what is marked, opened, toggled, kept, and how it fits a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kg import resources
from kg.build import build
from kg.graph.store import GraphStore
from kg.views.site.catalogue import gather

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from kg.views.site.catalogue import Library

    Browse = Callable[..., AbstractContextManager[Any]]

pytestmark = pytest.mark.browser

PAPER = "paper/2512.05094.html"
GENMIMIC = "method/genmimic.html"
BACKGROUND = "element => getComputedStyle(element).backgroundColor"
CLEAR = "rgba(0, 0, 0, 0)"


@pytest.fixture(scope="module")
def library(folder: Path) -> Library:
    with GraphStore.open(folder) as store:
        return gather(store)


@pytest.fixture(scope="module")
def example_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of a few papers of the bundled example, as the model that ships with kg reads them."""
    folder = tmp_path_factory.mktemp("example")
    text = resources.example().read_text(encoding="utf-8")
    entries = text.split("\n### ")
    (folder / "few.md").write_text("\n### ".join(entries[:6]), encoding="utf-8")
    build([folder / "few.md"], folder / "graph")
    return folder / "graph" / "site"


def addresses(site: Path) -> list[str]:
    """Return the pages of papers, things and lists, which are this module's to test."""
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return [page for page in pages if "/" in page and not page.startswith("board/")] + ["papers.html", "licences.html"]


def test_every_page_opens_without_an_error_or_a_foreign_request(browse: Browse, hostile_site: Path) -> None:
    pages = addresses(hostile_site)
    assert len(pages) > 15
    with browse(hostile_site, pages[0]) as seen:
        for page in pages:
            seen.page.goto(f"{hostile_site.as_uri()}/{page}")
            assert seen.page.title()
            assert seen.page.locator("h1").count() == 1


def test_marks_are_the_characters_of_the_mentions(browse: Browse, hostile_site: Path, library: Library) -> None:
    for paper in library.papers.values():
        with browse(hostile_site, library.address(paper.iri)) as seen:
            found = seen.run(
                """() => [...document.querySelectorAll("#text .m")].map(mark => {
                    const own = mark.querySelector(":scope > a");
                    return [mark.textContent, new URL(own.href).pathname.split("/").slice(-2).join("/")];
                })"""
            )
            words = {(paper.text[span.start : span.end], library.address(iri)) for span, iri in paper.mentions}
            assert {(text, address) for text, address in found} == words
            assert seen.page.locator("h1").text_content() == paper.title
            assert seen.page.locator("p.text").text_content() == paper.abstract


def test_types_can_be_switched_off_and_stay_off(browse: Browse, hostile_site: Path) -> None:
    with browse(hostile_site, PAPER) as seen:
        robot = seen.page.locator("#text .m.Robot").first
        method = seen.page.locator("#text .m.Method").first
        assert robot.evaluate(BACKGROUND) != CLEAR
        seen.page.get_by_label("Robot").uncheck()
        assert robot.evaluate(BACKGROUND) == CLEAR
        assert method.evaluate(BACKGROUND) != CLEAR
        seen.page.goto(f"{hostile_site.as_uri()}/paper/2511.00001.html")
        assert not seen.page.get_by_label("Robot").is_checked()
        assert seen.page.locator("#text .m.Robot").first.evaluate(BACKGROUND) == CLEAR
        seen.page.get_by_label("Robot").check()
        assert seen.page.locator("#text .m.Robot").first.evaluate(BACKGROUND) != CLEAR


def test_a_line_opens_its_sentence_with_both_ends_highlighted(
    browse: Browse, hostile_site: Path, library: Library
) -> None:
    paper = library.papers["https://arxiv.org/abs/2512.05094"]
    [claim] = [claim for claim in paper.relations if claim.predicate == "runsOn"]
    with browse(hostile_site, PAPER) as seen:
        line = seen.page.locator("li:has(> a.Method):has(> a.Robot)")
        quote = line.locator("blockquote")
        assert not quote.is_visible()
        line.locator("summary").click()
        assert quote.is_visible()
        assert quote.text_content() == claim.sentences[0].text
        for mark, span in (("mark.s", claim.subject_span), ("mark.o", claim.object_span)):
            assert span is not None
            assert quote.locator(mark).text_content() == paper.text[span.start : span.end]
            assert quote.locator(mark).evaluate(BACKGROUND) != CLEAR


def test_a_result_opens_its_sentence_with_the_figure_and_its_ends_highlighted(browse: Browse, asked_site: Path) -> None:
    with browse(asked_site, "paper/2512.00001.html") as seen:
        row = seen.page.locator("tr", has_text="92.5%").first
        assert not row.locator("blockquote").is_visible()
        row.locator("summary").click()
        assert row.locator("blockquote").text_content() == "StepNet reaches a success rate of 92.5% on LIBERO."
        for mark, expected in (("s", ["StepNet"]), ("v", ["92.5%"]), ("o", ["success rate", "LIBERO"])):
            assert row.locator(f"mark.{mark}").all_text_contents() == expected


def test_a_profile_opens_sentences_too_and_leads_on(browse: Browse, hostile_site: Path) -> None:
    with browse(hostile_site, GENMIMIC) as seen:
        seen.page.locator("li:has(> a.Robot) summary").click()
        assert seen.page.locator("li mark.o:visible").first.text_content() == "Unitree G1"
        seen.page.locator("li > a.Robot", has_text="Unitree G1").first.click()
        assert seen.page.locator("h1").text_content() == "Unitree G1"


def test_pages_can_be_read_without_scripts(browse: Browse, hostile_site: Path) -> None:
    with browse(hostile_site, PAPER, java_script_enabled=False) as seen:
        assert "GenMimic" in (seen.page.locator("main").text_content() or "")
        assert not seen.page.locator("#types").is_visible()
        assert not seen.page.locator("#theme").is_visible()
        seen.page.locator("main summary").first.click()
        assert seen.page.locator("blockquote:visible").count() == 1


def test_dark_mode_follows_the_system_and_the_choice_is_kept(browse: Browse, hostile_site: Path) -> None:
    ground = "() => getComputedStyle(document.documentElement).backgroundColor"
    with browse(hostile_site, PAPER, color_scheme="dark") as seen:
        dark = seen.run(ground)
        button = seen.page.locator("#theme")
        assert button.text_content() == "Theme: auto"
        button.click()
        light = seen.run(ground)
        assert light != dark
        seen.page.goto(f"{hostile_site.as_uri()}/{GENMIMIC}")
        assert button.text_content() == "Theme: light"
        assert seen.run(ground) == light
        button.click()
        assert seen.run(ground) == dark
        button.click()
        assert button.text_content() == "Theme: auto"
    with browse(hostile_site, PAPER, color_scheme="light") as seen:
        assert seen.run(ground) == light
    with browse(hostile_site, PAPER, color_scheme="dark", java_script_enabled=False) as seen:
        assert seen.page.locator("html").evaluate(BACKGROUND) == dark


@pytest.mark.parametrize("site", ["hostile_site", "example_site"])
def test_a_phone_has_nothing_to_scroll_sideways(site: str, browse: Browse, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(site)
    pages = addresses(folder)[-40:]
    with browse(folder, pages[0], viewport={"width": 360, "height": 740}) as seen:
        for page in pages:
            seen.page.goto(f"{folder.as_uri()}/{page}")
            seen.run("() => document.querySelectorAll('details').forEach(details => { details.open = true; })")
            widths = seen.run("() => [document.documentElement.scrollWidth, innerWidth]")
            assert widths[0] <= widths[1], page


def test_the_list_of_papers_can_be_narrowed(browse: Browse, hostile_site: Path) -> None:
    with browse(hostile_site, "papers.html") as seen:
        box = seen.page.get_by_label("Only papers whose line holds")
        assert seen.page.locator("#papers > li:visible").count() == 3
        box.fill("unitree STAIRS")
        assert seen.page.locator("#papers > li:visible").count() == 1
        assert seen.page.locator("#papers-count").text_content() == "1 of 3 on this page"
        box.fill("")
        assert seen.page.locator("#papers > li:visible").count() == 3
