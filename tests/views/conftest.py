"""A small graph of handmade papers, some of them hostile, and pages of it in a real Chromium that may load nothing."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from kg.graph.store import GraphStore
from kg.model import Extraction, Paper, Span
from kg.resolution import resolve
from kg.views import write_page

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

Line = dict[str, Any]

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
TEMPLATE = "{{7*7}}"
CLOSING = "</script><!--<script>"
QUOTES = "&lt;b&gt; 'quoted' `x`"
HOSTILE = (SCRIPT, IMAGE, TEMPLATE, CLOSING, QUOTES)

PAPERS: Sequence[tuple[Paper, Line]] = (
    (
        Paper(
            "2512.05094",
            "GenMimic: walking from generated videos",
            "Here GenMimic, a humanoid policy, runs on a Unitree G1 outdoors. It is tested on GenMimicBench and "
            "reaches a success rate of 92.5% there. Prior work is left behind.",
            categories=("cs.RO", "cs.LG"),
            date="2025-12-05",
        ),
        {
            "id": "2512.05094",
            "e": [
                ["GenMimic", "Method", "proposes"],
                ["humanoid policy", "Method", "mentions"],
                ["Unitree G1", "Robot", "deploysOn", ["G1"]],
                ["GenMimicBench", "Benchmark", "proposes"],
                ["success rate", "Metric", "measures"],
            ],
            "r": [[0, "isA", 1], [0, "runsOn", 2], [0, "evaluatedOn", 3]],
            "q": [["92.5%", 4, 0, -1, 3, "absolute"]],
        },
    ),
    (
        Paper(
            "2511.00001",
            "Stairs on the Unitree G1 Robot",
            "A Unitree G1 climbs stairs. StepNet is compared with GenMimic. A LiDAR and Isaac Sim are used.",
            categories=("cs.RO",),
            date="2025-11",
        ),
        {
            "id": "2511.00001",
            "e": [
                ["Unitree G1", "Robot", "deploysOn"],
                ["StepNet", "Method", "proposes"],
                ["GenMimic", "Method", "comparesWith"],
                ["LiDAR", "Hardware", "deploysOn"],
                ["Isaac Sim", "Software", "trainsOn"],
                ["stairs", "Task", "addresses"],
            ],
            "r": [[1, "comparedWith", 2], [1, "buildsOn", 2], [1, "usedFor", 5]],
        },
    ),
    (
        Paper("local/é 1", f"{SCRIPT} on {TEMPLATE}", f"{SCRIPT} builds on {IMAGE} and beats {CLOSING} on {QUOTES}."),
        {
            "id": "local/é 1",
            "e": [
                [SCRIPT, "Method", "proposes"],
                [IMAGE, "Method", "comparesWith"],
                [CLOSING, "Method", "comparesWith"],
                [TEMPLATE, "Dataset", "evaluatesOn"],
                [QUOTES, "Dataset", "evaluatesOn"],
            ],
            "r": [[0, "buildsOn", 1], [0, "comparedWith", 2], [0, "evaluatedOn", 4]],
        },
    ),
)


def make_graph(folder: Path, papers: Iterable[tuple[Paper, Line]]) -> Path:
    """Build the graph of ``papers`` in ``folder`` and return it."""
    with GraphStore.rebuild(folder, extractor="annotator 1") as store:
        store.add(
            resolve(paper, _in_sentences(Extraction.from_gold(line, paper.text), paper.text)) for paper, line in papers
        )
    return folder


def _in_sentences(extraction: Extraction, text: str) -> Extraction:
    """Return ``extraction`` with the whole sentence around the two ends of each relation as its evidence."""

    def sentence(span: Span) -> Span:
        before = max(text.rfind(". ", 0, span.start) + 2, text.rfind("\n", 0, span.start) + 1)
        return Span(before if before > 1 else 0, text.index(".", span.end) + 1)

    relations = tuple(replace(r, evidence=tuple(map(sentence, r.evidence))) for r in extraction.relations)
    return replace(extraction, relations=relations)


@pytest.fixture(scope="session")
def papers() -> Sequence[tuple[Paper, Line]]:
    """Return handmade papers with their annotations; the last one is hostile."""
    return PAPERS


@pytest.fixture(scope="session")
def hostile() -> tuple[str, ...]:
    """Return names that would run, load or mean something where they are not escaped."""
    return HOSTILE


@pytest.fixture
def graph_of(tmp_path: Path) -> Callable[[Iterable[tuple[Paper, Line]]], Path]:
    """Return what builds a graph of annotated papers."""
    return lambda papers: make_graph(tmp_path / "graph", papers)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the handmade graph."""
    return make_graph(tmp_path_factory.mktemp("views") / "graph", PAPERS)


