"""Write docs/network.png from a page of ours: ``python docs/make_screenshot.py page.html``.

The picture is what Chromium draws of it, with a node chosen where one is named.
"""  # noqa: INP001 - a script

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

TARGET = Path(__file__).with_name("network.png")
WIDTH, HEIGHT = 960, 560
LARGEST = 300_000
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def shoot(page: Path, target: Path, node: str = "") -> None:
    """Write the upper part of ``page`` to ``target``.

    :param node: address of the node to choose, as in the URL (``thing/unitree-g1``).
    """
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("No Chromium was found (Debian: apt-get install chromium).")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser:
        view = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce", color_scheme="light"
        )
        view.goto(page.resolve().as_uri() + (f"#{node}" if node else ""))
        view.wait_for_function("performance.getEntriesByName('drawn').length > 0")
        view.wait_for_timeout(300)
        picture = view.screenshot()
    if len(picture) > LARGEST:
        sys.exit(f"{len(picture):,} bytes are more than {LARGEST:,}: choose a node (--node) or a page of fewer.")
    target.write_bytes(picture)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path, help="a page that kg export --to html wrote")
    parser.add_argument("--node", default="", help="address of the node to choose, as in the URL of the page")
    parser.add_argument("-o", "--output", type=Path, default=TARGET)
    given = parser.parse_args()
    shoot(given.page, given.output, given.node)
