"""Every named query gives the rows it should on a small graph; no value of a parameter changes what a query asks."""

from __future__ import annotations

import io
import json
from re import fullmatch
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Store

from kg.errors import OntologyError, QueryError
from kg.graph import named
from kg.graph.named import NamedQuery
from kg.graph.names import ENTITIES, KINDS, find, folded, kind_of, nearest
from kg.graph.results import QUERY_PREFIXES, shortened
from kg.graph.syntax import tokens
from kg.graph.vocab import Iris
from kg.graph.worker import Request, answer
from kg.model import Extraction, Paper
from kg.resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from kg.graph.store import GraphStore
    from kg.model import ResolvedPaper

QUERIES = named.load()
NOT_SURROGATES = st.text(st.characters(exclude_categories=["Cs"]))

GRIP = ("paper:2601.00001", "GripNet: dexterous grasping on a Unitree G1")
PROBE = ("paper:2602.00021", "ProbeSet: GripNet on stairs")
STRIDE = ("paper:2601.00011", "StrideNet: legged locomotion on stairs")
SEES = ("paper:2601.00002", "Does OpenVLA see? A probe")
FALLS = ("paper:2601.00012", "Does StrideNet see the stairs?")
MAPS = ("paper:2512.00003", "Maps that forget")
GRIDS = ("paper:hep-th/9901001", "Grid models and grid-models")
QUOTES = ("paper/local%20paper%20%234", 'Quotes "and" backslashes, <b>tags</b> & 😀')
SQUARE = ("paper:2512.00013", "CM²: maps for π₀ with 100% recall & C++")

