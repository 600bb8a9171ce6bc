"""Names of the graph: namespaces, prefixes, the ontology's terms, and the IRIs of what papers hold.

Everything here is spelled once: the ontology's local names are the values of the enumerations of :mod:`kg.model`, and
a test compares this module with ``ontologies/kg.ttl``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode

from kg.errors import ConfigError
from kg.model import Certainty, EntityType, RelationType, ResultKind, Role, Span, SummaryField

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "bibo": "http://purl.org/ontology/bibo/",
        "dcterms": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "kg": "https://w3id.org/arxiv-kg/ns#",
        "kgsh": "https://w3id.org/arxiv-kg/shapes#",
        "oa": "http://www.w3.org/ns/oa#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "prov": "http://www.w3.org/ns/prov#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "https://schema.org/",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
"""Every prefix that queries and exports may use."""

DEFAULT_BASE = "https://w3id.org/arxiv-kg/id/"
"""Where a graph's own IRIs begin unless its folder says otherwise."""


@lru_cache(maxsize=1024)
def name(curie: str) -> NamedNode:
    """Return the node of a prefixed name.

    >>> name("kg:Method").value
    'https://w3id.org/arxiv-kg/ns#Method'

    :raises KeyError: if the prefix is none of :data:`PREFIXES`.
    """
    prefix, _, local = curie.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def curie(iri: str) -> str:
    """Return an IRI as a prefixed name, or as it is where none of :data:`PREFIXES` fits.

    >>> curie("https://w3id.org/arxiv-kg/ns#Method"), curie("https://example.org/")
    ('kg:Method', 'https://example.org/')
    """
    found = (f"{prefix}:{iri.removeprefix(start)}" for prefix, start in PREFIXES.items() if iri.startswith(start))
    return next(found, iri)


def term(value: EntityType | Role | RelationType | ResultKind | Certainty) -> NamedNode:
    """Return the ontology's term for a value of the model.

    >>> term(RelationType.EVALUATED_ON).value
    'https://w3id.org/arxiv-kg/ns#evaluatedOn'
    """
    return _TERMS[value]


_TERMS: Mapping[EntityType | Role | RelationType | ResultKind | Certainty, NamedNode] = MappingProxyType(
    {
        value: name(f"kg:{value.value}")
        for values in (EntityType, Role, RelationType, ResultKind, Certainty)
        for value in values
    }
)

SUMMARY_TERMS: Mapping[SummaryField, NamedNode] = MappingProxyType(
    {
        SummaryField.TLDR: name("kg:tldr"),
        SummaryField.TASK: name("kg:taskSummary"),
        SummaryField.MOTIVATION: name("kg:motivation"),
        SummaryField.METHOD: name("kg:methodSummary"),
        SummaryField.RESULT: name("kg:resultSummary"),
        SummaryField.CONCLUSION: name("kg:conclusion"),
        SummaryField.REMARK: name("kg:remark"),
        SummaryField.TITLE: name("kg:titleTranslation"),
        SummaryField.ABSTRACT: name("kg:abstractTranslation"),
    }
)
"""The property that holds a summary, by the part of the digest it stood in."""

_ALL = frozenset(EntityType)
_DATA = frozenset({EntityType.DATASET, EntityType.BENCHMARK, EntityType.SOFTWARE})
_MACHINES = frozenset({EntityType.ROBOT, EntityType.HARDWARE})
_METHOD = frozenset({EntityType.METHOD})


@dataclass(frozen=True, slots=True)
class Constraint:
    """What may stand at the two ends of a statement.

    :param domain: types of the subject; empty where the subject is a paper or a result.
    :param range: types of the object.
    :param same_type: whether both ends must have one type.
    """

    domain: frozenset[EntityType]
    range: frozenset[EntityType]
    same_type: bool = False

    def problem(self, predicate: str, subject: EntityType | None, obj: EntityType) -> str | None:
        """Return why a statement of ``predicate`` may not be asserted, ``None`` where it may.

        >>> CONSTRAINTS[RelationType.RUNS_ON].problem("runsOn", EntityType.METHOD, EntityType.TASK)
        'runsOn has no Task as object'
        """
        if subject is not None and subject not in self.domain:
            return f"{predicate} has no {subject} as subject"
        if obj not in self.range:
            return f"{predicate} has no {obj} as object"
        if self.same_type and subject is not obj:
            return f"{predicate} needs two things of one type, not {subject} and {obj}"
        return None


