"""One opened input: unpacked if it is gzip, its head at hand for sniffing, then read once, piece by piece.

Nothing here grows with the size of the input: a line longer than :data:`LONGEST_LINE` is reported and left out.
"""

from __future__ import annotations

import codecs
import gzip
import io
import sys
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from kg.errors import SourceError
from kg.model import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes of the longest line that is read: thousands of authors fit, a file without line ends does not."""

STANDARD_INPUT = "-"
_PIECE = 64 * 1024
_GZIP = b"\x1f\x8b"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_KINDS = (
    (b"%PDF", "a PDF", "Give the digest itself, not a paper."),
    (b"PK\x03\x04", "a ZIP archive", "Unpack it first."),
    (b"BZh", "compressed with bzip2", "Unpack it first: bunzip2 FILE."),
    (b"\xfd7zXZ", "compressed with xz", "Unpack it first: unxz FILE."),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "Unpack it first: unzstd FILE."),
    (b"PAR1", "a Parquet file", "Export it as JSON Lines first."),
    (b"\x89PNG", "a picture", "Give a digest."),
)
_BINARY_SHARE = 0.1
_TEXT_CONTROLS = frozenset("\t\n\f\r\x1b")


class NoDigestError(SourceError):
    """The input can be read, but it is no digest in a known format."""


class Line(NamedTuple):
    """One line of an input without its end, and its number from 1."""

    number: int
    text: str


class Document:
    """An input that is being read.

    :param path: the name that the user gave it, for messages.
    :param stream: its bytes, unpacked.
    :param on_problem: who is told what is wrong in it.
    """

    def __init__(self, path: str, stream: io.BufferedIOBase, on_problem: Callable[[Problem], None]) -> None:
        self.path = path
        self.name = path if path == STANDARD_INPUT else Path(path).name
        self._stream = stream
        self._on_problem = on_problem
        self._head = b"".join(self._pieces(limit=_PIECE))
        self._encoding = _encoding(self._head)

    @property
    def head(self) -> str:
        """The first 64 KiB as text with plain line ends, for telling formats apart."""
        decoder = codecs.getincrementaldecoder(self._encoding)(errors="replace")
        text = decoder.decode(self._head).removeprefix("\ufeff").replace("\x00", "")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def check(self) -> None:
        """Make sure that there is a text to read.

        :raises SourceError: if it is empty, or one of the files that are taken for digests by mistake.
        """
        if len(self._head) < _PIECE and not self.head.strip():
            raise NoDigestError("the input is empty", path=self.path, remedy="Give a digest with papers in it.")
        for magic, what, remedy in _KINDS:
            if self._head.startswith(magic):
                raise NoDigestError(f"this is {what}, not a digest", path=self.path, remedy=remedy)
        head = self.head
        if sum(sign < " " and sign not in _TEXT_CONTROLS for sign in head) > _BINARY_SHARE * len(head):
            raise NoDigestError("this is a binary file, not a digest", path=self.path, remedy="Give a text file.")

    def report(self, line: int, reason: str, *, fatal: bool = True) -> None:
        """Tell of something wrong at ``line`` (0: nowhere in particular); ``fatal`` if a paper was lost by it."""
        self._on_problem(Problem(self.path, line, reason, fatal))

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes of the input, once.

        :raises SourceError: if they cannot be read to their end.
        """
        yield self._head
        yield from self._pieces()

    def lines(self) -> Iterator[Line]:
        """Yield the lines of the input, once; too long ones are reported and left out.

        What is not UTF-8 is read as Windows-1252, line by line, and remarked on: most of such a file is ASCII.

        :raises SourceError: if the input cannot be read to its end.
        """
        foreign: list[int] = []
        for number, raw in enumerate(_bounded(self._utf8(), self._newline()), start=1):
            if raw is None:
                self.report(number, f"the line is longer than {LONGEST_LINE // 1024**2} MiB and was left out")
                continue
            try:
                text = raw.decode()
            except UnicodeDecodeError:
                text = raw.decode("cp1252", errors="replace")
                foreign.append(number)
            yield Line(number, text.removeprefix("\ufeff") if number == 1 else text)
        if foreign:
            more = f" (and {len(foreign) - 1} more)" if len(foreign) > 1 else ""
            self.report(foreign[0], f"the line{more} is not UTF-8; it was read as Windows-1252", fatal=False)

    def _newline(self) -> bytes:
        return b"\r" if b"\r" in self._head and b"\n" not in self._head else b"\n"

    def _utf8(self) -> Iterator[bytes]:
        if self._encoding == "utf-8":
            yield from self.chunks()
            return
        decoder = codecs.getincrementaldecoder(self._encoding)(errors="replace")
        for piece in self.chunks():
            yield decoder.decode(piece).encode("utf-8", errors="replace")

    def _pieces(self, limit: int | None = None) -> Iterator[bytes]:
        left = limit
        while left is None or left > 0:
            try:
                piece = self._stream.read(_PIECE if left is None else left)
            except EOFError as error:
                raise SourceError(
                    "the gzip file breaks off before its end",
                    path=self.path,
                    remedy="Download or compress it again.",
                ) from error
            except (OSError, zlib.error) as error:
                raise _unreadable(self.path, error) from error
            if not piece:
                return
            left = None if left is None else left - len(piece)
            yield piece


