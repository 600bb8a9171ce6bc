"""Leaderboards: what is kept apart, what is put side by side, and what a reader does with them in a real browser."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from kg.views.site.boards import Board, board_address, boards, number, unit
from kg.views.site.sheet import Sheet
from kg.views.site.writing import write_html
from tests.views.site.asked import AGAIN, FIRST, FORMULA, IMAGE, PAPERS, SCRIPT, STEPNET, TEMPLATE, TEX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from kg.views.site.catalogue import Library
    from tests.views.site.asked import Annotated

    Browse = Callable[..., AbstractContextManager[Any]]

LIBERO = "board/benchmark-libero.html"


def _board(library: Library, label: str) -> Board:
    return next(board for board in boards(library) if board.node.label == label)


def _tables(library: Library, label: str) -> dict[tuple[str, str, str], list[str]]:
    return {
        (library.label(sort.metric) if sort.metric else "", sort.kind, sort.unit): [v.result.value for v in values]
        for sort, values in _board(library, label).tables.items()
    }


def test_values_of_other_metrics_kinds_and_units_stand_apart(asked_library: Library) -> None:
    assert _tables(asked_library, "LIBERO") == {
        ("success rate", "absolute", "%"): ["92.5%", "76.5%", "80.1 percent", "-5.5%", "about 7%"],
        ("success rate", "increase", "%"): ["12%"],
        ("", "absolute", "ms"): ["30 ms"],
        ("", "ratio", "×"): [r"3$\times$"],
    }


def test_a_metric_without_a_place_has_a_board_where_two_papers_measure_it(
    asked_library: Library, library_of: Callable[[Iterable[Annotated]], Library]
) -> None:
    board = _board(asked_library, "accuracy")
    assert board.address == "board/metric-accuracy.html"
    assert (board.values, board.papers, board.conflicts, board.comparisons) == (2, 2, [], [])
    assert "accuracy" not in {found.node.label for found in boards(library_of([FIRST]))}


def test_other_values_of_other_papers_for_the_same_are_a_conflict(asked_library: Library) -> None:
    (conflict,) = _board(asked_library, "LIBERO").conflicts
    assert [(value.result.value, value.paper.id) for value in conflict] == [
        ("76.5%", "2511.00002"),
        ("80.1 percent", "2406.00003"),
    ]
    table = next(iter(_board(asked_library, "LIBERO").tables.values()))
    assert [value.differs for value in table] == [False, True, True, False, False]


def _claiming(paper_id: str, *values: str, baseline: str = "") -> Annotated:
    paper, line = FIRST
    said = "".join(f" OpenVLA has a success rate of {value} on LIBERO." for value in values)
    ends = [1, 0, 4 if baseline else -1, 2]
    more = [[baseline, "Method", "comparesWith"]] if baseline else []
    text = f"OpenVLA, accuracy.{said} {baseline}."
    changed = type(paper)(paper_id, "A paper", text, date="2025-01")
    return changed, {
        "e": [*line["e"], *more],
        "q": [[v, *ends, "increase" if baseline else "absolute"] for v in values],
    }


@pytest.mark.parametrize(
    ("papers", "conflicts"),
    [
        ((_claiming("2501.00001", "76.5%"), _claiming("2501.00002", "76.5 percent")), 0),  # the same number
        ((_claiming("2501.00001", "76.5%", "80%"), _claiming("2501.00002", "80%")), 0),  # one in common
        ((_claiming("2501.00001", "76.5%", "80%"),), 0),  # one paper
        ((_claiming("2501.00001", "76.5%"), _claiming("2501.00002", "80 ms")), 0),  # other units
        ((_claiming("2501.00001", "76.5%"), _claiming("2501.00002", "77%")), 1),
        ((_claiming("2501.00001", "5%", baseline="RT-2"), _claiming("2501.00002", "6%", baseline="Octo")), 0),
        ((_claiming("2501.00001", "5%", baseline="RT-2"), _claiming("2501.00002", "6%", baseline="RT-2")), 1),
        ((_claiming("2501.00001", "5%"), _claiming("2501.00002", "6%", baseline="RT-2")), 0),  # other kinds
        ((FIRST, AGAIN), 1),
    ],
)
def test_what_is_a_conflict(
    papers: tuple[Annotated, ...], conflicts: int, library_of: Callable[[Iterable[Annotated]], Library]
) -> None:
    assert len(_board(library_of(papers), "LIBERO").conflicts) == conflicts


def test_a_board_says_what_was_compared_on_it(asked_library: Library) -> None:
    rows = {
        row.paper.id: (
            [asked_library.label(iri) for iri in row.proposed],
            [asked_library.label(said.claim.object) for said in row.compared],
        )
        for row in _board(asked_library, "LIBERO").comparisons
    }
    assert rows["2512.00001"] == (["StepNet"], ["OpenVLA"])
    assert set(rows["local/é 1"][1]) == {FORMULA, TEX, IMAGE}
    assert "2406.00003" not in rows


def test_boards_do_not_depend_on_the_order_of_papers(library_of: Callable[[Iterable[Annotated]], Library]) -> None:
    one, other = (library_of(papers) for papers in (PAPERS, PAPERS[::-1]))
    assert list(boards(one)) == list(boards(other))


def test_only_what_has_values_has_a_board(asked_library: Library) -> None:
    by_label = {node.label: board_address(asked_library, iri) for iri, node in asked_library.nodes.items()}
    assert by_label["LIBERO"] == LIBERO
    assert by_label["OpenVLA"] is None
    assert board_address(asked_library, "https://example.org/none") is None


def test_units_are_joined_only_where_they_are_certainly_one() -> None:
    assert {unit(written) for written in ("percent", "%", " % ")} == {"%"}
    assert unit("points") != unit("percentage points")
    assert unit("m") != unit("M")
    assert number(12.0) == "12"


def test_a_graph_without_figures_has_a_page_that_says_so(
    library_of: Callable[[Iterable[Annotated]], Library], tmp_path: Path
) -> None:
    paper, line = AGAIN
    library = library_of([(paper, {**line, "q": []})])
    assert list(boards(library)) == []
    write_html(tmp_path, "boards.html", "boards.html", sheet=Sheet(library, "boards.html"), sections=[])
    assert "No paper of this graph claims a figure" in (tmp_path / "boards.html").read_text(encoding="utf-8")


def test_long_lists_of_boards_are_cut_and_say_so(
    library_of: Callable[[Iterable[Annotated]], Library], tmp_path: Path
) -> None:
    found = list(boards(library_of([STEPNET])))
    sections = [("Benchmarks", found, 1234)]
    sheet = Sheet(library_of([STEPNET]), "boards.html")
    write_html(tmp_path, "boards.html", "boards.html", sheet=sheet, sections=sections)
    assert "which the search finds" in (tmp_path / "boards.html").read_text(encoding="utf-8")


def test_the_page_has_names_of_papers_as_text_only(asked_site: Path) -> None:
    text = (asked_site / LIBERO).read_text(encoding="utf-8")
    assert SCRIPT not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert TEMPLATE in text
    assert '<td class="value">3×</td>' in text, "TeX is put as one reads it"
    assert re.search(r'<mark class="[^"]*v[^"]*">92.5%</mark>', text)


# In the browser


@pytest.mark.browser
def test_a_table_is_sorted_by_any_column_and_back(asked_site: Path, browse: Browse) -> None:
    with browse(asked_site, LIBERO) as seen:
        table = seen.page.locator("section.board table").first

        def shown(column: int) -> list[str]:
            return [text.split("\n")[0] for text in table.locator(f"tbody tr > :nth-child({column})").all_inner_texts()]

        assert shown(3) == ["92.5", "76.5", "80.1", "-5.5", "7"]
        for name in ("Number", "Value"):
            head = table.get_by_role("columnheader", name=name)
            head.get_by_role("button").click()
            assert shown(3) == ["-5.5", "7", "76.5", "80.1", "92.5"]
            assert head.get_attribute("aria-sort") == "ascending"
            head.get_by_role("button").click()
            assert shown(3) == ["92.5", "80.1", "76.5", "7", "-5.5"]
            assert head.get_attribute("aria-sort") == "descending"
        table.get_by_role("button", name="Date").click()
        assert shown(7) == ["2024-05", "2024-05", "2024-06-13", "2025-11-20", "2025-12-02"]
        assert table.locator("[aria-sort]").count() == 1
        table.get_by_role("button", name="Method").click()
        assert shown(1)[-1] == "StepNet"


@pytest.mark.browser
def test_values_are_filtered_by_words_and_by_kind(asked_site: Path, browse: Browse) -> None:
    with browse(asked_site, LIBERO) as seen:
        page = seen.page
        page.get_by_label("Filter").fill("openvla measured")
        assert page.locator("section.board:visible tbody tr:visible").count() == 1
        assert page.locator("#shown").inner_text() == "1 of 8 values"
        page.get_by_label("Filter").fill("")
        page.get_by_label("Kind").select_option("increase")
        assert page.locator("section.board:visible caption").all_inner_texts() == ["success rate · increase, in % 1"]
        page.get_by_label("Kind").select_option("")
        assert page.locator("section.board:visible").count() == 4
        assert page.locator("#shown").inner_text() == ""


@pytest.mark.browser
def test_a_sentence_opens_with_its_figure_marked(asked_site: Path, browse: Browse) -> None:
    with browse(asked_site, LIBERO) as seen:
        row = seen.page.locator("section.board tbody tr").first
        quote = row.locator("blockquote")
        assert not quote.is_visible()
        row.locator("summary").click()
        assert quote.inner_text() == "StepNet reaches a success rate of 92.5% on LIBERO."
        assert quote.locator("mark.v").inner_text() == "92.5%"
        assert quote.locator("mark").all_inner_texts() == ["StepNet", "success rate", "92.5%", "LIBERO"]


@pytest.mark.browser
def test_what_papers_disagree_on_stands_side_by_side(asked_site: Path, browse: Browse) -> None:
    with browse(asked_site, LIBERO) as seen:
        conflict = seen.page.get_by_role("heading", name="Papers disagree 1").locator("xpath=..").locator(".claims")
        assert [text.split(" ")[0] for text in conflict.locator("li").all_inner_texts()] == ["76.5%", "80.1"]
        first, second = (item.bounding_box() for item in conflict.locator("li").all())
        assert first["y"] == second["y"]
        assert seen.page.locator("tr.differs").count() == 2


REFUSED = (
    "Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('no')) } })"
)


@pytest.fixture
def copied(asked_site: Path, browse: Browse) -> Callable[[str], str]:
    """Return what a browser offers to copy that does not let pages write to the clipboard."""

    def made(form: str) -> str:
        with browse(asked_site, "index.html") as seen:
            seen.page.add_init_script(REFUSED)
            seen.page.goto((asked_site / LIBERO).as_uri())
            seen.page.locator("section.board").first.get_by_role("button", name=f"Copy as {form}").click()
            area = seen.page.get_by_label("Press Ctrl+C")
            area.wait_for()
            length = seen.run("document.activeElement.selectionEnd - document.activeElement.selectionStart")
            text = str(area.input_value())
            assert length == len(text), "all of it is selected"
            return text

    return made


@pytest.mark.browser
def test_csv_is_read_back_and_holds_no_formula(copied: Callable[[str], str]) -> None:
    rows = list(csv.DictReader(io.StringIO(copied("CSV"))))
    assert [row["Number"] for row in rows] == ["92.5", "76.5", "80.1", "-5.5", "7"]
    assert {(row["Metric"], row["Kind"], row["Unit"]) for row in rows} == {("success rate", "absolute", "%")}
    assert rows[0] == {
        "Metric": "success rate",
        "Kind": "absolute",
        "Unit": "%",
        "Method": "StepNet",
        "Value": "92.5%",
        "Number": "92.5",
        "Baseline": "",
        "Paper": "StepNet: stairs for humanoids",
        "Id": "2512.00001",
        "Date": "2025-12-02",
        "Certainty": "asserted",
        "Sentence": "StepNet reaches a success rate of 92.5% on LIBERO.",
    }
    assert rows[3]["Method"] == f"'{FORMULA}"
    assert rows[3]["Value"] == "-5.5%", "a negative number is no formula"
    assert rows[3]["Sentence"].startswith("'=")
    assert rows[4]["Method"] == TEX


@pytest.mark.browser
def test_markdown_shows_names_as_they_are(copied: Callable[[str], str]) -> None:
    lines = copied("Markdown").splitlines()
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    assert len({len(row) for row in cells}) == 1
    method = cells[0].index(" Method ")
    assert cells[5][method] == r" =SUM(A1)\|x "
    assert cells[6][method] == r" a\_b \& 50% x \~^\# "
    assert r"\<script\>alert(1)\</script\> on {{7\*7}}" in lines[5]


@pytest.mark.browser
def test_latex_escapes_what_means_something_to_it(copied: Callable[[str], str]) -> None:
    lines = copied("LaTeX").splitlines()
    assert lines[0] == r"\begin{tabular}{llllllllll}"
    assert r"a\_b \& 50\% x \textasciitilde{}\textasciicircum{}\#" in lines[8]
    assert r"=SUM(A1)\textbar{}x" in lines[7]
    assert all(line.endswith(r"\\") and len(re.findall(r"(?<!\\)&", line)) == 9 for line in lines[4:9])
    assert r"\textless{}script\textgreater{}alert(1)\textless{}/script\textgreater{} on \{\{7*7\}\}" in lines[7]
    assert lines[-1] == r"\end{tabular}"


@pytest.mark.browser
def test_only_the_rows_shown_are_copied_in_their_order_to_the_clipboard(asked_site: Path, browse: Browse) -> None:
    with browse(asked_site, LIBERO, permissions=["clipboard-read", "clipboard-write"]) as seen:
        page = seen.page
        page.get_by_label("Filter").fill("openvla")
        page.locator("section.board").first.get_by_role("button", name="Number").click()
        page.locator("section.board").first.get_by_role("button", name="Copy as CSV").click()
        page.get_by_role("button", name="Copied").wait_for()
        rows = list(csv.DictReader(io.StringIO(seen.run("navigator.clipboard.readText()"))))
        assert [row["Value"] for row in rows] == ["76.5%", "80.1 percent"]
        assert not page.locator("#copied").is_visible()


@pytest.mark.browser
def test_the_tables_are_readable_without_script(asked_site: Path, browse: Browse) -> None:
    with browse(asked_site, LIBERO, java_script_enabled=False) as seen:
        assert seen.page.locator("section.board:visible").count() == 4
        assert not seen.page.locator("#tools").is_visible()
        assert seen.page.get_by_role("button", name="Copy as CSV").count() == 0


@pytest.mark.browser
def test_the_list_leads_to_the_boards_and_is_filtered(asked_site: Path, browse: Browse) -> None:
    with browse(asked_site, "boards.html") as seen:
        assert seen.page.locator("h2").all_inner_texts() == [
            "Benchmarks and data sets 1",
            "Metrics, measured on nothing in particular 1",
        ]
        seen.page.get_by_label("Filter").first.fill("zebra")
        assert seen.page.locator("#list-1 tr:visible").count() == 0
        seen.page.get_by_label("Filter").first.fill("libero")
        seen.page.get_by_role("link", name="LIBERO").click()
        seen.page.wait_for_url(f"**/{LIBERO}")
