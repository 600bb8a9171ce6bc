"""The commands that look at a graph: query, show, stats, validate, site, export."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.sending import send, server_options
from kg.cli.terminal import FILE, FOLDER, NOT_CONFORMING, Terminal, fail_on, graph_argument, selecting_options
from kg.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.graph.named import NamedQuery
    from kg.graph.store import GraphStore

EXPORTS = (
    "turtle",
    "nquads",
    "trig",
    "jsonld",
    "rdfxml",
    "canonical",
    "nanopub",
    "void",
    "gexf",
    "graphml",
    "neo4j",
    "csv",
    "parquet",
    "bibtex",
    "html",
)
"""What ``kg export --to`` takes; a test holds it equal to the exporters, whose import would slow every ``--help``."""


PRESETS = ("whole", "co-authors", "method-benchmark", "paper-similarity")
"""What ``--preset`` takes, likewise."""


@click.command()
@click.argument("graph", metavar="DIR", type=FOLDER, required=False)
@click.argument("text", metavar="QUERY", required=False)
@click.option("--file", "file", type=FILE, help="Read the query from a file.")
@click.option("--name", help="Ask one of the questions that ship with kg; see --list.")
@click.option(
    "-p", "--param", "params", metavar="KEY=VALUE", multiple=True, help="What a named query asks about; repeatable."
)
@click.option(
    "--format",
    "form",
    metavar="NAME",
    help="table, markdown, csv, tsv, json, xml; turtle, ntriples, jsonld, rdfxml for CONSTRUCT and DESCRIBE.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds after which the query is stopped.",
)
@click.option("--list", "listing", is_flag=True, help="List the named queries with what each needs.")
def query(
    graph: Path | None,
    text: str | None,
    file: Path | None,
    name: str | None,
    params: tuple[str, ...],
    form: str | None,
    timeout: float,
    listing: bool,
) -> None:
    """Ask a graph in SPARQL 1.1, or by the name of a question that ships with kg.

    \b
    Examples:
      kg query --list
      kg query exports/digest --name papers-on-robot -p robot="Unitree G1"
      kg query exports/digest "SELECT ?p WHERE { ?p kg:proposes ?m } LIMIT 5"
      kg query exports/digest --file mine.rq --format csv > answer.csv
    """
    from kg.graph import named, sparql

    if listing:
        click.echo(_listing(named.load()))
        return
    if graph is None or sum(given is not None for given in (text, file, name)) != 1:
        raise click.UsageError("Give a graph folder and one of QUERY, --file or --name; or --list.")
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    if name is not None:
        values = dict(map(_pair, params))
        answer = sparql.ask_named(graph, name, values, format=form, timeout=timeout, width=width)
    else:
        question = text if text is not None else _query_of(file)
        answer = sparql.ask(graph, question, format=form, timeout=timeout, width=width)
    for piece in answer:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _listing(queries: Mapping[str, NamedQuery]) -> str:
    """Return each named query with its question and what it takes."""
    lines = []
    for query in queries.values():
        lines += [f"{query.name}", f"    {query.question}"]
        lines += [f"    -p {parameter.usage}" for parameter in query.parameters]
    return "\n".join(lines)


def _query_of(file: Path | None) -> str:
    assert file is not None  # noqa: S101  click gave one of the three
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError("the query cannot be read", path=file, remedy=str(error)) from error


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"not KEY=VALUE: {text!r}", remedy='Write, for example, -p robot="Unitree G1".')
    return key.strip(), value


@click.command()
@graph_argument
@click.option("--to", "form", type=click.Choice(EXPORTS), required=True, help="What to write.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File or folder to write. Default: inside DIR.")
@click.option("--preset", type=click.Choice(PRESETS), help="With --to gexf or graphml: a network made for a question.")
@server_options
@selecting_options
def export(
    graph: Path,
    form: str,
    output: Path | None,
    preset: str | None,
    uri: str | None,
    user: str,
    database: str | None,
    **selection: Any,
) -> None:
    """Write a graph, or a part of it, for another program.

    turtle, nquads, trig, jsonld and rdfxml for RDF tools, canonical to compare, nanopub to publish, void to describe;
    gexf for Gephi; graphml for igraph, yEd and others; neo4j, csv and parquet write a folder; bibtex for LaTeX; html
    one page that opens offline.

    \b
    Examples:
      kg export exports/digest --to gexf
      kg export exports/digest --to gexf --preset co-authors -o people.gexf
      kg export exports/digest --to html --around "Unitree G1" --hops 2 -o g1.html
      kg export exports/digest --to neo4j --category cs.RO -o neo4j/
      kg export exports/digest --to neo4j --uri bolt://localhost:7687
    """
    from kg.build import export as run
    from kg.graph.network import Selection

    if uri is not None:
        if form != "neo4j" or output is not None:
            raise click.UsageError("--uri goes with --to neo4j, and without -o.")
        send(graph, uri, user, database, Selection(**selection))
        return
    for path in run(graph, form, output, Selection(**selection), preset or ""):
        click.echo(path)


@click.command()
@graph_argument
@click.option("-o", "--output", type=FOLDER, help="Folder to write. Default: DIR/site.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def site(graph: Path, output: Path | None, quiet: bool) -> None:
    """Write a graph as pages for people: one folder that opens from disk and from any web server.

    A page for every paper, thing and author with the sentences behind each line, leaderboards, the network, what is
    new, SPARQL in the browser. Nothing is loaded from anywhere else. An earlier site there is replaced when the new
    one is whole.

    \b
    Examples:
      kg site exports/digest
      kg site exports/digest -o public && python -m http.server -d public
    """
    from kg.build import site as run

    click.echo(run(graph, output, watch=Terminal(quiet=quiet)))


@click.command()
@graph_argument
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def validate(graph: Path, as_json: bool) -> None:
    """Check a graph against the shapes of the ontology (SHACL). Exit code 1 if it does not conform.

    \b
    Examples:
      kg validate exports/digest
    """
    from kg.graph.shacl import validate as run
    from kg.graph.store import GraphStore

    with GraphStore.open(graph) as store:
        violations = run(store)
    if as_json:
        click.echo(json.dumps([violation.to_json() for violation in violations], indent=2, ensure_ascii=False))
        sys.exit(NOT_CONFORMING if violations else 0)
    fail_on(violations)
    click.echo("The graph conforms.")


@click.command()
@graph_argument
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--hash", "hashing", is_flag=True, help="Print the RDFC-1.0 hash instead: equal graphs have equal ones.")
def stats(graph: Path, as_json: bool, hashing: bool) -> None:
    """Count what is in a graph.

    \b
    Examples:
      kg stats exports/digest
      kg stats exports/digest --hash
    """
    from kg.graph.statistics import statistics
    from kg.graph.store import GraphStore

    with GraphStore.open(graph) as store:
        if hashing:
            click.echo(_hash(store, as_json=as_json))
            return
        found = statistics(store)
    click.echo(json.dumps(found.to_json(), indent=2, ensure_ascii=False) if as_json else found.text())


def _hash(store: GraphStore, *, as_json: bool) -> str:
    from kg.exporters.rdf import fingerprint
    from kg.graph.network import Selection

    found = fingerprint(store, Selection())
    return json.dumps({"rdfc10": {"sha256": found}}, indent=2) if as_json else f"RDFC-1.0 SHA-256 {found}"


@click.command()
@graph_argument
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(graph: Path, name: str, as_json: bool) -> None:
    """Show everything known of one thing, person or paper, with the sentences behind it.

    NAME is a name, an alias, an arXiv id or an IRI; case does not matter.

    \b
    Examples:
      kg show exports/digest OpenVLA
      kg show exports/digest 2512.04231
    """
    from kg.graph.describe import describe
    from kg.graph.store import GraphStore

    with GraphStore.open(graph) as store:
        found = describe(store, name)
    click.echo(json.dumps(found.to_json(), indent=2, ensure_ascii=False) if as_json else found.text())


COMMANDS = (query, show, stats, validate, site, export)
