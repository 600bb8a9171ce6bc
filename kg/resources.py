"""Where the files lie that ship with ``kg``: ontologies, queries, templates, models, the bundled example.

They are found the same way in an editable checkout and in an installed wheel, where the build puts the top-level
``ontologies/`` folder inside the package (see ``pyproject.toml``).
"""

from __future__ import annotations

from pathlib import Path

from kg.errors import OntologyError

PACKAGE = Path(__file__).resolve().parent


def _first(*candidates: Path) -> Path:
    for candidate in candidates:
        if candidate.exists():
            return candidate
    message = f"a part of the installation is missing: {candidates[0].name}"
    raise OntologyError(message, remedy="Install kg again.", path=candidates[0])


def ontology(name: str) -> Path:
    """Return the path of ``ontologies/<name>``.

    >>> ontology("kg.ttl").suffix
    '.ttl'
    """
    return _first(PACKAGE.parent / "ontologies" / name, PACKAGE / "ontologies" / name)


def queries() -> Path:
    """Return the folder of the named SPARQL queries, one ``*.rq`` file each."""
    return _first(PACKAGE / "graph" / "queries")


def templates() -> Path:
    """Return the folder of the Jinja templates of the views."""
    return _first(PACKAGE / "views" / "templates")


def model() -> Path:
    """Return the folder of the spaCy pipeline that ships with ``kg``."""
    return _first(PACKAGE / "nlp" / "model")


def example() -> Path:
    """Return the bundled example digest."""
    return _first(PACKAGE / "sources" / "example.md")


def vocabulary() -> Path:
    """Return the word list of the curated vocabularies, which ``python -m kg.graph.vocabularies`` makes."""
    return _first(PACKAGE / "resolution" / "vocabulary.json")
