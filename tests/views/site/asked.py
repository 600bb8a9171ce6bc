"""Handmade papers that disagree, measure in several units, run on robots, and carry names that mean harm."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kg.graph.store import GraphStore
from kg.model import Extraction, Paper, Result, Span
from kg.resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Annotated = tuple[Paper, dict[str, Any]]

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
TEMPLATE = "{{7*7}}"
FORMULA = "=SUM(A1)|x"
TEX = "a_b & 50% x ~^#"


def _paper(paper_id: str, date: str, title: str, abstract: str, **more: Any) -> Paper:
    return Paper(paper_id, title, abstract, categories=("cs.RO",), date=date, **more)


STEPNET: Annotated = (
    _paper(
        "2512.00001",
        "2025-12-02",
        "StepNet: stairs for humanoids",
        "StepNet is evaluated on LIBERO and compared with OpenVLA. StepNet runs on a Unitree G1 humanoid. "
        "StepNet reaches a success rate of 92.5% on LIBERO. It lifts the success rate by 12% over OpenVLA on LIBERO. "
        r"A step takes 30 ms on LIBERO, which is 3$\times$ faster.",
        authors=("Ada Lovelace", "Jürgen Müller"),
    ),
    {
        "e": [
            ["StepNet", "Method", "proposes"],
            ["LIBERO", "Benchmark", "evaluatesOn"],
            ["OpenVLA", "Method", "comparesWith"],
            ["Unitree G1", "Robot", "deploysOn"],
            ["success rate", "Metric", "measures"],
        ],
        "r": [[0, "evaluatedOn", 1], [0, "comparedWith", 2], [0, "runsOn", 3]],
        "q": [
            ["92.5%", 4, 0, -1, 1, "absolute"],
            ["12%", 4, 0, 2, 1, "increase"],
            ["30 ms", -1, 0, -1, 1, "absolute"],
            [r"3$\times$", -1, 0, -1, 1, "ratio"],
        ],
    },
)
AGAIN: Annotated = (
    _paper(
        "2511.00002",
        "2025-11-20",
        "OpenVLA measured again",
        "OpenVLA reaches a success rate of 76.5% on LIBERO. OpenVLA runs on a Franka Panda arm. "
        "Over all, OpenVLA has an accuracy of 61%.",
        authors=("Ada Lovelace",),
    ),
    {
        "e": [
            ["OpenVLA", "Method", "uses"],
            ["success rate", "Metric", "measures"],
            ["LIBERO", "Benchmark", "evaluatesOn"],
            ["Franka Panda", "Robot", "deploysOn"],
            ["accuracy", "Metric", "measures"],
        ],
        "r": [[0, "runsOn", 3]],
        "q": [["76.5%", 1, 0, -1, 2, "absolute"], ["61%", 4, 0, -1, -1, "absolute"]],
    },
)
FIRST: Annotated = (
    _paper(
        "2406.00003",
        "2024-06-13",
        "OpenVLA: an open model",
        "OpenVLA reaches a success rate of 80.1 percent on LIBERO. On average its accuracy is 64%.",
    ),
    {
        "e": [
            ["OpenVLA", "Method", "proposes"],
            ["success rate", "Metric", "measures"],
            ["LIBERO", "Benchmark", "evaluatesOn"],
            ["accuracy", "Metric", "measures"],
        ],
        "q": [["80.1 percent", 1, 0, -1, 2, "absolute"], ["64%", 3, 0, -1, -1, "absolute"]],
    },
)
HOSTILE: Annotated = (
    _paper(
        "local/é 1",
        "2024-05",
        f"{SCRIPT} on {TEMPLATE}",
        f"{SCRIPT} beats {FORMULA} on LIBERO. {FORMULA} has a success rate of -5.5% on LIBERO. "
        f"{TEX} has a success rate of about 7% on LIBERO. {IMAGE} is compared too.",
    ),
    {
        "e": [
            [SCRIPT, "Method", "proposes"],
            [FORMULA, "Method", "comparesWith"],
            [TEX, "Method", "comparesWith"],
            [IMAGE, "Method", "comparesWith"],
            ["LIBERO", "Benchmark", "evaluatesOn"],
            ["success rate", "Metric", "measures"],
        ],
        "q": [["-5.5%", 5, 1, -1, 4, "absolute"], ["about 7%", 5, 2, -1, 4, "absolute"]],
    },
)
PAPERS = (STEPNET, AGAIN, FIRST, HOSTILE)


def make_graph(folder: Path, papers: Iterable[Annotated]) -> Path:
    """Build the graph of ``papers`` in ``folder`` and return it."""
    with GraphStore.rebuild(folder, extractor="annotator 1") as store:
        store.add(resolve(paper, _read(paper, line)) for paper, line in papers)
    return folder


def _read(paper: Paper, line: dict[str, Any]) -> Extraction:
    """Return what was read from a paper: whole sentences as evidence, numbers and units of the figures."""
    found = Extraction.from_gold({"id": paper.id, **line}, paper.text)
    relations = (replace(r, evidence=tuple(_sentence(e, paper.text) for e in r.evidence)) for r in found.relations)
    return replace(found, relations=tuple(relations), results=tuple(_figure(r, paper.text) for r in found.results))


def _figure(result: Result, text: str) -> Result:
    match = re.search(r"(-?[\d.]+) ?(\S*)$", result.value.replace(r"$\times$", "x"))
    assert match is not None
    return replace(result, number=float(match[1]), unit=match[2], evidence=_sentence(result.span, text))


def _sentence(span: Span, text: str) -> Span:
    before = max(text.rfind(". ", 0, span.start) + 2, text.rfind("\n", 0, span.start) + 1)
    return Span(before if before > 1 else 0, text.index(".", span.end) + 1)
