"""Documents as the statement components see them, and their features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.nlp.figures import figures
from kg.nlp.linear import LinearModel
from kg.nlp.reading import Place, Reading, sentences_of
from kg.nlp.relations import ALLOWED, NONE, PairFeatures, RelationReader, candidates
from kg.nlp.results import FigureFeatures, ResultReader
from kg.nlp.roles import RoleReader, bucket, features, shape
from kg.nlp.rows import EntityRow, MentionRow, entities, relations, results

if TYPE_CHECKING:
    from pathlib import Path

    from spacy.language import Language
    from spacy.tokens import Doc

TEXT = (
    "FooNet: walking\nWe propose FooNet for walking. FooNet beats BarNet on LIBERO by 12% and may be trained on Zork."
)


def row(text: str, name: str, kind: str, role: str) -> EntityRow:
    places, start = [], text.find(name)
    while start >= 0:
        places.append(MentionRow(start=start, end=start + len(name), score=1.0))
        start = text.find(name, start + 1)
    return EntityRow(name=name, type=kind, forms=[], mentions=places, score=1.0, role=role, role_score=1.0)


@pytest.fixture
def doc(rules: Language) -> Doc:
    made = rules(TEXT)
    made._.kg_entities = [
        row(TEXT, "FooNet", "Method", "proposes"),
        row(TEXT, "walking", "Task", "addresses"),
        row(TEXT, "BarNet", "Method", "comparesWith"),
        row(TEXT, "LIBERO", "Benchmark", "evaluatesOn"),
        row(TEXT, "Zork", "Dataset", "trainsOn"),
    ]
    return made


def test_words_sentences_and_places(doc: Doc) -> None:
    reading = Reading.of(doc)
    assert reading.words[:4] == ["foonet", ":", "walking", "¶"]
    assert [TEXT[a:b] for a, b in reading.sentences] == TEXT.replace("\n", "|").replace(". F", ".|F").split("|")
    assert reading.sentences == sentences_of(doc)
    assert [(p.sentence, TEXT[p.chars[0] : p.chars[1]]) for p in reading.places[0]] == [
        (0, "FooNet"),
        (1, "FooNet"),
        (2, "FooNet"),
    ]
    assert reading.owner[0] == 0
    assert reading.sentence_at(TEXT.index("BarNet")) == reading.sentences[2]
    assert reading.sentence_at(0) == reading.sentences[0]


def test_evidence_holds_its_places(doc: Doc) -> None:
    reading = Reading.of(doc)
    first, second, third = reading.places[0]
    assert reading.evidence(third, third) == [[*reading.sentences[2]]]
    assert reading.evidence(third, first) == [[*reading.sentences[0]], [*reading.sentences[2]]]
    beyond = Place(second.start, second.end, 1, (second.chars[0], reading.sentences[1][1] + 5))
    assert reading.evidence(beyond) == [[reading.sentences[1][0], reading.sentences[1][1] + 5]]


def test_an_empty_document(rules: Language) -> None:
    reading = Reading.of(rules(""))
    assert (reading.words, reading.sentences, reading.places) == ([], [], [])


def test_the_features_of_a_role_say_where_and_how(doc: Doc) -> None:
    made = set(features(Reading.of(doc), 0))
    assert {"names_title", "title=True", "shape=camel", "sL2=we propose", "Method|sl=propose", "sl2=we propose"} <= made


@pytest.mark.parametrize(
    ("name", "expected"),
    [("GNN", "acronym"), ("FooNet", "camel"), ("yolo8", "digit"), ("Franka", "title"), ("Foo bar", "capital"),
     ("a b", "words"), ("robot", "word")],
)  # fmt: skip
def test_shapes(name: str, expected: str) -> None:
    assert shape(name) == expected


def test_buckets_grow() -> None:
    assert [bucket(n) for n in (0, 3, 4, 8, 12, 99)] == ["0", "3", "4+", "7+", "11+", "16+"]


def test_candidates_obey_the_types(doc: Doc) -> None:
    reading = Reading.of(doc)
    found = {(reading.rows[i]["name"], reading.rows[j]["name"]) for i, j in candidates(reading)}
    assert ("FooNet", "walking") in found
    assert ("walking", "FooNet") not in found


def test_the_features_of_a_pair_say_what_stands_between(doc: Doc) -> None:
    made = PairFeatures(Reading.of(doc))
    between = set(made.of(0, 2))
    assert {">path=beats|0", "Meth>Meth|proposes>comparesWith", "Meth>Meth>|b=beats"} <= between
    assert "Meth>Task|far=0" not in set(made.of(0, 1))
    assert any("|far=" in f for f in made.of(2, 1))


def test_reading_roles(doc: Doc) -> None:
    component = RoleReader()
    rows = entities(component(doc))
    assert [r["role"] for r in rows][:1] == ["proposes"]
    component.linear = LinearModel(["measures", "uses"], ["Task|bias"])
    component.linear.weights[0] = [0.0, 3.0]
    component.linear.weights[1] = [1.0, 0.0]
    assert [r["role"] for r in entities(component(doc))] == ["measures", "uses", "measures", "measures", "measures"]


def relation_model(threshold: float = 0.5) -> LinearModel:
    settings = {"thresholds": dict.fromkeys(["comparedWith", "trainedOn", "usedFor"], threshold)}
    classes = ["comparedWith", NONE, "trainedOn", "usedFor"]
    model = LinearModel(classes, [">path=beats|0", "Meth>Data", "Meth>Task"], settings=settings)
    model.weights[0, 0] = model.weights[1, 2] = model.weights[2, 0] = 6.0
    model.weights[-1, 1] = 3.0
    return model


def test_reading_relations(doc: Doc) -> None:
    component = RelationReader()
    assert relations(component(doc)) == []
    component.linear = relation_model()
    doc._.kg_cues = [{"cue": "may", "start": TEXT.index("may"), "end": len(TEXT) - 1, "certainty": "hedged"}]
    found = relations(component(doc))
    by_pair = {(r["subject"], r["predicate"], r["object"]): r for r in found}
    assert set(by_pair) == {(0, "comparedWith", 2), (0, "trainedOn", 4), (2, "trainedOn", 4)}
    beats = by_pair[0, "comparedWith", 2]
    assert TEXT[slice(*beats["subject_span"])] == "FooNet"
    assert TEXT[slice(*beats["object_span"])] == "BarNet"
    assert [TEXT[slice(*e)][:12] for e in beats["evidence"]] == ["FooNet beats"]
    assert (beats["certainty"], by_pair[0, "trainedOn", 4]["certainty"]) == ("asserted", "hedged")


def test_no_relation_breaks_the_types(doc: Doc) -> None:
    """The model puts a comparison between a method and a task first; the guidelines have none."""
    component = RelationReader()
    component.linear = relation_model(0.0)
    for found in relations(component(doc)):
        kinds = tuple(entities(doc)[found[end]]["type"] for end in ("subject", "object"))  # type: ignore[literal-required] # keys of the row
        assert found["predicate"] in ALLOWED[kinds]  # type: ignore[index] # a pair


def test_reading_results(doc: Doc) -> None:
    component = ResultReader()
    assert results(component(doc)) == []
    component.kinds = LinearModel(["increase", NONE], ["unit=%"], settings={"threshold": 0.5})
    component.kinds.weights[0, 0] = 5.0
    component.links = LinearModel(["baseline", "metric", NONE, "on", "subject"],
                                  ["Meth|proposes", "Meth|comparesWith", "Benc"])  # fmt: skip
    component.links.weights[0, 4] = component.links.weights[1, 0] = component.links.weights[2, 3] = 5.0
    (found,) = results(component(doc))
    assert TEXT[found["start"] : found["end"]] == "12%"
    assert (found["kind"], found["number"], found["unit"]) == ("increase", 12.0, "%")
    assert (found["metric"], found["subject"], found["baseline"], found["on"]) == (None, 0, 2, 3)
    assert TEXT[slice(*found["evidence"])].startswith("FooNet beats")


def test_an_unlikely_figure_is_no_result(doc: Doc) -> None:
    component = ResultReader()
    component.kinds = LinearModel(["increase", NONE], ["unit=%"], settings={"threshold": 0.99})
    assert results(component(doc)) == []
    assert list(figures(TEXT))


def test_features_of_figures_and_links(doc: Doc) -> None:
    made = FigureFeatures(doc, Reading.of(doc))
    assert {"unit=%", "L1=by", "R1=and"} <= set(made.of(0))
    assert "Benc<|distance=1" in set(made.link(0, 3))
    assert "Task|away=-1" in set(made.link(0, 1))
    assert made.linkable() == [0, 1, 2, 3, 4]


def test_result_reader_survives_saving(tmp_path: Path) -> None:
    component = ResultReader()
    component.kinds = LinearModel(["increase", NONE], ["unit=%"])
    component.to_disk(tmp_path / "r")
    assert ResultReader().from_disk(tmp_path / "r").kinds.features == ("unit=%",)
