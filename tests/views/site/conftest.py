"""A site of handmade papers, and pages of it in a real Chromium that may ask for files of the site only."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from kg.graph.store import GraphStore
from kg.views.site import write_site
from kg.views.site.catalogue import Library, gather
from tests.views.site.asked import PAPERS, make_graph

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.views.site.asked import Annotated


@pytest.fixture(scope="session")
def asked_graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the graph of :mod:`tests.views.site.asked`."""
    return make_graph(tmp_path_factory.mktemp("asked") / "graph", PAPERS)


@pytest.fixture(scope="session")
def asked_library(asked_graph: Path) -> Library:
    """Return what the pages of that graph are made of."""
    with GraphStore.open(asked_graph) as store:
        return gather(store)


@pytest.fixture(scope="session")
def asked_site(asked_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of that graph's site."""
    with GraphStore.open(asked_graph) as store:
        return write_site(store, tmp_path_factory.mktemp("asked") / "site").parent


@pytest.fixture
def library_of(tmp_path: Path) -> Callable[[Iterable[Annotated]], Library]:
    """Return what gathers the library of annotated papers."""

    def made(papers: Iterable[Annotated]) -> Library:
        folder = tmp_path / f"graph{len(list(tmp_path.iterdir()))}"
        with GraphStore.open(make_graph(folder, papers)) as store:
            return gather(store)

    return made


@dataclass(slots=True)
class Seen:
    """A page that is open, what it asked for, and what it did that it should not."""

    page: Page
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def run(self, script: str, argument: object = None) -> Any:
        return self.page.evaluate(script, argument)


@pytest.fixture
def browse(
    chromium: Browser, watch: Callable[[Page, list[str], list[str]], None]
) -> Callable[..., AbstractContextManager[Seen]]:
    """Return what opens a page of a site from disk.

    On leaving it, the page must have had no error, no dialog, no violation of its policy, and have asked for files of
    the site only.
    """

    @contextmanager
    def opened(site: Path, address: str, **options: Any) -> Generator[Seen, None, None]:
        settings = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **options}
        context = chromium.new_context(**settings)
        seen = Seen(context.new_page())
        context.on("requestfailed", lambda request: seen.problems.append(f"failed: {request.url}"))
        watch(seen.page, seen.requests, seen.problems)
        try:
            seen.page.goto(site.as_uri() + "/" + address)
            yield seen
            assert seen.problems == []
            assert [url for url in seen.requests if not url.startswith((site.as_uri() + "/", "data:"))] == []
        finally:
            context.close()

    return opened


@pytest.fixture(scope="session")
def hostile_site(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site of the handmade graph whose last paper is hostile."""
    with GraphStore.open(folder) as store:
        return write_site(store, tmp_path_factory.mktemp("hostile") / "site").parent