EXPECTED: Mapping[str, tuple[dict[str, str], list[tuple[str, ...]]]] = {
    "adopted": ({}, [("GripNet", GRIP[0], "uses", *PROBE)]),
    "authors-of-method": (
        {"thing": "gripnet"},
        [("GripNet", "Ada Lovelace", *GRIP), ("GripNet", "Émilie du Châtelet", *GRIP)],
    ),
    "authors-of-paper": (
        {"paper": "https://arxiv.org/abs/2601.00001v2"},
        [(GRIP[0], "1", "Ada Lovelace", "Ada Lovelace"), (GRIP[0], "2", *["Émilie du Châtelet"] * 2)],
    ),
    "authors-of-topic": ({"topic": "legged"}, [("Ada Lovelace", "1"), ("J. Müller", "1")]),
    "benchmarks-of-method": (
        {"method": "GripNet"},
        [
            ("GripNet", "LIBERO", *GRIP, "0.9", "asserted"),
            ("GripNet", "ProbeSet", *PROBE, "1", "asserted"),
        ],
    ),
    "co-authors": (
        {"author": "ada"},
        [
            ("Ada Lovelace", "Grace Hopper", "2"),
            ("Ada Lovelace", "J. Müller", "1"),
            ("Ada Lovelace", "Émilie du Châtelet", "1"),
        ],
    ),
    "comparisons": (
        {"thing": "openvla"},
        [("GripNet", "OpenVLA", GRIP[0], "0.9", "asserted", "OpenVLA. A Unitree G1 humanoid robot runs GripNet")],
    ),
    "doubtful": ({}, [("0.4", "ForgetMap", "usedFor", "mapping", MAPS[0], "ForgetMap, a mapping")]),
    "evidence": (
        {"thing": "libero", "other": "GripNet"},
        [
            (
                *("GripNet", "evaluatedOn", "LIBERO", "asserted", "0.9", GRIP[0]),
                "GripNet extends Diffusion Policy. On LIBERO",
            )
        ],
    ),
    "hardware": (
        {},
        [
            ("LiDAR", "uses", *MAPS),
            ("NVIDIA Jetson Orin", "deploysOn", *STRIDE),
            ("NVIDIA Jetson Orin", "deploysOn", *PROBE),
        ],
    ),
    "methods-for-task": (
        {"task": "Legged-Locomotion"},
        [
            ("legged locomotion", "StrideNet", *STRIDE, "1", "asserted"),
            ("legged locomotion", "stride-net", *FALLS, "1", "tentative"),
        ],
    ),
    "new-papers": (
        {"since": "2026-01-20"},
        [("2026-02-01", *PROBE, "ProbeSet"), ("2026-01-20", *SEES, "")],
    ),
    "newest": (
        {"limit": "5"},
        [
            ("2026-02-01", "ProbeSet", "Dataset", *PROBE),
            ("2026-01-07", "StrideNet", "Method", *STRIDE),
            ("2026-01-05", "GripNet", "Method", *GRIP),
            ("2025-12", "ForgetMap", "Method", *MAPS),
            ("2025-12", "CM²", "Method", *SQUARE),
        ],
    ),
    "offspring": (
        {"thing": "pytorch"},
        [("PyTorch", "ForgetMap"), ("PyTorch", "GripNet"), ("PyTorch", "HandKit")],
    ),
    "origins": (
        {"thing": "thing/gripnet"},
        [("GripNet", "Diffusion Policy"), ("GripNet", "HandKit"), ("GripNet", "PyTorch")],
    ),
    "papers-about": ({"thing": "GripNet"}, [("GripNet", "proposes", *GRIP, "1"), ("GripNet", "uses", *PROBE, "1")]),
    "papers-and-robots": (
        {},
        [(*MAPS, "aerial drone"), (*GRIP, "Unitree G1"), (*STRIDE, "Unitree Go2")],
    ),
    "family": (
        {"thing": "TrotNet"},
        [("TrotNet", "has variant", "TrotNet-2", "1"), ("TrotNet-2", "variant of", "TrotNet", "1")],
    ),
    "hubs": ({"limit": "1"}, [("StairSet", "Dataset", "3", "2")]),
    "merges": (
        {"limit": "2"},
        [
            ("Jetson Orin", "NVIDIA Jetson Orin", "vocabulary", "0.75", "2"),
            ("Unitree G1 humanoid robot", "Unitree G1", "vocabulary", "0.75", "1"),
        ],
    ),
    "papers-of-author": (
        {"author": "HOPPER"},
        [
            ("Grace Hopper", *PROBE, "2026-02-01"),
            ("Grace Hopper", *FALLS, "2026-01"),
            ("Grace Hopper", *MAPS, "2025-12"),
        ],
    ),
    "papers-of-category": (
        {"category": "CS.ro"},
        [
            ("cs.RO", *PROBE, "2026-02-01"),
            ("cs.RO", *SEES, "2026-01-20"),
            ("cs.RO", *STRIDE, "2026-01-07"),
            ("cs.RO", *GRIP, "2026-01-05"),
            ("cs.RO", *FALLS, "2026-01"),
            ("cs.RO", *MAPS, "2025-12"),
            ("cs.RO", *QUOTES, "2025-12"),
        ],
    ),
    "papers-on-robot": ({"robot": "Unitree G1"}, [(*GRIP, "Unitree G1", "2026-01-05")]),
    "papers-with-text": (
        {"text": "ON STAIRS"},
        [(*PROBE, "2026-02-01"), (*STRIDE, "2026-01-07"), (*FALLS, "2026-01")],
    ),
    "quarantined": (
        {},
        [
            (
                "evaluatesOn has no Hardware as object",
                GRIDS[1],
                "evaluatesOn",
                "FPGA",
                GRIDS[0],
                "Grid models run on FPGAs.",
            ),
            (
                *("usedFor has no Metric as subject", "Latency", "usedFor", "mapping", MAPS[0]),
                "mapping method for drones, uses PyTorch and a LiDAR. Latency",
            ),
            (
                *("usedFor has no Metric as subject", "Latency", "usedFor", "legged locomotion", FALLS[0]),
                "Latency is used for legged locomotion",
            ),
        ],
    ),
    "related-papers": (
        {"paper": "2601.00001", "limit": "2"},
        [(GRIP[0], *SEES, "3"), (GRIP[0], *STRIDE, "1")],
    ),
    "results-of": (
        {"method": "GripNet"},
        [
            ("GripNet", "success rate", "98.3%", "absolute", "LIBERO", "", GRIP[0]),
            ("GripNet", "success rate", "12%", "increase", "LIBERO", "OpenVLA", GRIP[0]),
        ],
    ),
    "results-on": (
        {"on": "libero"},
        [
            ("LIBERO", "success rate", "71%", "absolute", "OpenVLA", "", SEES[0]),
            ("LIBERO", "success rate", "98.3%", "absolute", "GripNet", "", GRIP[0]),
            ("LIBERO", "success rate", "12%", "increase", "GripNet", "OpenVLA", GRIP[0]),
        ],
    ),
    "robots-of-method": ({"method": "gripnet"}, [("GripNet", "Unitree G1", GRIP[0], "0.9", "asserted")]),
    "software": (
        {"software": ""},
        [
            ("C++", "uses", *SQUARE),
            ("MuJoCo", "trainsOn", *STRIDE),
            ("PyTorch", "uses", *MAPS),
            ("RoboStack", "uses", *STRIDE),
        ],
    ),
    "top-data": ({}, [("LIBERO", "Benchmark", "2")]),
    "top-methods": ({}, [("GripNet", "2"), ("OpenVLA", "2"), ("שלום עולם", "2")]),
    "top-tasks": (
        {"at_least": "1", "limit": "2"},
        [("dexterous grasping", "1"), ("legged locomotion", "1")],
    ),
    "uncertain": (
        {},
        [
            (
                *("hedged", "OpenVLA", "runsOn", "Unitree G1", SEES[0]),
                "OpenVLA on LIBERO; it may also run on a Unitree G1",
            ),
            (
                *("hedged", "stride-net", "runsOn", "Unitree Go2", FALLS[0]),
                "stride-net without training it on StairSet. It may run on a Unitree Go2",
            ),
            (
                *("negated", "stride-net", "trainedOn", "StairSet", FALLS[0]),
                "stride-net without training it on StairSet",
            ),
            (
                *("tentative", "stride-net", "usedFor", "legged locomotion", FALLS[0]),
                (
                    "stride-net without training it on StairSet. It may run on a Unitree Go2. Falls go down by 3. "
                    "Latency is used for legged locomotion"
                ),
            ),
        ],
    ),
}


