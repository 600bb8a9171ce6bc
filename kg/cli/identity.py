"""The commands about which names are one thing: resolve, why."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from kg.cli.terminal import FILE, WRONG, graph_argument

if TYPE_CHECKING:
    from pathlib import Path

    from kg.errors import SourceError
    from kg.evaluate.identity import Answer


@click.command()
@click.argument("pairs", type=FILE)
@click.option("-o", "--output", type=FILE, help="File to write, one line a pair. Default: standard output.")
def resolve(pairs: Path, output: Path | None) -> None:
    """Say of pairs of entities whether each is one node of the graph.

    A line of PAIRS is {"n", "a": {"name", "type", "forms"}, "b": {…}}; the answer is {"n", "same", "score", "reason"}.
    Where lines are labelled with "same", precision and recall are reported. A line that is no pair is named and
    skipped.

    \b
    Examples:
      kg resolve pairs.jsonl -o answers.jsonl
      kg resolve identity-dev.jsonl | grep '"same": true'
    """
    from kg.evaluate.identity import answers
    from kg.files import writing

    faults: list[SourceError] = []
    found = list(answers(pairs, faults.append))
    lines = "".join(json.dumps(answer.to_json(), ensure_ascii=False) + "\n" for answer in found)
    if output is None:
        sys.stdout.buffer.write(lines.encode(errors="backslashreplace"))
    else:
        with writing(output) as stream:
            stream.write(lines)
    labelled = [answer for answer in found if answer.wanted is not None]
    if labelled:
        click.echo(_figures(labelled), err=True)
    for fault in faults:
        click.echo(f"skipped: {fault}", err=True)
    if faults and not found:
        sys.exit(WRONG)


def _figures(labelled: list[Answer]) -> str:
    right = sum(a.same and bool(a.wanted) for a in labelled)
    said, are = sum(a.same for a in labelled), sum(bool(a.wanted) for a in labelled)
    shares = (f"{right / whole:.3f}" if whole else "–" for whole in (said, are))
    return "of {} labelled pairs, same: precision {}, recall {}".format(len(labelled), *shares)


@click.command()
@graph_argument
@click.argument("one", metavar="NAME")
@click.argument("two", metavar="OTHER")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def why(graph: Path, one: str, two: str, as_json: bool) -> None:
    """Say whether two names stand for one node of a graph, and by which rules papers' names led there.

    \b
    Examples:
      kg why exports/digest LLMs "large language models"
      kg why exports/digest SLAM "visual SLAM" --json
    """
    from kg.graph.store import GraphStore
    from kg.graph.why import why as run

    with GraphStore.open(graph) as store:
        found = run(store, one, two)
    click.echo(json.dumps(found.to_json(), indent=2, ensure_ascii=False) if as_json else found.text())


COMMANDS = (resolve, why)