def _bounded(pieces: Iterator[bytes], newline: bytes) -> Iterator[bytes | None]:
    """Yield lines without their ends; ``None`` for one that is too long, of which nothing is kept."""
    pending, cut = b"", False
    for piece in pieces:
        *complete, rest = piece.split(newline)
        if not complete and cut:
            continue
        for line in complete:
            whole, pending = pending + line, b""
            yield None if cut or len(whole) > LONGEST_LINE else whole.removesuffix(b"\r")
            cut = False
        pending += rest
        if len(pending) > LONGEST_LINE:
            pending, cut = b"", True
    if cut:
        yield None
    elif pending:
        yield pending.removesuffix(b"\r")


def _encoding(head: bytes) -> str:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    # UTF-16 without a mark: every other byte of ASCII text is a NUL.
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 3 > len(head) // 2 and min(even, odd) * 3 < len(head) // 2:
        return "utf-16-be" if even > odd else "utf-16-le"
    return "utf-8"


def _unreadable(path: str, error: Exception) -> SourceError:
    reason = getattr(error, "strerror", None) or str(error)
    remedy = {
        FileNotFoundError: "Check the path.",
        PermissionError: "Make it readable for your user.",
        gzip.BadGzipFile: "Download or compress it again.",
        zlib.error: "Download or compress it again.",
    }
    return SourceError(f"cannot be read: {reason}", path=path, remedy=remedy.get(type(error), ""))


@contextmanager
def opened(path: str, on_problem: Callable[[Problem], None]) -> Generator[Document, None, None]:
    """Yield the input at ``path``, or standard input for ``-``.

    :raises SourceError: if it cannot be opened, is empty, or holds no text.
    """
    try:
        # Closed below, but for standard input, which is not ours.
        file = sys.stdin.buffer if path == STANDARD_INPUT else Path(path).open("rb")  # noqa: SIM115
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    buffered: io.BufferedReader[io.RawIOBase] = io.BufferedReader(cast("io.RawIOBase", file))
    try:
        document = Document(path, _unpacked(buffered, path), on_problem)
        document.check()
        yield document
    finally:
        # A reader that is thrown away closes what it reads from: not what belongs to the interpreter.
        buffered.detach()
        if file is not sys.stdin.buffer:
            file.close()


def _unpacked(buffered: io.BufferedReader[io.RawIOBase], path: str) -> io.BufferedIOBase:
    try:
        packed = buffered.peek(2).startswith(_GZIP)
    except OSError as error:
        raise _unreadable(path, error) from error
    return gzip.GzipFile(fileobj=buffered) if packed else buffered