def adopting() -> ResolvedPaper:
    """Return a paper that uses what another proposed."""
    paper = Paper(
        "2602.00021",
        "ProbeSet: GripNet on stairs",
        "ProbeSet is evaluated with GripNet. GripNet is part of HandKit, which builds on PyTorch. Jetson Orin runs it.",
        authors=("Grace Hopper",),
        categories=("cs.RO",),
        date="2026-02-01",
    )
    line = {
        "id": paper.id,
        "e": [
            ["ProbeSet", "Dataset", "proposes"],
            ["GripNet", "Method", "uses"],
            ["HandKit", "Method", "mentions"],
            ["PyTorch", "Software", "mentions"],
            ["Jetson Orin", "Hardware", "deploysOn"],
        ],
        "r": [[1, "evaluatedOn", 0], [1, "partOf", 2], [2, "buildsOn", 3]],
    }
    return resolve(paper, Extraction.from_gold(line, paper.text, "reader 1.0"))


@pytest.fixture(scope="module")
def graph(
    few_papers: tuple[ResolvedPaper, ...],
    varied: tuple[ResolvedPaper, ...],
    made_graph: Callable[[Iterable[ResolvedPaper]], GraphStore],
) -> GraphStore:
    return made_graph((*few_papers, *varied, adopting()))


def rows(graph: GraphStore, name: str, values: Mapping[str, str]) -> list[tuple[str, ...]]:
    out = io.BytesIO()
    answer(graph.store, Request("", graph.iris.base, name, named=True, values=values, format="json"), out)
    found = json.loads(out.getvalue())
    columns = found["head"]["vars"]
    return [tuple(cell(row.get(column), graph.iris.base) for column in columns) for row in found["results"]["bindings"]]


