"""Live export to a Neo4j server over Bolt, by the official driver: what the server has is made equal to the graph.

The server is asked for the digests of what kg wrote there before; what is new or differs is written, what is gone is
removed, nothing else is touched. A batch is a transaction that sets properties and digest together, so an export that
was stopped anywhere is finished by the next one.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from kg.errors import ConfigError, ExportError, MissingExtraError
from kg.exporters.cypher import BATCH
from kg.exporters.neo4j import constraints, node_steps, tie_rows
from kg.exporters.property_graph import BASE, DIGEST, KEYED, property_graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from neo4j import Driver, ManagedTransaction, Session

    from kg.exporters.cypher import Row
    from kg.exporters.property_graph import Node, Tie
    from kg.graph.drawing import Records
    from kg.graph.network import Selection
    from kg.graph.store import GraphStore

_NODES = f"MATCH (n:{{label}}) WHERE n.{BASE} = $base RETURN n.iri AS iri, labels(n) AS labels, n.{DIGEST} AS digest"
_TIES = (
    f"MATCH (a:{{label}})-[r]->(b) WHERE r.{BASE} = $base "
    f"RETURN a.iri AS source, type(r) AS type, b.iri AS target, labels(b) AS labels, r.{DIGEST} AS digest"
)
_DROP_NODE = f"MATCH (n:{{label}} {{{{iri: row.iri}}}}) WHERE n.{BASE} = row.base DETACH DELETE n"
_DROP_TIE = (
    f"MATCH (a:{{source}} {{{{iri: row.source}}}})-[r:{{type}}]->(b:{{target}} {{{{iri: row.target}}}}) "
    f"WHERE r.{BASE} = row.base DELETE r"
)
_SCHEME = re.compile(r"(?:bolt|neo4j)(?:\+s|\+ssc)?://[^/]")
_AGAIN = "Once that is put right, run it again: what is written already is not written twice."
_WAIT = 15.0
_RETRY = 30.0

_T = TypeVar("_T")
End: TypeAlias = "tuple[str, str]"
Key: TypeAlias = "tuple[str, str, str]"
"""Source, type and target of a relationship."""
Statement: TypeAlias = "tuple[tuple[str, ...], Iterable[Row]]"
"""Clauses that are run one after the other, in one transaction, for the same rows."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where to write.

    :param uri: ``bolt://host:7687``, ``neo4j://…``, or with ``+s`` encrypted.
    :param database: the server's default one if ``None``.
    """

    uri: str
    user: str
    password: str = field(repr=False)
    database: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """How many nodes and relationships an export wrote, removed, and left as they were."""

    nodes_written: int
    ties_written: int
    nodes_removed: int
    ties_removed: int
    unchanged: int

    def text(self) -> str:
        """Return the figures in a line."""
        return (
            f"{self.nodes_written} nodes and {self.ties_written} relationships written, "
            f"{self.nodes_removed} and {self.ties_removed} removed, {self.unchanged} unchanged"
        )


def _untracked(items: Iterable[int], _total: int, _what: str) -> Iterable[int]:
    return items


def send(
    store: GraphStore,
    server: Server,
    selection: Selection,
    track: Callable[[Iterable[int], int, str], Iterable[int]] = _untracked,
) -> Changes:
    """Make what ``server`` has of this graph equal to the selected part of it.

    What carries the mark of another base, or none, is left alone, but for relationships of nodes that are removed.

    :param track: passes on the numbers of the batches of each step, of which it is told how many there are.
    :raises MissingExtraError: if the driver is not installed.
    :raises ConfigError: if the server refuses the user, or the selection names something that the graph has not.
    :raises ExportError: if the server cannot be reached or refuses a statement; what is written stays.
    """
    nodes, ties = property_graph(store, selection)
    failures = _driver().exceptions
    try:
        with _connected(server) as driver, driver.session(database=server.database) as session:
            return _Sending(session, store.iris.base, track).send(nodes, ties)
    except failures.DriverError as error:
        raise ExportError(f"{server.uri} broke off: {_first(error)}", remedy=_AGAIN) from error
    except failures.Neo4jError as error:
        raise ExportError(f"{server.uri} refused: {_first(error)}", remedy=_AGAIN) from error


def _driver() -> Any:
    """Return the driver's package.

    :raises MissingExtraError: if it is not installed.
    """
    try:
        import neo4j  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError(
            "The neo4j driver is not installed", remedy="pip install 'arxiv-kg[neo4j]', or export without --uri."
        ) from None
    # The driver logs each retry; without a handler Python would print that among our own lines.
    logging.getLogger("neo4j").addHandler(logging.NullHandler())
    return neo4j


def _connected(server: Server) -> AbstractContextManager[Driver]:
    neo4j = _driver()
    if not _SCHEME.match(server.uri):
        remedy = "Write bolt://host:7687; with encryption bolt+s://, for a cluster neo4j://."
        raise ConfigError(f"not the address of a server: {server.uri!r}", remedy=remedy)
    try:
        driver: Driver = neo4j.GraphDatabase.driver(
            server.uri,
            auth=(server.user, server.password),
            connection_timeout=_WAIT,
            max_transaction_retry_time=_RETRY,
        )
    except (neo4j.exceptions.DriverError, ValueError) as error:
        raise ConfigError(f"not the address of a server: {server.uri!r}", remedy=_first(error)) from error
    try:
        driver.verify_connectivity()
    except neo4j.exceptions.AuthError as error:
        driver.close()
        what = f"{server.uri} refuses the user {server.user!r} with this password"
        raise ConfigError(what, remedy="Give --user, and the password in KG_NEO4J_PASSWORD.") from error
    except neo4j.exceptions.DriverError as error:
        driver.close()
        what = f"{server.uri} cannot be reached: {_first(error)}"
        raise ExportError(what, remedy="Is the server running, and are host and port right?") from error
    return driver


def _first(error: Exception) -> str:
    said = getattr(error, "message", None) or str(error)
    return str(said).partition("\n")[0].rstrip(".: ")


class _Once:
    """Gives the first of equal values, so that a name which a thousand rows hold is in memory once."""

    def __init__(self) -> None:
        self._seen: dict[Any, Any] = {}

    def __call__(self, value: _T) -> _T:
        first: _T = self._seen.setdefault(value, value)
        return first


class _Sending:
    """One export over an open session."""

    def __init__(self, session: Session, base: str, track: Callable[[Iterable[int], int, str], Iterable[int]]) -> None:
        self._session = session
        self._base = base
        self._track = track

    def send(self, nodes: Records[Node], ties: Records[Tie]) -> Changes:
        """Write and remove what has to be.

        :param nodes: sorted by labels; ``ties`` by type and labels of their ends.
        """
        for statement in constraints():
            self._session.execute_write(_defined, statement)
        nodes_written, dropped = self._send_nodes(nodes)
        ties_written, lost = self._send_ties(ties)
        same = len(nodes) + len(ties) - nodes_written - ties_written
        return Changes(nodes_written, ties_written, dropped, lost, same)

    def _send_nodes(self, nodes: Records[Node]) -> tuple[int, int]:
        """Return how many nodes were written and how many are gone."""
        known = self._nodes()
        # A node of another kind than before is made anew: not every server changes labels.
        wanted = {node.iri: frozenset(node.labels) for node in nodes}
        gone = {iri: held for iri, held in known.items() if held[0] != wanted.get(iri)}
        dropped = sum(1 for iri in gone if iri not in wanted)
        del wanted

        def new() -> Iterator[Node]:
            return (n for n in nodes if n.iri in gone or _digest(known, n.iri) != n.properties[DIGEST])

        self._run(self._dropped_nodes(gone), "nodes removed")
        return self._run_all(lambda: _counted(node_steps(new()), "n"), "nodes"), dropped

    def _send_ties(self, ties: Records[Tie]) -> tuple[int, int]:
        """Return how many relationships were written and how many are gone."""
        held = self._ties()

        def other() -> Iterator[Tie]:
            return (tie for tie in ties if _digest(held, _key(tie)) != tie.properties[DIGEST])

        lost = dict(held)
        for tie in ties:
            lost.pop(_key(tie), None)
        self._run(self._dropped_ties(lost), "relationships removed")
        return self._run_all(lambda: _counted(_single(tie_rows(other())), "r"), "relationships"), len(lost)

    def _nodes(self) -> dict[str, tuple[frozenset[str], str]]:
        """Return labels and digest of each node that kg wrote, by IRI."""
        once = _Once()

        def kept(row: Mapping[str, Any]) -> tuple[str, tuple[frozenset[str], str]]:
            return row["iri"], (once(frozenset(row["labels"])), row["digest"])

        return dict(chain.from_iterable(self._read(_NODES.format(label=label), kept) for label in KEYED))

    def _ties(self) -> dict[Key, tuple[End, str]]:
        """Return the labels of the ends and the digest of each relationship that kg wrote, by source, type, target."""
        once = _Once()

        def of(label: str) -> Callable[[Mapping[str, Any]], tuple[Key, tuple[End, str]]]:
            def kept(row: Mapping[str, Any]) -> tuple[Key, tuple[End, str]]:
                target = next((other for other in KEYED if other in row["labels"]), "")
                key = once(row["source"]), once(row["type"]), once(row["target"])
                return key, (once((label, target)), row["digest"])

            return kept

        return dict(chain.from_iterable(self._read(_TIES.format(label=label), of(label)) for label in KEYED))

    def _read(self, query: str, kept: Callable[[Mapping[str, Any]], _T]) -> list[_T]:
        """Return what is kept of each row: a row itself is several times as large."""

        def work(transaction: ManagedTransaction) -> list[_T]:
            return [kept(row) for row in transaction.run(query, base=self._base)]

        return self._session.execute_read(work)

    def _dropped_nodes(self, gone: Mapping[str, tuple[frozenset[str], str]]) -> Iterator[Statement]:
        for label in KEYED:
            rows: list[Row] = [
                {"iri": iri, "base": self._base}
                for iri, (labels, _) in sorted(gone.items(), key=_by_key)
                if label in labels
            ]
            yield (_DROP_NODE.format(label=label),), rows

    def _dropped_ties(self, lost: Mapping[Key, tuple[End, str]]) -> Iterator[Statement]:
        for type_, ends in sorted({(type_, ends) for (_, type_, _), (ends, _) in lost.items()}):
            rows: list[Row] = [
                {"source": source, "target": target, "base": self._base}
                for (source, kind, target), (labels, _) in sorted(lost.items())
                if (kind, labels) == (type_, ends)
            ]
            yield (_DROP_TIE.format(source=ends[0], target=ends[1], type=_quoted(type_)),), rows

    def _run_all(self, statements: Callable[[], Iterable[Statement]], what: str) -> int:
        """Run statements that are made twice, to count them and to run them, and return how many rows they have."""
        sizes = [len(rows) for _, rows in _batches(statements())]
        self._run_batches(_batches(statements()), len(sizes), what)
        return sum(sizes)

    def _run(self, statements: Iterable[Statement], what: str) -> None:
        batches = list(_batches(statements))
        self._run_batches(batches, len(batches), what)

    def _run_batches(self, batches: Iterable[tuple[tuple[str, ...], list[Row]]], count: int, what: str) -> None:
        """Run each statement on its rows, a batch a transaction; the driver repeats one that failed for the moment."""
        for _, (steps, rows) in zip(self._track(range(count), count, what), batches, strict=True):
            done = self._session.execute_write(_written, steps, rows)
            if done is not None and done != len(rows):
                why = "something else has their IRI, or their ends are gone"
                raise ExportError(f"{len(rows) - done} {what} could not be written: {why}", remedy=_AGAIN)


def _single(statements: Iterable[tuple[str, Iterable[Row]]]) -> Iterator[Statement]:
    return (((clauses,), rows) for clauses, rows in statements)


def _counted(statements: Iterable[Statement], what: str) -> Iterator[Statement]:
    for (*before, last), rows in statements:
        yield (*before, f"{last}\nRETURN count({what}) AS done"), rows


def _defined(transaction: ManagedTransaction, statement: str) -> None:
    transaction.run(statement).consume()


def _written(transaction: ManagedTransaction, steps: tuple[str, ...], rows: list[Row]) -> int | None:
    found = [transaction.run(f"UNWIND $rows AS row\n{clauses}", rows=rows).single() for clauses in steps]
    return None if found[-1] is None else int(found[-1]["done"])


def _batches(statements: Iterable[Statement]) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    for steps, rows in statements:
        waiting = iter(rows)
        while batch := list(islice(waiting, BATCH)):
            yield steps, batch


def _digest(known: Mapping[Any, tuple[Any, str]], key: object) -> str | None:
    return known[key][1] if key in known else None


def _by_key(item: tuple[str, object]) -> str:
    return item[0]


def _key(tie: Tie) -> Key:
    return tie.source[0], tie.type, tie.target[0]


def _quoted(name: str) -> str:
    escaped = name.replace("`", "``")
    return f"`{escaped}`"
