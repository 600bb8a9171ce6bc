"""GEXF opened in a browser by graphology-gexf, which is what Gephi Lite reads files with."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.exporters import EXPORTERS
from kg.graph.network import Selection, network
from tests.exporters.test_networks import by_ends, by_graphology, day, edges_of, nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from kg.graph.store import GraphStore

MODULES = Path(__file__).resolve().parent.parent / "node" / "node_modules"
REQUIRE = re.compile(r"""\brequire\(["']([^"']+)["']\)""")
# Packages for Node are functions of module, exports and require; the page has no bundler and needs none.
LOADER = """
const sources = %s, links = %s, loaded = {};
function load(path) {
  if (!(path in loaded)) {
    const module = loaded[path] = {exports: {}};
    const require = name => load(links[path][name]);
    new Function("module", "exports", "require", sources[path])(module, module.exports, require);
  }
  return loaded[path].exports;
}
window.read = text => load(%s).parse(load(%s).MultiDirectedGraph, text).export();
"""

pytestmark = [pytest.mark.browser, pytest.mark.node]


def found(name: str, beside: Path) -> Path:
    """Return the file that Node means by ``name`` in a file of the folder ``beside``."""
    path = beside / name if name.startswith(".") else MODULES / name
    if (path / "package.json").is_file():
        path = path / json.loads((path / "package.json").read_text(encoding="utf-8")).get("main", "index.js")
    choices = (path, path.with_name(f"{path.name}.js"), path / "index.js")
    return next(choice.resolve() for choice in choices if choice.is_file())


def loader() -> str:
    """Return a script with the reader and all that it requires."""
    reader = MODULES / "graphology-gexf" / "browser" / "index.js"
    graphs = MODULES / "graphology" / "dist" / "graphology.umd.min.js"
    sources: dict[str, str] = {}
    links: dict[str, dict[str, str]] = {}
    waiting = [reader, graphs]
    while waiting:
        path = waiting.pop()
        if str(path) not in sources:
            sources[str(path)] = text = path.read_text(encoding="utf-8")
            names = {} if path == graphs else {name: found(name, path.parent) for name in REQUIRE.findall(text)}
            links[str(path)] = {name: str(target) for name, target in names.items()}
            waiting += names.values()
    return LOADER % tuple(map(json.dumps, (sources, links, str(reader), str(graphs))))


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only the browser tests need it

    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None or not MODULES.is_dir():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs Chromium and the packages of tests/node")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"], timeout=180_000)
        page = running.new_page()
        page.set_default_timeout(180_000)
        page.add_script_tag(content=loader())
        yield page
        running.close()


def test_the_reader_of_gephi_lite_finds_every_value(few: GraphStore, tmp_path: Path, page: Page) -> None:
    (path,) = EXPORTERS["gexf"].write(few, tmp_path / "graph.gexf", Selection())

    def read(path: Path) -> dict[str, Any]:
        graph: dict[str, Any] = page.evaluate("text => window.read(text)", path.read_text(encoding="utf-8"))
        return graph

    nodes, edges = by_graphology(read, path)
    whole = network(few)
    assert (nodes, edges) == (nodes_of(whole), by_ends(edges_of(whole)))
    assert len(nodes) == len(whole.nodes) > 0
    assert any(day(data) for data in nodes.values())
