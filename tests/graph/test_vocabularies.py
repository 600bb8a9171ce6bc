"""The curated vocabularies: complete, without two meanings of one name, and the same in what is made of them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from kg import resources
from kg.errors import OntologyError
from kg.graph import vocabularies
from kg.model import EntityType
from kg.nlp.weights import Weights
from kg.resolution.vocabulary import shipped

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph.vocabularies import Scheme
    from kg.resolution.vocabulary import Entry

HEAD = """
@prefix : <https://example.org/v#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix kg: <https://w3id.org/arxiv-kg/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
SCHEME = HEAD + '<https://example.org/v> a skos:ConceptScheme ; dcterms:title "V" .\n'
WHOLE = 'skos:prefLabel "X" ; skos:definition "A thing." ; dcterms:source <https://example.org/> .'


@pytest.fixture(scope="module")
def schemes() -> list[Scheme]:
    return vocabularies.schemes()


@pytest.fixture(scope="module")
def entries(schemes: list[Scheme]) -> list[Entry]:
    return [entry for scheme in schemes for entry in scheme.entries]


def test_there_are_hundreds_of_entries_of_every_type_but_task(entries: list[Entry]) -> None:
    assert len(entries) >= 500
    assert {entry.type for entry in entries} == set(EntityType) - {EntityType.TASK}


def test_a_file_holds_one_type_and_its_own_names(schemes: list[Scheme]) -> None:
    for scheme in schemes:
        assert scheme.iri == f"https://w3id.org/arxiv-kg/vocabulary/{scheme.file.removesuffix('.ttl')}"
        assert len({entry.type for entry in scheme.entries}) == 1
        assert all(entry.iri == f"{scheme.iri}#{entry.name}" for entry in scheme.entries)
        assert all(re.fullmatch(r"[a-z0-9][a-z0-9.-]*", entry.name) for entry in scheme.entries)


def test_every_entry_has_a_label_a_definition_and_a_source(entries: list[Entry]) -> None:
    for entry in entries:
        assert entry.label.strip() == entry.label != ""
        assert entry.definition.endswith(".")
        assert re.fullmatch(r"https?://[\w.-]+\.[a-z]+(/[^\s<>\"]*)?", entry.source), entry.iri
        assert "arxiv.org" not in entry.source or re.fullmatch(
            r"https://arxiv\.org/abs/(\d{4}\.\d{4,5}|[a-z-]+/\d{7})", entry.source
        ), entry.iri


def test_no_label_has_two_meanings(entries: list[Entry]) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for label in (entry.label, *entry.aliases):
            owners[label].add(entry.iri)
    assert {label: found for label, found in owners.items() if len(found) > 1} == {}


def test_a_hidden_label_of_an_entry_is_none_that_matches_it(entries: list[Entry]) -> None:
    for entry in entries:
        labels = (entry.label, *entry.aliases, *entry.hidden)
        assert len(labels) == len(set(labels)), entry.iri


def test_the_word_list_is_up_to_date(schemes: list[Scheme]) -> None:
    message = "the vocabularies changed: run python -m kg.graph.vocabularies"
    assert resources.vocabulary().read_text(encoding="utf-8") == vocabularies.word_list(schemes), message


def test_the_counts_in_the_readme_are_up_to_date(schemes: list[Scheme]) -> None:
    readme = (vocabularies.folder() / "README.md").read_text(encoding="utf-8")
    assert vocabularies.with_counts(readme, schemes) == readme, "run python -m kg.graph.vocabularies"


@pytest.mark.parametrize(
    ("turtle", "complaint"),
    [
        (HEAD, "no skos:ConceptScheme"),
        (f"{SCHEME}:x a skos:Concept ; {WHOLE}", "0 types"),
        (f"{SCHEME}:x a skos:Concept , kg:Robot , kg:Method ; {WHOLE}", "2 types"),
        (SCHEME + ':x a skos:Concept , kg:Robot ; skos:prefLabel "X" ; skos:definition "A thing." .', "0 values"),
        (f'{SCHEME}:x a skos:Concept , kg:Robot ; skos:prefLabel "Y" ; {WHOLE}', "2 values"),
    ],
)
def test_an_incomplete_entry_is_refused(tmp_path: Path, turtle: str, complaint: str) -> None:
    path = tmp_path / "v.ttl"
    path.write_text(turtle, encoding="utf-8")
    with pytest.raises(OntologyError, match=complaint):
        vocabularies.read(path)


def test_an_entry_is_read_with_all_its_fields(tmp_path: Path) -> None:
    path = tmp_path / "v.ttl"
    more = 'skos:altLabel "X1" , "X robot" ; skos:hiddenLabel "Ex" ; dcterms:creator "Them" ; '
    path.write_text(f"{SCHEME}:x a skos:Concept , kg:Robot ; {more}{WHOLE}", encoding="utf-8")
    scheme = vocabularies.read(path)
    (entry,) = scheme.entries
    assert (entry.name, entry.type, entry.label, entry.maker) == ("x", EntityType.ROBOT, "X", "Them")
    assert (entry.aliases, entry.hidden) == (("X robot", "X1"), ("Ex",))
    assert vocabularies.word_list([scheme]) == (
        '{\n"https://example.org/v#":{\n'
        '"x":["Robot","X",["X robot","X1"],["Ex"],"A thing.","https://example.org/","Them",'
        '["x","x robot","x1","ex"]]\n}\n}\n'
    )


def test_the_shipped_model_has_the_names_of_the_vocabularies() -> None:
    weights = Weights.from_bytes((resources.model() / "kg_mentions").read_bytes())
    assert weights.settings["known"] == shipped().proper_names()
    assert weights.settings["known"]["Unitree G1"] == "Robot"
