"""The data of the network page: which nodes and edges, where they stand, what is said of them, the same each time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.spatial import cKDTree

from kg.graph.communities import communities, plan
from kg.model import Paper
from kg.views.site import atlas, maps
from kg.views.site.atlas import SHARD, columns, evidence, month
from kg.views.site.maps import Map, choose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import Any

    from kg.graph.communities import Indices
    from kg.views.site.catalogue import Library

    Gathered = Callable[[Iterable[Any]], Library]


def the(name: str, library: Library) -> Map:
    return next(one for one in maps.maps(library) if one.name == name)


def cliques(count: int, each: int) -> Indices:
    """Return groups in which everything is linked, in a ring of single edges."""
    inner = [(g * each + a, g * each + b) for g in range(count) for a in range(each) for b in range(a)]
    return np.array([*inner, *(((g * each), (g + 1) % count * each) for g in range(count))], dtype=np.intp)


def test_communities_are_what_hangs_together_and_numbered_by_size() -> None:
    ends = np.concatenate((cliques(4, 6), [[24, 25], [25, 26], [24, 26]]))
    found = communities(28, ends, np.ones(len(ends)))
    assert [len(set(found[g * 6 : g * 6 + 6])) for g in range(4)] == [1, 1, 1, 1]
    assert set(found[24:27]) == {4}
    assert found[27] == 5
    assert list(np.bincount(found)) == [6, 6, 6, 6, 3, 1]


@pytest.mark.parametrize("at_once", [20_000, 50, 1])
def test_discs_do_not_overlap_and_hold_their_nodes_which_stand_among_their_own(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.graph.communities._AT_ONCE", at_once)
    ends = cliques(30, 12)
    community = communities(360, ends, np.ones(len(ends)))
    made = plan(ends, np.ones(len(ends)), community)
    gaps = np.linalg.norm(made.centres[:, None] - made.centres[None], axis=2) - made.radii[:, None] - made.radii[None]
    assert (gaps[~np.eye(len(made.radii), dtype=bool)] > -1e-6).all()
    assert (np.linalg.norm(made.points - made.centres[community], axis=1) <= made.radii[community] + 1e-6).all()
    distance, near = cKDTree(made.points).query(made.points, 6)
    assert (community[near[:, 1:]] == community[:, None]).mean() > 0.95
    assert distance[:, 1].min() > 3  # those of a clique have the same neighbours, but not the same place
    assert np.array_equal(made.points, plan(ends, np.ones(len(ends)), community).points)


@pytest.mark.parametrize("at_once", [20_000, 50])
def test_the_linked_stand_near_within_a_disc_however_many_are_moved_at_once(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.graph.communities._AT_ONCE", at_once)
    rings, each = 5, 40
    community = np.tile(np.arange(rings), each)  # the members of a disc do not lie beside one another in the rows
    member = np.arange(rings * each) // rings
    ends = np.column_stack((np.arange(rings * each), (member + 1) % each * rings + community)).astype(np.intp)
    points = plan(ends, np.ones(len(ends)), community).points
    linked = np.linalg.norm(points[ends[:, 0]] - points[ends[:, 1]], axis=1).mean()
    inside = [points[community == one] for one in range(rings)]
    strangers = np.mean([np.linalg.norm(some[:, None] - some[None], axis=2).mean() for some in inside])
    assert linked < strangers / 2


@pytest.mark.parametrize("count", [0, 1, 2, 900])
def test_a_graph_of_any_size_has_a_plan(count: int) -> None:
    """Without edges too: each node is its own community then, most of them in rings around the rest."""
    ends = np.zeros((0, 2), dtype=np.intp)
    community = communities(count, ends, np.zeros(0))
    made = plan(ends, np.zeros(0), community)
    assert made.points.shape == (count, 2)
    assert np.isfinite(made.points).all()
    if count > 1:
        assert cKDTree(made.points).query(made.points, 2)[0][:, 1].min() > 1


def test_the_whole_map_has_what_papers_state_and_who_wrote_them(asked_library: Library) -> None:
    whole = the("whole", asked_library)
    labels = {tuple(asked_library.label(end) for end in (key.source, key.target)): key.type for key in whole.edges}
    assert labels["StepNet", "Unitree G1"] == "runsOn"
    assert labels["OpenVLA measured again", "Ada Lovelace"] == "creator"
    assert labels["StepNet: stairs for humanoids", "StepNet"] == "proposes"
    assert whole.total == len(whole.nodes)
    assert set(whole.nodes) == {end for key in whole.edges for end in (key.source, key.target)}


def test_co_authors_are_linked_by_the_papers_they_share(library_of: Gathered) -> None:
    def paper(number: int, *authors: str) -> Any:
        return Paper(f"2501.0000{number}", "A title", "Nothing.", authors=authors, date="2025-01-01"), {}

    crowd = [f"Author {chr(65 + i)}{chr(97 + j)}" for i in range(8) for j in range(5)]
    drawn = the(
        "authors", library := library_of([paper(1, "Ada A", "Bob B"), paper(2, "Bob B", "Ada A"), paper(3, *crowd)])
    )
    support = {frozenset(map(library.label, (k.source, k.target))): len(said) for k, said in drawn.edges.items()}
    assert support.pop(frozenset({"Ada A", "Bob B"})) == 2
    assert support == {frozenset({crowd[0], other}): 1 for other in crowd[1:]}


def test_methods_and_tasks_are_linked_by_sentences_or_by_a_paper_on_both(library_of: Gathered) -> None:
    text = "StepNet is used for climbing. It uses ODE solvers."
    line = {
        "e": [["StepNet", "Method", "proposes"], ["climbing", "Task", "addresses"], ["ODE solvers", "Method", "uses"]],
        "r": [[0, "usedFor", 1]],
    }
    drawn = the("topics", library := library_of([(Paper("2501.00001", "A title", text, date="2025-01"), line)]))
    said = {(library.label(k.source), k.type, library.label(k.target)) for k in drawn.edges}
    assert said == {("StepNet", "usedFor", "climbing"), ("ODE solvers", "studiedFor", "climbing")}


def test_of_too_many_nodes_those_of_most_papers_are_drawn(asked_library: Library) -> None:
    whole = the("whole", asked_library)
    kept = choose(asked_library, whole.nodes, whole.edges, 7)
    labels = {asked_library.label(iri) for iri in kept}
    assert len(kept) == 7
    assert {"LIBERO", "OpenVLA", "success rate"} <= labels
    assert labels & {"OpenVLA measured again", "OpenVLA: an open model"}
    assert "Franka Panda" not in labels


def test_columns_say_what_pages_kinds_times_and_categories_nodes_have(asked_library: Library) -> None:
    whole = the("whole", asked_library)
    data = columns(asked_library, whole)
    node = data["label"].index("OpenVLA")
    assert data["kinds"][data["kind"][node]]["name"] == "Method"
    assert data["page"][node] == "method/openvla"
    assert data["papers"][node] == 3
    assert (data["first"][node], data["last"][node]) == (month("2024-06"), month("2025-12"))
    assert [data["categories"][i] for i in data["sets"][data["in"][node]]] == ["cs.RO"]
    lengths = {
        len(data[name]) for name in ("label", "kind", "page", "papers", "first", "in", "size", "x", "y", "community")
    }
    assert lengths == {len(whole.nodes)}
    assert {len(values) for values in data["edges"].values()} == {len(whole.edges)}
    assert sum(one["count"] for one in data["communities"]) == len(whole.nodes)
    assert all(one["name"] in data["label"] for one in data["communities"])


def test_evidence_quotes_the_sentence_with_both_ends(asked_library: Library) -> None:
    whole = the("whole", asked_library)
    shards = list(evidence(asked_library, whole))
    assert [len(shard) for shard in shards] == [min(SHARD, len(whole.edges))]
    number = [key.type == "runsOn" and asked_library.label(key.source) == "StepNet" for key in whole.edges].index(True)
    [[title, page, date, score, runs]] = shards[0][number]
    assert (title, page, date, score) == ("StepNet: stairs for humanoids", "paper/2512.00001.html", "2025-12-02", 100)
    assert runs == [["StepNet", 1], [" runs on a ", 0], ["Unitree G1", 2], [" humanoid.", 0]]
    given = [key.type for key in whole.edges].index("creator")
    assert shards[0][given][0][4] == []


def test_equal_graphs_give_equal_data(asked_library: Library) -> None:
    turned = replace(asked_library, papers=dict(reversed(asked_library.papers.items())))
    one, other = (json.dumps(columns(library, the("whole", library))) for library in (asked_library, turned))
    assert one == other


def test_without_the_bundle_the_page_says_what_to_do(
    asked_library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atlas, "SCRIPT", "not-built.js")
    atlas.write(asked_library, tmp_path)
    page = (tmp_path / "network.html").read_text(encoding="utf-8")
    assert "installed where npm could not be reached" in page
    assert "network.js" not in page
    assert f'src="{atlas.PICTURE}"' in page
    assert list((tmp_path / "data").iterdir()) == [tmp_path / atlas.PICTURE]
