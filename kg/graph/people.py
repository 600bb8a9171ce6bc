"""Authors: whose names are one person's, as far as the papers of a graph tell.

Names that can be one person's (:func:`kg.resolution.people.alike`) become one node where they share a co-author (two,
if they differ in their order: *Lu Yang* and *Yang Lu* are often two people whose co-authors' names are common) and no
paper lists both; where such names would also join two that cannot be one person's, none of them is joined. What holds
depends on which papers are in the graph, so the nodes of papers that were there before can change with new ones: every
name is compared as it is written, never as it was joined before.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, cast

from networkx import Graph, number_connected_components
from pyoxigraph import Literal, NamedNode, Quad

from kg.graph.metadata import AUTHOR, NAME_AS_WRITTEN, NAME_BLOCK, TYPE
from kg.graph.vocab import name
from kg.resolution import author_key
from kg.resolution.decisions import Decisions, Kind
from kg.resolution.people import alike, blocks, fullness, initials_only

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Store

    from kg.graph.vocab import Iris

AMBIGUOUS = name("kg:ambiguous")
RULE, SCORE = name("kg:mergeRule"), name("kg:mergeScore")
_AUTHORSHIP = name("kg:authorship")
_CREATOR = name("dcterms:creator")
_CATEGORY = name("kg:primaryCategory")
_CLASS = name("kg:Author")
_FEWEST = {"order of names": 2}
"""How many co-authors two names must share that differ so; else one."""

Move = tuple["Signed", NamedNode, NamedNode, "Joined | None"]
"""A place, the author it stands for now, the one it is to stand for, and why that is not the name's own."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One place in a list of authors.

    :param key: the author's key as the name alone gives it.
    """

    graph: NamedNode
    authorship: NamedNode
    written: str
    key: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Why a name stands for the author of another.

    :param rule: in what the names differ.
    :param score: by Laplace's rule of succession, each co-author that both names share taken as one that confirms it:
        1/2 for none (the two are tied through a third name), 2/3 for one. No labelled pairs of authors stand behind it.
    """

    rule: str
    score: float


@dataclass(frozen=True, slots=True)
class _Person:
    """A name with its papers' graphs and the keys of those who signed with it."""

    written: str
    key: str
    places: tuple[Signed, ...]
    graphs: frozenset[NamedNode]
    others: frozenset[str]


