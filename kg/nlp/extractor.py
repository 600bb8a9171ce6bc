"""The extractor: the shipped spaCy pipeline behind one call."""

from __future__ import annotations

import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Self

import spacy
from spacy.util import minibatch
from threadpoolctl import threadpool_limits

import kg
from kg import resources
from kg.errors import ConfigError
from kg.nlp.records import to_extraction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from spacy.language import Language

    from kg.model import Extraction, Paper

_BATCH = 32
_LONGEST = 20_000
"""Characters of a paper that are read: ten times the longest abstract of arXiv. What is longer, by mistake or to do
harm, costs bounded time.
"""


class Extractor:
    """Reads papers; made by :meth:`load`.

    :param nlp: the pipeline, as it lies in ``folder``.
    :param name: the extractor's name in provenance, with the versions of ``kg`` and of the model.
    """

    def __init__(self, nlp: Language, name: str, folder: Path) -> None:
        self.nlp = nlp
        self.name = name
        self.folder = folder

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Return the extractor whose model lies in ``path``, or the shipped one.

        :raises ConfigError: if there is no usable model in ``path``.
        """
        folder = resources.model() if path is None else path
        try:
            nlp = spacy.load(folder)
        except (OSError, ValueError, KeyError) as error:
            raise ConfigError(
                f"no usable model: {error}", remedy="Install kg again, or give a folder that spaCy wrote.", path=folder
            ) from error
        version = nlp.meta.get("kg_model", "unknown")
        return cls(nlp, f"kg-nlp {kg.__version__} {version}", folder)

    def extract(self, papers: Iterable[Paper], *, n_process: int = 1) -> Iterator[Extraction]:
        """Yield what was read from each paper, in the order of ``papers``; memory stays bounded.

        Of a text longer than 20,000 characters, only so much is read.

        :param n_process: how many processes share the work; more than one pays off from some hundred papers on. They
            are started anew, not forked (a fork has none of the threads that compute): guard the main module.
        """
        if n_process > 1:
            yield from self._shared(papers, n_process)
            return
        pairs = ((paper.text[:_LONGEST], paper.id) for paper in papers)
        with threadpool_limits(1, "blas"):  # NumPy's threads would take their turns from the encoder's
            for doc, paper_id in self.nlp.pipe(pairs, as_tuples=True, batch_size=_BATCH):
                yield to_extraction(doc, paper_id, self.name)

    def _shared(self, papers: Iterable[Paper], n_process: int) -> Iterator[Extraction]:
        pool = ProcessPoolExecutor(n_process, get_context("spawn"), initializer=_begin, initargs=(self.folder,))
        waiting: deque[Future[list[Extraction]]] = deque()
        try:
            for some in minibatch(papers, size=_BATCH):  # type: ignore[no-untyped-call]
                waiting.append(pool.submit(_read, some))
                if len(waiting) > n_process:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


class _Worker:
    """What a process of :meth:`Extractor._shared` keeps."""

    extractor: Extractor


def _begin(folder: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    _Worker.extractor = Extractor.load(folder)


def _read(papers: list[Paper]) -> list[Extraction]:
    return list(_Worker.extractor.extract(papers))
