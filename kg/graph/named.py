"""Named queries: questions that users ask, as SPARQL files with parameters.

Each ``queries/<name>.rq`` begins with comments that say what it answers::

    # title: Papers on a robot
    # question: Which papers ran their experiments on a given robot?
    # param: robot Robot | required | the robot's name or the beginning of a word of it
    # param: limit integer | optional 50 | at most so many rows
    # example: robot=Unitree G1

A parameter's type follows its name: ``text`` (the default), ``integer``, ``number``, ``date``, or kinds of nodes
(``Robot``, ``Task,Method``, ``Entity`` for all that papers name). The query writes its parameters as ``$name`` and its
variables as ``?name``. A parameter of a kind stands where ``VALUES`` takes its data and becomes the IRIs of the nodes
that go by the name given, ``UNDEF`` where it is optional and not given; the others become literals. Values are put in
by :func:`kg.graph.syntax.substitute` as terms that pyoxigraph has written, never as raw text.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg import resources
from kg.errors import OntologyError, QueryError
from kg.graph import names
from kg.graph.results import QUERY_PREFIXES, markdown, markdown_text
from kg.graph.syntax import parameters, substitute
from kg.graph.vocab import name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyoxigraph import Store

    from kg.graph.vocab import Iris

_HEADER = re.compile(r"# (title|question|param|example): (.*\S)")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_VALUES = ("text", "integer", "number", "date")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a named query is asked with.

    :param type: one of ``text``, ``integer``, ``number``, ``date``, or kinds of :data:`kg.graph.names.KINDS`.
    :param default: the value where none is given; ``None`` where one must be.
    """

    name: str
    type: str
    default: str | None
    description: str

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of nodes that the value may name; empty for a parameter that names none."""
        listed = frozenset(() if self.type in _VALUES else self.type.split(","))
        return listed - {"Entity"} | names.ENTITIES if "Entity" in listed else listed

    @property
    def usage(self) -> str:
        """The parameter as a reader sees it: its name, whether it is needed, what it is."""
        if self.default is None:
            return f"{self.name} (required): {self.description}"
        return f"{self.name} ({self.default or 'optional'}): {self.description}"


@dataclass(frozen=True)
class NamedQuery:
    """A question with its SPARQL.

    :param example: a value for every parameter that needs one, as ``kg query -p`` takes them.
    """

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    example: Mapping[str, str]
    text: str

    def check(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return the value of every parameter, the defaults where none is given.

        :raises QueryError: if a required parameter is missing or one is given that the query has not.
        """
        own = {parameter.name: parameter for parameter in self.parameters}
        for key in sorted(given.keys() - own.keys()):
            raise QueryError(
                f"{self.name} has no parameter {key!r}",
                remedy=f"It has: {', '.join(own)}." if own else "It takes none.",
            )
        for parameter in self.parameters:
            if parameter.default is None and parameter.name not in given:
                raise QueryError(
                    f"{self.name} needs {parameter.name}: {parameter.description}",
                    remedy=f'Give it with -p {parameter.name}="{self.example[parameter.name]}".',
                )
        return {key: given.get(key, parameter.default or "") for key, parameter in own.items()}

    def bind(self, given: Mapping[str, str], store: Store, iris: Iris) -> str:
        """Return the query with its parameters put in.

        :raises QueryError: if a value is missing, unknown, not of its type, or names nothing in the graph.
        """
        values = self.check(given)
        written = {p.name: _written(p, values[p.name], store, iris) for p in self.parameters}
        return substitute(self.text, written)

    @cached_property
    def command(self) -> str:
        """The options of ``kg query`` that ask the example."""
        options = "".join(f' -p {key}="{value}"' for key, value in self.example.items())
        return f"--name {self.name}{options}"


