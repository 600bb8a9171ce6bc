"""From inputs to a graph folder: the composition root, to be read from top to bottom.

Papers are read, each is extracted and resolved, and its statements go into a store that replaces the earlier one only
when all is written. What was read, skipped and found wrong goes into a :class:`BuildReport` and ``report.json``.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from kg.errors import SourceError
from kg.exporters import EXPORTERS, with_preset
from kg.files import write_text
from kg.graph.folder import DECISIONS
from kg.graph.shacl import Violation, validate
from kg.graph.store import GraphStore
from kg.nlp.backends import Settings, load
from kg.nlp.confidence import at_least
from kg.resolution import resolve
from kg.resolution.decisions import Decisions, read_decisions
from kg.sources import read_papers
from kg.views import write_page
from kg.views.site import write_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kg.graph.network import Selection
    from kg.model import Extraction, Paper, Problem, ResolvedPaper
from kg.nlp.backends import Reader

T = TypeVar("T")
REPORT = "report.json"
SITE = "site"
MOST_PAPERS = 500
"""The most papers of a graph whose site is written without being asked for: about 15 s of a processor's time.

It is written whole, so with a larger graph an addition would cost what the graph does and not what is new."""


class Watch(Protocol):
    """Who follows a run: told of every problem as it appears, and of every paper that is done."""

    def problem(self, problem: Problem) -> None:
        """Take note of something wrong in an input."""

    def track(self, items: Iterable[T], total: int, what: str) -> Iterator[T]:
        """Pass ``items`` on, one by one, as they are done."""


class Silent:
    """A watch that looks away."""

    def problem(self, problem: Problem) -> None:
        """Ignore it."""

    def track(self, items: Iterable[T], total: int, what: str) -> Iterator[T]:  # noqa: ARG002  as in Watch
        """Pass the items on."""
        yield from items


@dataclass(frozen=True, slots=True)
class Change:
    """What a removal or a decision did.

    :param papers: how many it removed or changed.
    :param page: the first page of the site, ``None`` if none was written.
    """

    folder: Path
    papers: int
    page: Path | None


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build or an addition did.

    :param papers: papers of the inputs, after those that are the same were merged; not those that an extractor could
        not read.
    :param entities: entities over all of them, once per paper that names them; ``relations`` and ``results`` likewise.
    :param problems: what was skipped or looked wrong in the inputs, in reading order.
    :param violations: where the graph breaks its shapes; empty if it conforms.
    :param page: the first page of the site, ``None`` if none was written.
    """

    folder: Path
    papers: int
    entities: int
    relations: int
    results: int
    problems: tuple[Problem, ...]
    violations: tuple[Violation, ...]
    page: Path | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values, paths left out: the same build says the same anywhere."""
        return {
            "papers": self.papers,
            "entities": self.entities,
            "relations": self.relations,
            "results": self.results,
            "problems": [asdict(p) for p in self.problems],
            "violations": [asdict(v) for v in self.violations],
        }


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How papers are read.

    :param form: name of a reader in :data:`kg.sources.FORMATS`; sniffed otherwise.
    :param strict: stop at the first record that cannot be read.
    :param jobs: processes that extract, or requests at a time.
    :param min_score: the least score of what is kept, 0 to 1.
    :param extractor: the backend that reads; the shipped extractor by default.
    """

    form: str | None = None
    strict: bool = False
    jobs: int = 1
    min_score: float = 0.0
    extractor: Settings = field(default_factory=Settings)


_AS_SHIPPED = ReadingOptions()


