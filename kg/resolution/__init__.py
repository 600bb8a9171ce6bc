"""Entities of one paper → entities of the graph."""

from __future__ import annotations

from kg.model import Extraction, Merge, Paper, PaperEntity, ResolvedPaper, Role
from kg.resolution.identity import Identity, identify
from kg.resolution.keys import author_key, normal_form, slug
from kg.resolution.tex import readable

__all__ = ["author_key", "identify", "normal_form", "readable", "resolve", "slug"]


def resolve(paper: Paper, extraction: Extraction) -> ResolvedPaper:
    """Give every entity and author of a paper its key of the graph.

    :raises ValueError: if ``extraction`` was read from another paper.
    """
    if paper.id != extraction.paper_id:
        raise ValueError(f"the extraction is of {extraction.paper_id!r}, not of {paper.id!r}")
    found = [_identity(entity) for entity in extraction.entities]
    return ResolvedPaper(
        paper=paper,
        extraction=extraction,
        keys=tuple(one.key for one in found),
        author_keys=tuple(author_key(name) for name in paper.authors),
        merges=tuple(Merge(one.rules, one.score) if one.rules else None for one in found),
    )


def _identity(entity: PaperEntity) -> Identity:
    return identify(entity.type, entity.name, entity.forms, new=entity.role is Role.PROPOSES)
