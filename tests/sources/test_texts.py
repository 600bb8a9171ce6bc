"""Identifiers, categories, languages, names and drafts: the small parts that every reader uses."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import SummaryField
from kg.sources.arxiv import CATEGORIES, ArxivId, arxiv_id, arxiv_ids, categories, category_of_anchor
from kg.sources.drafts import Draft, UnreadableError, clean, iso_date, split_keywords
from kg.sources.languages import language
from kg.sources.names import split_authors

LINKS = """
https://arxiv.org/abs/{}
http://arxiv.org/abs/{}
arxiv.org/abs/{}
https://www.arxiv.org/abs/{}?context=cs
https://arxiv.org/pdf/{}.pdf
https://arxiv.org/pdf/{}
https://arxiv.org/html/{}#S2
https://export.arxiv.org/abs/{}
https://ar5iv.org/abs/{}
https://ar5iv.labs.arxiv.org/html/{}
https://www.alphaxiv.org/abs/{}
https://alphaxiv.org/overview/{}
https://huggingface.co/papers/{}
https://papers.cool/arxiv/{}
https://scirate.com/arxiv/{}
https://doi.org/10.48550/arXiv.{}
10.48550/arXiv.{}
arXiv:{}
arXiv: {} [cs.RO]
ARXIV：{}
oai:arXiv.org:{}
{}
 {}.pdf
