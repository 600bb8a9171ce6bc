"""A graph is asked in a process that a time limit, Ctrl-C or a reader who turns away really ends; it can only read."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, Store

from kg.errors import ConfigError, KGError, QueryError
from kg.graph import sparql
from kg.graph.sparql import FORMATS, ROW_FORMATS, TRIPLE_FORMATS, ask, ask_named
from kg.graph.syntax import explain, refuse_writing_and_asking_others, tokens
from kg.graph.vocab import name
from kg.graph.worker import Request, answer, limit, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kg.graph.store import GraphStore

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
FLOOD = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Return the worker processes that are started from now on; they run as ever."""
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            started.append(self)

    monkeypatch.setattr(sparql, "Popen", Noted)
    return started


def text(answer: Iterator[bytes]) -> str:
    return b"".join(answer).decode()


def local(graph: GraphStore, query: str, **options: Any) -> str:
    """Return what a worker would write, asked in this process."""
    out = io.BytesIO()
    answer(graph.store, Request("", graph.iris.base, query, **options), out)
    return out.getvalue().decode()


def refusal(graph: GraphStore, query: str, **options: Any) -> QueryError:
    with pytest.raises(QueryError) as caught:
        local(graph, query, **options)
    return caught.value


def test_a_query_is_answered(few: GraphStore) -> None:
    query = "SELECT ?robot { ?paper kg:deploysOn ?robot } ORDER BY ?robot"
    assert text(ask(few.folder, query, format="csv")).splitlines() == [
        "robot",
        "https://w3id.org/arxiv-kg/id/thing/aerial-drone",
        "https://w3id.org/arxiv-kg/id/thing/unitree-g1",
    ]


def test_a_named_query_is_answered(few: GraphStore) -> None:
    found = text(ask_named(few.folder, "papers-on-robot", {"robot": "g1"}, format="tsv")).splitlines()
    assert len(found) == 2
    assert "GripNet: dexterous grasping on a Unitree G1" in found[1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ASK { ?p a kg:Paper ; rdfs:label ?l ; dcterms:title ?t }", "true\n"),
        ("ASK { ?e skos:prefLabel ?l . ?c prov:wasGeneratedBy/a prov:Activity . ?s oa:hasSelector ?x }", "true\n"),
        (
            "ASK { paper:2601.00001 bibo:doi ?d ; schema:keywords ?k ; dcterms:issued ?i . ?x rdf:predicate ?y }",
            "true\n",
        ),
        ("ASK { <thing/gripnet> a kg:Method }", "true\n"),
        ("ASK { ?x a foaf:Person }", "false\n"),
        ("ASK { ?x kg:score ?y FILTER(DATATYPE(?y) = xsd:double) }", "true\n"),
        ("ASK { paper:2601.00001 kg:proposes <thing/gripnet> . <thing/gripnet> skos:prefLabel 'GripNet' }", "true\n"),
        ("ASK FROM <graph/entities> { ?p a kg:Paper }", "false\n"),
        ("ASK FROM <graph/2601.00001> { ?p a kg:Paper }", "true\n"),
        ("ASK { GRAPH <graph/entities> { ?e skos:prefLabel 'GripNet' } }", "true\n"),
    ],
)
def test_prefixes_base_and_the_union_of_all_graphs_are_there(few: GraphStore, query: str, expected: str) -> None:
    assert local(few, query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { <a> <b> <c> }",
        "PREFIX a: <b>\n# c\nDELETE WHERE { ?s ?p ?o }",
        "load <http://127.0.0.1/x>",
        "CLEAR ALL",
        "WITH <g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_an_update_is_refused(few: GraphStore, query: str) -> None:
    with pytest.raises(QueryError, match="a query only reads"):
        ask(few.folder, query)
    assert "would change the graph" in refusal(few, query).message


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9999/> { ?s ?p ?o } }",
        "SELECT * { service SILENT <http://127.0.0.1:9999/> { ?s ?p ?o } }",
        "SELECT * {SERVICE<http://127.0.0.1:9999/>{?s ?p ?o}}",
        "PREFIX : <http://127.0.0.1:9999/> SELECT * {SERVICE:x{?s ?p ?o}}",
        "SELECT * {?s ?p trueSERVICE<http://127.0.0.1:9999/>{?s ?p ?o}}",
        "PREFIX : <http://127.0.0.1:9999/> SELECT * {?s ?p 1SERVICE:x{?s ?p ?o}}",
        "PREFIX e: <http://a/> SELECT * {?s e:p\\#x ?o.SERVICE<http://127.0.0.1:9999/>{}}",
        "SELECT * {?s ?p 'it\\'s' SERVICE <http://127.0.0.1:9999/> {} # '\n}",
        'SELECT * { ?s ?p """a""" . SERVICE <http://127.0.0.1:9999/> {} #"""\n}',
        "SELECT * { VALUES ?e { <http://127.0.0.1:9999/> } SERVICE ?e {} }",
    ],
)
def test_another_server_is_never_asked(few: GraphStore, query: str) -> None:
    with pytest.raises(QueryError, match="SERVICE is refused"):
        ask(few.folder, query)
    assert "stays on this machine" in refusal(few, query).message


