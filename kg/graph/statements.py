"""Quads of a graph of ours, with the types they have there: no blank node, no quoted triple, always a named graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Literal, NamedNode, Store


class Statement(Protocol):
    """A quad; ``object`` is a ``NamedNode`` or a ``Literal``, as its predicate wants."""

    @property
    def subject(self) -> NamedNode:
        """What is spoken of."""

    @property
    def predicate(self) -> NamedNode:
        """What is said of it."""

    @property
    def object(self) -> Any:
        """The value."""

    @property
    def graph_name(self) -> NamedNode:
        """The graph that says so."""


def statements(
    store: Store,
    subject: NamedNode | None = None,
    predicate: NamedNode | None = None,
    obj: NamedNode | Literal | None = None,
    graph: NamedNode | None = None,
) -> Iterator[Statement]:
    """Yield the quads that match, in no particular order."""
    return cast("Iterator[Statement]", store.quads_for_pattern(subject, predicate, obj, graph))
