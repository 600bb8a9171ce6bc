"""The options that choose who reads the papers, and what is asked before it costs money."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from kg.errors import ConfigError

if TYPE_CHECKING:
    from kg.cli.terminal import Command
    from kg.nlp.backends import Settings
    from kg.nlp.backends.costs import Bill, Estimate

EXTRACTORS = ("shipped", "gliner", "openai")
"""What ``--extractor`` takes; a test holds it equal to the backends, whose import would slow every ``--help``."""

_OF_ENDPOINTS = ("endpoint", "price", "max_cost", "yes")
_AMOUNT = click.FloatRange(0)


def extractor_options(command: Command) -> Command:
    """Add what every command has that extracts; :func:`settings` takes their values."""
    for option in (
        click.option("--yes", is_flag=True, help="Do not ask before it costs money."),
        click.option(
            "--max-cost", type=_AMOUNT, metavar="USD", help="Stop before a request that might pass it. Default: 1."
        ),
        click.option(
            "--price", type=(_AMOUNT, _AMOUNT), metavar="IN OUT", help="US dollars per million tokens, if not known."
        ),
        click.option(
            "--endpoint",
            metavar="URL",
            help="Where openai finds /chat/completions. Default: OpenAI. Its key is taken from OPENAI_API_KEY.",
        ),
        click.option("--model", metavar="NAME", help="Its model: a name at the endpoint, or a folder."),
        click.option(
            "--extractor",
            type=click.Choice(EXTRACTORS),
            default="shipped",
            show_default=True,
            help="Who reads: the model that ships with kg, GLiNER, or an endpoint with OpenAI's interface.",
        ),
    ):
        command = option(command)
    return command


def settings(options: dict[str, Any]) -> Settings:
    """Return what the options say.

    :raises click.UsageError: if one of them is of no use to the extractor.
    """
    from kg.nlp.backends import Settings

    backend, model = options["extractor"], options["model"]
    given = {name: options[name] for name in _OF_ENDPOINTS if options[name] is not None and options[name] is not False}
    if given and backend != "openai":
        name = next(iter(given)).replace("_", "-")
        raise click.UsageError(f"--{name} needs --extractor openai.")
    return Settings(backend, model, payer=Purse(yes=given.pop("yes", False)), **given)


class Purse:
    """Shows what reading will cost and asks whether it may.

    :param yes: do not ask.
    """

    def __init__(self, *, yes: bool) -> None:
        self.yes = yes

    def approve(self, estimate: Estimate) -> None:
        """Print the estimate, and ask, unless it costs nothing.

        :raises ConfigError: if the answer is no, or nobody is there to answer.
        """
        click.echo(estimate.text(), err=True)
        if self.yes or not estimate.cost:
            return
        if not sys.stdin.isatty():
            raise ConfigError("nobody is there to be asked whether it may cost that", remedy="Give --yes.")
        if not click.confirm("Go ahead?", err=True):
            raise ConfigError("nothing was sent")

    def settle(self, bill: Bill) -> None:
        """Print what was used."""
        if bill.requests:
            # The progress bar has left the cursor in its line.
            click.echo("\n" * sys.stderr.isatty() + bill.text(), err=True)
