"""The search box in a real browser: what is found in spite of which errors, in what order, from the keyboard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.views.site import looks
from kg.views.site.search import Entry, columns, entries, plain_file
from kg.views.site.writing import write_data, write_html

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from kg.views.site.catalogue import Library

    Browse = Callable[..., AbstractContextManager[Any]]

ENTRIES = (
    Entry("Unitree G1", "Robot", "robot", "unitree-g1", 40, ("G1", "Unitree G1 humanoid")),
    Entry("Unitree Go2", "Robot", "robot", "unitree-go2", 12),
    Entry("Unitree", "Hardware", "hardware", "unitree", 3),
    Entry("OpenVLA", "Method", "method", "openvla", 30, ("Open VLA",)),
    Entry("OpenVLA-OFT", "Method", "method", "openvla-oft", 9),
    Entry("π0", "Method", "method", "pi~0123456789abcdef", 20),
    Entry("Diffusion Policy", "Method", "method", "diffusion-policy", 25, ("DP",)),
    Entry("diffusion", "Method", "method", "diffusion", 2),
    Entry("GPT-3.5", "Method", "method", "gpt-3.5", 8),
    Entry("GPT-4", "Method", "method", "gpt-4", 9),
    Entry("C++", "Software", "software", "c~0123456789abcdef", 4),
    Entry("C", "Software", "software", "c", 1),
    Entry("Jürgen Müller", "Author", "author", "jurgen-muller", 5),
    Entry("Łukasz Kaiser", "Author", "author", "lukasz-kaiser", 5),
    Entry("reinforcement learning", "Method", "method", "reinforcement-learning", 60, ("RL",)),
    Entry("A survey of robots that walk", "Paper", "paper", "2512.04231", date="2025-12-04"),
    Entry("An older survey of robots that walk", "Paper", "paper", "2411.00001", date="2024-11"),
    Entry("<script>alert(1)</script>", "Method", "method", "script~0123456789abcdef", 1),
)


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site of one page with a search box."""
    site = tmp_path_factory.mktemp("names")
    looks.write(site)
    write_data(site, "search", columns(ENTRIES))
    for entry in ENTRIES:
        write_html(site, f"{entry.folder}/{entry.file}.html", "base.html")
    write_html(site, "index.html", "base.html")
    return site


@pytest.fixture
def find(names: Path, browse: Browse) -> Callable[..., list[dict[str, Any]]]:
    """Return what asks the page's search for names."""

    def found(*sought: str) -> list[dict[str, Any]]:
        with browse(names, "index.html") as seen:
            answers: list[dict[str, Any]] = seen.run(
                "async all => { await KGSearch.ready(); return all.map((text) => KGSearch.find(text)); }", list(sought)
            )
            return answers

    return found


@pytest.mark.browser
def test_a_name_is_found_in_spite_of_errors(find: Callable[..., list[list[dict[str, Any]]]]) -> None:
    expected = {
        "unitree g1": "Unitree G1",
        "Untiree G1": "Unitree G1",  # transposed
        "unitre g1": "Unitree G1",
        "unitreeg1": "Unitree G1",  # no space
        "unitree-g1": "Unitree G1",
        "g1 unitree": "Unitree G1",
        "humaniod g1": "Unitree G1",
        "open vla": "OpenVLA",
        "opnevla": "OpenVLA",
        "openvlaoft": "OpenVLA-OFT",
        "openvla oft": "OpenVLA-OFT",
        "pi0": "π0",
        "π0": "π0",
        "difusion polcy": "Diffusion Policy",
        "diffusionpolicy": "Diffusion Policy",
        "gpt3.5": "GPT-3.5",
        "gpt 35": "GPT-3.5",
        "c++": "C++",
        "jurgen muller": "Jürgen Müller",
        "JÜRGEN MULER": "Jürgen Müller",
        "lukasz": "Łukasz Kaiser",
        "reinforcment leraning": "reinforcement learning",
        "renforcmeent": "reinforcement learning",  # two errors in a long word
        "2512.04231": "A survey of robots that walk",
        "2512.": "A survey of robots that walk",
        "survey wlak": "A survey of robots that walk",
    }
    answers = find(*expected)
    assert {text: rows[0]["label"] if rows else None for text, rows in zip(expected, answers, strict=True)} == expected


@pytest.mark.browser
def test_what_is_exact_comes_first_then_what_more_papers_name(find: Callable[..., list[list[dict[str, Any]]]]) -> None:
    unitree, diffusion, gpt, walk, vla = find("unitree", "diffusion", "gpt", "walk", "vla")
    assert [row["label"] for row in unitree] == ["Unitree", "Unitree G1", "Unitree Go2"]
    assert [row["label"] for row in diffusion] == ["diffusion", "Diffusion Policy"]
    assert [row["label"] for row in gpt] == ["GPT-4", "GPT-3.5"]
    assert [row["label"] for row in walk] == ["A survey of robots that walk", "An older survey of robots that walk"]
    assert [row["label"] for row in vla] == ["OpenVLA", "OpenVLA-OFT"]
    assert unitree[1] == {
        "label": "Unitree G1",
        "kind": "Robot",
        "papers": 40,
        "alias": "",
        "href": "robot/unitree-g1.html",
    }


