"""Sentences end where they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.nlp.sentences import SentenceMarker
from kg.nlp.tokens import NameTokenizer

if TYPE_CHECKING:
    from spacy.language import Language


@pytest.mark.parametrize(
    "sentences",
    [
        ["A title\n", "First one here.", "Second one."],
        ["A title?\n", "Yes."],
        ["A title\n", "We use robots, e.g. quadrupeds, i.e. dogs.", "They walk."],
        ["A title\n", "As Doe et al. show, it works.", "Ours is better vs. theirs."],
        ["A title\n", "It reaches 98.3% on MMLU.", "GPT-3.5 fails."],
        ["A title\n", "It works!", "Does it?", "(It does.)", "Good."],
        ["A title\n", "It ends on CIFAR.", "We say so."],
        ["A title\n", "iPhone users like Fig. 3 and Eq. 4."],
        ["A title\n", 'He said "stop."', "Then he left."],
        ["A title\n", "Code: https://example.org/a.b.", "Data too."],
    ],
)
def test_sentences(rules: Language, sentences: list[str]) -> None:
    text = "".join(s if s.endswith("\n") else f"{s} " for s in sentences).rstrip(" ")
    assert [s.text.strip() for s in rules(text).sents] == [s.strip() for s in sentences]


def test_a_lost_space_still_ends_a_sentence(rules: Language) -> None:
    assert [s.text.strip() for s in rules("T\nIt beats CIFAR.We say so.").sents] == [
        "T",
        "It beats CIFAR.",
        "We say so.",
    ]


def test_a_version_does_not_end_a_sentence(rules: Language) -> None:
    assert len(list(rules("T\nWe use v2.b of Foo.bar now.").sents)) == 2


@given(st.text(alphabet=' \n.!?)"aB1', max_size=40))
def test_sentences_cover_every_token(text: str) -> None:
    from spacy.vocab import Vocab  # noqa: PLC0415 # made per example so that examples share nothing

    doc = SentenceMarker()(NameTokenizer(Vocab())(text))
    assert [t.i for s in doc.sents for t in s] == list(range(len(doc)))
