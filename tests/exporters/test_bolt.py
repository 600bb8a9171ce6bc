"""The live export into a real server that speaks Bolt and Cypher, by the official driver."""

from __future__ import annotations

import os
import select
import signal
import socket
import socketserver
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing
from dataclasses import replace
from itertools import count as counting
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j import GraphDatabase
from neo4j.time import Date

from kg.cli.sending import PASSWORD
from kg.errors import ConfigError, ExportError, MissingExtraError
from kg.exporters import bolt
from kg.exporters.bolt import Changes, Server, send
from kg.exporters.neo4j import constraints, node_rows, node_steps
from kg.exporters.property_graph import Node, property_graph
from kg.graph.network import Selection
from kg.graph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.graph.store import GraphStore
    from kg.model import ResolvedPaper

HERE = Path(__file__).resolve().parent
SECRET = "a-secret-of-the-tests"  # noqa: S105 - of a server that lives as long as these tests
Snapshot = tuple[dict[str, Any], dict[tuple[str, str, str], Any]]


class Bolt:
    """A server in a process of its own, with as many databases as there are tests."""

    def __init__(self, folder: Path) -> None:
        self.port, http = _free_port(), _free_port()
        self._names = counting()
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "bolt_server.py"), str(folder), SECRET, str(self.port), str(http), "512m"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=folder.parent,
        )

    def database(self) -> Server:
        """Return a new database."""
        name = f"kg{next(self._names)}"
        assert self._answer(name) == "ready\n"
        return Server(f"bolt://localhost:{self.port}", "root", SECRET, name)

    def written(self, server: Server) -> list[int]:
        """Return how many records the engine has created, updated and deleted for a database, as it counts them."""
        return [int(count) for count in self._answer(f"?{server.database}").split()]

    def _answer(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=120)


def _free_port() -> int:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bolt]:
    pytest.importorskip("arcadedb_embedded")
    server = Bolt(tmp_path_factory.mktemp("bolt") / "server")
    yield server
    server.close()


@pytest.fixture
def server(served: Bolt) -> Server:
    return served.database()


def ask(server: Server, query: str, **parameters: Any) -> list[dict[str, Any]]:
    """Return a query's answer, by a client that is not the exporter's."""
    with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        rows, _, _ = driver.execute_query(query, parameters, database_=server.database)
        return [row.data() for row in rows]


def snapshot(server: Server) -> Snapshot:
    """Return all that the server has."""
    nodes = ask(server, "MATCH (n) RETURN n.iri AS iri, labels(n) AS labels, properties(n) AS properties")
    ties = ask(server, "MATCH (a)-[r]->(b) RETURN a.iri AS a, type(r) AS type, b.iri AS b, properties(r) AS properties")
    found = {n["iri"]: (sorted(n["labels"]), plain(n["properties"])) for n in nodes}
    between = {(t["a"], t["type"], t["b"]): plain(t["properties"]) for t in ties}
    assert len(found) == len(nodes)
    assert len(between) == len(ties)
    return found, between


def plain(properties: dict[str, Any]) -> dict[str, Any]:
    return {k: v.to_native() if isinstance(v, Date) else v for k, v in properties.items()}


def wanted(graph: GraphStore) -> Snapshot:
    """Return what a server must have of a graph."""
    nodes, ties = property_graph(graph, Selection())
    return (
        {n.iri: (sorted(n.labels), {"iri": n.iri, **n.properties}) for n in nodes},
        {(t.source[0], t.type, t.target[0]): t.properties for t in ties},
    )


def sparql(graph: GraphStore, pattern: str) -> int:
    query = f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT * {{ {pattern} }} }}"
    found: Any = graph.store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    return int(next(iter(found))["n"].value)


def test_the_server_gets_what_sparql_counts(few: GraphStore, server: Server) -> None:
    changes = send(few, server, Selection())
    nodes, ties = snapshot(server)
    assert (nodes, ties) == wanted(few)
    assert changes == Changes(len(nodes), len(ties), 0, 0, 0)
    labels = Counter(label for found, _ in nodes.values() for label in found)
    types = Counter(type_ for _, type_, _ in ties)
    for label, pattern in {
        "Paper": "?n a kg:Paper",
        "Author": "?n a kg:Author",
        "Method": "?n a kg:Method",
        "Robot": "?n a kg:Robot",
        "Result": "?n a kg:Result ; kg:certainty kg:asserted",
    }.items():
        assert labels[label] == sparql(few, pattern) > 0
    for type_, pattern in {
        "CREATOR": "?s dcterms:creator ?o",
        "SUBJECT": "?s dcterms:subject ?o",
        "USES": "?s kg:uses ?o",
        "BUILDS_ON": "?s kg:buildsOn ?o",
    }.items():
        assert types[type_] == sparql(few, pattern) > 0
    aliases = sum(len(properties.get("aliases", ())) for _, properties in nodes.values())
    assert aliases == sparql(few, "?n skos:altLabel ?a") > 0
    days = sum("date" in properties for found, properties in nodes.values() if found == ["Paper"])
    assert days == sparql(few, "?p a kg:Paper ; dcterms:issued ?d FILTER(DATATYPE(?d) = xsd:date)") > 0


