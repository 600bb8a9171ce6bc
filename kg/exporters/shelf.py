"""Records kept on disk while an export is made, so that its memory does not grow with the graph.

They lie in SQLite's temporary data base: a file that the system removes when it is closed, however the program ends.
"""

from __future__ import annotations

import pickle
import sqlite3
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")


class Shelf(Generic[T]):
    """Records in the order of their keys; those of one key in the order in which they came.

    :param items: the first ones, with their keys.
    """

    def __init__(self, items: Iterable[tuple[tuple[str, ...], T]] = ()) -> None:
        self._base = sqlite3.connect("")
        self._base.execute("CREATE TABLE records (key BLOB, item BLOB)")
        self._count = 0
        self._indexed = False
        for key, item in items:
            self.add(key, item)

    def add(self, key: tuple[str, ...], item: T) -> None:
        """Put a record in its place."""
        # Bytes of UTF-8 sort as the characters do, and no key holds the separator.
        packed = "\x00".join(key).encode("utf-8", "surrogatepass")
        self._base.execute("INSERT INTO records VALUES (?, ?)", (packed, pickle.dumps(item, pickle.HIGHEST_PROTOCOL)))
        self._count += 1

    def __iter__(self) -> Iterator[T]:
        """Yield the records in the order of their keys."""
        if not self._indexed:
            self._base.execute("CREATE INDEX IF NOT EXISTS by_key ON records (key)")
            self._indexed = True
        for (item,) in self._base.execute("SELECT item FROM records ORDER BY key, rowid"):
            yield pickle.loads(item)  # noqa: S301 # written above, into a file of our own

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count
