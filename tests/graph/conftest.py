"""Invented papers that between them hold every type, role, relation, kind of result and certainty."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kg.graph.store import GraphStore
from kg.model import Certainty, Extraction, Paper, Summary, SummaryField
from kg.resolution import resolve

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model import ResolvedPaper, Result

READER = "reader 1.0"


def read(paper: Paper, line: dict[str, Any], **certainties: dict[int, Certainty]) -> ResolvedPaper:
    """Return ``paper`` with the gold ``line`` as what was read; ``relations={0: HEDGED}`` says how a row is put."""
    extraction = Extraction.from_gold({"id": paper.id, **line}, paper.text, READER)
    rows = {
        field: tuple(
            replace(row, certainty=wanted.get(i, row.certainty)) for i, row in enumerate(getattr(extraction, field))
        )
        for field, wanted in certainties.items()
    }
    results = tuple(map(_measured, rows.pop("results", extraction.results)))
    return resolve(paper, replace(extraction, results=results, **rows))


def _measured(result: Result) -> Result:
    """Return a result with its number and unit read from its value, where it begins with one."""
    found = re.match(r"(\d+(?:\.\d+)?)\s*(.*)", result.value)
    return replace(result, number=float(found[1]), unit=found[2]) if found else result


_WALKER = read(
    Paper(
        "2601.00011",
        "StrideNet: legged locomotion on stairs",
        r"StrideNet is a diffusion policy. It builds on RoboStack and was trained in MuJoCo and on StairSet. On "
        r"StairBench StrideNet reaches a success rate of 91.5\%, 12 points above TrotNet, and halves the energy use. "
        r"It runs on a Unitree Go2 with a Jetson Orin. A gait encoder feeds StrideNet.",
        authors=("Ada Lovelace", "J. Müller"),
        categories=("cs.RO", "cs.LG"),
        version=2,
        date="2026-01-07",
        keywords=("locomotion", "stairs"),
        comment="9 pages, 4 figures",
        summaries=tuple(Summary(field, "zh", f"摘要 {field}") for field in SummaryField),
        source="monday.md",
        other_sources=("tuesday.md",),
    ),
    {
        "e": [
            ["StrideNet", "Method", "proposes"],
            ["legged locomotion", "Task", "addresses"],
            ["diffusion policy", "Method", "mentions"],
            ["RoboStack", "Software", "uses"],
            ["MuJoCo", "Software", "trainsOn"],
            ["StairSet", "Dataset", "trainsOn"],
            ["StairBench", "Benchmark", "evaluatesOn"],
            ["success rate", "Metric", "measures"],
            ["TrotNet", "Method", "comparesWith"],
            ["energy use", "Metric", "measures"],
            ["Unitree Go2", "Robot", "deploysOn"],
            ["Jetson Orin", "Hardware", "deploysOn"],
            ["gait encoder", "Method", "uses"],
        ],
        "r": [
            [0, "usedFor", 1],
            [0, "isA", 2],
            [0, "buildsOn", 3],
            [0, "trainedOn", 4],
            [0, "trainedOn", 5],
            [0, "evaluatedOn", 6],
            [0, "comparedWith", 8],
            [0, "runsOn", 10],
            [12, "partOf", 0],
        ],
        "q": [
            [r"91.5\%", 7, 0, -1, 6, "absolute"],
            ["12 points", 7, 0, 8, 6, "increase"],
            ["halves", 9, 0, -1, -1, "ratio"],
        ],
    },
)

_PROBE = read(
    Paper(
        "2601.00012",
        "Does StrideNet see the stairs?",
        "We probe stride-net without training it on StairSet. It may run on a Unitree Go2. Falls go down by 3. "
        "Latency is used for legged locomotion. TrotNet-2 is not seen.",
        authors=("Ada Lovelace", "Grace Hopper"),
        categories=("cs.RO",),
        date="2026-01",
    ),
    {
        "e": [
            ["stride-net", "Method", "uses", ["StrideNet"]],
            ["StairSet", "Dataset", "mentions"],
            ["Unitree Go2", "Robot", "mentions"],
            ["Falls", "Metric", "measures"],
            ["Latency", "Metric", "mentions"],
            ["legged locomotion", "Task", "mentions"],
            ["TrotNet-2", "Method", "mentions"],
        ],
        "r": [[0, "trainedOn", 1], [0, "runsOn", 2], [4, "usedFor", 5], [0, "usedFor", 5]],
        "q": [["3", 3, 0, -1, -1, "decrease"]],
    },
    relations={0: Certainty.NEGATED, 1: Certainty.HEDGED, 3: Certainty.TENTATIVE},
    results={0: Certainty.HEDGED},
)

_TEX = read(
    Paper(
        "2512.00013",
        r"CM$^2$: maps for $\pi_0$ with 100% recall & C++",
        r"CM$^2$ maps with $\pi_0$ in C++, not C#. It is evaluated on legged locomotions.",
        authors=("Erdős Pál", r"Erd\H{o}s P\'al"),
        categories=("cs.CV",),
    ),
    {
        "e": [
            ["CM$^2$", "Method", "proposes"],
            [r"$\pi_0$", "Method", "uses"],
            ["C++", "Software", "uses"],
            ["C#", "Software", "mentions"],
            ["legged locomotions", "Task", "evaluatesOn"],
        ],
        "r": [[0, "buildsOn", 1], [0, "buildsOn", 2], [0, "evaluatedOn", 4]],
    },
)

_TWICE = read(
    Paper(
        "hep-th/9901001",
        "Grid models and grid-models",
        "Grid models run on FPGAs. A grid-model is a grid model. GridSet is compared with StairSet.",
        authors=("Ada Lovelace",),
        categories=("hep-th",),
    ),
    {
        "e": [
            ["Grid models", "Method", "uses"],
            ["grid-models", "Method", "proposes", ["grid-model"]],
            ["FPGAs", "Hardware", "evaluatesOn"],
            ["GridSet", "Dataset", "proposes"],
            ["StairSet", "Dataset", "comparesWith"],
        ],
        "r": [[0, "runsOn", 2], [1, "runsOn", 2], [0, "isA", 1], [3, "comparedWith", 4], [3, "comparedWith", 4]],
    },
)

_ODD = read(
    Paper(
        "local/paper #4 ü",
        'Quotes " and \\ and <b> and \U0001f600',
        'שלום עולם helps "A|B;\tC" \U0001f600 on 100 tasks.',
        authors=("O'Neil \\ <Co.>", "  "),
        date="2026-02-30",
        categories=("my category",),
    ),
    {
        "e": [["A|B; C", "Dataset", "evaluatesOn"], ["שלום עולם", "Method", "uses"]],
        "r": [[1, "evaluatedOn", 0]],
    },
)

_EMPTY = read(Paper("2401.54321", "Nothing to see"), {})


@pytest.fixture(scope="session")
def varied() -> tuple[ResolvedPaper, ...]:
    """Return the papers, as they are after resolution."""
    return (_WALKER, _PROBE, _TEX, _TWICE, _ODD, _EMPTY)


@pytest.fixture
def varied_graph(varied: tuple[ResolvedPaper, ...], tmp_path: Path) -> Path:
    """Return a new graph folder of the papers."""
    with GraphStore.rebuild(tmp_path / "graph", extractor=READER) as store:
        store.add(varied)
    return tmp_path / "graph"


@pytest.fixture(scope="session")
def gold(shared: Path) -> tuple[ResolvedPaper, ...]:
    """Return 175 real papers with what annotators read from them: as many as two days of arXiv digests hold."""
    annotation = shared / "annotation"
    lines = {kind: (annotation / f"train.{kind}.jsonl").read_text("utf-8").splitlines() for kind in ("texts", "labels")}
    texts = {text["id"]: text for text in map(json.loads, lines["texts"])}
    papers = []
    for label in map(json.loads, lines["labels"][:175]):
        text = texts[label["id"]]
        papers.append(read(Paper(text["id"], text["title"], text["abstract"], authors=("Ada Lovelace",)), label))
    return tuple(papers)
