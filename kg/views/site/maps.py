"""What the drawings of a site show: the whole graph, who writes with whom, and which methods serve which tasks.

Each map has at most :data:`MOST` nodes, those that most papers have to do with; the page says what is left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, combinations, islice, product
from typing import TYPE_CHECKING, NamedTuple

from kg.graph.names import AUTHOR, ENTITIES, PAPER
from kg.graph.network import CREATOR
from kg.model import EntityType, Role
from kg.views.site.catalogue import Stated

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from kg.graph.records import PaperRecord
    from kg.views.site.catalogue import Library

MOST = 20_000
"""The most nodes of a drawing: what software rendering still pans smoothly (tests/benchmarks/network.py)."""
MOST_EDGES = 100_000
"""The most edges of a drawing; those that most papers state, then the surest, are kept."""
_SHARES = {PAPER: 0.35, AUTHOR: 0.1}
"""How much of a drawing that cannot hold everything papers and authors get; things get the rest."""
_EACH = 0.05
"""How much of it the things of each kind get before those that more papers name: of robots few papers name each."""
_TEAM = 30
"""The most authors of a paper whose every pair is linked; in a longer list each is linked with the first only."""
TOGETHER = "writtenTogether"
STUDIED = "studiedFor"
_SOLVING = frozenset({Role.PROPOSES.value, Role.USES.value, Role.TRAINS_ON.value})
_TOPICS = frozenset({EntityType.METHOD.value, EntityType.TASK.value})


class Key(NamedTuple):
    """Which edge: the IRIs of its ends, and its role, relation or other type."""

    source: str
    type: str
    target: str


class Said(NamedTuple):
    """One paper's word for an edge; ``stated`` is missing where it is no claim, read from a sentence."""

    paper: PaperRecord
    stated: Stated | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """A drawing's nodes and edges.

    :param name: part of file names and addresses; ``title`` and ``note`` are for people.
    :param nodes: IRIs, sorted.
    :param edges: who says what, the newest first, by edge, sorted; both ends are nodes.
    :param total: how many nodes there are, drawn or not.
    """

    name: str
    title: str
    note: str
    nodes: tuple[str, ...]
    edges: Mapping[Key, list[Said]] = field(default_factory=dict)
    total: int = 0


def maps(library: Library) -> Iterator[Map]:
    """Yield the maps of a site, the first one shown first."""
    yield _map("whole", "Whole graph", "Things, papers and authors.", library, _whole)
    yield _map("authors", "Co-authors", "An edge for papers written together.", library, _written_together)
    note = "An edge where a sentence relates the two, or a paper on the task proposes or uses the method."
    yield _map("topics", "Methods and tasks", note, library, _topics)


_Edges = dict[Key, list[Said]]


def _map(name: str, title: str, note: str, library: Library, gather: Callable[[Library], _Edges]) -> Map:
    edges = gather(library)
    every = {end for key in edges for end in (key.source, key.target)}
    kept = choose(library, every, edges, MOST)
    drawn = (key for key in edges if key.source in kept and key.target in kept)
    strongest = sorted(drawn, key=lambda key: (-len(edges[key]), -best(edges[key]), key))[:MOST_EDGES]
    nodes = {end for key in strongest for end in (key.source, key.target)}
    return Map(name, title, note, tuple(sorted(nodes)), {key: edges[key] for key in sorted(strongest)}, len(every))


def best(said: Iterable[Said]) -> float:
    """Return the greatest score of a statement; 1 for what is given with the papers and read from no sentence."""
    return max((one.stated.claim.score if one.stated else 1.0) for one in said)


