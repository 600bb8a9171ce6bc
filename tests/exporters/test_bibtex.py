"""BibTeX that bibtexparser reads back: the fields of arXiv's own entries, and no text that breaks out of its field."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import bibtexparser
import pytest
from bibtexparser.middlewares import SeparateCoAuthors, SplitNameParts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from kg.exporters import EXPORTERS
from kg.exporters.bibtex import escaped, key
from kg.graph.network import Selection
from kg.resolution import readable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bibtexparser.model import Entry

    from kg.graph.store import GraphStore
    from kg.model import ResolvedPaper


def parsed(text: str) -> dict[str, Entry]:
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    assert [type(block).__name__ for block in library.blocks] == ["Entry"] * len(library.entries)
    return {entry.key: entry for entry in library.entries}


def entries(graph: GraphStore, folder: Path, selection: Selection | None = None) -> dict[str, Entry]:
    (path,) = EXPORTERS["bibtex"].write(graph, folder / "papers.bib", selection or Selection())
    return parsed(path.read_text(encoding="utf-8"))


def test_every_paper_is_an_entry_as_arxiv_writes_it(
    few: GraphStore, few_papers: tuple[ResolvedPaper, ...], tmp_path: Path
) -> None:
    found = entries(few, tmp_path)
    assert set(found) == {key(p.paper.id) for p in few_papers}
    for paper in (p.paper for p in few_papers):
        entry = found[key(paper.id)]
        fields = {name: field.value for name, field in entry.fields_dict.items()}
        assert entry.entry_type == "misc"
        assert text_of(fields["title"]) == readable(paper.title)
        names = fields["author"].split(" and ") if paper.authors else []
        assert [text_of(name) for name in names] == list(paper.authors)
        if paper.is_arxiv:
            assert (fields["eprint"], fields["archivePrefix"]) == (paper.id, "arXiv")
            assert fields["primaryClass"] == paper.categories[0]
            assert fields["doi"] == f"10.48550/arXiv.{paper.id}"
            assert fields["url"] == f"https://arxiv.org/abs/{paper.id}"


def text_of(latex: str) -> str:
    """Return what LaTeX makes of a field; the commands of its kernel that pylatexenc does not know are put in here."""
    for place, command in enumerate(KERNEL):
        latex = latex.replace(command, chr(0xE000 + place))
    found: str = LatexNodes2Text(math_mode="text").latex_to_text(latex)
    return found.translate({0xE000 + place: character for place, character in enumerate(KERNEL.values())})


KERNEL = {
    r"{\textbraceleft}": "{",
    r"{\textbraceright}": "}",
    r"{\textless}": "<",
    r"{\textgreater}": ">",
    r"{\textbar}": "|",
    r"{\textasciicircum}": "^",
    r"{\textasciitilde}": "~",
}


def test_the_date_is_a_year_and_a_month(
    few_papers: tuple[ResolvedPaper, ...], made_graph: Callable[..., GraphStore], tmp_path: Path
) -> None:
    dates = {"2601.00001": "2025-12-04", "2601.00002": "2026-01"}
    dated = [replace(p, paper=replace(p.paper, date=dates[p.paper.id])) for p in few_papers[:2]]
    graph = made_graph(dated)
    (path,) = EXPORTERS["bibtex"].write(graph, tmp_path / "x.bib", Selection())
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"  year = (.*),\n  month = (.*),", text) == [("{2025}", "dec"), ("{2026}", "jan")]


def test_a_selection_is_cited_by_the_same_keys(few: GraphStore, tmp_path: Path) -> None:
    whole, part = entries(few, tmp_path), entries(few, tmp_path, Selection(categories=("cs.CV",)))
    assert 0 < len(part) < len(whole)
    assert part.keys() < whole.keys()


def test_keys_differ_in_any_case() -> None:
    assert key("Notes") != key("notes")
    assert len({key(text).lower() for text in ("Notes", "notes", "no tes", "no-tes", "", "{", "机器人")}) == 7
    assert all(re.fullmatch(r"[A-Za-z0-9.:/-]+", key(text)) for text in ("{", "a,b", "x=\\y%", "#~", "机", "x" * 1000))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada King Lovelace", (["Ada", "King"], [], ["Lovelace"])),
        ("Guido van Rossum", (["Guido"], ["van"], ["Rossum"])),
        ("Gemini and Friends Team", ([], [], ["{Gemini and Friends Team}"])),
        ("others", ([], [], ["{others}"])),
        ("A, B, C, D", ([], [], ["{A, B, C, D}"])),
        ("José Núñez", (["Jos{\\'e}"], [], ["N{\\'u}{\\~n}ez"])),
    ],
)
def test_names_are_taken_apart_as_meant(
    name: str,
    parts: tuple[list[str], list[str], list[str]],
    few_papers: tuple[ResolvedPaper, ...],
    made_graph: Callable[..., GraphStore],
    tmp_path: Path,
) -> None:
    odd = replace(few_papers[3].paper, authors=(name, "Jo Doe"))
    graph = made_graph((replace(few_papers[3], paper=odd, author_keys=("author/x", "author/jo-doe")),))
    (path,) = EXPORTERS["bibtex"].write(graph, tmp_path / "x.bib", Selection())
    library = bibtexparser.parse_file(str(path), append_middleware=[SeparateCoAuthors(), SplitNameParts()])
    first, second = library.entries[0]["author"]
    assert (first.first, first.von, first.last) == parts
    assert second.last == ["Doe"]


HOSTILE = [
    "},\n@misc{evil,",
    "\\input{/etc/passwd}",
    "\\write18{rm}",
    "100% of # and & _ ~ ^ $5 {x",
    "}{",
    'quote " quote',
    "@comment{ @string{a = 1}",
    "nul\x00 \u202e\u2066 \u2028",
    "机器人 😀 π₀ Ångström",
    "x" * 100_000,
]
legal = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(text=legal | st.sampled_from(HOSTILE))
def test_no_text_ends_its_field_or_runs_a_command(
    text: str, few_papers: tuple[ResolvedPaper, ...], made_graph: Callable[..., GraphStore], tmp_path: Path
) -> None:
    odd = replace(few_papers[3].paper, title=f"A {text} z", abstract=text, keywords=(text,), authors=(f"Q {text}",))
    graph = made_graph((replace(few_papers[3], paper=odd, author_keys=("author/x",)),))
    (entry,) = entries(graph, tmp_path).values()
    for name in ("title", "abstract", "author", "keywords"):
        field = entry.fields_dict.get(name)
        written = "" if field is None else str(field.value)
        assert written.count("{") == written.count("}")
        assert not re.search(r"\\(input|write|include|def|csname)", written)
        assert not re.search(r"(?<!\\)[%#&$]", written)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("π₀", r"{\ensuremath{\pi}}{\ensuremath{_0}}"),
        ("CM²", r"CM{\ensuremath{^2}}"),
        ("Šćepanović, Đặng, Erdős, İ, í", r"{\v{S}}{\'c}epanovi{\'c}, {\DJ}ặng, Erd{\H{o}}s, {\.I}, {\'{\i}}"),
        ("“a”–b", r"{\textquotedblleft}a{\textquotedblright}{\textendash}b"),
        ("机器人 😀 Дом", "机器人 😀 Дом"),
    ],
)
def test_letters_are_commands_where_latex_has_them(text: str, latex: str) -> None:
    assert escaped(text) == latex


letters = st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="`'\"ªº²³¹", max_codepoint=0x24F)


@settings(deadline=None)
@given(text=st.text(alphabet=letters, min_size=1))
def test_latex_shows_what_was_written(text: str) -> None:
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    shown = unicodedata.normalize("NFKD", text_of(escaped(text)))
    dashes = re.compile(r"[\u2010-\u2015]|---?")
    assert dashes.sub("-", shown).split() == dashes.sub("-", unicodedata.normalize("NFKD", plain)).split()
