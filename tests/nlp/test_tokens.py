"""Names begin and end at tokens, and no character is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.vocab import Vocab

from kg.nlp.tokens import NameTokenizer

if TYPE_CHECKING:
    from pathlib import Path

    from spacy.language import Language

TOKENIZE = NameTokenizer(Vocab())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("using GPT-3.5.", "GPT-3.5"),
        ("in C++, mostly", "C++"),
        ("(Qwen2.5-VL)", "Qwen2.5-VL"),
        ("the π0 policy", "π0"),
        ("our CM$^2$ method", "CM$^2$"),
        ("an LLM-enhanced agent", "LLM"),
        (r"called \textbf{PRISM}.", "PRISM"),
        ("vision/language models", "language"),
        ("F1=72.48", "F1"),
        ("F1=72.48", "72.48"),
        ("GPT-4V.", "GPT-4V"),
        ("Llama's weights", "Llama"),
        ("a 98.3% rate", "98.3%"),
        ("ran on 1,000.5 hours", "1,000.5"),
    ],
)
def test_a_name_aligns_with_tokens(text: str, name: str) -> None:
    start = text.index(name)
    assert TOKENIZE(text).char_span(start, start + len(name)) is not None


@pytest.mark.parametrize("word", ["C++", "Qwen2.5", "e.g.", "i.e.", "3.5B", "https://example.org/a-b"])
def test_some_words_stay_whole(word: str) -> None:
    assert [token.text for token in TOKENIZE(f"so {word} here")] == ["so", word, "here"]


def test_an_address_leaves_the_full_stop_that_follows_it() -> None:
    assert [t.text for t in TOKENIZE("See https://example.org/x. Then")] == [
        "See",
        "https://example.org/x",
        ".",
        "Then",
    ]


@given(st.text())
def test_no_character_is_lost(text: str) -> None:
    assert TOKENIZE(text).text == text


@given(st.text(alphabet=" \n\tab.-$\\{}"))
def test_no_white_space_is_lost(text: str) -> None:
    assert TOKENIZE(text).text == text


def test_the_tokenizer_survives_saving(rules: Language) -> None:
    again = NameTokenizer(rules.vocab).from_bytes(rules.tokenizer.to_bytes())
    assert [t.text for t in again("GPT-4")] == ["GPT", "-", "4"]


@pytest.mark.shared
def test_nearly_all_gold_spans_align(shared: Path) -> None:
    from kg.training.data import labelled  # noqa: PLC0415 # only this test needs training

    folder = shared / "annotation"
    total = aligned = 0
    for one in labelled(folder / "dev.texts.jsonl", folder / "dev.labels.jsonl"):
        doc = TOKENIZE(one.paper.text)
        for entity in one.gold.entities:
            for mention in entity.mentions:
                total += 1
                aligned += doc.char_span(mention.start, mention.end) is not None
    assert aligned / total > 0.99
