"""A server on this machine that speaks chat completions, and papers to send it."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from kg.model import Paper
from kg.nlp.backends import Settings, chat, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.model import Problem
    from kg.nlp.backends.costs import Bill, Estimate
    from kg.nlp.backends.reader import Reader

PAPERS = (
    Paper(
        "2601.00001",
        "FooNet: Learning to Walk",
        "We propose FooNet, a diffusion policy. FooNet reaches a success rate of 98.3% on LIBERO. "
        "It may run on a Unitree G1.",
        source="digest.md",
        line=3,
    ),
    Paper(
        "2601.00002", "BarNet", "We present BarNet for grasping. BarNet outperforms FooNet.", source="digest.md", line=9
    ),
)


def entity(name: str, kind: str = "Method", role: str = "mentions", *others: str) -> dict[str, Any]:
    return {"name": name, "type": kind, "role": role, "other_mentions": list(others)}


ANSWERS: dict[str, dict[str, Any]] = {
    "FooNet: Learning": {
        "entities": [
            entity("FooNet", "Method", "proposes"),
            entity("LIBERO", "Benchmark", "evaluatesOn"),
            entity("success rate", "Metric", "measures"),
            entity("Unitree G1", "Robot", "deploysOn"),
        ],
        "relations": [
            {"subject": "FooNet", "relation": "evaluatedOn", "object": "LIBERO"},
            {"subject": "FooNet", "relation": "runsOn", "object": "Unitree G1"},
        ],
        "results": [
            {
                "value": "98.3%",
                "metric": "success rate",
                "subject": "FooNet",
                "baseline": None,
                "on": "LIBERO",
                "kind": "absolute",
            }
        ],
    },
    "BarNet": {
        "entities": [
            entity("BarNet", "Method", "proposes"),
            entity("grasping", "Task", "addresses"),
            entity("FooNet", "Method", "comparesWith"),
        ],
        "relations": [{"subject": "BarNet", "relation": "comparedWith", "object": "FooNet"}],
        "results": [],
    },
}
"""What a good model answers, by the first words of the text."""


@dataclass
class Said:
    """One response of the stand-in.

    :param answer: the JSON object or the text in the message; ``None`` for a refusal.
    :param raw: the body as it is, instead.
    :param delay: seconds before the body.
    :param cut: bytes of the body that are sent before the connection is closed.
    """

    answer: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    usage: dict[str, Any] | None = field(default_factory=lambda: {"prompt_tokens": 1000, "completion_tokens": 200})
    finish: str = "stop"
    raw: str | None = None
    delay: float = 0.0
    cut: int | None = None

    def body(self) -> bytes:
        if self.raw is not None:
            return self.raw.encode()
        content = self.answer if self.answer is None or isinstance(self.answer, str) else json.dumps(self.answer)
        choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": self.finish}
        whole = {"object": "chat.completion", "choices": [choice], "usage": self.usage}
        return json.dumps(whole if self.status == 200 else {"error": {"message": self.answer or "no"}}).encode()


def good(request: dict[str, Any]) -> Said:
    """Answer as a good model does."""
    text = request["messages"][-1]["content"]
    return Said(next(answer for start, answer in ANSWERS.items() if f'"{start}' in text))


class StandIn:
    """The server: answers with what was put in ``script``, then as a good model."""

    def __init__(self) -> None:
        self.script: list[Said] = []
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.rule: Callable[[dict[str, Any]], Said] = good
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _next(self, request: dict[str, Any]) -> Said:
        with self._lock:
            return self.script.pop(0) if self.script else self.rule(request)

    def _handler(stand_in) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - "self" is the handler's below
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stand_in.requests.append(request)
                stand_in.headers.append(dict(self.headers))
                stand_in.paths.append(self.path)
                said = stand_in._next(request)
                body = said.body()
                time.sleep(said.delay)
                with suppress(ConnectionError):  # whoever asked may have given up
                    self.send_response(said.status)
                    for name, value in {"Content-Length": str(len(body)), **said.headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body[: said.cut])

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        return Handler


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Start a stand-in; nobody waits long before trying again."""
    monkeypatch.setattr(chat, "FIRST_WAIT", 0.01)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    stand_in = StandIn()
    yield stand_in
    stand_in.close()


@dataclass
class Payer:
    """Lets everything start, and remembers."""

    estimates: list[Estimate] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)

    def approve(self, estimate: Estimate) -> None:
        self.estimates.append(estimate)

    def settle(self, bill: Bill) -> None:
        self.bills.append(bill)


@dataclass
class Session:
    """A reader at the stand-in, and what it told."""

    reader: Any
    problems: list[Problem]
    payer: Payer

    def reasons(self) -> list[str]:
        return [problem.reason for problem in self.problems]


@pytest.fixture
def session(server: StandIn) -> Callable[..., Session]:
    """Return what makes a reader at the stand-in."""

    def make(**changes: Any) -> Session:
        problems: list[Problem] = []
        payer = Payer()
        values = {"model": "m", "endpoint": server.url, "price": (1.0, 4.0), "max_cost": 1.0, **changes}
        reader: Reader = load(Settings("openai", payer=payer, **values), problems.append)
        return Session(reader, problems, payer)

    return make
