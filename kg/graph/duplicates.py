"""Nodes that may be one thing still, the likeliest first: what a user should look at.

Every pair comes from an index of spellings, never from comparing all with all. How likely it is, is how often names
that differ so are one thing among the labelled pairs that resolution leaves apart (by Laplace's rule of succession),
raised half way to one by the share of neighbours that both have: things named in the same papers, or co-authors.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from itertools import combinations, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from kg.graph import names
from kg.graph.vocab import name
from kg.resolution import normal_form
from kg.resolution.acronyms import SMALL, acronym
from kg.resolution.people import alike, blocks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from kg.graph.names import Named
    from kg.graph.store import GraphStore

FOUND = {
    "acronym": (2, 3),
    "letters": (1, 3),
    "order of words": (0, 0),
    "one letter": (1, 2),
    "one word more": (3, 40),
}
"""How many pairs of things that differ so are one, of how many, among those of ``identity-dev.jsonl`` that stay two.
Pairs of authors are labelled nowhere: they begin at even odds, which the rule of succession gives without a case."""
_LABEL = name("skos:prefLabel")
_OBJECT = name("rdf:object")
_AUTHOR = name("kg:author")
_SHORTEST, _FEWEST_WORDS, _MOST_ALIKE = 8, 2, 50
_MOST_PAPERS = 200


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two nodes that may be one.

    :param reason: in what their names differ, a key of :data:`FOUND` or from :func:`kg.resolution.people.alike`.
    :param shared: how many neighbours both have.
    """

    one: Named
    two: Named
    score: float
    reason: str
    shared: int

    def to_json(self) -> dict[str, Any]:
        """Return the same as JSON values."""
        return asdict(self)


def duplicates(
    graph: GraphStore, apart: Collection[frozenset[str]] = (), most: int | None = None
) -> tuple[list[Duplicate], int]:
    """Return the pairs of things or authors that may be one, the likeliest first, and how many there are.

    :param apart: pairs of keys of which a user said that they only look alike.
    :param most: how many to return; by default all.
    """
    nodes = {node.iri: node for node in _nodes(graph)}
    pairs: dict[tuple[str, str], str] = {}
    for reason, one, two in (*things_alike(nodes), *_authors(nodes)):
        pairs.setdefault((min(one, two), max(one, two)), reason)
    some = [(_least(reason), pair, reason) for pair, reason in pairs.items() if _keys(graph, pair) not in apart]
    wanted = len(some) if most is None else most
    near = _Neighbours(graph)
    found: list[Duplicate] = []
    for least, group in groupby(sorted(some, key=lambda row: (-row[0], row[1])), key=itemgetter(0)):
        if len(found) > wanted and found[wanted - 1].score > _score(least, 1):
            break  # no pair that is left can come among the first
        for _, (one, two), reason in group:
            shared, share = near.shared(nodes[one], nodes[two])
            found.append(Duplicate(nodes[one], nodes[two], _score(least, share), reason, shared))
        found.sort(key=_order)
    return found[:wanted], len(some)


def _least(reason: str) -> float:
    right, of = FOUND.get(reason, (0, 0))
    return (right + 1) / (of + 2)


def _score(least: float, share: float) -> float:
    return round(least + (1 - least) * share / 2, 3)


def _order(pair: Duplicate) -> tuple[float, int, Named, Named]:
    return -pair.score, -pair.shared, pair.one, pair.two


def _keys(graph: GraphStore, pair: tuple[str, str]) -> frozenset[str]:
    return frozenset(graph.iris.key_of(NamedNode(iri)) for iri in pair)


def _nodes(graph: GraphStore) -> Iterator[Named]:
    for quad in graph.store.quads_for_pattern(None, _LABEL, None, graph.iris.entities):
        if isinstance(quad.subject, NamedNode):
            yield names.named(graph.store, quad.subject)


