"""Chat completions over HTTP, as OpenAI defined them and many servers speak them.

The standard library suffices for one kind of request. Redirects are not followed, since the key would go with them;
servers on this machine are reached past any proxy. A request that fails for the moment is sent again, later each time.
"""

from __future__ import annotations

import json
import math
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from ipaddress import ip_address
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kg.errors import ConfigError, EndpointError
from kg.nlp.backends.costs import dollars

if TYPE_CHECKING:
    from kg.nlp.backends.costs import Budget

ATTEMPTS = 5
FIRST_WAIT = 1.0
LONGEST_WAIT = 120.0
"""Seconds that a server may ask us to wait; one that asks for more is left alone."""

TIMEOUT = 300.0
"""Seconds for an answer: a language model on a laptop takes minutes for one."""

_LARGEST = 4_000_000
_PIECE = 65_536
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
_OF_THE_PAPER = frozenset({400, 413, 422})
_SHOWN = 300

_NOT_THERE = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
_FINAL = {
    401: ("it does not accept the key", "Set OPENAI_API_KEY to a key of this endpoint."),
    402: ("the account has no credit left", "Add credit, and run again."),
    403: ("it refuses access", "Check that the key in OPENAI_API_KEY may use the model."),
    404: ("it knows no such address or model", "Check --endpoint, which ends in /v1 with most servers, and --model."),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote: empty if it refused; ``whole`` unless it ran into the limit of tokens."""

    content: str
    whole: bool


class OverBudgetError(EndpointError):
    """The next request might cost more than is left."""


class _PassingError(Exception):
    """A failure that may be over at the next attempt.

    :param after: seconds that the server asks to wait.
    :param charged: whether the model may have answered nevertheless, at our cost.
    """

    def __init__(self, message: str, *, after: float | None = None, charged: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.after = after
        self.charged = charged


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for the error that it is here."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


@dataclass(slots=True)
class Client:
    """Sends one kind of request; safe to share between threads.

    :param endpoint: what comes before ``/chat/completions``.
    :param key: sent as bearer token unless empty; never shown.
    :param budget: asked before every attempt.
    :param frame: all of the request but its messages; changed where a server does not take a part of it.
    :raises ConfigError: if the address or the key cannot be used.
    """

    endpoint: str
    key: str = field(repr=False)
    budget: Budget
    frame: dict[str, Any]
    timeout: float = TIMEOUT
    stopped: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        """Check where the key would go."""
        parts = _address(self.endpoint)
        if self.key and not (self.key.isascii() and self.key.isprintable()):
            raise ConfigError("OPENAI_API_KEY holds characters that no key has", remedy="Set it again.")
        if self.key and parts.scheme == "http" and not is_local(parts.hostname or ""):
            raise ConfigError(
                f"the key would go unencrypted to {self.endpoint}",
                remedy="Use https, or unset OPENAI_API_KEY if the endpoint needs none.",
            )

    @property
    def url(self) -> str:
        """The address that requests go to."""
        return f"{self.endpoint.rstrip('/')}/chat/completions"

    def body(self, messages: list[dict[str, str]], frame: dict[str, Any] | None = None) -> bytes:
        """Return the request as it is sent."""
        return json.dumps({**(frame or self.frame), "messages": messages}, ensure_ascii=False).encode(errors="replace")

    def ask(self, messages: list[dict[str, str]]) -> Reply:
        """Return the model's answer.

        :raises OverBudgetError: if the request might pass the cap; it is not sent.
        :raises EndpointError: if no answer can be had.
        """
        wait, failures = FIRST_WAIT, 0
        while not self.stopped.is_set():
            frame = self.frame
            try:
                return self._attempt(self.body(messages, frame))
            except _PassingError as error:
                failures += 1
                if failures >= ATTEMPTS:
                    raise EndpointError(f"{self.endpoint}: {error.message}, {ATTEMPTS} times") from error
                self.stopped.wait(wait if error.after is None else error.after)
                wait *= 2
            except _RefusedError as error:
                simpler = _simpler(frame, error.message)
                if simpler is None:
                    raise EndpointError(f"{self.endpoint} refuses the request: {error.message}") from error
                # Another thread may have made it simpler already; both saw the same complaint.
                self.frame = simpler
        raise EndpointError("stopped", final=True)

    def _attempt(self, body: bytes) -> Reply:
        """Send a request once, and book what it cost."""
        held = self.budget.price.most(body)
        if not self.budget.hold(held):
            raise OverBudgetError(f"the next request might pass the cap of {dollars(self.budget.cap)}", final=True)
        try:
            answer = self._answer(body)
        except _PassingError as error:
            if error.charged:
                self.budget.spend(held, None)
            else:
                self.budget.release(held)
            raise
        except BaseException:
            self.budget.release(held)
            raise
        self.budget.spend(held, _usage(answer))
        return _reply(answer)

    def _answer(self, body: bytes) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "kg"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(self.url, body, headers)  # noqa: S310 - http or https, checked above
        try:
            with _opener(self.url).open(request, timeout=self.timeout) as response:
                answer = json.loads(self._content(response))
        except urllib.error.HTTPError as error:
            with error:
                raise self._failure(error, self._told(error)) from error
        except (OSError, HTTPException) as error:
            raise self._unreached(error) from error
        except (ValueError, RecursionError) as error:
            raise _PassingError("its answer is no JSON", charged=True) from error
        if not isinstance(answer, dict):
            raise _PassingError("its answer is no JSON object", charged=True)
        if answer.get("error") and not answer.get("choices"):  # as some relays do, with HTTP 200
            raise _PassingError(self._words(answer), charged=True)
        return answer

    def _content(self, response: Any) -> bytes:
        """Return the body of a response; the time limit holds for all of it, also where it comes in drops."""
        content, deadline = bytearray(), time.monotonic() + self.timeout
        while piece := response.read1(_PIECE):
            content += piece
            if time.monotonic() > deadline:
                raise TimeoutError
            if len(content) > _LARGEST:
                raise _PassingError("its answer is too long", charged=True)
        missing = response.length
        if missing:
            raise _PassingError("its answer breaks off", charged=True)
        return bytes(content)

    def _told(self, error: urllib.error.HTTPError) -> str:
        """Return what a server says of a failure, in a form to be shown."""
        try:
            return self._words(json.loads(error.read(_PIECE)))
        except (OSError, HTTPException, ValueError, RecursionError):
            return ""

    def _words(self, said: Any) -> str:
        found = said.get("error", said) if isinstance(said, dict) else said
        if isinstance(found, dict):
            found = f"{found.get('message') or found.get('detail') or ''} {found.get('code') or ''}"
        text = "".join(c for c in str(found) if c.isprintable()).strip()
        return (text.replace(self.key, "…") if self.key else text)[:_SHOWN]

    def _failure(self, error: urllib.error.HTTPError, told: str) -> Exception:
        status = error.code
        if status == 429 and "insufficient_quota" in told:  # noqa: PLR2004 - too many requests, or no credit
            status = 402
        if status in _FINAL:
            what, remedy = _FINAL[status]
            return EndpointError(f"{self.endpoint}: {what} (HTTP {status})", remedy=remedy, final=True)
        if status in _OF_THE_PAPER:
            return _RefusedError(told or f"HTTP {status}")
        if status in _PASSING:
            after = _seconds(error.headers.get("Retry-After", ""))
            if after is not None and after > LONGEST_WAIT:
                return EndpointError(f"{self.endpoint} asks to wait for {after:.0f} seconds", final=True)
            return _PassingError(f"HTTP {status} {told}".strip(), after=after)
        where = f" to {error.headers.get('Location', '')!r}" if 300 <= status < 400 else ""  # noqa: PLR2004 - a redirect
        return EndpointError(f"{self.endpoint}: HTTP {status}{where} {told}".strip(), final=True)

    def _unreached(self, error: Exception) -> Exception:
        """Return what a failure of the connection means."""
        reason = getattr(error, "reason", error)
        # urllib wraps what goes wrong before the request is with the server.
        sent = not isinstance(error, urllib.error.URLError)
        if isinstance(reason, _NOT_THERE) or (isinstance(reason, TimeoutError) and not sent):
            what = getattr(reason, "strerror", None) or reason
            remedy = "Check --endpoint, and that the server runs."
            return EndpointError(f"nothing answers at {self.endpoint}: {what}", remedy=remedy, final=True)
        if isinstance(reason, TimeoutError):
            return _PassingError(f"no answer within {self.timeout:.0f} seconds", charged=True)
        return _PassingError(f"the connection broke: {reason or type(error).__name__}", charged=sent)


class _RefusedError(Exception):
    """The server does not take this request."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _address(endpoint: str) -> Any:
    try:
        parts = urlsplit(endpoint)
        sound = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or True)
    except ValueError:
        sound = False
    if not sound or not endpoint.isprintable() or " " in endpoint or parts.username or parts.query or parts.fragment:
        raise ConfigError(
            f"not an address of an endpoint: {endpoint!r}", remedy="Give one such as http://localhost:8000/v1."
        )
    return parts


