"""The commands that read papers: build, add, remove, extract, evaluate."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.backends import extractor_options, settings
from kg.cli.terminal import (
    FILE,
    FOLDER,
    Terminal,
    fail_on,
    graph_argument,
    jobs_option,
    reading_options,
    site_option,
    tell_of_pages,
)
from kg.errors import SourceError
from kg.model import READ, Certainty

if TYPE_CHECKING:
    from collections.abc import Collection

    from kg.build import BuildReport, ReadingOptions
    from kg.evaluate import Report as EvaluationReport
    from kg.model import Extraction
    from kg.nlp.backends import Settings


@click.command()
@reading_options
@extractor_options
@click.option("-o", "--output", type=FOLDER, help="Folder of the graph. Default: exports/<name of the first input>.")
@click.option("--base", metavar="IRI", help="What the graph's own IRIs begin with.")
@site_option
def build(
    inputs: tuple[str, ...],
    output: Path | None,
    base: str | None,
    site: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Build a graph from digests, in place of an earlier one.

    INPUT is a file, a folder, a glob, or - for standard input; Markdown digest, JSONL, Kaggle's arXiv snapshot or Atom,
    plain or gzipped.

    \b
    Examples:
      kg build digest.md
      kg build digests/*.md yesterday.jsonl.gz -o exports/week
      kg build digest.md --extractor openai --model gpt-4.1-mini --max-cost 0.50
      curl … | kg build - --format atom -o exports/today
    """
    from kg.build import build as run

    watch = Terminal(quiet=quiet)
    report = run(inputs, output or _default_output(inputs), base=base, how=_how(options), watch=watch, site=site)
    _finish(report, watch)


@click.command()
@graph_argument
@reading_options
@extractor_options
@site_option
def add(graph: Path, inputs: tuple[str, ...], site: bool, quiet: bool, **options: Any) -> None:
    """Add papers to a graph; one that is there already is replaced.

    \b
    Examples:
      kg add exports/week today.md
    """
    from kg.build import add as run

    watch = Terminal(quiet=quiet)
    _finish(run(graph, inputs, how=_how(options), watch=watch, site=site), watch)


@click.command()
@graph_argument
@click.argument("papers", metavar="ID...", nargs=-1, required=True)
def remove(graph: Path, papers: tuple[str, ...]) -> None:
    """Remove papers and all that was read from them.

    \b
    Examples:
      kg remove exports/week 2512.04231
    """
    from kg.build import remove as run

    done = run(graph, papers)
    click.echo(f"{done.papers} {_plural('paper', done.papers)} removed")
    tell_of_pages(done)


def _how(options: dict[str, Any]) -> ReadingOptions:
    """Return how to read from the options that every reading command has."""
    from kg.build import ReadingOptions

    told = {name: options.pop(name) for name in ("form", "strict", "jobs", "min_score")}
    return ReadingOptions(**told, extractor=settings(options))


def _default_output(inputs: tuple[str, ...]) -> Path:
    first = Path(inputs[0]).name.split(".")[0].strip("*?[]") or "digest"
    name = "stdin" if inputs[0] == "-" else first
    return Path("exports") / (name if len(inputs) == 1 else f"{name}-and-{len(inputs) - 1}-more")


def _plural(noun: str, count: int) -> str:
    if count == 1:
        return noun
    return f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"


def _finish(report: BuildReport, watch: Terminal) -> None:
    watch.list_problems()
    counts = {"paper": report.papers, "entity": report.entities, "relation": report.relations, "result": report.results}
    click.echo(" · ".join(f"{count} {_plural(noun, count)}" for noun, count in counts.items()))
    look = f"Open {report.page}" if report.page else f"Make its pages: kg site {report.folder}"
    click.echo(f"{look}, or ask: kg query {report.folder} --list")
    tell_of_pages(report)
    fail_on(report.violations)


@click.command()
@reading_options
@extractor_options
@click.option("-o", "--output", type=FILE, help="File to write, one line a paper. Default: standard output.")
def extract(
    inputs: tuple[str, ...],
    output: Path | None,
    quiet: bool,
    **options: Any,
) -> None:
    """Write what is read from each paper, one JSON object a line, without building a graph.

    A line is {"id", "e", "r", "q"}: entities [name, type, role, other mentions], relations [subject, relation, object]
    and results [value, metric, subject, baseline, on, kind], whose numbers count the entities.

    \b
    Examples:
      kg extract digest.md -o read.jsonl
      cat papers.jsonl | kg extract -
    """
    from kg.build import extract as run
    from kg.files import writing

    watch = Terminal(quiet=quiet)
    lines = (json.dumps(e.to_gold(), ensure_ascii=False) + "\n" for e in run(inputs, how=_how(options), watch=watch))
    if output is None:
        for line in lines:
            sys.stdout.buffer.write(line.encode(errors="backslashreplace"))
        sys.stdout.buffer.flush()
    else:
        with writing(output) as stream:
            stream.writelines(lines)
    watch.list_problems()


