"""What the paper does with each entity: a linear model over its type, its places and the words around it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from spacy.language import Language

from kg.nlp.linear import LinearComponent, calibrated
from kg.nlp.reading import Place, Reading
from kg.nlp.rows import EntityRow, entities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Doc

_LEFT, _RIGHT = 10, 7
_MAX_MENTIONS = 4


def bucket(number: int) -> str:
    """Return ``number`` coarsened: exact to 3, then in widening steps.

    >>> [bucket(n) for n in (0, 3, 5, 40)]
    ['0', '3', '4+', '16+']
    """
    steps = (16, 11, 7, 4)
    return next((f"{step}+" for step in steps if number >= step), str(number))


def shape(name: str) -> str:
    """Return how a name is written: acronym, CamelCase, with a digit, capitalised, several words, plain."""
    if " " not in name and sum(map(str.isupper, name)) >= 2:  # noqa: PLR2004 # two capitals make an acronym
        return "acronym" if name.isupper() else "camel"
    if any(map(str.isdigit, name)):
        return "digit"
    if name[:1].isupper():
        return "title" if name.istitle() else "capital"
    return "words" if " " in name else "word"


def features(reading: Reading, index: int) -> Iterator[str]:
    """Yield the features of entity ``index``; the stronger ones also joined with the entity's type."""
    row = reading.rows[index]
    strong = {*_name_features(row), *_place_features(reading, index)}
    weak: set[str] = set()
    for place in reading.places[index][:_MAX_MENTIONS]:
        left, right = _around(reading, place)
        strong.update(_near_features(left, right, title=place.sentence == 0))
        weak.update(_far_features(left, right, title=place.sentence == 0))
    kind = f"{row['type']}|"
    for feature in sorted(strong):
        yield feature
        yield kind + feature
    yield from sorted(weak)


def _name_features(row: EntityRow) -> Iterator[str]:
    words = row["name"].lower().split()
    yield "bias"
    yield f"name={row['name'].lower()}"
    yield f"head={words[-1]}"
    yield f"first={words[0]}"
    yield f"shape={shape(row['name'])}"
    yield f"shapes={'+'.join(sorted({shape(f) for f in (row['name'], *row['forms'])}))}"
    yield f"length={bucket(len(words))}"


def _place_features(reading: Reading, index: int) -> Iterator[str]:
    places, last = reading.places[index], len(reading.sentences) - 1
    sentences = sorted({place.sentence for place in places})
    title = sentences[0] == 0
    yield f"title={title}"
    yield f"count={bucket(len(places))}|title={title}"
    yield f"first={bucket(sentences[0])}"
    yield f"first_part={sentences[0] * 4 // (last + 1)}"
    yield f"last={bucket(last - sentences[-1])}"
    yield f"order={bucket(index)}"
    yield f"rank={bucket(reading.ranks[index][0])}|title={title}"
    yield f"spread={bucket(len(sentences))}"
    first = places[0]
    if title and first.start == 0 and reading.words[first.end : first.end + 1] == [":"]:
        yield "names_title"
    if title:
        yield f"title_left={' '.join(reading.words[max(0, first.start - 1) : first.start])}"
        colon = ":" in reading.words[: first.start]
        yield f"title_after_colon={colon}"


def _around(reading: Reading, place: Place) -> tuple[list[str], list[str]]:
    """Return the words before and after a mention, within its sentence."""
    words, sentence_of = reading.words, reading.sentence_of
    before = range(max(0, place.start - _LEFT), place.start)
    after = range(place.end, min(place.end + _RIGHT, len(words)))
    return (
        [words[i] for i in before if sentence_of[i] == place.sentence],
        [words[i] for i in after if sentence_of[i] == place.sentence],
    )


def _near_features(left: list[str], right: list[str], *, title: bool) -> Iterator[str]:
    where = "t" if title else "s"
    yield f"{where}L1={' '.join(left[-1:])}"
    yield f"{where}L2={' '.join(left[-2:])}"
    yield f"{where}R1={' '.join(right[:1])}"
    for word in left:
        yield f"{where}l={word}"
    for word in right:
        yield f"{where}r={word}"


def _far_features(left: list[str], right: list[str], *, title: bool) -> Iterator[str]:
    where = "t" if title else "s"
    yield f"{where}L3={' '.join(left[-3:])}"
    yield f"{where}R2={' '.join(right[:2])}"
    yield f"{where}R3={' '.join(right[:3])}"
    yield f"{where}LR={' '.join((*left[-1:], '_', *right[:1]))}"
    yield f"{where}begin={' '.join(left[:2]) if len(left) < _LEFT else ''}"
    for first, second in pairwise(left):
        yield f"{where}l2={first} {second}"


class RoleReader(LinearComponent):
    """Set the role of every entity of a document."""

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with the roles set."""
        rows = entities(doc)
        if not rows or not self.linear.classes:
            return doc
        reading = Reading.of(doc)
        scores = self.linear.probabilities([self.linear.rows(features(reading, i)) for i in range(len(rows))])
        for row, score in zip(rows, scores, strict=True):
            best = int(score.argmax())
            row["role"] = self.linear.classes[best]
            row["role_score"] = calibrated(float(score[best]), self.linear)
        doc._.kg_entities = rows
        return doc


@Language.factory("kg_roles", requires=["doc._.kg_entities", "doc.sents"], assigns=["doc._.kg_entities"])
def create_roles(nlp: Language, name: str) -> RoleReader:
    """Return the component that reads roles."""
    del nlp, name  # the factory's signature is spaCy's
    return RoleReader()
