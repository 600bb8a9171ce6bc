"""The process that answers one query: ``python -P -m kg.graph.worker`` with a request as JSON on standard input.

pyoxigraph 0.5 cannot be told to stop a query that runs; a process can be ended. The answer goes to standard output, an
error to standard error as JSON, with exit status 2.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, BinaryIO, Self

from pyoxigraph import Store

from kg.errors import KGError, QueryError
from kg.graph import named
from kg.graph.results import QUERY_PREFIXES, Style, write
from kg.graph.syntax import explain, names_its_graphs, refuse_writing_and_asking_others
from kg.graph.vocab import Iris

if TYPE_CHECKING:
    from collections.abc import Mapping

_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True)
class Request:
    """A question to a store.

    :param store: the folder of the store.
    :param base: where the graph's own IRIs begin; relative IRIs of the query are resolved against it.
    :param text: the query, or the name of a named one.
    :param named: whether ``text`` is a name.
    :param values: parameters of a named query.
    :param format: see :func:`kg.graph.results.write`.
    :param width: columns that a table is folded to.
    :param seconds: limit of processor time; ``None`` for none.
    """

    store: str
    base: str
    text: str
    named: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    width: int | None = None
    seconds: float | None = None

    def to_json(self) -> bytes:
        """Return the request as a worker reads it."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return the request that :meth:`to_json` wrote."""
        return cls(**json.loads(data))


def answer(store: Store, request: Request, out: BinaryIO) -> None:
    """Write the answer to ``request`` to ``out``.

    :raises QueryError: if the query is malformed, would write or ask another server, cannot be answered, or the format
        does not suit it.
    """
    text = request.text
    if request.named:
        text = named.get(text, named.load()).bind(request.values, store, Iris(request.base))
    refuse_writing_and_asking_others(text)
    try:
        result = store.query(
            text,
            base_iri=request.base,
            prefixes=QUERY_PREFIXES,
            use_default_graph_as_union=not names_its_graphs(text),
        )
        write(result, request.format, out, Style(request.base, request.width))
    except SyntaxError as error:
        raise explain(text, str(error), QUERY_PREFIXES) from error
    except BrokenPipeError:
        raise
    except (OSError, RuntimeError) as error:
        raise QueryError(f"the query cannot be answered: {error}") from error


def serve(request: Request, out: BinaryIO, errors: IO[str]) -> int:
    """Answer ``request`` and return the exit status."""
    try:
        answer(Store.read_only(request.store), request, out)
        out.flush()
    except KGError as error:
        json.dump({"message": error.message, "remedy": error.remedy, "line": error.line}, errors)
        return error.exit_code
    except OSError as error:  # the store is gone, or nobody reads the answer
        json.dump({"message": f"the graph cannot be read: {error}", "remedy": "Build it again.", "line": None}, errors)
        return KGError.exit_code
    return 0


def limit(seconds: float | None) -> None:
    """Let the system end this process when it takes too much, even if nobody watches it any more.

    That is after ``seconds`` of processor time, or with more than half of the machine's memory. Where the system knows
    no such limits (Windows), there are none.
    """
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    wanted = {resource.RLIMIT_DATA: memory} | ({} if seconds is None else {resource.RLIMIT_CPU: math.ceil(seconds)})
    for kind, most in wanted.items():
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> int:
    """Read a request from standard input, answer it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends the process at once, also within Oxigraph
    request = Request.from_json(sys.stdin.buffer.read())
    limit(request.seconds)
    with open(sys.stdout.fileno(), "wb", buffering=_BUFFER, closefd=False) as out:
        return serve(request, out, sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
