"""GLiNER as a reader, with a stand-in for its package: the weights are nothing that a test can have.

The stand-in does what GLiNER's documentation says of ``from_pretrained`` and ``predict_entities``.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from kg.errors import ConfigError, MissingExtraError
from kg.model import EntityType, Paper, Problem, Role
from kg.nlp.backends import Settings, load
from kg.nlp.backends.gliner import LABELS

from .conftest import PAPERS

if TYPE_CHECKING:
    from kg.nlp.backends.reader import Reader

WORDS = {
    "FooNet": ("algorithm, model or system", 0.9),
    "foonet": ("algorithm, model or system", 0.6),
    "LIBERO": ("benchmark", 0.8),
    "Unitree G1": ("robot", 0.7),
    "walking": ("research problem or task", 0.3),
}


class GLiNER:
    """What the package offers, of which a word list is the model."""

    asked: list[tuple[str, dict[str, Any]]]
    texts: list[str]

    @classmethod
    def from_pretrained(cls, model_id: str, *, local_files_only: bool = False) -> GLiNER:
        if model_id == "absent":
            raise FileNotFoundError("no such folder")
        model = cls()
        model.asked, model.texts = [(model_id, {"local_files_only": local_files_only})], []
        return model

    def predict_entities(self, text: str, labels: list[str], threshold: float = 0.5) -> list[dict[str, Any]]:
        assert labels == list(LABELS)
        self.texts.append(text)
        found = [(text.find(word), word, *rest) for word, rest in WORDS.items()]
        return [
            {"start": start, "end": start + len(word), "text": word, "label": label, "score": score}
            for start, word, label, score in found
            if start >= 0 and score >= threshold
        ]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("gliner")
    module.GLiNER = GLiNER  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gliner", module)


def made(problems: list[Problem] | None = None) -> Any:
    reader: Reader = load(Settings("gliner", "weights"), ([] if problems is None else problems).append)
    return reader


@pytest.mark.usefixtures("installed")
def test_entities_with_types_and_scores_and_nothing_else() -> None:
    reader = made()
    first, second = reader.extract(PAPERS, n_process=2)
    assert {(e.name, e.type, e.role, e.score) for e in first.entities} == {
        ("FooNet", EntityType.METHOD, Role.MENTIONS, 0.9),
        ("LIBERO", EntityType.BENCHMARK, Role.MENTIONS, 0.8),
        ("Unitree G1", EntityType.ROBOT, Role.MENTIONS, 0.7),
    }
    assert len(first.entities[0].mentions) == 3
    assert (first.relations, first.results) == ((), ())
    assert [e.name for e in second.entities] == ["FooNet"]
    assert first.extractor == reader.name
    assert reader.model.asked == [("weights", {"local_files_only": True})]


@pytest.mark.usefixtures("installed")
def test_long_texts_are_read_in_pieces_and_empty_ones_not_at_all() -> None:
    reader = made()
    (long, empty) = reader.extract([Paper("1", "FooNet", "We walk on and on. " * 300 + "LIBERO."), Paper("2", "", "")])
    assert {e.name for e in long.entities} == {"FooNet", "LIBERO"}
    assert empty.entities == ()
    texts = reader.model.texts
    assert len(texts) > 5
    assert max(len(text.split()) for text in texts) <= 200
    assert " ".join(" ".join(texts).split()) == "FooNet " + "We walk on and on. " * 300 + "LIBERO."


@pytest.mark.usefixtures("installed")
def test_what_it_invents_is_dropped_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = [
        {"text": "GPT-9", "label": "dataset", "score": 0.9},
        {"text": "FooNet", "label": "animal", "score": 0.9},
        {"text": "foonet", "label": "dataset", "score": 0.8},
        {"text": "LIBERO", "label": "dataset", "score": 0.6},
        {"text": "LIBERO", "label": "benchmark", "score": 1.5},
    ]
    monkeypatch.setattr(GLiNER, "predict_entities", lambda *_, **__: spans)
    problems: list[Problem] = []
    (found,) = made(problems).extract(PAPERS[:1])
    assert [(e.name, e.type, e.score) for e in found.entities] == [("LIBERO", EntityType.BENCHMARK, 1.0)]
    assert "2 parts of the answer dropped" in problems[0].reason


@pytest.mark.usefixtures("installed")
def test_a_model_that_is_not_there() -> None:
    with pytest.raises(ConfigError, match="no GLiNER model 'absent' on this machine"):
        load(Settings("gliner", "absent"), print)
    with pytest.raises(ConfigError, match="--model"):
        load(Settings("gliner"), print)


def test_gliner_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gliner", None)
    with pytest.raises(MissingExtraError, match=r"arxiv-kg\[gliner\]") as caught:
        load(Settings("gliner", "weights"), print)
    assert caught.value.exit_code == 3
