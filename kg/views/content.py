"""What a page says, gathered before anything is drawn: plain records, free of RDF and of HTML."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from kg.graph.names import ENTITIES, PAPER
from kg.graph.network import Selection, network, split
from kg.graph.quotes import Quote, quotes
from kg.graph.selection import named_nodes
from kg.model import Network, NetworkEdge, NetworkNode, Role, Span
from kg.views.choice import choose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.graph.store import GraphStore

ROLES = tuple(role.value for role in Role)
QUOTED = 5
"""The most papers that are quoted for one edge."""


class Edge(NamedTuple):
    """A statement without who states it: two IRIs and a role or relation between them."""

    source: str
    type: str
    target: str


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a quoted sentence.

    :param end: ``subject`` or ``object`` where it names that end of the statement, both where one name holds the other.
    """

    text: str
    end: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """All that a page says.

    :param network: the nodes and edges that are drawn.
    :param whole: the network they were chosen from: its papers are listed and its nodes counted.
    :param quotes: the statements behind each drawn edge, those of the newest papers first.
    :param around: keys of the nodes whose surroundings ``whole`` is; empty where it is no one's.
    :param base: what the graph's own IRIs begin with; addresses within the page leave it out.
    :param cited: the papers that are quoted and lie outside ``whole``, farther from what it surrounds than its nodes.
    """

    network: Network
    whole: Network
    quotes: Mapping[Edge, tuple[Quote, ...]]
    base: str
    around: frozenset[str] = frozenset()
    cited: tuple[NetworkNode, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many nodes of each kind there are, drawn or not."""
        return Counter(node.type for node in self.whole.nodes)

    @property
    def papers(self) -> tuple[NetworkNode, ...]:
        """Every paper, the newest first."""
        papers = (node for node in self.whole.nodes if node.type == PAPER)
        return tuple(sorted(papers, key=newest, reverse=True))

    def papers_by_role(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Return for each drawn entity the papers that name it, drawn or not, by what they do with it; newest first."""
        drawn = {node.key for node in self.network.nodes if node.type in ENTITIES}
        found: dict[str, dict[str, list[str]]] = {key: {} for key in drawn}
        order = {paper.key: place for place, paper in enumerate(self.papers)}
        for edge in self.whole.edges:
            if edge.target in drawn and edge.source in order:
                found[edge.target].setdefault(edge.type, []).append(edge.source)
        return {
            key: {role: tuple(sorted(roles[role], key=order.__getitem__)) for role in ROLES if role in roles}
            for key, roles in found.items()
        }


def newest(paper: NetworkNode) -> tuple[str, str]:
    """Return what papers are sorted by."""
    return str(paper.attributes.get("date", "")), paper.key


def gather(graph: GraphStore, selection: Selection) -> Content:
    """Return what a page says of the selected part of ``graph``.

    :raises ConfigError: if the selection names something that the graph has not.
    """
    whole = network(graph, selection)
    named = frozenset(node.value for node in named_nodes(graph.store, graph.iris, selection))
    around = named.intersection(node.key for node in whole.nodes)
    drawn = choose(whole, around)
    quoted = _quotes(graph, drawn, selection.min_score)
    return Content(drawn, whole, quoted, graph.iris.base, around, _cited(graph, quoted, whole))


def _cited(graph: GraphStore, quoted: Mapping[Edge, tuple[Quote, ...]], whole: Network) -> tuple[NetworkNode, ...]:
    """Return the papers that say something of two nodes of ``whole`` without being among them."""
    papers = {quote.paper for found in quoted.values() for quote in found} - {node.key for node in whole.nodes}
    return network(graph, Selection(types=(PAPER,), papers=tuple(sorted(papers)))).nodes if papers else ()


def _quotes(graph: GraphStore, drawn: Network, min_score: float) -> Mapping[Edge, tuple[Quote, ...]]:
    wanted = {Edge(edge.source, edge.type, edge.target): _quoted_papers(edge) for edge in drawn.edges}
    found: dict[Edge, list[Quote]] = {edge: [] for edge in wanted}
    papers = {paper for ids in wanted.values() for paper in ids}
    for quote in quotes(graph, sorted(papers, reverse=True)):
        edge = Edge(quote.source, quote.type, quote.target)
        if edge in found and quote.score >= min_score:
            found[edge].append(quote)
    return {edge: tuple(stated[:QUOTED]) for edge, stated in found.items()}


def _quoted_papers(edge: NetworkEdge) -> tuple[str, ...]:
    """Return the ids of the papers to quote, the newest first: ids of arXiv begin with year and month since 2007."""
    papers = sorted(split(str(edge.attributes.get("papers", ""))), reverse=True)
    return tuple(islice(papers, QUOTED))


def runs(quote: Quote) -> tuple[Run, ...]:
    """Return the words of ``quote`` cut where the names of its ends begin and end; an ellipsis joins two sentences."""
    pieces: list[Run] = []
    for start, words in quote.sentences:
        pieces += [Run(" … ")] if pieces else []
        pieces += _cut(words, start, quote.subject, quote.object)
    return tuple(pieces)


def _cut(text: str, start: int, subject: Span | None, target: Span | None) -> list[Run]:
    """Return ``text``, which begins at ``start`` of a paper's text, cut at its ends; an end outside of it is ignored.

    >>> [(run.text, run.end) for run in _cut("GenMimic runs on a G1.", 100, Span(100, 108), Span(119, 121))]
    [('GenMimic', 'subject'), (' runs on a ', ''), ('G1', 'object'), ('.', '')]
    """
    whole = Span(start, start + len(text))
    spans = {end: span for end, span in (("subject", subject), ("object", target)) if span is not None}
    inside = {end: span for end, span in spans.items() if whole.start <= span.start and span.end <= whole.end}
    cuts = sorted({place for span in (whole, *inside.values()) for place in (span.start, span.end)})
    return [
        Run(text[a - start : b - start], " ".join(end for end, span in inside.items() if span.start <= a < span.end))
        for a, b in pairwise(cuts)
    ]
