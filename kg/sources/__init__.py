"""Where papers come from: one reader a format, told apart by content, and one paper for all that is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.model import Paper, Problem
from kg.sources.documents import Document, NoDigestError, opened
from kg.sources.formats import FORMATS, reader_for
from kg.sources.inputs import Place, places
from kg.sources.merging import conflicts, merge
from kg.sources.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

__all__ = ["FORMATS", "Document", "Reader", "merge", "read_papers"]


def read_papers(
    inputs: Sequence[str | Path],
    *,
    format: str | None = None,  # noqa: A002  # the option's name
    on_problem: Callable[[Problem], None],
) -> tuple[Paper, ...]:
    """Return the papers of all inputs, one for each id, sorted by id.

    :param inputs: files, folders, glob patterns, or ``-`` for standard input; gzip is unpacked.
    :param format: a name of :data:`FORMATS`; found out from the content of each file if not given.
    :param on_problem: told of every paper that could not be read, and of whatever else looked wrong, as it is found.
    :raises SourceError: if an input is missing or cannot be read as a digest, or no paper was found at all.
    :raises ConfigError: if the format is unknown, or a plug-in is broken.
    """
    found: list[tuple[str, Paper]] = []
    for place in places(inputs):
        found.extend(_papers_of(place, format, on_problem))
    if not found:
        named = ", ".join(str(value) for value in inputs) or "no input"
        raise SourceError(
            f"no paper was found in {named}", remedy="Check that the input is a digest with papers in it."
        )
    for problem in conflicts(found):
        on_problem(problem)
    return merge(paper for _, paper in found)


def _papers_of(place: Place, name: str | None, on_problem: Callable[[Problem], None]) -> Iterator[tuple[str, Paper]]:
    refused: list[SourceError] = []
    for file in place.files:
        try:
            yield from _read(file, name, on_problem)
        except SourceError as error:
            if place.chosen:
                raise
            refused.append(error)
            on_problem(Problem(file, error.line or 0, error.message, fatal=not isinstance(error, NoDigestError)))
    if refused and len(refused) == len(place.files):
        reason = f"none of its {len(refused)} files could be read; {refused[0].path}: {refused[0].message}"
        raise SourceError(reason, path=place.name, remedy=refused[0].remedy)


def _read(file: str, name: str | None, on_problem: Callable[[Problem], None]) -> Iterator[tuple[str, Paper]]:
    with opened(file, on_problem) as document:
        count = 0
        for paper in reader_for(document, name).read(document):
            count += 1
            yield file, paper
        if not count:
            document.report(0, "no paper was found in it", fatal=False)
