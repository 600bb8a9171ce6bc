"""Where pages lie: one file for each node, on every file system, whatever the name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.graph.names import KINDS
from kg.graph.vocab import DEFAULT_BASE, Iris
from kg.model import EntityType
from kg.resolution import author_key, identify
from kg.views.site.addresses import LONGEST, address, stem

IRIS = Iris()
SAFE = re.compile(r"[a-z0-9]?[a-z0-9.-]*(?:~[0-9a-f]{16})?")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")

things = st.tuples(st.sampled_from(EntityType), st.text(max_size=60)).map(
    lambda pair: (IRIS.node(identify(*pair).key).value, pair[0].value)
)
authors = st.text(min_size=1, max_size=60).map(lambda name: (IRIS.node(author_key(name)).value, "Author"))
papers = st.one_of(
    st.text(min_size=1, max_size=60), st.from_regex(r"\d{4}\.\d{5}", fullmatch=True), st.just("hep-th/9901001")
).map(lambda paper_id: (IRIS.paper(paper_id).value, "Paper"))
categories = st.one_of(st.text(min_size=1, max_size=20), st.sampled_from(["cs.RO", "cs.ro", "math.AG"])).map(
    lambda code: (IRIS.category(code).value, "Category")
)
nodes = st.one_of(things, authors, papers, categories)


@given(nodes)
def test_files_have_names_that_every_file_system_takes(node: tuple[str, str]) -> None:
    iri, kind = node
    found = address(iri, kind, DEFAULT_BASE)
    folder, _, file = found.partition("/")
    assert folder == kind.lower()
    assert file.endswith(".html")
    name = file.removesuffix(".html")
    assert SAFE.fullmatch(name)
    assert not RESERVED.fullmatch(name)
    assert 0 < len(name) <= LONGEST
    assert name[-1] != "."
    assert name[0] != "."


@given(st.lists(nodes, unique=True, max_size=40))
def test_no_two_nodes_share_a_file(found: list[tuple[str, str]]) -> None:
    """Nor do two whose addresses differ in capitals only: there are none."""
    addresses = [address(iri, kind, DEFAULT_BASE) for iri, kind in found]
    assert len({one.lower() for one in addresses}) == len(found)


@pytest.mark.parametrize("kind", sorted(KINDS - {"Paper", "Author", "Category"}))
def test_one_name_in_every_space_of_keys_has_three_files(kind: str) -> None:
    for slug in ("atlas", "unitree-g1"):
        iris = [IRIS.node(f"{space}/{slug}").value for space in ("thing", "machine", "metric")]
        stems = {stem(iri, kind, DEFAULT_BASE) for iri in iris}
        assert len(stems) == 3
        assert slug in stems


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("Unitree G1", EntityType.ROBOT, "robot/unitree-g1.html"),
        ("Zetabot", EntityType.ROBOT, "robot/zetabot.html"),
        ("success rate", EntityType.METRIC, "metric/success-rate.html"),
        ("GPT-3.5", EntityType.METHOD, "method/gpt3.5.html"),
        ("con", EntityType.METHOD, "method/con~"),
        ("NUL.txt", EntityType.DATASET, "dataset/nul-txt~"),
        ("C++", EntityType.SOFTWARE, "software/c~"),
        ("C#", EntityType.SOFTWARE, "software/c~"),
        ("π0", EntityType.METHOD, "method/0~"),
        ("x" * 100_000, EntityType.METHOD, "method/" + "x" * 40 + "~"),
        ("机器人", EntityType.ROBOT, "robot/~"),
        ("../../etc/passwd", EntityType.METHOD, "method/etc-passwd~"),
        ("<script>", EntityType.METHOD, "method/script~"),
    ],
)
def test_names_stay_readable_where_they_can(name: str, kind: EntityType, expected: str) -> None:
    found = address(IRIS.node(identify(kind, name).key).value, kind.value, DEFAULT_BASE)
    assert found.startswith(expected)
    assert "~" in expected or found == expected


def test_categories_of_arxiv_are_plain_and_others_never_meet_them() -> None:
    ours, theirs = (address(IRIS.category(code).value, "Category", DEFAULT_BASE) for code in ("cs.RO", "cs.ro"))
    assert ours == "category/cs.ro.html"
    assert theirs.startswith("category/cs-ro~")
