"""An endpoint that speaks OpenAI's chat completions as a reader: estimated first, capped, every answer checked."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import kg
from kg.errors import ConfigError, EndpointError
from kg.model import Extraction, Problem
from kg.nlp.backends.answers import parsed
from kg.nlp.backends.chat import TIMEOUT, Client, OverBudgetError, Reply
from kg.nlp.backends.checking import check
from kg.nlp.backends.costs import MOST_OUT, Budget, Estimate, Price
from kg.nlp.backends.prompt import FORMAT, messages, to_line
from kg.nlp.backends.reader import ENDPOINT, LONGEST, Report, Settings
from kg.nlp.backends.telling import dropped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from kg.model import Paper

KEY = "OPENAI_API_KEY"
_MOST_AT_ONCE = 8
_FAILURES = 3
"""Papers in a row without an answer after which an endpoint is taken to be down."""


class EndpointReader:
    """Reads papers with a language model behind an endpoint; the key is taken from ``OPENAI_API_KEY``.

    Its records have a score of 1: a language model gives no probability that means one.

    :param settings: with a model.
    :param report: told of each paper that was not read, and of what was dropped from each answer.
    :param timeout: seconds for an answer.
    :raises ConfigError: if there is no model, no price, no usable address or no key where one is needed.
    """

    def __init__(self, settings: Settings, report: Report, *, timeout: float = TIMEOUT) -> None:
        if not settings.model or not settings.model.isprintable():
            raise ConfigError("the openai extractor needs a model", remedy="Give its name with --model.")
        key = os.environ.get(KEY, "").strip()
        if not key and settings.endpoint.rstrip("/") == ENDPOINT:
            raise ConfigError(f"{KEY} is not set", remedy="Put your key there, or give another --endpoint.")
        self.name = f"kg-openai {kg.__version__} {settings.model}"
        self.settings = settings
        self.report = report
        self.price = Price.of(settings)
        self.budget = Budget(settings.max_cost, self.price)
        self._end: EndpointError | None = None
        frame = {"model": settings.model, "temperature": 0, "max_tokens": MOST_OUT, "response_format": FORMAT}
        self.client = Client(settings.endpoint, key, self.budget, frame, timeout)

    def estimate(self, papers: Sequence[Paper]) -> Estimate:
        """Return what reading ``papers`` will cost, about."""
        sizes = [len(self.client.body(messages(_text(paper)))) for paper in papers if _text(paper).strip()]
        return Estimate.of(sizes, self.settings, self.price)

    def extract(self, papers: Iterable[Paper], *, n_process: int = 1) -> Iterator[Extraction]:
        """Return what was read from each paper that was read, in the order of ``papers``, one by one.

        The payer is asked first. What stops the endpoint in the middle (the cap, a revoked key, a server that is gone)
        ends the reading but keeps what was read; every paper left out is reported.

        :param n_process: requests at a time, at most 8.
        :raises EndpointError: if the endpoint cannot be used before anything was read.
        """
        chosen = tuple(papers)
        self.settings.payer.approve(self.estimate(chosen))
        return self._extract(chosen, min(n_process, _MOST_AT_ONCE))

    def _extract(self, chosen: tuple[Paper, ...], workers: int) -> Iterator[Extraction]:
        self._end = None
        self.client.stopped.clear()
        try:
            yield from self._read(zip(chosen, _in_order(self._answer, chosen, workers), strict=True))
        finally:
            self.client.stopped.set()
            self.settings.payer.settle(self.budget.bill)

    def _read(self, answers: Iterable[tuple[Paper, Reply | EndpointError]]) -> Iterator[Extraction]:
        read, failures = 0, 0
        for paper, answer in answers:
            if isinstance(answer, EndpointError):
                failures += 1
                if answer.final or failures == _FAILURES:
                    if not read:
                        raise _nothing_read(answer)
                    self._stop(answer)
                self._lost(paper, str(answer))
                continue
            found = self._checked(paper, answer)
            if found is not None:
                read, failures = read + 1, 0
                yield found

    def _stop(self, why: EndpointError) -> None:
        self._end = self._end or why
        self.client.stopped.set()

    def _answer(self, paper: Paper) -> Reply | EndpointError:
        """Return the answer for a paper, or what went wrong: it is for the thread that collects them to judge it."""
        text = _text(paper)
        if not text.strip():
            return Reply("{}", whole=True)
        if self._end:
            return self._end
        try:
            return self.client.ask(messages(text))
        except EndpointError as error:
            if error.final:
                self._stop(error)
            return self._end or error

    def _checked(self, paper: Paper, reply: Reply) -> Extraction | None:
        """Return what the text bears out of an answer; nothing if there is no answer in it."""
        try:
            answer, whole = parsed(reply.content)
        except ValueError as error:
            why = f"the answer of {self.settings.model} is not what was asked for: {error}"
            self._lost(paper, why if reply.content else f"{self.settings.model} refused to answer")
            return None
        done = check(to_line(answer), paper.id, _text(paper), self.name)
        broken = () if whole and reply.whole else ("the end of the answer: it breaks off",)
        faults = (*done.dropped, *broken)
        if faults:
            self.report(dropped(paper, faults))
        return done.extraction

    def _lost(self, paper: Paper, reason: str) -> None:
        self.report(Problem(paper.source, paper.line, f"{paper.id} was not read: {reason}"))


def _nothing_read(error: EndpointError) -> Exception:
    if isinstance(error, OverBudgetError):
        return ConfigError(
            "the cap is below what one request may cost", remedy="Give a higher --max-cost, or a cheaper model."
        )
    return error


def _text(paper: Paper) -> str:
    return paper.text[:LONGEST]


def _in_order(function: Callable[[Paper], Any], papers: Iterable[Paper], workers: int) -> Iterator[Any]:
    """Yield what ``function`` returns for each paper, ``workers`` at a time, never further ahead than that."""
    if workers == 1:  # without a thread an interrupt ends the request that runs
        yield from map(function, papers)
        return
    pool = ThreadPoolExecutor(workers)
    waiting: deque[Future[Any]] = deque()
    try:
        for paper in papers:
            waiting.append(pool.submit(function, paper))
            if len(waiting) == workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