def _written(parameter: Parameter, value: str, store: Store, iris: Iris) -> str:
    """Return the value of a parameter as SPARQL."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise QueryError(f"{parameter.name} is not text: {value!r}", remedy="Give it as UTF-8.") from None
    if parameter.kinds:
        return _nodes(parameter, value, store, iris)
    return {"integer": _integer, "number": _number, "date": _date, "text": _text}[parameter.type](parameter, value)


def _text(_: Parameter, value: str) -> str:
    return str(Literal(value))


def _integer(parameter: Parameter, value: str) -> str:
    if not re.fullmatch(r"\d{1,9}", value.strip(), re.ASCII):
        raise QueryError(f"{parameter.name} is a whole number, not {value!r}", remedy="Write it in digits: 50.")
    return str(int(value))


def _number(parameter: Parameter, value: str) -> str:
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", value.strip(), re.ASCII):
        raise QueryError(f"{parameter.name} is a number, not {value!r}", remedy="Write it in digits: 0.5.")
    return str(Literal(value.strip(), datatype=name("xsd:decimal")))


def _date(parameter: Parameter, value: str) -> str:
    if not _DATE.fullmatch(value.strip()):
        raise QueryError(f"{parameter.name} is a date, not {value!r}", remedy="Write 2025-12-05, 2025-12 or 2025.")
    return str(Literal(value.strip()))


def _nodes(parameter: Parameter, value: str, store: Store, iris: Iris) -> str:
    if not value and parameter.default == "":
        return "UNDEF"
    found = names.find(store, iris, value, parameter.kinds)
    if not found:
        raise _nameless(parameter, value, store, iris)
    return " ".join(str(NamedNode(node.iri)) for node in found)


def _nameless(parameter: Parameter, value: str, store: Store, iris: Iris) -> QueryError:
    """Return the error for a name that no node of the kinds has, with what the user may have meant."""
    kinds = "node" if parameter.kinds >= names.ENTITIES else " or ".join(sorted(parameter.kinds))
    others = sorted({node.kind for node in names.find(store, iris, value, whole=True)} - parameter.kinds)
    near = names.nearest(store, value, parameter.kinds)
    remedy = f"Did you mean {' or '.join(map(repr, near))}?" if near else "kg show finds names."
    besides = f" (but a {' and a '.join(others)})" if others else ""
    return QueryError(f"no {kinds} of the graph is called {value!r}{besides}", remedy=remedy)


def load(folder: Path | None = None) -> Mapping[str, NamedQuery]:
    """Return the named queries of ``folder`` (those that ship with ``kg``), sorted by name.

    :raises OntologyError: if a file's comments are incomplete or do not fit its query.
    """
    files = sorted((folder or resources.queries()).glob("*.rq"))
    return MappingProxyType({file.stem: _read(file) for file in files})


def get(query: str, queries: Mapping[str, NamedQuery]) -> NamedQuery:
    """Return the query called ``query``.

    :raises QueryError: if none is; the remedy names those that are spelled almost like it.
    """
    found = queries.get(query)
    if found is None:
        near = difflib.get_close_matches(query, queries, n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        raise QueryError(f"no query is called {query!r}", remedy=f"{hint}kg query --list shows all.")
    return found


def _read(file: Path) -> NamedQuery:
    text = file.read_text(encoding="utf-8")
    header: dict[str, list[str]] = {"title": [], "question": [], "param": [], "example": []}
    for line in text.splitlines():
        if match := _HEADER.fullmatch(line):
            header[match[1]].append(match[2])
    try:
        (title,), (question,) = header["title"], header["question"]
        own = tuple(_parameter(line) for line in header["param"])
        example = dict(line.split("=", 1) for line in header["example"])
    except ValueError as error:
        raise OntologyError(f"the comments of a query are incomplete: {error}", path=file) from error
    _fits(file, text, own, example)
    return NamedQuery(file.stem, title, question, own, MappingProxyType(example), text)


def _parameter(line: str) -> Parameter:
    """Read ``name type | required | description`` or ``name type | optional default | description``."""
    head, presence, description = (part.strip() for part in line.split("|"))
    key, _, kind = head.partition(" ")
    need, _, default = presence.partition(" ")
    if need not in {"required", "optional"}:
        raise ValueError(f"{key} is neither required nor optional")
    parameter = Parameter(key, kind or "text", None if need == "required" else default, description)
    if not parameter.kinds <= names.KINDS:
        raise ValueError(f"{key} has an unknown type: {kind}")
    return parameter


def _fits(file: Path, text: str, own: tuple[Parameter, ...], example: Mapping[str, str]) -> None:
    declared = {p.name for p in own}
    if declared != parameters(text):
        odd = ", ".join(sorted(declared ^ parameters(text)))
        raise OntologyError(f"parameters are declared or used, not both: {odd}", path=file)
    needed = {p.name for p in own if p.default is None}
    if not needed <= example.keys() <= declared:
        raise OntologyError("the example does not give what the query needs", path=file)


def page(queries: Mapping[str, NamedQuery]) -> str:
    """Return the page of the documentation that says how a graph is asked and lists ``queries``."""
    rows = [
        [
            f"`{query.name}`",
            f"**{markdown_text(query.title)}.** {markdown_text(query.question)}",
            "<br>".join(markdown_text(p.usage) for p in query.parameters),
            f"`{query.command}`",
        ]
        for query in queries.values()
    ]
    listed = markdown(["name", "what it answers", "parameters (default)", "example"], rows)
    prefixes = markdown(
        ["prefix", "stands for"], [[f"`{p}:`", f"`{iri}`"] for p, iri in sorted(QUERY_PREFIXES.items())]
    )
    return _PAGE.format(named=listed, prefixes=prefixes)


_PAGE = """\
# Asking a graph

