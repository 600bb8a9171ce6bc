"""XML text that every parser reads back as it was, but for what XML cannot hold."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.exporters.markup import Markup, attribute_types, clean
from kg.model import NetworkNode


@settings(deadline=None)
@given(st.text())
def test_text_survives_in_elements_and_attributes(text: str) -> None:
    stream = io.StringIO()
    markup = Markup(stream)
    markup.open("root", {"a": text})
    markup.text("leaf", text, {"b": text})
    markup.empty("none", {"c": True})
    markup.close("root")
    root = ET.fromstring(stream.getvalue().encode())  # noqa: S314 - our own
    assert [root.get("a"), root[0].get("b"), root[0].text or "", root[1].get("c")] == [clean(text)] * 3 + ["true"]


@settings(deadline=None)
@given(st.text())
def test_cleaning_keeps_length_and_is_final(text: str) -> None:
    assert len(clean(text)) == len(text)
    assert clean(clean(text)) == clean(text)


def test_an_attribute_with_two_types_is_refused() -> None:
    nodes = (NetworkNode("a", "Method", "A", {"x": 1}), NetworkNode("b", "Method", "B", {"x": 1.5}))
    with pytest.raises(TypeError, match="'x' is both int and float"):
        attribute_types(nodes)
