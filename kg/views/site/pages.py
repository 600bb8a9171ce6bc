"""The pages of papers, things, authors and categories, and the list of all papers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from kg.graph.names import AUTHOR, CATEGORY, PAPER
from kg.model import EntityType, Role
from kg.views.drawing import words
from kg.views.site.boards import board_address
from kg.views.site.catalogue import is_read
from kg.views.site.profiles import MOST_PAPERS, neighbours, person, profile
from kg.views.site.sheet import Sheet, results_table
from kg.views.site.writing import write_html

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from kg.graph.records import PaperClaim, PaperRecord
    from kg.views.site.catalogue import Library, Node

PAPERS_A_PAGE = 400
_ARXIV = "https://arxiv.org/abs/"


def write(library: Library, target: Path, track: Callable[..., Any]) -> None:
    """Write the page of every node, and the list of papers."""
    for node in track(library.nodes.values(), len(library.nodes), "Writing pages"):
        _WRITERS.get(node.kind, _thing)(library, target, node)
    _papers(library, target)


def _paper(library: Library, target: Path, node: Node) -> None:
    paper = library.papers[node.iri]
    sheet = Sheet(library, node.address)
    title, abstract = sheet.text(paper)
    read = [claim for claim in paper.claims if is_read(claim)]
    write_html(
        target,
        node.address,
        "paper.html",
        sheet=sheet,
        paper=paper,
        title=title,
        abstract=abstract,
        arxiv=paper.iri if paper.iri.startswith(_ARXIV) else "",
        kinds=_kinds(library, paper),
        roles=_roles([claim for claim in read if claim.subject == paper.iri]),
        relations=[claim for claim in read if claim.subject != paper.iri],
        unsure=[claim for claim in paper.claims if not is_read(claim)],
        results=results_table(sheet, [(None, result) for result in paper.results]) if paper.results else "",
        words=words,
    )


def _kinds(library: Library, paper: PaperRecord) -> list[tuple[str, int]]:
    """Return how many places of a paper name things of each kind, in the order of the model."""
    counts = Counter(library.nodes[iri].kind for _, iri in paper.mentions if iri in library.nodes)
    return [(kind.value, counts[kind.value]) for kind in EntityType if counts[kind.value]]


def _roles(claims: Sequence[PaperClaim]) -> list[tuple[str, list[PaperClaim]]]:
    found: Mapping[str, list[PaperClaim]] = {role.value: [] for role in Role}
    for claim in claims:
        found[claim.predicate].append(claim)
    return [(words(role).capitalize(), sorted(of, key=lambda c: -c.score)) for role, of in found.items() if of]


def _thing(library: Library, target: Path, node: Node) -> None:
    context = {"sheet": Sheet(library, node.address), "about": profile(library, node), "table": results_table}
    board = board_address(library, node.iri)
    write_html(target, node.address, "thing.html", **context, words=words, board=board)


def _author(library: Library, target: Path, node: Node) -> None:
    sheet = Sheet(library, node.address)
    write_html(target, node.address, "author.html", sheet=sheet, about=person(library, node), most=MOST_PAPERS)


def _category(library: Library, target: Path, node: Node) -> None:
    papers = library.by_category.get(node.iri, [])
    near = neighbours(papers, library, set())
    sheet = Sheet(library, node.address)
    write_html(
        target, node.address, "category.html", sheet=sheet, node=node, papers=papers, near=near, most=MOST_PAPERS
    )


_WRITERS = {PAPER: _paper, AUTHOR: _author, CATEGORY: _category}


def _papers(library: Library, target: Path) -> None:
    """Write the list of papers, the newest first, on as many pages as it takes."""
    every = list(library.papers.values())
    lists = [every[start : start + PAPERS_A_PAGE] for start in range(0, max(1, len(every)), PAPERS_A_PAGE)]
    for number, papers in enumerate(lists, start=1):
        address = papers_address(number)
        links = [(n, papers_address(n)) for n in range(1, len(lists) + 1)]
        sheet = Sheet(library, address)
        write_html(target, address, "papers.html", sheet=sheet, papers=papers, number=number, links=links)


def papers_address(number: int) -> str:
    """Return the address of a page of the list of papers, counted from 1.

    >>> papers_address(1), papers_address(2)
    ('papers.html', 'papers-2.html')
    """
    return "papers.html" if number == 1 else f"papers-{number}.html"
