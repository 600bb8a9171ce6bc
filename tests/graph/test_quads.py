"""The quads of one paper: edges only where they may stand, evidence that is true, the same bytes for the same paper."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.graph.evidence import PaperGraph
from kg.graph.quads import paper_quads
from kg.graph.vocab import Iris, name, term
from kg.model import (
    Certainty,
    EntityType,
    Extraction,
    Mention,
    Paper,
    PaperEntity,
    Relation,
    RelationType,
    Result,
    ResultKind,
    Role,
    Span,
    Summary,
    SummaryField,
)
from kg.resolution import resolve

if TYPE_CHECKING:
    from kg.model import ResolvedPaper

IRIS = Iris("https://example.org/")
PAPER = Paper("2601.00031", "PushNet", "We push. PushNet runs on a G1 (Fig. 2). It reaches 90% of 1.5 m.")


def entity(name: str, kind: EntityType, role: Role, start: int, **scores: float) -> PaperEntity:
    assert PAPER.text[start : start + len(name)] == name
    return PaperEntity(name, kind, role, mentions=(Mention(start, start + len(name)),), **scores)


PUSHNET = entity("PushNet", EntityType.METHOD, Role.PROPOSES, 17, score=0.91234, role_score=0.5)
TITLE = entity("PushNet", EntityType.METHOD, Role.USES, 0, score=0.95, role_score=0.9)
G1 = entity("G1", EntityType.ROBOT, Role.DEPLOYS_ON, 35)
RUNS = Relation(0, RelationType.RUNS_ON, 1, Span(17, 24), Span(35, 37), (Span(17, 47),), score=0.8)


def graph_of(*entities: PaperEntity, paper: Paper = PAPER, **rows: object) -> PaperGraph:
    extraction = Extraction(paper.id, entities, extractor="reader 1.0")
    return PaperGraph.of(paper_quads(resolve(paper, replace(extraction, **rows)), IRIS))


def edges(graph: PaperGraph) -> set[tuple[str, str, str]]:
    """Return the direct edges, by keys and local names."""
    wanted = {term(value): value.value for values in (Role, RelationType) for value in values}
    return {
        (IRIS.key_of(s), wanted[p], IRIS.key_of(o))
        for s, predicates in graph.by_subject.items()
        for p in predicates.keys() & wanted.keys()
        for o in graph.nodes(s, p)
    }


def values(graph: PaperGraph, node: NamedNode, predicate: str) -> list[str]:
    return [value.value for value in graph.by_subject[node].get(name(predicate), [])]


def test_an_asserted_relation_is_an_edge_and_a_claim() -> None:
    graph = graph_of(PUSHNET, G1, relations=(RUNS,))
    assert edges(graph) == {
        ("https://arxiv.org/abs/2601.00031", "proposes", "thing/pushnet"),
        ("https://arxiv.org/abs/2601.00031", "deploysOn", "thing/unitree-g1"),
        ("thing/pushnet", "runsOn", "thing/unitree-g1"),
    }
    (claim,) = graph.typed("kg:RelationClaim")
    assert values(graph, claim, "kg:score") == ["0.8"]
    assert graph.quote(claim) == "PushNet runs on a G1 (Fig. 2)."
    assert [graph.quote(n) for n in graph.nodes(claim, name("kg:subjectSpan"))] == ["PushNet"]
    assert [graph.quote(n) for n in graph.nodes(claim, name("kg:objectSpan"))] == ["G1"]
    (activity,) = graph.nodes(claim, name("prov:wasGeneratedBy"))
    (agent,) = graph.nodes(activity, name("prov:wasAssociatedWith"))
    assert values(graph, agent, "rdfs:label") == ["reader 1.0"]


@pytest.mark.parametrize("certainty", [Certainty.TENTATIVE, Certainty.HEDGED, Certainty.NEGATED])
def test_what_is_not_asserted_is_no_edge(certainty: Certainty) -> None:
    graph = graph_of(PUSHNET, G1, relations=(replace(RUNS, certainty=certainty),))
    assert ("thing/pushnet", "runsOn", "thing/unitree-g1") not in edges(graph)
    (claim,) = graph.typed("kg:RelationClaim")
    assert graph.nodes(claim, name("kg:certainty")) == [term(certainty)]


def test_one_assertion_is_enough_for_an_edge() -> None:
    graph = graph_of(PUSHNET, G1, relations=(replace(RUNS, certainty=Certainty.HEDGED), RUNS))
    assert ("thing/pushnet", "runsOn", "thing/unitree-g1") in edges(graph)
    assert len(graph.typed("kg:RelationClaim")) == 2


def test_what_breaks_domain_or_range_is_quarantined() -> None:
    graph = graph_of(PUSHNET, G1, relations=(replace(RUNS, predicate=RelationType.USED_FOR),))
    assert ("thing/pushnet", "usedFor", "thing/unitree-g1") not in edges(graph)
    (claim,) = graph.typed("kg:RelationClaim")
    assert values(graph, claim, "kg:quarantineReason") == ["usedFor has no Robot as object"]


def test_a_role_that_breaks_its_range_is_quarantined() -> None:
    graph = graph_of(replace(G1, role=Role.MEASURES))
    assert edges(graph) == set()
    (claim,) = graph.typed("kg:RoleClaim")
    assert values(graph, claim, "kg:quarantineReason") == ["measures has no Robot as object"]


def test_two_names_of_one_node_are_one_entity_with_one_role() -> None:
    graph = graph_of(PUSHNET, TITLE, relations=(replace(RUNS, predicate=RelationType.IS_A),))
    (claim,) = graph.typed("kg:RoleClaim")
    assert graph.typed("kg:RelationClaim") == []
    assert graph.nodes(claim, name("rdf:predicate")) == [term(Role.PROPOSES)]
    assert values(graph, claim, "kg:score") == ["0.5"]
    assert values(graph, claim, "kg:entityScore") == ["0.95"]
    assert sorted(graph.span(n) for n in graph.nodes(claim, name("kg:mention"))) == [Span(0, 7), Span(17, 24)]
    assert [graph.quote(n) for n in graph.nodes(claim, name("kg:evidence"))] == ["PushNet"]


def test_the_longest_name_is_kept() -> None:
    short = replace(PUSHNET, name="pushnets")
    (claim,) = graph_of(PUSHNET, short).typed("kg:RoleClaim")
    assert values(graph_of(PUSHNET, short), claim, "kg:name") == ["pushnets"]


def test_the_same_claim_twice_is_one_with_the_better_score() -> None:
    graph = graph_of(PUSHNET, G1, relations=(replace(RUNS, score=0.3), RUNS, replace(RUNS, score=0.5)))
    (claim,) = graph.typed("kg:RelationClaim")
    assert values(graph, claim, "kg:score") == ["0.8"]


def test_scores_are_rounded() -> None:
    (claim,) = graph_of(PUSHNET).typed("kg:RoleClaim")
    assert values(graph_of(PUSHNET), claim, "kg:entityScore") == ["0.9123"]


RESULT = Result("90%", Span(59, 62), ResultKind.ABSOLUTE, Span(48, 72), number=90.0, unit="%", subject=0, on=1)


def test_a_result_links_what_the_text_names() -> None:
    assert PAPER.text[59:62] == "90%"
    graph = graph_of(PUSHNET, G1, results=(RESULT, replace(RESULT, score=0.2)))
    (result,) = graph.typed("kg:Result")
    linked = {p: graph.nodes(result, name(p)) for p in ("kg:resultOf", "kg:measuredOn", "kg:metric", "kg:baseline")}
    assert linked["kg:resultOf"] == [IRIS.node("thing/pushnet")]
    assert linked["kg:measuredOn"] == [IRIS.node("thing/unitree-g1")]
    assert linked["kg:metric"] == linked["kg:baseline"] == []
    assert graph.by_subject[result][name("kg:number")] == [Literal("90", datatype=name("xsd:decimal"))]
    assert values(graph, result, "kg:unit") == ["%"]
    assert graph.quote(result) == "It reaches 90% of 1.5 m."


@pytest.mark.parametrize(
    ("number", "written"),
    [(1e-7, "0.0000001"), (1e21, "1" + "0" * 21), (98.30, "98.3"), (-0.5, "-0.5"), (float("nan"), None), (None, None)],
)
def test_numbers_are_decimals(number: float | None, written: str | None) -> None:
    graph = graph_of(PUSHNET, G1, results=(replace(RESULT, number=number),))
    (result,) = graph.typed("kg:Result")
    assert values(graph, result, "kg:number") == ([] if written is None else [written])


def test_a_result_drops_an_end_that_it_may_not_have() -> None:
    graph = graph_of(PUSHNET, G1, results=(replace(RESULT, metric=1),))
    (result,) = graph.typed("kg:Result")
    assert graph.nodes(result, name("kg:metric")) == []
    assert values(graph, result, "kg:quarantineReason") == ["metric has no Robot as object: thing/unitree-g1"]


def test_offsets_count_code_points() -> None:
    paper = Paper("x", "A 😀 map", "Ünïted G1 runs.")
    mention = Mention(paper.text.index("G1"), paper.text.index("G1") + 2)
    graph = graph_of(PaperEntity("G1", EntityType.ROBOT, Role.USES, mentions=(mention,)), paper=paper)
    (claim,) = graph.typed("kg:RoleClaim")
    (span,) = graph.nodes(claim, name("kg:objectSpan"))
    assert (graph.span(span), graph.quote(span)) == (Span(15, 17), "G1")
    assert graph.quote(claim) == "Ünïted G1 runs."


def test_metadata() -> None:
    paper = Paper(
        "2601.00031",
        r"A  \textbf{title} of CM$^2$",
        "",
        authors=("Ada Lovelace", " ", "Ada  Lovelace"),
        categories=("cs.RO", "cs.LG"),
        version=3,
        keywords=("k", ""),
        comment="8 pages",
        summaries=(
            Summary(SummaryField.TLDR, "zh", "短"),
            Summary(SummaryField.TASK, "not a language", "Kurz."),
            Summary(SummaryField.REMARK, "en", " "),
        ),
        source="a.md",
        other_sources=("b.md",),
    )
    graph = graph_of(paper=paper)
    node = IRIS.paper(paper.id)
    assert values(graph, node, "dcterms:title") == [r"A \textbf{title} of CM$^2$"]
    assert values(graph, node, "rdfs:label") == ["A title of CM²"]
    assert values(graph, node, "dcterms:abstract") == []
    assert values(graph, node, "bibo:doi") == ["10.48550/arXiv.2601.00031"]
    assert values(graph, node, "rdfs:seeAlso") == ["https://doi.org/10.48550/arXiv.2601.00031"]
    assert values(graph, node, "kg:version") == ["3"]
    assert values(graph, node, "dcterms:creator") == [IRIS.node("author/ada-lovelace").value]
    assert [values(graph, a, "kg:nameAsWritten") for a in graph.typed("kg:Authorship")] == [
        ["Ada Lovelace"],
        ["Ada  Lovelace"],
    ]
    assert values(graph, node, "dcterms:subject") == [IRIS.category(c).value for c in ("cs.LG", "cs.RO")]
    assert values(graph, node, "kg:primaryCategory") == [IRIS.category("cs.RO").value]
    assert values(graph, node, "schema:keywords") == ["k"]
    assert values(graph, node, "dcterms:source") == ["a.md", "b.md"]
    assert graph.by_subject[node][name("kg:tldr")] == [Literal("短", language="zh")]
    assert graph.by_subject[node][name("kg:taskSummary")] == [Literal("Kurz.")]
    assert values(graph, node, "kg:remark") == []


@pytest.mark.parametrize(
    ("paper_id", "given", "issued", "datatype"),
    [
        ("2601.00031", "2026-01-05", "2026-01-05", "date"),
        ("2601.00031", "2025-12", "2025-12", "gYearMonth"),
        ("2601.00031", None, "2026-01", "gYearMonth"),
        ("2601.00031", "2026-02-30", "2026-01", "gYearMonth"),
        ("hep-th/9901001", None, "1999-01", "gYearMonth"),
        ("math.AG/0612001", None, "2006-12", "gYearMonth"),
        ("2613.00031", None, None, None),
        ("mine", "soon", None, None),
        ("mine", "2025-13", None, None),
    ],
)
def test_dates(paper_id: str, given: str | None, issued: str | None, datatype: str | None) -> None:
    graph = graph_of(paper=Paper(paper_id, "T", date=given))
    found = graph.by_subject[IRIS.paper(paper_id)].get(name("dcterms:issued"))
    assert found == (None if issued is None else [Literal(issued, datatype=name(f"xsd:{datatype}"))])


def test_lone_surrogates_do_not_stop_a_paper() -> None:
    paper = Paper("x\ud800", "T\ud800", "U", authors=("A\udfff",))
    graph = graph_of(paper=paper)
    (node,) = graph.typed("kg:Paper")
    assert values(graph, node, "dcterms:title") == ["T\ufffd"]


def test_an_unnamed_extractor_is_said_to_be_unknown(varied: tuple[ResolvedPaper, ...]) -> None:
    paper = replace(varied[0], extraction=replace(varied[0].extraction, extractor=""))
    quads = set(paper_quads(paper, IRIS))
    agent = IRIS.agent("unknown extractor")
    assert Quad(agent, name("rdfs:label"), Literal("unknown extractor"), IRIS.graph(paper.paper.id)) in quads


def test_quads_are_what_the_store_gives_back(varied: tuple[ResolvedPaper, ...]) -> None:
    for paper in varied:
        quads = list(paper_quads(paper, IRIS))
        assert max(Counter(quads).values()) == 1
        store = Store()
        store.extend(quads)
        assert set(store) == set(quads)
        assert list(paper_quads(paper, IRIS)) == quads
