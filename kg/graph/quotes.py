"""The words in which papers make their statements, read back from the store with the places of both ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kg.graph.claims import local
from kg.graph.vocab import PREFIXES
from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyoxigraph as ox

    from kg.graph.store import GraphStore

_QUERY = """SELECT ?claim ?s ?p ?o ?paper ?score ?from ?words ?sFrom ?sTo ?oFrom ?oTo { GRAPH %s {
?claim rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kg:statedIn ?paper ; kg:score ?score ;
    kg:certainty kg:asserted ; kg:evidence/oa:hasSelector ?selector .
?selector oa:start ?from ; oa:exact ?words .
OPTIONAL { ?claim kg:subjectSpan/oa:hasSelector ?a . ?a oa:start ?sFrom ; oa:end ?sTo }
OPTIONAL { ?claim kg:objectSpan/oa:hasSelector ?b . ?b oa:start ?oFrom ; oa:end ?oTo }
} } ORDER BY ?claim ?from"""


@dataclass(frozen=True, slots=True)
class Quote:
    """One asserted statement of a paper in the paper's words.

    :param source: IRI of what the statement is about: a thing, or the paper itself; ``target``: of its object.
    :param type: the role or relation, by its value in the model.
    :param paper: IRI of the paper.
    :param score: how sure the extractor is, in [0, 1].
    :param sentences: where each quoted sentence begins in the paper's text, and its words; one or two.
    :param subject: where the subject is named, ``None`` if that is the paper; ``object``: where the object is.
    """

    source: str
    type: str
    target: str
    paper: str
    score: float
    sentences: tuple[tuple[int, str], ...]
    subject: Span | None
    object: Span | None


def quotes(graph: GraphStore, papers: Iterable[str]) -> Iterator[Quote]:
    """Yield the asserted statements of the papers with these ids, paper by paper, in an order that is always the same.

    Statements that the ontology does not admit are among them.
    """
    for paper in papers:
        query = _QUERY % graph.iris.graph(paper)
        rows = cast("ox.QuerySolutions", graph.store.query(query, prefixes=dict(PREFIXES)))
        claims: dict[str, list[ox.QuerySolution]] = {}
        for row in rows:
            claims.setdefault(row["claim"].value, []).append(row)
        yield from map(_quote, claims.values())


def _quote(rows: list[ox.QuerySolution]) -> Quote:
    first = rows[0]
    return Quote(
        source=first["s"].value,
        type=local(first["p"]),
        target=first["o"].value,
        paper=first["paper"].value,
        score=float(first["score"].value),
        sentences=tuple((int(row["from"].value), row["words"].value) for row in rows),
        subject=_span(first["sFrom"], first["sTo"]),
        object=_span(first["oFrom"], first["oTo"]),
    )


def _span(start: ox.Literal | None, end: ox.Literal | None) -> Span | None:
    return None if start is None or end is None else Span(int(start.value), int(end.value))
