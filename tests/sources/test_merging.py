"""One paper of all that was read, whatever the order."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from kg.model import Paper, Problem, Summary, SummaryField
from kg.sources import merge
from kg.sources.merging import conflicts

EN = Summary(SummaryField.TLDR, "en", "Walk.")
ZH = Summary(SummaryField.TLDR, "zh", "走。")


def test_papers_come_sorted_and_untouched() -> None:
    one, two = Paper("2", "B", line=3), Paper("1", "A")
    assert merge([one, two]) == (two, one)
    assert merge([]) == ()


def test_the_latest_version_wins_and_lacks_are_filled() -> None:
    newest = Paper("1", "New", version=3, categories=("cs.LG",), source="b.md", line=7)
    older = Paper(
        "1", "Old", "An abstract.", ("A B",), ("cs.RO", "cs.LG"), 2, "2025-01-01", ("ice",), "8 pages", (ZH,), "a.md", 9
    )
    oldest = Paper("1", "Oldest", "A longer abstract by far.", ("X Y",), summaries=(EN,), source="c.md", line=1)
    for papers in permutations([newest, older, oldest]):
        assert merge(papers) == (
            Paper(
                "1", "New", "An abstract.", ("A B",), ("cs.LG", "cs.RO"), 3, "2025-01-01", ("ice",), "8 pages",
                (EN, ZH), "b.md", 7, ("a.md", "c.md"),
            ),
        )  # fmt: skip


def test_of_one_version_the_fullest_wins() -> None:
    short, full = (
        Paper("1", "Walking on…", "Ice.", source="a"),
        Paper("1", "Walking on Ice", "Ice is slippery.", source="b"),
    )
    assert merge([short, full])[0].title == "Walking on Ice"
    assert merge([short, full])[0].abstract == "Ice is slippery."


def test_the_first_of_equal_entries_is_named() -> None:
    first, second = (Paper("1", "T", "A.", source="a", line=line) for line in (9, 50))
    assert merge([second, first]) == (first,)


texts = st.sampled_from(["", "a", "b", "aa"])
papers = st.builds(
    Paper,
    id=st.sampled_from(["1", "2", "3"]),
    title=st.sampled_from(["T", "U", "TT"]),
    abstract=texts,
    authors=st.lists(st.sampled_from(["A B", "C D"]), max_size=2).map(tuple),
    categories=st.lists(st.sampled_from(["cs.RO", "cs.LG"]), max_size=2, unique=True).map(tuple),
    version=st.none() | st.integers(1, 3),
    date=st.none() | st.sampled_from(["2025-01", "2025-01-02"]),
    keywords=st.lists(st.sampled_from("xyz"), max_size=2, unique=True).map(tuple),
    comment=st.none() | st.sampled_from(["c", "d"]),
    summaries=st.lists(st.sampled_from([EN, ZH]), unique=True).map(lambda found: tuple(sorted(found))),
    source=st.sampled_from(["a.md", "b.md", ""]),
    line=st.integers(0, 20),
)


@given(found=st.lists(papers, max_size=6), seed=st.randoms(use_true_random=False))
def test_order_does_not_matter_and_twice_is_once(found: list[Paper], seed: object) -> None:
    merged = merge(found)
    shuffled = found[:]
    seed.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis types its random source as Random
    assert merge(shuffled) == merged
    assert merge(merged) == merged
    assert merge([*found, *found]) == merged
    assert [paper.id for paper in merged] == sorted({paper.id for paper in found})
    for paper in merged:
        group = [other for other in found if other.id == paper.id]
        assert set(paper.categories) == {name for other in group for name in other.categories}
        assert set(paper.summaries) == {summary for other in group for summary in other.summaries}
        assert {paper.source, *paper.other_sources} - {""} == {other.source for other in group} - {""}
        assert paper.version == max((other.version for other in group if other.version), default=None)
        assert bool(paper.abstract) == any(other.abstract for other in group)


def test_two_titles_of_one_version_are_remarked() -> None:
    found = [
        ("d/a.md", Paper("1", "Walking on Ice", "Long enough.", source="a.md", line=3)),
        ("d/b.md", Paper("1", "Running", source="b.md", line=4)),
        ("d/b.md", Paper("1", "Hopping", version=2, source="b.md", line=5)),
        ("d/a.md", Paper("2", "CM$^2$: \\texttt{kg}", source="a.md", line=6)),
        ("d/b.md", Paper("2", "CM^2: kg", source="b.md", line=7)),
        ("d/b.md", Paper("2", "cm2", source="b.md", line=8)),
    ]
    expected = Problem("d/b.md", 4, "1 is 'Running' here, 'Walking on Ice' in d/a.md:3, which was kept", fatal=False)
    assert list(conflicts(found)) == list(conflicts(reversed(found))) == [expected]
