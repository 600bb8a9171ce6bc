"""What a site costs to write and how soon its pages are there in a headless Chromium; see README.md in this folder."""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from playwright.sync_api import sync_playwright

from kg.graph.store import GraphStore
from kg.views.site import write_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

FLAGS = ("--headless", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
ROUNDS = 5
WIDTH, HEIGHT = 1280, 800
QUESTION = "#name=hubs"

PAINTS = """
window.seen = { paint: 0, busy: 0, last: 0 };
new PerformanceObserver((list) => { for (const one of list.getEntriesByName("first-contentful-paint"))
    seen.paint = one.startTime; }).observe({ type: "paint", buffered: true });
new PerformanceObserver((list) => { for (const one of list.getEntries()) {
    seen.busy += one.duration - 50; seen.last = one.startTime + one.duration; } })
    .observe({ type: "longtask", buffered: true });
"""
TIMES = """() => new Promise((resolve) => {
    const told = () => {
        const [page] = performance.getEntriesByType("navigation");
        const mark = (name) => performance.getEntriesByName(name)[0]?.startTime ?? 0;
        const ready = Math.max(seen.last, page.loadEventEnd, seen.paint, mark(NAME));
        resolve([seen.paint, ready, seen.busy]);
    };
    const done = () => seen.paint && (!NAME || performance.getEntriesByName(NAME).length);
    const waited = () => done() ? setTimeout(told, 600) : setTimeout(waited, 50);
    waited();
})"""
"""Interactive is a page once it is loaded, painted, has drawn what it draws, and no task over 50 ms follows."""


class Opened(NamedTuple):
    """How soon a page was there, in milliseconds.

    :param paint: until the first text or picture.
    :param ready: until it can be used.
    :param busy: by how much tasks were longer than 50 ms, together.
    """

    paint: float
    ready: float
    busy: float


def files(site: Path) -> list[Path]:
    """Return all files of a site."""
    return [path for path in site.rglob("*") if path.is_file()]


def show(what: str, value: str) -> None:
    """Print a line of the table."""
    print(f"{what:<58} {value:>14}")  # noqa: T201  the benchmark's output


def write(graph: Path, target: Path) -> None:
    """Write the site of a graph and say what it took."""
    with GraphStore.open(graph) as store:
        papers = len(store.papers())
        start, busy = time.perf_counter(), time.process_time()
        write_site(store, target)
        took = time.perf_counter() - start
        busy = time.process_time() - busy
    show("papers", f"{papers:,}")
    show("written in", f"{took:,.1f} s")
    show("of the processor's time", f"{busy:,.1f} s")
    show("most memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def measure_files(site: Path) -> None:
    """Say how many files there are and which pages are the largest."""
    every = files(site)
    show("files", f"{len(every):,}")
    show("size", f"{sum(path.stat().st_size for path in every) / 1e6:,.1f} MB")
    for folder in sorted({path.parent for path in every if path.suffix == ".html"}):
        pages = sorted((path.stat().st_size, path.name) for path in folder.glob("*.html"))
        size, name = pages[-1]
        middle = statistics.median(size for size, _ in pages)
        label = f"{folder.relative_to(site).as_posix()}: {len(pages):,} pages, largest {name[:18]}"
        show(label[:60], f"{size / 1e3:,.0f} kB, median {middle / 1e3:,.0f} kB")


def hub(site: Path) -> Path:
    """Return the largest page of a thing."""
    kinds = ("method", "task", "dataset", "benchmark", "robot", "software", "hardware", "metric")
    pages = (path for kind in kinds for path in (site / kind).glob("*.html"))
    return max(pages, key=lambda path: (path.stat().st_size, path.name))


def opened(browser: Browser, address: str, mark: str) -> Opened:
    """Open a page once, with nothing kept of an earlier visit."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    try:
        page = context.new_page()
        page.add_init_script(PAINTS)
        page.goto(address)
        return Opened(*page.evaluate(TIMES.replace("NAME", f'"{mark}"')))
    finally:
        context.close()


def visits(site: Path, one_word: Path) -> Iterator[tuple[str, Path, str, str]]:
    """Yield what is opened: its name, its file, what follows in the address, the mark that says it is done."""
    yield "a page of one word, to compare with", one_word, "", ""
    yield "home", site / "index.html", "", ""
    yield f"profile of a hub ({hub(site).stem[:24]})", hub(site), "", ""
    script = (site / "assets" / "network.js").is_file()
    yield "network", site / "network.html", "", "drawn" if script else ""
    if (site / "data" / "quads.js").is_file():
        yield "SPARQL, nothing asked", site / "sparql.html", "", "ready"
        yield "SPARQL, graph loaded and asked", site / "sparql.html", QUESTION, "answered"


def measure_pages(site: Path, one_word: Path) -> None:
    """Say how soon the pages are there; on a machine that does other things the fastest of the rounds tells more."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("No Chromium was found (Debian: apt-get install chromium).")
    show("processes that want a core, on average", f"{os.getloadavg()[0]:.1f} of {os.cpu_count()}")
    show("page", "first paint · ready · blocked, ms")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser:
        for name, path, address, mark in visits(site, one_word):
            rounds = [opened(browser, path.as_uri() + address, mark) for _ in range(ROUNDS)]
            for how, chosen in (("median", statistics.median), ("fastest", min)):
                paint, ready, busy = (chosen(column) for column in zip(*rounds, strict=True))
                label = f"{name}, {path.stat().st_size / 1e3:,.0f} kB" if chosen is not min else ""
                show(f"{label:<48} {how}", f"{paint:,.0f} · {ready:,.0f} · {busy:,.0f}")


def main(graph: Path, site: Path | None) -> None:
    """Run all measurements."""
    with tempfile.TemporaryDirectory() as beside:
        target = site or Path(beside) / "site"
        if site is None or not (site / "index.html").is_file():
            write(graph, target)
        measure_files(target)
        one_word = Path(beside) / "word.html"
        one_word.write_text("<!doctype html><title>Word</title><p>Word", encoding="utf-8")
        measure_pages(target, one_word)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graph", type=Path, help="a folder that kg build wrote")
    parser.add_argument("--site", type=Path, help="where to write the site and keep it; one that is there is measured")
    given = parser.parse_args()
    main(given.graph, given.site)
