"""The command line: the only package that prints, exits and knows click.

Exit codes: 0 done, 1 the graph does not conform to its shapes, 2 wrong input or usage, 3 an optional part is not
installed, 130 interrupted, 143 terminated. Heavy imports stay inside the commands, so that ``kg --help`` answers at
once.
"""

from __future__ import annotations

import click

from kg import __version__
from kg.cli import asking, identity, reading
from kg.cli.terminal import Group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kg")
def main() -> None:
    """Turn arXiv digests into a knowledge graph that can be queried, validated and looked at.

    \b
    Examples:
      kg build digest.md                        the graph, in exports/digest/
      kg query exports/digest --list            the questions that ship with kg
      kg show exports/digest "Unitree G1"       all that is known of one thing
      kg site exports/digest -o public          pages for people, for any web server
      kg export exports/digest --to gexf        for Gephi
    """


for _command in (*reading.COMMANDS, *asking.COMMANDS, *identity.COMMANDS):
    main.add_command(_command)
