"""Gold lines and their texts: reading them, and finding what is wrong with them."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

from kg.errors import SourceError
from kg.model import EntityType, Paper, RelationType, ResultKind, Role

TYPES = frozenset(EntityType)
ROLES = frozenset(Role)
RELATIONS = frozenset(RelationType)
KINDS = frozenset(ResultKind)

_LABEL_FORM = (
    'Give {"id", "e": [[name, type, role, [other mentions]]], "r": [[subject, relation, object]], '
    '"q": [[value, metric, subject, baseline, on, kind]]} a line.'
)
_TEXT_FORM = 'Give {"id", "title", "abstract"} a line.'
_GZIP = b"\x1f\x8b"
_SHOWN = 80  # characters of a bad row that a message quotes


class GoldLine(TypedDict):
    """One line of the annotation guidelines: entities, relations and results of one paper."""

    id: str
    e: list[list[Any]]
    r: NotRequired[list[list[Any]]]
    q: NotRequired[list[list[Any]]]


Line = Mapping[str, Any]


def load_labels(path: Path | str) -> dict[str, GoldLine]:
    """Return the lines of ``path`` by paper id.

    Only the form is checked here, not the labels, for which see :func:`check`.

    :raises SourceError: if the file cannot be read, a line is not JSON or not of the form, or a paper comes twice.
    """
    labels: dict[str, GoldLine] = {}
    for number, line in json_lines(path, _LABEL_FORM):
        fault = _form_fault(line)
        if not fault and line["id"] in labels:
            fault = f"{line['id']!r} is labelled twice"
        if fault:
            raise SourceError(fault, remedy=_LABEL_FORM, path=path, line=number)
        labels[line["id"]] = cast("GoldLine", line)
    return labels


def load_texts(path: Path | str) -> tuple[Paper, ...]:
    """Return the papers of a file with ``{"id", "title", "abstract"}`` on each line, in its order.

    The abstract may be called ``summary``, as arXiv's interface calls it.

    :raises SourceError: if the file cannot be read, or a line is not JSON or not of that form.
    """
    papers = []
    for number, line in json_lines(path, _TEXT_FORM):
        match line:
            case {"id": str(pid), "title": str(title), "abstract": str(abstract)} | {
                "id": str(pid),
                "title": str(title),
                "summary": str(abstract),
            }:
                papers.append(Paper(pid, title, abstract, source=Path(path).name, line=number))
            case _:
                raise SourceError("not a paper's text", remedy=_TEXT_FORM, path=path, line=number)
    return tuple(papers)


def json_lines(
    path: Path | str, remedy: str, on_fault: Callable[[SourceError], None] | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a file of JSON lines, plain or gzipped, with their line numbers.

    :param remedy: what an error tells the user to do.
    :param on_fault: told of a line that is not a JSON object, which is then left out.
    :raises SourceError: if the file cannot be read, or a line is not a JSON object and nobody is told.
    """
    try:
        with _opened(path) as lines:
            for number, raw in enumerate(lines, 1):
                if not raw.strip():
                    continue
                try:
                    line = _json_object(raw, path, number, remedy)
                except SourceError as error:
                    if on_fault is None:
                        raise
                    on_fault(error)
                else:
                    yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"broken gzip: {error}", remedy="Download or compress it again.", path=path) from error
    except OSError as error:
        raise SourceError(error.strerror or str(error), remedy="Check the file's name.", path=path) from error


@contextmanager
def _opened(path: Path | str) -> Iterator[Iterable[bytes]]:
    with Path(path).open("rb") as plain:
        yield gzip.GzipFile(fileobj=plain) if plain.peek(len(_GZIP)).startswith(_GZIP) else plain


def _json_object(raw: bytes, path: Path | str, number: int, remedy: str) -> dict[str, Any]:
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, an endless number, nested too deeply
        raise SourceError(f"not JSON: {error}", remedy=remedy, path=path, line=number) from error
    if not isinstance(line, dict):
        raise SourceError("not a JSON object", remedy=remedy, path=path, line=number)
    return line


def _form_fault(line: Line) -> str:
    if not isinstance(line.get("id"), str):
        return 'no "id"'
    if "e" not in line:
        return 'no entities "e"'
    for field, is_row in (("e", is_entity), ("r", is_relation), ("q", is_result)):
        rows = line.get(field, [])
        if not isinstance(rows, list):
            return f'"{field}" is not a list'
        for row in rows:
            if not is_row(row):
                return f'not a row of "{field}": {row!r:.{_SHOWN}}'
    return ""


def is_entity(row: object) -> bool:
    """Tell whether ``row`` has the form ``[name, type, role, other mentions?]``."""
    match row:
        case [str(), str(), str()]:
            return True
        case [str(), str(), str(), [*forms]]:
            return all(isinstance(form, str) for form in forms)
    return False


def is_relation(row: object) -> bool:
    """Tell whether ``row`` has the form ``[subject, relation, object]``."""
    match row:
        case [int(), str(), int()]:
            return True
    return False


def is_result(row: object) -> bool:
    """Tell whether ``row`` has the form ``[value, metric, subject, baseline, on, kind]``."""
    match row:
        case [str(), int(), int(), int(), int(), str()]:
            return True
    return False


def check(line: Line, text: str) -> list[str]:
    """Return what is wrong with a line, given its paper's :attr:`~kg.model.Paper.text`; empty if nothing is.

    >>> check({"id": "1", "e": [["RL", "Method", "uses"]], "r": [[0, "isA", 0]]}, "RL for dogs")
    ["1: relation [0, 'isA', 0]"]
    """
    entities = line.get("e", [])
    faults = [] if entities else [": no entity"]
    faults += _entity_faults(entities, text)
    faults += (f": relation {row!r}" for row in line.get("r", []) if not _is_sound_relation(row, len(entities)))
    faults += _result_faults(line.get("q", []), len(entities), text)
    return [f"{line.get('id')}{fault}" for fault in faults]


def _entity_faults(rows: Iterable[Any], text: str) -> Iterator[str]:
    seen: set[str] = set()
    for i, row in enumerate(rows):
        if not is_entity(row):
            yield f" e{i}: {row!r} is not [name, type, role, other_mentions?]"
            continue
        name, kind, role, *others = row
        for form in (name, *(others[0] if others else ())):
            if form not in text:
                yield f" e{i}: not verbatim in the text: {form!r}"
            if form in seen:
                yield f" e{i}: form used twice: {form!r}"
            seen.add(form)
        if kind not in TYPES:
            yield f" e{i}: type {kind!r}"
        if role not in ROLES:
            yield f" e{i}: role {role!r}"


def _is_sound_relation(row: Any, entities: int) -> bool:
    if not is_relation(row):
        return False
    subject, relation, obj = row
    return relation in RELATIONS and subject != obj and all(0 <= i < entities for i in (subject, obj))


def _result_faults(rows: Iterable[Any], entities: int, text: str) -> Iterator[str]:
    for row in rows:
        if not is_result(row) or row[5] not in KINDS or not all(-1 <= i < entities for i in row[1:5]):
            yield f": result {row!r}"
        elif row[0] not in text:
            yield f": result value not verbatim: {row[0]!r}"
