"""GLiNER as a reader, where a user has installed it and has its weights: entities, without roles or relations.

GLiNER: U. Zaratiana et al., *GLiNER: Generalist Model for Named Entity Recognition using Bidirectional Transformer*,
NAACL 2024, https://aclanthology.org/2024.naacl-long.300; the package is https://pypi.org/project/gliner. Of it,
``GLiNER.from_pretrained`` and ``predict_entities`` are used.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import kg
from kg.errors import ConfigError, MissingExtraError
from kg.model import EntityType, Extraction, Role, Span
from kg.nlp.backends.checking import check
from kg.nlp.backends.context import Context
from kg.nlp.backends.reader import LONGEST, Report, Settings
from kg.nlp.backends.telling import dropped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.model import Paper

LABELS = {
    "algorithm, model or system": EntityType.METHOD,
    "research problem or task": EntityType.TASK,
    "dataset": EntityType.DATASET,
    "benchmark": EntityType.BENCHMARK,
    "evaluation metric": EntityType.METRIC,
    "robot": EntityType.ROBOT,
    "software or simulator": EntityType.SOFTWARE,
    "sensor or hardware device": EntityType.HARDWARE,
}
"""What GLiNER is asked for: it knows types by what their labels say."""

_LEAST = 0.5
_WORDS = 200
"""Words that are read at a time: GLiNER's models cut off what is longer than their window, mostly 384 words."""


@dataclass(slots=True)
class _Thing:
    """Spans that differ in case only are one thing; its label is that of the surest."""

    name: str
    label: str = ""
    score: float = 0.0
    forms: dict[str, None] = field(default_factory=dict)

    def row(self) -> list[Any]:
        """Return it as an entity of a gold line."""
        return [self.name, LABELS.get(self.label, self.label), Role.MENTIONS, [f for f in self.forms if f != self.name]]


class GlinerReader:
    """Reads entities with GLiNER; made by :meth:`load`.

    :param model: whatever has ``predict_entities(text, labels, threshold=…)``.
    :param name: the reader's name in provenance.
    """

    def __init__(self, model: Any, name: str, report: Report) -> None:
        self.model = model
        self.name = name
        self.report = report

    @classmethod
    def load(cls, settings: Settings, report: Report) -> Self:
        """Return the reader for the model that ``settings`` name: a folder, or a name that is on this machine.

        Nothing is downloaded.

        :raises MissingExtraError: if GLiNER is not installed.
        :raises ConfigError: if no model is named, or its weights are not there.
        """
        if not settings.model:
            raise ConfigError(
                "the gliner extractor needs a model", remedy="Give the folder of its weights with --model."
            )
        try:
            from gliner import GLiNER  # noqa: PLC0415 - optional, and slow to import
        except ImportError as error:
            raise MissingExtraError(
                "GLiNER is not installed", remedy="pip install 'arxiv-kg[gliner]', and download a model."
            ) from error
        try:
            model = GLiNER.from_pretrained(settings.model, local_files_only=True)
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise ConfigError(
                f"no GLiNER model {settings.model!r} on this machine: {error}",
                remedy="Give the folder of a downloaded model; kg downloads none.",
            ) from error
        return cls(model, f"kg-gliner {kg.__version__} {settings.model}", report)

    def extract(self, papers: Iterable[Paper], *, n_process: int = 1) -> Iterator[Extraction]:
        """Yield what was read from each paper, in the order of ``papers``.

        :param n_process: not used: GLiNER uses the processor by itself.
        """
        del n_process
        for paper in papers:
            yield self._read(paper, paper.text[:LONGEST])

    def _read(self, paper: Paper, text: str) -> Extraction:
        things: dict[str, _Thing] = {}
        for span in self._spans(text):
            form, score = str(span.get("text", "")), _score(span.get("score"))
            thing = things.setdefault(form.casefold(), _Thing(form))
            thing.forms.setdefault(form)
            if score > thing.score:
                thing.label, thing.score = str(span.get("label")), score
        done = check({"e": [thing.row() for thing in things.values()]}, paper.id, text, self.name)
        if done.dropped:
            self.report(dropped(paper, done.dropped))
        entities = tuple(replace(e, score=things[e.name.casefold()].score) for e in done.extraction.entities)
        return replace(done.extraction, entities=entities)

    def _spans(self, text: str) -> Iterator[Mapping[str, Any]]:
        for piece in _pieces(text):
            yield from self.model.predict_entities(piece, list(LABELS), threshold=_LEAST)


def _score(value: Any) -> float:
    """Return a score as one in (0, 1]; it may be a number of NumPy or PyTorch."""
    return min(1.0, max(_LEAST, float(value)))


def _pieces(text: str) -> Iterator[str]:
    """Yield the text in runs of whole sentences that fit GLiNER's window."""
    run = Span(0, 0)
    for sentence in Context(text).sentences:
        longer = Span(run.start, sentence.end)
        if run.end and len(text[longer.start : longer.end].split()) > _WORDS:
            yield text[run.start : run.end]
            longer = sentence
        run = longer
    if run.end:
        yield text[run.start : run.end]