def choose(library: Library, nodes: Collection[str], edges: Collection[Key], limit: int) -> frozenset[str]:
    """Return at most ``limit`` of ``nodes``: those of most papers, papers by how much of what is kept they link.

    :param edges: what links them; a node none of whose neighbours is kept is not kept either.
    """
    if len(nodes) <= limit:
        return frozenset(nodes)
    kinds = {iri: library.nodes[iri].kind for iri in nodes}
    papers = {iri for iri in nodes if kinds[iri] == PAPER}
    authors = {iri for iri in nodes if kinds[iri] == AUTHOR}
    things = set(nodes) - papers - authors
    most = _quotas(limit, {PAPER: len(papers), AUTHOR: len(authors), "": len(things)})
    count = {iri: len(library.papers_of(iri)) for iri in (*things, *authors)}
    ranked = sorted(things, key=lambda iri: (-count[iri], iri))
    place: Counter[str] = Counter()
    first = {iri: _next(place, kinds[iri]) > limit * _EACH for iri in ranked}
    kept = set(islice(sorted(ranked, key=first.__getitem__), most[""]))
    linked: Counter[str] = Counter()
    for key in edges:
        linked[key.source] += key.target in kept
        linked[key.target] += key.source in kept
    kept.update(islice(sorted(papers, key=lambda iri: (-linked[iri], iri)), most[PAPER]))
    kept.update(islice(sorted(authors, key=lambda iri: (-count[iri], iri)), most[AUTHOR]))
    return frozenset(kept)


def _next(place: Counter[str], kind: str) -> int:
    place[kind] += 1
    return place[kind]


def _quotas(limit: int, sizes: Mapping[str, int]) -> dict[str, int]:
    """Return how many nodes of each group are drawn; what one does not need goes to the others, things first."""
    most = {group: min(sizes[group], int(limit * share)) for group, share in _SHARES.items()}
    most[""] = min(sizes[""], limit - sum(most.values()))
    for group in (PAPER, AUTHOR):
        most[group] += min(sizes[group] - most[group], limit - sum(most.values()))
    return most


def _whole(library: Library) -> _Edges:
    edges: _Edges = {}
    for paper in library.papers.values():
        for key, said in chain(_stated(paper), _written(paper)):
            edges.setdefault(key, []).append(said)
    return edges


def _stated(paper: PaperRecord) -> Iterator[tuple[Key, Said]]:
    """Yield the edges that a paper states, each once, with its surest claim."""
    seen: set[Key] = set()
    for claim in sorted((c for c in paper.claims if c.direct), key=lambda c: -c.score):
        key = Key(claim.subject, claim.predicate, claim.object)
        if key not in seen and claim.subject != claim.object:
            seen.add(key)
            yield key, Said(paper, Stated(paper, claim))


def _written(paper: PaperRecord) -> Iterator[tuple[Key, Said]]:
    for author in dict.fromkeys(paper.authors):
        yield Key(paper.iri, CREATOR, author), Said(paper)


def _written_together(library: Library) -> _Edges:
    edges: _Edges = {}
    for paper in library.papers.values():
        team = list(dict.fromkeys(paper.authors))
        pairs = combinations(team, 2) if len(team) <= _TEAM else ((team[0], other) for other in team[1:])
        for pair in pairs:
            source, target = sorted(pair)
            edges.setdefault(Key(source, TOGETHER, target), []).append(Said(paper))
    return edges


def _topics(library: Library) -> _Edges:
    def kind(iri: str) -> str:
        return library.nodes[iri].kind

    edges: _Edges = {}
    for paper in library.papers.values():
        stated = [(key, said) for key, said in _stated(paper) if {kind(key.source), kind(key.target)} <= _TOPICS]
        roles = [c for c in paper.roles if c.direct]
        methods = {c.object for c in roles if c.predicate in _SOLVING and kind(c.object) == EntityType.METHOD}
        tasks = {c.object for c in roles if c.predicate == Role.ADDRESSES and kind(c.object) == EntityType.TASK}
        linked = {frozenset((key.source, key.target)) for key, _ in stated}
        together = (Key(*(m, STUDIED, t)) for m, t in product(sorted(methods), sorted(tasks)) if {m, t} not in linked)
        for key, said in chain(stated, ((key, Said(paper)) for key in together)):
            edges.setdefault(key, []).append(said)
    return edges


def telling(library: Library, iri: str) -> int:
    """Return how much a node's name says of what a community is about: 0 for things, then people, then the rest."""
    kind = library.nodes[iri].kind
    return 0 if kind in ENTITIES and kind != EntityType.METRIC else 1 if kind == AUTHOR else 2