def things_alike(nodes: Mapping[str, Named]) -> Iterator[tuple[str, str, str]]:
    """Yield why and which things are spelled almost alike, by IRI, the surest reason first."""
    texts = {iri: normal_form(node.label) for iri, node in nodes.items() if node.kind != names.AUTHOR}
    letters = {iri: "".join(filter(str.isalnum, text)) for iri, text in texts.items()}
    yield from _indexed("letters", {iri: [text] for iri, text in letters.items()})
    words = {iri: text.split() for iri, text in texts.items()}
    yield from _indexed("order of words", {iri: [" ".join(sorted(mine))] for iri, mine in words.items()})
    yield from _acronyms([nodes[iri] for iri in texts])
    one_less = {iri: _without_one(mine) for iri, mine in words.items() if len(mine) > _FEWEST_WORDS}
    by_words: defaultdict[str, list[str]] = defaultdict(list)
    for iri, mine in words.items():
        by_words[" ".join(mine)].append(iri)
    for iri, shorter in one_less.items():
        others = {other for text in shorter for other in by_words.get(text, ()) if nodes[other].kind == nodes[iri].kind}
        yield from (("one word more", iri, other) for other in sorted(others))
    yield from _indexed("one letter", {iri: _deletions(text) for iri, text in letters.items()})


def _without_one(words: list[str]) -> list[str]:
    """Return a name without each of its words; one that holds a digit tells versions and sizes apart."""
    return [" ".join(words[:i] + words[i + 1 :]) for i, word in enumerate(words) if not any(map(str.isdigit, word))]


def _deletions(letters: str) -> list[str]:
    """Return what is left of a long name without each of its letters; beside digits a letter tells versions apart."""
    if len(letters) < _SHORTEST or any(map(str.isdigit, letters)):
        return []
    return [letters, *(letters[:i] + letters[i + 1 :] for i in range(len(letters)))]


def _acronyms(nodes: Collection[Named]) -> Iterator[tuple[str, str, str]]:
    """Yield acronyms that nobody expanded with names of their kind that have these initials."""
    initials: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for node in nodes:
        letters = "".join(word[0] for word in normal_form(node.label).split() if word not in SMALL)
        initials[node.kind, letters].append(node.iri)
    for node in nodes:
        short = acronym(node.label)
        if short and "-" not in node.iri.rpartition("/")[2]:
            longs = initials[node.kind, normal_form(short).replace(" ", "")]
            yield from (("acronym", node.iri, other) for other in longs[:_MOST_ALIKE])


def _authors(nodes: Mapping[str, Named]) -> Iterator[tuple[str, str, str]]:
    people = {iri: node.label for iri, node in nodes.items() if node.kind == names.AUTHOR}
    for _, one, two in _indexed("", {iri: list(blocks(label)) for iri, label in people.items()}):
        reason = alike(people[one], people[two])
        if reason:
            yield reason, one, two


def _indexed(reason: str, signs: dict[str, list[str]]) -> Iterator[tuple[str, str, str]]:
    """Yield the pairs that have a sign in common; a sign that very many have tells nothing."""
    index: defaultdict[str, set[str]] = defaultdict(set)
    for iri, mine in signs.items():
        for sign in mine:
            index[sign].add(iri)
    for same in index.values():
        if len(same) <= _MOST_ALIKE:
            yield from ((reason, one, two) for one, two in combinations(sorted(same), 2))


class _Neighbours:
    """What is named, or who signs, in the same papers; each counts for less the more papers it is in.

    Papers that name both of a pair do not count: they tell the two apart, and give them all their neighbours.
    """

    def __init__(self, graph: GraphStore) -> None:
        self._store = graph.store
        self._in: dict[NamedNode, frozenset[Any]] = {}

    def shared(self, one: Named, two: Named) -> tuple[int, float]:
        """Return how many neighbours two nodes share, and the weight of these by that of the fewer ones' all."""
        link = _AUTHOR if one.kind == names.AUTHOR else _OBJECT
        graphs = [self._graphs(NamedNode(node.iri), link) for node in (one, two)]
        ours, theirs = (self._near(mine - graphs[0] & graphs[1], link) for mine in graphs)
        common, mine, other = (self._weight(nodes, link) for nodes in (ours & theirs, ours, theirs))
        return len(ours & theirs), common / min(mine, other) if mine and other else 0.0

    def _weight(self, nodes: Collection[NamedNode], link: NamedNode) -> float:
        return sum(1 / len(self._graphs(node, link)) for node in nodes)

    def _graphs(self, node: NamedNode, link: NamedNode) -> frozenset[Any]:
        if node not in self._in:
            self._in[node] = frozenset(q.graph_name for q in self._store.quads_for_pattern(None, link, node, None))
        return self._in[node]

    def _near(self, graphs: Collection[Any], link: NamedNode) -> frozenset[NamedNode]:
        some = sorted(graphs, key=str)[:_MOST_PAPERS]
        quads = (quad for graph in some for quad in self._store.quads_for_pattern(None, link, None, graph))
        return frozenset(quad.object for quad in quads if isinstance(quad.object, NamedNode))