def cell(term: dict[str, str] | None, base: str) -> str:
    if term is None:
        return ""
    return shortened(term["value"], base) if term["type"] == "uri" else term["value"]


def test_every_query_is_tested() -> None:
    assert EXPECTED.keys() == QUERIES.keys()
    assert len(QUERIES) >= 18


@pytest.mark.parametrize("name", QUERIES)
def test_rows(graph: GraphStore, name: str) -> None:
    values, expected = EXPECTED[name]
    assert rows(graph, name, values) == expected


@pytest.mark.parametrize("name", [q.name for q in QUERIES.values() if any(p.default == "" for p in q.parameters)])
def test_an_optional_name_that_is_not_given_lets_all_through(graph: GraphStore, name: str) -> None:
    needed = {p.name: EXPECTED[name][0][p.name] for p in QUERIES[name].parameters if p.default is None}
    found = rows(graph, name, needed)
    assert len(found) > 0
    assert set(EXPECTED[name][1]) <= set(found)


def groups(query: str) -> Iterable[list[str]]:
    """Yield the tokens directly within each pair of braces."""
    open_groups: list[list[str]] = [[]]
    for token in tokens(query):
        if token.text == "{":
            open_groups[-1].append("{}")
            open_groups.append([])
        elif token.text == "}":
            yield open_groups.pop()
        else:
            open_groups[-1].append(token.text)


@pytest.mark.parametrize("name", QUERIES)
def test_required_patterns_come_before_optional_ones(name: str) -> None:
    for words in groups(QUERIES[name].text):
        if "OPTIONAL" in words:
            after = words[words.index("OPTIONAL") :]
            depth, outside = 0, []
            for word in after:
                depth += (word == "(") - (word == ")")
                if depth == 0 and word not in {"OPTIONAL", "{}", "FILTER", "BIND", ")"}:
                    outside.append(word)
            assert outside == []


@pytest.mark.parametrize("name", QUERIES)
def test_the_order_of_rows_is_said(name: str) -> None:
    assert "ORDER BY" in QUERIES[name].text


def test_the_example_of_every_query_is_enough() -> None:
    for query in QUERIES.values():
        assert query.check(query.example).keys() == {p.name for p in query.parameters}


def test_the_page_of_the_documentation_is_up_to_date(request: pytest.FixtureRequest) -> None:
    path = request.config.rootpath / "docs" / "queries.md"
    assert path.read_text(encoding="utf-8") == named.page(QUERIES), "run python docs/make_queries_docs.py"


@given(NOT_SURROGATES)
@example("\\u0022 . } # '")
@example('"""\\')
@example("\x00\n\r")
def test_a_text_comes_through_a_query_as_it_is(text: str) -> None:
    query = NamedQuery("q", "", "", (named.Parameter("x", "text", None, ""),), {}, "SELECT ($x AS ?y) {} # $x")
    bound = query.bind({"x": text}, Store(), Iris())
    (row,) = Store().query(bound)
    assert row["y"] == Literal(text)
    assert kinds(bound) == "word sign string word variable sign sign sign"


SHAPES = {"text": "string", "date": "string", "integer": "word", "number": "string sign sign iri"}


@settings(deadline=None, max_examples=25)
@given(NOT_SURROGATES)
@example("GripNet")
@example("2025-12")
@example("1")
@example("thing/gripnet> ?x . <")
@example('")) } INSERT')
@example("  ")
def test_no_value_changes_what_a_named_query_asks(graph: GraphStore, text: str) -> None:
    for query in QUERIES.values():
        values = dict(EXPECTED[query.name][0]) | {p.name: text for p in query.parameters}
        try:
            bound = query.bind(values, graph.store, graph.iris)
        except QueryError:
            continue
        expected = []
        for token in tokens(query.text):
            own = next((p for p in query.parameters if token.text == f"${p.name}"), None)
            expected.append(token.kind if own is None else SHAPES.get(own.type, "iris or UNDEF"))
        assert fullmatch(" ".join(expected).replace("iris or UNDEF", "(iri|word)( iri)*"), kinds(bound))
        list(graph.store.query(bound, prefixes=QUERY_PREFIXES, use_default_graph_as_union=True))


