"""The extractor as it ships."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import DocBin

from kg.errors import ConfigError
from kg.model import Certainty, EntityType, Extraction, Paper, RelationType, ResultKind, Role
from kg.nlp import Extractor
from kg.nlp.records import to_extraction

if TYPE_CHECKING:
    from pathlib import Path


def names(extraction: Extraction, kind: EntityType) -> set[str]:
    return {form for e in extraction.entities if e.type is kind for form in (e.name, *e.forms)}


@pytest.fixture(scope="session")
def read(extractor: Extractor, papers: list[Paper]) -> dict[str, Extraction]:
    return {found.paper_id: found for found in extractor.extract(papers)}


def test_entities_of_a_plain_abstract(read: dict[str, Extraction]) -> None:
    found = read["a.1"]
    assert "FooNet" in names(found, EntityType.METHOD)
    assert "LIBERO" in names(found, EntityType.BENCHMARK)
    assert any("Unitree G1" in form for form in names(found, EntityType.ROBOT))
    assert "success rate" in names(found, EntityType.METRIC)


def test_roles_of_a_plain_abstract(read: dict[str, Extraction]) -> None:
    roles = {form: e.role for e in read["a.1"].entities for form in (e.name, *e.forms)}
    assert roles["FooNet"] is Role.PROPOSES
    assert roles["LIBERO"] is Role.EVALUATES_ON
    assert next(role for form, role in roles.items() if "Unitree G1" in form) is Role.DEPLOYS_ON


def test_relations_of_a_plain_abstract(read: dict[str, Extraction]) -> None:
    found = read["a.1"]
    triples = {(found.entities[r.subject].name, r.predicate, found.entities[r.object].name) for r in found.relations}
    assert ("FooNet", RelationType.EVALUATED_ON, "LIBERO") in triples
    assert any(s == "FooNet" and p is RelationType.RUNS_ON and "Unitree G1" in o for s, p, o in triples)


def test_results_of_a_plain_abstract(read: dict[str, Extraction]) -> None:
    found = read["a.1"]
    by_value = {q.value: q for q in found.results}
    rate = by_value["98.3%"]
    assert (rate.number, rate.unit, rate.kind) == (98.3, "%", ResultKind.ABSOLUTE)
    assert rate.metric is not None
    assert found.entities[rate.metric].name == "success rate"


def test_an_abbreviation_is_one_entity(read: dict[str, Extraction]) -> None:
    entity = next(e for e in read["a.4"].entities if "RAG" in e.forms)
    assert entity.name.lower() == "retrieval-augmented generation"


def test_texts_with_nothing_in_them(read: dict[str, Extraction], extractor: Extractor) -> None:
    assert read["a.2"] == Extraction("a.2", extractor=extractor.name)
    assert read["a.3"].relations == ()


def test_every_offset_and_link_is_sound(read: dict[str, Extraction], papers: list[Paper]) -> None:
    for paper in papers:
        found, text = read[paper.id], paper.text
        for entity in found.entities:
            assert {text[m.start : m.end] for m in entity.mentions} == {entity.name, *entity.forms}
            assert list(entity.mentions) == sorted(set(entity.mentions))
            assert 0 < entity.score <= 1
            assert 0 < entity.role_score <= 1
        for relation in found.relations:
            assert relation.subject != relation.object
            ends = (relation.subject_span, relation.object_span)
            assert relation.subject_span in [m.span for m in found.entities[relation.subject].mentions]
            assert relation.object_span in [m.span for m in found.entities[relation.object].mentions]
            assert all(any(e.start <= s.start and s.end <= e.end for e in relation.evidence) for s in ends)
        for result in found.results:
            assert text[result.span.start : result.span.end] == result.value
            assert result.evidence.start <= result.span.start < result.span.end <= result.evidence.end


def test_what_may_be_is_not_asserted(extractor: Extractor) -> None:
    text = "We present QuuxNet. QuuxNet may be deployed on a Unitree G1 robot. QuuxNet does not run on a Jetson Orin."
    (found,) = extractor.extract([Paper("h", "QuuxNet: Humanoid Walking", text)])
    ends = {found.entities[r.object].name: r.certainty for r in found.relations if r.predicate is RelationType.RUNS_ON}
    assert ends
    assert Certainty.ASSERTED not in ends.values()


def test_the_same_input_gives_the_same_output(extractor: Extractor, papers: list[Paper]) -> None:
    assert list(extractor.extract(papers)) == list(extractor.extract(papers))


def test_what_stands_beside_a_paper_changes_nothing(extractor: Extractor, papers: list[Paper]) -> None:
    together = [e.to_gold() for e in extractor.extract(papers)]
    assert together == [e.to_gold() for paper in papers for e in extractor.extract([paper])]


def test_processes_give_the_same_in_order(papers: list[Paper]) -> None:
    """In a process of its own: a fork of the test run would carry its threads and coverage along."""
    code = (
        "import json, sys; from kg.model import Paper; from kg.nlp import Extractor\n"
        "papers = [Paper(*row) for row in json.load(sys.stdin)]\n"
        "x = Extractor.load()\n"
        "one, two = (list(x.extract(papers, n_process=n)) for n in (1, 2))\n"
        "assert one == two and [e.paper_id for e in two] == [p.id for p in papers]\n"
    )
    rows = json.dumps([[p.id, p.title, p.abstract] for p in papers])
    done = subprocess.run([sys.executable, "-c", code], input=rows, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_rows_survive_a_doc_bin(extractor: Extractor, papers: list[Paper]) -> None:
    docs = list(extractor.nlp.pipe(paper.text for paper in papers))
    data = DocBin(docs=docs, store_user_data=True).to_bytes()
    again = DocBin().from_bytes(data).get_docs(extractor.nlp.vocab)
    for before, after in zip(docs, again, strict=True):
        assert to_extraction(after, "x", "n") == to_extraction(before, "x", "n")
        assert [s.text for s in after.spans["kg_mentions"]] == [s.text for s in before.spans["kg_mentions"]]


def test_a_huge_text_is_read_in_bounded_time(extractor: Extractor) -> None:
    sentence = "We propose FooNet for robot walking, which improves the success rate by 12% on LIBERO. "
    (found,) = extractor.extract([Paper("big", "FooNet", sentence * (1_000_000 // len(sentence)))])
    assert "FooNet" in {e.name for e in found.entities}


PIECES = [
    "We propose FooNet", "FooNet", "(FN)", "graph neural network (GNN)", "on a Unitree G1", "98.3%", "2.7x", "LIBERO",
    "outperforms", "\\textbf{PRISM}", "$\\pi_0$", "a success rate of", ".", "?", ",", "\u00a0", "e\u0301", "\U0001f916",
    "﷽", "https://example.org/a", "may", "does not", "-", "(", ")", "an order of magnitude", "9999999999999999999999",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12), st.text(max_size=20))
def test_whatever_is_read_is_verbatim(extractor: Extractor, pieces: list[str], title: str) -> None:
    paper = Paper("x", title, " ".join(pieces))
    (found,) = extractor.extract([paper])
    line = found.to_gold()
    used = [form for name, _, _, *forms in line["e"] for form in (name, *(forms[0] if forms else ()))]
    assert len(used) == len(set(used))
    assert all(form.strip() and form in paper.text and "\n" not in form for form in used)
    again = Extraction.from_gold(line, paper.text)
    assert [e.name for e in again.entities] == [e.name for e in found.entities]


def test_the_name_says_which_model(extractor: Extractor) -> None:
    version = extractor.nlp.meta["kg_model"]
    assert len(version) == 8
    assert extractor.name.startswith("kg-nlp ")
    assert extractor.name.endswith(f" {version}")


def test_the_pipeline_declares_what_its_components_need(extractor: Extractor) -> None:
    problems = extractor.nlp.analyze_pipes()["problems"]
    assert not any(problems.values()), problems


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no usable model"):
        Extractor.load(tmp_path)


FLOORS = {
    "entity exact": 63.0,
    "entity relaxed": 67.0,
    "role": 51.0,
    "proposes": 50.0,
    "relation": 31.0,
    "result": 50.0,
}


@pytest.mark.shared
def test_figures_on_dev(extractor: Extractor, shared: Path, tmp_path: Path) -> None:
    folder = shared / "annotation"
    lines = [json.loads(line) for line in (folder / "dev.texts.jsonl").read_text().splitlines()]
    papers = [Paper(line["id"], line["title"], line["abstract"]) for line in lines]
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text("".join(f"{json.dumps(e.to_gold())}\n" for e in extractor.extract(papers)))
    command = [sys.executable, folder / "score.py", folder / "dev.labels.jsonl", predicted, "--json"]
    table = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    reached = {name: table[name]["f1"] for name in FLOORS}
    assert all(reached[name] >= floor for name, floor in FLOORS.items()), reached
    check = [sys.executable, folder / "check.py", folder / "dev.texts.jsonl", predicted]
    subprocess.run(check, capture_output=True, text=True, check=True)
