"""Time and memory of exports beside what a user would otherwise write them with, each in a process of its own.

    python tests/benchmarks/exports.py GRAPH…

See README.md in this folder.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import rdflib

from kg.exporters import EXPORTERS
from kg.graph.network import Selection, network
from kg.graph.store import GraphStore

if TYPE_CHECKING:
    from collections.abc import Callable

MIB, GIB = 2**20, 2**30
BESIDE = {
    "gexf": ("networkx.write_gexf",),
    "graphml": ("networkx.write_graphml",),
    "turtle": ("rdflib turtle",),
    "nquads": ("rdflib nquads",),
    "trig": ("rdflib trig",),
    "jsonld": ("rdflib json-ld",),
    "rdfxml": ("rdflib xml",),
}
"""What each export is compared with; the others have no usual counterpart."""


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201  the benchmark's output


def with_kg(form: str, store: GraphStore, target: Path) -> None:
    """Write one of our formats."""
    EXPORTERS[form].write(store, target, Selection())


def with_networkx(writer: Callable[..., None], store: GraphStore, target: Path) -> None:
    """Write the network as a user of networkx would: it has neither colours nor positions."""
    found = network(store, Selection())
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in found.nodes:
        graph.add_node(node.key, label=node.label, kind=node.type, **node.attributes)
    for edge in found.edges:
        graph.add_edge(edge.source, edge.target, key=edge.key, relation=edge.type, **edge.attributes)
    writer(graph, target)


def with_rdflib(form: str, store: GraphStore, target: Path) -> None:
    """Read the sorted N-Quads into rdflib and write them; reading is part of the time, as it is for its users."""
    data = rdflib.Dataset()
    data.parse(data="".join(f"{line}\n" for line in store.nquads()), format="nquads")
    if form in {"turtle", "xml", "json-ld"}:
        joined = rdflib.Graph()
        for subject, predicate, obj, _ in data.quads():
            joined.add((subject, predicate, obj))
        joined.serialize(target, format=form)
    else:
        data.serialize(target, format=form)


def work(name: str, folder: Path, target: Path) -> None:
    """Do one of the things that are compared."""
    with GraphStore.open(folder) as store:
        if name in EXPORTERS:
            with_kg(name, store, target)
        elif name.startswith("rdflib"):
            with_rdflib(name.partition(" ")[2], store, target)
        else:
            with_networkx({"gexf": nx.write_gexf, "graphml": nx.write_graphml}[name.rpartition("_")[2]], store, target)


def one(name: str, folder: Path, target: Path, most: float) -> None:
    """Do it under a limit of memory and print what it took as JSON."""
    resource.setrlimit(resource.RLIMIT_DATA, (int(most * GIB),) * 2)
    started, used = time.perf_counter(), time.process_time()
    work(name, folder, target)
    files = [target] if target.is_file() else [path for path in target.rglob("*") if path.is_file()]
    took = {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - used,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "size": sum(path.stat().st_size for path in files) / MIB,
    }
    say(json.dumps(took))


def measured(name: str, folder: Path, limits: argparse.Namespace) -> dict[str, float] | None:
    """Return what a process of its own took, ``None`` if it ended over a limit."""
    with tempfile.TemporaryDirectory(dir=limits.scratch) as scratch:
        command = [sys.executable, __file__, "--one", name, str(folder), str(Path(scratch) / "out")]
        command += ["--memory", str(limits.memory)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=limits.seconds)
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
            return None
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def table(folder: Path, forms: list[str], limits: argparse.Namespace) -> None:
    """Print a line for each export and for each thing beside it, with its ratio to the export."""
    with GraphStore.open(folder) as store:
        say(f"\n{len(store.papers())} papers, {len(store)} quads")
    say(f"{'':24}{'wall s':>9}{'CPU s':>9}{'MiB RAM':>9}{'MiB file':>9}{'CPU ×':>8}{'RAM ×':>8}")
    over: set[str] = set()
    for form in forms:
        own = measured(form, folder, limits)
        line(form, own, own)
        for other in BESIDE.get(form, ()):
            library = re.split(r"\W", other)[0]
            if library in over:  # it must hold the graph in memory whatever it then writes
                say(f"  {other:22}  not tried: {library} was over the limit before")
                continue
            found = measured(other, folder, limits)
            line(f"  {other}", found, own)
            if found is None:
                over.add(library)


def line(name: str, found: dict[str, float] | None, own: dict[str, float] | None) -> None:
    """Print what one thing took, and how many times that of the export it is."""
    if found is None:
        say(f"{name:24}  over the limit")
        return
    values = "".join(f"{found[key]:9.1f}" for key in ("seconds", "processor", "memory", "size"))
    ratios = "" if own is None else "".join(f"{found[k] / max(own[k], 1e-9):8.2f}" for k in ("processor", "memory"))
    say(f"{name:24}{values}{ratios}")


def main() -> None:
    """Measure every format for every graph."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graphs", nargs="*", type=Path, metavar="GRAPH")
    parser.add_argument("--to", action="append", choices=sorted(EXPORTERS), help="a format; all of them by default")
    parser.add_argument("--memory", type=float, default=8.0, help="GiB that a process may take (default: 8)")
    parser.add_argument("--seconds", type=float, default=3600.0, help="seconds that it may take (default: 3600)")
    parser.add_argument("--scratch", type=Path, help="folder for what is written; it is removed")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.one[0], Path(given.one[1]), Path(given.one[2]), given.memory)
        return
    for folder in given.graphs:
        table(folder, given.to or list(EXPORTERS), given)


if __name__ == "__main__":
    main()