def kinds(query: str) -> str:
    return " ".join(token.kind for token in tokens(query))


def failing(query: str, values: Mapping[str, str], graph: GraphStore) -> QueryError:
    with pytest.raises(QueryError) as caught:
        rows(graph, query, values)
    return caught.value


def test_a_missing_parameter_is_asked_for(graph: GraphStore) -> None:
    error = failing("papers-on-robot", {}, graph)
    assert "needs robot" in error.message
    assert error.remedy == f'Give it with -p robot="{QUERIES["papers-on-robot"].example["robot"]}".'


def test_an_unknown_parameter_is_named(graph: GraphStore) -> None:
    assert str(failing("papers-on-robot", {"robt": "x"}, graph)) == (
        "papers-on-robot has no parameter 'robt'. It has: robot."
    )
    assert failing("quarantined", {"robt": "x"}, graph).remedy == "It takes none."


def test_an_unknown_query_is_answered_with_the_nearest(graph: GraphStore) -> None:
    assert failing("paper-on-robots", {}, graph).remedy.startswith("Did you mean papers-on-robot")
    assert failing("zzz", {}, graph).remedy == "kg query --list shows all."


def test_an_unknown_name_is_answered_with_the_nearest(graph: GraphStore) -> None:
    error = failing("papers-on-robot", {"robot": "Unitre G1"}, graph)
    assert error.message == "no Robot of the graph is called 'Unitre G1'"
    assert error.remedy == "Did you mean 'Unitree G1' or 'Unitree Go2'?"


def test_a_name_of_another_kind_is_said_to_be_one(graph: GraphStore) -> None:
    error = failing("papers-on-robot", {"robot": "LIBERO"}, graph)
    assert error.message == "no Robot of the graph is called 'LIBERO' (but a Benchmark)"
    assert error.remedy == "kg show finds names."
    assert "no node of the graph" in failing("origins", {"thing": "zzz"}, graph).message


@pytest.mark.parametrize(
    ("query", "values", "message"),
    [
        ("newest", {"limit": "ten"}, "limit is a whole number, not 'ten'"),
        ("newest", {"limit": "-1"}, "limit is a whole number, not '-1'"),
        ("newest", {"limit": "1" * 5000}, "limit is a whole number"),
        ("newest", {"limit": "٣"}, "limit is a whole number"),
        ("doubtful", {"below": "0.5 }"}, "below is a number, not '0.5 }'"),
        ("new-papers", {"since": "yesterday"}, "since is a date, not 'yesterday'"),
        ("new-papers", {"since": "2025-13"}, "since is a date"),
        ("papers-with-text", {"text": "\udcff"}, "text is not text"),
        ("papers-on-robot", {"robot": ""}, "no Robot of the graph is called ''"),
    ],
)
def test_a_malformed_value_is_refused(graph: GraphStore, query: str, values: dict[str, str], message: str) -> None:
    assert failing(query, values, graph).message.startswith(message)


def test_numbers_and_dates_are_taken_as_such(graph: GraphStore) -> None:
    assert rows(graph, "doubtful", {"below": "0.3"}) == []
    assert len(rows(graph, "doubtful", {"below": " 0.95 ", "limit": " 2 "})) == 2
    assert len(rows(graph, "new-papers", {"since": "2026"})) == 5


