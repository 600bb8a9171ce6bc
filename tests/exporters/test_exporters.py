"""What holds for every format: whole files or none, errors that say what to do, nothing left behind."""

from __future__ import annotations

import os
import resource
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from kg.errors import ConfigError, ExportError
from kg.exporters import EXPORTERS
from kg.graph.network import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.graph.store import GraphStore


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("form", EXPORTERS)
def test_what_is_written_is_what_is_returned(few: GraphStore, tmp_path: Path, form: str) -> None:
    written = EXPORTERS[form].write(few, tmp_path / "new" / "target", Selection())
    assert sorted(written) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert all(path.stat().st_mode & 0o044 == 0o044 & ~_umask() for path in written)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("form", EXPORTERS)
def test_a_target_that_cannot_be_written(few: GraphStore, tmp_path: Path, form: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ExportError, match="cannot be written") as caught:
        EXPORTERS[form].write(few, tmp_path / "file" / "target", Selection())
    assert "-o" in str(caught.value)
    assert contents(tmp_path) == {"file": b"mine"}


@pytest.mark.parametrize("form", EXPORTERS)
def test_an_unknown_name_leaves_the_earlier_export(few: GraphStore, tmp_path: Path, form: str) -> None:
    EXPORTERS[form].write(few, tmp_path / "target", Selection())
    before = contents(tmp_path)
    with pytest.raises(ConfigError, match="unknown name"):
        EXPORTERS[form].write(few, tmp_path / "target", Selection(around=("GripNett",)))
    assert contents(tmp_path) == before


@contextmanager
def small_files() -> Iterator[None]:
    """Let this process write files of at most one kilobyte: the system then fails its writes as a full disk does.

    It must not outlive the write under test: pytest's own output may go to a file that is larger already.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def earlier(few: GraphStore, tmp_path: Path, form: str) -> dict[str, bytes]:
    """Return what an earlier export of a small part wrote to ``tmp_path``."""
    EXPORTERS[form].write(few, tmp_path / form, Selection(categories=("hep-th",)))
    return contents(tmp_path)


@pytest.mark.parametrize("form", EXPORTERS)
def test_a_full_disk_leaves_the_earlier_export(
    few: GraphStore, tmp_path: Path, earlier: dict[str, bytes], form: str
) -> None:
    with pytest.raises(ExportError, match="make room"), small_files():
        EXPORTERS[form].write(few, tmp_path / form, Selection())
    assert contents(tmp_path) == earlier


@pytest.mark.parametrize("form", EXPORTERS)
def test_ctrl_c_leaves_the_earlier_export(
    few: GraphStore,
    tmp_path: Path,
    earlier: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:
    """The signal comes when all is written but nothing is in its place."""
    monkeypatch.setattr(os, "fsync", lambda _: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        EXPORTERS[form].write(few, tmp_path / form, Selection())
    assert contents(tmp_path) == earlier
