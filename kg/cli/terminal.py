"""What every command shares: how it ends, how it shows progress, the options that several have."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.errors import KGError
from kg.model import EntityType

if TYPE_CHECKING:
    from kg.build import BuildReport, Change
    from kg.graph.shacl import Violation
    from kg.model import Problem

T = TypeVar("T")
Command = Callable[..., Any]

NOT_CONFORMING = 1
WRONG = 2
INTERRUPTED, TERMINATED = 130, 143
PROBLEMS_SHOWN = 20
VIOLATIONS_SHOWN = 20


class Group(click.Group):
    """A group whose commands end in one line and an exit code, never in a traceback that a user cannot act on."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for, and turn what went wrong into a line and a code."""
        try:
            with _terminable():
                return super().invoke(ctx)
        except KGError as error:
            click.echo(f"kg: {error}", err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt as stop:
            click.echo("kg: interrupted; what was there before is unchanged", err=True)
            ctx.exit(interrupted(stop))
        except BrokenPipeError:
            # The reader of a pipe (head, less) had enough: no error of ours, and Python must not flush into it again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except OSError as error:
            click.echo(f"kg: {error.filename or 'input or output'}: {error.strerror or error}", err=True)
            ctx.exit(WRONG)


class Terminated(KeyboardInterrupt):
    """Somebody asked the process to end: it cleans up as it does after Ctrl-C."""


@contextmanager
def _terminable() -> Iterator[None]:
    """Raise :class:`Terminated` in the block when the process is asked to end."""

    def stop(*_: object) -> None:
        raise Terminated

    if threading.current_thread() is not threading.main_thread():  # no other may say what a signal does
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def interrupted(stop: KeyboardInterrupt) -> int:
    """Return the exit code of a command that was stopped."""
    return TERMINATED if isinstance(stop, Terminated) else INTERRUPTED


class Terminal:
    """Shows progress on standard error, and every problem of the inputs at the end."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.problems: list[Problem] = []

    def problem(self, problem: Problem) -> None:
        """Keep a problem for the list at the end."""
        self.problems.append(problem)

    def track(self, items: Iterable[T], total: int, what: str) -> Iterator[T]:
        """Pass items on under a progress bar."""
        if self.quiet or not sys.stderr.isatty():
            yield from items
            return
        with click.progressbar(items, length=total, label=what, file=sys.stderr, show_pos=True) as bar:
            yield from bar

    def list_problems(self) -> None:
        """Print the problems, lost papers first."""
        ranked = sorted(self.problems, key=lambda p: not p.fatal)
        for p in ranked[:PROBLEMS_SHOWN]:
            where = f"{p.path}:{p.line}" if p.line else p.path
            click.echo(f"{'skipped' if p.fatal else 'note'}: {where}: {p.reason}", err=True)
        if len(ranked) > PROBLEMS_SHOWN:
            click.echo(f"… and {len(ranked) - PROBLEMS_SHOWN} more, all in report.json", err=True)


_TYPES = click.Choice([*(kind.value for kind in EntityType), "Paper", "Author", "Category"], case_sensitive=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


def graph_argument(command: Command) -> Command:
    """Add the folder of the graph."""
    return click.argument("graph", metavar="DIR", type=FOLDER)(command)


def jobs_option(command: Command) -> Command:
    """Add how much is done at a time."""
    what = "Processes that extract; with openai, requests at a time."
    return click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help=what)(command)


def score_option(command: Command) -> Command:
    """Add how sure a statement has to be."""
    what = "Only statements of at least this score."
    return click.option("--min-score", type=click.FloatRange(0, 1), default=0.0, help=what)(command)


def site_option(command: Command) -> Command:
    """Add whether pages are written with a graph."""
    what = "Write no pages for people (DIR/site); kg site writes them later."
    return click.option("--no-site", "site", is_flag=True, flag_value=False, default=True, help=what)(command)


def reading_options(command: Command) -> Command:
    """Add what every command has that reads papers."""
    for option in (
        click.argument("inputs", metavar="INPUT...", nargs=-1, required=True),
        click.option(
            "--format", "form", metavar="NAME", help="Reader to use: markdown, jsonl, kaggle, atom. Sniffed by default."
        ),
        click.option("--strict", is_flag=True, help="Stop at the first record that cannot be read."),
        score_option,
        jobs_option,
        click.option("--quiet", is_flag=True, help="No progress bar."),
    ):
        command = option(command)
    return command


def selecting_options(command: Command) -> Command:
    """Add what every command has that takes a part of a graph."""
    for option in (
        click.option(
            "--type",
            "types",
            type=_TYPES,
            multiple=True,
            help="Only nodes of this type; repeatable.",
        ),
        click.option("--category", "categories", multiple=True, help="Only papers of this arXiv category; repeatable."),
        click.option("--paper", "papers", multiple=True, help="Only this paper, by arXiv id; repeatable."),
        click.option("--around", multiple=True, help="Only what lies around this name; repeatable."),
        click.option("--hops", type=click.IntRange(1, 3), default=1, show_default=True, help="How far around."),
        score_option,
    ):
        command = option(command)
    return command


def tell_of_pages(done: BuildReport | Change) -> None:
    """Say so if the pages of a graph still show what was there before."""
    from kg.build import is_outdated

    if is_outdated(done):
        click.echo(f"kg: the pages show the graph as it was before; make them anew: kg site {done.folder}", err=True)


def fail_on(violations: Sequence[Violation]) -> None:
    """Print the violations of a graph and end with the code for one that does not conform; do nothing without any."""
    if violations:
        click.echo("\n\n".join(violation.text() for violation in violations[:VIOLATIONS_SHOWN]), err=True)
        click.echo(f"kg: the graph does not conform: {len(violations)} violations", err=True)
        sys.exit(NOT_CONFORMING)
