"""The categories of arXiv, their names and what stands above them, from ``ontologies/arxiv.ttl``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kg import resources
from kg.graph.vocab import name

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = "arxiv.ttl"


@dataclass(frozen=True, slots=True)
class Category:
    """A category: its name, and the code of the archive or group above it (``None``: there is none)."""

    name: str
    above: str | None


@cache
def shipped() -> Mapping[str, Category]:
    """Return the categories by code.

    >>> shipped()["cs.RO"], shipped()["hep-th"].above
    (Category(name='Robotics', above='cs'), 'physics')
    """
    found: dict[str, dict[str, str]] = {}
    for quad in parse(path=str(resources.ontology(_FILE)), format=RdfFormat.TURTLE):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            found.setdefault(quad.subject.value, {})[quad.predicate.value] = quad.object.value
    codes = {iri: facts[_NOTATION] for iri, facts in found.items() if _NOTATION in facts}
    return {
        code: Category(found[iri][_LABEL], codes[found[iri][_ABOVE]] if _ABOVE in found[iri] else None)
        for iri, code in sorted(codes.items(), key=lambda pair: pair[1])
    }


_NOTATION, _LABEL, _ABOVE = (name(f"skos:{term}").value for term in ("notation", "prefLabel", "broader"))
