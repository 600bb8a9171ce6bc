"""A new format is one object that an installed package names in its entry points."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from kg.errors import ConfigError
from kg.sources import FORMATS, Reader, read_papers

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
from kg.model import Paper

class Titles:
    name = "titles"

    def sniff(self, head):
        return head.startswith("TITLES")

    def read(self, document):
        for number, text in document.lines():
            if number > 1:
                if text.startswith("!"):
                    document.report(number, "crossed out")
                else:
                    yield Paper(id=text.lower(), title=text, source=document.name, line=number)

TITLES = Titles()
NO_READER = object()
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Put a distribution with one module and the given entry point where installed ones lie."""

    def installed(entry: str) -> None:
        site = tmp_path / "site"
        info = site / "kg_titles-1.0.dist-info"
        info.mkdir(parents=True)
        (site / "kg_titles.py").write_text(MODULE, encoding="utf-8")
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kg-titles\nVersion: 1.0\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[kg.sources]\n{entry}\n", encoding="utf-8")
        monkeypatch.syspath_prepend(site)

    yield installed
    sys.modules.pop("kg_titles", None)


def test_a_plug_in_is_found_named_and_used(install: object, tmp_path: Path) -> None:
    assert callable(install)
    path = tmp_path / "list.txt"
    path.write_text("TITLES\nWalking\n!Running\nHopping\n", encoding="utf-8")
    assert list(FORMATS) == ["atom", "kaggle", "jsonl", "markdown"]
    install("titles = kg_titles:TITLES")
    assert list(FORMATS) == ["atom", "kaggle", "jsonl", "titles", "markdown"]
    assert len(FORMATS) == 5
    problems: list[object] = []
    papers = read_papers([path], on_problem=problems.append)
    assert [(paper.id, paper.source, paper.line) for paper in papers] == [
        ("hopping", "list.txt", 4),
        ("walking", "list.txt", 2),
    ]
    assert len(problems) == 1
    assert read_papers([path], format="titles", on_problem=problems.append) == papers


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("titles = kg_titles:MISSING", "'titles' .kg_titles:MISSING. cannot be loaded"),
        ("titles = no_such_module:X", "cannot be loaded: No module named"),
        ("titles = kg_titles:NO_READER", "is no reader"),
        ("markdown = kg_titles:TITLES", "has the name of a format of kg"),
    ],
)
def test_a_broken_plug_in_is_named(install: object, entry: str, told: str) -> None:
    assert callable(install)
    install(entry)
    with pytest.raises(ConfigError, match=told) as caught:
        list(FORMATS)
    assert "uninstall the package" in str(caught.value)


def test_the_readers_of_kg_are_readers() -> None:
    assert all(isinstance(reader, Reader) and reader.name == name for name, reader in FORMATS.items())
