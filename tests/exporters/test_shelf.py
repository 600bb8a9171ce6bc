"""Records on disk come back in the order of their keys, as often as they are asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.exporters.shelf import Shelf

keys = st.tuples(st.text(st.characters(exclude_characters="\x00"), max_size=4), st.sampled_from(["", "a", "é", "😀"]))


@given(st.lists(st.tuples(keys, st.integers())))
def test_records_come_in_the_order_of_their_keys(items: list[tuple[tuple[str, str], int]]) -> None:
    shelf = Shelf(items)
    wanted = [item for _, item in sorted(items, key=lambda row: row[0])]
    assert list(shelf) == wanted, "those of one key in the order in which they came"
    assert list(shelf) == wanted, "again"
    assert len(shelf) == len(items)


def test_a_record_may_come_late() -> None:
    shelf = Shelf([(("b",), 2)])
    assert list(shelf) == [2]
    shelf.add(("a",), 1)
    assert list(shelf) == [1, 2]
    both = [(one, other) for one in shelf for other in shelf]
    assert both == [(1, 1), (1, 2), (2, 1), (2, 2)]
