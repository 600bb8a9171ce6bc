"""How long the search box of a site takes among many names, in headless Chromium; see README.md in this folder."""

from __future__ import annotations

import argparse
import random
import re
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from kg.views.site import looks
from kg.views.site.search import Entry, columns, plain_file
from kg.views.site.writing import write_data, write_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

NAMES = 220_000
WORDS = 60_000
ROUNDS = 10
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu")
SYLLABLES = re.findall(
    "..a?",
    "acalanarbobracacechicocredadedidodraenerexfafifgagehainisjokakilalelilomamemimonanenino"
    "orpapepiplapopraquararerirosasesisostatatetitotraunurvavevivoxiza",
)
SHARES = (("Method", 45), ("Author", 25), ("Task", 15), ("Paper", 15))
"""Kinds of names and their share in percent, about as in the graph of 20,000 papers."""


def names() -> Iterator[Entry]:
    """Yield made-up names: words of two to four syllables, two to three a name, nine a title."""
    dice = random.Random(0)  # noqa: S311 - no secret
    words = ["".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))) for _ in range(WORDS)]
    kinds = dice.choices([kind for kind, _ in SHARES], [share for _, share in SHARES], k=NAMES)
    for number, kind in enumerate(kinds):
        label = " ".join(dice.choices(words, k=9 if kind == "Paper" else dice.randint(2, 3))).title()
        papers = 0 if kind == "Paper" else int(dice.paretovariate(1.2))
        yield Entry(label, kind, kind.lower(), f"{number}" if kind == "Paper" else plain_file(label), papers)


def typed(labels: list[str]) -> dict[str, list[str]]:
    """Return what is typed, by the kind of error in it."""
    dice = random.Random(1)  # noqa: S311
    sample = dice.sample([label for label in labels if label.isascii() and 8 < len(label) < 60], 40)

    def change(text: str, act: Callable[[str, int], str]) -> str:
        word = max(text.split(), key=len)
        return text.replace(word, act(word, dice.randrange(1, len(word) - 1)), 1) if len(word) > 3 else text

    return {
        "as it is": sample,
        "first two letters": [text[:2] for text in sample],
        "begun": [text[: len(text) // 2] for text in sample],
        "a letter missing": [change(text, lambda word, i: word[:i] + word[i + 1 :]) for text in sample],
        "two letters swapped": [change(text, lambda w, i: w[:i] + w[i + 1] + w[i] + w[i + 2 :]) for text in sample],
        "no spaces": ["".join(text.split()) for text in sample],
        "nothing like it": [f"{text[::-1]}q" for text in sample],
    }


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def measure(site: Path) -> None:
    """Print size, time to load and index, and time for each kind of query: on the clock and of the thread's CPU."""
    size = (site / "data" / "search.js").stat().st_size
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        page = browser.new_page()
        page.goto((site / "index.html").as_uri())
        ready = page.evaluate(
            """async () => { const start = performance.now(); await KG.load("search"); const loaded = performance.now();
            const index = await KGSearch.ready();
            return [loaded - start, performance.now() - loaded, index.folded.length, index.size, index.labels]; }"""
        )
        loaded, indexed, count, nodes, labels = ready
        _say(
            f"{nodes:,} nodes, {count:,} names, {size:,} bytes; loaded in {loaded:.0f} ms, indexed in {indexed:.0f} ms"
        )
        _say(f"{'typed':22}{'CPU: median':>12}{'worst':>8}{'clock: median':>15}{'worst':>8}  (ms)")
        for kind, texts in typed(labels).items():
            _row(page, kind, texts)
        browser.close()


def _row(page: Page, kind: str, texts: list[str]) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def used() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    cpu, clock = [], []
    run = f"""text => {{ const start = performance.now(); for (let i = 0; i < {ROUNDS}; i += 1) KGSearch.find(text);
        return (performance.now() - start) / {ROUNDS}; }}"""
    for text in texts:
        page.evaluate(run, text)
        before = used()
        clock.append(page.evaluate(run, text))
        cpu.append((used() - before) / ROUNDS)
    session.detach()
    figures = (statistics.median(cpu), max(cpu), statistics.median(clock), max(clock))
    _say("{:22}{:12.1f}{:8.1f}{:15.1f}{:8.1f}".format(kind, *figures))


def main() -> None:
    """Measure a site, or made-up names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", nargs="?", type=Path, help="a site to measure; without it, 220,000 made-up names")
    given = parser.parse_args().site
    if given is not None:
        measure(given.resolve())
        return
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        looks.write(site)
        write_data(site, "search", columns(names()))
        write_html(site, "index.html", "base.html")
        measure(site)


if __name__ == "__main__":
    main()
