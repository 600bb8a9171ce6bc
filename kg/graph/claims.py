"""What papers claim, read back from the store in a stream: who states what of what, with what score.

The whole graph is read by joining sorted scans by hash, about four times as fast as looking each claim up; the claims
of some papers or nodes are looked up one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from kg.graph.statements import Statement, statements
from kg.graph.vocab import PREFIXES, name, term
from kg.model import Certainty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyoxigraph as ox

SUBJECT = name("rdf:subject")
PREDICATE = name("rdf:predicate")
OBJECT = name("rdf:object")
SCORE = name("kg:score")
CERTAINTY = name("kg:certainty")
REASON = name("kg:quarantineReason")
VALUE = name("kg:value")
RESULT_OF = name("kg:resultOf")

_ASSERTED = term(Certainty.ASSERTED)
_PARTS = {"s": SUBJECT, "p": PREDICATE, "o": OBJECT, "score": SCORE, "certainty": CERTAINTY, "reason": REASON}
_SCAN = {v: f"{{ SELECT ?g ?c ?{v} {{ GRAPH ?g {{ ?c {p} ?{v} }} }} }}" for v, p in _PARTS.items()}
_EVERY = f"""SELECT ?g ?s ?p ?o ?score ?reason {{
{" ".join(scan for part, scan in _SCAN.items() if part != "reason")} FILTER(?certainty = kg:asserted)
OPTIONAL {_SCAN["reason"]} }}"""


@dataclass(frozen=True, slots=True)
class Claim:
    """An asserted statement of one paper.

    :param graph: the paper's graph.
    :param predicate: a role or relation, by its value in the model.
    :param direct: whether it is an edge of the graph; not if the ontology does not admit its ends.
    """

    graph: ox.NamedNode
    subject: ox.NamedNode
    predicate: str
    object: ox.NamedNode
    score: float
    direct: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result that a paper asserts.

    :param graph: the paper's graph.
    :param value: the figure as written, with its unit.
    :param kind: ``absolute``, ``increase``, ``decrease`` or ``ratio``.
    :param metric: what was measured; likewise ``subject``, whose figure it is, ``baseline`` and ``on``.
    """

    graph: ox.NamedNode
    value: str
    kind: str
    score: float
    metric: ox.NamedNode | None
    subject: ox.NamedNode | None
    baseline: ox.NamedNode | None
    on: ox.NamedNode | None


def local(node: ox.NamedNode) -> str:
    """Return the value of the model that a term of the ontology stands for."""
    return node.value.rpartition("#")[2]


def every_claim(store: ox.Store) -> Iterator[Claim]:
    """Yield all asserted claims of the graph."""
    rows = cast("ox.QuerySolutions", store.query(_EVERY, prefixes=dict(PREFIXES)))
    for g, s, p, o, score, reason in rows:
        yield Claim(g, s, local(p), o, float(score.value), reason is None)


def claims_in(store: ox.Store, graphs: Iterable[ox.NamedNode]) -> Iterator[Claim]:
    """Yield the asserted claims of some papers."""
    for graph in graphs:
        yield from _looked_up(store, statements(store, None, PREDICATE, None, graph))


def claims_from(store: ox.Store, nodes: Iterable[ox.NamedNode]) -> Iterator[Claim]:
    """Yield the asserted claims that have one of ``nodes`` as subject."""
    for node in nodes:
        yield from _looked_up(store, statements(store, None, SUBJECT, node))


def claims_to(store: ox.Store, nodes: Iterable[ox.NamedNode]) -> Iterator[Claim]:
    """Yield the asserted claims that have one of ``nodes`` as object."""
    for node in nodes:
        yield from _looked_up(store, statements(store, None, OBJECT, node))


def _looked_up(store: ox.Store, quads: Iterable[Statement]) -> Iterator[Claim]:
    for quad in quads:
        claim, graph = quad.subject, quad.graph_name

        def part(predicate: ox.NamedNode, claim: Any = claim, graph: Any = graph) -> Any:
            return next((q.object for q in statements(store, claim, predicate, None, graph)), None)

        if part(CERTAINTY) == _ASSERTED:
            score, direct = float(part(SCORE).value), part(REASON) is None
            yield Claim(graph, part(SUBJECT), local(part(PREDICATE)), part(OBJECT), score, direct)


def outcomes(store: ox.Store, graph: ox.NamedNode | None = None, of: ox.NamedNode | None = None) -> Iterator[Outcome]:
    """Yield the asserted results that are stated in ``graph`` and are figures ``of`` an entity; by default all."""
    for quad in statements(store, None, VALUE if of is None else RESULT_OF, of, graph):
        quads = statements(store, quad.subject, None, None, quad.graph_name)
        parts: dict[str, Any] = {local(q.predicate): q.object for q in quads}
        if parts["certainty"] == _ASSERTED:
            ends = (parts.get(end) for end in ("metric", "resultOf", "baseline", "measuredOn"))
            value, kind, score = parts["value"].value, local(parts["kind"]), float(parts["score"].value)
            yield Outcome(quad.graph_name, value, kind, score, *ends)
