"""What a graph holds, in numbers."""

from __future__ import annotations

import heapq
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from kg.graph.claims import local
from kg.graph.names import Named, named
from kg.graph.results import visible
from kg.graph.vocab import PREFIXES
from kg.model import Certainty, EntityType, RelationType, ResultKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import NamedNode, QuerySolution, QuerySolutions, Store

    from kg.graph.store import GraphStore

MOST_NAMED = 10
"""Entities that :attr:`Statistics.most_named` lists."""

_PREDICATES = (*(role.value for role in Role), *(kind.value for kind in RelationType))


def _terms(values: Iterable[str]) -> str:
    return " ".join(f"kg:{value}" for value in values)


_ROLES = _terms(Role)
_RELATIONS = _terms(RelationType)
# As a filter it is looked up for each result; as a pattern, Oxigraph would begin with every asserted statement.
_IS_ASSERTED = "FILTER EXISTS { ?thing kg:certainty kg:asserted }"


@dataclass(frozen=True, slots=True)
class Claims:
    """How many papers' statements of one predicate there are, by how they stand.

    :param asserted: those that became direct edges.
    :param quarantined: those that the ontology does not admit, however they stand.
    """

    asserted: int
    tentative: int
    hedged: int
    negated: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a graph holds.

    :param claims: by role and relation, in the order of the model.
    :param results: asserted results, by kind.
    :param support: how many papers state a direct relation between two things, on average; 0 where there is none.
    :param first: the earliest date of a paper (a day or a month), ``last`` the latest; empty where none has a date.
    :param categories: papers of each category, the most frequent first.
    :param most_named: the entities that most papers name, two at least, and how many do.
    """

    papers: int
    authors: int
    entities: Mapping[str, int]
    claims: Mapping[str, Claims]
    results: Mapping[str, int]
    support: float
    first: str
    last: str
    categories: Mapping[str, int]
    most_named: tuple[tuple[Named, int], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as JSON values."""
        rows = [{"label": node.label, "kind": node.kind, "iri": node.iri, "papers": n} for node, n in self.most_named]
        return {**asdict(self), "most_named": rows}

    def text(self) -> str:
        """Return the numbers for people to read."""
        return "\n".join(map(visible, self._lines()))

    def _lines(self) -> Iterator[str]:
        dates = f" ({self.first} to {self.last})" if self.first else ""
        yield f"{self.papers} papers{dates} · {self.authors} authors"
        yield from _group("entities", self.entities)
        yield from _group("claims", {key: sum(asdict(c).values()) for key, c in self.claims.items()}, self._doubts())
        yield from _group("results", self.results)
        yield ""
        yield f"papers behind a relation, on average: {self.support:.2f}"
        yield from _group("papers by category", self.categories)
        yield from _group("most named", {f"{node.label} ({node.kind})": n for node, n in self.most_named})

    def _doubts(self) -> Mapping[str, str]:
        """Return what is to be said of the claims that are no direct edges."""
        return {
            key: ", ".join(f"{n} {how}" for how, n in asdict(c).items() if n and how != "asserted")
            for key, c in self.claims.items()
        }


def statistics(graph: GraphStore) -> Statistics:
    """Count what a graph holds."""
    store = graph.store
    dates = sorted(row["date"].value for row in _rows(store, "SELECT ?date { ?paper dcterms:issued ?date }"))
    return Statistics(
        papers=_count(store, "?paper a kg:Paper", "?paper"),
        authors=_count(store, "?author a kg:Author", "?author"),
        entities=_in_order(
            EntityType, _counts(store, f"VALUES ?key {{ {_terms(EntityType)} }} ?thing kg:mainType ?key", "?thing")
        ),
        claims=_claims(store),
        results=_in_order(ResultKind, _counts(store, f"?thing kg:kind ?key {_IS_ASSERTED}", "?thing")),
        support=_support(store),
        first=dates[0] if dates else "",
        last=dates[-1] if dates else "",
        categories=_categories(store),
        most_named=_most_named(store),
    )


def _rows(store: Store, query: str) -> Iterator[QuerySolution]:
    rows = store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    return iter(cast("QuerySolutions", rows))


def _count(store: Store, pattern: str, what: str) -> int:
    return next(int(row["n"].value) for row in _rows(store, f"SELECT (COUNT(DISTINCT {what}) AS ?n) {{ {pattern} }}"))


def _counts(store: Store, pattern: str, what: str) -> dict[str, int]:
    """Return how many different ``what`` go with each ``?key``, by the key's local name."""
    rows = _rows(store, f"SELECT ?key (COUNT(DISTINCT {what}) AS ?n) {{ {pattern} }} GROUP BY ?key")
    return {local(row["key"]): int(row["n"].value) for row in rows}


def _in_order(keys: Iterable[str], counts: Mapping[str, int]) -> dict[str, int]:
    return {str(key): counts[key] for key in keys if counts.get(key)}


def _claims(store: Store) -> dict[str, Claims]:
    total = _counts(store, "?claim rdf:predicate ?key", "?claim")
    admitted = "FILTER NOT EXISTS { ?claim kg:quarantineReason ?reason }"
    doubtful = [
        _counts(store, f"?claim kg:certainty kg:{how} ; rdf:predicate ?key {admitted}", "?claim")
        for how in (Certainty.TENTATIVE, Certainty.HEDGED, Certainty.NEGATED)
    ]
    barred = _counts(store, "?claim kg:quarantineReason ?reason ; rdf:predicate ?key", "?claim")
    found = {}
    for key in _PREDICATES:
        others = [counts.get(key, 0) for counts in (*doubtful, barred)]
        if total.get(key):
            found[key] = Claims(total[key] - sum(others), *others)
    return found


def _support(store: Store) -> float:
    edges = f"VALUES ?key {{ {_RELATIONS} }} GRAPH ?g {{ ?s ?key ?o }}"
    stated, distinct = (
        next(int(row["n"].value) for row in _rows(store, f"SELECT (COUNT(*) AS ?n) {{ {part} }}"))
        for part in (edges, f"SELECT DISTINCT ?s ?key ?o {{ {edges} }}")
    )
    return round(stated / distinct, 4) if distinct else 0.0


def _categories(store: Store) -> dict[str, int]:
    query = """SELECT ?code ?n {
      { SELECT ?category (COUNT(?paper) AS ?n) { ?paper dcterms:subject ?category } GROUP BY ?category }
      ?category skos:notation ?code }"""
    counts = {row["code"].value: int(row["n"].value) for row in _rows(store, query)}
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _most_named(store: Store) -> tuple[tuple[Named, int], ...]:
    query = f"""SELECT ?thing (COUNT(?paper) AS ?n) {{ VALUES ?role {{ {_ROLES} }} ?paper ?role ?thing }}
      GROUP BY ?thing HAVING(COUNT(?paper) > 1)"""
    counts: list[tuple[NamedNode, int]] = [(row["thing"], int(row["n"].value)) for row in _rows(store, query)]
    least = min(heapq.nlargest(MOST_NAMED, (n for _, n in counts)), default=0)
    found = [(named(store, thing), n) for thing, n in counts if n >= least]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0]))[:MOST_NAMED])


def _group(title: str, counts: Mapping[str, int], remarks: Mapping[str, str] | None = None) -> Iterator[str]:
    if counts:
        yield ""
        yield f"{title} ({sum(counts.values())})" if title in {"entities", "claims", "results"} else title
        width = max(map(len, counts))
        for key, count in counts.items():
            remark = (remarks or {}).get(key, "")
            yield f"  {key:<{width}}  {count:>7}" + (f"  of them {remark}" if remark else "")
