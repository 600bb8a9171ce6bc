"""Which nodes are drawn of a network that is too large: few, the same each time, and those that matter."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Network, NetworkEdge, NetworkNode
from kg.views.choice import LIMIT, choose


def network_of(kinds: dict[str, str], pairs: list[tuple[str, str]]) -> Network:
    edges = (NetworkEdge(f"{a}|uses|{b}", a, b, "uses") for a, b in sorted(set(pairs)))
    return Network(tuple(NetworkNode(k, kinds[k], k) for k in sorted(kinds)), tuple(edges))


def parts(network: Network) -> int:
    graph = nx.Graph((edge.source, edge.target) for edge in network.edges)
    graph.add_nodes_from(node.key for node in network.nodes)
    return nx.number_connected_components(graph)


def stars(papers: int, each: int) -> Network:
    """Return papers that each name one thing of all and ``each`` things of their own, and one paper apart."""
    kinds = {"m/shared": "Method", "p/apart": "Paper", "m/apart": "Method"}
    pairs = [("p/apart", "m/apart")]
    for p in range(papers):
        kinds[f"p/{p:03}"] = "Paper"
        pairs.append((f"p/{p:03}", "m/shared"))
        for m in range(each):
            kinds[f"m/{p:03}-{m}"] = "Method"
            pairs.append((f"p/{p:03}", f"m/{p:03}-{m}"))
    return network_of(kinds, pairs)


def keys(network: Network) -> set[str]:
    return {node.key for node in network.nodes}


def test_a_small_network_is_drawn_whole() -> None:
    small = stars(3, 2)
    assert choose(small) is small


def test_the_most_named_things_and_their_papers_are_drawn_in_one_part() -> None:
    chosen = choose(stars(200, 3))
    assert len(chosen.nodes) == LIMIT
    assert "m/shared" in keys(chosen)
    assert "p/apart" not in keys(chosen)
    assert parts(chosen) == 1


def test_what_is_asked_for_is_drawn_even_if_it_matters_little() -> None:
    chosen = choose(stars(200, 3), frozenset({"p/apart"}))
    assert {"p/apart", "m/shared"} <= keys(chosen)
    assert len(chosen.nodes) == LIMIT


def test_people_come_after_things() -> None:
    kinds = {f"a/{i:03}": "Author" for i in range(20)} | {"m/1": "Method", "p/1": "Paper"}
    chosen = choose(network_of(kinds, [("p/1", key) for key in kinds if key != "p/1"]), limit=5)
    assert {"m/1", "p/1"} <= keys(chosen)


def test_papers_fill_up_where_there_are_few_things() -> None:
    kinds = {f"p/{i:03}": "Paper" for i in range(50)} | {"m/1": "Method"}
    chosen = choose(network_of(kinds, [(key, "m/1") for key in kinds if key != "m/1"]), limit=10)
    assert len(chosen.nodes) == 10
    assert parts(chosen) == 1


def test_nodes_without_any_edge_are_drawn_where_there_is_nothing_else() -> None:
    assert len(choose(network_of({f"r/{i}": "Robot" for i in range(9)}, []), limit=4).nodes) == 4


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda p: p[0] != p[1]), max_size=80),
    st.sets(st.integers(0, 30), max_size=3),
    st.integers(1, 20),
)
def test_never_more_than_the_limit_and_no_edge_without_its_ends(
    pairs: list[tuple[int, int]], keep: set[int], limit: int
) -> None:
    kind = {0: "Paper", 1: "Method", 2: "Author"}
    whole = network_of({str(i): kind[i % 3] for i in range(31)}, [(str(a), str(b)) for a, b in pairs])
    chosen = choose(whole, frozenset(map(str, keep)), limit)
    assert len(chosen.nodes) == limit
    assert list(chosen.edges) == [e for e in whole.edges if {e.source, e.target} <= keys(chosen)]
    assert list(chosen.nodes) == sorted(chosen.nodes, key=lambda node: node.key)
    assert chosen == choose(whole, frozenset(map(str, keep)), limit)
