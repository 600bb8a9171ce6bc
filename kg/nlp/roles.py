"""What the paper does with each entity: a linear model over its type, its places and the words around it."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from kg.nlp.linear import LinearComponent
from kg.nlp.reading import Place, Reading
from kg.nlp.rows import EntityRow, entities

_LEFT, _RIGHT = 10, 7
_CLOSE = 3
_MAX_MENTIONS = 5


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
    """Yield the features of entity ``index``; each also joined with the entity's type."""
    row = reading.rows[index]
    plain = [*_name_features(row), *_place_features(reading, index)]
    context = {f for place in reading.places[index][:_MAX_MENTIONS] for f in _context_features(reading, place)}
    for feature in dict.fromkeys((*plain, *sorted(context))):
        yield feature
        yield f"{row['type']}|{feature}"


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
    same = [i for i, other in enumerate(reading.rows) if other["type"] == reading.rows[index]["type"]]
    yield f"rank={bucket(same.index(index))}|title={title}"
    yield f"spread={bucket(len(sentences))}"
    first = places[0]
    if title and first.start == 0 and reading.words[first.end : first.end + 1] == [":"]:
        yield "names_title"
    if title:
        yield f"title_left={' '.join(reading.words[max(0, first.start - 1) : first.start])}"
        colon = ":" in reading.words[: first.start]
        yield f"title_after_colon={colon}"


def _context_features(reading: Reading, place: Place) -> Iterator[str]:
    words, where = reading.words, "t" if place.sentence == 0 else "s"
    left = _clip(reading, place.start - _LEFT, place.start, place.sentence)
    right = _clip(reading, place.end, place.end + _RIGHT, place.sentence)
    for near in range(1, _CLOSE + 1):
        yield f"{where}L{near}={' '.join(left[-near:])}"
        yield f"{where}R{near}={' '.join(right[:near])}"
    if left and right:
        yield f"{where}LR={left[-1]}_{right[0]}"
    for word in left:
        yield f"{where}l={word}"
    for first, second in zip(left, left[1:], strict=False):
        yield f"{where}l2={first} {second}"
    for word in right:
        yield f"{where}r={word}"
    start = next((i for i in range(place.start, -1, -1) if reading.sentence_of[i] != place.sentence), -1) + 1
    yield f"{where}begin={' '.join(words[start : start + 2])}"
    yield f"{where}offset={bucket(place.start - start)}"


def _clip(reading: Reading, start: int, end: int, sentence: int) -> list[str]:
    span = range(max(0, start), min(end, len(reading.words)))
    return [reading.words[i] for i in span if reading.sentence_of[i] == sentence]


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
            row["role"], row["role_score"] = self.linear.classes[best], round(float(score[best]), 4)
        doc._.kg_entities = rows
        return doc


@Language.factory("kg_roles", requires=["doc._.kg_entities", "doc.sents"], assigns=["doc._.kg_entities"])
def create_roles(nlp: Language, name: str) -> RoleReader:
    """Return the component that reads roles."""
    del nlp, name  # the factory's signature is spaCy's
    return RoleReader()
