"""Does a graph keep to the shapes of the ontology? SHACL core by pySHACL, and what core cannot say by kg itself.

Papers are checked in groups, each with the labels of what it names, so that time grows with the number of papers and
memory does not. In each group a property shape is given the targets of its node shape: pySHACL then runs it once over
all nodes instead of once a node, which is five times faster and means the same.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox
from pyshacl import validate as pyshacl_validate
from pyshacl.errors import ReportableRuntimeError
from rdflib import RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

from kg import resources
from kg.errors import OntologyError
from kg.graph.evidence import PaperGraph, faults
from kg.graph.vocab import PREFIXES, curie

if TYPE_CHECKING:
    from collections.abc import Collection as Several
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from rdflib.term import Node

    from kg.graph.store import GraphStore

_PAPERS_AT_ONCE = 50
_REMEDY = URIRef(f"{PREFIXES['kgsh']}remedy")
_REPAIR = "Install kg again, or mend the file if you changed it."


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One place where a graph breaks a shape.

    :param paper: id of the paper whose graph it is in.
    :param focus: IRI of the node that breaks the shape.
    :param shape: prefixed name of the shape in ``ontologies/shapes.ttl``.
    :param path: prefixed name of the property concerned, empty where the node itself is.
    :param value: the offending value, empty where one is missing.
    :param sentence: the evidence or characters that the node points to, empty where it points to none.
    """

    paper: str
    focus: str
    shape: str
    path: str
    value: str
    message: str
    sentence: str
    remedy: str

    def to_json(self) -> dict[str, str]:
        """Return the fields as JSON values."""
        return asdict(self)

    def text(self) -> str:
        """Return the violation as a few lines for a terminal."""
        lines = [f"{self.paper}: {self.message} [{self.shape}]", f"  node: {self.focus}"]
        shown = {"property": self.path, "value": self.value, "sentence": self.sentence, "what to do": self.remedy}
        return "\n".join([*lines, *(f"  {label}: {text}" for label, text in shown.items() if text)])


def validate(store: GraphStore, papers: Several[str] | None = None) -> tuple[Violation, ...]:
    """Check the graphs of ``papers``, with the labels of what they name; every paper's where ``None``.

    :return: the violations, sorted by paper; none if the graph conforms.
    :raises OntologyError: if the shapes or the ontology are missing or broken.
    """
    shapes = Shapes(resources.ontology("shapes.ttl"), resources.ontology("kg.ttl"))
    waiting = iter(sorted(set(store.papers() if papers is None else papers)))
    found: dict[tuple[str, str, str, str], Violation] = {}
    while group := list(islice(waiting, _PAPERS_AT_ONCE)):
        for violation in _group(store, group, shapes):
            found.setdefault((violation.focus, violation.shape, violation.path, violation.value), violation)
    return tuple(sorted(found.values()))


def _group(store: GraphStore, papers: list[str], shapes: Shapes) -> Iterator[Violation]:
    graphs = {paper: list(store.quads(store.iris.graph(paper))) for paper in papers}
    read = {paper: PaperGraph.of(quads) for paper, quads in graphs.items()}
    owners: dict[str, str] = {}
    for paper, graph in read.items():
        for node in graph.by_subject:
            owners.setdefault(node.value, paper)
        for fault in faults(graph):
            shape = f"kgsh:{fault.shape}"
            yield Violation(
                paper=paper,
                focus=fault.focus.value,
                shape=shape,
                path=curie(fault.path.value),
                value=fault.value,
                message=shapes.message(shape),
                sentence=graph.quote(fault.focus),
                remedy=shapes.remedy(shape),
            )
    about = (ox.NamedNode(node) for node in owners)
    labels = [q for node in about for q in store.store.quads_for_pattern(node, None, None, store.iris.entities)]
    for breach in shapes.breaches(q.triple for quads in (*graphs.values(), labels) for q in quads):
        paper = owners[breach.focus]
        sentence = read[paper].quote(ox.NamedNode(breach.focus))
        yield Violation(paper=paper, sentence=sentence, remedy=shapes.remedy(breach.shape), **asdict(breach))


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """One result of a SHACL report; the fields are those of :class:`Violation`."""

    focus: str
    shape: str
    path: str
    value: str
    message: str