def build(
    inputs: Sequence[str | Path],
    folder: Path,
    *,
    base: str | None = None,
    how: ReadingOptions = _AS_SHIPPED,
    watch: Watch | None = None,
    site: bool = True,
) -> BuildReport:
    """Build the graph of ``inputs`` in ``folder``, in place of one that is there.

    :param inputs: files, folders, globs or ``-`` for standard input.
    :param base: what the graph's own IRIs begin with.
    :param site: whether to write its site too, unless it has more than :data:`MOST_PAPERS` papers.
    :raises SourceError: if no paper could be read, or any could not with ``strict``.
    :raises ConfigError: if ``folder`` holds something else, or cannot be written, its decisions cannot be read, or the
        extractor's settings do not suffice.
    :raises MissingExtraError: if the extractor is not installed.
    :raises EndpointError: if the extractor's endpoint cannot be used; not if it stops after some papers.
    :raises ExportError: if the site cannot be written; the graph is there then.
    """
    decisions = read_decisions(folder / DECISIONS)
    run = _Run(watch or Silent(), how)
    papers = run.read(inputs)
    reader = run.reader()
    with GraphStore.rebuild(folder, base=base, extractor=reader.name) as store:
        store.follow(decisions)
        store.add(run.resolved(papers, reader, decisions))
    return run.finish(folder, None, site=site)


def add(
    folder: Path,
    inputs: Sequence[str | Path],
    *,
    how: ReadingOptions = _AS_SHIPPED,
    watch: Watch | None = None,
    site: bool = True,
) -> BuildReport:
    """Add the papers of ``inputs`` to the graph in ``folder``; one that is there already is replaced.

    Parameters and errors are those of :func:`build`.
    """
    GraphStore.open(folder).close()
    decisions = read_decisions(folder / DECISIONS)
    run = _Run(watch or Silent(), how)
    papers = run.read(inputs)
    reader = run.reader()
    with GraphStore.update(folder, extractor=reader.name) as store:
        changed = store.follow(decisions)
        store.add(run.resolved(papers, reader, decisions))
    return run.finish(folder, sorted({*changed, *run.read_ids}), site=site)


def remove(folder: Path, ids: Sequence[str]) -> Change:
    """Remove papers, and all that was read from them, from the graph in ``folder``.

    :raises ConfigError: if one of ``ids`` is not in the graph; none is removed then.
    """
    with GraphStore.update(folder) as store:
        count = store.remove(ids)
    with GraphStore.open(folder) as store:
        return Change(folder, count, _site(store, Silent()))


def decide(folder: Path, decisions: Decisions) -> Change:
    """Put a user's decisions in place of those beside the graph in ``folder``.

    :raises ConfigError: if it is no graph, or cannot be written; it is as it was then, and so are its decisions.
    """
    with GraphStore.update(folder) as store:
        changed = store.follow(decisions)
        write_text(folder / DECISIONS, decisions.text())
    with GraphStore.open(folder) as store:
        return Change(folder, len(changed), _site(store, Silent()))


def extract(
    inputs: Sequence[str | Path],
    *,
    how: ReadingOptions = _AS_SHIPPED,
    watch: Watch | None = None,
) -> Iterator[Extraction]:
    """Yield what is read from each paper of ``inputs``, sorted by id, without building a graph.

    Parameters and errors are those of :func:`build`.
    """
    run = _Run(watch or Silent(), how)
    papers = run.read(inputs)
    yield from run.extracted(papers, run.reader())


