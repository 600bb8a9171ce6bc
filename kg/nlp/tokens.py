r"""Words of scientific text: a tokenizer under which the names that people search for begin and end at a token.

English tokenizers keep ``LLM-enhanced`` or ``\textbf{PRISM}`` whole, so that no span can name the ``LLM`` or ``PRISM``
inside. Here hyphens, slashes and the characters of TeX stand alone, while version numbers (``Qwen2.5``, ``3.5B``),
``C++`` and common abbreviations (``e.g.``) stay together. No character is lost: the tokens' text is the text read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from spacy.tokens import Doc
from spacy.util import registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from spacy.language import Language
    from spacy.vocab import Vocab

ABBREVIATIONS = (
    "e.g.", "i.e.", "et al.", "etc.", "vs.", "cf.", "resp.", "approx.", "w.r.t.", "a.k.a.", "i.i.d.", "s.t.",
    "Fig.", "Figs.", "Eq.", "Eqs.", "Sec.", "Tab.", "Ref.", "No.", "Dr.", "Prof.", "St.", "U.S.", "Ph.D.", "viz.",
)  # fmt: skip
"""Written with full stops that end no sentence."""

_ABBREVIATION = "|".join(re.escape(word) for word in ABBREVIATIONS if " " not in word)
_TOKEN = re.compile(
    rf"""
      https?://(?:[^\s{{}}<>"]*[^\s{{}}<>".,;:)\]])?    # an address, without the punctuation after it
    | (?<!\w)(?:{_ABBREVIATION})                      # an abbreviation with its full stops
    | \\[A-Za-z]+                                     # a TeX command
    | (?<![^\W_])C\+\+                                # the language
    | \d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![^\W_])      # 1,000.5
    | [^\W_]+(?:\.\d+[^\W_]*)*                        # a word, Qwen2.5, 3.5B, 98.3
    | \S                                              # any other character
    | \s+
    """,
    re.VERBOSE,
)


class NameTokenizer:
    """Split text into words without losing a character.

    >>> from spacy.vocab import Vocab
    >>> [t.text for t in NameTokenizer(Vocab())("GPT-3.5 in C++, CM$^2$ (e.g. 98.3%)")]
    ['GPT', '-', '3.5', 'in', 'C++', ',', 'CM', '$', '^', '2', '$', '(', 'e.g.', '98.3', '%', ')']
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return the tokens of ``text``; a space belongs to the token before it, other white space stands alone."""
        words: list[str] = []
        spaces: list[bool] = []
        for match in _TOKEN.finditer(text):
            piece = match.group()
            if not piece.isspace():
                words.append(piece)
                spaces.append(False)
                continue
            if piece[0] == " " and words and not spaces[-1] and not words[-1].isspace():
                spaces[-1] = True
                piece = piece[1:]
            if piece:
                words.append(piece)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **_: Any) -> bytes:
        """Return nothing: the rules are code."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> NameTokenizer:
        """Return the tokenizer itself: the rules are code."""
        return self

    def to_disk(self, _path: str | Path, **_: Any) -> None:
        """Write nothing: the rules are code."""

    def from_disk(self, _path: str | Path, **_: Any) -> NameTokenizer:
        """Return the tokenizer itself: the rules are code."""
        return self


@registry.tokenizers("kg.NameTokenizer.v1")  # type: ignore[untyped-decorator]  # spaCy's registry has no types
def create_tokenizer() -> Callable[[Language], NameTokenizer]:
    """Return what spaCy's configuration calls to make a pipeline's tokenizer."""

    def make(nlp: Language) -> NameTokenizer:
        return NameTokenizer(nlp.vocab)

    return make
