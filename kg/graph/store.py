"""The graph on disk: read it, add papers to it, take papers from it.

One named graph a paper, and one for the labels of what papers share (:mod:`kg.graph.labels`), kept up for the nodes
that a write touches. Which quads a graph holds depends only on which papers are in it, not on the order or the steps in
which they came.
"""

from __future__ import annotations

import heapq
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Self

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.errors import ConfigError
from kg.graph.folder import (
    MANIFEST,
    Manifest,
    commit,
    locked,
    making,
    next_store,
    read_manifest,
    remove_stale,
    unwritable,
)
from kg.graph.kin import Kin
from kg.graph.labels import LABELS, label_quads, touched
from kg.graph.metadata import IDENTIFIER, NAME_AS_WRITTEN
from kg.graph.people import AMBIGUOUS, People, move
from kg.graph.quads import paper_quads
from kg.graph.readings import Readings
from kg.graph.vocab import DEFAULT_BASE, Iris, plain_id
from kg.resolution import author_key, resolve
from kg.resolution.decisions import parse_decisions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from kg.model import ResolvedPaper
    from kg.resolution.decisions import Decisions

_PAPERS_AT_ONCE = 100
_NODES_AT_ONCE = 500
_LINES_AT_ONCE = 250_000


class GraphStore:
    """A graph, opened for reading; use it in a ``with`` statement or call :meth:`close`.

    What is read is the graph as it was when it was opened, whatever is written meanwhile.

    :param folder: its folder.
    :param iris: mints the IRIs of its nodes.
    :param extractor: name of the extractor that wrote to it last.
    """

    def __init__(self, folder: Path, store: Store, manifest: Manifest) -> None:
        self.folder = folder
        self.iris = Iris(manifest.base)
        self.extractor = manifest.extractor
        self._store: Store | None = store

    @classmethod
    def open(cls, folder: Path) -> GraphStore:
        """Open the graph in ``folder`` for reading.

        :raises ConfigError: if it holds none, or one that this ``kg`` cannot read.
        """
        manifest = read_manifest(folder)
        try:
            store = _read_only(folder, manifest.store)
        except ConfigError:  # a write may have ended between the two
            earlier, manifest = manifest, read_manifest(folder)
            if manifest == earlier:
                raise
            store = _read_only(folder, manifest.store)
        return GraphStore(folder, store, manifest)

    @classmethod
    @contextmanager
    def rebuild(cls, folder: Path, *, base: str | None = None, extractor: str = "") -> Iterator[GraphWriter]:
        """Yield a writer to an empty graph, which takes the place of the one in ``folder`` when the block ends well.

        Whatever stops the block leaves ``folder`` with the graph it had.

        :param base: what the graph's own IRIs begin with.
        :raises ConfigError: if ``folder`` holds other things, cannot be written, or another process writes to it.
        """
        Iris(base or DEFAULT_BASE)
        with making(folder), locked(folder):
            manifest = Manifest(base or DEFAULT_BASE, next_store(folder), extractor)
            with _committing(folder, manifest, bulk=True) as writer:
                yield writer

    @classmethod
    @contextmanager
    def update(cls, folder: Path, *, extractor: str | None = None) -> Iterator[GraphWriter]:
        """Yield a writer to a copy of the graph, which takes the graph's place when the block ends well.

        The copy shares the files of the graph (hard links), so it costs little however large the graph is.

        :raises ConfigError: if ``folder`` holds no graph, cannot be written, or another process writes to it.
        """
        read_manifest(folder)
        with locked(folder):
            earlier = read_manifest(folder)
            remove_stale(folder, earlier)
            manifest = replace(earlier, store=next_store(folder), extractor=extractor or earlier.extractor)
            with _disk(folder):
                _read_only(folder, earlier.store).backup(folder / manifest.store)
                _read_only(folder, earlier.readings).backup(folder / manifest.readings)
            with _committing(folder, manifest, bulk=False) as writer:
                yield writer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store; closing twice is allowed."""
        self._store = None

    @property
    def store(self) -> Store:
        """The Oxigraph store, for queries.

        :raises ValueError: if the graph was closed.
        """
        if self._store is None:
            raise ValueError("the graph was closed")
        return self._store

    def __len__(self) -> int:
        """Return the number of quads."""
        return len(self.store)

    def __contains__(self, paper_id: str) -> bool:
        """Return whether the graph has a paper of this id."""
        return self.store.contains_named_graph(self.iris.graph(paper_id))

    def papers(self) -> tuple[str, ...]:
        """Return the ids of all papers, sorted."""
        identifiers = (q.object for q in self.store.quads_for_pattern(None, IDENTIFIER, None, None))
        return tuple(sorted(o.value for o in identifiers if isinstance(o, Literal)))

    def find(self, reference: str) -> str | None:
        """Return the id of the paper that a user means by an id or an arXiv address, ``None`` if it is not there."""
        return next((known for known in (reference, plain_id(reference)) if known in self), None)

    def quads(self, graph: NamedNode | None = None) -> Iterator[Quad]:
        """Yield the quads of one named graph, or all, in no particular order."""
        return self.store.quads_for_pattern(None, None, None, graph)

    def nquads(self) -> Iterator[str]:
        """Yield the lines of the graph's N-Quads, sorted by code point, without line ends.

        Two graphs that hold the same have the same lines. Memory stays bounded: parts are sorted on disk.
        """
        return in_order(f"{quad} ." for quad in self.quads())


class GraphWriter(GraphStore):
    """A graph that is being written; what was written can be read at once."""

    def __init__(self, folder: Path, store: Store, readings: Store, manifest: Manifest, *, bulk: bool) -> None:
        super().__init__(folder, store, manifest)
        self._beside: Store | None = readings
        self._manifest = manifest
        self._decisions = parse_decisions(manifest.decisions, folder / MANIFEST)
        self._bulk = bulk

    @property
    def manifest(self) -> Manifest:
        """What the folder says of the graph once it is written."""
        return replace(self._manifest, decisions=self._decisions.text() if self._decisions.rows else "")

    def close(self) -> None:
        """Let go of the stores."""
        super().close()
        self._beside = None

    @property
    def beside(self) -> Store:
        """The store of the readings and of what things wait for.

        :raises ValueError: if the graph was closed.
        """
        if self._beside is None:
            raise ValueError("the graph was closed")
        return self._beside

    @property
    def readings(self) -> Readings:
        """What was read from the papers."""
        return Readings(self.beside, self.iris)

    def add(self, papers: Iterable[ResolvedPaper]) -> int:
        """Add papers, each in place of one of the same id, and return how many were given.

        :raises ConfigError: if the graph cannot be written.
        """
        nodes: set[NamedNode] = set()
        names: set[str] = set()
        papers = iter(papers)
        count = 0
        while batch := list(islice(papers, _PAPERS_AT_ONCE)):
            count += len(batch)
            by_id = {resolved.paper.id: resolved for resolved in batch}
            self._clear([paper_id for paper_id in by_id if paper_id in self], nodes, names)
            quads = [quad for resolved in by_id.values() for quad in paper_quads(resolved, self.iris)]
            with _disk(self.folder):
                (self.store.bulk_extend if self._bulk else self.store.extend)(quads)
                self.readings.put(by_id.values(), bulk=self._bulk)
            nodes.update(self.iris.node(k) for r in by_id.values() for k in (*r.keys, *r.author_keys))
            names.update(name for r in by_id.values() for name in r.paper.authors)
        self._settle(nodes, names)
        return count

    def remove(self, references: Collection[str]) -> int:
        """Remove papers and all that was read from them; return how many.

        :param references: ids or arXiv addresses, with or without version.
        :raises ConfigError: if one of them is not in the graph; none is removed then.
        """
        found = {reference: self.find(reference) for reference in references}
        unknown = sorted(reference for reference, paper_id in found.items() if paper_id is None)
        if unknown:
            raise ConfigError(
                f"not in the graph: {', '.join(unknown)}",
                path=self.folder,
                remedy="Ids are those of the papers, such as 2512.04231.",
            )
        ids = {paper_id for paper_id in found.values() if paper_id is not None}
        nodes: set[NamedNode] = set()
        names: set[str] = set()
        self._clear(ids, nodes, names)
        with _disk(self.folder):
            self.readings.remove(ids)
        self._settle(nodes, names)
        return len(ids)

    def follow(self, decisions: Decisions) -> tuple[str, ...]:
        """Resolve the papers anew whose nodes a user's decisions change, and return their ids."""
        ids = tuple(sorted(self._papers_of(self._decisions.about(decisions))))
        self._decisions = decisions
        self.add(resolve(*self.readings.get(paper_id), decisions) for paper_id in ids)
        return ids

    def _papers_of(self, keys: Collection[str]) -> set[str]:
        """Return the papers that hold the nodes of ``keys``, or an author whose name has one of them as its own."""
        nodes = [self.iris.node(key) for key in keys]
        graphs = {quad.graph_name for node in nodes for quad in self.store.quads_for_pattern(node, None, None)}
        if any(map(self.iris.is_author, nodes)):  # a name may have been joined with another since
            written = self.store.quads_for_pattern(None, NAME_AS_WRITTEN, None)
            graphs |= {
                q.graph_name for q in written if isinstance(q.object, Literal) and author_key(q.object.value) in keys
            }
        found = {self.iris.paper_of(graph) for graph in graphs if isinstance(graph, NamedNode)}
        return {paper_id for paper_id in found if paper_id is not None}

    def _clear(self, ids: Iterable[str], nodes: set[NamedNode], names: set[str]) -> None:
        """Remove the graphs of papers; add their nodes to ``nodes``, their authors' names to ``names``."""
        with _disk(self.folder):
            for graph in map(self.iris.graph, ids):
                nodes |= touched(self.store, graph)
                found = (quad.object for quad in self.store.quads_for_pattern(None, NAME_AS_WRITTEN, None, graph))
                names |= {written.value for written in found if isinstance(written, Literal)}
                self.store.remove_graph(graph)

    def _settle(self, nodes: set[NamedNode], names: set[str]) -> None:
        """Bring up to date what spans papers: who signed them, and the labels of ``nodes``.

        :param names: the authors' names that came or went, as written.
        """
        people = People(self.store, self.iris, self._decisions, names)
        moves = list(people.moved())
        with _disk(self.folder):
            for place, now, node, why in moves:
                move(self.store, place, now, node, why)
        nodes = nodes.union(*((now, node) for _, now, node, _ in moves))
        changed = self._label(nodes)
        with _disk(self.folder):
            Kin(self.store, self.beside, self.iris).update(changed)
        with _disk(self.folder):
            for node, reason in people.ambiguous(filter(self.iris.is_author, nodes)):
                for quad in self.store.quads_for_pattern(node, AMBIGUOUS, None, self.iris.entities):
                    self.store.remove(quad)
                if reason is not None:
                    self.store.add(Quad(node, AMBIGUOUS, Literal(reason), self.iris.entities))

    def _label(self, nodes: Iterable[NamedNode]) -> set[NamedNode]:
        """Bring the labels of nodes up to date, be they new, changed or without a paper now; return those changed."""
        waiting = iter(sorted(nodes, key=lambda node: node.value))
        changed: set[NamedNode] = set()
        while batch := list(islice(waiting, _NODES_AT_ONCE)):
            labels = set(label_quads(self.store, self.readings, batch, self.iris))
            every = (q for node in batch for q in self.store.quads_for_pattern(node, None, None, self.iris.entities))
            earlier = {quad for quad in every if quad.predicate in LABELS}
            with _disk(self.folder):
                for quad in earlier - labels:
                    self.store.remove(quad)
                self.store.extend(labels - earlier)
            changed.update(quad.subject for quad in earlier ^ labels if isinstance(quad.subject, NamedNode))
        return changed