class _Run:
    """One run over some inputs: passes papers on and counts what goes by."""

    def __init__(self, watch: Watch, how: ReadingOptions) -> None:
        self.watch = watch
        self.how = how
        self.problems: list[Problem] = []
        self.counts: Counter[str] = Counter()
        self.read_ids: list[str] = []

    def problem(self, problem: Problem) -> None:
        if self.how.strict and problem.fatal:
            raise SourceError(
                problem.reason,
                path=problem.path,
                line=problem.line or None,
                remedy="Mend the record, or leave --strict out to skip it.",
            )
        self.problems.append(problem)
        self.watch.problem(problem)

    def read(self, inputs: Sequence[str | Path]) -> tuple[Paper, ...]:
        return read_papers(inputs, format=self.how.form, on_problem=self.problem)

    def reader(self) -> Reader:
        return load(self.how.extractor, self.problem)

    def resolved(self, papers: tuple[Paper, ...], reader: Reader, decisions: Decisions) -> Iterator[ResolvedPaper]:
        """Yield each paper that the reader could read, in order, its entities resolved.

        :raises SourceError: if it could read none.
        """
        by_id = {paper.id: paper for paper in papers}
        for extraction in self.extracted(papers, reader):
            yield resolve(by_id[extraction.paper_id], extraction, decisions)

    def extracted(self, papers: tuple[Paper, ...], reader: Reader) -> Iterator[Extraction]:
        """Yield what the reader reads from each paper that it can read, in order.

        :raises SourceError: if it could read none.
        """
        extractions = reader.extract(papers, n_process=self.how.jobs)
        for read in self.watch.track(extractions, len(papers), "Reading"):
            extraction = at_least(read, self.how.min_score)
            self.read_ids.append(extraction.paper_id)
            self.counts.update(
                papers=1,
                entities=len(extraction.entities),
                relations=len(extraction.relations),
                results=len(extraction.results),
            )
            yield extraction
        if not self.read_ids:
            reasons = [problem.reason for problem in self.problems if problem.fatal]
            raise SourceError(f"no paper could be read: {reasons[-1] if reasons else 'there is none'}")

    def finish(self, folder: Path, changed: Sequence[str] | None, *, site: bool) -> BuildReport:
        """Validate what changed (``None``: all), and write the report and, where wanted, the site."""
        with GraphStore.open(folder) as store:
            violations = validate(store, changed)
            report = self._report(folder, violations)
            page = _site(store, self.watch) if site else None
        return replace(report, page=page)

    def _report(self, folder: Path, violations: tuple[Violation, ...]) -> BuildReport:
        report = BuildReport(
            folder,
            problems=tuple(self.problems),
            violations=violations,
            papers=self.counts["papers"],
            entities=self.counts["entities"],
            relations=self.counts["relations"],
            results=self.counts["results"],
        )
        text = json.dumps(report.to_json(), indent=1, ensure_ascii=False)
        write_text(folder / REPORT, text + "\n")
        return report


def site(folder: Path, target: Path | None = None, *, watch: Watch | None = None) -> Path:
    """Write the site of the graph in ``folder``, however large, and return its first page.

    :param target: the folder to write; ``site`` in the graph's folder by default.
    :raises ConfigError: if ``folder`` holds no graph.
    :raises ExportError: if it cannot be written, or ``target`` holds other things; an earlier site is as it was then.
    """
    with GraphStore.open(folder) as store:
        return write_site(store, target or folder / SITE, (watch or Silent()).track)


def is_outdated(done: BuildReport | Change) -> bool:
    """Return whether the graph's folder has pages that were written before what was done."""
    return done.page is None and (done.folder / SITE).exists()


def _site(store: GraphStore, watch: Watch) -> Path | None:
    """Write the site that goes with a graph, unless the graph is so large that it has to be asked for."""
    if len(store.papers()) > MOST_PAPERS:
        return None
    return write_site(store, store.folder / SITE, watch.track)


def export(folder: Path, form: str, target: Path | None, selection: Selection, preset: str = "") -> tuple[Path, ...]:
    """Write the selected part of the graph in ``folder`` and return the files written.

    :param form: a name of :data:`kg.exporters.EXPORTERS`, or ``html`` for the page.
    :param target: file or folder to write; ``graph.<suffix>`` or ``<form>/`` in the graph's folder by default.
    :param preset: which network a network format gets, by a name of :data:`kg.exporters.presets.PRESETS`.
    :raises ExportError: if it cannot be written.
    :raises ConfigError: if the selection names something that the graph has not.
    """
    with GraphStore.open(folder) as store:
        if form == "html":
            return (write_page(store, target or folder / "graph.html", selection),)
        exporter = with_preset(form, preset) if preset else EXPORTERS[form]
        name = f"graph{exporter.suffix}" if exporter.suffix else form
        return exporter.write(store, target or folder / name, selection)