class Shapes:
    """The shapes of a file, ready for pySHACL, and the classes that an ontology puts below others."""

    def __init__(self, shapes: Path, ontology: Path) -> None:
        self._path = shapes
        self._shapes = _load(shapes)
        self._subclasses = [
            (s, p, o) for s, p, o in _load(ontology).triples((None, RDFS.subClassOf, None)) if isinstance(o, URIRef)
        ]
        self._remedies = self._read_remedies()
        self._messages = {curie(str(s)): str(o) for s, o in self._shapes.subject_objects(SH.message)}
        self._flatten()

    def _read_remedies(self) -> dict[str, str]:
        remedies = {curie(str(s)): str(o) for s, o in self._shapes.subject_objects(_REMEDY)}
        for node, part in self._shapes.subject_objects(SH.property):
            remedies.setdefault(curie(str(part)), remedies.get(curie(str(node)), ""))
        return remedies

    def _flatten(self) -> None:
        """Give every property shape the targets of its node shape, in place of being called by it node after node."""
        graph = self._shapes
        for node in sorted(graph.subjects(SH.property, unique=True), key=str):
            parts = sorted(graph.objects(node, SH.property), key=str)
            for part in parts:
                for target in graph.objects(node, SH.targetClass):
                    graph.add((part, SH.targetClass, target))
            ignored = graph.value(node, SH.ignoredProperties)
            if ignored is not None:  # closed: the properties of its own property shapes are allowed too
                paths = (graph.value(part, SH.path) for part in parts)
                Collection(graph, ignored).__iadd__([path for path in paths if isinstance(path, URIRef)])
            graph.remove((node, SH.property, None))

    def message(self, shape: str) -> str:
        """Return what a shape says of a node that breaks it."""
        return self._messages[shape]

    def remedy(self, shape: str) -> str:
        """Return what to do about a node that breaks a shape."""
        return self._remedies.get(shape, "")

    def breaches(self, triples: Iterable[ox.Triple]) -> list[Breach]:
        """Return where ``triples`` break the shapes, sorted.

        :raises OntologyError: if the shapes are broken.
        """
        data = Graph()
        for triple in triples:
            data.store.add((_term(triple.subject), _term(triple.predicate), _term(triple.object)), data)
        for subclass in self._subclasses:
            data.add(subclass)
        try:
            _, report, _ = pyshacl_validate(data, shacl_graph=self._shapes, inference="none", inplace=True)
        except ReportableRuntimeError as error:
            raise OntologyError(f"the shapes are broken ({error})", path=self._path, remedy=_REPAIR) from error
        if not isinstance(report, Graph):
            raise OntologyError(f"the shapes cannot be applied ({report})", path=self._path, remedy=_REPAIR)
        return sorted(
            Breach(
                focus=str(report.value(result, SH.focusNode)),
                shape=curie(str(report.value(result, SH.sourceShape))),
                path=_path(report, result),
                value=_value(report, result),
                message=str(report.value(result, SH.resultMessage)),
            )
            for result in report.subjects(RDF.type, SH.ValidationResult)
        )


def _path(report: Graph, result: Node) -> str:
    path = report.value(result, SH.resultPath)
    return curie(str(path)) if isinstance(path, URIRef) else ""


def _value(report: Graph, result: Node) -> str:
    value = report.value(result, SH.value)
    return "" if value is None else str(value)


def _load(path: Path) -> Graph:
    graph = Graph()
    try:
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
            graph.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    except SyntaxError as error:
        raise OntologyError(f"no valid Turtle ({error.msg})", path=path, line=error.lineno, remedy=_REPAIR) from error
    except OSError as error:
        raise OntologyError(f"cannot be read ({error.strerror})", path=path, remedy=_REPAIR) from error
    return graph


@lru_cache(maxsize=1 << 14)
def _iri(value: str) -> URIRef:
    return URIRef(value)


def _term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> URIRef | BNode | Literal:
    """Return a term of Oxigraph as one of rdflib."""
    if isinstance(term, ox.NamedNode):
        return _iri(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        return Literal(term.value, datatype=_iri(term.datatype.value), normalize=False)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise TypeError(f"kg writes no quoted triples: {term}")
