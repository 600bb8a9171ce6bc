"""Every error that ``kg`` raises on purpose.

::

    KGError
    ├── SourceError        an input could not be read (path, line)
    ├── ConfigError        a wrong argument, option, model or graph folder
    ├── OntologyError      an ontology, shape or query file that ships with ``kg`` is broken
    ├── QueryError         a SPARQL query is wrong, unknown or ran out of time
    ├── ExportError        an export could not be written
    ├── EndpointError      a language-model endpoint refused, failed or cannot be reached
    └── MissingExtraError  an optional part is not installed

Each carries what went wrong, where, and what to do about it; the command line prints one line from it and exits with
``exit_code``: 2 for wrong input or usage, 3 for an optional part that is not installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class KGError(Exception):
    """An error that a user can act on.

    :param message: what went wrong, without a final full stop.
    :param remedy: what the user can do about it.
    :param path: the file or folder concerned.
    :param line: the line in ``path``, counted from 1.
    """

    exit_code = 2

    def __init__(
        self, message: str, *, remedy: str = "", path: Path | str | None = None, line: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.path = path
        self.line = line

    def __str__(self) -> str:
        """Return ``path:line: message. remedy`` on one line."""
        where = "" if self.path is None else f"{self.path}:" + (f"{self.line}:" if self.line else "") + " "
        what = f"{where}{self.message}"
        return " ".join((f"{what}. {self.remedy}" if self.remedy else what).split())


class SourceError(KGError):
    """An input file could not be read as papers."""


class ConfigError(KGError):
    """An argument, an option, a model or a graph folder is wrong."""


class OntologyError(KGError):
    """An ontology, shape or query file that ships with ``kg`` is missing or broken."""


class QueryError(KGError):
    """A query is malformed, unknown, or ran out of time."""


class ExportError(KGError):
    """An export could not be written."""


class EndpointError(KGError):
    """A language-model endpoint refused a request, failed, or cannot be reached.

    :param final: whether it would refuse every further request as well.
    """

    def __init__(self, message: str, *, remedy: str = "", final: bool = False) -> None:
        super().__init__(message, remedy=remedy)
        self.final = final


class MissingExtraError(KGError):
    """An optional part of ``kg`` is needed and not installed."""

    exit_code = 3
