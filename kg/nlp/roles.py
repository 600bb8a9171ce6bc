"""What the paper does with each entity, from the vectors of its mentions, the text's, its type and its places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from spacy.language import Language

from kg.nlp.geometry import MOST_PLACES, entity_features
from kg.nlp.mentions import TYPES
from kg.nlp.reading import Place, Reading
from kg.nlp.rows import entities
from kg.nlp.weights import Floats, Ints, WeightedComponent, Weights, calibrated, gelu, softmax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.tokens import Doc


def type_rows(reading: Reading) -> Ints:
    """Return each entity's type as a row of the table of types."""
    return np.array([TYPES.index(row["type"]) for row in reading.rows], dtype=np.int64)


def entity_vectors(words: Floats, places: Sequence[Sequence[Place]], weights: Weights) -> Floats:
    """Return one vector an entity: the soft maximum over its mentions' (logsumexp)."""
    made = []
    for mine in places:
        seen = mine[:MOST_PLACES]
        ends = np.concatenate([words[[p.start for p in seen]], words[[p.end - 1 for p in seen]]], axis=1)
        mentions = np.tanh(weights.linear("men", ends))
        made.append(np.log(np.exp(mentions).sum(axis=0)))
    return np.array(made, dtype=np.float32).reshape(len(places), -1)


class RoleReader(WeightedComponent):
    """Set the role of every entity; leave its vector and its roles' probabilities in a row of ``doc._.kg_vectors``."""

    def __call__(self, doc: Doc) -> Doc:
        """Return ``doc`` with the roles set."""
        rows = entities(doc)
        if not rows or not self.weights:
            return doc
        reading = Reading.of(doc)
        words: Floats = doc.tensor  # type: ignore[assignment]  # the stub names thinc's array type
        vectors = entity_vectors(words, reading.places, self.weights)
        chances = self._chances(vectors, words.mean(axis=0), reading)
        names: list[str] = self.weights.settings["classes"]
        for row, chance in zip(rows, chances, strict=True):
            best = int(chance.argmax())
            row["role"] = names[best]
            row["role_score"] = calibrated(float(chance[best]), self.weights.settings)
        doc._.kg_entities = rows
        doc._.kg_vectors = np.concatenate([vectors, chances], axis=1)
        return doc

    def _chances(self, vectors: Floats, text: Floats, reading: Reading) -> Floats:
        weights = self.weights
        features = entity_features(reading.places, len(reading.words), reading.sentence_of[-1])
        kinds = weights["temb.weight"][type_rows(reading)]
        x = np.concatenate([vectors, np.tile(text, (len(vectors), 1)), kinds, features], axis=1)
        return softmax(weights.linear("role2", gelu(weights.linear("role1", x))))


@Language.factory(
    "kg_roles",
    requires=["doc.tensor", "doc._.kg_entities", "doc.sents"],
    assigns=["doc._.kg_entities", "doc._.kg_vectors"],
)
def create_roles(nlp: Language, name: str) -> RoleReader:
    """Return the component that reads roles."""
    del nlp, name  # the factory's signature is spaCy's
    return RoleReader()
