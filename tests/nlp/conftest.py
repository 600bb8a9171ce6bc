"""The shipped extractor, loaded once, and a blank pipeline of its rule components."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import spacy

from kg.model import Paper
from kg.nlp import Extractor

if TYPE_CHECKING:
    from spacy.language import Language


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    """Load the extractor as it ships."""
    return Extractor.load()


@pytest.fixture(scope="session")
def rules() -> Language:
    """Words and sentences only."""
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "kg.NameTokenizer.v1"}}})
    nlp.add_pipe("kg_sentences")
    return nlp


@pytest.fixture(scope="session")
def papers() -> list[Paper]:
    """Return a few papers that nobody wrote."""
    return [
        Paper(
            "a.1",
            "FooNet: Learning Quadruped Locomotion with Diffusion Policies",
            "Legged robots struggle on rough terrain. We propose FooNet, a diffusion policy for quadruped locomotion "
            "trained with reinforcement learning in Isaac Gym. FooNet is evaluated on the LIBERO benchmark and is "
            "deployed on a Unitree G1 humanoid robot. It reaches a success rate of 98.3%, "
            "and outperforms BarNet by 12%.",
        ),
        Paper("a.2", "", ""),
        Paper("a.3", "A note", ""),
        Paper(
            "a.4",
            "Retrieval-Augmented Generation (RAG) for Question Answering",
            "Large language models (LLMs) hallucinate. We present QuuxRAG, which improves retrieval-augmented "
            "generation for question answering. On the ZorkQA dataset QuuxRAG improves the F1 score by 4.2 points over "
            "GPT-4. It does not require fine-tuning, and may reduce latency.",
        ),
        Paper(
            "a.5", "$\\pi_0$ in CM$^2$ \\texttt{odd}", "Weird ﷽ text \U0001f916 with $x^2$, e\u0301 and \\emph{PRISM}."
        ),
    ]
