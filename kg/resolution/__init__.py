"""Entities of one paper → entities of the graph."""

from __future__ import annotations

from kg.model import Extraction, Merge, Paper, PaperEntity, ResolvedPaper, Role
from kg.resolution.decisions import Decisions
from kg.resolution.identity import identify
from kg.resolution.keys import author_key, normal_form, slug
from kg.resolution.tex import readable

__all__ = ["author_key", "identify", "normal_form", "readable", "resolve", "slug"]

_UNDECIDED = Decisions()


def resolve(paper: Paper, extraction: Extraction, decisions: Decisions = _UNDECIDED) -> ResolvedPaper:
    """Give every entity and author of a paper its key of the graph.

    :param decisions: the user's; they win over the rules.
    :raises ValueError: if ``extraction`` was read from another paper.
    """
    if paper.id != extraction.paper_id:
        raise ValueError(f"the extraction is of {extraction.paper_id!r}, not of {paper.id!r}")
    found = [_resolved(entity, paper.id, decisions) for entity in extraction.entities]
    people = [_settled(author_key(name), name, paper.id, decisions) for name in paper.authors]
    return ResolvedPaper(
        paper=paper,
        extraction=extraction,
        keys=tuple(key for key, _ in found),
        author_keys=tuple(key for key, _ in people),
        merges=tuple(merge for _, merge in found),
        author_merges=tuple(merge for _, merge in people),
    )


def _resolved(entity: PaperEntity, paper_id: str, decisions: Decisions) -> tuple[str, Merge | None]:
    one = identify(entity.type, entity.name, entity.forms, new=entity.role is Role.PROPOSES)
    key, decided = _settled(one.key, entity.name, paper_id, decisions)
    return key, decided or (Merge(one.rules, one.score) if one.rules else None)


def _settled(key: str, name: str, paper_id: str, decisions: Decisions) -> tuple[str, Merge | None]:
    """Return the key that the user's decisions leave of ``key``, and the decision if there is one."""
    found, decision = decisions.settle(key, name, paper_id)
    return found, None if decision is None else Merge((decision.rule,), 1.0)