@pytest.fixture
def graph(folder: Path) -> Iterator[GraphStore]:
    """Return the handmade graph."""
    with GraphStore.open(folder) as store:
        yield store


@pytest.fixture(scope="session")
def html(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of the handmade graph."""
    with GraphStore.open(folder) as store:
        return write_page(store, tmp_path_factory.mktemp("page") / "index.html")


_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the system's Chromium; without one, skip, or fail where the whole suite is meant to run."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only the browser tests need it

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs Chromium (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()


@dataclass(slots=True)
class Visit:
    """A page that is open, and what it did that it should not."""

    page: Page
    requests: list[str] = field(default_factory=list)
    failed: dict[str, str | None] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def panel(self) -> Locator:
        return self.page.locator("#panel")

    def run(self, script: str, argument: object = None) -> Any:
        return self.page.evaluate(script, argument)

    def drawn_pixels(self) -> int:
        """Return how many pixels of the canvas are not empty; a copy is read, because reading makes Chromium warn."""
        return int(
            self.run("""() => {
                const c = document.querySelector("#network canvas");
                const copy = new OffscreenCanvas(c.width, c.height).getContext("2d");
                copy.drawImage(c, 0, 0);
                const d = copy.getImageData(0, 0, c.width, c.height).data;
                let n = 0;
                for (let i = 3; i < d.length; i += 4) n += d[i] > 0;
                return n;
            }""")
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return the place on the screen of a place in the drawing."""
        found = self.run(
            """([x, y]) => {
                const at = drawing.network.canvasToDOM({ x, y });
                const box = document.querySelector("#network canvas").getBoundingClientRect();
                return [box.x + at.x, box.y + at.y];
            }""",
            [x, y],
        )
        return found[0], found[1]

    def place(self, node: str) -> tuple[float, float]:
        """Return where a node is drawn on the screen."""
        at = self.run("id => drawing.network.getPosition(id)", node)
        return self.point(at["x"], at["y"])

    def id_of(self, name: str) -> str:
        """Return the address of the node with this name."""
        return str(self.run("name => drawing.nodes.get().find(n => n.name === name).id", name))


@pytest.fixture(scope="session")
def watch() -> Callable[[Page, list[str], list[str]], None]:
    """Return what notes the addresses a page asks for, and its messages, errors, dialogs and breaches of its policy."""

    def watching(page: Page, requests: list[str], problems: list[str]) -> None:
        page.context.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: problems.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: (problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
        )

    return watching


@pytest.fixture
def visit(
    chromium: Browser, watch: Callable[[Page, list[str], list[str]], None]
) -> Callable[..., AbstractContextManager[Visit]]:
    """Return what opens a page from disk; on leaving it, the page must have asked for itself only and had no error."""

    @contextmanager
    def opened(path: Path, address: str = "", **options: Any) -> Generator[Visit, None, None]:
        settings = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **options}
        context = chromium.new_context(**settings)
        seen = Visit(context.new_page())
        context.on("requestfailed", lambda request: seen.failed.update({request.url: request.failure}))
        watch(seen.page, seen.requests, seen.problems)
        try:
            seen.page.goto(path.as_uri() + address)
            if settings.get("java_script_enabled", True):
                seen.page.wait_for_function("performance.getEntriesByName('drawn').length > 0")
            yield seen
            assert seen.problems == []
            assert {url.partition("#")[0] for url in seen.requests} == {path.as_uri()}
        finally:
            context.close()

    return opened
