"""JSON-LD 1.1 (https://www.w3.org/TR/json-ld11/), written node by node with the terms of the shipped context.

A property goes by its term where the context's coercion gives back exactly the value written, by a prefixed name with
the value in full otherwise.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import IO, TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode

from kg import resources
from kg.errors import OntologyError
from kg.graph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import Triple

_TYPE = PREFIXES["rdf"] + "type"
_STRING = PREFIXES["xsd"] + "string"
_NODE = "@id"


def write_nodes(stream: IO[str], triples: Iterable[Triple]) -> None:
    """Write ``triples``, sorted by subject as far as they are to be joined, as one document, a line a node."""
    context = Context.load(resources.ontology("context.jsonld"))
    stream.write(f'{{"@context": {_dumped(context.written)},\n"@graph": [')
    separator = "\n"
    for subject, group in groupby(triples, key=lambda triple: triple.subject):
        stream.write(separator + _dumped(context.node(subject, group)))
        separator = ",\n"
    stream.write("\n]}\n")


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Context:
    """A JSON-LD context.

    :param written: what stands under ``@context``.
    :param terms: the term of a property for values of one kind: ``@id`` for nodes, a datatype's IRI for literals.
    :param prefixes: namespace of each prefix.
    """

    written: Mapping[str, Any]
    terms: Mapping[tuple[str, str], str]
    prefixes: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> Context:
        """Read a context that defines its terms by ``@id`` and ``@type`` alone; other terms are not used.

        :raises OntologyError: if it cannot be read.
        """
        try:
            written = dict(json.loads(path.read_text(encoding="utf-8"))["@context"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise OntologyError(f"no JSON-LD context ({error})", path=path, remedy="Install kg again.") from error
        prefixes = {key: value for key, value in written.items() if isinstance(value, str) and value[-1:] in "#/"}
        return cls(written, dict(_coercions(written, prefixes)), prefixes)

    def node(self, subject: NamedNode, triples: Iterable[Triple]) -> dict[str, Any]:
        """Return the node object of ``subject``."""
        found: dict[str, list[Any]] = {}
        for triple in triples:
            key, value = self._entry(triple.predicate.value, triple.object)
            found.setdefault(key, []).append(value)
        members = {key: values[0] if len(values) == 1 else values for key, values in found.items()}
        return {"@id": subject.value} | members

    def _entry(self, predicate: str, value: Any) -> tuple[str, Any]:
        if isinstance(value, NamedNode):
            if predicate == _TYPE:
                return "@type", self.terms.get((value.value, _STRING)) or self._compact(value.value)
            term = self.terms.get((predicate, _NODE))
            return (term, value.value) if term else (self._compact(predicate), {"@id": value.value})
        term = None if value.language else self.terms.get((predicate, value.datatype.value))
        return (term, value.value) if term else (self._compact(predicate), _in_full(value))

    def _compact(self, iri: str) -> str:
        """Return a prefixed name where there is one, the IRI itself otherwise."""
        for prefix, namespace in self.prefixes.items():
            if iri.startswith(namespace):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return iri


def _coercions(written: Mapping[str, Any], prefixes: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the property and the kind of value that each usable term stands for, and the term."""
    for term, definition in written.items():
        whole = {"@id": definition} if isinstance(definition, str) else definition
        plain = isinstance(whole, dict) and whole.keys() <= {"@id", "@type"}
        if plain and term not in prefixes and not term.startswith("@"):
            kind = _expanded(whole.get("@type", _STRING), prefixes)
            yield (_expanded(whole.get("@id", term), prefixes), kind), term


def _expanded(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = name.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else name


def _in_full(value: Literal) -> dict[str, str]:
    if value.language:
        return {"@value": value.value, "@language": value.language}
    if value.datatype.value == _STRING:
        return {"@value": value.value}
    return {"@value": value.value, "@type": value.datatype.value}