def test_a_second_export_writes_nothing(few: GraphStore, server: Server, served: Bolt) -> None:
    first = send(few, server, Selection())
    before, written, steps = snapshot(server), served.written(server), []
    assert written[0] == first.nodes_written
    assert written[1] >= first.ties_written, "a relationship is an update of its ends"

    def track(items: Iterable[int], total: int, what: str) -> Iterable[int]:
        steps.append((what, total))
        return items

    again = send(few, server, Selection(), track)
    assert again == Changes(0, 0, 0, 0, first.nodes_written + first.ties_written)
    assert len(steps) == 4
    assert {total for _, total in steps} == {0}
    assert served.written(server) == written
    assert snapshot(server) == before


def test_an_update_writes_what_changed_and_removes_what_is_gone(
    few_papers: tuple[ResolvedPaper, ...], made_graph: Callable[..., GraphStore], server: Server
) -> None:
    first = few_papers[0]
    moved = replace(first, paper=replace(first.paper, categories=(*first.paper.categories, "cs.MA")))
    old, new = made_graph(few_papers[:-1]), made_graph((moved, *few_papers[2:]))
    send(old, server, Selection())
    # What others put there stays: nodes, relationships, properties, and the properties that they noted on our nodes.
    ask(server, "CREATE (n:Note {iri: 'mine'})")
    shared = sorted(wanted(old)[0].keys() & wanted(new)[0].keys())
    ask(server, "UNWIND $iris AS iri MATCH (n {iri: iri}) SET n.rank = 7", iris=shared)
    ask(server, "MATCH (n:Note) MATCH (m:Paper {iri: $iri}) CREATE (n)-[:ABOUT]->(m)", iri=first_paper(shared))
    changes = send(new, server, Selection())
    nodes, ties = snapshot(server)
    assert nodes.pop("mine") == (["Note"], {"iri": "mine"})
    assert ties.pop(("mine", "ABOUT", first_paper(shared))) == {}
    assert {nodes[iri][1].pop("rank") for iri in shared} == {7}
    assert (nodes, ties) == wanted(new)
    (was, had), (is_, has) = wanted(old), wanted(new)
    assert changes.nodes_written == sum(was.get(iri) != node for iri, node in is_.items()) > 0
    assert changes.ties_written == sum(had.get(key) != tie for key, tie in has.items()) > 0
    assert changes.nodes_removed == len(was.keys() - is_.keys()) > 0
    assert changes.unchanged == len(is_) + len(has) - changes.nodes_written - changes.ties_written > 0
    assert send(new, server, Selection()).unchanged == len(is_) + len(has)


def first_paper(iris: list[str]) -> str:
    return next(iri for iri in iris if "arxiv.org/abs" in iri)


def test_the_cypher_of_the_folder_and_the_live_export_agree(few: GraphStore, server: Server) -> None:
    nodes, _ = property_graph(few, Selection())
    for statement in constraints():
        ask(server, statement)
    for clauses, rows in node_rows(nodes):
        ask(server, f"UNWIND $rows AS row\n{clauses}", rows=list(rows))
    changes = send(few, server, Selection())
    assert changes.nodes_written == 0
    assert changes.ties_written > 0
    assert snapshot(server) == wanted(few)


def test_a_node_of_another_kind_is_made_anew(few: GraphStore, server: Server) -> None:
    iri = next(iri for iri, (labels, _) in wanted(few)[0].items() if labels == ["Entity", "Method"])
    base = few.iris.base
    ask(server, "CREATE (n:Entity:Task {iri: $iri, _kg: 'old', _kg_graph: $base})", iri=iri, base=base)
    send(few, server, Selection())
    assert snapshot(server) == wanted(few)


