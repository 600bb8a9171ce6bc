r"""TeX in titles and names → Unicode that people read.

The conversion is pylatexenc's, with what arXiv metadata needs on top: a ``%`` is a per cent sign and no comment, a
``$`` opens mathematics only where Pandoc would see it so, raised and lowered digits become Unicode ones, and a macro
that nobody knows leaves its name rather than nothing.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pylatexenc.latex2text import (
    LatexNodes2Text,
    MacroTextSpec,
    SpecialsTextSpec,
)
from pylatexenc.latex2text import (
    get_default_latex_context_db as text_defaults,
)
from pylatexenc.latexwalker import LatexWalker, LatexWalkerError
from pylatexenc.latexwalker import get_default_latex_context_db as walker_defaults
from pylatexenc.macrospec import MacroSpec, MacroStandardArgsParser, SpecialsSpec

if TYPE_CHECKING:
    from collections.abc import Callable

# It reports an odd macro at level WARNING, which Python shows to users where nobody set up logging.
logging.getLogger("pylatexenc").addHandler(logging.NullHandler())

_TRIGGER = re.compile(r"\\\S|[\^{]|\$[^$]+\$")
# Pandoc's rule (no space inside the dollars, no digit after) or any content with a macro in it.
_MATH = re.compile(r"(?<!\\)(\$\$?)(?:(?=\S)(?:\\.|[^$\\])+(?<=\S)\1(?!\d)|[^$]*\\[A-Za-z][^$]*\1)")
_BARE = re.compile(r"(?<!\\)([%#&~])")
_BARE_IN_TEXT = re.compile(r"(?<!\\)([%#&_$])")
_POWER = re.compile(r"\^([-+]?\d+)")
# pylatexenc meets malformed TeX with its own error where it sees it coming, with these where it does not.
_MALFORMED = (LatexWalkerError, RecursionError, IndexError, KeyError, TypeError, ValueError)
_LONGEST = 4000
_DEEPEST = 30

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_RAISED_ALONE = {"*": "*", "∗": "*", "∘": "°", "′": "′", "th": "th", "st": "st", "nd": "nd", "rd": "rd"}
_PLAIN_STYLES = ("mathbf", "mathrm", "mathit", "mathsf", "mathtt", "boldsymbol", "bm", "operatorname")
_FONT_SWITCHES = ("bf", "it", "tt", "em", "sc", "rm", "sf", "sl", "bfseries", "itshape", "ttfamily", "scshape")
_FUNCTIONS = ("log", "ln", "exp", "sin", "cos", "tan", "min", "max", "lim", "inf", "sup", "arg", "argmin", "argmax")
# What a preamble defines, or a compilation knows: no part of a title, and ``\\today`` would change from day to day.
_PREAMBLE = ("today", "title", "author", "date", "maketitle", "input", "include", "uebung")
_NOTHING = (*_FONT_SWITCHES, "xspace", "cite", "citep", "citet", "label", "vspace", "hspace", "left", "right", "!")


def _raised(text: str) -> str:
    if text in _RAISED_ALONE:
        return _RAISED_ALONE[text]
    raised = text.translate(_RAISED)
    return raised if text and not set(raised) & set(text) else f"^{text}"


def _lowered(text: str) -> str:
    if text.isdecimal() and text.isascii():
        return text.translate(_LOWERED)
    return text if text.replace(".", "").isdecimal() else f"_{text}"


def _arguments(node: Any, converter: LatexNodes2Text) -> list[str]:
    given = node.nodeargd.argnlist if node.nodeargd else ()
    return [converter.nodelist_to_text([a]) for a in given or () if a is not None]


def _contents_or_name(node: Any, l2tobj: LatexNodes2Text) -> str:
    texts = _arguments(node, l2tobj)
    return "".join(texts) if texts else f"{node.macroname}{node.macro_post_space}"


def _script(change: Callable[[str], str]) -> Callable[..., str]:
    def convert(node: Any, l2tobj: LatexNodes2Text) -> str:
        return change("".join(_arguments(node, l2tobj)).strip())

    return convert


def _fraction(node: Any, l2tobj: LatexNodes2Text) -> str:
    return "/".join(_arguments(node, l2tobj))


def _last_argument(node: Any, l2tobj: LatexNodes2Text) -> str:
    return "".join(_arguments(node, l2tobj)[-1:])


def _walker_context() -> Any:
    context = walker_defaults()
    context.add_context_category(
        "arxiv",
        prepend=True,
        macros=[
            MacroSpec("href", "{{"),
            *(MacroSpec(name, "{") for name in (*_PLAIN_STYLES, "textsuperscript", "textsubscript")),
        ],
        specials=[SpecialsSpec(sign, args_parser=MacroStandardArgsParser("{")) for sign in "^_"],
    )
    return context


def _text_context() -> Any:
    context = text_defaults()
    context.add_context_category(
        "arxiv",
        prepend=True,
        macros=[
            *(
                MacroTextSpec(name, simplify_repl=_contents_or_name)
                for name in (*_PLAIN_STYLES, *_FUNCTIONS, *_PREAMBLE)
            ),
            *(MacroTextSpec(name, simplify_repl="") for name in _NOTHING),
            *(MacroTextSpec(name, simplify_repl=_fraction) for name in ("frac", "tfrac", "dfrac")),
            *(MacroTextSpec(name, simplify_repl=_last_argument) for name in ("href", "url")),
            MacroTextSpec("textsuperscript", simplify_repl=_script(_raised)),
            MacroTextSpec("textsubscript", simplify_repl=_script(_lowered)),
            MacroTextSpec("sim", simplify_repl="~"),
        ],
        specials=[
            SpecialsTextSpec("^", simplify_repl=_script(_raised)),
            SpecialsTextSpec("_", simplify_repl=_script(_lowered)),
        ],
    )
    context.set_unknown_macro_spec(MacroTextSpec("", simplify_repl=_contents_or_name))
    return context


_WALKER = _walker_context()
_CONVERTER = LatexNodes2Text(_text_context(), math_mode="text", strict_latex_spaces=True, keep_comments=True)


def _convert(tex: str) -> str:
    nodes, _, _ = LatexWalker(tex, latex_context=_WALKER, tolerant_parsing=True).get_latex_nodes()
    return str(_CONVERTER.nodelist_to_text(nodes))


def _mathematics(match: re.Match[str]) -> str:
    protected = _BARE.sub(r"\\\1", match[0].strip("$").strip())
    return _convert(f"${protected}$").strip()


def _running_text(text: str) -> str:
    """Convert what stands outside of dollars; text without a macro, a power or a braced word stays as it is."""
    text = _POWER.sub(r"^{\1}", text)
    if not re.search(r"\\|\^|\{\w+\}", text):
        return text
    protected = _BARE_IN_TEXT.sub(r"\\\1", text).replace("~", r"\textasciitilde{}")
    return _convert(protected)


def _depth(text: str) -> int:
    deepest = depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest


@lru_cache(maxsize=1 << 16)
def readable(tex: str) -> str:
    r"""Return ``tex`` with its TeX resolved to Unicode; text without TeX comes back as it is.

    Never raises and never returns an empty text for one that has characters: what cannot be converted stays as written.

    >>> readable(r"CM$^2$ and $\pi_0$ on \texttt{LIBERO}")
    'CM² and π₀ on LIBERO'
    >>> readable("50% of A & B for $5 in C#, ~3 {x, y}")
    '50% of A & B for $5 in C#, ~3 {x, y}'
    """
    if not _TRIGGER.search(tex) or len(tex) > _LONGEST or _depth(tex) > _DEEPEST:
        return tex
    pieces: list[str] = []
    end = 0
    try:
        for match in _MATH.finditer(tex):
            pieces += [_running_text(tex[end : match.start()]), _mathematics(match)]
            end = match.end()
        pieces.append(_running_text(tex[end:]))
    except _MALFORMED:
        return tex
    return " ".join("".join(pieces).split()) or tex
