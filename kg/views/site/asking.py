"""Where a page lists the newest of many, the query that gives all: a link to the page that asks in SPARQL."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

QUERIES: Mapping[str, str] = MappingProxyType(
    {
        "papers": """SELECT ?date ?paper ?title ?role {
  ?paper a kg:Paper ; ?role <%s> ; rdfs:label ?title .
  OPTIONAL { ?paper dcterms:issued ?date }
} ORDER BY DESC(STR(?date)) ?paper""",
        "relations": """SELECT ?subject ?relation ?object (COUNT(DISTINCT ?paper) AS ?papers) {
  { BIND(<%s> AS ?subject) ?claim rdf:subject ?subject } UNION { BIND(<%s> AS ?object) ?claim rdf:object ?object }
  ?claim a kg:RelationClaim ; rdf:subject ?subject ; rdf:predicate ?relation ; rdf:object ?object ;
    kg:statedIn ?paper ; kg:certainty kg:asserted .
  FILTER NOT EXISTS { ?claim kg:quarantineReason ?reason }
} GROUP BY ?subject ?relation ?object ORDER BY DESC(?papers) ?subject ?relation ?object""",
        "results": """SELECT ?value ?kind ?metric ?of ?against ?on ?paper {
  ?result kg:resultOf|kg:metric|kg:measuredOn|kg:baseline <%s> ; kg:value ?value ; kg:kind ?kind ; kg:statedIn ?paper .
  OPTIONAL { ?result kg:metric ?metric }
  OPTIONAL { ?result kg:resultOf ?of }
  OPTIONAL { ?result kg:baseline ?against }
  OPTIONAL { ?result kg:measuredOn ?on }
} ORDER BY ?paper ?result""",
        "co-authors": """SELECT ?author ?name (COUNT(DISTINCT ?paper) AS ?papers) {
  ?paper dcterms:creator <%s>, ?author . ?author skos:prefLabel ?name .
  FILTER(?author != <%s>)
} GROUP BY ?author ?name ORDER BY DESC(?papers) ?name""",
        "proposed": """SELECT ?date ?paper ?thing ?name {
  ?paper dcterms:creator <%s> ; kg:proposes ?thing . ?thing skos:prefLabel ?name .
  OPTIONAL { ?paper dcterms:issued ?date }
} ORDER BY DESC(STR(?date)) ?paper ?name""",
    }
)
"""Queries by what they list; ``%s`` stands for the IRI of the node."""


def query(listed: str, iri: str) -> str:
    """Return the query of :data:`QUERIES` that lists all of what a page has of a node."""
    return QUERIES[listed].replace("%s", iri)


def address(listed: str, iri: str) -> str:
    """Return where the query is asked, from the root of the site.

    >>> address("proposed", "https://example.org/a")[:51]
    'sparql.html#query=SELECT%20%3Fdate%20%3Fpaper%20%3F'
    """
    return f"sparql.html#query={quote(query(listed, iri), safe='')}"
