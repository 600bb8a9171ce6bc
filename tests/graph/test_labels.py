"""Labels: the name most papers use, whatever order they came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.graph.labels import touched
from kg.graph.statistics import statistics
from kg.graph.store import GraphStore
from kg.graph.vocab import name
from kg.model import EntityType, Extraction, Mention, Paper, PaperEntity, ResolvedPaper, Role
from kg.resolution import resolve

if TYPE_CHECKING:
    from pathlib import Path

KEY = "thing/x"


def paper(number: int, *names: str, forms: tuple[str, ...] = ()) -> ResolvedPaper:
    """Return a paper that names one node ``names``, with further forms."""
    text = Paper(f"2601.{number:05}", "T", " ".join((*names, *forms)), authors=("Ada Lovelace",))
    entities = []
    start = 2
    for number_of_name, form in enumerate((*names, *forms)):
        mention = Mention(start, start + len(form))
        start = mention.end + 1
        if number_of_name < len(names):
            entities.append(PaperEntity(form, EntityType.METHOD, Role.USES, mentions=(mention,)))
        else:
            last = entities.pop()
            entities.append(PaperEntity(last.name, last.type, last.role, (form,), mentions=(*last.mentions, mention)))
    extraction = Extraction(text.id, tuple(entities))
    return ResolvedPaper(text, extraction, (KEY,) * len(entities), ("author/ada-lovelace",))


def labels(folder: Path, key: str = KEY) -> tuple[list[str], list[str], list[str]]:
    """Return the preferred, alternative and plain labels of a node."""
    with GraphStore.open(folder) as store:
        node, graph = store.iris.node(key), store.iris.entities
        preferred, others, plain = (
            sorted(quad.object.value for quad in store.store.quads_for_pattern(node, name(predicate), None, graph))
            for predicate in ("skos:prefLabel", "skos:altLabel", "rdfs:label")
        )
        return preferred, others, plain


@pytest.mark.parametrize(
    ("papers", "preferred", "others"),
    [
        ([paper(1, "ab"), paper(2, "ab"), paper(3, "abcd")], "ab", ["abcd"]),
        ([paper(1, "ab"), paper(2, "abcd")], "abcd", ["ab"]),
        ([paper(1, "bb"), paper(2, "aa")], "aa", ["bb"]),
        ([paper(1, "ab", forms=("ABC", "ABC", "a-b"))], "ab", ["ABC", "a-b"]),
        ([paper(1, "$a_1$", forms=("a₁", r"\textbf{b}"))], "a₁", ["b"]),
        ([paper(1, "ab", "long name", "ab"), paper(2, "ab")], "long name", ["ab"]),
    ],
)
def test_the_most_frequent_name_is_the_label(
    papers: list[ResolvedPaper], preferred: str, others: list[str], tmp_path: Path
) -> None:
    for order in (papers, papers[::-1]):
        with GraphStore.rebuild(tmp_path / "graph") as store:
            store.add(order)
        assert labels(tmp_path / "graph") == ([preferred], others, [preferred])


def test_labels_follow_what_papers_say(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    with GraphStore.rebuild(folder) as store:
        store.add([paper(1, "ab"), paper(2, "abcd")])
    with GraphStore.update(folder) as store:
        store.add([paper(2, "ab", forms=("a-b",))])
    assert labels(folder) == (["ab"], ["a-b"], ["ab"])
    with GraphStore.update(folder) as store:
        store.remove(["2601.00002"])
    assert labels(folder) == (["ab"], [], ["ab"])
    assert labels(folder, "author/ada-lovelace") == (["Ada Lovelace"], [], ["Ada Lovelace"])
    with GraphStore.update(folder) as store:
        store.remove(["2601.00001"])
    assert labels(folder) == labels(folder, "author/ada-lovelace") == ([], [], [])


def test_what_a_paper_touches(varied_graph: Path, varied: tuple[ResolvedPaper, ...]) -> None:
    with GraphStore.open(varied_graph) as store:
        for resolved in varied:
            authors = [k for k, n in zip(resolved.author_keys, resolved.paper.authors, strict=True) if n.strip()]
            expected = {store.iris.node(key) for key in (*resolved.keys, *authors)}
            assert touched(store.store, store.iris.graph(resolved.paper.id)) == expected


def test_the_main_type_is_what_most_papers_read(tmp_path: Path) -> None:
    def reading(number: int, kind: EntityType) -> ResolvedPaper:
        text = Paper(f"2601.{number:05}", "Domain adaptation")
        entity = PaperEntity("Domain adaptation", kind, Role.USES, mentions=(Mention(0, 17),))
        return resolve(text, Extraction(text.id, (entity,), extractor="reader 1.0"))

    def main_type(store: GraphStore) -> str:
        (quad,) = store.store.quads_for_pattern(store.iris.node("thing/domain-adaptation"), name("kg:mainType"), None)
        return str(quad.object).rpartition("#")[2].rstrip(">")

    with GraphStore.rebuild(tmp_path, extractor="reader 1.0") as store:
        store.add([reading(1, EntityType.TASK)])
        assert main_type(store) == "Task"
        store.add([reading(2, EntityType.METHOD)])
        assert main_type(store) == "Method"  # the first in the order of the model
        store.add([reading(3, EntityType.TASK)])
        assert main_type(store) == "Task"
        assert statistics(store).entities == {"Task": 1}
        store.remove(["2601.00001", "2601.00003"])
        assert main_type(store) == "Method"
