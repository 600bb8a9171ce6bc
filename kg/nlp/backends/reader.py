"""What every backend is and is given: the interface, and the settings that choose one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kg.model import Extraction, Paper, Problem
    from kg.nlp.backends.costs import Bill, Estimate

LONGEST = 20_000
"""Characters of a paper that are read, as by the shipped extractor: what is longer costs bounded time and money."""

ENDPOINT = "https://api.openai.com/v1"


class Reader(Protocol):
    """Whatever reads papers; :class:`kg.nlp.Extractor` is one."""

    @property
    def name(self) -> str:
        """The reader's name in provenance."""

    def extract(self, papers: Iterable[Paper], *, n_process: int = 1) -> Iterator[Extraction]:
        """Yield what was read from each paper, in the order of ``papers``.

        A paper that could not be read is left out and reported; it was not read *and found empty*.

        :param n_process: how much may be done at a time.
        """


class Payer(Protocol):
    """Who pays for a reader that costs money: asked before it starts, told at its end."""

    def approve(self, estimate: Estimate) -> None:
        """Do nothing to let the reader start, or raise what stops it."""

    def settle(self, bill: Bill) -> None:
        """Take note of what was used, also of what was used before something went wrong."""


class Trusting:
    """A payer that asks nothing; the cap holds without it."""

    def approve(self, estimate: Estimate) -> None:
        """Let it start."""

    def settle(self, bill: Bill) -> None:
        """Ignore it."""


Report = Callable[["Problem"], None]
"""Told of every paper that was not read, and of every part of an answer that was dropped."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Which backend, and how.

    :param backend: ``shipped``, ``gliner`` or ``openai``.
    :param model: the model's name; for ``shipped`` and ``gliner`` it may be a folder.
    :param endpoint: where ``openai`` finds ``/chat/completions``.
    :param price: US dollars per million tokens in and out; looked up for models of :data:`ENDPOINT` that are known.
    :param max_cost: US dollars that no run passes.
    :param payer: who is asked before money is spent.
    """

    backend: str = "shipped"
    model: str | None = None
    endpoint: str = ENDPOINT
    price: tuple[float, float] | None = None
    max_cost: float = 1.0
    payer: Payer = field(default_factory=Trusting)
