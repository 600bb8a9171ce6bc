"""What is new: the difference between a site and the one written before in its place, by type, each line with evidence.

Where there is no earlier site, the papers of the newest day are set against all before them. Where the papers are the
same as in the earlier site, its news stay: writing a site twice loses nothing.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from kg.graph.names import ENTITIES
from kg.model import EntityType, RelationType
from kg.resolution.tex import readable
from kg.views.site import boards, snapshot
from kg.views.site.catalogue import Stated
from kg.views.site.home import PLURALS
from kg.views.site.sheet import Sheet
from kg.views.site.writing import write_file, write_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kg.graph.records import PaperRecord, PaperResult
    from kg.views.site.catalogue import Library
    from kg.views.site.snapshot import Snapshot

ADDRESS = "new.html"
SNAPSHOT = "data/snapshot.json"
JSON = "data/news.json"
MOST = 200
"""The most rows of a part of the page; the JSON file has them all."""

_Row = TypeVar("_Row")

BUILD, DAY, START = "build", "day", "start"
"""What is compared with: the earlier site, the days before the newest, nothing."""


class First(NamedTuple):
    """Something that ran on a robot for the first time.

    :param known: which of the two the graph knew before: ``both``, ``subject``, ``robot`` or ``neither``.
    """

    subject: str
    predicate: str
    robot: str
    known: str


@dataclass(frozen=True, slots=True)
class News:
    """The difference, by keys: ids of papers, IRIs of things, digests of values.

    :param since: :data:`BUILD`, :data:`DAY` or :data:`START`; ``day``: the newest day or month; ``before``: how many
        papers there were before.
    :param changed: papers that are still there, and what changed: ``text`` or ``reading``.
    :param values: a paper's id, and :func:`kg.views.site.snapshot.value_key` of a value it claims.
    """

    since: str
    day: str
    before: int
    papers: Sequence[str] = ()
    changed: Sequence[tuple[str, str]] = ()
    gone: Sequence[str] = ()
    things: Sequence[str] = ()
    firsts: Sequence[First] = ()
    values: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """The difference with all that the page says of it.

    :param things: new things by kind, those that most papers name first.
    :param methods: what ran on a robot for the first time, with the claims that say so.
    :param robots: papers that used a robot, by the robot's IRI.
    :param values: new values by the IRI of what they were measured on; those measured on nothing named are left out.
    """

    news: News
    papers: Sequence[PaperRecord]
    changed: Sequence[tuple[PaperRecord, str]]
    things: Mapping[str, Sequence[str]]
    methods: Sequence[tuple[First, Sequence[Stated]]]
    robots: Mapping[str, Sequence[Stated]]
    values: Mapping[str, Sequence[tuple[PaperRecord, PaperResult]]]

    def is_new(self, robot: str) -> bool:
        """Return whether a robot was not named before."""
        return robot in self.things.get(EntityType.ROBOT.value, ())


def write(library: Library, target: Path, earlier: Path | None = None) -> None:
    """Write what is new as a page and as JSON, and the snapshot that the next site is compared with.

    :param earlier: the folder of the site written before, where there is one.
    """
    now = snapshot.of(library, library.papers.values())
    found = news(library, now, None if earlier is None else snapshot.read(earlier / SNAPSHOT))
    snapshot.write(target / SNAPSHOT, now, asdict(found))
    told = tell(library, found)
    write_file(target / JSON, json.dumps(_for_scripts(library, told), indent=1, ensure_ascii=False) + "\n")
    context = {"library": library, "told": told, "plurals": PLURALS, "board_address": boards.board_address}
    write_html(target, ADDRESS, "new.html", sheet=Sheet(library, ADDRESS), **context, most=MOST, readable=readable)


def news(library: Library, now: Snapshot, earlier: tuple[Snapshot, dict[str, Any]] | None) -> News:
    """Return what is new in a library since an earlier site, or since the day before the newest.

    :param now: the snapshot of the library.
    """
    if earlier is None:
        return _of_newest_day(library, now)
    before, its_news = earlier
    if before.papers == now.papers:
        kept = _kept(its_news)
        return _of_newest_day(library, now) if kept is None else kept
    return _difference(library, before, now, since=BUILD, day="")


def _of_newest_day(library: Library, now: Snapshot) -> News:
    day = max((paper.date for paper in library.papers.values()), default="")
    older = [paper for paper in library.papers.values() if paper.date != day]
    before = snapshot.of(library, older)
    return _difference(library, before, now, since=DAY if older else START, day=day)


def _difference(library: Library, before: Snapshot, now: Snapshot, *, since: str, day: str) -> News:
    fresh = [p for p in library.papers.values() if before.papers.get(p.id) != now.papers[p.id]]
    return News(
        since,
        day,
        len(before.papers),
        papers=tuple(paper.id for paper in fresh if paper.id not in before.papers),
        changed=tuple(
            (paper.id, _what_changed(before.papers[paper.id], now.papers[paper.id]))
            for paper in fresh
            if paper.id in before.papers
        ),
        gone=tuple(sorted(before.papers.keys() - now.papers.keys())),
        things=tuple(iri for iri in _things_of(library, fresh) if snapshot.thing_key(iri) not in before.things),
        firsts=tuple(_firsts(library, before, fresh)),
        values=tuple(
            (paper.id, key)
            for paper in fresh
            for key in dict.fromkeys(snapshot.value_key(paper, result) for result in paper.results)
            if key not in before.values
        ),
    )


def _what_changed(before: str, now: str) -> str:
    half = len(now) // 2
    return "text" if before[:half] != now[:half] else "reading"


def _things_of(library: Library, papers: Iterable[PaperRecord]) -> list[str]:
    return sorted({c.object for paper in papers for c in paper.roles if snapshot.is_thing(library, c.object)})


def _firsts(library: Library, before: Snapshot, papers: Iterable[PaperRecord]) -> list[First]:
    found = {run for paper in papers for run in snapshot.runs(library, paper)}
    new = (run for run in found if snapshot.pair_key(*run) not in before.pairs)
    return sorted(First(*run, _known(library, before, run[0], run[2])) for run in new)


def _known(library: Library, before: Snapshot, subject: str, robot: str) -> str:
    there = library.papers[subject].id in before.papers if subject in library.papers else None
    subject_known = snapshot.thing_key(subject) in before.things if there is None else there
    robot_known = snapshot.thing_key(robot) in before.things
    return {(True, True): "both", (True, False): "subject", (False, True): "robot"}.get(
        (subject_known, robot_known), "neither"
    )


def _kept(value: dict[str, Any]) -> News | None:
    """Return the news of the earlier site, ``None`` if they do not have their form."""
    try:
        return News(
            str(value["since"]),
            str(value["day"]),
            int(value["before"]),
            tuple(map(str, value["papers"])),
            tuple((str(paper), str(what)) for paper, what in value["changed"]),
            tuple(map(str, value["gone"])),
            tuple(map(str, value["things"])),
            tuple(First(*map(str, row)) for row in value["firsts"]),
            tuple((str(paper), str(key)) for paper, key in value["values"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def tell(library: Library, found: News) -> Told:
    """Return the difference with its claims and results; what the library no longer has is left out."""
    by_id = {paper.id: paper for paper in library.papers.values()}
    papers = [by_id[paper] for paper in found.papers if paper in by_id]
    changed = [(by_id[paper], what) for paper, what in found.changed if paper in by_id]
    fresh = {paper.iri for paper in (*papers, *(paper for paper, _ in changed))}
    kinds = Counter(library.nodes[iri].kind for iri in found.things if iri in library.nodes)
    runs = [(first, _saying(library, first, fresh)) for first in found.firsts]
    robots: defaultdict[str, list[Stated]] = defaultdict(list)
    for first, stated in runs:
        if first.predicate != RelationType.RUNS_ON:
            robots[first.robot] += stated
    return Told(
        found,
        papers,
        changed,
        {kind: _by_papers(library, kind, found.things) for kind in PLURALS if kind in kinds and kind in ENTITIES},
        [(first, stated) for first, stated in runs if first.predicate == RelationType.RUNS_ON and stated],
        _largest_first(library, {robot: stated for robot, stated in robots.items() if stated}),
        _largest_first(library, _values(found, by_id)),
    )


def _saying(library: Library, first: First, fresh: set[str]) -> list[Stated]:
    """Return the claims of new papers that say that something ran on a robot, the surest of each paper."""
    own = library.papers.get(first.subject)
    if own is not None:
        stated = [Stated(own, claim) for claim in own.roles]
    else:
        stated = [row for row in library.relations.get(first.subject, ()) if row.paper.iri in fresh]
    said = [row for row in stated if (row.claim.predicate, row.claim.object) == (first.predicate, first.robot)]
    return list({row.paper.iri: row for row in reversed(said)}.values())[::-1]


def _by_papers(library: Library, kind: str, things: Iterable[str]) -> list[str]:
    of_kind = [iri for iri in things if iri in library.nodes and library.nodes[iri].kind == kind]
    return sorted(of_kind, key=lambda iri: (-len(library.roles.get(iri, ())), library.label(iri).casefold(), iri))


def _values(found: News, by_id: Mapping[str, PaperRecord]) -> Mapping[str, Sequence[tuple[PaperRecord, PaperResult]]]:
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for paper_id, key in found.values:
        wanted[paper_id].add(key)
    places: defaultdict[str, list[tuple[PaperRecord, PaperResult]]] = defaultdict(list)
    for paper in (by_id[paper_id] for paper_id in wanted if paper_id in by_id):
        for result in paper.results:
            if result.on and not result.problem and snapshot.value_key(paper, result) in wanted[paper.id]:
                places[result.on].append((paper, result))
    return places


def _largest_first(library: Library, groups: Mapping[str, Sequence[_Row]]) -> dict[str, Sequence[_Row]]:
    return dict(sorted(groups.items(), key=lambda g: (-len(g[1]), library.label(g[0]).casefold(), g[0])))


def _for_scripts(library: Library, told: Told) -> dict[str, Any]:
    """Return the difference for programs: names and addresses beside keys, sentences as they stand."""
    found = told.news

    def node(iri: str) -> dict[str, str]:
        there = library.nodes.get(iri)
        return {"iri": iri} if there is None else {"iri": iri, "label": there.label, "address": there.address}

    def said(stated: Stated) -> dict[str, Any]:
        sentences = [passage.text for passage in stated.claim.sentences]
        return {"paper": stated.paper.id, "score": stated.claim.score, "sentences": sentences}

    return {
        "since": {"what": found.since, "day": found.day, "papers": found.before},
        "papers": [{"id": p.id, "title": p.title, "date": p.date, **node(p.iri)} for p in told.papers],
        "changed": [{"id": paper.id, "what": what} for paper, what in told.changed],
        "gone": list(found.gone),
        "things": {kind: [node(iri) for iri in things] for kind, things in told.things.items()},
        "firsts": [
            {
                "subject": node(first.subject),
                "robot": node(first.robot),
                "known": first.known,
                "said": [*map(said, rows)],
            }
            for first, rows in told.methods
        ],
        "robots": [
            {"robot": node(robot), "used": [{"role": row.claim.predicate, **said(row)} for row in rows]}
            for robot, rows in told.robots.items()
        ],
        "values": [
            {"on": node(place), "values": [_value(paper, result, node) for paper, result in rows]}
            for place, rows in told.values.items()
        ],
    }


def _value(paper: PaperRecord, result: PaperResult, node: Any) -> dict[str, Any]:
    ends = {"metric": result.metric, "subject": result.subject, "baseline": result.baseline}
    return {
        "paper": paper.id,
        "value": result.value,
        "number": result.number,
        "unit": result.unit,
        "kind": result.kind,
        **{name: node(iri) for name, iri in ends.items() if iri is not None},
        "certainty": result.certainty,
        "score": result.score,
        "sentences": [passage.text for passage in result.sentences],
    }