def is_local(host: str) -> bool:
    """Tell whether ``host`` is this machine.

    >>> is_local("localhost"), is_local("127.0.0.1"), is_local("::1"), is_local("example.org")
    (True, True, True, False)
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _opener(url: str) -> urllib.request.OpenerDirector:
    own = is_local(urlsplit(url).hostname or "")
    return urllib.request.build_opener(_NoRedirect, *([urllib.request.ProxyHandler({})] if own else []))


def _seconds(value: str) -> float | None:
    """Return what a Retry-After header says: seconds, or a date.

    >>> _seconds("1.5"), _seconds("Fri, 31 Dec 1999 23:59:59 GMT"), _seconds("soon"), _seconds("nan")
    (1.5, 0.0, None, None)
    """
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except ValueError:
            return None
    return None if math.isnan(seconds) else max(0.0, seconds)


def _usage(answer: dict[str, Any]) -> tuple[int, int] | None:
    """Return the tokens that an answer reports, if it does."""
    match answer.get("usage"):
        case {"prompt_tokens": int(tokens_in), "completion_tokens": int(tokens_out)} if min(tokens_in, tokens_out) >= 0:
            return tokens_in, tokens_out
    return None


def _reply(answer: dict[str, Any]) -> Reply:
    match answer:
        case {"choices": [{"message": {"content": str(content)}, **choice}, *_]}:
            return Reply(content, choice.get("finish_reason") != "length")
    return Reply("", whole=True)


def _simpler(frame: dict[str, Any], complaint: str) -> dict[str, Any] | None:
    """Return ``frame`` without what a server complains about, or nothing if it is something else.

    Newer models of OpenAI have renamed the limit of tokens and take no temperature; some servers know no JSON schema.
    """
    rest = dict(frame)
    if "max_completion_tokens" in complaint and "max_tokens" in rest:
        rest["max_completion_tokens"] = rest.pop("max_tokens")
    elif "temperature" in complaint and "temperature" in rest:
        del rest["temperature"]
    elif any(word in complaint for word in ("response_format", "json_schema", "schema")) and "response_format" in rest:
        if rest.pop("response_format")["type"] == "json_schema":
            rest["response_format"] = {"type": "json_object"}
    else:
        return None
    return rest
