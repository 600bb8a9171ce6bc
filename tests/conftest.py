"""Fixtures that every test may use."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.graph.store import GraphStore
from kg.model import Certainty, Extraction, Paper, Summary, SummaryField
from kg.resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.model import ResolvedPaper

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real digests and labels that may lie beside the checkout."""
    folder = ROOT.parent / "shared"
    if not (folder / "annotation").is_dir():
        pytest.skip("needs the shared/ folder of real digests and labels beside the checkout")
    return folder


@pytest.fixture(scope="session", autouse=True)
def ctrl_c() -> Iterator[None]:
    """Let SIGINT interrupt us and what we start: a shell that runs the suite in the background has it ignored."""
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, earlier)


def _resolved(line: dict[str, Any]) -> ResolvedPaper:
    """Return what a line of ``tests/data/graph/papers.jsonl`` says: a paper, a gold line, what is unsure in it."""
    summaries = tuple(
        Summary(SummaryField(s["field"]), s["language"], s["text"]) for s in line["paper"].get("summaries", ())
    )
    texts = {key: tuple(value) if isinstance(value, list) else value for key, value in line["paper"].items()}
    paper = Paper(**(texts | {"summaries": summaries}))
    read = Extraction.from_gold({**line, "id": paper.id}, paper.text, extractor="reader 1.0")
    relations = tuple(
        replace(
            relation,
            certainty=Certainty.HEDGED if i in line["hedged"] else Certainty.ASSERTED,
            score=0.4 if i in line["weak"] else 0.9,
        )
        for i, relation in enumerate(read.relations)
    )
    results = tuple(
        replace(
            result,
            certainty=Certainty.NEGATED if i in line["denied"] else Certainty.ASSERTED,
            number=float(result.value.rstrip("% ms")),
            unit=result.value.lstrip("0123456789. "),
        )
        for i, result in enumerate(read.results)
    )
    return resolve(paper, replace(read, relations=relations, results=results))


@pytest.fixture(scope="session")
def made_graph(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Iterable[ResolvedPaper]], GraphStore]:
    """Return what makes a graph folder of some papers and opens it."""

    def make(papers: Iterable[ResolvedPaper]) -> GraphStore:
        folder = tmp_path_factory.mktemp("graph")
        with GraphStore.rebuild(folder, extractor="reader 1.0") as store:
            store.add(papers)
        return GraphStore.open(folder)

    return make


@pytest.fixture(scope="session")
def few_papers() -> tuple[ResolvedPaper, ...]:
    """Return five invented papers with all that a graph can hold: hedged, denied, weak, inadmissible statements too."""
    lines = (ROOT / "tests" / "data" / "graph" / "papers.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(map(_resolved, map(json.loads, lines)))


@pytest.fixture(scope="session")
def few(few_papers: tuple[ResolvedPaper, ...], made_graph: Callable[..., GraphStore]) -> GraphStore:
    """Return the graph of these papers."""
    return made_graph(few_papers)
