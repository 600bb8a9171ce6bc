"""The pipeline, blank: its components in order with their settings."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING, Any

import spacy

import kg.nlp  # noqa: F401 # registers the factories

if TYPE_CHECKING:
    from pathlib import Path

    from spacy.language import Language

_ABOUT = {
    "name": "kg",
    "description": "Entities, roles, relations and results of scientific abstracts",
    "license": "Apache-2.0",
}
_ATTRIBUTES = {"NORM": 10_000, "PREFIX": 2_000, "SUFFIX": 4_000, "SHAPE": 2_000}
"""What the encoder sees of a word beside its vector, each with the rows of its table."""


def blank(*, width: int, depth: int) -> Language:
    """Return the pipeline before training, its encoder of ``width`` and ``depth``."""
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "kg.NameTokenizer.v1"}}})
    nlp.meta |= _ABOUT
    nlp.add_pipe("kg_sentences")
    nlp.add_pipe(
        "tok2vec",
        config={
            "model": {
                "@architectures": "spacy.Tok2Vec.v2",
                "embed": {
                    "@architectures": "spacy.MultiHashEmbed.v2",
                    "width": width,
                    "attrs": list(_ATTRIBUTES),
                    "rows": list(_ATTRIBUTES.values()),
                    "include_static_vectors": True,
                },
                "encode": {
                    "@architectures": "spacy.MaxoutWindowEncoder.v2",
                    "width": width,
                    "depth": depth,
                    "window_size": 1,
                    "maxout_pieces": 3,
                },
            }
        },
    )
    nlp.add_pipe("kg_mentions", config={"model": {"tok2vec": {"width": width}}})
    for name in ("kg_abbreviations", "kg_entities", "kg_roles", "kg_certainty", "kg_relations", "kg_results"):
        nlp.add_pipe(name)
    return nlp


def part(nlp: Language, name: str) -> Any:
    """Return a component; spaCy's stubs know it only as something to call."""
    return nlp.get_pipe(name)


def save(nlp: Language, folder: Path) -> str:
    """Write the pipeline to ``folder`` and return the version it carries: a digest of what was written."""
    if folder.exists():
        shutil.rmtree(folder)
    nlp.meta.pop("kg_model", None)
    _write(nlp, folder)
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    nlp.meta["kg_model"] = digest.hexdigest()[:8]
    _write(nlp, folder)
    return digest.hexdigest()[:8]


def _write(nlp: Language, folder: Path) -> None:
    nlp.to_disk(folder)
    # Every word of the training texts would stand here. Nothing looks them up: vectors are found by hash.
    (folder / "vocab" / "strings.json").write_text("[]\n", encoding="utf-8")