CONSTRAINTS: Mapping[RelationType, Constraint] = MappingProxyType(
    {
        RelationType.USED_FOR: Constraint(_ALL - {EntityType.TASK, EntityType.METRIC}, frozenset({EntityType.TASK})),
        RelationType.PART_OF: Constraint(_ALL, _ALL),
        RelationType.IS_A: Constraint(_ALL, _ALL, same_type=True),
        RelationType.BUILDS_ON: Constraint(_METHOD | _DATA, _METHOD | _DATA | _MACHINES),
        RelationType.TRAINED_ON: Constraint(_METHOD, _DATA),
        RelationType.EVALUATED_ON: Constraint(_METHOD, _DATA | {EntityType.TASK}),
        RelationType.RUNS_ON: Constraint(frozenset({EntityType.METHOD, EntityType.SOFTWARE}), _MACHINES),
        RelationType.COMPARED_WITH: Constraint(
            frozenset({EntityType.METHOD, EntityType.DATASET}),
            frozenset({EntityType.METHOD, EntityType.DATASET}),
            same_type=True,
        ),
    }
)
"""Domain and range of each relation, as the annotation guidelines have them; the ontology says the same."""

ROLE_CONSTRAINTS: Mapping[Role, Constraint] = MappingProxyType(
    {
        role: Constraint(frozenset(), types)
        for role, types in {
            Role.PROPOSES: _ALL,
            Role.ADDRESSES: frozenset({EntityType.TASK}),
            Role.DEPLOYS_ON: _MACHINES,
            Role.EVALUATES_ON: _DATA | {EntityType.TASK},
            Role.COMPARES_WITH: _ALL,
            Role.TRAINS_ON: _DATA,
            Role.USES: _ALL,
            Role.MEASURES: frozenset({EntityType.METRIC}),
            Role.MENTIONS: _ALL,
        }.items()
    }
)
"""Range of each role; the subject is always a paper."""

RESULT_CONSTRAINTS: Mapping[str, Constraint] = MappingProxyType(
    {
        "kg:metric": Constraint(frozenset(), frozenset({EntityType.METRIC})),
        "kg:resultOf": Constraint(frozenset(), _ALL),
        "kg:baseline": Constraint(frozenset(), _ALL),
        "kg:measuredOn": Constraint(frozenset(), _ALL - {EntityType.METRIC}),
    }
)
"""Range of what a result links to, by prefixed name; the subject is always a result."""

