"""Answers are written as the formats say; in tables, what papers contain makes no terminal or renderer act."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)
from rdflib import Graph

from kg.graph.results import (
    QUERY_PREFIXES,
    ROW_FORMATS,
    TRIPLE_FORMATS,
    Style,
    aligned,
    display_width,
    fold,
    markdown,
    markdown_text,
    plain,
    shortened,
    visible,
    write,
)
from kg.graph.vocab import name

BASE = "https://example.org/"
NASTY = 'a|b, "q"\n\x1b[31m <i>&\u202e 机器人'
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def store() -> Store:
    made = Store()
    paper = NamedNode("https://arxiv.org/abs/2512.04231")
    made.extend(
        [
            Quad(paper, name("rdfs:label"), Literal(NASTY)),
            Quad(paper, name("kg:score"), Literal(0.93)),
            Quad(paper, name("kg:proposes"), NamedNode(BASE + "thing/a%7Cb")),
            Quad(paper, name("kg:tldr"), Literal("好", language="zh")),
        ]
    )
    return made


def written(query: str, form: str | None, width: int | None = None, of: Store | None = None) -> bytes:
    out = io.BytesIO()
    write((of or store()).query(query, prefixes=QUERY_PREFIXES), form, out, Style(BASE, width))
    return out.getvalue()


ALL = "SELECT ?s ?p ?o ?none { ?s ?p ?o } ORDER BY ?p"
COPY = "CONSTRUCT WHERE { ?s ?p ?o }"


@pytest.mark.parametrize("form", ["json", "tsv"])
def test_rows_are_read_back_as_they_were(form: str) -> None:
    found = parse_query_results(written(ALL, form), getattr(QueryResultsFormat, form.upper()))
    assert isinstance(found, QuerySolutions)
    assert [tuple(row) for row in found] == [tuple(row) for row in store().query(ALL)]


def test_csv_holds_plain_values_with_nothing_altered() -> None:
    rows = list(csv.reader(io.StringIO(written(ALL, "csv").decode(), newline="")))
    assert rows[0] == ["s", "p", "o", "none"]
    assert [row[2] for row in rows[1:]] == [NASTY, BASE + "thing/a%7Cb", "0.93", "好"]


@pytest.mark.parametrize("form", ["xml", "rdfxml"])
def test_xml_is_well_formed_whatever_the_text(form: str) -> None:
    root = ET.fromstring(written(ALL if form == "xml" else COPY, form))  # noqa: S314  it is ours
    texts = [element.text for element in root.iter() if element.text and "机器人" in element.text]
    assert texts == [NASTY.replace("\x1b", "\ufffd")]


@pytest.mark.parametrize("form", TRIPLE_FORMATS)
def test_triples_are_read_back_as_they_were(form: str) -> None:
    formats = {"turtle": RdfFormat.TURTLE, "ntriples": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD}
    data = written(COPY, form)
    if form in formats:
        assert {q.triple for q in parse(data, formats[form])} == set(store().query(COPY))
    else:
        assert len(Graph().parse(data=data, format="xml")) == 4


def test_turtle_uses_the_prefixes() -> None:
    assert "paper:2512.04231" in written(COPY, None).decode()


@pytest.mark.parametrize("form", ROW_FORMATS)
def test_a_yes_or_no_is_written_in_every_format_of_rows(form: str) -> None:
    assert b"true" in written("ASK { ?s ?p ?o }", form)
    assert b"false" in written("ASK { ?s ?p 1 }", form)


def test_a_table_aligns_shortens_and_shows_what_is_there() -> None:
    assert written("SELECT ?s ?o { ?s kg:score|kg:proposes ?o } ORDER BY ?o", "table").decode().splitlines() == [
        "s                 o",
        "----------------  -----------",
        "paper:2512.04231  thing/a%7Cb",
        "paper:2512.04231  0.93",
    ]


def test_numbers_stand_at_the_right() -> None:
    query = "SELECT ?n (?n * 100 AS ?m) ?none { VALUES ?n { 7 12.5 } } ORDER BY ?n"
    assert written(query, None).decode().splitlines() == [
        "   n     m  none",
        "----  ----  ----",
        "   7   700",
        "12.5  1250",
    ]


def test_an_answer_without_rows_has_its_header() -> None:
    assert written("SELECT ?a ?b { ?a ?b 1 }", "table") == b"a  b\n-  -\n"
    assert written("SELECT ?a ?b { ?a ?b 1 }", "markdown") == b"| a | b |\n| --- | --- |\n"


def test_a_table_is_folded_to_the_terminal() -> None:
    lines = written("SELECT ?s ?l { ?s rdfs:label ?l }", "table", width=40).decode().splitlines()
    assert all(display_width(line) <= 40 for line in lines)
    assert lines[2].startswith("paper:2512.04231  a|b,")
    assert lines[3].startswith(" " * 18)


def test_markdown_escapes_and_links() -> None:
    lines = written(ALL, "markdown").decode().splitlines()
    assert lines[2] == (
        "| [paper:2512.04231](<https://arxiv.org/abs/2512.04231>) "
        "| [rdfs:label](<http://www.w3.org/2000/01/rdf-schema#label>) "
        '| a\\|b, "q" \\\\u001b\\[31m \\<i\\>\\&\\\\u202e 机器人 |  |'
    )
    assert "[thing/a%7Cb](<https://example.org/thing/a%7Cb>)" in lines[3]


def test_terms_that_are_no_iris() -> None:
    assert plain(BlankNode("x"), BASE) == "_:x"
    assert plain(Literal("a\tb", language="en"), BASE) == "a b"
    assert plain(None, BASE) == ""


def test_iris_are_shortened_where_that_is_unambiguous() -> None:
    assert shortened(BASE, BASE) == f"<{BASE}>"
    assert shortened("https://w3id.org/arxiv-kg/ns#Method", BASE) == "kg:Method"
    assert shortened("http://purl.org/dc/terms/", BASE) == "<http://purl.org/dc/terms/>"


@given(TEXT)
def test_nothing_that_a_terminal_acts_on_is_left(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(c) in {"Cc", "Zl", "Zp"} for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert visible(shown) == shown


def test_joined_emoji_and_accents_stay() -> None:
    assert visible("👩\u200d🔬 e\u0301") == "👩\u200d🔬 e\u0301"


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2)), st.none() | st.integers(20, 60))
def test_every_row_of_a_table_has_its_columns_in_line(cells: list[list[str]], width: int | None) -> None:
    rows = [[visible(cell) for cell in row] for row in cells]
    lines = aligned(["first", "second"], rows, [False, False], width).splitlines()
    columns = re.fullmatch(r"(-+)  (-+)", lines[1])
    assert columns is not None
    assert all(display_width(line) <= len(lines[1]) for line in lines)
    if width is None:
        assert len(lines) == len(rows) + 2
    elif len(lines[1]) > width:
        assert max(map(len, columns.groups())) <= 8


@given(TEXT, st.integers(2, 30))
def test_folding_loses_no_word(text: str, width: int) -> None:
    lines = fold(visible(text), width)
    assert all(display_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == visible(text).replace(" ", "")


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3)))
def test_cells_of_markdown_stay_cells(cells: list[list[str]]) -> None:
    table = markdown(["a", "b", "c"], [[markdown_text(cell) for cell in row] for row in cells])
    lines = table.split("\n")
    assert len(lines) == len(cells) + 3
    for line in lines[:-1]:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 4


def test_json_is_that_of_the_w3c() -> None:
    found: dict[str, Any] = json.loads(written("SELECT ?o { ?s kg:score ?o }", "json"))
    assert found == {
        "head": {"vars": ["o"]},
        "results": {
            "bindings": [
                {"o": {"type": "literal", "value": "0.93", "datatype": "http://www.w3.org/2001/XMLSchema#double"}}
            ]
        },
    }