@pytest.mark.parametrize("stop", range(3))
def test_an_interrupted_export_is_finished_by_the_next(
    few: GraphStore, server: Server, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    monkeypatch.setattr(bolt, "BATCH", 5)
    seen = counting()

    def stopping(items: Iterable[int], _total: int, _what: str) -> Iterator[int]:
        for item in items:
            if next(seen) == 4 * stop + 1:
                signal.raise_signal(signal.SIGINT)
            yield item

    with pytest.raises(KeyboardInterrupt):
        send(few, server, Selection(), stopping)
    written = sum(map(len, snapshot(server)))
    assert 0 < written < sum(map(len, wanted(few)))
    assert send(few, server, Selection()).unchanged == written
    assert snapshot(server) == wanted(few)


class Cutting(socketserver.ThreadingTCPServer):
    """A port before the server's that breaks the first connection over which a batch comes."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), PassingOn)
        self.behind = port
        self.cut = threading.Event()


class PassingOn(socketserver.BaseRequestHandler):
    """One connection."""

    server: Cutting

    def handle(self) -> None:
        """Pass everything on in both directions until one end or the cut closes it."""
        with socket.create_connection(("127.0.0.1", self.server.behind)) as behind:
            while ready := select.select((self.request, behind), (), ())[0]:
                for end in ready:
                    data = end.recv(65536)
                    if not data or (b"UNWIND" in data and not self.server.cut.is_set()):
                        if data:
                            self.server.cut.set()
                        return
                    (behind if end is self.request else self.request).sendall(data)


def test_a_node_that_somebody_made_is_described_or_refused(few: GraphStore, server: Server) -> None:
    nodes, _ = property_graph(few, Selection())
    taken = next(node for node in nodes if node.labels == ("Entity", "Method"))
    ask(server, "CREATE (n:Entity:Robot {iri: $iri, mine: 1})", iri=taken.iri)
    with pytest.raises(ExportError, match="1 nodes could not be written"):
        send(few, server, Selection())
    ask(server, "MATCH (n:Robot {mine: 1}) DELETE n")
    ask(server, "CREATE (n:Entity:Method {iri: $iri, mine: 1})", iri=taken.iri)
    send(few, server, Selection())
    found, ties = snapshot(server)
    assert found[taken.iri][1].pop("mine") == 1
    assert (found, ties) == wanted(few)


def test_a_connection_that_breaks_is_made_again(few: GraphStore, server: Server, served: Bolt) -> None:
    with Cutting(served.port) as between:
        threading.Thread(target=between.serve_forever, daemon=True).start()
        send(few, replace(server, uri=f"bolt://127.0.0.1:{between.server_address[1]}"), Selection())
        between.shutdown()
        assert between.cut.is_set()
    assert snapshot(server) == wanted(few)


texts = st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["it's", "\\", r"\u0027}) DETACH DELETE n //", "`", "$row", "a\r\nb", "nul\x00", "\u202eשלום", "😀", "x" * 100_000]
)


def test_every_text_comes_back(server: Server) -> None:
    for statement in constraints():
        ask(server, statement)
    driver = GraphDatabase.driver(server.uri, auth=(server.user, server.password))

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
    @given(text=texts)
    def check(text: str) -> None:
        node = Node("http://x/a", ("Entity", "Method"), {"label": text, "aliases": [text, "b"]})
        ((clauses, rows),) = [(clauses, list(rows)) for clauses, rows in node_steps([node])]
        with driver.session(database=server.database) as session:
            session.execute_write(bolt._written, clauses, rows)
            (row,) = session.run("MATCH (n:Entity) RETURN properties(n) AS p")
        assert row["p"] == {"iri": "http://x/a", "label": text, "aliases": [text, "b"]}

    with driver:
        check()


def test_a_wrong_password_and_what_does_not_answer(few: GraphStore, server: Server) -> None:
    with pytest.raises(ConfigError, match="refuses the user 'root'"):
        send(few, replace(server, password="wrong"), Selection())  # noqa: S106 - wrong on purpose
    with pytest.raises(ExportError, match="cannot be reached"):
        send(few, replace(server, uri=f"bolt://localhost:{_free_port()}"), Selection())
    with pytest.raises(ConfigError, match="not the address"):
        send(few, replace(server, uri="http://localhost"), Selection())
    with pytest.raises(ExportError, match="refused"):
        send(few, replace(server, database="none"), Selection())
    assert SECRET not in repr(server)


def test_without_the_driver_its_extra_is_named(few: GraphStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "neo4j", None)
    with pytest.raises(MissingExtraError, match=r"arxiv-kg\[neo4j\]"):
        send(few, Server("bolt://localhost", "neo4j", ""), Selection())


def kg(*args: object, password: str | None = SECRET) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != PASSWORD} | ({PASSWORD: password} if password else {})
    command = [sys.executable, "-m", "kg", "export", *map(str, args)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env=environment, stdin=subprocess.DEVNULL
    )


def test_the_command(few: GraphStore, server: Server) -> None:
    to = ("--to", "neo4j", "--uri", server.uri, "--user", "root", "--database", server.database)
    done = kg(few.folder, *to)
    assert done.stderr == ""
    assert done.stdout.endswith("0 and 0 removed, 0 unchanged\n")
    assert snapshot(server) == wanted(few)
    for refused, said in (
        (kg(few.folder, *to, password=None), "no password for the server. Set KG_NEO4J_PASSWORD."),
        (kg(few.folder, *to, password="wrong"), "refuses the user 'root'"),  # noqa: S106 - wrong on purpose
        (kg(few.folder, *to, "-o", "x"), "without -o"),
    ):
        assert refused.returncode == 2
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr
