"""Reading papers: from the text of an abstract to the entities, relations and results that it states.

A spaCy pipeline of small components; each leaves rows of plain values on the document (:mod:`kg.nlp.rows`), and
:mod:`kg.nlp.records` makes records of them at the end. The rest of ``kg`` takes a reader from :mod:`kg.nlp.backends`,
of which :class:`Extractor` is one.
"""

from kg.nlp import abbreviations, certainty, encoder, entities, mentions, relations, results, roles, sentences, tokens
from kg.nlp.extractor import Extractor

__all__ = [
    "Extractor",
    "abbreviations",
    "certainty",
    "encoder",
    "entities",
    "mentions",
    "relations",
    "results",
    "roles",
    "sentences",
    "tokens",
]
