r"""Keys: what is one node, what is two, and that IRIs tell them apart."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from kg.model import EntityType, Extraction, Mention, Paper, PaperEntity, Role
from kg.resolution import author_key, identify, normal_form, resolve, slug
from kg.resolution.keys import LONGEST_SLUG
from kg.resolution.spelling import spelled

NAMES = st.text(max_size=40) | st.text("aBs-_ .+#~%/'’πé²", max_size=12)


@pytest.mark.parametrize(
    "names",
    [
        ("Unitree G1", "unitree g1", "Unitree-G1", "unitree_G1", " Unitree\u2011G1 ", "UNITREE  G1"),
        ("CM$^2$", "CM²", "CM2"),
        (r"$\pi_0$", "π₀", "π0"),
        ("vision-language models", "Vision–Language Model"),
        ("LLMs", "LLM"),
        ("Newton’s method", "Newton's method"),
        ("ﬁne tuning", "fine-tuning"),
        ("Stra\u00dfe", "STRASSE"),
        ("so\u00adft", "soft"),
    ],
)
def test_spellings_of_one_name_meet(names: tuple[str, ...]) -> None:
    assert len({identify(EntityType.METHOD, name).key for name in names}) == 1


def test_names_that_must_stay_apart_do() -> None:
    names = (
        *(
            "C",
            "C#",
            "C++",
            "GPT-3.5",
            "GPT 3 5",
            "GPT-35",
            "TCP/IP",
            "TCP IP",
            "π0",
            "π0.5",
            "A*",
            "A",
            "BERT",
            "BERT~",
        ),
        *(
            "ROS",
            "RO",
            "Loss",
            "Los",
            "U.S.",
            "US",
            "f(x)",
            "fx",
            "",
            ".",
            "..",
            "~",
            "~.",
            "--",
            "-",
            "%",
            "%25",
            "a-b~",
        ),
    )
    keys = {identify(EntityType.SOFTWARE, name).key for name in names}
    assert len(keys) == len(names)
    assert identify(EntityType.METRIC, "C").key not in keys
    assert identify(EntityType.METHOD, "C").key in keys


@given(NAMES, NAMES)
@example("a b", "a-b")
@example("--", "%2D%2D")
@example("~", "")
def test_what_has_one_normal_form_has_one_key(a: str, b: str) -> None:
    one, other = (identify(EntityType.TASK, name.lower().replace("- ", "-")).key for name in (a, b))
    if normal_form(a) == normal_form(b):
        assert one == other
    if one == other:
        assert spelled(a).text == spelled(b).text


@given(st.text(max_size=40), st.text(max_size=40))
def test_slugs_are_injective(a: str, b: str) -> None:
    assert (slug(a) == slug(b)) == (a == b)


@given(NAMES)
def test_normal_forms_are_stable(name: str) -> None:
    once = normal_form(name)
    if not re.search(r"[\\^{$]", once):  # a text that now looks like TeX is read as such
        assert normal_form(once) == once


@given(NAMES | st.text(st.characters(), max_size=10))
def test_keys_are_safe_in_an_iri(name: str) -> None:
    for key in (identify(EntityType.METHOD, name).key, author_key(name)):
        assert re.fullmatch(r"(thing|author)/[A-Za-z0-9._%~-]+", key)
        assert key.rpartition("/")[2] not in {".", ".."}
        assert NamedNode(f"https://example.org/{key}").value.endswith(key)


@pytest.mark.parametrize("name", ["x" * 100_000, "é" * 100_000, "." * 100_000, "a b" * 40_000])
def test_long_names_have_bounded_keys_of_their_own(name: str) -> None:
    key = identify(EntityType.METHOD, name).key
    assert len(key) <= LONGEST_SLUG + len("thing/")
    assert key != identify(EntityType.METHOD, name + "y").key
    NamedNode(f"https://example.org/{key}")


def test_keys_are_readable() -> None:
    assert identify(EntityType.METHOD, "OpenVLA").key == "thing/openvla"
    assert identify(EntityType.ROBOT, "Unitree G1").key == "thing/unitree-g1"
    assert identify(EntityType.METHOD, "Qwen2.5-VL").key == "thing/qwen2.5-vl"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Lovelace", "ada  LOVELACE", True),
        ("A. Lovelace", "A.Lovelace", True),
        ("Jean-Pierre Dupont", "Jean Pierre Dupont", True),
        (r"Paul Erd\H{o}s", "Paul Erdős", True),
        ("Paul Erdős", "Paul Erdös", False),
        ("A. Lovelace", "Ada Lovelace", False),
        ("Wei Wang", "Wang Wei", False),
        (".", "-", False),
    ],
)
def test_authors(one: str, other: str, *, same: bool) -> None:
    assert (author_key(one) == author_key(other)) is same


def test_resolving_gives_each_name_its_key() -> None:
    paper = Paper("2601.00001", "On G1s", authors=("Ada Lovelace", "Grace Hopper"))
    entities = tuple(
        PaperEntity(name, EntityType.ROBOT, Role.USES, mentions=(Mention(3, 6),)) for name in ("G1s", "G1")
    )
    resolved = resolve(paper, Extraction(paper.id, entities))
    assert resolved.keys == ("machine/g1s", "thing/unitree-g1")
    assert resolved.author_keys == ("author/ada-lovelace", "author/grace-hopper")
    assert resolved.extraction.entities == entities


def test_resolving_another_papers_extraction_is_refused() -> None:
    with pytest.raises(ValueError, match="of 'b', not of 'a'"):
        resolve(Paper("a", "A"), Extraction("b"))