def test_of_uncertain_claims_those_with_the_highest_scores_are_kept(graph: GraphStore) -> None:
    every, kept = rows(graph, "uncertain", {}), rows(graph, "uncertain", {"limit": "2"})
    assert len(kept) == 2
    assert set(kept) < set(every)
    scored = graph.store.query(
        "SELECT ?a ?b ?score { ?c kg:certainty ?d ; kg:score ?score ; rdf:subject/rdfs:label ?a . "
        "?c rdf:object/rdfs:label ?b FILTER(?d IN (kg:tentative, kg:hedged, kg:negated)) }",
        prefixes=QUERY_PREFIXES,
        use_default_graph_as_union=True,
    )
    scores = {(row["a"].value, row["b"].value): float(row["score"].value) for row in scored}
    least = min(scores[row[1], row[3]] for row in kept)
    assert all(scores[row[1], row[3]] <= least for row in every if row not in kept)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# question: q?\nASK {}", "incomplete"),
        ("# title: t\n# question: q?\n# param: a | required | an a\nASK {}", "declared or used, not both: a"),
        ("# title: t\n# question: q?\nASK { ?s ?p $b }", "declared or used, not both: b"),
        ("# title: t\n# question: q?\n# param: a | perhaps | an a\nASK { ?s ?p $a }", "neither required nor optional"),
        ("# title: t\n# question: q?\n# param: a Robt | required | an a\nASK { ?s ?p $a }", "unknown type: Robt"),
        ("# title: t\n# question: q?\n# param: a | required\nASK { ?s ?p $a }", "incomplete"),
        ("# title: t\n# question: q?\n# param: a | required | an a\nASK { ?s ?p $a }", "does not give"),
        ("# title: t\n# question: q?\n# example: a=1\nASK {}", "does not give"),
    ],
)
def test_a_broken_file_is_found(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "broken.rq").write_text(text, encoding="utf-8")
    with pytest.raises(OntologyError, match=reason) as caught:
        named.load(tmp_path)
    assert caught.value.path == tmp_path / "broken.rq"


def test_names_are_found_whatever_the_case_and_the_hyphens(graph: GraphStore) -> None:
    def labels(text: str, **options: object) -> list[str]:
        return [node.label for node in find(graph.store, graph.iris, text, **options)]  # type: ignore[arg-type]

    assert labels("UNITREE-G1", kinds=ENTITIES) == labels("g1", kinds={"Robot"}) == ["Unitree G1"]
    assert labels("unitree", kinds={"Robot"}) == ["Unitree G1", "Unitree Go2"]
    assert labels("nitree") == []
    assert labels("unitree", whole=True) == []
    assert labels("gripnet", kinds=ENTITIES) == labels("thing/gripnet") == ["GripNet"]
    assert labels("C++") == ["C++", SQUARE[1]]
    assert labels("a|b; c") == ["A|B; C", 'A|B; C, "Q"']
    assert labels("arXiv:2601.00001v3") == [GRIP[1]]
    assert labels("local paper #4") == [QUOTES[1]]
    assert labels("cs.ro") == ["cs.RO"]
    assert labels("--- ") == []
    assert labels("https://example.org/none") == []
    assert labels("kg:Method") == []


@settings(deadline=None, max_examples=50)
@given(NOT_SURROGATES)
@example("|/")
def test_looking_up_any_text_is_safe(graph: GraphStore, text: str) -> None:
    for whole in (False, True):
        for node in find(graph.store, graph.iris, text, whole=whole):
            assert kind_of(graph.store, NamedNode(node.iri)) == node.kind
    assert len(nearest(graph.store, text)) <= 3


def test_whatever_has_a_name_is_found_by_it(graph: GraphStore) -> None:
    labels = graph.store.query(
        "SELECT DISTINCT ?n ?l { ?n skos:prefLabel|skos:altLabel|skos:notation ?l }",
        prefixes=QUERY_PREFIXES,
        use_default_graph_as_union=True,
    )
    for node, label in labels:
        if folded(label.value):
            assert node.value in {found.iri for found in find(graph.store, graph.iris, label.value, whole=True)}
            assert kind_of(graph.store, node) in KINDS


def test_near_names_are_of_the_kinds_asked_for(graph: GraphStore) -> None:
    assert nearest(graph.store, "Unitre G1") == ("Unitree G1", "Unitree Go2")
    assert nearest(graph.store, "Unitre G1", {"Method"}) == ()
    assert nearest(graph.store, "ada lovelase", {"Author"}) == ("Ada Lovelace",)
    assert nearest(graph.store, "hep th", {"Category"}) == ("hep-th",)
    assert nearest(graph.store, "") == ()
