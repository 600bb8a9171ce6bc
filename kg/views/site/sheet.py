"""What pages are put together from: links to nodes, quoted sentences, marked text, dates as a small chart.

Where a link or a quotation is put together by hand, because there are millions of them in a large site, its words are
escaped one by one; kinds, addresses and scores are plain by what they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kg.views.site.asking import address
from kg.views.site.marking import Mark, marked, quoted
from kg.views.site.spark import spark
from kg.views.site.writing import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.graph.records import PaperClaim, PaperRecord, PaperResult
    from kg.views.site.catalogue import Library
    from kg.views.site.profiles import Person, Profile

LONGEST_LABEL = 200
"""The most characters of a name in a link; all of it stands on the thing's own page."""

MOST_ALIASES = 40
"""The most other names, versions and kinds of a thing that its page lists."""
MOST_AUTHORS = 3
"""The most authors of a paper that a list of papers names."""

_NOTHING = Markup("")
_CERTAIN = "asserted"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a site: what it links to is found from where it lies.

    :param address: the page's, from the root of the site.
    """

    library: Library
    address: str
    root: str = field(init=False)
    """The way from the page to the root of the site: nothing or ``../``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Place(self.address).root)

    def href(self, iri: str) -> str:
        """Return the way from this page to the page of a node."""
        return self.root + self.library.address(iri)

    def link(self, iri: str) -> Markup:
        """Return a link to a node with its kind's shape before its name; the bare name where it has no page."""
        node = self.library.nodes.get(iri)
        if node is None:
            return escape(shorter(iri))
        label = escape(shorter(node.label))
        return Markup(f'<a class="k {node.kind}" href="{self.root}{node.address}">{label}</a>')  # noqa: S704  as above

    def plain(self, iri: str) -> Markup:
        """Return a link to a node without its shape, for lists of one kind."""
        node = self.library.nodes[iri]
        return Markup(f'<a href="{self.root}{node.address}">{escape(shorter(node.label))}</a>')  # noqa: S704  as above

    def why(self, said: PaperClaim | PaperResult) -> Markup:
        """Return what opens the sentence that a claim or result was read from; its score, and doubts about it."""
        return Markup(  # noqa: S704  as above
            f"{doubt(said)}<details><summary>sentence {said.score:.2f}</summary>"
            f"<blockquote>{quoted(said)}</blockquote></details>"
        )

    def text(self, paper: PaperRecord) -> tuple[Markup, Markup]:
        """Return the title and the abstract of a paper with all that they name marked and linked."""
        nodes = self.library.nodes
        marks = [
            Mark(span, nodes[iri].kind, nodes[iri].label, self.href(iri))
            for span, iri in paper.mentions
            if iri in nodes
        ]
        return marked(paper.title, 0, marks), marked(paper.abstract, len(paper.title) + 1, marks)

    def told(self, stated: Iterable[tuple[PaperRecord, PaperClaim]]) -> Markup:
        """Return what opens the sentences of several papers, each with its paper; the score of the first."""
        shown = list(stated)
        rows = [
            f"<blockquote>{quoted(claim)}<footer>{self.plain(paper.iri)}, {escape(paper.date)} · {claim.score:.2f}"
            f"{doubt(claim)}</footer></blockquote>"
            for paper, claim in shown
        ]
        title = f"sentence {shown[0][1].score:.2f}" if len(shown) == 1 else f"{len(shown)} sentences"
        return Markup(f"<details><summary>{title}</summary>{''.join(rows)}</details>")  # noqa: S704  as above

    def near(self, near: Iterable[tuple[str, Iterable[tuple[str, int]]]]) -> Markup:
        """Return lists of things by kind, each with a number of papers."""
        lists = []
        for kind, things in near:
            items = "".join(f'<li>{self.plain(iri)} <span class="count">{count}</span></li>' for iri, count in things)
            lists.append(f'<dt class="k {kind}">{kind}</dt><dd><ul class="inline">{items}</ul></dd>')
        return Markup(f'<dl class="facts">{"".join(lists)}</dl>')  # noqa: S704  as above

    def facts(self, about: Profile | Person) -> Markup:
        """Return what is known of a thing or author beside what papers state of it."""
        known = [(title, values) for title, values in self._known(about) if values]
        rows = "".join(f"<dt>{title}</dt><dd>{' · '.join(values)}</dd>" for title, values in known)
        return Markup(f'<dl class="facts">{rows}</dl>') if rows else _NOTHING  # noqa: S704  as above

    def _known(self, about: Profile | Person) -> Iterator[tuple[str, list[Markup]]]:
        node = about.node
        yield "Also written", [escape(shorter(alias)) for alias in node.aliases[:MOST_ALIASES]]
        yield "Maker", [escape(node.maker)] if node.maker else []
        yield "Version of", [self.link(iri) for iri in node.variant_of]
        yield "Kind of", [self.link(iri) for iri in node.broader]
        yield "Versions and kinds of it", [self.link(iri) for iri in self.library.kin.get(node.iri, ())[:MOST_ALIASES]]
        yield "Same as", [_out(iri) for iri in node.matches]
        yield "See", [_out(page) for page in node.see]
        dated = [paper for paper in about.papers if paper.date]
        if dated:
            yield "First paper", [self._dated(dated[-1])]
            yield "Latest paper", [self._dated(dated[0])]

    def _dated(self, paper: PaperRecord) -> Markup:
        return Markup(f"<time>{escape(paper.date)}</time> {self.plain(paper.iri)}")  # noqa: S704  as above

    def rest(self, count: int, listed: str, iri: str) -> Markup:
        """Return that ``count`` more are not shown, with the query that lists them all; nothing where there are none.

        :param listed: which query of :data:`kg.views.site.asking.QUERIES`; ``iri``: the node of this page.
        """
        if count <= 0:
            return _NOTHING
        return Markup('<p class="soft">and {} more: <a href="{}{}">a query for all</a></p>').format(
            f"{count:,}", self.root, address(listed, iri)
        )

    def authors(self, paper: PaperRecord) -> str:
        """Return the first authors of a paper in words."""
        names = [shorter(self.library.label(author)) for author in paper.authors[:MOST_AUTHORS]]
        return ", ".join(names) + (" …" if len(paper.authors) > MOST_AUTHORS else "")

    def spark(self, papers: Sequence[PaperRecord]) -> Markup:
        """Return how many papers there are over time as an image; nothing for fewer than two dates."""
        return spark([paper.date for paper in papers if paper.date])