""".strip("\n").splitlines()


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("identifier", ["2512.04231", "0704.0001", "hep-th/9901001", "math/0309136"])
def test_identifiers_in_links(link: str, identifier: str) -> None:
    assert arxiv_id(link.format(identifier)) == ArxivId(identifier)
    if "doi" not in link:
        assert arxiv_id(link.format(f"{identifier}v12")) == ArxivId(identifier, 12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://arxiv.org/abs/",
        "https://arxiv.org/list/cs.RO/recent",
        "https://example.org/2512.04231",
        "https://github.com/x/2512.04231",
        "version 2512.04231 of it",
        "https://arxiv.org/abs/2513.04231",
        "https://arxiv.org/abs/2512.042312",
        "10.1109/5.771073",
        "12.2025",
    ],
)
def test_what_is_no_identifier(text: str) -> None:
    assert arxiv_id(text) is None


def test_the_subject_class_is_no_part_of_an_old_identifier() -> None:
    assert arxiv_id("math.GT/0309136v2") == ArxivId("math/0309136", 2)
    assert [found.id for found in arxiv_ids("see arXiv:cs.AI/0101001, arXiv:2512.04231v1.")] == [
        "cs/0101001",
        "2512.04231",
    ]


@given(st.text())
def test_any_text_has_identifiers_or_none(text: str) -> None:
    assert all(found.id for found in arxiv_ids(text))


def test_categories_are_those_of_arxiv() -> None:
    assert len(CATEGORIES) == 155 + 21  # today's, and the archives of old papers
    assert {"cs.RO", "math-ph", "physics.ed-ph", "eess.SY", "q-bio.BM", "astro-ph", "cmp-lg"} <= CATEGORIES
    assert not CATEGORIES & {"cs", "math", "physics", "stat", "cs.XX"}


def test_categories_keep_their_order_once() -> None:
    assert categories(["Robotics (cs.RO); Machine Learning (CS.lg)", "cs.RO stat.ML"]) == ("cs.RO", "cs.LG", "stat.ML")
    assert categories(["68T07 (Primary), 68T50", "F.2.2; I.2.7", "I.5.3", "Robotics", "e.g. this"]) == ()


@pytest.mark.parametrize("name", sorted(CATEGORIES))
def test_anchors_of_categories(name: str) -> None:
    assert category_of_anchor(name.lower().replace(".", "")) == name
    assert category_of_anchor(name.replace(".", "-")) == name


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("We train GPT-4o.", "en"),
        ("本文用GPT-4o和OpenVLA训练机器人", "zh"),
        ("ロボットを訓練する", "ja"),
        ("深層学習によるロボットの訓練", "ja"),
        ("로봇을 훈련한다", "ko"),
        ("Мы обучаем робота", "ru"),
        ("Über die Größe", "en"),
        ("The theorem of Sunzi (孙子) is used to count troops.", "en"),
        ("98.3% → 99.1%", "en"),
        ("", "en"),
    ],
)
def test_language(text: str, tag: str) -> None:
    assert language(text) == tag


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("Ada Lovelace", ("Ada Lovelace",)),
        ("A B,C D,E F", ("A B", "C D", "E F")),
        ("A B, C D, and E F", ("A B", "C D", "E F")),
        ("A B; C D and E F", ("A B", "C D", "E F")),
        ("A B & C D", ("A B", "C D")),
        ("A B，C D、E F；", ("A B", "C D", "E F")),
        ("张三、李四，王五", ("张三", "李四", "王五")),
        ("Lovelace, Ada; Hopper, Grace M.", ("Ada Lovelace", "Grace M. Hopper")),
        ("A B, C D; E F, G H, I J", ("A B", "C D", "E F", "G H", "I J")),
        ("Sammy Davis, Jr., Ada Lovelace", ("Sammy Davis, Jr.", "Ada Lovelace")),
        ("Sammy Davis Jr., William III", ("Sammy Davis Jr.", "William III")),
        ("CMS and TOTEM Collaborations, A B", ("CMS and TOTEM Collaborations", "A B")),
        ("A B and the ATLAS Collaboration", ("A B", "the ATLAS Collaboration")),
        ("A B (MIT, CSAIL and more), C D", ("A B (MIT, CSAIL and more)", "C D")),
        ("A B et al.", ("A B",)),
        ("Ada Lovelace et.al.", ("Ada Lovelace",)),
        ("A B, C D, ...", ("A B", "C D")),
        ("张三等", ("张三",)),
        ("[Ada Lovelace](https://example.org/a), **C D**", ("Ada Lovelace", "C D")),
        ("Anthony Tung K. H., Li Fei-Fei", ("Anthony Tung K. H.", "Li Fei-Fei")),
        ("Alexander Sand, Wieland Anderson", ("Alexander Sand", "Wieland Anderson")),
    ],
)
def test_lists_of_authors(text: str, names: tuple[str, ...]) -> None:
    assert split_authors(text) == names


@given(
    st.lists(st.text(string.ascii_letters + "'-éü. ", min_size=4).map(lambda name: " ".join(name.split())), max_size=5)
)
def test_a_joined_list_is_split_again(names: list[str]) -> None:
    kept = [
        f"{name} X" for name in names if name and "and" not in name.lower() and "et" not in name and ".." not in name
    ]
    assert (
        split_authors(",".join(kept)) == split_authors(", ".join(kept)) == split_authors("; ".join(kept)) == tuple(kept)
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-12-05", "2025-12-05"),
        ("2025-12-05T18:59:59Z", "2025-12-05"),
        ("2025/1/5", "2025-01-05"),
        ("2025年6月29日", "2025-06-29"),
        ("2025.06", "2025-06"),
        ("2025-06-00", "2025-06"),
        ("2025-13-01", None),
        ("2025", None),
        ("today", None),
    ],
)
def test_dates(text: str, day: str | None) -> None:
    assert iso_date(text) == day


def test_keywords() -> None:
    assert split_keywords("机器人，冰面；walking | a, N/A,, a") == ("机器人", "冰面", "walking", "a", "a")
    assert split_keywords("Keyword extraction failed") == ()


def test_control_characters_and_lone_surrogates_go() -> None:
    assert clean("a\x00b\ud800c\x07\td\n") == "abc\td\n"
    paper = Draft(id="1", title="Ro\x00bots\x0b walk", abstract="\ufffeOn  \x85 ice.", authors=("A\x01 B",)).paper()
    assert (paper.title, paper.abstract, paper.authors) == ("Robots walk", "On ice.", ("A B",))


def test_a_foreign_abstract_is_a_summary() -> None:
    paper = Draft(id="1", title="机器人", titles=("Robots",), abstract="机器人在冰上行走。").paper()
    assert paper.title == "Robots"
    assert paper.abstract == ""
    assert [(s.field, s.language, s.text) for s in paper.summaries] == [
        (SummaryField.ABSTRACT, "zh", "机器人在冰上行走。"),
        (SummaryField.TITLE, "zh", "机器人"),
    ]


@pytest.mark.parametrize(
    ("identifier", "title", "lack"), [("", "x", "no arXiv id"), (" \x00", "x", "no arXiv id"), ("1", " ", "no title")]
)
def test_a_paper_has_an_id_and_a_title(identifier: str, title: str, lack: str) -> None:
    with pytest.raises(UnreadableError, match=lack):
        Draft(id=identifier, title=title).paper()
