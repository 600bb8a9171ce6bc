"""What the user names → files: a file, a folder, a pattern, or standard input."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.sources.documents import STANDARD_INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Place:
    """One input as the user named it.

    :param name: the argument.
    :param files: the files it stands for, sorted.
    :param chosen: whether the user named this very file; of a folder or pattern, what is no digest is passed over.
    """

    name: str
    files: tuple[str, ...]
    chosen: bool


def places(inputs: Sequence[str | Path]) -> Iterator[Place]:
    """Yield what each input stands for; a file that several name is read once.

    Folders are searched to any depth, hidden files and folders left out.

    :raises SourceError: if an input is not there, or a folder or pattern has no file.
    """
    seen: set[str] = set()
    for value in inputs:
        place = _place(os.fspath(value))
        files = tuple(file for file in place.files if _real(file) not in seen)
        seen.update(map(_real, files))
        yield Place(place.name, files, place.chosen)


def _place(name: str) -> Place:
    path = Path(name)
    if name == STANDARD_INPUT or _exists(path):
        if name == STANDARD_INPUT or not path.is_dir():
            return Place(name, (name,), chosen=True)
        files = tuple(_files_below(name))
        if not files:
            raise SourceError("the folder has no file to read", path=name, remedy="Hidden files are left out.")
        return Place(name, files, chosen=False)
    if glob.has_magic(name):
        found = sorted(match for match in glob.glob(name, recursive=True) if Path(match).is_file())  # noqa: PTH207  # a pattern may be absolute
        if found:
            return Place(name, tuple(found), chosen=False)
        raise SourceError("no file matches the pattern", path=name, remedy="Check it, and quote it in the shell.")
    raise SourceError("there is no such file or folder", path=name, remedy="Check the path.")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # forbidden folders above it, or a name that no file can have
        return False


def _real(file: str) -> str:
    return file if file == STANDARD_INPUT else os.path.realpath(file)


def _files_below(folder: str) -> Iterator[str]:
    for base, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (str(Path(base, name)) for name in sorted(files) if not name.startswith("."))