def test_the_word_may_stand_in_texts_names_and_comments(few: GraphStore) -> None:
    query = "ASK { ?service schema:service 'SERVICE', '''SERVICE ''', <http://a/service> } # SERVICE"
    assert local(few, query) == "false\n"


def test_oxigraph_has_no_other_spelling_of_the_word() -> None:
    with pytest.raises(SyntaxError):
        Store().query("SELECT * { \\u0053ERVICE <http://127.0.0.1:9999/> { ?s ?p ?o } }")


@given(st.text(st.sampled_from(" {}<>'\"\\#\n.:?$@aSERVICE127/()")))
@example("'\\'")
def test_every_character_is_a_word_s_or_between_words(query: str) -> None:
    end = 0
    for token in tokens(query):
        assert query[token.start : token.start + len(token.text)] == token.text
        between = query[end : token.start]
        assert not between or between[0].isspace() or between[0] == "#"
        end = token.start + len(token.text)


@settings(deadline=None)
@given(st.text(st.sampled_from("<>'\"\\#\n.:?a "), max_size=12))
@example("?x a true")
@example("?a a <b> . #")
@example("?x a 'a\\'")
@example('?x a """a"')
def test_what_passes_the_check_asks_nobody(before: str) -> None:
    query = f"SELECT * {{ {before} SERVICE <http://127.0.0.1:1/> {{ ?s ?p ?o }} }}"
    try:
        refuse_writing_and_asking_others(query)
    except QueryError:
        return
    store = Store()
    store.add(Quad(name("kg:a"), name("kg:a"), name("kg:a")))
    with suppress(SyntaxError, RuntimeError):
        list(store.query(query, base_iri="https://example.org/"))


@pytest.mark.parametrize(
    ("query", "message", "remedy"),
    [
        ("SELECT * {\n ?s ?p zz:y }", "line 2, column 8: unknown prefix zz:", "Declare it with PREFIX zz: <…>"),
        ("SELECT * { ?s skoss:y ?o }", "line 1, column 15: unknown prefix skoss:", "Did you mean skos: there?"),
        ("SELECT * {\n ?s ?p ?o", "line 1, column 10: this { is never closed", ""),
        ("SELECT * { ?s ?p (1 2 }", "line 1, column 23: this } closes nothing", ""),
        ("SELECT * { ?s ?p ?o } }", "line 1, column 23: this } closes nothing", ""),
        ("SELECT * { ?s ?p 'a }", "line 1, column 18: the text that begins here does not end", ""),
        ("SELEC * { ?s ?p ?o }", "a query begins with ASK, CONSTRUCT, DESCRIBE, SELECT, not with SELEC", ""),
        (" # hello", "a query begins with ASK, CONSTRUCT, DESCRIBE, SELECT, and this one is empty", ""),
        ("SELECT ?s ?o { ?s ?p ?o } GROUP BY ?s", "line 1, column 38: The SELECT contains a variable that is unb", ""),
        ("PREFIX zz: <http://z/> SELECT * { ?s zz:p }", "line 1, column 43 (}): the query cannot be understood", ""),
        ("SELECT * { ?s ?p 1 . ?s ?p _:a } GROUP BY ?s", "the query cannot be understood", ""),
        ("SELECT ?s { ?s ?p }", "line 1, column 20: the query cannot be understood", ""),
        ("SELECT ?s { ?s ?p ?o } ORDER BY ?s ;", "the query cannot be understood", "The parser waited for"),
        ("SELECT ?s { ?s ?p ?o } LIMIT 5 OFFSET x", "line 1, column 39 (x): the query cannot be understood", ""),
        ("SELECT (<http://x>(1) AS ?s) {}", "the query cannot be answered: The custom function <http://x>", ""),
    ],
)
def test_a_wrong_query_is_explained(few: GraphStore, query: str, message: str, remedy: str) -> None:
    error = refusal(few, query)
    assert message in error.message
    assert error.remedy.startswith(remedy)


