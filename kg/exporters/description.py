"""A description of the graph as a data set, in VoID (https://www.w3.org/TR/void/) and DCAT 3.

It says how large the graph is, of what classes and properties, from when the papers are, in which formats it can be
had, and the hash of its canonical form. Where the files lie and under which licence is for who publishes them to add.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kg.exporters.rdf import fingerprint, selected_graphs, union
from kg.files import writing_bytes
from kg.graph.vocab import PREFIXES, name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.graph.network import Selection
    from kg.graph.store import GraphStore

_PREFIXES = {
    **PREFIXES,
    "dcat": "http://www.w3.org/ns/dcat#",
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
}
_TYPE = name("rdf:type")
_ISSUED = name("dcterms:issued")
_MEDIA = "https://www.iana.org/assignments/media-types/"
_FORMATS = {
    "turtle": "text/turtle",
    "trig": "application/trig",
    "nquads": "application/n-quads",
    "canonical": "application/n-quads",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
}


@dataclass(frozen=True, slots=True)
class Description:
    """The description as one small Turtle file."""

    suffix: str = ".void.ttl"

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write what the selected papers come to; see :class:`kg.exporters.Exporter`."""
        triples = list(described(store, selection))
        with writing_bytes(target) as stream:
            serialize(triples, stream, format=RdfFormat.TURTLE, prefixes=_PREFIXES)
        return (target,)


@dataclass(slots=True)
class _Counts:
    """What the triples of a graph come to, each counted once."""

    triples: int
    classes: Counter[str]
    properties: Counter[str]
    dates: list[str]


def described(store: GraphStore, selection: Selection) -> Iterator[Triple]:
    """Yield the description, sorted by subject.

    :raises ConfigError: if the selection names something that the graph has not.
    """
    graphs = selected_graphs(store, selection)
    counts = _count(union(store, graphs))
    whole = NamedNode(f"{store.iris.base}dataset")
    yield from _set(whole, store.iris.base, counts, len(graphs.papers))
    for number, (cls, count) in enumerate(sorted(counts.classes.items()), start=1):
        part = _part(whole, f"class-{number}")
        yield Triple(part, _own("void:class"), NamedNode(cls))
        yield Triple(part, _own("void:entities"), Literal(count))
    for number, (predicate, count) in enumerate(sorted(counts.properties.items()), start=1):
        part = _part(whole, f"property-{number}")
        yield Triple(part, _own("void:property"), NamedNode(predicate))
        yield Triple(part, _own("void:triples"), Literal(count))
    for form, media in _FORMATS.items():
        part = _part(whole, form)
        yield Triple(part, _TYPE, _own("dcat:Distribution"))
        yield Triple(part, name("dcterms:title"), Literal(f"The graph as kg export --to {form} writes it"))
        yield Triple(part, _own("dcat:mediaType"), NamedNode(_MEDIA + media))
    yield from _checksum(_part(whole, "canonical"), fingerprint(store, selection))


def _count(triples: Iterator[Triple]) -> _Counts:
    counts = _Counts(0, Counter(), Counter(), [])
    for triple in triples:
        counts.triples += 1
        counts.properties[triple.predicate.value] += 1
        if triple.predicate == _TYPE and isinstance(triple.object, NamedNode):
            counts.classes[triple.object.value] += 1
        elif triple.predicate == _ISSUED and isinstance(triple.object, Literal):
            counts.dates.append(triple.object.value)
    return counts


def _set(whole: NamedNode, base: str, counts: _Counts, papers: int) -> Iterator[Triple]:
    yield Triple(whole, _TYPE, _own("void:Dataset"))
    yield Triple(whole, _TYPE, _own("dcat:Dataset"))
    yield Triple(whole, name("dcterms:title"), Literal(f"Knowledge graph of {papers} papers", language="en"))
    words = "What was read by kg from the titles and abstracts of papers, with the sentences behind every statement."
    yield Triple(whole, name("dcterms:description"), Literal(words, language="en"))
    yield Triple(whole, name("dcterms:conformsTo"), NamedNode(PREFIXES["kg"].rstrip("#")))
    yield Triple(whole, _own("void:uriSpace"), Literal(base))
    numbers = {"triples": counts.triples, "classes": len(counts.classes), "properties": len(counts.properties)}
    for term, number in {**numbers, "documents": papers}.items():
        yield Triple(whole, _own(f"void:{term}"), Literal(number))
    used = [*counts.classes, *counts.properties]
    for namespace in sorted(PREFIXES.values()):
        if any(iri.startswith(namespace) for iri in used):
            yield Triple(whole, _own("void:vocabulary"), NamedNode(namespace))
    for number in range(1, len(counts.classes) + 1):
        yield Triple(whole, _own("void:classPartition"), _part(whole, f"class-{number}"))
    for number in range(1, len(counts.properties) + 1):
        yield Triple(whole, _own("void:propertyPartition"), _part(whole, f"property-{number}"))
    for form in _FORMATS:
        yield Triple(whole, _own("dcat:distribution"), _part(whole, form))
    yield from _period(whole, counts.dates)


def _period(whole: NamedNode, dates: list[str]) -> Iterator[Triple]:
    if dates:
        period = _part(whole, "period")
        yield Triple(whole, name("dcterms:temporal"), period)
        yield Triple(period, _TYPE, name("dcterms:PeriodOfTime"))
        for term, date in (("dcat:startDate", min(dates)), ("dcat:endDate", max(dates))):
            kind = "xsd:date" if len(date) == len("2025-12-04") else "xsd:gYearMonth"
            yield Triple(period, _own(term), Literal(date, datatype=name(kind)))


def _checksum(canonical: NamedNode, digest: str) -> Iterator[Triple]:
    checksum = NamedNode(f"{canonical.value}-checksum")
    yield Triple(canonical, _own("spdx:checksum"), checksum)
    yield Triple(checksum, _TYPE, _own("spdx:Checksum"))
    yield Triple(checksum, _own("spdx:algorithm"), _own("spdx:checksumAlgorithm_sha256"))
    yield Triple(checksum, _own("spdx:checksumValue"), Literal(digest, datatype=name("xsd:hexBinary")))


def _part(whole: NamedNode, fragment: str) -> NamedNode:
    return NamedNode(f"{whole.value}#{fragment}")


def _own(curie: str) -> NamedNode:
    prefix, _, local = curie.partition(":")
    return NamedNode(_PREFIXES[prefix] + local)
