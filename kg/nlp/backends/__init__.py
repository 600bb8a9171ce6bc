"""Backends: whatever reads papers, behind one interface.

==========  ======================================================================================================
``shipped`` the trained pipeline of :mod:`kg.nlp`; offline, and the default
``gliner``  GLiNER, where a user has installed it with weights; entities only
``openai``  an endpoint that speaks OpenAI's chat completions, with an estimate before it starts and a cap
==========  ======================================================================================================

What the last two return is checked by :mod:`kg.nlp.backends.checking`: what is not verbatim in the paper, or of no type
of the guidelines, is dropped and reported, so an invented entity cannot enter the graph.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ConfigError
from kg.nlp.backends.endpoint import EndpointReader
from kg.nlp.backends.gliner import GlinerReader
from kg.nlp.backends.reader import ENDPOINT, Payer, Reader, Report, Settings, Trusting
from kg.nlp.extractor import Extractor

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ENDPOINT", "NAMES", "Payer", "Reader", "Report", "Settings", "Trusting", "load"]


def _shipped(settings: Settings, report: Report) -> Reader:
    del report  # the pipeline reads every paper and invents nothing
    return Extractor.load(None if settings.model is None else Path(settings.model))


_BACKENDS: dict[str, Callable[[Settings, Report], Reader]] = {
    "shipped": _shipped,
    "gliner": GlinerReader.load,
    "openai": EndpointReader,
}
NAMES = tuple(_BACKENDS)
"""The names that :attr:`Settings.backend` may have; the first is the default."""


def load(settings: Settings, report: Report) -> Reader:
    """Return the backend that ``settings`` name, ready to read.

    :param report: told of what could not be read and of what was dropped.
    :raises ConfigError: if there is no such backend, or its settings do not suffice.
    :raises MissingExtraError: if a part that it needs is not installed.
    """
    if settings.backend not in _BACKENDS:
        raise ConfigError(f"no extractor {settings.backend!r}", remedy=f"Use {', '.join(NAMES)}.")
    return _BACKENDS[settings.backend](settings, report)
