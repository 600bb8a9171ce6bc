"""``python -m kg.training.senses``: count how papers expand acronyms, for :mod:`kg.resolution.acronyms`.

Expansions are those that abstracts define (Schwartz and Hearst), and the names that annotators gave with an acronym
among their forms, by type. What is counted is facts of many papers; no text of one is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.nlp.abbreviations import definitions
from kg.resolution.acronyms import ANY, BEHIND, HEADS, acronym, fits
from kg.resolution.identity import bare
from kg.resolution.spelling import spelled
from kg.resolution.tex import readable
from kg.training.data import abstracts, labelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.training.data import Labelled

_LEAST = 2
_BEHIND = re.compile(r"\)\s+([a-zA-Z]+)")
_BEFORE = 80
Row = tuple[str, str, str]


def defined(text: str) -> Iterator[Row]:
    """Yield the acronyms that a text defines, with :data:`ANY` type and their expansion in its one spelling.

    A noun of :data:`HEADS` that stands behind the acronym makes a second row, of type :data:`BEHIND`.

    >>> list(defined("We study chain-of-thought (CoT) prompting here."))
    [('CoT', '', 'chain of thought'), ('CoT', '+', 'chain of thought prompting')]
    """
    for row in definitions(text):
        short = acronym(text[slice(*row["short"])])
        start, end = row["long"]
        long = _whole(text, start, end, short) if short else None
        if short and long:
            yield short, ANY, spelled(long).text
            noun = _BEHIND.match(text, row["short"][1])
            head = spelled(noun[1]).text if noun else ""
            if head in HEADS:
                yield short, BEHIND, f"{spelled(long).text} {head}"


def _whole(text: str, start: int, end: int, short: str) -> str | None:
    """Return the expansion; one that begins inside *self-supervised* is stretched to the hyphen's other side."""
    for begin in (_word_before(text, start), start):
        long = " ".join(readable(text[begin:end]).split())
        if fits(short, long):
            return long
    return None


def _word_before(text: str, start: int) -> int:
    begin = start
    if text[start - 1 : start] == "-":
        begin = start - 1
        while begin > max(0, start - _BEFORE) and text[begin - 1].isalnum():
            begin -= 1
    return begin


def named(paper: Labelled) -> Iterator[Row]:
    """Yield the acronyms that a paper's annotator gave as forms of a longer name, with its type."""
    for entity in paper.gold.entities:
        for form in entity.forms:
            short = acronym(form)
            long = bare(entity.name)[0]
            if short and fits(short, long):
                yield short, entity.type.value, spelled(long, entity.type).text


def counted(rows: Iterable[Iterable[Row]]) -> list[tuple[str, str, str, int]]:
    """Return how many papers have which row, one line a row, sorted, where two papers expand the acronym."""
    counts = Counter(row for paper in rows for row in set(paper))
    papers = Counter[str]()
    for (short, _, _), number in counts.items():
        papers[short] += number
    return sorted((*row, number) for row, number in counts.items() if papers[row[0]] >= _LEAST)


@click.command()
@click.option("--corpus", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--texts", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--labels", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def main(corpus: Path, texts: Path, labels: Path, out: Path) -> None:
    """Write the senses of acronyms that a corpus and labelled papers use."""
    rows = counted([*map(defined, abstracts(corpus)), *map(named, labelled(texts, labels))])
    lines = ["acronym\ttype\texpansion\tpapers", *("\t".join(map(str, row)) for row in rows)]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
