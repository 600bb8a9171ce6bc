"""The extractor: the shipped spaCy pipeline behind one call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

import spacy
from spacy.language import Language

import kg
from kg import resources
from kg.errors import ConfigError
from kg.model import Extraction, Paper
from kg.nlp.records import to_extraction

_BATCH = 32


class Extractor:
    """Reads papers; made by :meth:`load`.

    :param nlp: the pipeline.
    :param name: the extractor's name in provenance, with the versions of ``kg`` and of the model.
    """

    def __init__(self, nlp: Language, name: str):
        self.nlp = nlp
        self.name = name

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
        nlp.max_length = max(nlp.max_length, 10_000_000)
        version = nlp.meta.get("kg_model", "unknown")
        return cls(nlp, f"kg-nlp {kg.__version__} {version}")

    def extract(self, papers: Iterable[Paper], *, n_process: int = 1) -> Iterator[Extraction]:
        """Yield what was read from each paper, in the order of ``papers``; memory stays bounded.

        :param n_process: how many processes share the work; more than one pays off from some hundred papers on.
        """
        pairs = ((paper.text, paper.id) for paper in papers)
        for doc, paper_id in self.nlp.pipe(pairs, as_tuples=True, batch_size=_BATCH, n_process=n_process):
            yield to_extraction(doc, paper_id, self.name)
