"""A graph folder: its manifest, its store folders, its lock; everything about it but the quads.

::

    manifest.json   format, base of the IRIs, current store folder, extractor; replaced atomically: the commit point
    store-<n>/      the Oxigraph store of the n-th commit; once committed it is only read
    readings-<n>/   what was read from each paper of that store (:mod:`kg.graph.readings`)
    site/           the graph as pages for people (:mod:`kg.views.site`)
    decisions.tsv   what the user decided about which names are one thing (:mod:`kg.resolution.decisions`)
    .lock           held by the one process that writes

A write makes a store folder beside the current one and then swaps the manifest, so whatever stops it, Ctrl-C and a full
disk included, leaves the earlier graph as it was.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from kg.errors import ConfigError
from kg.files import write_text
from kg.graph.vocab import DEFAULT_BASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = 2
MANIFEST = "manifest.json"
DECISIONS = "decisions.tsv"
LOCK = ".lock"
_BESIDE = frozenset({MANIFEST, DECISIONS, LOCK, "report.json", "index.html", "site"})
_STORE = re.compile(r"store-(\d+)")
_WRITTEN = re.compile(r"(?:store|readings)-\d+")
_REBUILD = "Build it again with kg build."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a graph folder says of itself.

    :param base: what the graph's own IRIs begin with.
    :param store: name of the current store folder.
    :param extractor: name of the extractor that wrote to it last.
    :param decisions: the user's decisions that its nodes follow, as their file has them.
    :param format: version of this layout.
    """

    base: str = DEFAULT_BASE
    store: str = ""
    extractor: str = ""
    decisions: str = ""
    format: int = FORMAT

    @property
    def readings(self) -> str:
        """The name of the folder of readings that goes with the store folder."""
        return self.store.replace("store", "readings", 1)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a graph folder.

    :raises ConfigError: if ``folder`` is none, or was written by a newer ``kg``.
    """
    path = folder / MANIFEST
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        what = "no graph folder: it has no manifest.json" if folder.is_dir() else "no such graph folder"
        raise ConfigError(what, path=folder, remedy="Make one with kg build.") from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"the manifest cannot be read ({error})", path=path, remedy=_REBUILD) from error
    version = values.get("format") if isinstance(values, dict) else None
    if not isinstance(version, int):
        raise ConfigError("not the manifest of a graph", path=path, remedy=_REBUILD)
    if version != FORMAT:
        newer = "Install a newer kg, or build" if version > FORMAT else "Build"
        raise ConfigError(
            f"the graph has format {version}, this kg reads {FORMAT}",
            path=folder,
            remedy=f"{newer} the graph again with this one.",
        )
    try:
        manifest = Manifest(**values)
    except TypeError as error:
        raise ConfigError(f"the manifest is damaged ({error})", path=path, remedy=_REBUILD) from error
    if not _STORE.fullmatch(str(manifest.store)):
        raise ConfigError(f"the manifest names no store: {manifest.store!r}", path=path, remedy=_REBUILD)
    return manifest


def next_store(folder: Path) -> str:
    """Return the name of the store folder that the next write makes."""
    numbers = (int(match[1]) for path in folder.iterdir() if (match := _STORE.fullmatch(path.name)))
    return f"store-{max(numbers, default=0) + 1}"


def commit(folder: Path, manifest: Manifest) -> None:
    """Make ``manifest`` the folder's, in one step that a crash cannot split; remove the stores of earlier commits.

    :raises ExportError: if it cannot be written; the earlier manifest holds then.
    """
    _sync(folder)
    write_text(folder / MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n")
    _sync(folder)
    remove_stale(folder, manifest)


def remove_stale(folder: Path, manifest: Manifest) -> None:
    """Remove the store folders that ``manifest`` does not name: of earlier commits, or of writes that were killed."""
    for path in sorted(folder.iterdir()):
        if _WRITTEN.fullmatch(path.name) and path.name not in (manifest.store, manifest.readings):
            shutil.rmtree(path, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Ask the system to put the folder's entries on the disk, where it can be asked."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that one process writes at a time; it falls with the process, however that ends.

    :raises ConfigError: if another holds it, or the folder cannot be written.
    """
    lock = FileLock(folder / LOCK)
    try:
        (folder / LOCK).touch()
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ConfigError(
            "another process is writing to the graph", path=folder, remedy="Wait until it is done."
        ) from error
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def making(folder: Path) -> Iterator[None]:
    """Make ``folder`` for a first build where it is missing; take it away again if the build fails.

    :raises ConfigError: if it holds something that ``kg`` did not write, or cannot be made.
    """
    try:
        made = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        foreign = _foreign(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    if foreign:
        raise ConfigError(
            f"the folder holds no graph but other things ({foreign[0]})", path=folder, remedy="Name another with -o."
        )
    try:
        yield
    finally:
        if made and not (folder / MANIFEST).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _foreign(folder: Path) -> list[str]:
    """Return what ``kg`` did not write in a folder that is no graph's, sorted; a killed build leaves stores there."""
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if isinstance(values, dict) and {"format", "store"} <= values.keys():
            return []
    except (FileNotFoundError, ValueError):
        pass
    names = {path.name for path in folder.iterdir()}
    stores = {name for name in names if _WRITTEN.fullmatch(name)}
    return sorted(names - stores - (_BESIDE if stores else {LOCK, DECISIONS}))


def unwritable(folder: Path, error: OSError) -> ConfigError:
    """Return the error to raise where the graph could not be written."""
    return ConfigError(
        f"the graph cannot be written ({error.strerror or error})",
        path=folder,
        remedy="Make room and permission there, or name another folder; an earlier graph there is as it was.",
    )
