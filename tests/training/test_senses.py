"""How the senses of acronyms are counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from kg.training.senses import counted, defined, main

if TYPE_CHECKING:
    from pathlib import Path


def test_definitions_of_a_text() -> None:
    text = "Model predictive control (MPC) and self-supervised learning (SSL); a robot (we call it Rob)."
    assert list(defined("Vision-language-action (VLA) models act.")) == [
        ("VLA", "", "vision language action"),
        ("VLA", "+", "vision language action model"),
    ]
    assert list(defined(text)) == [("MPC", "", "model predictive control"), ("SSL", "", "self supervised learning")]


def test_rows_count_papers_and_need_two() -> None:
    row, other = ("MPC", "", "model predictive control"), ("ABC", "", "a b c")
    assert counted([[row, row, other], [row]]) == [(*row, 2)]


def test_the_file_that_is_written(tmp_path: Path) -> None:
    corpus, texts, labels, out = (tmp_path / name for name in ("c.jsonl", "t.jsonl", "l.jsonl", "o.tsv"))
    paper = {"id": "1", "title": "On graphs", "abstract": "A graph neural network (GNN) here."}
    corpus.write_text(f"{json.dumps(paper)}\n", encoding="utf-8")
    texts.write_text(f"{json.dumps(paper)}\n", encoding="utf-8")
    labels.write_text(
        json.dumps({"id": "1", "e": [["graph neural network", "Method", "uses", ["GNN"]]], "r": [], "q": []}),
        encoding="utf-8",
    )
    files = zip(("--corpus", "--texts", "--labels", "--out"), (corpus, texts, labels, out), strict=True)
    done = CliRunner().invoke(main, [str(part) for option in files for part in option])
    assert done.exit_code == 0, done.output
    assert out.read_text(encoding="utf-8").splitlines() == [
        "acronym\ttype\texpansion\tpapers",
        "GNN\t\tgraph neural network\t1",
        "GNN\tMethod\tgraph neural network\t1",
    ]
