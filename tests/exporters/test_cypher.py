"""Cypher literals hold any text safely; checked by a real engine and by hand where engines differ."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.exporters import cypher as written
from kg.exporters.cypher import literal, merge

if TYPE_CHECKING:
    from tests.exporters.conftest import Engine

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [
        "it's",
        "\\",
        "\\'",
        r"\u0027}) DETACH DELETE n //",
        r"\\u0027",
        "`",
        "$x",
        "{{}}",
        "nul\x00",
        "\u2028",
        "😀",
        "x" * 100_000,
    ]
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (0.5, "0.5"),
        (dt.date(2025, 12, 4), "date('2025-12-04')"),
        (["a", "b'"], r"['a', 'b\'']"),
        ([], "[]"),
        ("a\nb", r"'a\u000Ab'"),
        (r"\n", r"'\\n'"),
        (r"\u0027", r"'\\\u00750027'"),
    ],
)
def test_literals(value: written.Value, text: str) -> None:
    assert literal(value) == text


@settings(deadline=None)
@given(texts)
def test_no_text_ends_its_string_even_where_escapes_are_replaced_first(text: str) -> None:
    """Read the literal as a parser that replaces escapes of code points before it looks for the string's end."""
    inner = literal(text)[1:-1]
    replaced, i = [], 0
    while i < len(inner):
        if inner.startswith("\\u", i):
            character = chr(int(inner[i + 2 : i + 6], 16))
            assert character not in "'\\"
            replaced.append(character)
            i += 6
        else:
            replaced.append(inner[i])
            i += 1
    joined, result, escaped = "".join(replaced), [], False
    for character in joined:
        assert escaped or character != "'"
        if escaped or character != "\\":
            result.append(character)
            escaped = False
        else:
            escaped = True
    assert "".join(result) == text


def test_a_real_engine_reads_every_text_back(cypher: Engine) -> None:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
    @given(text=texts)
    def check(text: str) -> None:
        rows = cypher.run(
            f"UNWIND [{{a: {literal(text)}, b: {literal([text, 'x'])}}}] AS row RETURN row.a AS a, row.b AS b"
        )
        assert rows == [{"a": text, "b": [text, "x"]}]

    check()


def test_rows_come_in_batches() -> None:
    stream = io.StringIO()
    merge(stream, ({"n": i} for i in range(written.BATCH + 1)), "RETURN row.n")
    statements = stream.getvalue().split(";\n\n")
    assert len(statements) == 3
    assert statements[1] == f"UNWIND [\n{{n: {written.BATCH}}}\n] AS row\nRETURN row.n"
    assert statements[2] == ""


def test_no_rows_no_statement() -> None:
    stream = io.StringIO()
    merge(stream, (), "RETURN 1")
    assert stream.getvalue() == ""
