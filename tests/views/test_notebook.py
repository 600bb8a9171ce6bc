"""Surroundings in a notebook: run by a real kernel, shown by a real browser, the example of the documentation too."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.errors import ConfigError
from kg.graph.store import GraphStore
from kg.model import Paper
from kg.views import neighbourhood

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    Visits = Callable[..., AbstractContextManager[Any]]

DOCUMENT = Path(__file__).parents[2] / "docs" / "views.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

HOST = """<!DOCTYPE html><meta charset="utf-8"><title>A notebook</title><body><div id="output"></div>
<script type="application/json" id="html">{html}</script>
<script>
document.getElementById("output").innerHTML = JSON.parse(document.getElementById("html").textContent);
document.querySelector("iframe").addEventListener("load", () => performance.mark("drawn"));
</script>"""


def run_notebook(folder: Path, *cells: str) -> list[dict[str, Any]]:
    """Run ``cells`` in a Jupyter kernel that starts in ``folder``; return the MIME bundle of each cell's last value."""
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": text,
            }
            for number, text in enumerate(cells)
        ],
    }
    path = folder / "notebook.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    own = {name: str(folder / name) for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    command = [str(Path(sys.executable).with_name("jupyter-execute")), "--inplace", str(path)]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | own, check=False, capture_output=True, encoding="utf-8", timeout=180
    )
    assert done.returncode == 0, done.stderr
    outputs = [cell["outputs"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert [output.get("ename") for cell in outputs for output in cell if output["output_type"] == "error"] == []
    return [output["data"] for cell in outputs for output in cell if output["output_type"] == "execute_result"]


def host(target: Path, html: str) -> Path:
    """Write a page that shows ``html`` as a notebook does: put into it by a script."""
    target.write_text(HOST.format(html=json.dumps(html).replace("<", "\\u003c")), encoding="utf-8")
    return target


@pytest.mark.browser
def test_a_notebook_shows_it_where_it_stands(
    folder: Path, tmp_path: Path, visit: Visits, hostile: tuple[str, ...]
) -> None:
    script, image, *_ = hostile
    code = f"from kg.views import neighbourhood\nneighbourhood({str(folder)!r}, {script!r}, hops=2)"
    [bundle] = run_notebook(tmp_path, code)
    assert bundle["text/plain"] == [f"<Around {script}: 6 nodes, 8 statements>"]
    with visit(host(tmp_path / "page.html", "".join(bundle["text/html"]))) as seen:
        assert seen.page.locator("iframe").count() == 1
        frame = seen.page.frame_locator("iframe")
        frame.locator("#network canvas").wait_for()
        assert frame.locator("h1").inner_text() == f"Around {script}"
        frame.locator("#search").fill(image)
        frame.locator("#search").press("Enter")
        assert frame.locator("#panel h3").evaluate("h => [h.textContent, h.children.length]") == [image, 0]
        frame.locator("#panel").get_by_role("button", name="builds on").click()
        assert frame.locator("#panel mark").all_text_contents() == [script, image]
        frame.locator(".skip").press("Enter")
        assert frame.locator("#statements details").get_attribute("open") is not None
        assert frame.locator("img").count() == 0
        inner = seen.page.frames[1]
        assert inner.url == "about:srcdoc"
        assert inner.evaluate("drawing.network.physics.physicsEnabled") is False
        with pytest.raises(Exception, match=r"SecurityError|cross-origin"):
            inner.evaluate("parent.document.title")


def test_equal_graphs_give_equal_drawings(graph: GraphStore, folder: Path) -> None:
    one, other = neighbourhood(graph, "Unitree G1"), neighbourhood(str(folder), "unitree g1")
    assert one == other
    assert (one.title, one.nodes) == ("Around Unitree G1", 4)
    assert one.edges == 5  # two deployments, one run, one proposal, one comparison


def test_names_kinds_and_steps_are_chosen(graph: GraphStore) -> None:
    whole = neighbourhood(graph, "StepNet", "GenMimicBench", hops=3)
    assert whole.title == "Around GenMimicBench, StepNet"
    robots = neighbourhood(graph, "GenMimic", types=("robot", "method"), height=300)
    assert (robots.nodes, robots.height) == (4, 300)
    assert 'height="300"' in robots._repr_html_()
    assert neighbourhood(graph, "GenMimic", papers=["2511.00001"]).nodes < neighbourhood(graph, "GenMimic").nodes


def test_what_is_saved_is_the_page(folder: Path, tmp_path: Path) -> None:
    around = neighbourhood(folder, "Unitree G1")
    target = around.save(tmp_path / "new" / "g1.html")
    assert target.read_text(encoding="utf-8") == around.page


def test_an_unknown_name_and_an_empty_folder_are_errors(graph: GraphStore, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="zebra"):
        neighbourhood(graph, "zebra")
    with pytest.raises(ConfigError, match="no graph folder"):
        neighbourhood(tmp_path, "OpenVLA")


def test_a_paper_beyond_the_last_step_is_quoted_too(graph_of: Callable[[Any], Path]) -> None:
    """What two things around a name have to do with one another, any paper may say."""
    names = ("Alpha", "Beta", "Gamma")
    first = (
        Paper("2501.00001", "One", "Alpha extends Beta. Alpha extends Gamma."),
        {
            "id": "2501.00001",
            "e": [[name, "Method", "uses"] for name in names],
            "r": [[0, "buildsOn", 1], [0, "buildsOn", 2]],
        },
    )
    second = (
        Paper("2502.00002", "Two", "Beta extends Gamma."),
        {"id": "2502.00002", "e": [[name, "Method", "uses"] for name in names[1:]], "r": [[0, "buildsOn", 1]]},
    )
    with GraphStore.open(graph_of([first, second])) as store:
        page = neighbourhood(store, "Alpha", types=("Method",)).page
    assert re.search(r"<mark[^>]*>Beta</mark> extends <mark[^>]*>Gamma</mark>", page)
    assert 'href="https://arxiv.org/abs/2502.00002"' in page


@pytest.fixture(scope="module")
def openvla() -> Sequence[tuple[Paper, dict[str, Any]]]:
    paper = Paper("2406.09246", "OpenVLA: a model", "OpenVLA is tested on LIBERO.", date="2024-06-13")
    line = {
        "id": paper.id,
        "e": [["OpenVLA", "Method", "proposes"], ["LIBERO", "Benchmark", "evaluatesOn"]],
        "r": [[0, "evaluatedOn", 1]],
    }
    return ((paper, line),)


def test_the_examples_of_the_documentation_run(
    openvla: Sequence[tuple[Paper, dict[str, Any]]], graph_of: Callable[[Any], Path], tmp_path: Path
) -> None:
    graph_of(openvla).rename(tmp_path / "built")
    (tmp_path / "exports").mkdir()
    (tmp_path / "built").rename(tmp_path / "exports" / "example")
    assert EXAMPLES
    shown = run_notebook(tmp_path, *EXAMPLES)
    assert all("<iframe" in "".join(bundle["text/html"]) for bundle in shown[:1])
    assert (tmp_path / "openvla.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
