"""Files that are either written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kg.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable


@contextmanager
def writing_bytes(path: Path) -> Generator[IO[bytes], None, None]:
    """Yield a stream to a new file beside ``path`` that takes its place when the block ends well.

    Whatever goes wrong, Ctrl-C and a full disk included, leaves an earlier file at ``path`` as it was and nothing new.

    :raises ExportError: if the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.", suffix=".part")
    except OSError as error:
        raise _failure(path, error) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _failure(path, error) from error
        raise


@contextmanager
def writing(path: Path) -> Generator[IO[str], None, None]:
    """Yield a UTF-8 text stream like :func:`writing_bytes`; line ends are written as given."""
    with writing_bytes(path) as stream:
        text = os.fdopen(os.dup(stream.fileno()), "w", encoding="utf-8", errors="backslashreplace", newline="")
        with text:
            yield text


@contextmanager
def writing_all(folder: Path, names: Iterable[str]) -> Generator[dict[str, IO[str]], None, None]:
    """Yield a UTF-8 text stream for each of ``names`` in ``folder``; they take their places together.

    All are on their way to the disk before the first is put in its place, so a full disk leaves every earlier file.

    :raises ExportError: if one cannot be written.
    """
    with ExitStack() as stack:
        streams = {name: stack.enter_context(writing(folder / name)) for name in names}
        yield streams
        for stream in streams.values():
            stream.flush()


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, whole or not at all.

    :raises ExportError: if the file cannot be written.
    """
    with writing(path) as stream:
        stream.write(text)


def _umask() -> int:
    # The mask can be read only by setting it; files made by mkstemp are private, ours should be as others are.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _failure(path: Path, error: OSError) -> ExportError:
    return ExportError(
        f"cannot be written: {error.strerror or error}",
        path=path,
        remedy="Choose another place with -o, or make room and permission there.",
    )
