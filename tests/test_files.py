"""Atomic writing, also when it fails."""

from __future__ import annotations

import errno
import stat
from typing import TYPE_CHECKING

import pytest

from kg.errors import ExportError
from kg.files import write_text, writing, writing_bytes

if TYPE_CHECKING:
    from pathlib import Path


def test_a_failure_in_the_middle_leaves_the_earlier_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "before\n")
    with pytest.raises(KeyboardInterrupt), writing(path) as stream:  # noqa: PT012  it must come in the block
        stream.write("half")
        raise KeyboardInterrupt
    assert path.read_text(encoding="utf-8") == "before\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_is_an_export_error_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with pytest.raises(ExportError, match=r"a\.bin.*No space left"), writing_bytes(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_an_export_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ExportError, match="cannot be written"):
        write_text(tmp_path / "file" / "below.txt", "x")


def test_folders_are_made_and_text_is_written_as_given(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    write_text(path, "π\r\n\ud800")
    assert path.read_bytes() == "π\r\n\\ud800".encode()
    assert stat.S_IMODE(path.stat().st_mode) & 0o600 == 0o600
