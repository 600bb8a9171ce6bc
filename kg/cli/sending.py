"""Where ``kg export`` writes to a server instead of a file: its options, the password, and how an interruption ends."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from kg.cli.terminal import Command, Terminal, interrupted
from kg.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph.network import Selection

PASSWORD = "KG_NEO4J_PASSWORD"  # noqa: S105 - the name of a variable
_USER = "neo4j"


def server_options(command: Command) -> Command:
    """Add what tells a server; never a password, which others would see in the list of processes."""
    for option in (
        click.option("--uri", metavar="URI", help="With --to neo4j: a running server, such as bolt://localhost:7687."),
        click.option("--user", default=_USER, show_default=True, help=f"Its user; the password is in {PASSWORD}."),
        click.option("--database", metavar="NAME", help="Its database. Default: the server's own."),
    ):
        command = option(command)
    return command


def send(graph: Path, uri: str, user: str, database: str | None, selection: Selection) -> None:
    """Write a graph to a server and say what changed there."""
    from kg.exporters.bolt import Server
    from kg.exporters.bolt import send as run
    from kg.graph.store import GraphStore

    server = Server(uri, user, _password(), database)
    try:
        with GraphStore.open(graph) as store:
            changes = run(store, server, selection, Terminal(quiet=False).track)
    except KeyboardInterrupt as stop:
        click.echo("kg: interrupted; run it again to finish: what is written is not written twice", err=True)
        sys.exit(interrupted(stop))
    click.echo(changes.text())


def _password() -> str:
    """Return the password from the environment, or ask for it where somebody can answer."""
    given = os.environ.get(PASSWORD)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise ConfigError("no password for the server", remedy=f"Set {PASSWORD}.")
    answer: str = click.prompt("Password", hide_input=True, err=True)
    return answer
