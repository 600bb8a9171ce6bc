"""Write the pictures of the README from the site of the bundled example.

``python docs/make_screenshots.py exports/example/site`` after ``make demo``; the pictures are what Chromium draws.
"""  # noqa: INP001 - a script

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page

TARGET = Path(__file__).with_name("images")
WIDTH, HEIGHT = 1100, 680
LARGEST = 300_000
FLAGS = ("--headless", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


class Picture(NamedTuple):
    """What is shown: a page of the site, and what is done on it first.

    :param open: how many of its quoted sentences are opened.
    :param mark: what the page notes when it has drawn.
    """

    name: str
    page: str
    open: int = 0
    mark: str = ""


PICTURES = (
    Picture("home", "index.html"),
    Picture("robot", "robot/franka-robot.html", open=1),
    Picture("leaderboard", "board/benchmark-libero.html"),
    Picture("network", "network.html", mark="drawn"),
)


def shoot(page: Page, site: Path, picture: Picture) -> bytes:
    """Return the upper part of a page as PNG.

    :raises SystemExit: if the site has no such page, or its picture is too large.
    """
    file = site / picture.page
    if not file.is_file():
        sys.exit(f"{file} is not there: is this the site of the bundled example?")
    page.goto(file.resolve().as_uri())
    if picture.mark:
        page.wait_for_function(f"() => performance.getEntriesByName('{picture.mark}').length > 0")
    page.evaluate(
        "count => [...document.querySelectorAll('main details')].slice(0, count).forEach(d => { d.open = true; })",
        picture.open,
    )
    page.wait_for_timeout(500)
    taken = page.screenshot()
    if len(taken) > LARGEST:
        sys.exit(f"{picture.name}: {len(taken):,} bytes are more than {LARGEST:,}")
    return taken


def main(site: Path, target: Path) -> None:
    """Write all pictures to ``target``."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("No Chromium was found (Debian: apt-get install chromium).")
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser:
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce", color_scheme="light"
        )
        for picture in PICTURES:
            (target / f"{picture.name}.png").write_bytes(shoot(page, site, picture))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path, help="the folder of a site that kg build or kg site wrote")
    parser.add_argument("-o", "--output", type=Path, default=TARGET, help="folder of the pictures")
    given = parser.parse_args()
    main(given.site, given.output)