@pytest.mark.browser
def test_an_alias_is_said_and_a_node_found_once(find: Callable[..., list[list[dict[str, Any]]]]) -> None:
    (dp, rl, unitree) = find("dp", "RL", "g1")
    assert [(row["label"], row["alias"]) for row in dp] == [("Diffusion Policy", "DP")]
    assert (rl[0]["label"], rl[0]["alias"]) == ("reinforcement learning", "RL")
    assert [(row["label"], row["alias"]) for row in unitree] == [("Unitree G1", "G1")]


@pytest.mark.browser
def test_short_words_and_numbers_are_not_guessed_at(find: Callable[..., list[list[dict[str, Any]]]]) -> None:
    short, number, nothing, empty, strange = find("gp5", "2512.04232", "qqqqqqqq", " -- ", "[(*?\\")
    assert short == number == nothing == empty == strange == []


@pytest.mark.browser
def test_every_label_alias_and_id_finds_its_node(names: Path, browse: Browse) -> None:
    sought = [(name, entry) for entry in ENTRIES for name in (entry.label, *entry.aliases)]
    with browse(names, "index.html") as seen:
        found = seen.run(
            "async all => { await KGSearch.ready(); return all.map((text) => KGSearch.find(text)[0].href); }",
            [name for name, _ in sought],
        )
        assert found == [f"{e.folder}/{e.file}.html" for _, e in sought]
        assert all((names / address).is_file() for address in found)


@pytest.mark.browser
def test_the_box_is_used_from_the_keyboard(names: Path, browse: Browse) -> None:
    with browse(names, "robot/unitree-g1.html") as seen:
        page, box = seen.page, seen.page.get_by_role("combobox", name="Search names, aliases, titles and arXiv ids")
        assert not any("data/search.js" in url for url in seen.requests), "loaded before it is needed"
        page.keyboard.press("/")
        box.wait_for()
        assert seen.run("document.activeElement.id") == "search"
        page.keyboard.type("untiree g")
        options = page.get_by_role("option")
        options.first.wait_for()
        assert any("data/search.js" in url for url in seen.requests)
        assert box.get_attribute("aria-expanded") == "true"
        assert box.get_attribute("aria-activedescendant") == "found-0"
        assert [option.inner_text().split("\n")[0] for option in options.all()] == ["Unitree G1", "Unitree Go2"]
        assert "Robot · 40 papers" in options.first.inner_text()
        page.keyboard.press("ArrowDown")
        assert options.nth(1).get_attribute("aria-selected") == "true"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        assert box.get_attribute("aria-activedescendant") == "found-1"
        page.keyboard.press("Escape")
        assert options.count() == 0
        assert box.get_attribute("aria-expanded") == "false"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/robot/unitree-go2.html")


@pytest.mark.browser
def test_a_click_leads_to_the_page_and_nothing_found_is_said(names: Path, browse: Browse) -> None:
    with browse(names, "index.html") as seen:
        seen.page.fill("#search", "qqqqqqqq")
        seen.page.get_by_text("Nothing here has a name like this").wait_for()
        assert seen.page.locator("#found-status").inner_text() == "0 names found"
        seen.page.fill("#search", "alert")
        option = seen.page.get_by_role("option").first
        assert "<script>alert(1)</script>" in option.inner_text()
        option.click()
        seen.page.wait_for_url("**/method/script~*.html")


@pytest.mark.browser
def test_without_script_there_is_no_box(names: Path, browse: Browse) -> None:
    with browse(names, "index.html", java_script_enabled=False) as seen:
        assert not seen.page.locator("#search").is_visible()


def test_all_that_has_a_page_can_be_found(asked_library: Library, asked_site: Path) -> None:
    found = list(entries(asked_library))
    assert {f"{entry.folder}/{entry.file}.html" for entry in found} == {
        node.address for node in asked_library.nodes.values()
    }
    by_label = {entry.label: entry for entry in found}
    assert by_label["OpenVLA"].papers == 3
    assert by_label["Ada Lovelace"].papers == 2
    assert "local/é 1" in next(entry.aliases for entry in found if entry.kind == "Paper" and entry.date == "2024-05")
    text = (asked_site / "data" / "search.js").read_text(encoding="utf-8")
    assert text.startswith('KG.data("search",')
    assert "<" not in text
    assert json.loads(text.removeprefix('KG.data("search",').removesuffix(");\n")) == columns(found)


def test_columns_do_not_depend_on_the_order() -> None:
    assert columns(ENTRIES) == columns(reversed(ENTRIES))


@given(
    st.lists(st.builds(Entry, st.text(), st.sampled_from(["Robot", "Paper"]), st.just("x"), st.text("ab-", min_size=1)))
)
def test_columns_have_a_row_for_each_node_whatever_its_name(nodes: list[Entry]) -> None:
    found = columns(nodes)
    assert sum(run[2] for run in found["runs"]) == len(nodes)
    if nodes:
        assert len(found["labels"].split("\n")) == len(found["files"].split("\n")) == len(nodes)


def test_aliases_that_are_the_label_are_left_out() -> None:
    found = columns([Entry("OpenVLA", "Method", "method", "openvla", 1, ("openvla", "OPENVLA", "Open VLA"))])
    assert found["aliases"] == "Open VLA"
    assert found["files"] == ""
    assert plain_file("OpenVLA") == "openvla"
