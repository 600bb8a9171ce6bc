"""A user's decisions about which names are one thing, made in terms of the names of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from kg.errors import QueryError
from kg.graph import names
from kg.graph.describe import called, resolved
from kg.graph.why import namings
from kg.model import EntityType
from kg.resolution import identify, normal_form
from kg.resolution.decisions import Decision, Decisions, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph.names import Named
    from kg.graph.store import GraphStore


def merged(graph: GraphStore, decisions: Decisions, keep: str, other: str, reason: str = "") -> Decisions:
    """Return the decisions after the one that ``other`` is ``keep``; what they said against it is left out.

    :param keep: a name of the node that stays, or its IRI; ``other`` likewise.
    :raises QueryError: if either means no thing or author, or several, or one cannot be the other.
    """
    kept, gone = _one(graph, keep), _one(graph, other)
    one, two = _key(graph, kept), _key(graph, gone)
    if one == two:
        raise QueryError(f"{keep!r} and {other!r} are one node", remedy="kg why says by which rules.")
    if (kept.kind == names.AUTHOR) != (gone.kind == names.AUTHOR):
        raise QueryError(f"an author cannot be a thing: {one}, {two}")
    against = [row for row in decisions.rows if _against(row, one, two)]
    left = tuple(row for row in decisions.rows if row not in against)
    if any(row.kind is Kind.SPLIT for row in against):
        return Decisions(left)
    return Decisions((*left, Decision(Kind.MERGE, one, two, (), reason)))


def _against(row: Decision, one: str, two: str) -> bool:
    ends = {row.node, row.target if row.kind is Kind.SPLIT else row.other}
    return row.kind is not Kind.MERGE and ends == {one, two}


def parted(
    graph: GraphStore, decisions: Decisions, node: str, name: str, papers: Iterable[str] = (), reason: str = ""
) -> Decisions:
    """Return the decisions after the one that ``name`` is not ``node``.

    A name that papers give the node becomes a thing of its own; a name of another node only looks alike.

    :param node: a name of the node, or its IRI.
    :param papers: ids of the papers in which it is not; all if there are none.
    :raises QueryError: if ``node`` means nothing or several nodes, or no paper calls it ``name``.
    """
    found = _one(graph, node)
    key = _key(graph, found)
    ids = tuple(sorted(_ids(graph, papers)))
    given = sorted({one.name for one in namings(graph, found.iri)})
    if normal_form(name) not in map(normal_form, given):
        return _apart(graph, decisions, key, name, given, reason)
    undone = _made_by(decisions, key, name)
    if undone is not None and not ids:
        return Decisions(tuple(row for row in decisions.rows if row != undone))
    row = Decision(Kind.SPLIT, key, name, ids, reason)
    if row.target == key:
        raise QueryError(
            f"{name!r} is the node's own name", remedy="Say with --paper in which papers it is something else."
        )
    return Decisions((*decisions.rows, row))


def _apart(graph: GraphStore, decisions: Decisions, key: str, name: str, given: list[str], reason: str) -> Decisions:
    if not any(node.kind in names.RESOLVED for node in called(graph, name)):
        raise QueryError(f"no paper calls it {name!r}", remedy=f"It is called {', '.join(map(repr, given))}.")
    row = Decision(Kind.APART, key, _key(graph, _one(graph, name)), (), reason)
    return Decisions((*decisions.rows, row))


def _made_by(decisions: Decisions, key: str, name: str) -> Decision | None:
    """Return the merge that led from ``name`` to the node of ``key``, if one did."""
    plain = Decision(Kind.SPLIT, key, name).target
    keys = {plain, *(identify(kind, name).key for kind in EntityType)}
    rows = (row for row in decisions.rows if row.kind is Kind.MERGE and row.other in keys)
    return next((row for row in rows if decisions.root(row.other) == key), None)


def _ids(graph: GraphStore, papers: Iterable[str]) -> Iterable[str]:
    for reference in papers:
        found = graph.find(reference)
        if found is None:
            raise QueryError(f"not in the graph: {reference}", remedy="Ids are those of the papers.")
        yield found


def _one(graph: GraphStore, name: str) -> Named:
    """Return the one thing or author that ``name`` means."""
    every = resolved(graph, name)
    found = [node for node in every if names.folded(node.label) == names.folded(name)] or every
    if len(found) == 1:
        return found[0]
    several = ", ".join(_key(graph, one) for one in found)
    raise QueryError(f"{name!r} means several nodes", remedy=f"Name one of these: {several}.")


def _key(graph: GraphStore, node: Named) -> str:
    return graph.iris.key_of(NamedNode(node.iri))
