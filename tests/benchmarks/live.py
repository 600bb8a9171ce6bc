"""The live export into a server that speaks Bolt, beside the plain way: a statement for every node and relationship.

    python tests/benchmarks/live.py GRAPH…

See README.md in this folder.
"""

from __future__ import annotations

import argparse
import resource
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from neo4j import GraphDatabase

from kg.exporters.bolt import Server, send
from kg.exporters.neo4j import constraints, node_rows, tie_rows
from kg.exporters.property_graph import property_graph
from kg.graph.network import Selection
from kg.graph.store import GraphStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from neo4j import Session

SERVER = Path(__file__).resolve().parents[1] / "exporters" / "bolt_server.py"
SECRET = "a-secret-of-the-benchmark"  # noqa: S105 - of a server that lives as long as this run


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201  the benchmark's output


def free_port() -> int:
    """Return a port that nobody listens at."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def serving(heap: str) -> Iterator[Callable[[str], Server]]:
    """Run ArcadeDB, and give what makes a new database in it."""
    with tempfile.TemporaryDirectory() as scratch:
        port = free_port()
        command = [
            sys.executable,
            str(SERVER),
            str(Path(scratch) / "server"),
            SECRET,
            str(port),
            str(free_port()),
            heap,
        ]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, cwd=scratch)

        def database(name: str) -> Server:
            if process.stdin is None or process.stdout is None:
                raise RuntimeError("the server has no pipes")
            process.stdin.write(f"{name}\n")
            process.stdin.flush()
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("ArcadeDB did not start: it needs arcadedb-embedded, of the extra test")
            return Server(f"bolt://localhost:{port}", "root", SECRET, name)

        try:
            yield database
        finally:
            process.communicate(timeout=120)


def sent(store: GraphStore, server: Server, what: str) -> float:
    """Bring the server up to date, print what that took, and return the seconds."""
    begun = time.perf_counter()
    changes = send(store, server, Selection())
    took = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = changes.nodes_written + changes.ties_written
    say(f"{what:28}{took:9.1f} s {rows:9} rows, at most {peak:.0f} MiB so far")
    return took


def row_by_row(session: Session, store: GraphStore, most: float) -> float:
    """Merge each node, then each relationship, by a statement of its own, for at most so many seconds.

    :returns: the seconds that all of them take at this pace.
    """
    begun, done = time.perf_counter(), 0
    nodes, ties = property_graph(store, Selection())
    prepared = time.perf_counter() - begun
    for statement in constraints():
        session.run(statement).consume()
    every = ((clauses, row) for clauses, rows in chain(node_rows(nodes), tie_rows(ties)) for row in rows)
    for clauses, row in every:
        if time.perf_counter() - begun > most:
            break
        session.run(f"WITH $row AS row\n{clauses}", row=row).consume()
        done += 1
    took, rows = time.perf_counter() - begun, len(nodes) + len(ties)
    say(f"{'a statement a row':28}{took:9.1f} s {done:9} rows of {rows}")
    return prepared + (took - prepared) * rows / max(done, 1)


def compare(folder: Path, database: Callable[[str], Server], number: int, most: float) -> None:
    """Print what each way took for one graph."""
    with GraphStore.open(folder) as store:
        say(f"\n{len(store.papers())} papers")
        server = database(f"sent{number}")
        batched = sent(store, server, "live export")
        sent(store, server, "... again")
        plain = database(f"plain{number}")
        driver = GraphDatabase.driver(plain.uri, auth=(plain.user, plain.password))
        with driver, driver.session(database=plain.database) as session:
            whole = row_by_row(session, store, most)
        say(f"a statement a row takes {whole / batched:.1f} times as long as the live export")


def main() -> None:
    """Compare for every graph."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graphs", nargs="+", type=Path, metavar="GRAPH")
    parser.add_argument("--seconds", type=float, default=600.0, help="stop row by row after so long (default: 600)")
    parser.add_argument("--heap", default="2g", help="memory of the server's Java machine (default: 2g)")
    given = parser.parse_args()
    with serving(given.heap) as database:
        for number, folder in enumerate(given.graphs):
            compare(folder, database, number, given.seconds)


if __name__ == "__main__":
    main()
