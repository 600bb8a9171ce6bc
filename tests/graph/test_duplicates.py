"""What may be one thing still: how such pairs are found, and what the figures behind their scores are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kg.graph.duplicates import FOUND, things_alike
from kg.graph.names import Named
from kg.model import EntityType
from kg.resolution import identify

if TYPE_CHECKING:
    from pathlib import Path


def test_a_letter_tells_versions_apart_and_misspells_words() -> None:
    labels = ("Unitree G1 robot", "Unitree H1 robot", "Diffusion-Planer", "Diffusion-Planner")
    nodes = {label: Named(label, EntityType.METHOD, label) for label in labels}
    assert list(things_alike(nodes)) == [("one letter", "Diffusion-Planer", "Diffusion-Planner")]


@pytest.mark.shared
def test_the_figures_are_those_of_the_labelled_pairs(shared: Path) -> None:
    counts = {reason: [0, 0] for reason in FOUND}
    for line in (shared / "annotation" / "identity-dev.jsonl").read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        sides = [pair.get(side) for side in "ab"]
        if not all(sides):
            continue
        keys = [identify(EntityType(one["type"]), one["name"], one["forms"]).key for one in sides]
        if keys[0] != keys[1]:
            nodes = {key: Named(one["name"], one["type"], key) for key, one in zip(keys, sides, strict=True)}
            for reason in [reason for reason, *_ in things_alike(nodes)][:1]:
                counts[reason][0] += pair["same"]
                counts[reason][1] += 1
    assert {reason: tuple(count) for reason, count in counts.items()} == FOUND
