"""Nothing is shipped undocumented, no link is dead, and no text names the machine it was written on."""

from __future__ import annotations

import re
import runpy
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
OWN_TERMS = "https://w3id.org/arxiv-kg/ns#"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def repository_files() -> list[Path]:
    """Return the files that git tracks or would add, those that lie there now."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs a git checkout")
    return [path for name in sorted(set(listed.split("\0")) - {""}) if (path := ROOT / name).is_file()]


# ---------------------------------------------------------------------------------------------- the command line


@pytest.fixture(scope="module")
def cli_docs() -> Mapping[str, Callable[[], str]]:
    return runpy.run_path(str(ROOT / "docs" / "make_cli_docs.py"))


def test_cli_docs_are_up_to_date(cli_docs: Mapping[str, Callable[[], str]]) -> None:
    """White space is left out of it: how click breaks lines is no part of our text."""
    message = "the help texts changed: run python docs/make_cli_docs.py"
    assert read("docs/cli.md").split() == cli_docs["render"]().split(), message


def commands() -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each command with the names of its options, from click's objects."""
    from kg.cli import main  # noqa: PLC0415 - while the command line is broken the other tests here shall still run

    waiting = [("kg", main)]
    while waiting:
        path, command = waiting.pop()
        yield path, [option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)]
        waiting += [(f"{path} {name}", child) for name, child in getattr(command, "commands", {}).items()]


def test_every_command_and_option_is_documented() -> None:
    pieces = re.split(r"^## (kg.*)$", read("docs/cli.md"), flags=re.MULTILINE)[1:]
    sections = dict(zip(pieces[::2], pieces[1::2], strict=True))
    found = dict(commands())
    assert sections.keys() == found.keys()
    missing = [
        f"{path} {option}"
        for path, options in found.items()
        for option in options
        if option.startswith("-") and not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", sections[path])
    ]
    assert not missing


def test_every_command_has_an_example_in_its_help_and_a_place_in_the_readme() -> None:
    readme, sections = read("README.md"), read("docs/cli.md")
    names = [path for path, _ in commands() if path != "kg"]
    assert len(names) >= 10
    assert [name for name in names if not re.search(rf"\b{name}\b", readme)] == []
    assert [name for name in names if not re.search(rf"^ +(.*\| )?{name} ", sections, re.MULTILINE)] == []


# ---------------------------------------------------------------------------------------------- terms, queries, exports


def test_every_term_of_the_ontology_is_in_its_table() -> None:
    import rdflib  # noqa: PLC0415 - only this test needs it

    graph = rdflib.Graph().parse(ROOT / "ontologies" / "kg.ttl", format="turtle")
    terms = {str(s).removeprefix(OWN_TERMS) for s in graph.subjects() if str(s).startswith(OWN_TERMS)}
    named = set(re.findall(r"\bkg:([A-Za-z]+)", read("ontologies/README.md")))
    assert len(terms) > 40
    assert terms - named == set(), "terms without a line in ontologies/README.md"
    assert named - terms == set(), "ontologies/README.md names terms that there are not"


def test_every_named_query_is_documented() -> None:
    names = {path.stem for path in (ROOT / "kg" / "graph" / "queries").glob("*.rq")}
    documented = set(re.findall(r"`([a-z0-9-]+)`", read("docs/queries.md")))
    assert len(names) >= 15
    assert names - documented == set()


def test_every_exporter_is_documented() -> None:
    from kg.exporters import EXPORTERS  # noqa: PLC0415 - only this test needs it

    documented = set(re.findall(r"`([a-z0-9-]+)`", read("docs/exports.md")))
    assert EXPORTERS.keys() - documented == set()


# ---------------------------------------------------------------------------------------------- links

FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]*`")
LINKS = (
    re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^)]*)?\)"),  # [text](target "title"), ![text](target)
    re.compile(r"^\[[^\]]+\]:\s*<?([^\s>]+)", re.MULTILINE),  # [text]: target
    re.compile(r"<[^>]+\b(?:href|src)=[\"']([^\"']+)"),
)


def markdown_files() -> list[Path]:
    """Return the documents; digests, which are data, also end in .md."""
    data = (ROOT / "kg", ROOT / "tests")
    return [p for p in repository_files() if p.suffix == ".md" and not any(p.is_relative_to(d) for d in data)]


def links(text: str) -> set[str]:
    """Return the targets of a Markdown text that lie in the repository, code left out."""
    prose = INLINE_CODE.sub("", FENCED.sub("", text))
    targets = {target for pattern in LINKS for target in pattern.findall(prose)}
    return {target for target in targets if not re.match(r"[a-z][a-z0-9+.-]*:", target)}


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings of a Markdown text, made as GitHub makes them."""
    headings = re.findall(r"^#{1,6}\s+(.+?)\s*#*$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(path: Path, known: set[Path]) -> Iterator[str]:
    for target in sorted(links(path.read_text(encoding="utf-8"))):
        name, _, anchor = target.partition("#")
        goal = (path.parent / name).resolve() if name else path
        if not (goal in known or any(goal in file.parents for file in known)) or name.startswith("/"):
            yield f"{path.relative_to(ROOT)}: {target}"
        elif anchor and goal.suffix == ".md" and anchor not in anchors(goal.read_text(encoding="utf-8")):
            yield f"{path.relative_to(ROOT)}: no heading {target}"


def test_relative_links_resolve() -> None:
    known = set(repository_files())
    documents = markdown_files()
    assert ROOT / "README.md" in documents
    assert [fault for path in documents for fault in dead_links(path, known)] == []


def test_links_are_found() -> None:
    text = "[a](b.md) ![c](d.png 'e') `[f](g)` <img src=\"h\"> [i](https://j) [k](#l-m)\n\n[n]: o\n```\n[p](q)\n```\n"
    assert links(text) == {"b.md", "d.png", "h", "#l-m", "o"}
    assert anchors("# What `kg` does, *now*\n```\n# no\n```\n") == {"what-kg-does-now"}


# ---------------------------------------------------------------------------------------------- pictures


def test_the_pictures_of_the_script_are_there_and_shown() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "make_screenshots.py"))
    names = {picture.name for picture in script["PICTURES"]}
    assert names == {"home", "robot", "leaderboard", "network"}
    assert {path.stem for path in (ROOT / "docs" / "images").iterdir()} == names
    for name in names:
        path = ROOT / "docs" / "images" / f"{name}.png"
        assert path.read_bytes().startswith(b"\x89PNG")
        assert 10_000 < path.stat().st_size < script["LARGEST"] == 300_000
        assert f"](docs/images/{name}.png)" in read("README.md")


# ---------------------------------------------------------------------------------------------- machines

# Paths of a person's or a build machine's own, and addresses of package registries. The brackets keep this text
# itself from matching.
MACHINE = re.compile(
    r"(?<![\w.~])/(?:root|work|home|Users)/"
    r"|/tmp/bash[_]jobs|/opt/(?:pypi|wheels)|[A-Z]:\\Users\\"
    r"|(?:extra-)?index[-]url|pythonhosted[.]org|pypi[.]org/simple"
    r"|\b\w*(?:mirror|artifactory|nexus)\w*\.[\w.]+/(?:pypi|npm|simple)"
)
NPM_SOURCE = re.compile(r'"resolved"[:] "(?!https://registry\.npmjs\.org/)')


def test_no_file_names_a_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in repository_files()
        if b"\0" not in (content := path.read_bytes())
        for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), 1)
        for match in (MACHINE.search(line), NPM_SOURCE.search(line))
        if match
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("see /ro{}ot/x", True),
        ("'/ho{}me/ada/kg'", True),
        ("pip install --index-{}url https://x", True),
        ("https://pypi-mi{}rror.example.org/simple", True),
        ("https://example.org/wo{}rk/x", False),
        ("related/wo{}rk/x", False),
        ("#!/bin/sh, /usr/bin/chromium, /tm{}p/x", False),
    ],
)
def test_machine_names_are_found(text: str, named: bool) -> None:  # noqa: FBT001 - pytest passes it by name
    assert bool(MACHINE.search(text.format(""))) is named
