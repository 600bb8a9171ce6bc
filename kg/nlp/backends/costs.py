"""What a run costs: prices, an estimate before it starts, and a budget that no request can pass."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from kg.errors import ConfigError
from kg.nlp.backends.reader import ENDPOINT, Settings

PRICES_OF = "2026-06"
"""Month of :data:`PRICES`. An endpoint charges what it charges: check its price list, and give ``--price``."""

PRICES = {
    "gpt-4.1": (2.00, 8.00),
    "gpt-4.1-mini": (0.40, 1.60),
    "gpt-4.1-nano": (0.10, 0.40),
    "gpt-4o": (2.50, 10.00),
    "gpt-4o-mini": (0.15, 0.60),
}
"""US dollars per million tokens in and out, at :data:`kg.nlp.backends.ENDPOINT`, by the exact name of the model: dated
snapshots of one model have had other prices.
"""

MOST_OUT = 4096
"""Tokens that an answer may have; the longest line of the annotators is half as long."""

_MILLION = 1_000_000
_CHARACTERS = 4
"""Bytes of English text and JSON that make a token, on average and rounded down: the estimate is rather too high."""

_TYPICAL_OUT = 800
"""Tokens of a typical answer: the annotators' lines have 2,800 characters on average when written as answers."""

_FRAME = 200
"""Tokens that a chat template may put around the messages, generously."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    tokens_in: float
    tokens_out: float

    @classmethod
    def of(cls, settings: Settings) -> Price:
        """Return the price that ``settings`` give, or that is known for their model.

        :raises ConfigError: if neither is.
        """
        if settings.price is not None:
            return cls(*settings.price)
        if settings.endpoint.rstrip("/") == ENDPOINT and settings.model in PRICES:
            return cls(*PRICES[settings.model])
        raise ConfigError(
            f"no price is known for the model {settings.model!r} at {settings.endpoint}",
            remedy="Give --price IN OUT, US dollars per million tokens, 0 0 for a server of your own.",
        )

    def cost(self, tokens_in: float, tokens_out: float) -> float:
        """Return US dollars."""
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / _MILLION

    def most(self, body: bytes) -> float:
        """Return the most that sending ``body`` may cost: no tokeniser makes more tokens than there are bytes."""
        return self.cost(len(body) + _FRAME, MOST_OUT)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will take, about.

    :param cap: US dollars that it cannot pass.
    """

    model: str
    endpoint: str
    papers: int
    tokens_in: int
    tokens_out: int
    price: Price
    cap: float

    @classmethod
    def of(cls, sizes: list[int], settings: Settings, price: Price) -> Estimate:
        """Return the estimate for requests of these ``sizes`` in bytes."""
        tokens_in = sum(sizes) // _CHARACTERS
        tokens_out = _TYPICAL_OUT * len(sizes)
        model = str(settings.model)
        return cls(model, settings.endpoint, len(sizes), tokens_in, tokens_out, price, settings.max_cost)

    @property
    def cost(self) -> float:
        """US dollars."""
        return self.price.cost(self.tokens_in, self.tokens_out)

    def text(self) -> str:
        """Return it in words.

        >>> print(Estimate("m", "http://localhost/v1", 2, 3000, 1600, Price(1.0, 4.0), 1.0).text())
        m at http://localhost/v1: 2 papers, about 3,000 tokens in and 1,600 out at $1 and $4 per million: about $0.0094.
        The cap is $1.00.
        """
        price = f"${self.price.tokens_in:g} and ${self.price.tokens_out:g} per million"
        return (
            f"{self.model} at {self.endpoint}: {self.papers} papers, about {self.tokens_in:,} tokens in and "
            f"{self.tokens_out:,} out at {price}: about {dollars(self.cost)}.\nThe cap is {dollars(self.cap)}."
        )


@dataclass(frozen=True, slots=True)
class Bill:
    """What was used: tokens as the endpoint reports them, and what they cost at the price of the estimate.

    :param guessed: requests whose use the endpoint did not report; each counts as the most that it may have cost.
    """

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    guessed: int = 0

    def text(self) -> str:
        """Return it in words."""
        note = f", {self.guessed} of them without a report of their use, counted at the most" if self.guessed else ""
        tokens = f"{self.tokens_in:,} tokens in and {self.tokens_out:,} out"
        return f"{self.requests} requests{note}; {tokens}: {dollars(self.cost)}"


def dollars(amount: float) -> str:
    """Return an amount of money with as many digits as it needs.

    >>> dollars(12.345), dollars(0.00123), dollars(0)
    ('$12.35', '$0.0012', '$0.00')
    """
    return f"${amount:.2f}" if amount >= 1 or amount == 0 else f"${amount:.2g}"


class Budget:
    """Money that several threads spend, never more than there is: each request is held for before it is sent."""

    def __init__(self, cap: float, price: Price) -> None:
        self.cap = cap
        self.price = price
        self.bill = Bill()
        self._held = 0.0
        self._lock = Lock()

    def hold(self, amount: float) -> bool:
        """Set ``amount`` aside, or return false if that would pass the cap."""
        with self._lock:
            # Written such that a cap or a price that is not a number allows nothing.
            fits = self.bill.cost + self._held + amount <= self.cap
            self._held += amount if fits else 0.0
            return fits

    def release(self, amount: float) -> None:
        """Take back what was set aside for a request that the endpoint did not carry out."""
        with self._lock:
            self._held -= amount

    def spend(self, held: float, used: tuple[int, int] | None) -> None:
        """Book a request for which ``held`` was set aside.

        :param used: tokens in and out as the endpoint reports them; without a report all that was held is spent.
        """
        tokens_in, tokens_out = used or (0, 0)
        cost = held if used is None else self.price.cost(tokens_in, tokens_out)
        with self._lock:
            self._held -= held
            old = self.bill
            self.bill = Bill(
                old.requests + 1,
                old.tokens_in + tokens_in,
                old.tokens_out + tokens_out,
                old.cost + cost,
                old.guessed + (used is None),
            )
