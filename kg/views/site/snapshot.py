"""What a site showed, small enough to be kept beside it, so that the next one can say what is new.

A paper is known by digests of its text and of what was read from it, a thing, a pair or a value by one digest. The
site written before is read without trust: whatever does not have this form counts as no site.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from kg.graph.names import ENTITIES
from kg.model import EntityType, RelationType, Role
from kg.views.site.catalogue import is_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.graph.records import PaperClaim, PaperRecord, PaperResult
    from kg.views.site.catalogue import Library

FORM = 1
"""Number of the form of the file; a site of another form counts as none."""

_DIGITS = 12
"""Hexadecimal digits of a digest: of a million, two are alike once in 500 times."""
_HALF = 8


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What there was.

    :param papers: of each paper's id, 8 digits for its text and 8 for what was read from it.
    :param things: of what papers name, see :func:`thing_key`; ``pairs``: of what ran on which robot, see
        :func:`pair_key`; ``values``: of what was claimed, see :func:`value_key`.
    """

    papers: dict[str, str]
    things: frozenset[str]
    pairs: frozenset[str]
    values: frozenset[str]

    def to_json(self) -> dict[str, Any]:
        """Return JSON values, sorted."""
        return {
            "papers": dict(sorted(self.papers.items())),
            "things": sorted(self.things),
            "pairs": sorted(self.pairs),
            "values": sorted(self.values),
        }


def of(library: Library, papers: Iterable[PaperRecord]) -> Snapshot:
    """Return the snapshot of some papers of a library."""
    keys: dict[str, str] = {}
    things: set[str] = set()
    pairs: set[str] = set()
    values: set[str] = set()
    for paper in papers:
        keys[paper.id] = _text_key(paper) + _reading_key(paper)
        things.update(thing_key(claim.object) for claim in paper.roles if is_thing(library, claim.object))
        pairs.update(pair_key(*row) for row in runs(library, paper))
        values.update(value_key(paper, result) for result in paper.results)
    return Snapshot(keys, frozenset(things), frozenset(pairs), frozenset(values))


def is_thing(library: Library, iri: str) -> bool:
    """Return whether a node is something that papers name."""
    return iri in library.nodes and library.nodes[iri].kind in ENTITIES


def thing_key(iri: str) -> str:
    """Return the digest of a thing."""
    return _digest(iri)


def runs(library: Library, paper: PaperRecord) -> Iterator[tuple[str, str, str]]:
    """Yield what ran on which robot as a paper says: subject, relation or role, robot.

    The subject is a method (``runsOn``), or the paper itself where it used the robot.
    """
    for claim in paper.claims:
        if is_read(claim) and _on_robot(library, claim) and claim.predicate != Role.MENTIONS:
            own = claim.subject == paper.iri
            if own or claim.predicate == RelationType.RUNS_ON:
                yield claim.subject, claim.predicate, claim.object


def _on_robot(library: Library, claim: PaperClaim) -> bool:
    node = library.nodes.get(claim.object)
    return node is not None and node.kind == EntityType.ROBOT.value


def pair_key(subject: str, predicate: str, robot: str) -> str:
    """Return the digest of a pair."""
    return _digest(subject, predicate, robot)


def value_key(paper: PaperRecord, result: PaperResult) -> str:
    """Return the digest of a value: what is claimed of what by which paper, wherever its sentence stands."""
    ends = (result.metric, result.subject, result.baseline, result.on)
    return _digest(paper.id, result.value, result.kind, *(end or "" for end in ends))


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:_DIGITS]


def _text_key(paper: PaperRecord) -> str:
    return _digest(paper.title, paper.abstract, paper.date, *paper.authors, *paper.categories)[:_HALF]


def _reading_key(paper: PaperRecord) -> str:
    """Return the digest of what was read, without scores: their last digits differ between machines."""
    claims = ((c.subject, c.predicate, c.object, c.certainty, c.problem) for c in paper.claims)
    results = ((value_key(paper, r), r.certainty, r.problem) for r in paper.results)
    return _digest(*("\x1e".join(row) for row in sorted({*claims, *results})))[:_HALF]


def write(path: Path, snapshot: Snapshot, news: dict[str, Any]) -> None:
    """Write what a site shows, and what is new in it, as JSON."""
    value = {"form": FORM, "news": news, **snapshot.to_json()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n", encoding="utf-8")


def read(path: Path) -> tuple[Snapshot, dict[str, Any]] | None:
    """Return what an earlier site showed and what was new in it; ``None`` if there is none that can be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if value["form"] != FORM or not isinstance(value["news"], dict):
            return None
        papers = {str(paper): str(key) for paper, key in value["papers"].items()}
        sets = (frozenset(map(str, value[name])) for name in ("things", "pairs", "values"))
        return Snapshot(papers, *sets), value["news"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
