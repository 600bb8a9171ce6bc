"""Hands a graph, or a selected part of it, to other programs: one module a family of formats."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from kg.errors import ConfigError
from kg.exporters import bibtex, description, gexf, graphml, nanopub, neo4j, parquet, rdf, tables
from kg.exporters.markup import NetworkFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.graph.network import Selection
    from kg.graph.store import GraphStore


class Exporter(Protocol):
    """Writes one format.

    ``suffix`` is how its file's name ends; empty for a format that is a folder of files.
    """

    @property
    def suffix(self) -> str:
        """How the name of the file ends."""

    def write(self, store: GraphStore, target: Path, selection: Selection) -> tuple[Path, ...]:
        """Write the selected part of ``store`` to the file or folder ``target``, and return what was written.

        Each file is written whole or not at all, and equal graphs give equal bytes.

        :raises ExportError: if ``target`` cannot be written.
        :raises ConfigError: if the selection names something that the graph has not.
        """


EXPORTERS: Mapping[str, Exporter] = MappingProxyType(
    {
        "turtle": rdf.TURTLE,
        "nquads": rdf.NQUADS,
        "trig": rdf.TRIG,
        "jsonld": rdf.JSONLD,
        "rdfxml": rdf.RDFXML,
        "canonical": rdf.CANONICAL,
        "nanopub": nanopub.Nanopublications(),
        "void": description.Description(),
        "gexf": gexf.GEXF,
        "graphml": graphml.GRAPHML,
        "neo4j": neo4j.Neo4j(),
        "csv": tables.Tables(),
        "parquet": parquet.Parquet(),
        "bibtex": bibtex.BibTeX(),
    }
)
"""The formats that the command line offers, by name."""


def with_preset(form: str, preset: str) -> Exporter:
    """Return what writes a network made for a question.

    :param form: ``gexf`` or ``graphml``.
    :param preset: a name of :data:`kg.exporters.presets.PRESETS`.
    :raises ConfigError: if the format is not one of networks.
    """
    exporter = EXPORTERS[form]
    if not isinstance(exporter, NetworkFile):
        raise ConfigError(f"{form} has no presets", remedy="They go with --to gexf and --to graphml.")
    return replace(exporter, preset=preset)