def shorter(label: str) -> str:
    """Return a name as links show it.

    >>> shorter("x" * 300)[-3:], len(shorter("x" * 300)), shorter("OpenVLA")
    ('xx…', 200, 'OpenVLA')
    """
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


def doubt(said: PaperClaim | PaperResult) -> Markup:
    """Return how a statement stands where the text does not plainly assert it, or the ontology does not admit it."""
    if said.certainty == _CERTAIN and not said.problem:
        return _NOTHING
    tags = [said.certainty] if said.certainty != _CERTAIN else []
    tags += [said.problem] if said.problem else []
    return _NOTHING.join(Markup(' <span class="tag">{}</span>').format(tag) for tag in tags)


def _out(link: str) -> Markup:
    """Return a link to another host, which a reader may follow; only addresses of the web."""
    if not link.startswith(("https://", "http://")):
        return escape(link)
    return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(link, link)


_COLUMNS = {"metric": "Metric", "subject": "Of", "baseline": "Against", "on": "On"}
KINDS_OF_RESULT = {"absolute": "level"}
"""What readers call a kind of result where the model's name does not say it."""


def results_table(sheet: Sheet, rows: Sequence[tuple[PaperRecord | None, PaperResult]], but: str = "") -> Markup:
    """Return results as a table, each with the paper that claims it unless that is ``None``.

    :param but: the end that is the same in all rows and has no column.
    """
    ends = [end for end in _COLUMNS if end != but]
    titles = ["Value", "Kind", *(_COLUMNS[end] for end in ends), "Read from"]
    head = _NOTHING.join(Markup('<th scope="col">{}</th>').format(title) for title in titles)
    body = _NOTHING.join(_result_row(sheet, paper, result, ends) for paper, result in rows)
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="Results">'
        "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(head, body)


def _result_row(sheet: Sheet, paper: PaperRecord | None, result: PaperResult, ends: Sequence[str]) -> Markup:
    nodes = [getattr(result, end) for end in ends]
    cells = [escape(KINDS_OF_RESULT.get(result.kind, result.kind)), *(sheet.link(n) if n else "" for n in nodes)]
    source = "" if paper is None else f"{sheet.plain(paper.iri)} <time>{escape(paper.date)}</time> "
    rest = "".join(f"<td>{cell}</td>" for cell in (*cells, source + str(sheet.why(result))))
    value = escape(shorter(result.value))
    return Markup(f'<tr><td class="value">{value}</td>{rest}</tr>')  # noqa: S704  as above
