"""However claims are read, all at once or looked up, they are the same claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.graph.claims import claims_from, claims_in, claims_to, every_claim, outcomes

if TYPE_CHECKING:
    from kg.graph.store import GraphStore


def test_all_ways_of_reading_agree(few: GraphStore) -> None:
    store = few.store
    found = sorted(every_claim(store), key=str)
    assert len(found) == len(set(found)) > 10
    assert {claim.score for claim in found} == {0.4, 0.9, 1.0}
    assert len([claim for claim in found if not claim.direct]) == 1
    for looked_up in (
        claims_in(store, store.named_graphs()),
        claims_from(store, {claim.subject for claim in found}),
        claims_to(store, {claim.object for claim in found}),
    ):
        assert sorted(looked_up, key=str) == found


def test_results_of_a_thing_of_a_paper_and_of_all(few: GraphStore) -> None:
    libero, openvla = few.iris.node("thing/libero"), few.iris.node("thing/openvla")
    assert {o.value for o in outcomes(few.store)} == {"98.3%", "12%", "71%", "4 ms"}
    (probe,) = outcomes(few.store, few.iris.graph("2601.00002"))
    assert probe in set(outcomes(few.store, of=openvla))
    assert (probe.value, probe.kind, probe.subject, probe.on) == ("71%", "absolute", openvla, libero)
