"""Asking a graph: SPARQL 1.1 queries and named queries, answered in a process of their own under a time limit.

The default graph is the union of all named graphs (unless a query has ``FROM``); the prefixes of :data:`QUERY_PREFIXES`
need no declaration, and a relative IRI (``<thing/openvla>``) is one of the graph's own. Nothing can be changed and no
other server is asked.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.graph import named
from kg.graph.folder import read_manifest
from kg.graph.results import QUERY_PREFIXES, ROW_FORMATS, TRIPLE_FORMATS
from kg.graph.syntax import refuse_writing_and_asking_others
from kg.graph.worker import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["FORMATS", "QUERY_PREFIXES", "ROW_FORMATS", "TIMEOUT", "TRIPLE_FORMATS", "ask", "ask_named"]

FORMATS = (*ROW_FORMATS, *TRIPLE_FORMATS)
"""Every format of an answer."""

TIMEOUT = 60.0
"""Seconds that a query may take unless told otherwise."""

_CHUNK = 1 << 16
_COMMAND = (sys.executable, "-P", "-m", "kg.graph.worker")
_OUT_OF_PROCESSOR_TIME = -int(getattr(signal, "SIGXCPU", 0)) or None
_OUT_OF_MEMORY = {-int(signal.SIGABRT), -int(getattr(signal, "SIGKILL", signal.SIGABRT))}


def ask(
    folder: Path,
    query: str,
    *,
    format: str | None = None,  # noqa: A002 - the option's name
    timeout: float | None = TIMEOUT,
    width: int | None = None,
) -> Iterator[bytes]:
    """Yield the answer to a SPARQL query of the graph in ``folder``, in pieces as they come.

    :param format: one of :data:`ROW_FORMATS` (SELECT, ASK) or :data:`TRIPLE_FORMATS` (CONSTRUCT, DESCRIBE); by default
        a table or Turtle.
    :param timeout: seconds that may be spent waiting for the answer; ``None`` for no limit.
    :param width: columns of the terminal, to which a table is folded.
    :raises QueryError: if the query is malformed, would change the graph or ask another server, takes too long or too
        much memory, or if the format does not suit it. Pieces that came before an error are no complete answer.
    :raises ConfigError: if ``folder`` holds no graph.
    """
    _known(format)
    refuse_writing_and_asking_others(query)
    return _pieces(folder, Request("", "", query, format=format, width=width), timeout)


def ask_named(
    folder: Path,
    name: str,
    values: Mapping[str, str],
    *,
    format: str | None = None,  # noqa: A002 - the option's name
    timeout: float | None = TIMEOUT,
    width: int | None = None,
) -> Iterator[bytes]:
    """Yield the answer to a named query, see :func:`ask`.

    :param values: its parameters, as a user writes them.
    :raises QueryError: also if there is no such query, or a parameter is missing, unknown, malformed, or names nothing.
    """
    _known(format)
    named.get(name, named.load()).check(values)
    request = Request("", "", name, named=True, values=dict(values), format=format, width=width)
    return _pieces(folder, request, timeout)


def _known(chosen: str | None) -> None:
    if chosen is not None and chosen not in FORMATS:
        raise QueryError(f"unknown format {chosen!r}", remedy=f"Use {', '.join(FORMATS)}.")


def _pieces(folder: Path, request: Request, timeout: float | None) -> Iterator[bytes]:
    manifest = read_manifest(folder)
    # The limit of processor time only matters if this process ends without ending the worker.
    seconds = None if timeout is None else 2 * timeout + 1
    request = replace(request, store=str(folder / manifest.store), base=manifest.base, seconds=seconds)
    return _stream(request, timeout)


def _stream(request: Request, timeout: float | None) -> Iterator[bytes]:
    with Popen(_COMMAND, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:  # noqa: S603 - our own module
        try:
            watch = _Watch(process, timeout)
            _send(process, request)
            while piece := watch.read():
                yield piece
            complaint = process.stderr.read()  # type: ignore[union-attr]  # it was opened with a pipe
            status = process.wait()
            if watch.expired or status == _OUT_OF_PROCESSOR_TIME:
                raise QueryError(
                    f"the query was stopped after {timeout:g} seconds", remedy="Ask for less, or allow more time."
                )
            if status:
                raise _failure(status, complaint)
        finally:
            process.kill()


class _Watch:
    """Reads from a process and ends it once all the waiting together took longer than ``timeout`` seconds.

    Time in which nobody waits, such as that of a reader who scrolls, does not count.
    """

    def __init__(self, process: Popen[bytes], timeout: float | None) -> None:
        self._process = process
        self._output = process.stdout.fileno()  # type: ignore[union-attr]  # it was opened with a pipe
        self._left = math.inf if timeout is None else timeout
        self.expired = False

    def read(self) -> bytes:
        started = time.monotonic()
        timer = threading.Timer(min(max(self._left, 0), threading.TIMEOUT_MAX), self._end)
        timer.daemon = True
        timer.start()
        try:
            return os.read(self._output, _CHUNK)
        finally:
            timer.cancel()
            self._left -= time.monotonic() - started

    def _end(self) -> None:
        self.expired = True
        self._process.kill()


def _send(process: Popen[bytes], request: Request) -> None:
    # A worker that ended before it read says why by its status and its complaint.
    with suppress(BrokenPipeError), process.stdin as pipe:  # type: ignore[union-attr]  # it was opened with a pipe
        pipe.write(request.to_json())


def _failure(status: int, complaint: bytes) -> QueryError:
    """Return the error that a worker wrote, or what its end means where it could write none."""
    try:
        return QueryError(**json.loads(complaint))
    except ValueError:
        pass
    if status in _OUT_OF_MEMORY or b"MemoryError" in complaint:
        return QueryError("the query needed too much memory", remedy="Ask for less: fewer variables, a LIMIT.")
    last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
    return QueryError(f"the query failed: {last or f'status {status}'}")
