"""The first line of an entry: number, title and identifier in every dress."""

from __future__ import annotations

import pytest

from kg.sources.arxiv import ArxivId
from kg.sources.markdown.heads import parse_head
from kg.sources.markdown.labels import Part, labelled
from kg.sources.markdown.links import link_line

ABS = "https://arxiv.org/abs/2512.04231"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"[1] [Walking]({ABS})", "Walking"),
        (f"[Walking]({ABS})", "Walking"),
        (f"**[Walking]({ABS})**", "Walking"),
        (f"[**Walking**]({ABS})", "Walking"),
        (f"**1. [Walking]({ABS})**", "Walking"),
        (f"📄 1) [Walking]({ABS}) ⭐", "Walking"),
        (f"#12 [Walking]({ABS})", "Walking"),
        (f"【3】[Walking]({ABS})", "Walking"),
        (f"1\\. [Walking]({ABS})", "Walking"),
        (f"[1. Walking]({ABS})", "Walking"),
        (f"Paper 7: [Walking]({ABS})", "Walking"),
        (f"论文3：[Walking]({ABS})", "Walking"),
        (f'[Walking](<{ABS}> "at arXiv")', "Walking"),
        (f"[PDF](https://arxiv.org/pdf/2512.04231) [Walking]({ABS})", "Walking"),
        (f"[Walking]({ABS}) | [PDF](https://arxiv.org/pdf/2512.04231)", "Walking"),
        (f"Walking [[arXiv]({ABS})] [[code](https://example.org)]", "Walking"),
        (f"Walking ([PDF]({ABS}))", "Walking"),
        (f"[2512.04231]({ABS}) Walking", "Walking"),
        (f"[arXiv]({ABS}): **Walking**", "Walking"),
        (f"Walking, {ABS}", "Walking"),
        ("Walking (arXiv:2512.04231)", "Walking"),
        ("Walking [2512.04231]", "Walking"),
        ("2512.04231: Walking", "Walking"),
        ("arXiv:2512.04231 [cs.RO] Walking", "Walking"),
        (f"[Walking]({ABS}) [[Back]](#toc)", "Walking"),
        (f"[1] [f[x](y) is ]0,1[]({ABS})", "f[x](y) is ]0,1["),
        (f"[1] [[Re] Walking (again) [Extended]]({ABS})", "[Re] Walking (again) [Extended]"),
        (f"[\\[Re\\] Walking]({ABS})", "[Re] Walking"),
        (f"[3D Walking in 4D: A*]({ABS})", "3D Walking in 4D: A*"),
        (f"[2. Bundesliga]({ABS})", "Bundesliga"),
        (f"[CM$^2$ \\texttt{{a|b}} <think>]({ABS})", "CM$^2$ \\texttt{a|b} <think>"),
        (f"[Paper 1]({ABS})", "Paper 1"),
        (f"**Walking on Thin Ice** Ada Lovelace, {ABS}", "Walking on Thin Ice"),
        (f"**FALCON**: Walking ([PDF]({ABS}))", "FALCON: Walking"),
        (f"**FALCON** for Robots ([PDF]({ABS}))", "FALCON for Robots"),
        (f"[Walking](https://example.org) [PDF]({ABS})", "Walking"),
        (f"[PDF]({ABS})", ""),
        (f"[]({ABS})", ""),
        (ABS, ""),
    ],
)
def test_titles(text: str, title: str) -> None:
    head = parse_head(text)
    assert head.title == title
    assert head.paper == ArxivId("2512.04231")


@pytest.mark.parametrize(
    ("text", "title"), [("[4] Walking", "Walking"), ("Walking [cs.RO]", "Walking"), ("", ""), ("**", "")]
)
def test_titles_without_identifier(text: str, title: str) -> None:
    assert parse_head(text) == parse_head(text)
    assert (parse_head(text).title, parse_head(text).paper) == (title, None)


@pytest.mark.parametrize(
    ("text", "part", "value"),
    [
        ("Abstract: x: y", Part.ABSTRACT, "x: y"),
        ("**Abstract:** x", Part.ABSTRACT, "x"),
        ("**Abstract**: x", Part.ABSTRACT, "x"),
        ("**Abstract**：x", Part.ABSTRACT, "x"),
        ("__Abstract__ x", Part.ABSTRACT, "x"),
        ("**Abstract.** x", Part.ABSTRACT, "x"),
        ("**Category: cs.CR, cs.AI**", Part.CATEGORY, "cs.CR, cs.AI"),
        ("💡 **TL;DR**: x", Part.TLDR, "x"),
        ("📝 摘要：x", Part.ABSTRACT, "x"),
        ("**AI_Comments:** x", Part.REMARK, "x"),
        ("**Code:** x", Part.OTHER, "x"),
        ("Author(s): x", Part.AUTHORS, "x"),
        ("Abstract", Part.ABSTRACT, ""),
    ],
)
def test_labels(text: str, part: Part, value: str) -> None:
    label = labelled(text)
    assert label is not None
    assert (label.part, label.value) == (part, value)


@pytest.mark.parametrize(
    "text",
    [
        "Contribution: we show",
        "https://arxiv.org/abs/1",
        "**bold** words",
        "**GraphRAG: A survey**",
        f"**[Code: x]({ABS})**",
        "Abstractions are: x",
        "a" * 99 + ": x",
        "",
    ],
)
def test_what_is_no_label(text: str) -> None:
    assert labelled(text) is None


def test_rows_of_links() -> None:
    assert link_line(f"📄 [arXiv]({ABS}) | 💻 [Code](https://example.org) · `cs.RO`") == [
        (Part.LINK, ABS),
        (Part.LINK, "https://example.org"),
        (Part.CATEGORY, "`cs.RO`"),
    ]
    assert link_line("<https://example.org/x>.") == [(Part.LINK, "https://example.org/x")]
    assert link_line(f"as [they]({ABS}) say") == []
    assert link_line(f"[arXiv]({ABS}) | " * 200) == []  # no row of links is that long
    assert link_line("2512.04231v2") == [(Part.LINK, "2512.04231v2")]
