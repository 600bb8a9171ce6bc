"""What is new: by which rules, after which earlier site, and that it survives writing a site twice."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kg.graph.store import GraphStore
from kg.views.site import news as told
from kg.views.site import snapshot, write_site
from tests.views.site.asked import AGAIN, FIRST, HOSTILE, PAPERS, SCRIPT, STEPNET, make_graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from kg.views.site.catalogue import Library
    from kg.views.site.news import News
    from tests.views.site.asked import Annotated

    Browse = Callable[..., AbstractContextManager[Any]]
    Gather = Callable[[Iterable[Annotated]], Library]


def _since(library: Library, earlier: Library) -> News:
    """Return what is new since an earlier site."""
    before = snapshot.of(earlier, earlier.papers.values())
    return told.news(library, snapshot.of(library, library.papers.values()), (before, {}))


def _labels(library: Library, found: News) -> set[str]:
    return {library.label(iri) for iri in found.things}


def test_new_papers_things_and_values(library_of: Gather) -> None:
    library = library_of(PAPERS)
    found = _since(library, library_of((AGAIN, FIRST, HOSTILE)))
    assert (found.since, found.before) == ("build", 3)
    assert found.papers == ("2512.00001",)
    assert (found.changed, found.gone) == ((), ())
    assert _labels(library, found) == {"StepNet", "Unitree G1"}
    assert [paper for paper, _ in found.values] == ["2512.00001"] * 4
    shown = told.tell(library, found)
    assert {kind: [library.label(iri) for iri in things] for kind, things in shown.things.items()} == {
        "Method": ["StepNet"],
        "Robot": ["Unitree G1"],
    }
    ((place, values),) = shown.values.items()
    assert library.label(place) == "LIBERO"
    assert [result.value for _, result in values] == ["92.5%", "12%", "30 ms", r"3$\times$"]


OPENVLA_ON_G1: Annotated = (
    replace(
        AGAIN[0], id="2512.00009", title="OpenVLA walks", abstract="OpenVLA runs on a Unitree G1.", date="2025-12-09"
    ),
    {"e": [["OpenVLA", "Method", "uses"], ["Unitree G1", "Robot", "deploysOn"]], "r": [[0, "runsOn", 1]]},
)


@pytest.mark.parametrize(
    ("earlier", "papers", "expected"),
    [
        ((FIRST,), (FIRST, STEPNET), {("StepNet", "Unitree G1", "neither")}),
        ((FIRST,), (FIRST, AGAIN), {("OpenVLA", "Franka Emika Panda", "subject")}),
        ((STEPNET, FIRST), (STEPNET, FIRST, OPENVLA_ON_G1), {("OpenVLA", "Unitree G1", "both")}),
        ((OPENVLA_ON_G1,), (OPENVLA_ON_G1, STEPNET), {("StepNet", "Unitree G1", "robot")}),
        ((OPENVLA_ON_G1, STEPNET), (OPENVLA_ON_G1, STEPNET, FIRST), set()),
    ],
)
def test_what_ran_on_which_robot_first(
    earlier: tuple[Annotated, ...], papers: tuple[Annotated, ...], expected: set[Any], library_of: Gather
) -> None:
    library = library_of(papers)
    shown = told.tell(library, _since(library, library_of(earlier)))
    assert {(library.label(f.subject), library.label(f.robot), f.known) for f, _ in shown.methods} == expected
    assert all(row.claim.sentences for _, stated in shown.methods for row in stated)


def test_a_second_paper_with_the_same_pair_is_no_first_but_uses_the_robot(library_of: Gather) -> None:
    second = (replace(OPENVLA_ON_G1[0], id="2512.00010"), OPENVLA_ON_G1[1])
    library = library_of((OPENVLA_ON_G1, second))
    shown = told.tell(library, _since(library, library_of((OPENVLA_ON_G1,))))
    assert shown.methods == []
    ((robot, stated),) = shown.robots.items()
    assert library.label(robot) == "Unitree G1"
    assert [row.paper.id for row in stated] == ["2512.00010"]
    assert not shown.is_new(robot)


def test_papers_changed_and_gone(library_of: Gather) -> None:
    other_words = (replace(AGAIN[0], abstract=AGAIN[0].abstract + " More."), AGAIN[1])
    read_anew = (FIRST[0], {**FIRST[1], "e": [["OpenVLA", "Method", "uses"], *FIRST[1]["e"][1:]]})
    library = library_of((other_words, read_anew, HOSTILE))
    found = _since(library, library_of(PAPERS))
    assert found.papers == ()
    assert found.changed == (("2511.00002", "text"), ("2406.00003", "reading"))
    assert found.gone == ("2512.00001",)
    assert (found.things, found.values) == ((), ())


def test_without_an_earlier_site_the_newest_day_is_new(library_of: Gather) -> None:
    library = library_of(PAPERS)
    found = told.news(library, snapshot.of(library, library.papers.values()), None)
    assert (found.since, found.day, found.before) == ("day", "2025-12-02", 3)
    assert found.papers == ("2512.00001",)


@pytest.mark.parametrize("papers", [(), (STEPNET,)])
def test_a_graph_of_one_day_is_all_new(papers: tuple[Annotated, ...], library_of: Gather) -> None:
    library = library_of(papers)
    found = told.news(library, snapshot.of(library, library.papers.values()), None)
    assert (found.since, found.before, len(found.papers)) == ("start", 0, len(papers))


def test_the_news_do_not_depend_on_the_order_of_papers(library_of: Gather, tmp_path: Path) -> None:
    for name, papers in (("one", PAPERS), ("other", PAPERS[::-1])):
        told.write(library_of(papers), tmp_path / name)
    for file in ("data/news.json", "data/snapshot.json", "new.html"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()


def test_a_site_written_twice_keeps_its_news(tmp_path: Path, library_of: Gather) -> None:
    site = tmp_path / "site"
    told.write(library_of((FIRST, AGAIN)), site)
    told.write(library_of((FIRST, AGAIN, STEPNET)), site, site)
    pages = [(site / name).read_bytes() for name in ("new.html", "data/news.json", "data/snapshot.json")]
    assert json.loads(pages[1])["since"] == {"what": "build", "day": "", "papers": 2}
    told.write(library_of((STEPNET, AGAIN, FIRST)), site, site)
    assert [(site / name).read_bytes() for name in ("new.html", "data/news.json", "data/snapshot.json")] == pages


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        '{"form": 0}',
        '{"form": 1, "news": {}, "papers": [], "things": [], "pairs": [], "values": []}',
        '{"form": 1, "news": {}, "papers": {}, "things": 1, "pairs": [], "values": []}',
        "\udcff",
    ],
)
def test_an_earlier_site_that_cannot_be_read_counts_as_none(broken: str, tmp_path: Path, library_of: Gather) -> None:
    earlier = tmp_path / "earlier"
    (earlier / "data").mkdir(parents=True)
    (earlier / told.SNAPSHOT).write_bytes(broken.encode("utf-8", "surrogateescape"))
    library = library_of((FIRST, AGAIN))
    told.write(library, tmp_path / "with", earlier)
    told.write(library, tmp_path / "without")
    assert (tmp_path / "with" / "new.html").read_bytes() == (tmp_path / "without" / "new.html").read_bytes()


@pytest.mark.parametrize("broken", [{}, {"since": "build"}, {"papers": 3}])
def test_earlier_news_without_their_form_are_made_again(broken: dict[str, Any], library_of: Gather) -> None:
    library = library_of((FIRST, AGAIN))
    now = snapshot.of(library, library.papers.values())
    assert told.news(library, now, (now, broken)) == told.news(library, now, None)


def test_the_next_site_of_a_graph_tells_what_came(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for papers in ((FIRST, AGAIN), PAPERS):
        with GraphStore.open(make_graph(tmp_path / f"graph{len(papers)}", papers)) as store:
            write_site(store, site)
    found = json.loads((site / told.JSON).read_text(encoding="utf-8"))
    assert [paper["id"] for paper in found["papers"]] == ["2512.00001", "local/é 1"]
    (first,) = found["firsts"]
    assert (first["subject"]["label"], first["robot"]["label"], first["known"]) == ("StepNet", "Unitree G1", "neither")
    assert first["said"][0]["sentences"] == ["StepNet runs on a Unitree G1 humanoid."]
    assert (site / first["subject"]["address"]).is_file()
    (board,) = found["values"]
    assert (board["on"]["label"], board["values"][0]["value"]) == ("LIBERO", "92.5%")
    assert board["values"][0]["sentences"] == ["StepNet reaches a success rate of 92.5% on LIBERO."]


def test_long_lists_are_cut_on_the_page_and_whole_in_the_file(tmp_path: Path, library_of: Gather) -> None:
    count = told.MOST + 30
    names = [f"Thing{i:04}" for i in range(count)]
    paper = replace(FIRST[0], abstract=" ".join(names) + ".")
    told.write(library_of([(paper, {"e": [[name, "Method", "uses"] for name in names]})]), tmp_path)
    assert "and 30 more" in (tmp_path / "new.html").read_text(encoding="utf-8")
    assert len(json.loads((tmp_path / told.JSON).read_text(encoding="utf-8"))["things"]["Method"]) == count


@pytest.mark.browser
def test_every_line_of_the_page_leads_to_its_sentence(asked_site: Path, browse: Browse) -> None:
    with browse(asked_site, "new.html") as seen:
        page = seen.page
        assert (
            "the papers of the newest date, 2025-12-02, against the 3 papers before"
            in page.locator("main").inner_text()
        )
        first = page.locator("section", has=page.get_by_role("heading", name="First on a robot"))
        first.locator("summary").first.click()
        assert first.locator("blockquote").first.inner_text() == "StepNet runs on a Unitree G1 humanoid."
        assert first.locator("blockquote mark").all_inner_texts() == ["StepNet", "Unitree G1"]
        assert first.locator(".tag").all_inner_texts() == ["both new"]
        page.get_by_role("link", name="leaderboard", exact=True).click()
        page.wait_for_url("**/board/benchmark-libero.html")


@pytest.mark.browser
def test_names_are_text(tmp_path: Path, library_of: Gather, browse: Browse, asked_site: Path) -> None:
    library = library_of((HOSTILE, FIRST))
    now = snapshot.of(library, library.papers.values())
    before = snapshot.of(library, [paper for paper in library.papers.values() if paper.id == FIRST[0].id])
    found = told.news(library, now, (before, {}))
    assert found.papers == (HOSTILE[0].id,)
    told.write(library, tmp_path / "site")
    earlier = tmp_path / "earlier"
    snapshot.write(earlier / told.SNAPSHOT, before, {})
    told.write(library, tmp_path / "site", earlier)
    (tmp_path / "site" / "assets").symlink_to(asked_site / "assets")
    with browse(tmp_path / "site", "new.html") as seen:
        assert seen.page.get_by_text(SCRIPT).count() > 0
