"""Variants and narrower things: by name, among what the graph holds, whatever the order."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.graph.kin import BROADER, VARIANT
from kg.graph.store import GraphStore
from kg.graph.vocab import name
from kg.model import EntityType, Extraction, Mention, Paper, PaperEntity, Role
from kg.resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.model import ResolvedPaper

    Make = Callable[[Iterable[ResolvedPaper]], GraphStore]

METHOD, TASK, DATASET, BENCHMARK = EntityType.METHOD, EntityType.TASK, EntityType.DATASET, EntityType.BENCHMARK


def paper(number: int, *things: tuple[str, EntityType]) -> ResolvedPaper:
    text = Paper(f"2601.{number:05}", " and ".join(label for label, _ in things), categories=("cs.RO",))
    entities = tuple(
        PaperEntity(label, kind, Role.USES, mentions=(Mention(at, at + len(label)),))
        for label, kind in things
        for at in [text.title.index(label)]
    )
    return resolve(text, Extraction(text.id, entities))


def links(store: GraphStore) -> set[tuple[str, str, str]]:
    names = {VARIANT: "variant of", BROADER: "narrower than"}
    return {
        (store.iris.key_of(q.subject), names[q.predicate], store.iris.key_of(q.object))  # type: ignore[arg-type]
        for q in store.quads(store.iris.entities)
        if q.predicate in names
    }


@pytest.mark.parametrize(
    ("things", "wanted"),
    [
        ([("Qwen2.5-VL-7B", METHOD), ("Qwen2.5-VL", METHOD)], ("thing/qwen2.5-vl7b", "thing/qwen2.5-vl")),
        ([("GPT-4", METHOD), ("GPT-4o", METHOD)], ("thing/gpt4o", "thing/gpt4")),
        ([("ImageNet", DATASET), ("ImageNet-C", BENCHMARK)], ("thing/imagenet-c", "thing/imagenet")),
        ([("MATH", BENCHMARK), ("MATH500", BENCHMARK)], ("thing/math500", "thing/math")),
        ([("OpenVLA", METHOD), ("OpenVLA-OFT", METHOD)], ("thing/openvla-oft", "thing/openvla")),
        ([("Qwen", METHOD), ("Qwen-Image", METHOD)], ("thing/qwen-image", "thing/qwen")),
        ([("OpenVLA", METHOD), ("OpenVLA decoder", METHOD)], None),
        ([("Slow", METHOD), ("Slow-LoRA", METHOD)], None),
        ([("RA", METHOD), ("RA-Net", METHOD)], None),
        ([("MATH", TASK), ("MATH500", BENCHMARK)], None),
        ([("stage", METHOD), ("stage 2", METHOD)], None),
        ([("G1", METHOD), ("R1", METHOD)], None),
    ],
)
def test_variants(made_graph: Make, things: list[tuple[str, EntityType]], wanted: tuple[str, str] | None) -> None:
    with made_graph([paper(number, thing) for number, thing in enumerate(things)]) as store:
        assert {(one, two) for one, kind, two in links(store) if kind == "variant of"} == ({wanted} - {None})


@pytest.mark.parametrize(
    ("things", "wanted"),
    [
        ([("3D object detection", TASK), ("object detection", TASK)], True),
        ([("image-text retrieval", TASK), ("text retrieval", TASK)], False),
        ([("weakly supervised learning", TASK), ("supervised learning", TASK)], False),
        ([("prompts with tool feedback", METHOD), ("tool feedback", METHOD)], False),
        ([("object detection", METHOD), ("3D object detection", TASK)], False),
        ([("robot learning", TASK), ("learning", TASK)], False),
        ([("success rate", EntityType.METRIC), ("mean success rate", EntityType.METRIC)], False),
    ],
)
def test_narrower_things(made_graph: Make, things: list[tuple[str, EntityType]], wanted: bool) -> None:  # noqa: FBT001
    with made_graph([paper(number, thing) for number, thing in enumerate(things)]) as store:
        assert bool([kind for _, kind, _ in links(store) if kind == "narrower than"]) is wanted


PAPERS = [
    paper(1, ("Qwen2.5-VL-7B", METHOD), ("monocular 3D object detection", TASK)),
    paper(2, ("Qwen2.5-VL", METHOD)),
    paper(3, ("Qwen", METHOD), ("object detection", METHOD)),
    paper(4, ("object detection", TASK)),
    paper(5, ("3D object detection", TASK), ("Qwen2.5", METHOD)),
    paper(6, ("object detection", TASK)),
]


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_only_the_papers_count(data: st.DataObject) -> None:
    by_id = {one.paper.id: one for one in PAPERS}
    there: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        graph, fresh = Path(folder, "graph"), Path(folder, "fresh")
        with GraphStore.rebuild(graph):
            pass
        for _ in range(data.draw(st.integers(1, 5))):
            with GraphStore.update(graph) as store:
                added = data.draw(st.lists(st.sampled_from(sorted(by_id)), max_size=4))
                store.add(by_id[i] for i in added)
                there |= set(added)
                removed = set(data.draw(st.lists(st.sampled_from(sorted(there)), max_size=2)) if there else [])
                store.remove(removed)
                there -= removed
        with GraphStore.rebuild(fresh) as store:
            store.add(by_id[i] for i in sorted(there, reverse=True))
        with GraphStore.open(graph) as one, GraphStore.open(fresh) as two:
            assert list(one.nquads()) == list(two.nquads())


def test_categories_have_names_and_parents(made_graph: Make) -> None:
    with made_graph([paper(1, ("object detection", TASK))]) as store:
        robotics = store.iris.category("cs.RO")
        facts = {(q.predicate, q.object) for q in store.quads() if q.subject == robotics}
    assert (name("skos:broader"), store.iris.category("cs")) in facts
    assert "Robotics" in {getattr(value, "value", None) for _, value in facts}
