"""The commands about which names are one thing: resolve, why, duplicates, merge, split, decisions."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from kg.cli.terminal import FILE, WRONG, graph_argument, tell_of_pages

if TYPE_CHECKING:
    from pathlib import Path

    from kg.errors import SourceError
    from kg.evaluate.identity import Answer
    from kg.resolution.decisions import Decisions


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


@click.command()
@graph_argument
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="Pairs to list.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def duplicates(graph: Path, most: int, as_json: bool) -> None:
    """List the pairs of nodes that may be one thing or person still, the likeliest first.

    Settle a pair with kg merge, or with kg split, after which it is listed no more.

    \b
    Examples:
      kg duplicates exports/digest
      kg duplicates exports/digest --most 100 --json
    """
    from kg.graph.duplicates import duplicates as run
    from kg.graph.store import GraphStore

    decisions = _decisions(graph)
    with GraphStore.open(graph) as store:
        base = store.iris.base
        found, count = run(store, decisions.apart(), most)
    if as_json:
        click.echo(json.dumps([pair.to_json() for pair in found], indent=2, ensure_ascii=False))
        return
    for pair in found:
        why = f"{pair.reason}, {pair.shared} neighbours shared"
        kinds = " and ".join(sorted({pair.one.kind, pair.two.kind}))
        click.echo(f"{pair.score:.2f}  {pair.one.label} · {pair.two.label}  ({kinds}; {why})")
        click.echo(f"      {pair.one.iri.removeprefix(base)}  {pair.two.iri.removeprefix(base)}")
    click.echo(f"{len(found)} of {count} pairs")


@click.command()
@graph_argument
@click.argument("keep", metavar="NAME")
@click.argument("other", metavar="OTHER")
@click.option("--reason", default="", help="Why; it stands in the graph with every merge.")
def merge(graph: Path, keep: str, other: str, reason: str) -> None:
    """Decide that OTHER is NAME: one node, in this graph and whenever it is built again.

    Names are those of the graph, or the ends of IRIs such as thing/openvla. The decision goes into decisions.tsv in the
    folder of the graph. A kg split of the same pair is taken back.

    \b
    Examples:
      kg merge exports/digest "Unitree G1" "G1 humanoid"
      kg merge exports/digest author/john-smith author/j-smith --reason "his home page"
    """
    from kg.graph.deciding import merged
    from kg.graph.store import GraphStore

    decisions = _decisions(graph)
    with GraphStore.open(graph) as store:
        later = merged(store, decisions, keep, other, reason)
    _decide(graph, decisions, later)


@click.command()
@graph_argument
@click.argument("node", metavar="NODE")
@click.argument("name", metavar="NAME")
@click.option("--paper", "papers", multiple=True, metavar="ID", help="Only in this paper; may be repeated.")
@click.option("--reason", default="", help="Why.")
def split(graph: Path, node: str, name: str, papers: tuple[str, ...], reason: str) -> None:
    """Decide that NAME is not NODE but a thing of its own.

    NAME is one that papers give the node (kg why lists them), or that of another node: then the two are no longer
    listed as duplicates. A kg merge of the same pair is taken back.

    \b
    Examples:
      kg split exports/digest "large language model" "LLM agents"
      kg split exports/digest Atlas Atlas --paper 2512.04231 --reason "a data set"
    """
    from kg.graph.deciding import parted
    from kg.graph.store import GraphStore

    decisions = _decisions(graph)
    with GraphStore.open(graph) as store:
        later = parted(store, decisions, node, name, papers, reason)
    _decide(graph, decisions, later)


@click.command()
@graph_argument
@click.option("--drop", "dropped", type=click.IntRange(1), multiple=True, metavar="N", help="Take back number N.")
@click.option("--apply", "applied", is_flag=True, help="Bring the graph up to date after decisions.tsv was edited.")
def decisions(graph: Path, dropped: tuple[int, ...], applied: bool) -> None:
    """List the decisions of kg merge and kg split about a graph.

    \b
    Examples:
      kg decisions exports/digest
      kg decisions exports/digest --drop 2
    """
    from kg.resolution.decisions import Decisions

    now = _decisions(graph)
    missing = [number for number in dropped if number > len(now.rows)]
    if missing:
        raise click.BadParameter(f"there is no decision {missing[0]}", param_hint="--drop")
    later = Decisions(tuple(row for number, row in enumerate(now.rows, start=1) if number not in dropped))
    if dropped or applied:
        _decide(graph, now, later)
    for number, row in enumerate(later.rows, start=1):
        where = f" in {', '.join(row.papers)}" if row.papers else ""
        click.echo(
            f"{number}  {row.kind}  {row.node}  {row.other}{where}" + (f"  ({row.reason})" if row.reason else "")
        )


def _decisions(graph: Path) -> Decisions:
    from kg.graph.folder import DECISIONS
    from kg.resolution.decisions import read_decisions

    return read_decisions(graph / DECISIONS)


def _decide(graph: Path, before: Decisions, later: Decisions) -> None:
    from kg.build import decide

    done = decide(graph, later)
    said = [f"+ {row.kind} {row.node} {row.other}" for row in later.rows if row not in before.rows]
    said += [f"- {row.kind} {row.node} {row.other}" for row in before.rows if row not in later.rows]
    for line in said:
        click.echo(line)
    click.echo(f"{done.papers} {'paper' if done.papers == 1 else 'papers'} resolved again")
    tell_of_pages(done)


COMMANDS = (resolve, why, duplicates, merge, split, decisions)