## Named queries

`kg query DIR --name NAME` asks one of the questions below; `-p parameter="value"` sets a parameter, once for each, and
`--format` chooses how the answer is written. The SPARQL is in `kg/graph/queries/`.

A thing, author or paper is found by any of its names, without regard to case and hyphens, also by the beginning of any
word of them: `robot=G1` finds the *Unitree G1*. Where that is too much, give the IRI or the part of it after the base
(`thing/openvla`, as `kg show` prints it), or the arXiv id of a paper; these mean exactly one. A name that nothing has
is an error that suggests the nearest ones.

{named}
## Your own SPARQL

`kg query DIR "SELECT …"` and `--file` take SPARQL 1.1: SELECT, ASK, CONSTRUCT and DESCRIBE. The default graph is the
union of all named graphs, so a triple that several papers state comes several times: write `DISTINCT` where that
matters. A relative IRI is one of the graph's own (`<thing/openvla>`), and these prefixes need no declaration:

{prefixes}
A query only reads: updates and `SERVICE` are refused. It is ended when its time is up (`--timeout`, 60 seconds unless
set; time that a reader takes to scroll does not count), or when it takes more than half of the machine's memory.

To be fast in a large graph, begin with what is rare, ask for the type of a thing with `FILTER EXISTS {{ ?thing a
kg:Robot }}` rather than a pattern (every paper that names a thing states its type), and put `OPTIONAL` last.

## Formats

Rows (SELECT, ASK): `table`, `markdown`, `csv`, `tsv`, `json`, `xml`. Triples (CONSTRUCT, DESCRIBE): `turtle`,
`ntriples`, `jsonld`, `rdfxml`. In tables, control characters are written out (`\\u001b`), so that no text of a paper
can act on a terminal.

CSV is exactly that of the W3C (*SPARQL 1.1 Query Results CSV and TSV Formats*): text is not altered, so a spreadsheet
may take a cell that begins with `=`, `+`, `-` or `@` for a formula. Import such files as text.

<!-- Made by docs/make_queries_docs.py from the comments at the head of the query files. -->
"""
