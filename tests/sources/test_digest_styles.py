"""Whatever way a digest is laid out, the papers in it are the same."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kg.model import Paper, Problem, Summary, SummaryField
from kg.sources import read_papers
from kg.sources.arxiv import CATEGORIES
from kg.sources.languages import language

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LABELS = {
    "en": ("Main category", "TL;DR", "Motivation", "Method", "Result", "Conclusion", "Abstract", "Authors", "Link"),
    "zh": ("类别", "一句话总结", "动机", "方法", "结果", "结论", "摘要", "作者", "链接"),
}
FIELDS = (
    SummaryField.TLDR,
    SummaryField.MOTIVATION,
    SummaryField.METHOD,
    SummaryField.RESULT,
    SummaryField.CONCLUSION,
)


@dataclass(frozen=True)
class Style:
    """One way to lay out a digest."""

    level: int = 3
    number: str = "[{}] "
    linked: bool = True
    link: str = "https://arxiv.org/abs/{}"
    bold: bool = False
    labels: str = "en"
    colon: str = ": "
    comma: str = ","
    italics: bool = True
    in_heading: bool = False
    abstract_first: bool = False
    folded: bool = True
    gap: str = "\n\n"
    width: int = 0
    rule: bool = False
    newline: str = "\n"
    encoding: str = "utf-8"
    contents: bool = True


styles = st.builds(
    Style,
    level=st.integers(1, 5),
    number=st.sampled_from(["[{}] ", "", "{}. ", "#{} ", "**{}.** ", "{}) ", "【{}】"]),
    linked=st.booleans(),
    link=st.sampled_from(
        [
            "https://arxiv.org/abs/{}",
            "http://arxiv.org/abs/{}",
            "https://arxiv.org/pdf/{}",
            "https://www.alphaxiv.org/abs/{}",
            "https://export.arxiv.org/abs/{}",
            "https://ar5iv.labs.arxiv.org/html/{}",
            "https://doi.org/10.48550/arXiv.{}",
            "https://huggingface.co/papers/{}",
        ]
    ),
    bold=st.booleans(),
    labels=st.sampled_from(["en", "zh"]),
    colon=st.sampled_from([": ", "：", ":"]),
    comma=st.sampled_from([",", ", ", "; ", "，", "、"]),
    italics=st.booleans(),
    in_heading=st.booleans(),
    abstract_first=st.booleans(),
    folded=st.booleans(),
    gap=st.sampled_from(["\n", "\n\n", "\n\n\n"]),
    width=st.sampled_from([0, 80]),
    rule=st.booleans(),
    newline=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    contents=st.booleans(),
)


def field(name: str, text: str, style: Style) -> str:
    text = textwrap.fill(text, style.width, break_long_words=False, break_on_hyphens=False) if style.width else text
    return f"**{name}{style.colon.rstrip()}** {text}" if style.bold else f"{name}{style.colon}{text}"


def entry(number: int, paper: Paper, style: Style) -> str:
    names = LABELS[style.labels]
    version = f"v{paper.version}" if paper.version else ""
    link = style.link.format(paper.id + version)
    title = f"[{paper.title}]({link})" if style.linked else paper.title
    parts = [f"{'#' * style.level} {style.number.format(number)}{title}"]
    authors = style.comma.join(paper.authors)
    parts.append(f"*{authors}*" if style.italics else field(names[7], authors, style))
    if not style.linked:
        parts.append(field(names[8], link, style))
    if not style.in_heading:
        parts.append(field(names[0], ", ".join(paper.categories), style))
    texts = {summary.field: summary.text for summary in paper.summaries}
    summaries = [field(names[1 + i], texts[key], style) for i, key in enumerate(FIELDS) if key in texts]
    abstract = [field(names[6], paper.abstract, style)]
    body = style.gap.join(abstract + summaries if style.abstract_first else summaries + abstract)
    parts.append(f"<details>\n  <summary>Details</summary>\n{body}\n\n</details>" if style.folded else body)
    return style.gap.join(parts) + ("\n\n---\n" if style.rule else "\n")


def digest(papers: list[Paper], style: Style) -> str:
    sections: dict[str, list[Paper]] = {}
    for paper in papers:
        sections.setdefault(paper.categories[0], []).append(paper)
    lines = ["# Papers of the day\n"]
    if style.contents:
        lines += [f"- [{name}](#{name}) [Total: {len(group)}]" for name, group in sections.items()]
    above = "#" * max(1, style.level - 1)
    for name, group in sections.items():
        lines.append(f"\n<div id='{name}'></div>\n\n{above} {name} [[Back]](#toc)\n")
        lines += [entry(number, paper, style) for number, paper in enumerate(group, start=1)]
    return "\n".join(lines)


def read(text: str, style: Style, path: Path) -> tuple[tuple[Paper, ...], list[Problem]]:
    path.write_bytes(text.replace("\n", style.newline).encode(style.encoding))
    problems: list[Problem] = []
    return read_papers([path], on_problem=problems.append), problems


def bare(paper: Paper) -> Paper:
    return replace(paper, line=0, source="")


WORDS = (
    "robot walks on sand Method: Results: GPT-4o [Re] (sim) $O(n^2)$ \\texttt{kg} 98.3% a|b A* π0 C++ *very* “so” café"
    " https://example.org/code e.g. Abstract: C# - 1. x_1 & **bold**"
)
TITLE_WORDS = "Walking Robots: [Re]visited (Extended) on $\\pi_0$ A*-Search a|b C++ Don't 3D - &"
words = st.sampled_from(WORDS.split(" "))
sentences = st.lists(words, min_size=4, max_size=40).map(
    lambda found: "We show that " + " ".join(found) + " in 3 runs."
)
titles = st.lists(
    st.sampled_from(TITLE_WORDS.split(" ")),
    min_size=2,
    max_size=8,
).map(lambda found: "On " + " ".join(found) + " and more")
authors = st.lists(
    st.sampled_from(
        ("Ada Lovelace", "José Ñúñez", "Zoltan-Csaba Marton", "Djordje Žikelić", "Seán O hÉigeartaigh", "K. H. Tung",
         "LHCb Collaboration", "Bing Li", "Timothy J. O'Donnell", "van der Berg")
    ),
    min_size=1, max_size=6,
)  # fmt: skip
chinese = st.lists(
    st.sampled_from(["提出", "方法", "在", "GPT-4o", "机器人", "上", "：", "提升93%", "失败", "。"]), min_size=3
).map(lambda found: "本文研究" + "".join(found))
summaries = st.dictionaries(st.sampled_from(FIELDS), st.one_of(sentences, chinese)).map(
    lambda found: tuple(sorted(Summary(key, language(text), text) for key, text in found.items()))
)
ids = st.builds("{:02}{:02}.{:05}".format, st.integers(15, 26), st.integers(1, 12), st.integers(0, 99999))
papers = st.lists(
    st.builds(
        Paper,
        id=ids,
        title=titles,
        abstract=sentences,
        authors=authors.map(tuple),
        categories=st.lists(
            st.sampled_from(sorted(name for name in CATEGORIES if "." in name)), min_size=1, max_size=3, unique=True
        ).map(tuple),
        version=st.none() | st.integers(1, 12),
        summaries=summaries,
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda paper: paper.id,
)


def has_label(paper: Paper) -> bool:
    texts = (paper.abstract, *(summary.text for summary in paper.summaries))
    return any(sign in text for text in texts for sign in ("Method:", "Results:", "Abstract:"))


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(found=papers, style=styles)
def test_a_digest_in_any_style_gives_its_papers_back(
    found: list[Paper], style: Style, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # A word that a hard wrap puts where plain labels stand cannot always be told from one.
    assume(style.bold or not style.width or not any(map(has_label, found)))
    expected = [replace(paper, categories=paper.categories[:1]) if style.in_heading else paper for paper in found]
    got, problems = read(digest(found, style), style, tmp_path_factory.getbasetemp() / "style.md")
    assert [bare(paper) for paper in got] == sorted(expected, key=lambda paper: paper.id)
    assert not problems