def test_a_complaint_without_a_place_is_passed_on() -> None:
    assert explain("ASK {}", "something odd", ()).message == "the query is wrong: something odd"


def test_the_line_of_a_mistake_comes_with_the_error(few: GraphStore) -> None:
    with pytest.raises(QueryError, match="unknown prefix") as caught:
        text(ask(few.folder, "SELECT *\n{ ?s zz:p ?o }"))
    assert caught.value.line == 2


@given(st.text(max_size=30), st.sampled_from(["SELECT * { {} }", "ASK {}", "{}"]))
def test_any_text_is_answered_or_explained(query: str, frame: str) -> None:
    request = Request("", "https://example.org/", frame.replace("{}", query))
    with suppress(QueryError):
        answer(Store(), request, io.BytesIO())


@pytest.mark.parametrize("query", ["SELECT ?s { ?s a kg:Paper }", "ASK {}"])
def test_rows_are_not_written_as_triples(few: GraphStore, query: str) -> None:
    error = refusal(few, query, format="turtle")
    assert error.message == "SELECT and ASK give rows, which cannot be written as turtle"
    assert error.remedy == "Use table, markdown, csv, tsv, json, xml."


def test_triples_are_not_written_as_rows(few: GraphStore) -> None:
    error = refusal(few, "CONSTRUCT WHERE { ?s a kg:Paper }", format="table")
    assert error.message == "CONSTRUCT and DESCRIBE give triples, which cannot be written as table"
    assert error.remedy == "Use turtle, ntriples, jsonld, rdfxml."


def test_an_unknown_format_is_refused(few: GraphStore) -> None:
    for call in (lambda: ask(few.folder, "ASK {}", format="xls"), lambda: ask_named(few.folder, "x", {}, format="xls")):
        with pytest.raises(QueryError, match="unknown format 'xls'") as caught:
            call()
        assert set(FORMATS) == set(caught.value.remedy.removeprefix("Use ").removesuffix(".").split(", "))
    assert set(FORMATS) == {*ROW_FORMATS, *TRIPLE_FORMATS}


def test_a_named_query_is_checked_before_anything_is_started(
    few: GraphStore, workers: list[subprocess.Popen[bytes]]
) -> None:
    with pytest.raises(QueryError, match="no query is called"):
        ask_named(few.folder, "paper-on-robots", {})
    with pytest.raises(QueryError, match="needs robot"):
        ask_named(few.folder, "papers-on-robot", {})
    with pytest.raises(QueryError, match="no Robot"):
        text(ask_named(few.folder, "papers-on-robot", {"robot": "zzz"}))
    assert len(workers) == 1


def test_a_folder_without_a_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no graph folder"):
        ask(tmp_path, "ASK {}")


def test_a_query_that_takes_too_long_is_stopped(few: GraphStore, workers: list[subprocess.Popen[bytes]]) -> None:
    started = time.monotonic()
    with pytest.raises(QueryError, match=r"stopped after 0\.5 seconds"):
        text(ask(few.folder, ENDLESS, timeout=0.5))
    assert time.monotonic() - started < 10
    assert workers[0].returncode is not None


def test_pieces_come_before_the_end_and_a_reader_may_turn_away(
    few: GraphStore, workers: list[subprocess.Popen[bytes]]
) -> None:
    pieces = ask(few.folder, FLOOD, format="csv", timeout=60)
    assert next(pieces).startswith(b"a,b,c,")
    assert workers[0].poll() is None
    pieces.close()  # type: ignore[attr-defined]  # it is a generator
    assert workers[0].returncode is not None


def test_time_in_which_nobody_waits_does_not_count(few: GraphStore) -> None:
    pieces = ask(few.folder, FLOOD, format="csv", timeout=4)
    next(pieces)
    time.sleep(4.2)
    assert next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # it is a generator


