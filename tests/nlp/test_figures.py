"""Figures with their units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.nlp.figures import figures


@pytest.mark.parametrize(
    ("text", "value", "number", "unit"),
    [
        ("reaches 98.3% on", "98.3%", 98.3, "%"),
        (r"reaches 90\% on", r"90\%", 90.0, "%"),
        ("is 2.7x faster", "2.7x", 2.7, "x"),
        (r"a 2.2$\times$ speed-up", r"2.2$\times$", 2.2, "times"),
        ("by 23 percent in", "23 percent", 23.0, "percent"),
        ("three times faster", "three times", 3.0, "times"),
        ("a 3-fold gain", "3-fold", 3.0, "fold"),
        ("tenfold gains", "tenfold", 10.0, "fold"),
        ("weighs 1.4kg only", "1.4kg", 1.4, "kg"),
        ("at 30 FPS on", "30 FPS", 30.0, "FPS"),
        ("F1=72.48)", "72.48", 72.48, ""),
        ("of 1,000.5 J here", "1,000.5 J", 1000.5, "J"),
        ("by an order of magnitude", "an order of magnitude", None, "order of magnitude"),
        ("improves by 12-32% over", "12-32%", 12.0, "%"),
        (r"of $32\times$ here", r"$32\times$", 32.0, "times"),
        ("by +3.28 points", "+3.28 points", 3.28, "points"),
        ("one hundred thirty four percent", "one hundred thirty four percent", 134.0, "percent"),
        ("a hundred percent", "hundred percent", 100.0, "percent"),
        ("lowers it by 12% to 32% for", "12% to 32%", 12.0, "%"),
        (r"lifts of +0.9\% to +6.6\% here", r"+0.9\% to +6.6\%", 0.9, "%"),
        (r"a correlation in [0.86, 0.94] there", "[0.86, 0.94]", 0.86, ""),
        (r"an MAE of $5.97^\circ \pm 2.36^\circ$ and", r"$5.97^\circ \pm 2.36^\circ$", 5.97, "°"),
        ("scores of 3.33+-1.04 for", "3.33+-1.04", 3.33, ""),
        ("rated 9.2/10, which", "9.2/10", 9.2, "/10"),
        ("from 4/5.", "4/5", 4.0, "/5"),
        ("with 1/400 of its parameters", "1/400", 0.0025, ""),
        ("rated 1.0/5 by", "1.0/5", 1.0, "/5"),
        ("to 1/77th of it", "1/77th", 1 / 77, ""),
        ("of 99999999999999999999% here", "99999999999999999999%", None, "%"),
    ],
)
def test_figures(text: str, value: str, number: float | None, unit: str) -> None:
    found = [(text[f.start : f.end], f.number, f.unit) for f in figures(text)]
    assert found == [(value, number, unit)]


@pytest.mark.parametrize("joint", [" and ", " to ", "/", ", ", " -> "])
def test_figures_side_by_side_are_two(joint: str) -> None:
    text = f"rises from 61.5%{joint}72.4% on"
    assert [text[f.start : f.end] for f in figures(text)] == ["61.5%", "72.4%"]


def test_years_and_pairs_of_metrics_are_no_parts_of_a_whole() -> None:
    texts = ("KITTI 2012/2015,", "SRCC/PLCC of 0.91/0.85 on")
    assert [[t[f.start : f.end] for f in figures(t)] for t in texts] == [["2012", "2015"], ["0.91", "0.85"]]


@pytest.mark.parametrize(
    "text", ["GPT4 and v2", "no numbers", "many times over", "with a 95% CI", "95% confidence", "95\\% CIs"]
)
def test_what_is_no_figure(text: str) -> None:
    assert list(figures(text)) == []


@given(st.text(alphabet="0123456789.,%x$\\ -+/tofimesh", max_size=60))
def test_figures_are_parts_of_the_text_in_order(text: str) -> None:
    last = 0
    for figure in figures(text):
        assert last <= figure.start < figure.end <= len(text)
        assert not text[figure.start : figure.end].isspace()
        last = figure.end