@click.command()
@click.argument("gold", type=FILE)
@click.option("--texts", type=FILE, help="The texts that GOLD labels: id, title, abstract a line; plain or gzipped.")
@click.option("--benchmark", type=click.Choice(["scier"]), help="GOLD is a file of this; --model: trained for it.")
@click.option("--predicted", type=FILE, help="Labels to score, in the form of kg extract. Default: extract them now.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option(
    "--bootstrap", type=click.IntRange(0), default=1000, show_default=True, help="Resamplings for the intervals."
)
@jobs_option
@extractor_options
def evaluate(
    gold: Path,
    texts: Path | None,
    benchmark: str | None,
    predicted: Path | None,
    as_json: bool,
    bootstrap: int,
    jobs: int,
    **backend: Any,
) -> None:
    """Score an extractor against labelled papers, with 95 % intervals.

    With --benchmark, GOLD is a file of that public benchmark, and --model the folder of a model trained on its train
    file (see kg/training/README.md).

    \b
    Examples:
      kg evaluate gold.labels.jsonl --texts gold.texts.jsonl
      kg evaluate gold.labels.jsonl --texts gold.texts.jsonl --predicted read.jsonl --json
      kg evaluate --benchmark scier dev.jsonl --model scier-model
    """
    chosen = settings(backend)
    if predicted and chosen.backend != "shipped":
        raise click.UsageError("Give --predicted or --extractor, not both.")
    if benchmark:
        if texts or predicted or chosen.backend != "shipped":
            raise click.UsageError("With --benchmark, give no --texts, --predicted or --extractor.")
        report, after = _benchmark(gold, chosen, bootstrap)
    else:
        if texts is None:
            raise click.UsageError("Give --texts, or --benchmark.")
        report, after = _labelled(gold, texts, predicted, jobs, chosen, bootstrap), ""
    click.echo(json.dumps(report.to_json(), indent=2) if as_json else f"{report.table()}\n{after}".rstrip())


def _labelled(
    gold: Path, texts: Path, predicted: Path | None, jobs: int, chosen: Settings, bootstrap: int
) -> EvaluationReport:
    from kg.evaluate import evaluate as run
    from kg.evaluate import load_labels

    labels = load_labels(gold)
    if predicted:
        return run(labels, load_labels(predicted), bootstrap=bootstrap)
    read = _extracted(labels, texts, jobs, chosen)
    lines, edges = ({e.paper_id: e.to_gold(among) for e in read} for among in (READ, {Certainty.ASSERTED}))
    return run(labels, lines, asserted=edges, bootstrap=bootstrap)


def _benchmark(gold: Path, chosen: Settings, bootstrap: int) -> tuple[EvaluationReport, str]:
    """Return the figures on SciER, and lines with those that others published."""
    from kg.evaluate import scier
    from kg.nlp import Extractor

    if chosen.model is None:
        raise click.UsageError("Give --model: the folder that python -m kg.training.scier wrote.")
    sentences = scier.load(gold)
    nlp = Extractor.load(Path(chosen.model)).nlp
    return scier.score(sentences, scier.read(nlp, sentences), bootstrap=bootstrap), f"\n{scier.published()}"


def _extracted(labels: Collection[str], texts: Path, jobs: int, chosen: Settings) -> list[Extraction]:
    """Return what the chosen extractor reads from the labelled papers; one that it cannot read is as if empty."""
    from kg.evaluate import load_texts
    from kg.nlp.backends import load

    papers = [paper for paper in load_texts(texts) if paper.id in labels]
    missing = sorted(set(labels) - {paper.id for paper in papers})
    if missing:
        raise SourceError(
            f"{len(missing)} labelled papers have no text, {missing[0]} first",
            path=texts,
            remedy="Give the texts that the labels were made on.",
        )
    watch = Terminal(quiet=True)
    reader = load(chosen, watch.problem)
    found = list(reader.extract(papers, n_process=jobs))
    watch.list_problems()
    return found


COMMANDS = (build, add, remove, extract, evaluate)
