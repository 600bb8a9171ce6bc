"""Runs Cypher with ArcadeDB: one JSON string with a query a line in, one JSON object with rows or an error a line out."""

from __future__ import annotations

import datetime
import json
import os
import sys
from typing import Any

# What the engine logs to standard output goes to standard error; answers go to the real one.
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

import arcadedb_embedded  # noqa: E402 - only after its output has been led away


def plain(value: Any) -> Any:
    """Return a value as JSON has it, days as ISO dates."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, datetime.date) else value


def main() -> None:
    """Answer until the input ends."""
    with arcadedb_embedded.create_database(sys.argv[1]) as database:
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


main()
