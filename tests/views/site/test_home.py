"""The first page: what it counts, what it lists, and where its questions lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from kg.views.site.home import MOST, home, write
from tests.views.site.asked import FIRST, SCRIPT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from kg.views.site.catalogue import Library
    from tests.views.site.asked import Annotated

    Browse = Callable[..., AbstractContextManager[Any]]


def test_it_counts_what_is_in_the_graph(asked_library: Library) -> None:
    found = home(asked_library)
    assert found.counts["Paper"] == 4
    assert found.counts["Robot"] == 2
    assert found.counts["Author"] == 2
    assert list(found.counts) == [
        kind
        for kind in ("Method", "Benchmark", "Metric", "Robot", "Paper", "Author", "Category")
        if kind in found.counts
    ]
    assert found.period == ("2024-05", "2025-12-02")
    assert found.results == 10


def test_it_ranks_what_most_papers_name(asked_library: Library) -> None:
    used = home(asked_library).used
    assert (used["Method"][0].node.label, used["Method"][0].papers) == ("OpenVLA", 3)
    assert [(row.node.label, row.papers) for row in used["Benchmark"]] == [("LIBERO", 4)]
    assert {row.node.label for row in used["Robot"]} == {"Unitree G1", "Franka Emika Panda"}
    assert "Dataset" not in used


def test_the_newest_papers_come_first(asked_library: Library) -> None:
    assert [paper.date for paper in home(asked_library).newest] == ["2025-12-02", "2025-11-20", "2024-06-13", "2024-05"]


def test_questions_are_about_what_the_graph_says_most_of(asked_library: Library, asked_site: Path) -> None:
    questions = {question.words: question.address for question in home(asked_library).questions}
    assert questions["Who builds on OpenVLA, and who compares with it?"] == "method/openvla.html"
    assert questions["With whom does Ada Lovelace write?"] == "author/ada-lovelace.html"
    assert questions["How are OpenVLA and Franka Emika Panda connected, and who says so?"] == (
        "network.html#node=method%2Fopenvla&to=robot%2Ffranka-emika-panda"
    )
    asked = next(address for words, address in questions.items() if "SPARQL" in words)
    assert asked == "sparql.html#name=robots-of-method&p.method=OpenVLA"
    assert {"boards.html", "new.html"} < set(questions.values())
    for address in questions.values():
        assert (asked_site / address.partition("#")[0]).is_file(), address


def test_questions_about_nothing_in_particular(library_of: Callable[[Iterable[Annotated]], Library]) -> None:
    addresses = [question.address for question in home(library_of([FIRST])).questions]
    assert addresses == ["method/openvla.html", "boards.html", "network.html", "new.html", "sparql.html"]


@pytest.mark.parametrize(("kind", "said"), [("benchmark/libero.html", "on it"), ("metric/accuracy.html", "of it")])
def test_the_page_of_a_thing_leads_to_its_leaderboard(kind: str, said: str, asked_site: Path) -> None:
    text = (asked_site / kind).read_text(encoding="utf-8")
    board = f"board/{kind.replace('/', '-')}"
    assert f'<a href="../{board}">All values claimed {said}, to sort, filter and copy</a>' in text
    assert (asked_site / board).is_file()


def test_an_empty_graph_has_a_first_page(library_of: Callable[[Iterable[Annotated]], Library], tmp_path: Path) -> None:
    library = library_of([])
    found = home(library)
    assert (dict(found.counts), found.period, found.newest, dict(found.used)) == ({}, (), (), {})
    write(library, tmp_path / "site")
    assert "Knowledge graph of 0 papers" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


@pytest.mark.browser
def test_the_page_leads_on_and_its_search_stands_first(asked_site: Path, browse: Browse) -> None:
    with browse(asked_site, "index.html") as seen:
        page = seen.page
        assert page.get_by_role("heading", level=1).inner_text() == "Knowledge graph of 4 papers"
        assert page.locator("main .find").is_visible()
        assert page.locator("#search").count() == 1
        page.fill("#search", "opnvla")
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url("**/method/openvla.html")
        page.go_back()
        links = [link.get_attribute("href") for link in page.locator("main a[href]").all()]
        assert len(links) > MOST
        for link in links:
            assert (asked_site / unquote(str(link).partition("#")[0])).is_file(), link


@pytest.mark.browser
def test_titles_are_text(asked_site: Path, browse: Browse) -> None:
    with browse(asked_site, "index.html") as seen:
        assert SCRIPT in seen.page.locator("main").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "dark")], ids=["phone", "dark phone", "dark"]
)
@pytest.mark.parametrize("address", ["index.html", "boards.html", "board/benchmark-libero.html", "new.html"])
def test_nothing_is_wider_than_the_screen(
    address: str, width: int, scheme: str, asked_site: Path, browse: Browse
) -> None:
    with browse(asked_site, address, viewport={"width": width, "height": 844}, color_scheme=scheme) as seen:
        assert seen.run("document.documentElement.scrollWidth") <= width
        ground = seen.run("getComputedStyle(document.documentElement).backgroundColor")
        brightness = sum(int(part) for part in ground.removeprefix("rgb(").removesuffix(")").split(","))
        assert (brightness < 200) == (scheme == "dark")
