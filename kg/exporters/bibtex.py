"""BibTeX of the selected papers: one ``@misc`` each, with the fields that arXiv gives (``eprint``, ``primaryClass``).

A paper's texts are other people's. They are written as what a reader sees, TeX in them read first, and every character
that TeX or BibTeX would act on stands as a command; so no text can end a field or run a command in somebody's document.
Letters outside ASCII become commands where LaTeX has one and stay themselves where not (Chinese, emoji), for which
LuaLaTeX or XeLaTeX is needed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexencode import UnicodeToLatexEncoder

from kg.exporters.content import PaperContent
from kg.exporters.tables import PaperRows
from kg.files import writing
from kg.graph.network import selected_papers
from kg.graph.vocab import plain_id
from kg.model import Paper, fold_space
from kg.resolution import readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.exporters.tables import Row
    from kg.graph.network import Selection
    from kg.graph.store import GraphStore

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# BibTeX counts braces even after a backslash, so no brace may stand for itself.
_SPECIAL = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "$": r"{\$}",
    "&": r"{\&}",
    "%": r"{\%}",
    "#": r"{\#}",
    "_": r"{\_}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "|": r"{\textbar}",
}
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0323": "d",
    "\u0327": "c",
    "\u0328": "k",
}
_RAISED = {"<super>": "^", "<sub>": "_"}
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_SEPARATOR = re.compile(r"(^|\s)(and|others)(\s|$)", re.IGNORECASE)
_MOST_COMMAS = 2
_UNSAFE = re.compile(r"[^a-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class BibTeX:
    """The papers as one ``.bib`` file, sorted by the names of their graphs."""

    suffix: str = ".bib"

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write the selected papers; see :class:`kg.exporters.Exporter`."""
        graphs = selected_papers(store, selection)
        with writing(target) as stream:
            for graph in graphs:
                row = PaperRows(PaperContent(store, graph), frozenset(), 0.0).paper()
                stream.write(entry(row))
        return (target,)


def entry(row: Row) -> str:
    """Return the entry of a paper, a row of the table of papers."""
    fields = ",\n".join(f"  {name} = {value}" for name, value in _fields(row))
    return f"@misc{{{key(str(row['identifier']))},\n{fields},\n}}\n\n"


def key(paper_id: str) -> str:
    """Return what a paper is cited by: the same in every export, and different for different papers in any case.

    >>> key("2512.04231"), key("hep-th/9901001")
    ('arXiv:2512.04231', 'arXiv:hep-th/9901001')
    >>> key("My {notes}")
    'paper:my-notes-b2e3af56'
    """
    if _is_arxiv(paper_id):
        return f"arXiv:{paper_id}"
    safe = _UNSAFE.sub("-", paper_id.lower()).strip("-")[:40]
    return f"paper:{safe}-{sha256(paper_id.encode(errors='replace')).hexdigest()[:8]}"


def _is_arxiv(paper_id: str) -> bool:
    return Paper(paper_id, "").is_arxiv and plain_id(paper_id) == paper_id


def _fields(row: Row) -> Iterator[tuple[str, str]]:
    paper_id = str(row["identifier"])
    yield "title", f"{{{_braced(readable(str(row['title'])))}}}"
    if authors := " and ".join(filter(None, map(author, _texts(row, "authors")))):
        yield "author", f"{{{authors}}}"
    year, _, rest = str(row["date"] or "").partition("-")
    if year:
        yield "year", f"{{{year}}}"
    if rest:
        yield "month", _MONTHS[int(rest[:2]) - 1]
    if _is_arxiv(paper_id):
        yield "eprint", f"{{{paper_id}}}"
        yield "archivePrefix", "{arXiv}"
        if categories := _texts(row, "categories"):
            yield "primaryClass", f"{{{escaped(categories[0])}}}"
        yield "doi", f"{{{row['doi']}}}"
        yield "url", f"{{{row['iri']}}}"
    if keywords := ", ".join(map(escaped, _texts(row, "keywords"))):
        yield "keywords", f"{{{keywords}}}"
    if row["abstract"]:
        yield "abstract", f"{{{escaped(readable(str(row['abstract'])))}}}"


def _texts(row: Row, column: str) -> tuple[str, ...]:
    cell = row[column]
    return tuple(map(str, cell)) if isinstance(cell, tuple) else ()


def author(name: str) -> str:
    r"""Return a name for BibTeX's list of authors; one that it would take apart wrongly is put in braces.

    >>> print(author("José Núñez"), author("Gemini and Friends Team"))
    Jos{\'e} N{\'u}{\~n}ez {Gemini and Friends Team}
    """
    written = escaped(readable(name))
    return _braced(readable(name)) if _SEPARATOR.search(written) or written.count(",") > _MOST_COMMAS else written


def _braced(text: str) -> str:
    return f"{{{escaped(text)}}}"


def escaped(text: str) -> str:
    r"""Return a text for a field: what a reader sees of it stays, unseen characters and runs of space become a space.

    >>> print(escaped("50% of {π0}"))
    50{\%} of {\textbraceleft}{\ensuremath{\pi}}0{\textbraceright}
    """
    plain = unicodedata.normalize("NFC", text)
    return fold_space("".join(map(_letter, plain)))


@lru_cache(maxsize=4096)
def _letter(character: str) -> str:
    category = unicodedata.category(character)
    if category in _UNSEEN:
        return " "
    if character.isascii():
        return _SPECIAL.get(character, character)
    if category[0] == "M":  # joins the letter before it, which a command would not
        return character
    return _accented(character) or _raised(character) or _command(character) or character


def _accented(character: str) -> str:
    """Return an accented Latin letter as a command, empty for any other character."""
    base, accents = unicodedata.normalize("NFD", character)[:1], unicodedata.normalize("NFD", character)[1:]
    if not base.isascii() or accents not in _ACCENTS:
        return ""
    letter = f"\\{base}" if base in "ij" else base
    command = _ACCENTS[accents]
    return f"{{\\{command}{{{letter}}}}}" if command.isalpha() or letter != base else f"{{\\{command}{letter}}}"


def _raised(character: str) -> str:
    """Return a superscript or subscript as mathematics, empty for any other character."""
    kind, _, code = unicodedata.decomposition(character).partition(" ")
    if kind not in _RAISED or " " in code or not chr(int(code, 16)).isascii():
        return ""
    return f"{{\\ensuremath{{{_RAISED[kind]}{_SPECIAL.get(chr(int(code, 16)), chr(int(code, 16)))}}}}}"


def _command(character: str) -> str:
    """Return the command that stands for exactly this character, empty where pylatexenc knows none."""
    if "CYRILLIC" in unicodedata.name(character, ""):  # its commands need a font encoding that few documents load
        return ""
    written: str = _ENCODER.unicode_to_latex(character)
    same = written != character and _DECODER.latex_to_text(written) == character
    return written if same and written.count("{") == written.count("}") else ""


_ENCODER = UnicodeToLatexEncoder(
    replacement_latex_protection="braces-all", unknown_char_policy="keep", unknown_char_warning=False
)
_DECODER = LatexNodes2Text(math_mode="text")
