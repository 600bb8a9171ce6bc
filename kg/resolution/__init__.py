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
    return ResolvedPaper(
        paper=paper,
        extraction=extraction,
        keys=tuple(key for key, _ in found),
        author_keys=tuple(decisions.settle(author_key(name), name, paper.id)[0] for name in paper.authors),
        merges=tuple(merge for _, merge in found),
    )


def _resolved(entity: PaperEntity, paper_id: str, decisions: Decisions) -> tuple[str, Merge | None]:
    one = identify(entity.type, entity.name, entity.forms, new=entity.role is Role.PROPOSES)
    key, decision = decisions.settle(one.key, entity.name, paper_id)
    if decision is not None:
        return key, Merge((decision.rule,), 1.0)
    return key, Merge(one.rules, one.score) if one.rules else None
