"""The page as a file: whole, self-contained, escaped, the same bytes each time, and small enough to send around."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from kg.errors import ConfigError, ExportError
from kg.graph.network import Selection
from kg.graph.store import GraphStore
from kg.model import Paper
from kg.views import write_page
from kg.views.page import MOST_IN_CARD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


class Parsed(HTMLParser):
    """Collects what a browser would run, load, follow and show."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": [], "h1": [], "p": []}
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)
        if tag in self.inside:
            self.inside[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            if tag in self.inside:
                self.inside[tag][-1] += data

    def values(self, attribute: str) -> set[str]:
        return {value for _, attributes in self.tags if (value := attributes.get(attribute)) is not None}


@pytest.fixture(scope="module")
def page(html: Path) -> Parsed:
    return Parsed(html.read_text(encoding="utf-8"))


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_admits_these_scripts_and_styles_only(page: Parsed) -> None:
    [policy] = [a["content"] or "" for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    data, library, script = page.inside["script"]
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == [hash_of(library), hash_of(script)]
    assert rules["style-src"] == hash_of(page.inside["style"][0])
    assert rules["img-src"] == "data:"
    assert "unsafe" not in policy
    assert json.loads(data)["nodes"]


def test_nothing_is_loaded_and_no_attribute_runs_or_styles(page: Parsed) -> None:
    assert page.values("src") == set()
    assert {a["href"] for tag, a in page.tags if tag == "link"} == {"data:,"}
    assert not any(name.startswith("on") or name == "style" for _, a in page.tags for name in a)
    assert not {"iframe", "object", "embed", "base", "form", "img"} & {tag for tag, _ in page.tags}
    links = {a["href"] or "" for tag, a in page.tags if tag == "a"}
    assert all(link.startswith(("#", "https://arxiv.org/abs/", "https://visjs.github.io/")) for link in links)
    assert all(a.get("rel") == "noopener" for tag, a in page.tags if tag == "a" and a.get("target"))


def test_data_from_papers_cannot_end_its_script(html: Path) -> None:
    text = html.read_text(encoding="utf-8")
    data = text[text.index('id="data">') + 10 :].partition("</script>")[0]
    assert not re.search("[<>&]", data)


def test_a_paper_of_another_source_has_no_link(page: Parsed) -> None:
    assert not any("local" in value for value in page.values("href"))
    assert "local/é 1" not in page.values("href")


def test_the_page_is_the_same_bytes_whatever_the_order_of_papers(
    html: Path, papers: Sequence[Any], graph_of: Callable[[Any], Path], tmp_path: Path
) -> None:
    with GraphStore.open(graph_of(reversed(papers))) as store:
        again = write_page(store, tmp_path / "again.html")
    assert again.read_bytes() == html.read_bytes()


def test_the_page_says_what_it_shows_and_how_to_see_more(graph_of: Callable[[Any], Path], tmp_path: Path) -> None:
    names = [f"Thing{i:03}" for i in range(400)]
    line = {"id": "2501.00001", "e": [[name, "Method", "uses"] for name in names]}
    with GraphStore.open(graph_of([(Paper("2501.00001", "Many things", " ".join(names)), line)])) as store:
        text = write_page(store, tmp_path / "page.html").read_text(encoding="utf-8")
    shown = Parsed(text)
    assert shown.inside["h1"] == ["Knowledge graph of 1 paper"]
    assert re.search(r"2025-01 ·\s+the 300 most connected of 401 nodes and 299 statements", shown.inside["p"][0])
    assert "This page draws 300 of 401 nodes" in text
    assert "kg export DIR --to html --around NAME -o x.html" in text


def test_the_page_of_a_selection_names_it_and_has_no_more(graph: GraphStore, tmp_path: Path) -> None:
    target = write_page(graph, tmp_path / "g1.html", Selection(around=("unitree g1",)))
    page = Parsed(target.read_text(encoding="utf-8"))
    assert page.inside["h1"] == ["Around Unitree G1"]
    assert "2 papers · 2025-11 to 2025-12-05" in page.inside["p"][0]
    assert len(json.loads(page.inside["script"][0])["nodes"]) == 4


def test_authors_and_categories_are_drawn_where_asked_for(graph_of: Callable[[Any], Path], tmp_path: Path) -> None:
    paper = Paper("2501.00001", "A title", "Nothing.", authors=("Ada Lovelace",), categories=("cs.RO",))
    with GraphStore.open(graph_of([(paper, {"id": paper.id})])) as store:
        plain = write_page(store, tmp_path / "plain.html").read_text(encoding="utf-8")
        asked = Selection(types=("paper", "author", "category"))
        text = write_page(store, tmp_path / "asked.html", asked).read_text(encoding="utf-8")
    assert "Ada Lovelace" not in plain
    for said in ("<td>written by</td><td>Ada Lovelace</td>", "<td>filed under</td><td>cs.RO</td>"):
        assert said in text
    assert text.count("Given with the paper, not read from a sentence.") == 2


def test_long_lists_are_cut_and_say_so(graph_of: Callable[[Any], Path], tmp_path: Path) -> None:
    count = 1200
    papers = [
        (Paper(f"2501.{i:05}", f"Paper {i}", "It uses RL."), {"id": f"2501.{i:05}", "e": [["RL", "Method", "uses"]]})
        for i in range(1, count + 1)
    ]
    with GraphStore.open(graph_of(papers)) as store:
        text = write_page(store, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "and 700 older ones" in text
    assert f"and {count - MOST_IN_CARD:,} older ones" in text
    assert f'Used in <span class="count">{count}</span>' in text


def test_a_page_of_three_hundred_nodes_stays_below_two_megabytes(
    graph_of: Callable[[Any], Path], tmp_path: Path
) -> None:
    """With twice as many statements between them as the papers of a usual day have."""

    def paper(number: int) -> tuple[Paper, dict[str, Any]]:
        names = [f"shared thing {(number + k * (number % 60 + 1)) % 180}" for k in range(6)]
        said = (f"Here {a} is built on {b}, which is about as long as a sentence is." for a, b in pairwise(names))
        title = f"A title that is about as long as the titles of papers are on most days {number}"
        return Paper(f"2501.{number:05}", title, " ".join(said)), {
            "id": f"2501.{number:05}",
            "e": [[name, "Method", "uses"] for name in names],
            "r": [[k, "buildsOn", k + 1] for k in range(len(names) - 1)],
        }

    with GraphStore.open(graph_of(map(paper, range(1, 201)))) as store:
        target = write_page(store, tmp_path / "page.html")
    data = json.loads(Parsed(target.read_text(encoding="utf-8")).inside["script"][0])
    assert len(data["nodes"]) == 300
    assert len(data["edges"]) > 1000
    assert target.stat().st_size < 2_000_000


def test_an_unknown_name_and_an_unwritable_place_are_errors(graph: GraphStore, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="zebra"):
        write_page(graph, tmp_path / "page.html", Selection(around=("zebra",)))
    assert not (tmp_path / "page.html").exists()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ExportError):
        write_page(graph, tmp_path / "file" / "page.html")
