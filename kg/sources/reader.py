"""What a format is: one object that recognises its documents and reads papers from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model import Paper
    from kg.sources.documents import Document


@runtime_checkable
class Reader(Protocol):
    """A format that papers come in.

    A package of its own adds one by naming such an object in its entry points, under the group ``kg.sources``::

        [project.entry-points."kg.sources"]
        bibtex = "my_package:BIBTEX"
    """

    @property
    def name(self) -> str:
        """What ``--format`` calls it."""

    def sniff(self, head: str) -> bool:
        """Say whether a text that begins with ``head`` (up to 64 KiB) is of this format."""

    def read(self, document: Document) -> Iterator[Paper]:
        """Yield the papers of ``document`` in order, each with its source and line.

        What cannot be read is told to :meth:`Document.report` and left out; nothing is raised for it.
        """
