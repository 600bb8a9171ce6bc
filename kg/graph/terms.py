"""What is generated from the ontology: the term table of ``ontologies/README.md`` and ``ontologies/context.jsonld``.

After a change to ``kg.ttl``, ``python -m kg.graph.terms`` writes both anew; a test fails until that is done.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.collection import Collection

from kg import resources
from kg.files import write_text
from kg.graph.vocab import PREFIXES, curie

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rdflib.term import Node

BEGIN = "<!-- terms: begin -->"
END = "<!-- terms: end -->"

_KG = PREFIXES["kg"]
_NO_ANSWER = "–"


def ontology() -> Graph:
    """Return the ontology that ships with ``kg``."""
    return Graph().parse(resources.ontology("kg.ttl"), format="turtle")


def table(graph: Graph) -> str:
    """Return the terms of the ontology as Markdown, each with what it says and links, sorted within its section."""
    classes = _of(graph, OWL.Class)
    properties = [*_of(graph, OWL.ObjectProperty), *_of(graph, OWL.DatatypeProperty)]
    roles, relations = (_below(graph, URIRef(_KG + name)) for name in ("involves", "relatesTo"))
    others = sorted(set(properties) - set(roles) - set(relations))
    sections = {
        "Classes": _rows(graph, ("Class", "Below", "Meaning"), classes, _below_what),
        "Roles: what a paper does with an entity": _rows(graph, ("Role", "To", "Meaning"), roles, _range),
        "Relations between entities": _rows(graph, ("Relation", "From → to", "Meaning"), relations, _ends),
        "Other properties": _rows(graph, ("Property", "From → to", "Meaning"), others, _ends),
        "Individuals": _rows(graph, ("Individual", "Of", "Meaning"), _of(graph, OWL.NamedIndividual), _kind),
        "Terms of other vocabularies": _foreign(graph),
    }
    return "\n\n".join(f"### {title}\n\n{rows}" for title, rows in sections.items())


def context(graph: Graph) -> dict[str, Any]:
    """Return the JSON-LD context: prefixes, the ontology's terms by local name, and how values of each are read."""
    used = {"bibo", "dcterms", "kg", "oa", "prov", "rdf", "rdfs", "schema", "skos", "xsd"}
    terms: dict[str, Any] = {prefix: iri for prefix, iri in PREFIXES.items() if prefix in used}
    for cls in (*_of(graph, OWL.Class), *_of(graph, OWL.NamedIndividual)):
        terms[cls.removeprefix(_KG)] = curie(cls)
    for prop in _of(graph, OWL.DatatypeProperty):
        datatype = curie(str(graph.value(prop, RDFS.range)))
        plain = datatype in {"xsd:string", "rdfs:Literal"}
        terms[prop.removeprefix(_KG)] = curie(prop) if plain else {"@id": curie(prop), "@type": datatype}
    for prop in _of(graph, OWL.ObjectProperty):
        terms[prop.removeprefix(_KG)] = {"@id": curie(prop), "@type": "@id"}
    for iri in sorted(map(str, graph.subjects(RDF.type, OWL.ObjectProperty))):
        if not iri.startswith(_KG):
            terms[curie(iri)] = {"@id": iri, "@type": "@id"}
    return {"@context": {"@version": 1.1, **terms}}


def _of(graph: Graph, kind: URIRef) -> list[URIRef]:
    """Return the ontology's own terms of a kind, sorted."""
    found = (term for term in graph.subjects(RDF.type, kind) if isinstance(term, URIRef))
    return sorted(term for term in found if term.startswith(_KG))


def _below(graph: Graph, top: URIRef) -> list[URIRef]:
    return sorted(term for term in graph.subjects(RDFS.subPropertyOf, top) if isinstance(term, URIRef))


def _rows(graph: Graph, head: tuple[str, str, str], terms: list[URIRef], second: Any) -> str:
    lines = [f"| {' | '.join(head)} |", "|---|---|---|"]
    lines += [f"| `{curie(t)}` | {second(graph, t)} | {graph.value(t, RDFS.comment)} |" for t in terms]
    return "\n".join(lines)


def _foreign(graph: Graph) -> str:
    notes = {curie(str(term)): str(note) for term, note in graph.subject_objects(SKOS.scopeNote)}
    return "\n".join(
        ["| Term | What it holds here |", "|---|---|", *(f"| `{t}` | {n} |" for t, n in sorted(notes.items()))]
    )


def _named(nodes: Iterator[Node]) -> str:
    return ", ".join(sorted(f"`{curie(str(node))}`" for node in nodes if isinstance(node, URIRef))) or _NO_ANSWER


def _below_what(graph: Graph, term: URIRef) -> str:
    return _named(graph.objects(term, RDFS.subClassOf))


def _kind(graph: Graph, term: URIRef) -> str:
    return _named(kind for kind in graph.objects(term, RDF.type) if kind != OWL.NamedIndividual)


def members(graph: Graph, term: URIRef, end: URIRef) -> list[str]:
    """Return the classes that a property's domain or range (``end``) names, as prefixed names, sorted."""
    cls = graph.value(term, end)
    if cls is None:
        return []
    union = graph.value(cls, OWL.unionOf)
    return [curie(str(cls))] if union is None else sorted(curie(str(c)) for c in Collection(graph, union))


def _classes(graph: Graph, term: URIRef, end: URIRef) -> str:
    return ", ".join(f"`{cls}`" for cls in members(graph, term, end)) or _NO_ANSWER


def _range(graph: Graph, term: URIRef) -> str:
    return _classes(graph, term, RDFS.range)


def _ends(graph: Graph, term: URIRef) -> str:
    return f"{_classes(graph, term, RDFS.domain)} → {_classes(graph, term, RDFS.range)}"


def with_table(readme: str, graph: Graph) -> str:
    """Return ``readme`` with the term table between its markers.

    >>> with_table("<!-- terms: begin -->old<!-- terms: end -->", Graph()).endswith("<!-- terms: end -->")
    True
    """
    before, _, rest = readme.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table(graph)}\n\n{END}{rest.partition(END)[2]}"


def context_text(graph: Graph) -> str:
    """Return the context as it stands in its file."""
    return json.dumps(context(graph), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    """Write the table into ``README.md`` of a folder, and ``context.jsonld`` beside it."""
    graph = ontology()
    readme = folder / "README.md"
    write_text(readme, with_table(readme.read_text(encoding="utf-8"), graph))
    write_text(folder / "context.jsonld", context_text(graph))


if __name__ == "__main__":
    write(resources.ontology("kg.ttl").parent)
