"""openCypher text: literals that hold untrusted text safely, and batches of rows that are merged in.

Only the clauses that openCypher and Neo4j 4.4 to 5 share are used, and no parameters or plug-ins: a file can be piped
into ``cypher-shell``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from itertools import islice
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Value = str | int | float | dt.date | list[str] | list[int]
Row = Mapping[str, Value | Mapping[str, Value]]

BATCH = 500
"""Rows a statement: few enough for a transaction, enough that parsing does not dominate."""

_SPECIAL = re.compile(r"\\u?|'|[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def literal(value: Value) -> str:
    r"""Return a value as Cypher writes it.

    Some parsers replace ``\uXXXX`` before they see strings and would let ``\u0027`` in a text end the string; so a
    ``u`` after a backslash is itself written as an escape, which every parser reads as the letter.

    >>> print(literal("it's"), literal([r"a\u0027"]), literal(dt.date(2025, 12, 4)))
    'it\'s' ['a\\\u00750027'] date('2025-12-04')
    """
    if isinstance(value, str):
        return f"'{_SPECIAL.sub(_escaped, value)}'"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dt.date):
        return f"date('{value.isoformat()}')"
    return repr(value)


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    if found == "\\u":
        return "\\\\\\u0075"
    if found in "\\'":
        return f"\\{found}"
    return f"\\u{ord(found):04X}"


def _map(values: Mapping[str, Value]) -> str:
    return "{" + ", ".join(f"{name}: {literal(value)}" for name, value in values.items()) + "}"


def merge(stream: IO[str], rows: Iterable[Row], clauses: str) -> None:
    """Write statements that run ``clauses`` for each of ``rows``, which they see as ``row``."""
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        stream.write("UNWIND [\n" + ",\n".join(_row(row) for row in batch) + f"\n] AS row\n{clauses};\n\n")


def _row(row: Row) -> str:
    members = (f"{k}: {_map(v) if isinstance(v, Mapping) else literal(v)}" for k, v in row.items())
    return "{" + ", ".join(members) + "}"
