"""The pages of a site as files: whole, linked, escaped, small, the same bytes each time."""

from __future__ import annotations

import errno
import os
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest

from kg.errors import ExportError
from kg.graph.store import GraphStore
from kg.model import Paper
from kg.views.site import pages, write_site
from kg.views.site.catalogue import gather
from tests.views.site.asked import make_graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.views.site.catalogue import Library


class Links(HTMLParser):
    """Collects the tags of a page, what it links to, and the ids in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"

    def values(self, name: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(name)) is not None]


def words(page: Links) -> str:
    return " ".join(page.text.split())


def html_pages(site: Path) -> Iterator[tuple[Path, Links]]:
    for path in sorted(site.rglob("*.html")):
        yield path, Links(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("site", ["hostile_site", "asked_site"])
def test_every_link_leads_to_a_file_that_is_there(site: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(site)
    outward = set()
    for path, links in html_pages(folder):
        for link in [*links.values("href"), *links.values("src")]:
            parts = urlsplit(link)
            if parts.scheme:
                outward.add((parts.scheme, parts.netloc))
                continue
            target = path.parent / unquote(parts.path) if parts.path else path
            assert target.resolve().is_file(), f"{path}: {link}"
            assert target.resolve().is_relative_to(folder)
    assert {scheme for scheme, _ in outward} <= {"https", "data"}


def test_pages_carry_a_strict_policy_and_nothing_inline(hostile_site: Path) -> None:
    for path, links in html_pages(hostile_site):
        [policy] = [a["content"] or "" for tag, a in links.tags if a.get("http-equiv") == "Content-Security-Policy"]
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        assert rules["default-src"] == "'none'", path
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy
        assert "http" not in policy
        assert all(a.get("src") for tag, a in links.tags if tag == "script"), path
        assert not any(tag == "style" for tag, _ in links.tags)
        assert not any(name.startswith("on") or name == "style" for _, a in links.tags for name in a), path
        assert not {"iframe", "object", "embed", "base"} & {tag for tag, _ in links.tags}, path
        pictures = [a["src"] for tag, a in links.tags if tag == "img"]
        assert pictures == (["data/network.png"] if path.name == "network.html" else []), path


def test_hostile_names_are_text_everywhere(hostile_site: Path, hostile: tuple[str, ...]) -> None:
    told = "".join(links.text for _, links in html_pages(hostile_site))
    for name in hostile:
        assert name in told
    for path in hostile_site.rglob("*.js"):
        if path.parent.name != "assets":
            assert not re.search("[<>&]", path.read_text(encoding="utf-8")), path


def test_the_same_graph_gives_the_same_bytes(hostile_site: Path, folder: Path, tmp_path: Path) -> None:
    with GraphStore.open(folder) as store:
        again = write_site(store, tmp_path / "again").parent
    ours, theirs = (
        {p.relative_to(s): p.read_bytes() for p in s.rglob("*") if p.is_file()} for s in (hostile_site, again)
    )
    assert ours.keys() == theirs.keys()
    assert [path for path in ours if ours[path] != theirs[path]] == []


def failing(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def stopped(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(("fault", "error"), [(failing, ExportError), (stopped, KeyboardInterrupt)])
def test_a_write_that_is_stopped_leaves_the_earlier_site(
    fault: Any, error: type[BaseException], graph: GraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "site"
    write_site(graph, target)
    before = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    with monkeypatch.context() as patch:
        patch.setattr("kg.views.site.licences.write", fault)
        with pytest.raises(error):
            write_site(graph, target)
    assert {path: path.read_bytes() for path in target.rglob("*") if path.is_file()} == before
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", _failing_second(Path.rename, error))
        with pytest.raises(error):
            write_site(graph, target)
    assert {path: path.read_bytes() for path in target.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_what_a_killed_process_left_is_removed_a_day_later(graph: GraphStore, tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in (".site.abc.part", ".site.def.part", ".page.abc.part"))
    for left in (old, young, other):
        (left / "site").mkdir(parents=True)
    yesterday = time.time() - 90_000
    for left in (old, other):
        os.utime(left, (yesterday, yesterday))
    write_site(graph, tmp_path / "site")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".page.abc.part", ".site.def.part", "site"]


def _failing_second(rename: Any, error: type[BaseException]) -> Any:
    """Return what renames once, fails once, and then renames again."""
    calls = []

    def renamed(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == 2:
            raise OSError(errno.EIO, "broken") if error is ExportError else error
        return rename(path, target)

    return renamed


def test_a_folder_of_other_things_is_left_alone(graph: GraphStore, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("words", encoding="utf-8")
    (tmp_path / "file").write_text("words", encoding="utf-8")
    for name in ("mine", "file"):
        with pytest.raises(ExportError, match="other things"):
            write_site(graph, tmp_path / name)
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8") == "words"
    (tmp_path / "empty").mkdir()
    assert write_site(graph, tmp_path / "empty").is_file()


def many(count: int) -> Iterator[tuple[Paper, dict[str, Any]]]:
    """Yield papers that all name the same things, with long sentences, and many results."""
    names = [f"Thing{i}" for i in range(30)]
    for number in range(1, count + 1):
        said = f"HubNet is evaluated on HubBench and on {', '.join(names)} " + "which takes a while to say " * 6
        text = f"{said}. It reaches a success rate of {number % 90 + 10}.5% on HubBench."
        things = [["HubNet", "Method", ("proposes", "uses", "comparesWith", "mentions")[number % 4]]]
        things += [["HubBench", "Benchmark", "evaluatesOn"], ["success rate", "Metric", "measures"]]
        things += [[name, "Dataset", "evaluatesOn"] for name in names]
        title = f"A title that is about as long as those of most papers are these days {number}"
        yield (
            Paper(
                f"25{number % 12 + 1:02}.{number:05}", title, text, authors=("Ada Lovelace", f"Author Number{number}")
            ),
            {
                "e": things,
                "r": [[0, "evaluatedOn", 1], *([0, "evaluatedOn", 3 + i] for i in range(30))],
                "q": [[f"{number % 90 + 10}.5%", 2, 0, -1, 1, "absolute"]],
            },
        )


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Library]:
    folder = tmp_path_factory.mktemp("hub")
    with GraphStore.open(make_graph(folder / "graph", many(450))) as store:
        library = gather(store)
    pages.write(library, folder / "site", lambda items, *_: items)
    return folder / "site", library


def test_pages_of_hubs_stay_small_and_say_how_much_more_there_is(hub: tuple[Path, Library]) -> None:
    site, _ = hub
    sizes = {p: p.stat().st_size for p in site.rglob("*.html") if p.parent.name != "paper" and p.parent != site}
    assert max(sizes.values()) < 150_000, max(sizes, key=sizes.__getitem__)
    page = Links((site / "method" / "hubnet.html").read_text(encoding="utf-8"))
    assert "Papers 450" in words(page)
    assert re.search(r"and \d+ more: a query for all", words(page))
    author = Links((site / "author" / "ada-lovelace.html").read_text(encoding="utf-8"))
    assert "and 150 more: a query for all" in words(author)


def test_the_list_of_papers_is_cut_into_pages(hub: tuple[Path, Library]) -> None:
    site, library = hub
    first, second = (Links((site / name).read_text(encoding="utf-8")) for name in ("papers.html", "papers-2.html"))
    listed = [link for page in (first, second) for link in page.values("href") if link.startswith("paper/")]
    assert listed == [library.address(iri) for iri in library.papers]
    assert "papers-2.html" in first.values("href")
    assert not (site / "papers-3.html").exists()


def test_a_profile_says_what_a_thing_is_to_papers_and_to_others(hostile_site: Path) -> None:
    page = Links((hostile_site / "method" / "genmimic.html").read_text(encoding="utf-8"))
    text = words(page)
    for said in (
        "Proposed in 1 GenMimic: walking from generated videos 2025-12-05",
        "Compared with in 1 Stairs on the Unitree G1 Robot 2025-11",
        "Runs on 1 Unitree G1 1 paper sentence 1.00 Here GenMimic",
        "What builds on it 1 StepNet",
        "Its results 1 Value Kind Metric Against On Read from 92.5% level success rate GenMimicBench",
        "First paper 2025-11 Stairs on the Unitree G1 Robot Latest paper 2025-12-05",
        "Papers by month, 2025-11 to 2025-12; at most 1 in one",
    ):
        assert said in text, said
