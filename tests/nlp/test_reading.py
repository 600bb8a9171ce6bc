"""Documents as the statement components see them, and what the heads make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kg.nlp.geometry import entity_features, links, pairs
from kg.nlp.reading import Place, Reading, sentences_of
from kg.nlp.relations import ALLOWED, candidates, nearest
from kg.nlp.results import SLOT_TYPES, candidate_figures
from kg.nlp.roles import entity_vectors
from kg.nlp.rows import EntityRow, MentionRow, entities, relations, results
from tests.nlp.heads import KINDS, ROLES, WIDTH, Random, relation_reader, result_reader, role_reader

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
    made.tensor = Random(5).array(len(made), WIDTH)
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


def test_where_entities_stand(doc: Doc) -> None:
    reading = Reading.of(doc)
    features = entity_features(reading.places, len(reading.words), 2)
    assert features[0] == pytest.approx([1, 0, np.log(3), reading.places[0][2].start / len(doc), 1.5, 1])
    assert features[3, 0] == 0


def test_where_pairs_stand(doc: Doc) -> None:
    reading = Reading.of(doc)
    types = np.array([0, 1, 0, 2, 3])
    made = pairs(reading.places, types, np.array([0, 2, 1, 0]), np.array([2, 0, 4, 3]))
    # FooNet and BarNet stand in the last sentence, one word apart; FooNet is in all three, one of its type.
    assert made.features[0] == pytest.approx([1, 0, 1 / 60, 1, 1, 0, 1 / 4, 0, 0, 0, 1, 0])
    assert made.features[1] == pytest.approx([1, 0, 1 / 60, 0, 1, 0, 1 / 4, 0, 0, 0, 0, 1])
    assert made.features[2][[0, 1]].tolist() == [0, 1]
    assert made.features[3] == pytest.approx([1, 0, 3 / 60, 1, 1, 0, 1 / 4, 1 / 5, 0, 1 / 3, 1, 0])
    assert [[doc[i].text for i in spots[:2]] for spots in made.spots.tolist()] == [
        ["FooNet", "BarNet"],
        ["BarNet", "FooNet"],
        ["walking", "Zork"],
        ["FooNet", "LIBERO"],
    ]
    assert [doc[low:high].text for _, _, low, high in made.spots.tolist()] == [
        "beats",
        "beats",
        ". FooNet beats BarNet on LIBERO by 12% and may be trained on",
        "beats BarNet on",
    ]


def test_mentions_of_no_entities_make_no_pairs() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert pairs([], none, none, none).features.shape == (0, 12)


def test_the_nearest_mentions_of_pairs_are_those_that_evidence_names(doc: Doc) -> None:
    reading = Reading.of(doc)
    found = [(i, j) for i in range(5) for j in range(5) if i != j]
    spots = pairs(reading.places, np.zeros(5, dtype=np.int64), *np.array(found).T).spots
    for (i, j), row in zip(found, spots.tolist(), strict=True):
        assert [place.end - 1 for place in nearest(reading, i, j)] == row[:2]


def test_where_figures_and_entities_stand(doc: Doc) -> None:
    reading = Reading.of(doc)
    ((_, tokens),) = candidate_figures(TEXT, [token.idx for token in doc])
    made = links([tokens], reading.sentence_of, reading.places, np.array([0, 1, 0, 2, 3]))
    far = np.log1p([2, 4]) / np.log1p(60)
    # LIBERO: one word before; BarNet: nearest of its type before, LIBERO between; walking: the sentence before.
    assert made.features[0, 3] == pytest.approx([1, 0, 1, 2 / 60, far[0], 0, 0, 0, 1, 0, 0, 1, 0])
    assert made.features[0, 2] == pytest.approx([1, 0, 1, 4 / 60, far[1], 0, 0, 0, 1, 0, 0, 0, 0])
    assert made.features[0, 1, :2].tolist() == [0, 1]
    assert [doc[low:high].text for low, high in made.between[0].tolist()] == [
        "beats BarNet on LIBERO by",
        "",
        "on LIBERO by",
        "by",
        "and may be trained on",
    ]


def test_figures_and_metrics_in_rows_are_paired(rules: Language) -> None:
    text = "Recall and precision are 31.5% and 27.2%, respectively."
    doc = rules(text)
    doc._.kg_entities = [row(text, name, "Metric", "measures") for name in ("Recall", "precision")]
    reading = Reading.of(doc)
    tokens = [place for _, place in candidate_figures(text, [token.idx for token in doc])]
    made = links(tokens, reading.sentence_of, reading.places, np.zeros(2, dtype=np.int64))
    assert made.features[:, :, 10].tolist() == [[1, 0], [0, 1]]


def test_candidates_obey_the_types(doc: Doc) -> None:
    reading = Reading.of(doc)
    found = {(reading.rows[i]["name"], reading.rows[j]["name"]) for i, j in candidates(reading)}
    assert ("FooNet", "walking") in found
    assert ("walking", "FooNet") not in found


def test_the_nearest_mentions_stand_for_a_pair(doc: Doc) -> None:
    reading = Reading.of(doc)
    foo, bar = nearest(reading, 0, 2)
    assert (foo.sentence, bar.sentence) == (2, 2)
    assert nearest(reading, 2, 0) == (bar, foo)
    assert nearest(reading, 0, 1)[0].sentence == 0


def test_an_entity_is_the_soft_maximum_of_its_mentions(doc: Doc) -> None:
    reading, weights = Reading.of(doc), role_reader().weights
    words = np.asarray(doc.tensor)
    (vector,) = entity_vectors(words, reading.places[:1], weights)
    mentions = [np.tanh(weights.linear("men", np.tile(words[p.start], 2))) for p in reading.places[0]]
    assert vector == pytest.approx(np.log(np.exp(mentions).sum(axis=0)), abs=1e-5)


def test_reading_roles(doc: Doc) -> None:
    rows = entities(role_reader()(doc))
    assert doc._.kg_vectors.shape == (5, WIDTH + len(ROLES))
    chances = doc._.kg_vectors[:, WIDTH:]
    assert chances.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert [r["role"] for r in rows] == [ROLES[i] for i in chances.argmax(axis=1)]


def test_reading_relations(doc: Doc) -> None:
    role_reader()(doc)
    doc._.kg_cues = [{"cue": "may", "start": TEXT.index("may"), "end": len(TEXT) - 1, "certainty": "hedged"}]
    found = relations(relation_reader(0.0)(doc))
    assert {(r["subject"], r["object"]) for r in found} == set(candidates(Reading.of(doc)))
    for one in found:
        kinds = tuple(entities(doc)[one[end]]["type"] for end in ("subject", "object"))  # type: ignore[literal-required] # keys of the row
        assert one["predicate"] in ALLOWED[kinds]  # type: ignore[index] # a pair
        assert one["certainty"] == ("hedged" if 4 in (one["subject"], one["object"]) else "asserted")
        assert any(start <= one["subject_span"][0] < end for start, end in one["evidence"])
    assert relations(relation_reader(1.0)(doc)) == []


def test_a_higher_threshold_keeps_the_surer_relations(doc: Doc) -> None:
    role_reader()(doc)
    every = relations(relation_reader(0.0)(doc))
    middle = sorted(r["score"] for r in every)[len(every) // 2]
    kept = relations(relation_reader(middle)(doc))
    assert kept == [r for r in every if r["score"] >= middle]


def test_what_is_not_sure_enough_is_tentative(doc: Doc) -> None:
    role_reader()(doc)
    doc._.kg_cues = [{"cue": "not", "start": TEXT.index("may"), "end": len(TEXT) - 1, "certainty": "negated"}]
    reader = relation_reader(0.0)
    scores = sorted(r["score"] for r in relations(reader(doc)))
    sure = reader.weights.settings["sure"] = scores[len(scores) // 2]
    for one in relations(reader(doc)):
        plain = "asserted" if one["score"] >= sure else "tentative"
        assert one["certainty"] == ("negated" if 4 in (one["subject"], one["object"]) else plain)


def test_an_unsure_end_makes_an_unsure_relation(doc: Doc) -> None:
    role_reader()(doc)
    before = {(r["subject"], r["object"]): r["score"] for r in relations(relation_reader(0.0)(doc))}
    rows = entities(doc)
    rows[2]["score"] = 0.25
    doc._.kg_entities = rows
    after = {(r["subject"], r["object"]): r["score"] for r in relations(relation_reader(0.0)(doc))}
    assert all((after[pair] < score) == (2 in pair) for pair, score in before.items())


def test_reading_results(doc: Doc) -> None:
    role_reader()(doc)
    (found,) = results(result_reader(0.0)(doc))
    assert TEXT[found["start"] : found["end"]] == "12%"
    assert (found["number"], found["unit"]) == (12.0, "%")
    assert found["kind"] in KINDS
    for slot, kinds in SLOT_TYPES.items():
        filler = found[slot]  # type: ignore[literal-required] # keys of the row
        assert filler is None or entities(doc)[filler]["type"] in kinds
    assert TEXT[slice(*found["evidence"])].startswith("FooNet beats")


def test_an_unlikely_figure_is_no_result(doc: Doc) -> None:
    role_reader()(doc)
    assert results(result_reader(1.0)(doc)) == []


def test_figures_without_entities(rules: Language) -> None:
    doc = rules("It is 12% better.")
    doc.tensor = Random(5).array(len(doc), WIDTH)
    (found,) = results(result_reader(0.0)(doc))
    assert [found[slot] for slot in SLOT_TYPES] == [None] * 4  # type: ignore[literal-required] # keys of the row


def test_heads_survive_saving(tmp_path: Path, doc: Doc) -> None:
    before = role_reader()
    before.to_disk(tmp_path / "r")
    after = role_reader().from_disk(tmp_path / "r")
    assert [r["role_score"] for r in entities(after(doc))] == [r["role_score"] for r in entities(before(doc))]
