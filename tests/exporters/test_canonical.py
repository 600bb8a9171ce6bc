"""The canonical form and its hash are those of RDFC-1.0, as Oxigraph's implementation of the algorithm has them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pyoxigraph as ox
import rdflib
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.cli import main
from kg.exporters import EXPORTERS
from kg.exporters.rdf import fingerprint
from kg.graph.network import Selection
from kg.graph.vocab import name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pytest

    from kg.graph.store import GraphStore
    from kg.model import ResolvedPaper


def canonical(quads: Iterable[ox.Quad]) -> str:
    """Return the serialised canonical form that the algorithm gives, blank nodes or not."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset))


def written(graph: GraphStore, folder: Path, selection: Selection | None = None) -> str:
    (path,) = EXPORTERS["canonical"].write(graph, folder / "graph.nq", selection or Selection())
    return path.read_bytes().decode()


def test_the_file_is_the_canonical_form_and_its_sum_the_hash(few: GraphStore, tmp_path: Path) -> None:
    text = written(few, tmp_path)
    assert text == canonical(few.quads())
    assert sha256(text.encode()).hexdigest() == fingerprint(few, Selection())


def test_there_is_no_blank_node_to_name(few: GraphStore) -> None:
    assert not [quad for quad in few.quads() if any(isinstance(term, ox.BlankNode) for term in quad)]


def test_a_part_has_its_own_form_and_hash(few: GraphStore, tmp_path: Path) -> None:
    part = Selection(categories=("cs.CV",))
    text = written(few, tmp_path, part)
    assert 0 < len(text) < len(written(few, tmp_path))
    assert sha256(text.encode()).hexdigest() == fingerprint(few, part) != fingerprint(few, Selection())


def test_equal_graphs_have_one_hash_and_others_another(
    few: GraphStore, few_papers: tuple[ResolvedPaper, ...], made_graph: Callable[..., GraphStore]
) -> None:
    again = made_graph(reversed(few_papers))
    assert fingerprint(again, Selection()) == fingerprint(few, Selection())
    fewer = made_graph(few_papers[1:])
    assert fingerprint(fewer, Selection()) != fingerprint(few, Selection())


def test_sorting_on_disk_gives_the_same(few: GraphStore, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(few, Selection())
    monkeypatch.setattr("kg.graph.store._LINES_AT_ONCE", 7)
    assert fingerprint(few, Selection()) == before


def test_stats_prints_the_hash(few: GraphStore) -> None:
    plain = CliRunner().invoke(main, ["stats", str(few.folder), "--hash"], catch_exceptions=False)
    assert plain.output == f"RDFC-1.0 SHA-256 {fingerprint(few, Selection())}\n"
    as_json = CliRunner().invoke(main, ["stats", str(few.folder), "--hash", "--json"], catch_exceptions=False)
    assert json.loads(as_json.output) == {"rdfc10": {"sha256": fingerprint(few, Selection())}}


NAMED = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
legal = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1)


def escaped(text: str) -> str:
    """Return a literal's characters as section 5 of RDFC-1.0 (canonical N-Quads) has them."""
    text = re.sub(r'[\b\t\n\f\r"\\]', lambda match: NAMED[match[0]], text)
    return re.sub("[\x00-\x07\x0b\x0e-\x1f\x7f\ufffe\uffff]", lambda match: f"\\u{ord(match[0]):04X}", text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(text=legal | st.sampled_from(["".join(map(chr, range(0xA0))), "\ufffe\uffff\u2028", "😀" * 100, "\U0010ffff"]))
def test_awkward_texts_are_escaped_as_the_standard_has_it(
    text: str, few_papers: tuple[ResolvedPaper, ...], made_graph: Callable[..., GraphStore], tmp_path: Path
) -> None:
    odd = replace(few_papers[3], paper=replace(few_papers[3].paper, keywords=(f"k{text}k",)))
    graph = made_graph((odd,))
    lines = written(graph, tmp_path).split("\n")
    (line,) = (line for line in lines if f"<{name('schema:keywords').value}>" in line)
    assert f' "k{escaped(text)}k" <' in line
    assert "\n".join(lines) == canonical(graph.quads())


def test_rdflib_reads_every_statement(few: GraphStore, tmp_path: Path) -> None:
    found = rdflib.Graph()
    triples = "".join(f"{ox.Triple(q.subject, q.predicate, q.object)} .\n" for q in few.quads())
    found.parse(data=triples, format="nt")
    assert len(found) == len({(q.subject, q.predicate, q.object) for q in few.quads()})
