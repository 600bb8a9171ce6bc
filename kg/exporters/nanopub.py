"""Each paper as a nanopublication (https://nanopub.net/guidelines/working_draft/): four named graphs, as TriG.

The assertion is what was read from the paper, with the names of what it names; its provenance says by what it was read,
from which paper; the publication info says which software made the nanopublication. A time of creation, which the
guidelines recommend, and a signature are left to who publishes it: equal graphs give equal bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from kg.exporters.rdf import in_subject_order
from kg.files import writing_bytes
from kg.graph.labels import touched
from kg.graph.network import selected_papers
from kg.graph.vocab import PREFIXES, name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.graph.network import Selection
    from kg.graph.store import GraphStore

NAMESPACE = "http://www.nanopub.org/nschema#"
_TYPE, _LABEL = name("rdf:type"), name("rdfs:label")
_AGENT, _ACTIVITY = name("prov:SoftwareAgent"), name("prov:Activity")
_PARTS = ("hasAssertion", "hasProvenance", "hasPublicationInfo")


@dataclass(frozen=True, slots=True)
class Nanopublications:
    """The papers as one file of nanopublications."""

    suffix: str = ".nanopub.trig"

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write the selected papers; see :class:`kg.exporters.Exporter`."""
        graphs = selected_papers(store, selection)
        quads = (quad for graph in graphs for quad in nanopublication(store, graph))
        with writing_bytes(target) as stream:
            serialize(quads, stream, format=RdfFormat.TRIG, prefixes={**PREFIXES, "np": NAMESPACE})
        return (target,)


def nanopublication(store: GraphStore, graph: NamedNode) -> Iterator[Quad]:
    """Yield the quads of the nanopublication of a paper, graph by graph.

    :param graph: the paper's graph.
    """
    found = in_subject_order(store.quads(graph))
    made = [quad for quad in found if _is_provenance(quad)]
    makers = {quad.subject for quad in found if quad.predicate == _TYPE and quad.object in {_AGENT, _ACTIVITY}}
    made += [quad for quad in found if quad.subject in makers and quad not in made]
    aside = set(made)

    this = NamedNode(f"{store.iris.base}nanopub/{graph.value.rpartition('/')[2]}")
    head, assertion, provenance, info = (
        NamedNode(f"{this.value}#{part}") for part in ("head", "assertion", "provenance", "pubinfo")
    )
    yield Quad(this, _TYPE, NamedNode(f"{NAMESPACE}Nanopublication"), head)
    for part, node in zip(_PARTS, (assertion, provenance, info), strict=True):
        yield Quad(this, NamedNode(NAMESPACE + part), node, head)

    names = (
        store.store.quads_for_pattern(node, _LABEL, None, store.iris.entities) for node in touched(store.store, graph)
    )
    said = [quad for quad in found if quad not in aside] + [quad for labels in names for quad in labels]
    yield from (_moved(quad, assertion) for quad in in_subject_order(said))

    yield Quad(assertion, name("prov:wasDerivedFrom"), store.iris.paper(store.iris.paper_of(graph) or ""), provenance)
    for maker in _typed(found, _ACTIVITY):
        yield Quad(assertion, name("prov:wasGeneratedBy"), maker, provenance)
    yield from (_moved(quad, provenance) for quad in in_subject_order(made))

    yield Quad(this, name("prov:wasDerivedFrom"), graph, info)
    yield Quad(this, _LABEL, Literal(f"What was read from {store.iris.paper_of(graph)}"), info)
    for agent in _typed(found, _AGENT):
        yield Quad(this, name("dcterms:creator"), agent, info)


def _is_provenance(quad: Quad) -> bool:
    return quad.predicate.value.startswith(PREFIXES["prov"])


def _typed(quads: list[Quad], cls: NamedNode) -> list[NamedNode]:
    found = (quad.subject for quad in quads if quad.predicate == _TYPE and quad.object == cls)
    return [node for node in found if isinstance(node, NamedNode)]


def _moved(quad: Quad, graph: NamedNode) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, graph)