def test_a_query_may_be_given_all_the_time(few: GraphStore) -> None:
    assert text(ask(few.folder, "ASK {}", timeout=None)) == "true\n"


@pytest.mark.parametrize("interrupt", [os.kill, os.killpg])
def test_ctrl_c_ends_the_worker_too(few: GraphStore, interrupt: Callable[[int, int], None]) -> None:
    script = (
        "import pathlib, sys; from kg.graph.sparql import ask\n"
        "try:\n"
        "    answer = ask(pathlib.Path(sys.argv[1]), sys.argv[2], format='csv')\n"
        "    print('asked', next(answer)[:1], flush=True)\n"
        "    while True: next(answer)\n"
        "except KeyboardInterrupt: sys.exit(130)\n"
    )
    command = [sys.executable, "-P", "-c", script, str(few.folder), FLOOD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as asker:
        assert asker.stdout is not None
        assert asker.stdout.readline().startswith(b"asked")
        interrupt(asker.pid, signal.SIGINT)
        assert asker.wait(20) == 130
    with pytest.raises(ProcessLookupError):
        os.killpg(asker.pid, 0)


def test_a_worker_that_nobody_watches_ends_by_itself() -> None:
    code = "from kg.graph.worker import limit\nlimit(1)\nwhile True: pass"
    assert subprocess.run([sys.executable, "-P", "-c", code], check=False).returncode == -signal.SIGXCPU


def test_a_worker_may_take_half_of_the_memory() -> None:
    code = "from kg.graph.worker import limit\nlimit(None)\nb = bytearray(1 << 46)"
    done = subprocess.run([sys.executable, "-P", "-c", code], check=False, capture_output=True)
    assert done.stderr.strip().endswith(b"MemoryError")


def test_where_the_system_has_no_limits_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    limit(0.0)


@pytest.mark.parametrize(
    ("status", "complaint", "message"),
    [
        (-signal.SIGABRT, b"memory allocation of 64 bytes failed", "the query needed too much memory"),
        (-signal.SIGKILL, b"", "the query needed too much memory"),
        (1, b"Traceback\nMemoryError", "the query needed too much memory"),
        (1, b"Traceback\nImportError: no kg\n", "the query failed: ImportError: no kg"),
        (-signal.SIGSEGV, b"", "the query failed: status -11"),
        (2, json.dumps({"message": "m", "remedy": "r", "line": 3}).encode(), "m"),
    ],
)
def test_the_end_of_a_worker_is_understood(status: int, complaint: bytes, message: str) -> None:
    assert sparql._failure(status, complaint).message == message


def test_a_worker_that_cannot_start_is_an_error(few: GraphStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparql, "_COMMAND", (sys.executable, "-c", "import sys; sys.exit('cannot start')"))
    with pytest.raises(QueryError, match="the query failed: cannot start"):
        text(ask(few.folder, f"ASK {{}} # {'long' * 100_000}"))


def served(request: Request) -> tuple[int, bytes, str]:
    out, errors = io.BytesIO(), io.StringIO()
    status = serve(Request.from_json(request.to_json()), out, errors)
    return status, out.getvalue(), errors.getvalue()


def test_a_worker_writes_the_answer_or_the_error(few: GraphStore) -> None:
    (store,) = few.folder.glob("store-*")
    request = Request(str(store), few.iris.base, "ASK {}")
    assert served(request) == (0, b"true\n", "")
    status, out, errors = served(replace(request, text="ASK {"))
    assert (status, out) == (KGError.exit_code, b"")
    assert json.loads(errors) == {"message": "line 1, column 5: this { is never closed", "remedy": "", "line": None}
    status, out, errors = served(replace(request, store=str(few.folder / "gone")))
    assert (status, out) == (KGError.exit_code, b"")
    assert json.loads(errors)["message"].startswith("the graph cannot be read: ")


def test_a_reader_who_has_gone_is_no_error_of_the_query(few: GraphStore) -> None:
    class Closed(io.BytesIO):
        def write(self, _: object) -> int:
            raise BrokenPipeError

    (store,) = few.folder.glob("store-*")
    errors = io.StringIO()
    assert serve(Request(str(store), few.iris.base, "ASK {}", format="json"), Closed(), errors) == KGError.exit_code
    assert "cannot be answered" not in errors.getvalue()
