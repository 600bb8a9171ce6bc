"""IRIs: readable, and never the same for different things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ConfigError
from kg.graph.vocab import DEFAULT_BASE, PREFIXES, Iris, curie, name, plain_id
from kg.model import Span

IRIS = Iris("https://example.org/graph#")
TEXTS = st.text(max_size=20)


@pytest.mark.parametrize(
    "base", ["", "/", "example.org/", "https://example.org", "https://exa mple.org/", "1a:/", "a/"]
)
def test_a_base_must_be_an_iri_to_append_to(base: str) -> None:
    with pytest.raises(ConfigError, match="no base for IRIs") as caught:
        Iris(base)
    assert caught.value.remedy


def test_iris_are_readable() -> None:
    iris = Iris()
    assert iris.base == DEFAULT_BASE
    assert iris.paper("hep-th/9901001").value == "https://arxiv.org/abs/hep-th/9901001"
    assert iris.paper("2512.04231v2").value == f"{DEFAULT_BASE}paper/2512.04231v2"
    assert iris.paper("my paper").value == f"{DEFAULT_BASE}paper/my%20paper"
    assert iris.graph("hep-th/9901001").value == f"{DEFAULT_BASE}graph/hep-th%2F9901001"
    assert iris.node("thing/openvla").value == f"{DEFAULT_BASE}thing/openvla"
    assert iris.category("cs.RO").value == f"{DEFAULT_BASE}category/cs.RO"
    assert iris.authorship("2512.04231", 2).value == f"{DEFAULT_BASE}authorship/2512.04231/2"
    assert iris.span("2512.04231", Span(3, 9)).value == f"{DEFAULT_BASE}span/2512.04231/3-9"
    assert iris.selector("2512.04231", Span(3, 9)).value == f"{DEFAULT_BASE}span/2512.04231/3-9#selector"
    assert iris.activity("kg-nlp 0.1.0").value == f"{DEFAULT_BASE}activity/kg-nlp_0.1.0"
    assert iris.agent("a_b c/d").value == f"{DEFAULT_BASE}agent/a%5Fb_c%2Fd"
    assert iris.entities.value == f"{DEFAULT_BASE}graph/entities"
    claim = iris.statement("claim", "2512.04231", "uses", "thing/x", Span(1, 2)).value
    assert claim.startswith(f"{DEFAULT_BASE}claim/2512.04231/")
    assert len(claim.rpartition("/")[2]) == 16


@given(TEXTS, TEXTS)
def test_different_texts_have_different_iris(a: str, b: str) -> None:
    for mint in (IRIS.paper, IRIS.graph, IRIS.category, IRIS.activity, IRIS.agent):
        assert (mint(a) == mint(b)) == (a == b)
    assert (IRIS.statement("claim", a, b) == IRIS.statement("claim", b, a)) == (a == b)


@given(TEXTS)
def test_a_graph_leads_back_to_its_paper(paper_id: str) -> None:
    assert IRIS.paper_of(IRIS.graph(paper_id)) == paper_id


def test_no_paper_takes_the_graph_of_labels() -> None:
    assert IRIS.graph("entities") != IRIS.entities
    assert IRIS.paper_of(IRIS.graph("entities")) == "entities"
    assert IRIS.paper_of(IRIS.entities) is None
    assert IRIS.paper_of(name("kg:Method")) is None


def test_parts_of_a_claim_do_not_run_together() -> None:
    assert IRIS.statement("claim", "p", "ab", "c") != IRIS.statement("claim", "p", "a", "bc")


def test_keys_come_back_from_iris() -> None:
    assert IRIS.key_of(IRIS.node("thing/openvla")) == "thing/openvla"
    assert IRIS.key_of(name("kg:Method")) == f"{PREFIXES['kg']}Method"


def test_lone_surrogates_have_iris() -> None:
    assert IRIS.paper("\ud800").value.endswith("paper/%3F")
    assert IRIS.statement("claim", "\ud800", "\ud800").value.startswith(f"{IRIS.base}claim/%3F/")


@pytest.mark.parametrize(
    ("reference", "paper_id"),
    [
        ("2512.04231", "2512.04231"),
        ("2512.04231v3", "2512.04231"),
        (" arXiv:2512.04231v1 ", "2512.04231"),
        ("https://arxiv.org/abs/2512.04231v2", "2512.04231"),
        ("http://www.arxiv.org/pdf/2512.04231v2.pdf", "2512.04231"),
        ("hep-th/9901001v2", "hep-th/9901001"),
        ("math.AG/0601001", "math.AG/0601001"),
        ("paper v2", "paper v2"),
        ("notes.pdf", "notes.pdf"),
    ],
)
def test_what_users_write_for_a_paper(reference: str, paper_id: str) -> None:
    assert plain_id(reference) == paper_id


def test_prefixed_names() -> None:
    assert curie(name("oa:exact").value) == "oa:exact"
    assert curie("https://example.org/x") == "https://example.org/x"
    with pytest.raises(KeyError):
        name("nobody:x")
