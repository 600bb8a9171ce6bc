"""RDF/XML (https://www.w3.org/TR/rdf-syntax-grammar/), node by node.

Oxigraph's writer puts carriage returns and control characters as they are, which XML parsers change or refuse; here
every character that XML can hold comes back, and the others become U+FFFD.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import IO, TYPE_CHECKING, Any, cast

from pyoxigraph import NamedNode

from kg.exporters.markup import Markup
from kg.graph.vocab import PREFIXES, curie

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Triple

_STRING = PREFIXES["xsd"] + "string"
_LOCAL = re.compile(r"[A-Za-z_][\w.-]*\Z", re.ASCII)


def write_rdfxml(stream: IO[str], triples: Iterable[Triple]) -> None:
    """Write ``triples``, sorted by subject as far as they are to be joined, as one document.

    :raises ValueError: if a predicate ends in nothing that XML can have as a name.
    """
    markup = Markup(stream)
    markup.open("rdf:RDF", {f"xmlns:{prefix}": namespace for prefix, namespace in PREFIXES.items()})
    for subject, group in groupby(triples, key=lambda triple: triple.subject):
        markup.open("rdf:Description", {"rdf:about": cast("NamedNode", subject).value})
        for triple in group:
            _property(markup, triple)
        markup.close("rdf:Description")
    markup.close("rdf:RDF")


def _property(markup: Markup, triple: Triple) -> None:
    tag, declared = _name(triple.predicate.value)
    value: Any = triple.object  # a node or a literal: there are no others in a graph of ours
    if isinstance(value, NamedNode):
        markup.empty(tag, {**declared, "rdf:resource": value.value})
    elif value.language:
        markup.text(tag, value.value, {**declared, "xml:lang": value.language})
    else:
        kind = value.datatype.value
        markup.text(tag, value.value, declared if kind == _STRING else {**declared, "rdf:datatype": kind})


def _name(iri: str) -> tuple[str, dict[str, str]]:
    """Return the element for a property, and the namespace that it needs beside the usual ones."""
    short = curie(iri)
    local = _LOCAL.search(iri)
    if short != iri and _LOCAL.match(short.partition(":")[2]):
        return short, {}
    if local is None:
        raise ValueError(f"no name for XML in {iri}")
    return f"own:{local[0]}", {"xmlns:own": iri.removesuffix(local[0])}
