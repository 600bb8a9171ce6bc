"""The graph on disk: what is in it depends on the papers alone, and nothing that goes wrong harms it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ConfigError
from kg.graph import store as module
from kg.graph.folder import read_manifest
from kg.graph.store import GraphStore
from kg.graph.vocab import DEFAULT_BASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Store

    from kg.model import ResolvedPaper


def lines(folder: Path) -> list[str]:
    with GraphStore.open(folder) as store:
        return list(store.nquads())


def built(folder: Path, papers: Iterable[ResolvedPaper]) -> list[str]:
    """Return the lines of a fresh graph of ``papers``."""
    with GraphStore.rebuild(folder) as store:
        store.add(papers)
    return lines(folder)


def test_reading(varied_graph: Path, varied: tuple[ResolvedPaper, ...]) -> None:
    with GraphStore.open(varied_graph) as store:
        assert store.papers() == tuple(sorted(r.paper.id for r in varied))
        assert store.extractor == "reader 1.0"
        assert store.iris.base == DEFAULT_BASE
        found = list(store.nquads())
        assert len(store) == len(found) == len(set(found))
        assert found == sorted(found)
        assert all(line.endswith(" .") for line in found)
        graph = store.iris.graph("2601.00011")
        assert {quad.graph_name for quad in store.quads(graph)} == {graph}
        assert "2601.00011" in store
        assert "2601.99999" not in store
    with pytest.raises(ValueError, match="closed"):
        len(store)
    store.close()


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("2601.00011", "2601.00011"),
        ("2601.00011v7", "2601.00011"),
        ("https://arxiv.org/abs/hep-th/9901001v1", "hep-th/9901001"),
        ("local/paper #4 ü", "local/paper #4 ü"),
        ("entities", None),
        ("2601.99999", None),
    ],
)
def test_finding_a_paper(varied_graph: Path, reference: str, found: str | None) -> None:
    with GraphStore.open(varied_graph) as store:
        assert store.find(reference) == found


def test_large_graphs_are_sorted_in_parts(varied_graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = lines(varied_graph)
    monkeypatch.setattr(module, "_LINES_AT_ONCE", 100)
    assert lines(varied_graph) == whole


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_only_the_papers_count(data: st.DataObject, varied: tuple[ResolvedPaper, ...]) -> None:
    """Add, add again, replace and remove in any order and in any steps: the graph is that of the papers in the end."""
    there: dict[str, ResolvedPaper] = {}
    names = sorted(r.paper.id for r in varied)
    by_id = {r.paper.id: r for r in varied}
    with tempfile.TemporaryDirectory() as folder:
        graph, fresh = Path(folder, "graph"), Path(folder, "fresh")
        built(graph, ())
        for _ in range(data.draw(st.integers(1, 4))):
            with GraphStore.update(graph) as store:
                added = data.draw(st.lists(st.sampled_from(names), max_size=4))
                emptied = data.draw(st.booleans())
                papers = [by_id[n] for n in added]
                if emptied:  # the same papers, but nothing was read from them
                    papers = [
                        replace(r, keys=(), extraction=replace(r.extraction, entities=(), relations=(), results=()))
                        for r in papers
                    ]
                assert store.add(iter(papers)) == len(papers)
                there |= {r.paper.id: r for r in papers}
                removed = data.draw(st.lists(st.sampled_from(sorted(there)), max_size=2)) if there else []
                assert store.remove(removed) == len(set(removed))
                for paper_id in set(removed):
                    del there[paper_id]
        order = data.draw(st.permutations(sorted(there)))
        assert lines(graph) == built(fresh, (there[n] for n in order))
        assert (lines(graph) == []) == (not there)


def test_building_again_changes_nothing(varied_graph: Path, varied: tuple[ResolvedPaper, ...]) -> None:
    before = lines(varied_graph)
    assert built(varied_graph, reversed(varied)) == before
    with GraphStore.update(varied_graph) as store:
        store.add(varied)
    assert lines(varied_graph) == before


@pytest.mark.parametrize("at_once", [1, 3, 100])
@pytest.mark.parametrize("bulk", [True, False])
def test_a_paper_given_twice_counts_once(
    varied: tuple[ResolvedPaper, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, *, bulk: bool
) -> None:
    monkeypatch.setattr(module, "_PAPERS_AT_ONCE", at_once)
    first = replace(varied[0], paper=replace(varied[0].paper, comment="an earlier reading"))
    wanted = built(tmp_path / "once", varied)
    with GraphStore.rebuild(tmp_path / "twice") as store:
        if bulk:
            assert store.add([first, *varied]) == len(varied) + 1
    if not bulk:
        with GraphStore.update(tmp_path / "twice") as store:
            store.add([first, *varied])
    assert lines(tmp_path / "twice") == wanted


def test_another_base_and_extractor(varied: tuple[ResolvedPaper, ...], tmp_path: Path) -> None:
    base = "https://example.org/kg/"
    with GraphStore.rebuild(tmp_path / "graph", base=base, extractor="one") as store:
        store.add(varied)
    with GraphStore.update(tmp_path / "graph") as store:
        assert (store.iris.base, store.extractor) == (base, "one")
    with GraphStore.update(tmp_path / "graph", extractor="two"):
        pass
    with GraphStore.open(tmp_path / "graph") as store:
        assert (store.iris.base, store.extractor) == (base, "two")
        assert not any(DEFAULT_BASE in line for line in store.nquads())


def test_removing_what_is_not_there_removes_nothing(varied_graph: Path) -> None:
    before = lines(varied_graph)
    with (
        pytest.raises(ConfigError, match=r"not in the graph: 2601\.99999, nobody") as caught,
        GraphStore.update(varied_graph) as store,
    ):
        store.remove(["2601.00011", "nobody", "2601.99999"])
    assert caught.value.path == varied_graph
    assert lines(varied_graph) == before


def interrupted(papers: Iterable[ResolvedPaper]) -> Iterator[ResolvedPaper]:
    yield from papers
    raise KeyboardInterrupt


@pytest.mark.parametrize("way", [GraphStore.rebuild, GraphStore.update])
def test_an_interrupted_write_leaves_the_graph(
    way: object, varied_graph: Path, varied: tuple[ResolvedPaper, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAPERS_AT_ONCE", 1)
    before = lines(varied_graph)
    with pytest.raises(KeyboardInterrupt), way(varied_graph) as store:  # type: ignore[operator]  # both are the same
        store.add(interrupted(varied[:2]))
    assert lines(varied_graph) == before
    assert sorted(p.name for p in varied_graph.iterdir()) == [".lock", "manifest.json", "readings-1", "store-1"]


def test_an_interrupted_first_build_leaves_nothing(varied: tuple[ResolvedPaper, ...], tmp_path: Path) -> None:
    folder = tmp_path / "new" / "graph"
    with pytest.raises(KeyboardInterrupt), GraphStore.rebuild(folder) as store:
        store.add(interrupted(varied))
    assert not folder.exists()


def test_a_reader_keeps_what_it_opened(varied_graph: Path) -> None:
    before = lines(varied_graph)
    with GraphStore.open(varied_graph) as reader:
        with GraphStore.update(varied_graph) as store:
            store.remove(reader.papers())
        assert list(reader.nquads()) == before
    assert lines(varied_graph) == []


def test_what_is_written_can_be_read_before_it_is_committed(varied_graph: Path) -> None:
    with GraphStore.update(varied_graph) as store:
        store.remove(["2601.00011"])
        assert "2601.00011" not in store
        with GraphStore.open(varied_graph) as reader:
            assert "2601.00011" in reader


def test_one_process_writes_at_a_time(varied_graph: Path) -> None:
    with GraphStore.update(varied_graph):
        for way in (GraphStore.rebuild, GraphStore.update):
            with pytest.raises(ConfigError, match="another process is writing"), way(varied_graph):
                pass
    with GraphStore.update(varied_graph) as store:
        store.remove(["2601.00011"])


def test_earlier_stores_are_removed(varied_graph: Path) -> None:
    for name in ("store", "readings"):
        shutil.copytree(varied_graph / f"{name}-1", varied_graph / f"{name}-9")  # as a killed process leaves it
    for number in (2, 3):
        with GraphStore.update(varied_graph):
            pass
        assert read_manifest(varied_graph).store == f"store-{number}"
        assert sorted(p.name for p in varied_graph.glob("*-*")) == [f"readings-{number}", f"store-{number}"]


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    tmp_path.joinpath("thesis.tex").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"other things \(thesis.tex\)"), GraphStore.rebuild(tmp_path):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manifest.json", '{"name": "an app"}'),
        ("manifest.json", "[]"),
        ("manifest.json", "{"),
        ("index.html", "<p>mine"),
    ],
)
def test_files_that_only_look_like_ours_are_left_alone(name: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match="other things"), GraphStore.rebuild(tmp_path):
        pass
    assert path.read_text(encoding="utf-8") == content


def test_a_build_that_was_killed_can_be_repeated(varied_graph: Path, varied: tuple[ResolvedPaper, ...]) -> None:
    before = lines(varied_graph)
    varied_graph.joinpath("manifest.json").unlink()
    assert built(varied_graph, varied) == before
    assert sorted(p.name for p in varied_graph.glob("*-*")) == ["readings-2", "store-2"]


def test_a_graph_of_a_newer_kg_outlives_a_build_that_fails(varied_graph: Path) -> None:
    path = varied_graph / "manifest.json"
    newer = path.read_text(encoding="utf-8").replace('"format": 2', '"format": 3')
    path.write_text(newer, encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), GraphStore.rebuild(varied_graph) as store:
        store.add(interrupted(()))
    assert path.read_text(encoding="utf-8") == newer
    assert sorted(p.name for p in varied_graph.glob("*-*")) == ["readings-1", "store-1"]


def test_a_write_that_ends_while_a_reader_opens(varied_graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = module._read_only

    def slowly(folder: Path, name: str) -> Store:
        monkeypatch.setattr(module, "_read_only", opened)
        with GraphStore.update(folder) as store:
            store.remove(["2601.00011"])
        return opened(folder, name)

    monkeypatch.setattr(module, "_read_only", slowly)
    with GraphStore.open(varied_graph) as reader:
        assert "2601.00011" not in reader
        assert "2601.00012" in reader


def test_a_damaged_graph_can_be_built_again(varied_graph: Path, varied: tuple[ResolvedPaper, ...]) -> None:
    before = lines(varied_graph)
    varied_graph.joinpath("manifest.json").write_text("{", encoding="utf-8")
    assert built(varied_graph, varied) == before


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "no graph folder"),
        ("{", "manifest cannot be read"),
        ("[]", "not the manifest"),
        ('{"name": "an extension", "format": "x"}', "not the manifest"),
        ('{"format": 3}', "Install a newer kg"),
        ('{"format": 1}', "format 1"),
        ('{"format": 2, "colour": "red"}', "manifest is damaged"),
        ('{"format": 2, "store": "../store-1"}', "names no store"),
        ('{"format": 2, "store": "store-7"}', "store cannot be read"),
        ('{"format": 2, "store": "store-1", "base": "nowhere"}', "no base"),
    ],
)
def test_what_is_no_graph_is_said_to_be_none(varied_graph: Path, content: str | None, why: str) -> None:
    path = varied_graph / "manifest.json"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=why) as caught:
        GraphStore.open(varied_graph)
    assert caught.value.remedy


def test_a_missing_folder_is_said_to_be_missing(tmp_path: Path) -> None:
    for way in (GraphStore.open, lambda path: GraphStore.update(path).__enter__()):
        with pytest.raises(ConfigError, match="no such graph folder"):
            way(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    tmp_path.joinpath("file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "graph"):
        with pytest.raises(ConfigError, match="cannot be written"), GraphStore.rebuild(folder):
            pass


def test_a_folder_whose_lock_cannot_be_written(varied_graph: Path) -> None:
    varied_graph.joinpath(".lock").unlink()
    varied_graph.joinpath(".lock").mkdir()
    with pytest.raises(ConfigError, match="cannot be written"), GraphStore.update(varied_graph):
        pass


def test_a_wrong_base_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no base"), GraphStore.rebuild(tmp_path / "graph", base="nowhere"):
        pass
    assert list(tmp_path.iterdir()) == []


FULL = """
    import resource, sys
    from pathlib import Path
    from kg.errors import ConfigError
    from kg.graph.store import GraphStore
    from kg.model import Extraction, Paper
    from kg.resolution import resolve

    folder, way = Path(sys.argv[1]), sys.argv[2]
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        with getattr(GraphStore, way)(folder) as store:
            store.add(resolve(Paper(f"p{i}", "T", f"{i} " * 500), Extraction(f"p{i}")) for i in range(2000))
    except ConfigError as error:
        print(error.message)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are POSIX")