_BASE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.*[/#]\Z", re.DOTALL)
_ABS = "https://arxiv.org/abs/"
_ARXIV = re.compile(r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")


def plain_id(reference: str) -> str:
    """Return the paper id that a user means by an id, an ``arXiv:`` id or an address; arXiv versions are dropped.

    >>> plain_id("https://arxiv.org/abs/2512.04231v2"), plain_id("arXiv:hep-th/9901001"), plain_id("my paper v2")
    ('2512.04231', 'hep-th/9901001', 'my paper v2')
    """
    rest = re.sub(
        r"^(?:https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv:\s*)", "", reference.strip(), flags=re.IGNORECASE
    )
    match = _ARXIV.fullmatch(rest.removesuffix(".pdf"))
    return match["id"] if match else reference.strip()


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")


@dataclass(frozen=True, slots=True)
class Iris:
    """Mints every IRI of a graph below one base; the same input always gives the same IRI, different input never does.

    >>> iris = Iris("https://example.org/")
    >>> iris.paper("2512.04231").value, iris.graph("hep-th/9901001").value
    ('https://arxiv.org/abs/2512.04231', 'https://example.org/graph/hep-th%2F9901001')

    :param base: an absolute IRI that ends in ``/`` or ``#``.
    :raises ConfigError: if it is none.
    """

    base: str = DEFAULT_BASE
    entities: NamedNode = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if not _BASE.match(self.base):
            raise _no_base(self.base, "it must be absolute and end in / or #")
        try:
            object.__setattr__(self, "entities", self._node("graph/entities"))
        except ValueError as error:
            raise _no_base(self.base, str(error)) from error

    def _node(self, path: str) -> NamedNode:
        return NamedNode(self.base + path)

    def paper(self, paper_id: str) -> NamedNode:
        """Return a paper: its arXiv abs address, or below the base for an id of another source."""
        match = _ARXIV.fullmatch(paper_id)
        if match and match["id"] == paper_id:
            return NamedNode(_ABS + paper_id)
        return self._node(f"paper/{_quoted(paper_id)}")

    def graph(self, paper_id: str) -> NamedNode:
        """Return the named graph of all that was read from a paper."""
        quoted = "%65ntities" if paper_id == "entities" else _quoted(paper_id)
        return self._node(f"graph/{quoted}")

    def node(self, key: str) -> NamedNode:
        """Return the entity or author of a key of :mod:`kg.resolution`."""
        return self._node(key)

    def category(self, code: str) -> NamedNode:
        """Return an arXiv category."""
        return self._node(f"category/{_quoted(code)}")

    def authorship(self, paper_id: str, position: int) -> NamedNode:
        """Return the authorship at a position, counted from 1."""
        return self._node(f"authorship/{_quoted(paper_id)}/{position}")

    def span(self, paper_id: str, span: Span) -> NamedNode:
        """Return a stretch of a paper's text."""
        return self._node(f"span/{_quoted(paper_id)}/{span.start}-{span.end}")

    @staticmethod
    def characters(span: str) -> Span:
        """Return the characters that the stretch of text with this IRI covers.

        >>> iris = Iris("https://example.org/")
        >>> iris.characters(iris.span("2512.04231", Span(3, 9)).value)
        Span(start=3, end=9)
        """
        start, _, end = span.rpartition("/")[2].partition("-")
        return Span(int(start), int(end))

    def selector(self, paper_id: str, span: Span) -> NamedNode:
        """Return what selects a stretch of a paper's text."""
        return self._node(f"span/{_quoted(paper_id)}/{span.start}-{span.end}#selector")

    def statement(self, kind: str, paper_id: str, *content: object) -> NamedNode:
        """Return a claim or result (``kind``) of a paper, told apart by a digest of its content."""
        digest = sha256("\x1f".join(map(str, content)).encode(errors="replace")).hexdigest()[:16]
        return self._node(f"{kind}/{_quoted(paper_id)}/{digest}")

    def activity(self, extractor: str) -> NamedNode:
        """Return the activity of extracting with a named extractor."""
        return self._node(f"activity/{_slug(extractor)}")

    def agent(self, extractor: str) -> NamedNode:
        """Return the software that extracts."""
        return self._node(f"agent/{_slug(extractor)}")

    def paper_of(self, graph: NamedNode) -> str | None:
        """Return the id of the paper that a named graph belongs to, ``None`` for a graph of another kind."""
        start = f"{self.base}graph/"
        if graph == self.entities or not graph.value.startswith(start):
            return None
        return unquote(graph.value.removeprefix(start))

    def is_author(self, node: NamedNode) -> bool:
        """Return whether a node of this graph is an author."""
        return self.key_of(node).startswith("author/")

    def key_of(self, node: NamedNode) -> str:
        """Return what follows the base in the IRI of an entity or author, the whole IRI for any other."""
        return node.value.removeprefix(self.base)


def _slug(extractor: str) -> str:
    return _quoted(extractor).replace("_", "%5F").replace("%20", "_")


def _no_base(base: str, why: str) -> ConfigError:
    return ConfigError(f"no base for IRIs: {base!r} ({why})", remedy=f"Give one such as {DEFAULT_BASE}")
