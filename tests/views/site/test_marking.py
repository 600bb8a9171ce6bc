"""Words of papers keep every character whatever is marked in them, and marks cover exactly their offsets."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from kg.graph.records import PaperClaim, Passage
from kg.model import Span
from kg.views.site.marking import AROUND, Mark, marked, quoted
from kg.views.site.spark import spark


class Read(HTMLParser):
    """Collects the text, and for each element where it begins and ends in the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.found: list[tuple[str, str, str, int, int]] = []
        self._open: list[tuple[str, dict[str, str | None], int]] = []
        self.deepest_link = 0
        self.feed(str(html))
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append((tag, dict(attrs), len(self.text)))
        self.deepest_link = max(self.deepest_link, sum(tag == "a" for tag, _, _ in self._open))

    def handle_endtag(self, tag: str) -> None:
        opened, attributes, start = self._open.pop()
        assert opened == tag
        self.found.append((tag, attributes.get("class") or "", attributes.get("href") or "", start, len(self.text)))

    def handle_data(self, data: str) -> None:
        self.text += data


texts = st.text(st.sampled_from("ab <>&\"'𝔘é"), min_size=1, max_size=30)
spans = st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda pair: Span(pair[0], sum(pair)))
KINDS = ("Method", "Robot", "Task")


@given(texts, st.integers(0, 10), st.lists(spans, max_size=7))
def test_marked_text_keeps_its_characters_and_every_mark_is_linked(text: str, start: int, places: list[Span]) -> None:
    marks = [Mark(span, KINDS[i % 3], f"thing {i}", f"../m/{i}.html") for i, span in enumerate(places)]
    read = Read(marked(text, start, marks))
    assert read.text == text
    assert read.deepest_link <= 1
    inside = [m for m in marks if m.span.start < start + len(text) and start < m.span.end]
    for kind in KINDS:
        wanted = {
            place
            for m in inside
            if m.kind == kind
            for place in range(max(m.span.start, start) - start, min(m.span.end - start, len(text)))
        }
        found = {p for tag, cls, _, a, b in read.found if tag == "span" and cls == f"m {kind}" for p in range(a, b)}
        assert found == wanted
    assert {href for _, _, href, _, _ in read.found if href} == {mark.href for mark in inside}


def test_a_name_within_a_name_and_two_that_overlap() -> None:
    marks = [
        Mark(Span(0, 12), "Robot", "Unitree G1 x", "r.html"),
        Mark(Span(8, 10), "Robot", "G1", "g.html"),
        Mark(Span(11, 15), "Task", "x ya", "t.html"),
    ]
    read = Read(marked("Unitree G1 x yard", 0, marks))
    assert [(cls, a, b) for tag, cls, _, a, b in read.found if tag == "span"] == [
        ("m Robot", 8, 10),
        ("m Task", 11, 12),
        ("m Robot", 0, 12),
        ("m Task", 12, 15),
    ]


def claim(sentences: tuple[Passage, ...], subject: Span | None, target: Span | None) -> PaperClaim:
    return PaperClaim("s", "uses", "o", 1.0, "asserted", True, sentences, subject, target)


@given(texts, st.integers(0, 10), spans, spans)
def test_quoted_sentences_mark_the_characters_of_the_offsets(text: str, start: int, one: Span, two: Span) -> None:
    read = Read(quoted(claim((Passage(start, text),), one, two)))
    assert read.text == text
    for name, span in (("s", one), ("o", two)):
        whole = start <= span.start and span.end <= start + len(text)
        found = {p for _, cls, _, a, b in read.found if name in cls.split() for p in range(a + start, b + start)}
        assert found == (set(range(span.start, span.end)) if whole else set())


def test_overlong_sentences_are_cut_around_their_ends() -> None:
    text = "x" * 5000 + "A" + "y" * 5000 + "B" + "z" * 5000
    read = Read(quoted(claim((Passage(0, text),), Span(5000, 5001), Span(10001, 10002))))
    n = AROUND
    assert read.text == f"…{'x' * n}A{'y' * n}…{'y' * n}B{'z' * n}…"
    assert [read.text[a:b] for _, _, _, a, b in read.found] == ["A", "B"]


def test_two_sentences_are_joined_by_an_ellipsis() -> None:
    html = quoted(claim((Passage(0, "A is new."), Passage(30, "B is old.")), Span(0, 1), Span(30, 31)))
    assert html == '<mark class="s">A</mark> is new. … <mark class="o">B</mark> is old.'


def test_the_chart_counts_by_day_month_or_year() -> None:
    assert spark([]) == spark(["2025-01-01"]) == ""
    days = spark(["2025-01-30", "2025-02-02", "2025-02-02"])
    assert "Papers by day, 2025-01-30 to 2025-02-02; at most 2 in one" in days
    assert 'd="M1 40v-20h6v20zM25 40v-40h6v40z"' in days
    assert "Papers by month, 2024-12 to 2025-02" in spark(["2024-12-30", "2025-02"])
    assert "Papers by year, 1991 to 2025" in spark(["1991-07", "2025-12-04"])
    assert "Papers by year, 1000 to 9999" in spark(["1000-01-01", "9999-12-31"])
    assert "Papers by day, 9999-12-30 to 9999-12-31" in spark(["9999-12-30", "9999-12-31"])
