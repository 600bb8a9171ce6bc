"""Why two names are one node of a graph, or two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from kg.graph.describe import resolved
from kg.graph.vocab import PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import QuerySolutions

    from kg.graph.names import Named
    from kg.graph.store import GraphStore

_NAMINGS = """
SELECT ?name (COUNT(DISTINCT ?paper) AS ?papers) (MIN(?score) AS ?least)
  (GROUP_CONCAT(DISTINCT ?rule; separator="|") AS ?rules) {{
  {{ ?reading rdf:object <{node}> ; kg:name ?name ; kg:statedIn ?paper }}
  UNION {{ ?reading kg:author <{node}> ; kg:nameAsWritten ?name . ?paper kg:authorship ?reading }}
  OPTIONAL {{ ?reading kg:mergeRule ?rule ; kg:mergeScore ?score }}
}} GROUP BY ?name ORDER BY DESC(?papers) ?name"""


@dataclass(frozen=True, slots=True)
class Naming:
    """A name that papers give a node.

    :param papers: how many do.
    :param rules: the rules that led from it to the node; none where it is the node's own.
    :param score: the least of their scores, 1 without a rule.
    """

    name: str
    papers: int
    rules: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Why:
    """What two names stand for.

    :param nodes: the nodes of the first name and of the second.
    :param namings: the names that papers give each of these nodes, by IRI.
    """

    one: str
    two: str
    nodes: tuple[tuple[Named, ...], tuple[Named, ...]]
    namings: dict[str, tuple[Naming, ...]]

    @property
    def same(self) -> bool:
        """Whether there is a node that both names stand for."""
        return bool(set(self.nodes[0]) & set(self.nodes[1]))

    def to_json(self) -> dict[str, Any]:
        """Return the same as JSON values."""
        return {
            "same": self.same,
            "names": {
                name: [{"label": n.label, "kind": n.kind, "iri": n.iri} for n in nodes]
                for name, nodes in zip((self.one, self.two), self.nodes, strict=True)
            },
            "namings": {
                iri: [{"name": n.name, "papers": n.papers, "rules": list(n.rules), "score": n.score} for n in namings]
                for iri, namings in self.namings.items()
            },
        }

    def text(self) -> str:
        """Return the same for people to read."""
        says = "stand for one node" if self.same else "stand for different nodes"
        lines = [f"{self.one!r} and {self.two!r} {says}"]
        for node in sorted({node for nodes in self.nodes for node in nodes}):
            lines += ["", f"{node.label} · {node.kind} · {node.iri}"]
            lines += map(_line, self.namings[node.iri])
        return "\n".join(lines)


def _line(naming: Naming) -> str:
    because = f"  by {', '.join(naming.rules)} ({naming.score:g})" if naming.rules else ""
    return f"  {naming.name}  {naming.papers} {'paper' if naming.papers == 1 else 'papers'}{because}"


def why(graph: GraphStore, one: str, two: str) -> Why:
    """Return which nodes two names stand for, and which rules led from papers' names to these.

    :raises QueryError: if nothing goes by one of the names.
    """
    nodes = (resolved(graph, one), resolved(graph, two))
    every = sorted({node.iri for both in nodes for node in both})
    return Why(one, two, nodes, {iri: namings(graph, iri) for iri in every})


def namings(graph: GraphStore, iri: str) -> tuple[Naming, ...]:
    """Return the names that papers give a thing or an author, the most frequent first."""
    rows = graph.store.query(_NAMINGS.format(node=iri), prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    return tuple(
        Naming(
            row["name"].value,
            int(row["papers"].value),
            tuple(sorted(row["rules"].value.split("|"))) if row["rules"] is not None else (),
            float(row["least"].value) if row["least"] is not None else 1.0,
        )
        for row in cast("QuerySolutions", rows)
    )
