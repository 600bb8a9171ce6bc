"""What identity costs and does at the size of years of digests; see README.md in this folder.

    python tests/benchmarks/scale.py CORPUS.jsonl.gz FOLDER [COUNT ...]

reads every paper of CORPUS once (kept in FOLDER), then builds, in a process of its own, a graph of the first COUNT
papers for each COUNT, and adds and removes papers. The largest nodes go into FOLDER/largest.txt, to be read by eye.
"""

from __future__ import annotations

import multiprocessing
import pickle
import resource
import shutil
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from kg import resources
from kg.graph.store import GraphStore
from kg.nlp import Extractor
from kg.resolution import normal_form, resolve
from kg.sources import read_papers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model import Extraction, Paper, ResolvedPaper

COUNTS = (5_000, 10_000, 20_000)
LARGEST = 100
SPARE = 10
"""Papers that are added one by one and together."""


def say(line: str) -> None:
    """Print a line of the table at once."""
    print(line, flush=True)  # noqa: T201  the benchmark's output


def read(corpus: Path, kept: Path) -> int:
    """Read all papers of ``corpus`` into ``kept``, unless that was done before; return how many there are."""
    if kept.exists():
        return sum(1 for _ in load(kept))
    papers = read_papers([corpus], on_problem=lambda problem: say(f"skipped: {problem.reason}"))
    part = kept.with_suffix(".part")
    start = time.perf_counter()
    with part.open("wb") as stream:
        for paper, extraction in zip(papers, Extractor.load(resources.model()).extract(papers), strict=True):
            pickle.dump((paper, extraction), stream)
    part.rename(kept)
    say(f"{len(papers):,} papers read in {time.perf_counter() - start:,.0f} s")
    return len(papers)


def load(kept: Path) -> Iterator[tuple[Paper, Extraction]]:
    """Yield what was read."""
    with kept.open("rb") as stream:
        while stream.peek(1):
            yield pickle.load(stream)  # noqa: S301  written above


def first(kept: Path, count: int) -> Iterator[ResolvedPaper]:
    """Yield the first papers, resolved."""
    for number, (paper, extraction) in enumerate(load(kept)):
        if number == count:
            return
        yield resolve(paper, extraction)


def timed(folder: Path, what: str, papers: Iterable[ResolvedPaper], gone: Iterable[str] = ()) -> None:
    """Bring papers into or out of the graph in ``folder`` and say how long that took."""
    papers = list(papers)
    start = time.perf_counter()
    with GraphStore.update(folder) as store:
        store.remove(gone)
        store.add(papers)
    say(f"    {what:<16} {time.perf_counter() - start:8.2f} s")


def measure(kept: Path, folder: Path, count: int) -> None:
    """Build the graph of the first papers but a few, add these, and remove some."""
    start = time.perf_counter()
    resolved = sum(1 for _ in first(kept, count))
    resolving = time.perf_counter() - start
    with GraphStore.rebuild(folder) as store:
        store.add(first(kept, count - SPARE))
    seconds = time.perf_counter() - start - resolving
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    say(f"{resolved:>7,} papers: resolved in {resolving:.0f} s, also written in {seconds:.0f} s, {memory:.1f} GB")
    spare = list(first(kept, count))[-SPARE:]
    ids = [one.paper.id for one in spare]
    timed(folder, "one added", spare[:1])
    timed(folder, "nine added", spare[1:])
    timed(folder, "one removed", (), ids[:1])
    timed(folder, "nine removed", (), ids[1:])
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**30
    say(f"    on disk          {size:8.2f} GB")
    shutil.rmtree(folder)


def clusters(kept: Path, count: int, target: Path) -> None:
    """Count entities, names and nodes, and write the nodes of most names with what papers call them."""
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    papers: defaultdict[str, set[str]] = defaultdict(set)
    spelled = set()
    for one in first(kept, count):
        for key, entity in zip(one.keys, one.extraction.entities, strict=True):
            text = normal_form(entity.name)
            names[key][text] += 1
            papers[key].add(one.paper.id)
            spelled.add((entity.type, text))
    entities = sum(found.total() for found in names.values())
    single = sum(len(ids) == 1 for ids in papers.values())
    say(
        f"{entities:,} entities, {len(spelled):,} types and normal names, {len(names):,} nodes, {single:,} in one paper"
    )
    largest = sorted(names, key=lambda key: (-len(names[key]), key))[:LARGEST]
    lines = (
        f"{key}  {len(papers[key])} papers: {'; '.join(n for n, _ in names[key].most_common())}\n" for key in largest
    )
    target.write_text("".join(lines), encoding="utf-8")


def main(corpus: Path, folder: Path, counts: tuple[int, ...]) -> None:
    """Measure all; each graph in a fresh process, so that the memory is its own."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "read.pickle"
    there = read(corpus, kept)
    for count in (count for count in counts if count <= there):
        process = multiprocessing.get_context("spawn").Process(target=measure, args=(kept, folder / "graph", count))
        process.start()
        process.join()
    clusters(kept, max(counts), folder / "largest.txt")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), tuple(map(int, sys.argv[3:])) or COUNTS)
