"""Runs Cypher with ArcadeDB: a query as a JSON string a line in, a JSON object with rows or an error a line out."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from typing import IO, Any


def plain(value: Any) -> Any:
    """Return a value as JSON has it, days as ISO dates."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, dt.date) else value


def main(folder: str, answers: IO[str]) -> None:
    """Answer queries on a new data base in ``folder`` until the input ends."""
    import arcadedb_embedded  # noqa: PLC0415 - it starts a Java machine, and not every run of the tests has it

    with arcadedb_embedded.create_database(folder) as database:
        for line in sys.stdin:
            try:
                with database.transaction():
                    found = database.command("opencypher", json.loads(line))
                    rows = [{name: plain(row.get(name)) for name in row.property_names} for row in found]
                answer: dict[str, Any] = {"rows": rows}
            except arcadedb_embedded.ArcadeDBError as error:
                answer = {"error": str(error)}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    # What the engine logs to standard output is led to standard error; answers go to the real one.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as real:
        os.dup2(2, 1)
        main(sys.argv[1], real)
