"""Runs ArcadeDB with its Bolt plug-in.

A line in is the name of a database to create, or of one to count for after a question mark; a line out is ``ready``, or
how many records that database has created, updated and deleted since it was opened, by the engine's own counters.
"""

from __future__ import annotations

import os
import sys
from typing import IO

WRITTEN = ("createRecord", "updateRecord", "deleteRecord")


def main(folder: str, password: str, bolt: int, http: int, heap: str, answers: IO[str]) -> None:
    """Serve until the input ends."""
    from arcadedb_embedded.server import ArcadeDBServer  # noqa: PLC0415 - it starts a Java machine

    plugin = "Bolt:com.arcadedb.bolt.BoltProtocolPlugin"
    ports = {"bolt_port": bolt, "http_port": http}
    server = ArcadeDBServer(folder, password, {"server_plugins": plugin, **ports}, {"heap_size": heap})
    server.start()
    try:
        for line in sys.stdin:
            if line.startswith("?"):
                counted = server.get_database(line[1:].strip()).get_java_database().getStats()
                answers.write(" ".join(str(counted[what]) for what in WRITTEN) + "\n")
            else:
                server.create_database(line.strip())
                answers.write("ready\n")
            answers.flush()
    finally:
        server.stop()


if __name__ == "__main__":
    # What the engine logs to standard output is led to standard error; answers go to the real one.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as real:
        os.dup2(2, 1)
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5], real)
