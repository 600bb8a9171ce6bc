"""The network page beside pyvis on the same graphs, in headless Chromium; see README.md here."""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright
from pyvis.network import Network as PyvisNetwork
from scipy.spatial import cKDTree

from kg.graph.communities import communities, plan
from kg.graph.records import PaperRecord
from kg.graph.store import GraphStore
from kg.model import EntityType
from kg.views.site import atlas, looks
from kg.views.site.catalogue import Library, Node, gather
from kg.views.site.maps import Key, Map, Said, maps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt
    from playwright.sync_api import Browser, Page

SIZES = (200, 1000, 5000, 20_000)
EDGES_A_NODE = 3
IN_A_COMMUNITY = 150
INSIDE = 0.8
NEIGHBOURS = 10
PANNED = 3.0
PATIENCE = 180_000
ROUNDS = 5
"""How often a page is opened of which the median is given."""
FLAGS = ("--headless", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
COMPARED = 1000
"""The most nodes for ForceAtlas2 of networkx, which compares all pairs."""


def random_map(count: int) -> tuple[Library, Map]:
    """Return a graph with communities: three edges a node, four fifths of them within a community of about 150."""
    rng = np.random.default_rng(0)
    groups = max(2, count // IN_A_COMMUNITY)
    group = rng.integers(0, groups, count)
    members = [np.flatnonzero(group == number) for number in range(groups)]
    kinds = list(EntityType)
    nodes = {f"n{i:05}": Node(f"n{i:05}", f"Thing {i}", kinds[i % len(kinds)], f"thing/{i}.html") for i in range(count)}
    paper = PaperRecord("p", "p", "A title", "", "2025-01", (), (), (), (), ())
    nodes["p"] = Node("p", "A title", "Paper", "paper/p.html")
    edges: dict[Key, list[Said]] = {}
    for source in np.repeat(np.arange(count), EDGES_A_NODE):
        near = members[group[source]]
        target = near[rng.integers(len(near))] if rng.random() < INSIDE else rng.integers(count)
        if source != target:
            edges[Key(f"n{source:05}", "usedFor", f"n{target:05}")] = [Said(paper)]
    used = sorted({end for key in edges for end in (key.source, key.target)})
    drawn = Map("whole", "Random", "", tuple(used), dict(sorted(edges.items())), count)
    return Library("", "", nodes, {"p": paper}), drawn


def ends_of(drawn: Map) -> npt.NDArray[np.intp]:
    """Return the edges as pairs of numbers."""
    number = {iri: i for i, iri in enumerate(drawn.nodes)}
    return np.array([(number[key.source], number[key.target]) for key in drawn.edges], dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Shown:
    """How a page did: seconds to the first frame, and frames a second while the view moves.

    ``picture``: seconds until the browser painted the page's largest picture, where it has one.
    """

    first: float
    moving: float
    near: float
    picture: float | None


def write_pyvis(library: Library, drawn: Map, target: Path) -> Path:
    """Write pyvis's own page, at its best: places given, physics off, scripts inlined."""
    places = plan(ends_of(drawn), np.ones(len(drawn.edges)), communities_of(drawn)).points
    net = pyvis_network()
    for iri, (x, y) in zip(drawn.nodes, places, strict=True):
        net.add_node(iri, label=library.nodes[iri].label, x=float(x), y=float(-y), size=5, physics=False)
    net.toggle_physics(False)
    return write_edges(net, drawn, target)


def write_plain_pyvis(library: Library, drawn: Map, target: Path) -> Path:
    """Write pyvis's own page as its documentation does: nodes and edges, which the browser then lays out."""
    net = pyvis_network()
    for iri in drawn.nodes:
        net.add_node(iri, label=library.nodes[iri].label)
    return write_edges(net, drawn, target)


def pyvis_network() -> PyvisNetwork:
    """Return an empty drawing; it is directed, else pyvis looks through all edges for each that is added."""
    return PyvisNetwork(height="800px", width="100%", cdn_resources="in_line", directed=True)


def write_edges(net: PyvisNetwork, drawn: Map, target: Path) -> Path:
    """Add the edges and write the page."""
    for key in drawn.edges:
        net.add_edge(key.source, key.target)
    target.write_text(net.generate_html(), encoding="utf-8")
    return target


def communities_of(drawn: Map) -> npt.NDArray[np.intp]:
    """Return the community of each node."""
    return communities(len(drawn.nodes), ends_of(drawn), np.ones(len(drawn.edges)))


def write_ours(library: Library, drawn: Map, target: Path) -> Path:
    """Write the page of a site."""
    looks.write(target)
    atlas.write_maps(library, [drawn], target)
    return target / atlas.PAGE


OURS = {
    "ready": "performance.getEntriesByName('drawn').length > 0",
    "finish": "atlas.stage.finish()",
    "pan": "atlas.stage.camera.pan(step, 0); atlas.stage.moving = true; atlas.stage.settle(); atlas.stage.paint();",
    "near": "atlas.stage.camera.scale = 1; atlas.stage.camera.x = 0; atlas.stage.camera.y = 0;",
}
PYVIS = {
    "ready": "typeof network !== 'undefined' && network !== null",
    "finish": "document.querySelector('canvas').getContext('2d').getImageData(0, 0, 1, 1)",
    "pan": "const p = network.getViewPosition(); "
    "network.moveTo({position: {x: p.x - step / network.getScale(), y: p.y}}); network.redraw();",
    "near": "network.moveTo({position: {x: 0, y: 0}, scale: 1});",
}
PLAIN_PYVIS = {**PYVIS, "ready": f"{PYVIS['ready']} && network.renderer.allowRedraw"}
"""It draws nothing before its layout has settled."""
FIRST = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {{
    {finish};
    done(performance.now());
}})))"""
PICTURED = """() => new Promise(done => {
    const first = list => done(list.getEntries().filter(one => one.url).map(one => one.startTime)[0]);
    const found = new PerformanceObserver(first);
    found.observe({type: 'largest-contentful-paint', buffered: true});
    setTimeout(() => done(null), 500);
})"""
"""When the first picture was painted, as Largest Contentful Paint tells it (https://www.w3.org/TR/largest-contentful-paint/)."""
PAN = """seconds => new Promise(done => {{
    const start = performance.now();
    let frames = 0;
    const move = () => {{
        const step = Math.floor(frames / 20) % 2 ? 8 : -8;
        {pan} {finish};
        frames++;
        const spent = (performance.now() - start) / 1000;
        if (spent < seconds || frames < 3) requestAnimationFrame(move); else done(frames / spent);
    }};
    requestAnimationFrame(move);
}})"""


@contextmanager
def opened(browser: Browser, path: Path) -> Iterator[Page]:
    """Open a page that may load nothing from elsewhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
    try:
        yield context.new_page()
    finally:
        context.close()


def shown(browser: Browser, path: Path, how: dict[str, str]) -> Shown:
    """Measure a page."""
    with opened(browser, path) as page:
        page.set_default_timeout(PATIENCE)
        page.goto(path.as_uri(), wait_until="commit")
        limit = time.monotonic() + PATIENCE / 1000
        while not page.evaluate(how["ready"]):  # wait_for_function() evaluates text, which the site's policy forbids
            if time.monotonic() > limit:
                raise TimeoutError(f"not drawn after {PATIENCE / 1000:.0f} s")
            time.sleep(0.02)
        first = page.evaluate(FIRST.format(**how)) / 1000
        picture = page.evaluate(PICTURED)
        time.sleep(1)
        moving = page.evaluate(PAN.format(**how), PANNED)
        page.evaluate(f"() => {{ {how['near']} }}")
        near = page.evaluate(PAN.format(**how), PANNED)
        return Shown(first, moving, near, None if picture is None else picture / 1000)


def median(rounds: list[Shown]) -> Shown:
    """Return the median of each figure."""
    columns = zip(*(astuple(one) for one in rounds), strict=True)
    return Shown(*(None if None in column else statistics.median(column) for column in columns))


def together(points: npt.NDArray[np.float64], community: npt.NDArray[np.intp]) -> float:
    """Return the share of each node's nearest drawn neighbours that are of its own community."""
    _, near = cKDTree(points).query(points, NEIGHBOURS + 1)
    return float((community[near[:, 1:]] == community[:, None]).mean())


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long something takes, and what it gives."""
    start = time.perf_counter()
    found = action()
    return time.perf_counter() - start, found


def layouts(drawn: Map) -> Iterator[tuple[str, float, float]]:
    """Yield layouts with their seconds and their share of neighbours together."""
    ends, weights = ends_of(drawn), np.ones(len(drawn.edges))
    found, community = timed(lambda: communities(len(drawn.nodes), ends, weights))
    spent, placed = timed(lambda: plan(ends, weights, community))
    yield "discs of communities", found + spent, together(placed.points, community)
    if len(drawn.nodes) <= COMPARED:
        graph: nx.Graph[int] = nx.Graph(ends.tolist())
        spent, spots = timed(lambda: nx.forceatlas2_layout(graph, max_iter=100, seed=0))
        yield "ForceAtlas2 of networkx", spent, together(np.array([spots[i] for i in range(len(community))]), community)


def measure(browser: Browser, library: Library, drawn: Map, folder: Path) -> None:
    """Print what a graph comes to."""
    head = f"{len(drawn.nodes):>6} nodes {len(drawn.edges):>6} edges "
    for name, spent, share in layouts(drawn):
        row(head, name, f"{spent:7.2f} s   {share:6.1%} of the nearest are of the own community")
    pages = (
        ("kg site", write_ours(library, drawn, folder), OURS),
        ("pyvis, places given", write_pyvis(library, drawn, folder / "pyvis.html"), PYVIS),
        ("pyvis, as it comes", write_plain_pyvis(library, drawn, folder / "plain.html"), PLAIN_PYVIS),
    )
    for name, path, how in pages:
        try:
            did = median([shown(browser, path, how) for _ in range(1 if how is PLAIN_PYVIS else ROUNDS)])
        except (PlaywrightError, TimeoutError) as error:  # a page that never gets there is a result
            row(head, name, f"failed: {str(error).splitlines()[0]}")
        else:
            seen = "" if did.picture is None else f"picture {did.picture:6.2f} s   "
            moved = f"moving {did.moving:6.1f}, near {did.near:6.1f} frames/s"
            row(head, name, f"{seen}first frame {did.first:6.2f} s   {moved}")


def row(*words: str) -> None:
    """Print a line of the table."""
    print(f"{words[0]} {words[1]:<24} {words[2]}", flush=True)  # noqa: T201  the benchmark's output


def main(arguments: list[str]) -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graphs", nargs="*", type=Path, help="folders of graphs, measured after the random ones")
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES)
    asked = parser.parse_args(arguments)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        for size in asked.sizes:
            measure(browser, *random_map(size), Path(folder) / str(size))
        for number, graph in enumerate(asked.graphs):
            with GraphStore.open(graph) as store:
                library = gather(store)
            measure(browser, library, next(maps(library)), Path(folder) / f"graph{number}")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