class People:
    """The authors of a store, as it is now, compared anew where names came or went.

    Only names that can be one person's with these are looked at, by the blocks that they share.

    :param decisions: the user's: who was decided about is never joined by a rule.
    :param touched: the names that came or went, as written.
    """

    def __init__(self, store: Store, iris: Iris, decisions: Decisions, touched: Iterable[str]) -> None:
        self._store = store
        self._iris = iris
        self._decided = decisions
        self._touched = sorted(touched)
        self._blocks: dict[str, dict[str, list[Signed]]] = {}
        self._persons: dict[str, _Person] = {}
        self._lists: dict[NamedNode, frozenset[str]] = {}

    def moved(self) -> Iterator[Move]:
        """Yield the places whose author is another node than now."""
        done: set[str] = set()
        for written in self._touched:
            for key, places in self._near(written).items():
                if key not in done:
                    group = self._group(self._person(key, places))
                    done |= group.keys()
                    yield from self._changes(group)

    def ambiguous(self, nodes: Iterable[NamedNode]) -> Iterator[tuple[NamedNode, str | None]]:
        """Yield authors who may be several people or someone else, each with the reason; ``None``: it is not so.

        :param nodes: the authors whose papers came or went, or who were moved.
        """
        nodes = set(nodes)
        names = {*self._touched, *(place.written for node in nodes for place in self._places(node))}
        near = (places for written in sorted(names) for places in self._near(written).values())
        initials = {self._node(place) for places in near if initials_only(places[0].written) for place in places}
        for node in sorted(initials | nodes, key=lambda node: node.value):
            yield node, "; ".join(filter(None, (self._fitting(node), self._scattered(node)))) or None

    def _changes(self, group: dict[str, _Person]) -> Iterator[Move]:
        persons = sorted(group.values(), key=lambda one: (fullness(one.written), one.key))
        joined = len(persons) > 1 and all(alike(a.written, b.written) for a, b in combinations(persons, 2))
        for one in persons:
            root = persons[-1] if joined else one
            shared = len(one.others & root.others)
            why = (
                None
                if root is one
                else Joined(alike(one.written, root.written) or "", round((shared + 1) / (shared + 2), 3))
            )
            node = self._iris.node(root.key)
            for place in one.places:
                now = self._node(place)
                if now != node or (why is not None and self._why(place) != why):
                    yield place, now, node, why

    def _group(self, first: _Person) -> dict[str, _Person]:
        """Return the names that evidence ties to a first one, directly or through others."""
        found: dict[str, _Person] = {}
        waiting = [first]
        while waiting:
            one = waiting.pop()
            if one.key not in found:
                found[one.key] = one
                near = (self._person(key, places) for key, places in self._near(one.written).items())
                waiting.extend(other for other in near if other.key != one.key and self._tied(one, other))
        return found

    def _tied(self, one: _Person, two: _Person) -> bool:
        enough = _FEWEST.get(alike(one.written, two.written) or "", 1)
        shared = len(one.others & two.others) >= enough and not one.graphs & two.graphs
        return shared and not self._is_decided(one, two)

    def _is_decided(self, one: _Person, two: _Person) -> bool:
        pair = {one.key, two.key}
        return any(row.ends == pair or (row.kind is Kind.MERGE and row.ends & pair) for row in self._decided.rows)

    def _near(self, written: str) -> dict[str, list[Signed]]:
        """Return the places of the names that can be one person's with ``written``, and of itself, by key."""
        found: dict[str, list[Signed]] = {}
        for block in blocks(written):
            for key, places in self._block(block).items():
                if key not in found and alike(written, places[0].written):
                    found[key] = places
        return found

    def _block(self, block: str) -> dict[str, list[Signed]]:
        """Return the places of the names of a block by key, without those that the user decided about."""
        if block not in self._blocks:
            found: defaultdict[str, list[Signed]] = defaultdict(list)
            for quad in self._store.quads_for_pattern(None, NAME_BLOCK, Literal(block), None):
                place = self._signed(cast("NamedNode", quad.graph_name), cast("NamedNode", quad.subject))
                if not self._settled(place):
                    found[place.key].append(place)
            self._blocks[block] = {
                key: sorted(found[key], key=lambda one: one.authorship.value) for key in sorted(found)
            }
        return self._blocks[block]

    def _signed(self, graph: NamedNode, authorship: NamedNode) -> Signed:
        written = next(self._store.quads_for_pattern(authorship, NAME_AS_WRITTEN, None, graph)).object
        name = cast("Literal", written).value
        return Signed(graph, authorship, name, author_key(name))

    def _node(self, place: Signed) -> NamedNode:
        """Return the author that a place stands for now."""
        found = next(self._store.quads_for_pattern(place.authorship, AUTHOR, None, place.graph))
        return cast("NamedNode", found.object)

    def _why(self, place: Signed) -> Joined | None:
        """Return why a place stands for the author that it stands for now, as the store has it."""
        found = (
            next(self._store.quads_for_pattern(place.authorship, predicate, None, place.graph), None)
            for predicate in (RULE, SCORE)
        )
        rule, score = (cast("Literal", quad.object).value if quad is not None else "" for quad in found)
        return Joined(rule, float(score)) if rule and score else None

    def _settled(self, place: Signed) -> bool:
        paper = self._iris.paper_of(place.graph) or ""
        return bool(self._decided.rows) and self._decided.settle(place.key, place.written, paper)[1] is not None

    def _person(self, key: str, places: list[Signed]) -> _Person:
        if key not in self._persons:
            graphs = frozenset(place.graph for place in places)
            others = frozenset().union(*map(self._signers, graphs)) - {key}
            self._persons[key] = _Person(places[0].written, key, tuple(places), graphs, others)
        return self._persons[key]

    def _signers(self, graph: NamedNode) -> frozenset[str]:
        """Return the keys of the names that signed a paper."""
        if graph not in self._lists:
            quads = self._store.quads_for_pattern(None, NAME_AS_WRITTEN, None, graph)
            self._lists[graph] = frozenset(author_key(cast("Literal", quad.object).value) for quad in quads)
        return self._lists[graph]

    def _places(self, node: NamedNode) -> list[Signed]:
        quads = self._store.quads_for_pattern(None, AUTHOR, node, None)
        return [self._signed(cast("NamedNode", q.graph_name), cast("NamedNode", q.subject)) for q in quads]

    def _fitting(self, node: NamedNode) -> str | None:
        """Return how many others a name of initials fits that are not this node."""
        places = (place for place in self._places(node) if initials_only(place.written))
        names = {place.written for place in places if not self._settled(place)}
        fit = {
            self._node(place)
            for written in names
            for others in self._near(written).values()
            if alike(written, others[0].written) == "initials"
            for place in others
        } - {node}
        return f"initials that fit {len(fit)} other {'authors' if len(fit) > 1 else 'author'}" if fit else None

    def _scattered(self, node: NamedNode) -> str | None:
        """Return in how many groups an author's papers fall that share neither a co-author nor a field."""
        places = self._places(node)
        graphs, own = {place.graph for place in places}, {place.key for place in places}
        if len(graphs) == 1:
            return None
        ties: Graph[str] = Graph()
        for graph in graphs:
            ties.add_node(graph.value)
            fields = (str(quad.object) for quad in self._store.quads_for_pattern(None, _CATEGORY, None, graph))
            others = self._signers(graph) - own
            ties.add_edges_from((graph.value, tie) for ends in (fields, others) for tie in ends)
        count = number_connected_components(ties)
        return f"papers in {count} groups that share neither co-author nor field" if count > 1 else None


def move(store: Store, place: Signed, now: NamedNode, node: NamedNode, why: Joined | None) -> None:
    """Let a place in a list of authors stand for ``node`` instead of ``now``."""
    authorship, graph = place.authorship, place.graph
    paper = cast("NamedNode", next(store.quads_for_pattern(None, _AUTHORSHIP, authorship, graph)).subject)
    old = [quad for predicate in (AUTHOR, RULE, SCORE) for quad in store.quads_for_pattern(authorship, predicate, None)]
    if len(list(store.quads_for_pattern(None, AUTHOR, now, graph))) == 1:
        old += [Quad(paper, _CREATOR, now, graph), Quad(now, TYPE, _CLASS, graph)]
    new = [(paper, _CREATOR, node), (authorship, AUTHOR, node), (node, TYPE, _CLASS)]
    said = [] if why is None else [(RULE, Literal(why.rule)), (SCORE, Literal(why.score))]
    for quad in old:
        store.remove(quad)
    store.extend(Quad(*triple, graph) for triple in new)
    store.extend(Quad(authorship, predicate, value, graph) for predicate, value in said)
