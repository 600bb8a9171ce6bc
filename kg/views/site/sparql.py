"""The page that asks the graph in SPARQL, in the browser and without a server: Oxigraph's WebAssembly over its data.

Its answers are those of ``kg query``: the same engine, prefixes and base, the union of all graphs as default graph, and
names found by the same searches.
"""

from __future__ import annotations

import base64
import gzip
import io
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pyoxigraph import NamedNode, RdfFormat, Store

from kg import resources
from kg.graph import named, names
from kg.graph.names import CATEGORY, KINDS, PAPER
from kg.graph.results import QUERY_PREFIXES, shortened
from kg.graph.vocab import curie
from kg.views.site.writing import policy, write_data, write_file, write_html, write_shipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.graph.named import NamedQuery, Parameter
    from kg.graph.store import GraphStore
    from kg.views.site.catalogue import Library, Node

ADDRESS = "sparql.html"
DIST = "dist"
"""The folder of the bundles, beside their sources."""
LIMIT = 1_000_000
"""The most statements that are asked in a browser: those of about 1,400 papers, 12 MB to load, about ten seconds until
they are ready on a busy laptop, 0.7 GB of memory."""

_ABS = "https://arxiv.org/abs/"
_TERMS = "SELECT DISTINCT ?term {{ {} FILTER(isIRI(?term)) }}"
_CLASSES, _PROPERTIES = _TERMS.format("?s a ?term"), _TERMS.format("?s ?term ?o")
_SAID = "SELECT ?term ?said { ?term rdfs:comment ?said }"


def write(library: Library, graph: GraphStore, target: Path) -> None:
    """Write the page below ``target``, with the graph's data and the engine where the graph is small enough.

    Without the bundled scripts (the package was installed without npm) the page says so, and what to do instead.
    """
    script, worker, engine = (_built(name) for name in ("sparql.js", "sparql-worker.js", "oxigraph.wasm"))
    built = script is not None and worker is not None and engine is not None
    small = _fits(graph)
    queries = named.load()
    examples = {q.name: example(q, library, graph) if small else dict(q.example) for q in queries.values()}
    write_shipped(target, "sparql.css")
    write_html(
        target,
        ADDRESS,
        "sparql.html",
        rules=policy(script_src="'wasm-unsafe-eval'", worker_src="blob:", trusted_types="kg-worker"),
        queries=[(query, _hash(query, examples[query.name])) for query in queries.values()],
        examples=examples,
        built=built,
        small=small,
        limit=LIMIT,
    )
    if built and small:
        write_file(target / "assets" / "sparql.js", (script or b"").decode())
        write_data(target, "engine", {"worker": (worker or b"").decode(), "wasm": _packed([engine or b""])})
        write_data(target, "quads", _packed(f"{line}\n".encode() for line in graph.nquads()))
        write_data(target, "sparql", _about(library, graph, queries.values(), examples))


def _fits(graph: GraphStore) -> bool:
    """Return whether a graph has no more than :data:`LIMIT` statements, without counting all of a large one."""
    counting = f"SELECT (COUNT(*) AS ?n) {{ SELECT ?s {{ GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {LIMIT + 1} }}"
    [row] = graph.store.query(counting)  # type: ignore[misc]  # a SELECT gives rows
    return int(row["n"].value) <= LIMIT


def _built(name: str) -> bytes | None:
    found = files("kg.views").joinpath("web", DIST, name)
    return found.read_bytes() if found.is_file() else None


def _packed(pieces: Any) -> str:
    """Return bytes gzipped, in base64: the same for the same bytes."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=out, mtime=0) as stream:
        for piece in pieces:
            stream.write(piece)
    return base64.b64encode(out.getvalue()).decode("ascii")


def _about(library: Library, graph: GraphStore, queries: Any, examples: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Return what the page knows before the graph is loaded."""
    return {
        "base": library.base,
        "prefixes": dict(QUERY_PREFIXES),
        "terms": list(_terms(graph)),
        "queries": [_query(query, examples[query.name]) for query in queries],
        "addresses": dict(filter(None, map(_unusual, library.nodes.values(), [library.base] * len(library.nodes)))),
    }


def _terms(graph: GraphStore) -> Iterator[tuple[str, str, str]]:
    """Yield the classes and properties of the graph and the ontology: name, which of the two, what it means."""
    ontology = Store()
    ontology.load(path=resources.ontology("kg.ttl"), format=RdfFormat.TURTLE)
    said = {row["term"]: row["said"].value for row in ontology.query(_SAID, prefixes=dict(QUERY_PREFIXES))}  # type: ignore[union-attr]
    own = {term for term in said if isinstance(term, NamedNode)}
    for kind, query in (("class", _CLASSES), ("property", _PROPERTIES)):
        used = {row["term"] for row in graph.store.query(query, use_default_graph_as_union=True)}  # type: ignore[union-attr]
        meant = {term for term in own if (_local(term.value)[:1].isupper()) == (kind == "class")}
        for term in sorted(used | meant, key=lambda t: (curie(t.value).casefold(), t.value)):
            yield shortened(term.value, graph.iris.base), kind, said.get(term, "")


def _local(iri: str) -> str:
    return iri.rpartition("#")[2]


def _query(query: NamedQuery, example: dict[str, str]) -> dict[str, Any]:
    return {
        "name": query.name,
        "title": query.title,
        "question": query.question,
        "text": _without_header(query.text),
        "parameters": [_parameter(p, example.get(p.name, "")) for p in query.parameters],
    }


def _without_header(text: str) -> str:
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if not line.startswith("# ") and line)
    return "\n".join(lines[first:]) + "\n"


def _parameter(parameter: Parameter, example: str) -> dict[str, Any]:
    kinds = sorted(parameter.kinds)
    return {
        "name": parameter.name,
        "type": parameter.type,
        "default": parameter.default,
        "description": parameter.description,
        "kinds": kinds,
        "searches": list(names.searches(kinds)) if kinds else [],
        "example": example,
    }


def example(query: NamedQuery, library: Library, graph: GraphStore) -> dict[str, str]:
    """Return values that the query can be asked with: its own example, or what most papers of this graph name."""
    values = {}
    for parameter in query.parameters:
        given = query.example.get(parameter.name)
        if given is not None and (not parameter.kinds or names.find(graph.store, graph.iris, given, parameter.kinds)):
            values[parameter.name] = given
        elif parameter.default is None and parameter.kinds:
            values[parameter.name] = _most_used(parameter.kinds, library)
    return values


def _most_used(kinds: frozenset[str], library: Library) -> str:
    """Return the name of the node of ``kinds`` that most papers have to do with; empty where there is none."""
    if kinds == {PAPER}:
        return next((paper.id for paper in library.papers.values()), "")
    found = (node for node in library.nodes.values() if node.kind in kinds)
    best = max(found, key=lambda node: (len(library.papers_of(node.iri)), node.iri), default=None)
    return best.label if best is not None else ""


def _hash(query: NamedQuery, example: dict[str, str]) -> str:
    """Return the part of the page's address that asks a query."""
    return urlencode({"name": query.name, **{f"p.{key}": value for key, value in example.items()}})


def _unusual(node: Node, base: str) -> tuple[str, str] | None:
    """Return a node's key and address where the script cannot tell the one from the other and the kind."""
    key = node.iri.removeprefix(base)
    file = node.iri.removeprefix(_ABS) if node.iri.startswith(_ABS) else key.partition("/")[2]
    usual = f"{node.kind.lower() if node.kind in KINDS else 'other'}/{file}.html"
    return None if node.address == usual and node.kind != CATEGORY else (key, node.address)
