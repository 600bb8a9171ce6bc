"""Write docs/cli.md from the help texts of the commands: ``python docs/make_cli_docs.py``."""  # noqa: INP001 - a script

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Path(__file__).with_name("cli.md")
WIDTH = 100
HEAD = """# The command line

The help texts of `kg`, as its commands print them. They are written into this file by
`python docs/make_cli_docs.py`; change them where the commands are, in `kg/cli`.
"""


def helps(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    """Yield the full name and the help text of a command, then those of its subcommands by name."""
    with click.Context(command, info_name=name, parent=parent, **command.context_settings) as context:
        context.terminal_width = WIDTH
        yield context.command_path, command.get_help(context)
        if isinstance(command, click.Group):
            for child in command.list_commands(context):
                yield from helps(command.commands[child], child, context)


def render() -> str:
    """Return the text of docs/cli.md."""
    sections = [f"## {name}\n\n```text\n{text}\n```\n" for name, text in helps(main, "kg")]
    return "\n".join([HEAD, *sections])


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
