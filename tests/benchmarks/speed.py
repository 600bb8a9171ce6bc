"""Speed of the main steps beside what a user would otherwise pick; see README.md in this folder."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import spacy
from rdflib import Dataset

from kg import resources
from kg.graph import named, sparql
from kg.graph.store import GraphStore
from kg.nlp import Extractor
from kg.resolution import resolve
from kg.sources import read_papers

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.model import Paper, ResolvedPaper

QUERY = "papers-and-robots"
ROUNDS = 3


def best(action: Callable[[], object]) -> float:
    """Return the seconds of the fastest of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def row(what: str, ours: float, other: str = "", theirs: float = 0.0) -> None:
    """Print a line: our seconds, and the ratio to what they are compared with."""
    ratio = f"   {other}: {theirs:.3f} s   ratio {theirs / ours:.1f}" if theirs else ""
    print(f"{what:<34} {ours:8.3f} s{ratio}")  # noqa: T201  the benchmark's output


def reading(papers: tuple[Paper, ...], extractor: Extractor) -> list[ResolvedPaper]:
    """Measure the extractor, and return what it read."""
    ours = best(lambda: list(extractor.extract(papers)))
    theirs = 0.0
    if spacy.util.is_package("en_core_web_sm"):
        stock = spacy.load("en_core_web_sm")
        theirs = best(lambda: list(stock.pipe(p.text for p in papers)))
    row(f"read {len(papers)} abstracts ({len(papers) / ours:.0f}/s)", ours, "en_core_web_sm", theirs)
    return [resolve(p, e) for p, e in zip(papers, extractor.extract(papers), strict=True)]


def adding(resolved: list[ResolvedPaper], folder: Path) -> None:
    """Measure one more paper in the whole graph beside one more in a graph of one."""
    first = resolved[0]
    new = replace(first, paper=replace(first.paper, id="2999.00001"))
    times = {}
    for name, held in (("all", resolved), ("one", resolved[:1])):
        with GraphStore.rebuild(folder / name) as store:
            store.add(held)

        def add_and_remove(graph: Path = folder / name) -> None:
            with GraphStore.update(graph) as store:
                store.add([new])
            with GraphStore.update(graph) as store:
                store.remove(["2999.00001"])

        times[name] = best(add_and_remove)
    row(f"add and remove 1 of {len(resolved) + 1}", times["all"], "1 of 2", times["one"])


def asking(folder: Path) -> None:
    """Measure a query and the N-Quads beside rdflib."""
    with GraphStore.open(folder) as store:
        lines = list(store.nquads())
        query = named.load()[QUERY].bind({}, store.store, store.iris)
        ours = best(lambda: store.store.query(query, use_default_graph_as_union=True, prefixes=sparql.QUERY_PREFIXES))
        writing = best(lambda: list(store.nquads()))
    dataset = Dataset(default_union=True)
    loading = best(lambda: dataset.parse(data="\n".join(lines), format="nquads"))
    theirs = best(lambda: list(dataset.query(query, initNs=dict(sparql.QUERY_PREFIXES))))
    row(f"query {QUERY}", ours, f"rdflib (and {loading:.1f} s to load)", theirs)
    row(f"write {len(lines)} N-Quads, sorted", writing, "rdflib", best(lambda: dataset.serialize(format="nquads")))


def main(inputs: list[str]) -> None:
    """Run all measurements."""
    papers = read_papers(inputs or [resources.example()], on_problem=lambda _: None)
    start = time.perf_counter()
    extractor = Extractor.load()
    row("load the extractor", time.perf_counter() - start)
    resolved = reading(papers, extractor)
    with tempfile.TemporaryDirectory() as folder:
        adding(resolved, Path(folder))
        asking(Path(folder) / "all")


if __name__ == "__main__":
    main(sys.argv[1:])