@pytest.mark.parametrize("way", ["rebuild", "update"])
def test_a_full_disk_leaves_the_graph(way: str, varied_graph: Path) -> None:
    before = lines(varied_graph)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FULL), varied_graph, way], capture_output=True, text=True, check=False
    )
    assert "the graph cannot be written" in done.stdout, done.stderr
    assert lines(varied_graph) == before
    assert sorted(p.name for p in varied_graph.glob("*-*")) == ["readings-1", "store-1"]


def test_the_manifest_is_plain(varied_graph: Path) -> None:
    assert json.loads(varied_graph.joinpath("manifest.json").read_text(encoding="utf-8")) == {
        "base": DEFAULT_BASE,
        "decisions": "",
        "extractor": "reader 1.0",
        "format": 2,
        "store": "store-1",
    }


@pytest.mark.shared
def test_real_papers_in_any_steps(gold: tuple[ResolvedPaper, ...], tmp_path: Path) -> None:
    papers = gold[:60]
    wanted = built(tmp_path / "one", papers)
    built(tmp_path / "steps", papers[40:])
    for part in (papers[:20], papers[20:45]):
        with GraphStore.update(tmp_path / "steps") as store:
            store.add(part)
    assert lines(tmp_path / "steps") == wanted
    with GraphStore.update(tmp_path / "steps") as store:
        store.remove([r.paper.id for r in papers[30:]])
    assert lines(tmp_path / "steps") == built(tmp_path / "fewer", papers[:30])
