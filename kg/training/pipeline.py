"""The pipeline, blank, and how what was trained gets into it."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING, Any

import spacy

import kg.nlp  # noqa: F401 # registers the factories
from kg.nlp.weights import Weights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from spacy.language import Language

    from kg.nlp.weights import Floats

_ABOUT = {
    "name": "kg",
    "description": "Entities, roles, relations and results of scientific abstracts",
    "license": "Apache-2.0",
}
_COMPONENTS = (
    "kg_sentences",
    "kg_encoder",
    "kg_mentions",
    "kg_abbreviations",
    "kg_entities",
    "kg_roles",
    "kg_certainty",
    "kg_relations",
    "kg_results",
)
_PARTS = {
    "kg_encoder": ("enc", "ln"),
    "kg_mentions": ("start", "end", "U", "us", "ue", "width"),
    "kg_roles": ("men", "temb", "role1", "role2"),
    "kg_relations": ("temb", "ph", "pt", "qs", "qo", "cx", "rel1", "rel2", "rp", "rs", "ro"),
    "kg_results": ("temb", "fig", "kind1", "kind2", "lv", "le", "lnone", "lp", "la", "lb", "lf", "lo"),
}
"""Which of the network's arrays each component computes with."""


def blank() -> Language:
    """Return the pipeline before training."""
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "kg.NameTokenizer.v1"}}})
    nlp.meta |= _ABOUT
    for name in _COMPONENTS:
        nlp.add_pipe(name)
    # What the heads share is not needed outside, and large to send from a worker process.
    nlp.add_pipe("doc_cleaner", config={"attrs": {"tensor": None, "_.kg_vectors": None}})
    return nlp


def part(nlp: Language, name: str) -> Any:
    """Return a component; spaCy's stubs know it only as something to call."""
    return nlp.get_pipe(name)


def install(nlp: Language, arrays: Mapping[str, Floats], settings: Mapping[str, Mapping[str, Any]]) -> None:
    """Give every component its arrays and settings.

    :param arrays: the network's, by name.
    :param settings: for each component what it is told besides.
    """
    for name, layers in _PARTS.items():
        mine = {key: array for key, array in arrays.items() if key.split(".")[0] in layers}
        part(nlp, name).weights = Weights(mine, settings.get(name, {}))


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
