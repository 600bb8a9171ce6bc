"""What scores are worth: which statements on held-out papers were right, and the curve from score to that share.

J. Platt: Probabilistic outputs for support vector machines, 1999; C. Guo et al.: On calibration of modern neural
networks. ICML 2017, for the expected calibration error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import scipy.optimize
from numpy.typing import NDArray

from kg.evaluate.pairing import EXACT, Annotation, candidates, pair
from kg.model import READ, Certainty
from kg.nlp.records import to_extraction
from kg.training.pipeline import part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spacy.language import Language

    from kg.model import Extraction
    from kg.training.data import Labelled

Floats = NDArray[np.float64]
COMPONENTS = {"entities": "kg_entities", "roles": "kg_roles", "relations": "kg_relations", "results": "kg_results"}
_SMALL = 1e-4
_BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """Statements of one kind: their scores, whether each is right, and what it says."""

    scores: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    what: list[str] = field(default_factory=list)

    def add(self, score: float, right: bool, what: str) -> None:  # noqa: FBT001 # a column, not a switch
        """Add a statement."""
        self.scores.append(score)
        self.right.append(right)
        self.what.append(what)


def judge(nlp: Language, papers: Sequence[Labelled]) -> dict[str, Judged]:
    """Return what the pipeline says of ``papers``, by kind of statement, judged as ``kg evaluate`` does.

    An entity is right if its name and type are; a role if the name is; a relation if both ends and it are; a figure if
    its value and metric are.
    """
    judged = {name: Judged() for name in COMPONENTS}
    docs = nlp.pipe([one.paper.text for one in papers])
    for one, doc in zip(papers, docs, strict=True):
        _judge(judged, Annotation.read(one.line), to_extraction(doc, one.paper.id, ""))
    return judged


def _judge(judged: Mapping[str, Judged], gold: Annotation, found: Extraction) -> None:
    line = found.to_gold()
    read = Annotation.read(line)
    ranked = candidates(gold, read)
    exact = pair(c for c in ranked if c.same_type and c.similarity >= EXACT)
    ends = pair(ranked)
    for index, entity in enumerate(found.entities):
        judged["entities"].add(entity.score, index in exact, entity.type)
        if index in exact:
            judged["roles"].add(entity.role_score, gold.entities[exact[index]].role == entity.role, entity.role)
    for relation in found.relations:
        if relation.certainty not in READ:
            continue
        triple = (ends.get(relation.subject, -1), relation.predicate.value, ends.get(relation.object, -1))
        judged["relations"].add(relation.score, triple in gold.relations, relation.predicate)
    left = list(gold.results)
    # What is hedged or negated is no prediction, and not in the line.
    asserted = [result for result in found.results if result.certainty is Certainty.ASSERTED]
    for result, (value, metric) in zip(asserted, read.results, strict=True):
        wanted = (value, ends.get(metric, -2) if metric >= 0 else -1)
        judged["results"].add(result.score, wanted in left, result.kind)
        if wanted in left:
            left.remove(wanted)


def platt(judged: Judged) -> tuple[float, float]:
    """Return slope and intercept over the log-odds of the scores that give the judgements the highest likelihood."""
    if len(set(judged.right)) < 2:  # noqa: PLR2004 # nothing to tell apart
        return 1.0, 0.0
    inside = np.clip(np.array(judged.scores), _SMALL, 1 - _SMALL)
    odds, right = np.log(inside / (1 - inside)), np.array(judged.right, dtype=float)

    def loss(line: Floats) -> float:
        z = line[0] * odds + line[1]
        return float((np.logaddexp(0, z) - right * z).sum() + 0.01 * (line[0] - 1) ** 2)

    found = scipy.optimize.minimize(loss, np.array([1.0, 0.0]), method="BFGS")
    return round(float(found.x[0]), 3), round(float(found.x[1]), 3)


def calibrate(nlp: Language, papers: Sequence[Labelled]) -> None:
    """Set every component's calibration from held-out papers; roles and relations see the entities' first."""
    for name, component in COMPONENTS.items():
        settings = _settings(nlp, component)
        settings["calibration"] = (1.0, 0.0)
        settings["calibration"] = platt(judge(nlp, papers)[name])


def _settings(nlp: Language, component: str) -> dict[str, object]:
    owner = part(nlp, component)
    settings: dict[str, object] = (owner.linear if component == "kg_entities" else owner.weights).settings
    return settings


def error(judged: Judged) -> float:
    """Return the expected calibration error: how far scores are from shares, in bins of a tenth, by their sizes."""
    return sum(share * abs(score - right) for share, score, right in _bins(judged))


def _bins(judged: Judged) -> list[tuple[float, float, float]]:
    scores, right = np.array(judged.scores), np.array(judged.right, dtype=float)
    at = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    inside = [at == number for number in range(_BINS)]
    return [(float(i.mean()), float(scores[i].mean()), float(right[i].mean())) for i in inside if i.any()]


def reliability(judged: Judged) -> str:
    """Return one line a tenth of scores: share of the statements in it, mean score, share that is right."""
    return "\n".join(f"{share:7.1%} {score:6.2f} {right:6.2f}" for share, score, right in _bins(judged))
