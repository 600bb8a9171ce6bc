"""The labels that the project brings along: of papers of the corpus, without a fault, of none that is measured."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import kg.training
from kg.training.data import labelled

if TYPE_CHECKING:
    from typing import Any

LABELS = Path(kg.training.__file__).with_name("labels.jsonl")


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_they_are_of_the_corpus_and_have_no_fault(shared: Path, tmp_path: Path) -> None:
    papers = labelled(shared / "corpus" / "arxiv-20k.jsonl.gz", LABELS)
    assert len(papers) == len(rows(LABELS)) > 2000
    texts = tmp_path / "texts.jsonl"
    given = [{"id": one.paper.id, "title": one.paper.title, "abstract": one.paper.abstract} for one in papers]
    texts.write_text("".join(f"{json.dumps(paper)}\n" for paper in given), encoding="utf-8")
    check = [sys.executable, shared / "annotation" / "check.py", texts, LABELS]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_no_paper_that_is_measured_is_among_them(shared: Path) -> None:
    ours = {row["id"] for row in rows(LABELS)}
    for name in ("train", "dev"):
        assert ours.isdisjoint(row["id"] for row in rows(shared / "annotation" / f"{name}.texts.jsonl")), name
