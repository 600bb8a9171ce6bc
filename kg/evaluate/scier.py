"""The public benchmark SciER, scored the way its paper does.

Q. Zhang et al.: SciER: an entity and relation extraction dataset for datasets, methods, and tasks in scientific
documents. EMNLP 2024. Sentences of 106 papers, types Method, Task, Dataset, nine relations:

==== ==========================================================================================
NER  a mention counts if its words and its type are right
Rel  a relation counts if the words of both ends and the relation are right
Rel+ as Rel, and the types of both ends are right
==== ==========================================================================================

Its files name mentions by their words, not their places: one that a sentence names twice counts twice, a relation
between the same words counts once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import SourceError
from kg.evaluate.figures import Counts, Report, summed
from kg.evaluate.labels import json_lines
from kg.nlp.rows import MENTIONS, entities, relations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from spacy.language import Language
    from spacy.tokens import Doc

PUBLISHED = {"HGERE": (86.9, 62.3, 61.1), "PL-Marker": (83.3, 60.1, 59.2), "PURE": (81.6, 53.3, 52.7)}
"""NER, Rel and Rel+ of systems in SciER's paper, on its test set."""
_FORM = 'Give {"doc_id", "sentence", "ner": [[words, type]], "rel_plus": [["words:type", relation, "words:type"]]}.'

Mention = tuple[str, str]
"""Words and type."""
Statement = tuple[Mention, str, Mention]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what it names and what it says of that."""

    document: str
    text: str
    mentions: tuple[Mention, ...]
    statements: frozenset[Statement]


def load(path: Path) -> tuple[Sentence, ...]:
    """Return the sentences of one of SciER's files.

    :raises SourceError: if the file cannot be read, or a line is not JSON or not of its form.
    """
    return tuple(_sentence(line, path, number) for number, line in json_lines(path, _FORM))


def _sentence(line: Mapping[str, Any], path: Path, number: int) -> Sentence:
    try:
        mentions = tuple((str(words), str(kind)) for words, kind in line["ner"])
        statements = frozenset((_end(one), str(name), _end(two)) for one, name, two in line["rel_plus"])
        return Sentence(str(line["doc_id"]), str(line["sentence"]), mentions, statements)
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError("not a sentence of SciER", remedy=_FORM, path=path, line=number) from error


def _end(written: str) -> Mention:
    words, kind = written.rsplit(":", 1)
    return words, kind


def read(nlp: Language, sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """Yield what the pipeline reads from each sentence."""
    docs = nlp.pipe([sentence.text for sentence in sentences])
    for sentence, doc in zip(sentences, docs, strict=True):
        mentions = tuple((span.text, span.label_) for span in doc.spans[MENTIONS])
        yield Sentence(sentence.document, sentence.text, mentions, frozenset(_statements(doc)))


def _statements(doc: Doc) -> Iterator[Statement]:
    kinds = [row["type"] for row in entities(doc)]
    text = doc.text
    for row in relations(doc):
        subject, obj = (text[slice(*row[end])] for end in ("subject_span", "object_span"))
        yield (subject, kinds[row["subject"]]), row["predicate"], (obj, kinds[row["object"]])


def score(gold: Iterable[Sentence], predicted: Iterable[Sentence], *, bootstrap: int = 1000) -> Report:
    """Return NER, Rel and Rel+ with intervals, for which documents are drawn."""
    counts: dict[str, Counter[tuple[str, int]]] = {}
    for wanted, found in zip(gold, predicted, strict=True):
        mine = counts.setdefault(wanted.document, Counter())
        for name, triple in _count(wanted, found).items():
            mine.update({(name, place): number for place, number in enumerate(triple)})
    names = ("NER", "Rel", "Rel+")
    rows = [{name: (mine[name, 0], mine[name, 1], mine[name, 2]) for name in names} for mine in counts.values()]
    return summed(rows, names, bootstrap=bootstrap)


def _count(wanted: Sentence, found: Sentence) -> Counts:
    mentions = Counter(wanted.mentions), Counter(found.mentions)
    bare = [{(one[0], name, two[0]) for one, name, two in s.statements} for s in (wanted, found)]
    return {
        "NER": ((mentions[0] & mentions[1]).total(), mentions[1].total(), mentions[0].total()),
        "Rel": (len(bare[0] & bare[1]), len(bare[1]), len(bare[0])),
        "Rel+": (len(wanted.statements & found.statements), len(found.statements), len(wanted.statements)),
    }


def published() -> str:
    """Return the published figures as lines of text."""
    rows = [f"{name:10}{ner:7}{rel:7}{plus:7}" for name, (ner, rel, plus) in PUBLISHED.items()]
    return "\n".join((f"{'published':10}{'NER':>7}{'Rel':>7}{'Rel+':>7}   F1 on the test set", *rows))
