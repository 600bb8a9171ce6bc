"""The curated vocabularies of ``ontologies/vocabularies``, and the word list that resolution reads instead of them.

:mod:`kg.resolution.vocabulary` knows no RDF, so after a change to a Turtle file ``python -m kg.graph.vocabularies``
writes what it says, and how resolution spells its labels, into ``kg/resolution/vocabulary.json``, and counts the
entries in the README beside the Turtle; a test fails until that is done.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import DCTERMS, RDF, SKOS, Graph, URIRef

from kg import resources
from kg.errors import OntologyError
from kg.files import write_text
from kg.graph.vocab import PREFIXES
from kg.model import EntityType
from kg.resolution import identify
from kg.resolution.vocabulary import Entry, Vocabulary

if TYPE_CHECKING:
    from pathlib import Path

BEGIN = "<!-- counts: begin -->"
END = "<!-- counts: end -->"

_KG = PREFIXES["kg"]
_NONE = Vocabulary()


@dataclass(frozen=True, slots=True)
class Scheme:
    """A vocabulary: the entries of one Turtle file, sorted by IRI."""

    iri: str
    title: str
    file: str
    entries: tuple[Entry, ...]


def folder() -> Path:
    """Return the folder of the vocabularies."""
    return resources.ontology("vocabularies")


def schemes() -> list[Scheme]:
    """Return the vocabularies that ship with ``kg``, sorted by file name."""
    return [read(path) for path in sorted(folder().glob("*.ttl"))]


def read(path: Path) -> Scheme:
    """Return the vocabulary of a Turtle file.

    :raises OntologyError: if an entry lacks its type, label, definition or source.
    """
    graph = Graph().parse(path, format="turtle")
    scheme = next(graph.subjects(RDF.type, SKOS.ConceptScheme), None)
    if not isinstance(scheme, URIRef):
        message = f"{path.name} describes no skos:ConceptScheme"
        raise OntologyError(message, remedy="Give the file one.", path=path)
    concepts = sorted(node for node in graph.subjects(RDF.type, SKOS.Concept) if isinstance(node, URIRef))
    entries = tuple(_entry(graph, node, path) for node in concepts)
    return Scheme(str(scheme), _one(graph, scheme, DCTERMS.title, path), path.name, entries)


def _entry(graph: Graph, node: URIRef, path: Path) -> Entry:
    kind = _type(graph, node, path)
    label = _one(graph, node, SKOS.prefLabel, path)
    aliases, hidden = (_all(graph, node, term) for term in (SKOS.altLabel, SKOS.hiddenLabel))
    return Entry(
        iri=str(node),
        type=kind,
        label=label,
        aliases=aliases,
        hidden=hidden,
        definition=_one(graph, node, SKOS.definition, path),
        source=_one(graph, node, DCTERMS.source, path),
        maker=next(iter(_all(graph, node, DCTERMS.creator)), None),
        spellings=tuple(identify(kind, text, vocabulary=_NONE).text for text in (label, *aliases, *hidden)),
    )


def _type(graph: Graph, node: URIRef, path: Path) -> EntityType:
    kinds = {kind for kind in EntityType if (node, RDF.type, URIRef(_KG + kind)) in graph}
    if len(kinds) == 1:
        return kinds.pop()
    message = f"{node} is of {len(kinds)} types"
    raise OntologyError(message, remedy="Give it one class of the ontology, such as kg:Robot.", path=path)


def _all(graph: Graph, node: URIRef, term: URIRef) -> tuple[str, ...]:
    return tuple(sorted(str(value) for value in graph.objects(node, term)))


def _one(graph: Graph, node: URIRef, term: URIRef, path: Path) -> str:
    values = _all(graph, node, term)
    if len(values) == 1:
        return values[0]
    message = f"{node} has {len(values)} values of {term}"
    raise OntologyError(message, remedy="Give it one.", path=path)


def word_list(vocabularies: list[Scheme]) -> str:
    """Return the vocabularies as JSON: by namespace, then by name, the fields of an entry in order.

    An entry stands on a line of its own: a change can be read.
    """
    spaces = []
    for scheme in vocabularies:
        lines = [f"{_json(e.name)}:{_json(_fields(e))}" for e in scheme.entries]
        spaces.append(f"{_json(scheme.iri + '#')}:{{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(spaces) + "\n}\n"


def _fields(entry: Entry) -> list[object]:
    e = entry
    return [e.type, e.label, e.aliases, e.hidden, e.definition, e.source, e.maker, e.spellings]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def counts(vocabularies: list[Scheme]) -> str:
    """Return a Markdown table of how much each vocabulary holds."""
    rows = ["| File | Type | Entries | Labels |", "|---|---|---:|---:|"]
    total = labels = 0
    for scheme in vocabularies:
        kinds = ", ".join(sorted({f"`kg:{entry.type}`" for entry in scheme.entries}))
        known = sum(1 + len(entry.aliases) for entry in scheme.entries)
        rows.append(f"| [{scheme.file}]({scheme.file}) | {kinds} | {len(scheme.entries)} | {known} |")
        total, labels = total + len(scheme.entries), labels + known
    return "\n".join([*rows, f"| all | | {total} | {labels} |"])


def with_counts(readme: str, vocabularies: list[Scheme]) -> str:
    """Return ``readme`` with the table of counts between its markers.

    >>> with_counts("<!-- counts: begin -->old<!-- counts: end -->", []).endswith("<!-- counts: end -->")
    True
    """
    before, _, rest = readme.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{counts(vocabularies)}\n\n{END}{rest.partition(END)[2]}"


def write() -> None:
    """Write the word list, and the counts into the README of the vocabularies."""
    vocabularies = schemes()
    readme = folder() / "README.md"
    write_text(resources.vocabulary(), word_list(vocabularies))
    write_text(readme, with_counts(readme.read_text(encoding="utf-8"), vocabularies))


if __name__ == "__main__":
    write()
