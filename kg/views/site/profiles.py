"""What the page of a thing, author or category says: chosen so that a page stays small however much there is to say."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from kg.graph.names import ENTITIES
from kg.model import EntityType, RelationType, ResultKind, Role
from kg.views.site.catalogue import Stated, is_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.graph.records import PaperRecord, PaperResult
    from kg.views.site.catalogue import Library, Measured, Node

MOST_ROWS = 110
"""The most rows with sentences of a page: with as many the largest page is well under 150 kB."""
MOST_PAPERS = 300
"""The most papers that the page of an author or category lists."""
MOST_QUOTES = 2
"""The most papers that are quoted for one relation."""
MOST_NEAR = 8
"""The most neighbours of one kind."""

IN_PAPERS: Mapping[str, str] = {
    Role.PROPOSES: "Proposed in",
    Role.ADDRESSES: "Addressed in",
    Role.DEPLOYS_ON: "Experiments were run on it in",
    Role.EVALUATES_ON: "Evaluated on in",
    Role.COMPARES_WITH: "Compared with in",
    Role.TRAINS_ON: "Trained on in",
    Role.USES: "Used in",
    Role.MEASURES: "Measured in",
    Role.MENTIONS: "Mentioned in",
}
"""What a thing is to papers that have it in a role."""
RELATED: Mapping[str, tuple[str, str]] = {
    RelationType.USED_FOR: ("Used for", "What is used for it"),
    RelationType.PART_OF: ("Part of", "Its parts"),
    RelationType.IS_A: ("A kind of", "Kinds of it"),
    RelationType.BUILDS_ON: ("Builds on", "What builds on it"),
    RelationType.TRAINED_ON: ("Trained on", "What was trained on it"),
    RelationType.EVALUATED_ON: ("Evaluated on", "What was evaluated on it"),
    RelationType.RUNS_ON: ("Runs on", "What runs on it"),
    RelationType.COMPARED_WITH: ("Compared with", "What was compared with it"),
}
"""What a thing is to others as subject and as object of a relation."""
AS_END: Mapping[str, str] = {
    "subject": "Its results",
    "metric": "Figures of this metric",
    "on": "Measured on it",
    "baseline": "Measured against it",
}
"""What a thing is to results, by the names of :class:`kg.graph.records.PaperResult`."""


class Link(NamedTuple):
    """A relation to another thing.

    :param support: how many papers state it; ``stated``: the newest of them, each with its surest claim.
    """

    other: str
    support: int
    stated: Sequence[Stated]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a heading, the first of ``total``; of results, as what the thing takes part (:data:`AS_END`)."""

    title: str
    rows: Sequence[Stated | Link | tuple[PaperRecord, PaperResult]]
    total: int
    end: str = ""

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the page of a thing says of it.

    :param roles: papers by what they do with it; ``links``: relations; ``results``: figures; ``unsure``: statements
        that are no edges of the graph.
    :param near: what is named together with it, by kind, with how many papers do so.
    """

    node: Node
    papers: Sequence[PaperRecord]
    roles: Sequence[Group]
    links: Sequence[Group]
    results: Sequence[Group]
    unsure: Group
    near: Sequence[tuple[str, Sequence[tuple[str, int]]]]


def profile(library: Library, node: Node) -> Profile:
    """Return what the page of a thing says."""
    papers = library.papers_of(node.iri)
    roles = _by_role(library.roles.get(node.iri, ()))
    links = _links(library, node.iri)
    results = _results(library.results.get(node.iri, ()))
    doubtful = [s for s in _relations(library, node.iri) if not is_read(s.claim)]
    groups = _shared([*roles, *links, *results, Group("", doubtful, len(doubtful))], MOST_ROWS)
    ends = len(roles), len(roles) + len(links)
    return Profile(
        node,
        papers,
        groups[: ends[0]],
        groups[ends[0] : ends[1]],
        groups[ends[1] : -1],
        groups[-1],
        neighbours(papers, library, {node.iri}),
    )


def _by_role(stated: Iterable[Stated]) -> list[Group]:
    found: dict[str, list[Stated]] = {role.value: [] for role in Role}
    for one in stated:
        found[one.claim.predicate].append(one)
    return [Group(IN_PAPERS[Role(role)], rows, len(rows)) for role, rows in found.items() if rows]


def _relations(library: Library, iri: str) -> list[Stated]:
    return [*library.relations.get(iri, ()), *library.back.get(iri, ())]


def _links(library: Library, iri: str) -> list[Group]:
    """Return the relations of a thing by predicate and direction, those that most papers state first."""
    found: defaultdict[tuple[str, bool], defaultdict[str, list[Stated]]]
    found = defaultdict(lambda: defaultdict(list))
    for forward, stated in ((True, library.relations.get(iri, ())), (False, library.back.get(iri, ()))):
        for one in filter(lambda s: is_read(s.claim), stated):
            found[one.claim.predicate, forward][one.claim.object if forward else one.claim.subject].append(one)
    groups = []
    for predicate, titles in RELATED.items():
        for forward, title in zip((True, False), titles, strict=True):
            others: Mapping[str, list[Stated]] = found.get((predicate, forward), {})
            rows = [_link(other, stated) for other, stated in others.items()]
            rows.sort(key=lambda row: (-row.support, library.label(row.other), row.other))
            groups += [Group(title, rows, len(rows))] if rows else []
    return groups


def _link(other: str, stated: list[Stated]) -> Link:
    surest = {one.paper.iri: one for one in sorted(stated, key=lambda one: one.claim.score)}
    newest = sorted(surest.values(), key=lambda one: (one.paper.date, one.paper.id), reverse=True)
    return Link(other, len(surest), newest[:MOST_QUOTES])


def _results(measured: Sequence[Measured]) -> list[Group]:
    groups = []
    for end, title in AS_END.items():
        rows = [(one.paper, one.result) for one in measured if one.end == end]
        rows.sort(key=lambda row: (not is_read(row[1]), row[1].kind != ResultKind.ABSOLUTE))
        if rows:
            groups.append(Group(title, rows, len(rows), end))
    return groups


def _shared(groups: Sequence[Group], most: int) -> list[Group]:
    """Return the groups with ``most`` rows in all: small ones whole, what they leave shared among the others."""
    room, kept = most, {}
    for number, place in enumerate(sorted(range(len(groups)), key=lambda i: groups[i].total)):
        kept[place] = min(groups[place].total, room // (len(groups) - number))
        room -= kept[place]
    return [replace(group, rows=group.rows[: kept[i]]) for i, group in enumerate(groups)]


def neighbours(
    papers: Iterable[PaperRecord], library: Library, but: set[str]
) -> Sequence[tuple[str, Sequence[tuple[str, int]]]]:
    """Return the things that ``papers`` name most often, by kind, with how many of them do."""
    counts = Counter(claim.object for paper in papers for claim in paper.roles if claim.object not in but)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], library.label(pair[0]), pair[0]))
    found: dict[str, list[tuple[str, int]]] = {kind.value: [] for kind in EntityType}
    for iri, count in ranked:
        kind = library.nodes[iri].kind
        if kind in ENTITIES and len(found[kind]) < MOST_NEAR:
            found[kind].append((iri, count))
    return [(kind, tuple(near)) for kind, near in found.items() if near]


class Person(NamedTuple):
    """What the page of an author says.

    :param others: whom they wrote with, the most frequent first, with how many papers.
    :param proposed: what their papers propose, with the paper and its sentence.
    """

    node: Node
    papers: Sequence[PaperRecord]
    others: Sequence[tuple[str, int]]
    proposed: Sequence[Stated]


def person(library: Library, node: Node) -> Person:
    """Return what the page of an author says."""
    papers = library.by_author.get(node.iri, [])
    counts = Counter(other for paper in papers for other in dict.fromkeys(paper.authors) if other != node.iri)
    others = sorted(counts.items(), key=lambda pair: (-pair[1], library.label(pair[0]), pair[0]))
    proposed = [
        Stated(paper, claim)
        for paper in papers
        for claim in paper.roles
        if claim.predicate == Role.PROPOSES and is_read(claim)
    ]
    return Person(node, papers, others, proposed)