def in_order(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines sorted by code point; parts of them are sorted on disk, so that memory stays bounded."""
    lines = iter(lines)
    with ExitStack() as stack:
        runs: list[Iterable[str]] = []
        while run := sorted(islice(lines, _LINES_AT_ONCE)):
            if len(run) < _LINES_AT_ONCE:
                runs.append(run)
                break
            file = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))
            file.writelines(f"{line}\n" for line in run)
            file.seek(0)
            runs.append(line.removesuffix("\n") for line in file)
        yield from heapq.merge(*runs)


def _read_only(folder: Path, name: str) -> Store:
    path = folder / name
    try:
        return Store.read_only(str(path))
    except OSError as error:
        raise ConfigError(
            f"the store cannot be read ({error})", path=path, remedy="Build the graph again with kg build."
        ) from error


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unwritable(folder, error) from error


@contextmanager
def _committing(folder: Path, manifest: Manifest, *, bulk: bool) -> Iterator[GraphWriter]:
    """Yield a writer to a new store; make it the graph's at the end of the block, or remove it if the block fails.

    The store is closed before it becomes the graph's: while it is open, RocksDB may still rewrite its files, and who
    opens them for reading meanwhile can find one gone.
    """
    paths = (folder / manifest.store, folder / manifest.readings)
    try:
        with _disk(folder):
            writer = GraphWriter(folder, Store(paths[0]), Store(paths[1]), manifest, bulk=bulk)
        try:
            yield writer
            with _disk(folder):
                writer.store.flush()
                writer.beside.flush()
        finally:
            writer.close()
        commit(folder, writer.manifest)
    except BaseException:
        for path in paths:
            shutil.rmtree(path, ignore_errors=True)
        raise
