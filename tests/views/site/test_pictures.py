"""The pictures of the README are taken by a script, of a site's pages as a browser draws them."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCRIPT = Path(__file__).parents[3] / "docs" / "make_screenshots.py"


@pytest.mark.browser
def test_a_picture_is_taken_of_a_page(asked_site: Path, chromium: Browser) -> None:
    script = runpy.run_path(str(SCRIPT))
    robot = min((asked_site / "robot").glob("*.html")).relative_to(asked_site).as_posix()
    page = chromium.new_page(viewport={"width": script["WIDTH"], "height": script["HEIGHT"]})
    try:
        taken = {
            picture.name: script["shoot"](page, asked_site, picture)
            for picture in (script["Picture"]("home", "index.html"), script["Picture"]("robot", robot, open=1))
        }
        assert page.locator("main details[open]").count() == 1
        with pytest.raises(SystemExit, match="bundled example"):
            script["shoot"](page, asked_site, script["Picture"]("none", "robot/none.html"))
    finally:
        page.close()
    assert all(picture.startswith(b"\x89PNG") and len(picture) > 5_000 for picture in taken.values())
    assert taken["home"] != taken["robot"]
