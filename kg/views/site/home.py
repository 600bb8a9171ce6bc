"""The first page of a site: what is in the graph, what is most used in it, and which questions it answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

from kg.graph.names import AUTHOR, CATEGORY, PAPER
from kg.model import EntityType, RelationType
from kg.views.site import boards
from kg.views.site.catalogue import is_read
from kg.views.site.sheet import Sheet, shorter
from kg.views.site.writing import write_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kg.graph.records import PaperRecord
    from kg.views.site.catalogue import Library, Node

ADDRESS = "index.html"
MOST = 10
"""The most rows of a list of what is most used, and of the newest papers."""
SHOWN = (EntityType.ROBOT, EntityType.BENCHMARK, EntityType.DATASET, EntityType.METHOD, EntityType.TASK)
"""The kinds whose most used are listed."""
PLURALS: Mapping[str, str] = {
    EntityType.METHOD.value: "methods",
    EntityType.TASK.value: "tasks",
    EntityType.DATASET.value: "data sets",
    EntityType.BENCHMARK.value: "benchmarks",
    EntityType.METRIC.value: "metrics",
    EntityType.ROBOT.value: "robots",
    EntityType.SOFTWARE.value: "software",
    EntityType.HARDWARE.value: "hardware",
    PAPER: "papers",
    AUTHOR: "authors",
    CATEGORY: "categories",
}


class Used(NamedTuple):
    """A thing and how many papers use it."""

    node: Node
    papers: int


class Question(NamedTuple):
    """A question that the site answers, and the address of the page that does, quoted for a link."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Home:
    """What the first page says.

    :param counts: how many nodes of each kind there are, in the order of :data:`PLURALS`.
    :param period: first and last day or month of the papers; empty where none has one.
    :param newest: the newest papers.
    :param used: what most papers name, by kind.
    :param results: how many figures papers claim.
    """

    counts: Mapping[str, int]
    period: tuple[str, ...]
    newest: Sequence[PaperRecord]
    used: Mapping[str, Sequence[Used]]
    results: int
    questions: Sequence[Question]


def write(library: Library, target: Path) -> None:
    """Write the first page."""
    write_html(
        target,
        ADDRESS,
        "home.html",
        sheet=Sheet(library, ADDRESS),
        library=library,
        home=home(library),
        plurals=PLURALS,
    )


def home(library: Library) -> Home:
    """Return what the first page says of a graph."""
    counted = Counter(node.kind for node in library.nodes.values())
    dates = sorted(paper.date for paper in library.papers.values() if paper.date)
    used = _most_used(library)
    return Home(
        counts={kind: counted[kind] for kind in PLURALS if counted[kind]},
        period=tuple(dict.fromkeys((dates[0], dates[-1]))) if dates else (),
        newest=tuple(islice(library.papers.values(), MOST)),
        used=used,
        results=sum(len(paper.results) for paper in library.papers.values()),
        questions=tuple(_questions(library, used)),
    )


def _most_used(library: Library) -> Mapping[str, Sequence[Used]]:
    """Return what most papers name, of each kind shown; a kind of which nothing is named is left out."""
    by_kind: dict[str, list[Used]] = {kind.value: [] for kind in SHOWN}
    for iri, stated in library.roles.items():
        node = library.nodes.get(iri)
        if node is not None and node.kind in by_kind:
            papers = len({paper.iri for paper, claim in stated if is_read(claim)})
            by_kind[node.kind].append(Used(node, papers))
    ranked = {kind: sorted(found, key=_by_papers)[:MOST] for kind, found in by_kind.items()}
    named = {kind: [row for row in found if row.papers] for kind, found in ranked.items()}
    return {kind: found for kind, found in named.items() if found}


def _by_papers(row: Used) -> tuple[int, str, str]:
    return -row.papers, row.node.label.casefold(), row.node.iri


def _questions(library: Library, used: Mapping[str, Sequence[Used]]) -> list[Question]:
    """Return what a reader may ask, about what this graph says most of."""
    return [
        *_of_things(library, used),
        Question("Which values are claimed on which benchmark, and where do papers disagree?", quote(boards.ADDRESS)),
        _path(used.get(EntityType.METHOD.value, ()), used.get(EntityType.ROBOT.value, ())),
        Question("What is new since the build before?", "new.html"),
        _in_sparql(library),
    ]


def _of_things(library: Library, used: Mapping[str, Sequence[Used]]) -> Iterator[Question]:
    asked = {
        EntityType.ROBOT.value: "What ran on {}?",
        EntityType.METHOD.value: "Who builds on {}, and who compares with it?",
        EntityType.TASK.value: "Which methods are for {}?",
    }
    for kind, words in asked.items():
        for row in used.get(kind, ())[:1]:
            yield Question(words.format(shorter(row.node.label)), quote(row.node.address))
    author = min(library.by_author, key=lambda iri: (-len(library.by_author[iri]), iri), default="")
    if author in library.nodes:
        node = library.nodes[author]
        yield Question(f"With whom does {shorter(node.label)} write?", quote(node.address))


def _path(methods: Sequence[Used], robots: Sequence[Used]) -> Question:
    """Return the question how the most used method and robot are connected, as an address of the network page."""
    if not methods or not robots:
        return Question("How are two things connected, and who says so?", "network.html")
    one, other = methods[0].node, robots[0].node
    ends = {"node": one.address.removesuffix(".html"), "to": other.address.removesuffix(".html")}
    words = f"How are {shorter(one.label)} and {shorter(other.label)} connected, and who says so?"
    return Question(words, f"network.html#{urlencode(ends)}")


def _in_sparql(library: Library) -> Question:
    """Return a question in SPARQL about the method or software that runs on most machines, as its page is addressed."""
    machines: dict[str, set[str]] = {
        iri: {row.claim.object for row in stated if row.claim.predicate == RelationType.RUNS_ON and is_read(row.claim)}
        for iri, stated in library.relations.items()
    }
    runner = min(machines, key=lambda iri: (-len(machines[iri]), iri), default="")
    if not machines.get(runner) or runner not in library.nodes:
        return Question("Anything else: ask it in SPARQL.", "sparql.html")
    words = f"On which machines does {shorter(library.label(runner))} run? Ask it, and anything else, in SPARQL."
    asked = {"name": "robots-of-method", "p.method": library.label(runner)}
    return Question(words, f"sparql.html#{urlencode(asked)}")
