"""Everything known of one thing, author, category or paper, with the sentences behind it.

A name finds what goes by it, whatever the case and the hyphens; where it means several nodes, each has its portrait.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode

from kg.errors import QueryError
from kg.graph import names
from kg.graph.facts import Fact, FactReader, Figure
from kg.graph.names import AUTHOR, CATEGORY, PAPER, Named
from kg.graph.prose import portrait_lines
from kg.graph.statements import statements
from kg.graph.vocab import name
from kg.model import EntityType, RelationType, Role
from kg.resolution import author_key, identify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kg.graph.store import GraphStore

MOST_SHOWN = 10
"""Rows of one group that the text of a description shows; its JSON has all."""

_ALIAS = name("skos:altLabel")
_CREATOR = name("dcterms:creator")
_SUBJECT = name("dcterms:subject")
_ISSUED = name("dcterms:issued")
_POSITION = name("kg:position")
_AUTHORSHIP = name("kg:authorship")
_AUTHOR = name("kg:author")
_PROPOSES = name("kg:proposes")
_ROLES = tuple(role.value for role in Role)
_RANK = {predicate: rank for rank, predicate in enumerate((*_ROLES, *(kind.value for kind in RelationType)))}
_DETAILS = {
    "id": name("dcterms:identifier"),
    "date": _ISSUED,
    "version": name("kg:version"),
    "doi": name("bibo:doi"),
    "comment": name("kg:arxivComment"),
    "keywords": name("schema:keywords"),
    "source": name("dcterms:source"),
    "abstract": name("dcterms:abstract"),
}
_KNOWN = {
    "definition": name("skos:definition"),
    "maker": name("kg:maker"),
    "variant of": name("kg:variantOf"),
    "narrower than": name("skos:broader"),
    "see": name("rdfs:seeAlso"),
}
_LINKED = frozenset({"variant of", "narrower than"})
_DOUBT = {"ambiguous": name("kg:ambiguous")}


@dataclass(frozen=True, slots=True, order=True)
class PaperLine:
    """A paper as one row of a list: the node, its date (a day or a month, empty where unknown)."""

    paper: Named
    date: str


@dataclass(frozen=True, slots=True)
class CoAuthor:
    """Whom an author wrote with, and on how many papers."""

    author: Named
    papers: int


@dataclass(frozen=True, slots=True)
class Portrait:
    """All that is known of one node.

    :param aliases: its other names, sorted.
    :param details: what a paper's source says of it, what is known of a thing, why an author is ambiguous; by name.
    :param authors: a paper's authors in order.
    :param categories: a paper's categories, by code.
    :param papers: an author's or a category's papers, the newest first.
    :param co_authors: whom an author wrote with, the most frequent first.
    :param proposed: what an author's papers propose.
    :param roles: what papers do with a thing, or one paper with things.
    :param relations: what relates it to other things, or what one paper says of things.
    :param figures: results that have to do with it, or that one paper claims.
    """

    node: Named
    aliases: tuple[str, ...] = ()
    details: dict[str, tuple[str, ...]] = field(default_factory=dict)
    authors: tuple[Named, ...] = ()
    categories: tuple[str, ...] = ()
    papers: tuple[PaperLine, ...] = ()
    co_authors: tuple[CoAuthor, ...] = ()
    proposed: tuple[Named, ...] = ()
    roles: tuple[Fact, ...] = ()
    relations: tuple[Fact, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """The portraits of all that goes by a name, sorted.

    :param base: where the graph's own IRIs begin; the text leaves it out.
    """

    name: str
    base: str
    portraits: tuple[Portrait, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the description as JSON values; what is empty is left out."""
        return {"name": self.name, "matches": [_without_empty(asdict(portrait)) for portrait in self.portraits]}

    def text(self, most: int = MOST_SHOWN) -> str:
        """Return the description for people to read, at most ``most`` rows of each group."""
        return "\n\n\n".join("\n".join(portrait_lines(portrait, self.base, most)) for portrait in self.portraits)


def describe(graph: GraphStore, text: str) -> Description:
    """Return all that is known of whatever goes by ``text``: a name, an alias, a title, an arXiv id, an IRI.

    :raises QueryError: if nothing does; the remedy has the nearest names.
    """
    found = called(graph, text)
    if not found:
        raise QueryError(f"nothing in the graph is called {text!r}", remedy=_remedy(graph, text))
    reader = FactReader(graph.store)
    makers: dict[str, Callable[[GraphStore, FactReader, Named], Portrait]] = {
        AUTHOR: _author,
        CATEGORY: _category,
        PAPER: _paper,
    }
    portraits = (makers.get(node.kind, _thing)(graph, reader, node) for node in found)
    return Description(text, graph.iris.base, tuple(portraits))


def called(graph: GraphStore, text: str) -> tuple[Named, ...]:
    """Return what goes by ``text``: by its names, or by the key that resolution gives such a name.

    Where nothing does, the one thing that has ``text`` in its name stands for it (*Unitree G1 humanoid robot* for
    *Unitree G1*); several of them would be a guess.
    """
    keys = [*dict.fromkeys(identify(kind, text).key for kind in EntityType), author_key(text)]
    nodes = (graph.iris.node(key) for key in keys)
    by_key = {names.named(graph.store, node) for node in nodes if names.kind_of(graph.store, node) is not None}
    found = by_key.union(names.find(graph.store, graph.iris, text, whole=True))
    if not found:
        longer = names.find(graph.store, graph.iris, text, names.ENTITIES)
        found = set(longer if len(longer) == 1 else ())
    return tuple(sorted(found))


def resolved(graph: GraphStore, text: str) -> tuple[Named, ...]:
    """Return the things and authors that go by ``text``.

    :raises QueryError: if nothing does; it names the nearest names.
    """
    found = tuple(node for node in called(graph, text) if node.kind in names.RESOLVED)
    if not found:
        near = names.nearest(graph.store, text, names.RESOLVED)
        remedy = f"The nearest names are {', '.join(map(repr, near))}." if near else "kg show finds names."
        raise QueryError(f"no thing or author of the graph is called {text!r}", remedy=remedy)
    return found


def _remedy(graph: GraphStore, text: str) -> str:
    longer = sorted(names.find(graph.store, graph.iris, text), key=lambda node: (len(node.label), node))
    near = [node.label for node in longer[:3]] or names.nearest(graph.store, text)
    return f"Did you mean {' or '.join(map(repr, near))}?" if near else "kg stats says what the graph holds."


def _thing(graph: GraphStore, reader: FactReader, node: Named) -> Portrait:
    iri = NamedNode(node.iri)
    facts = [*reader.facts(obj=iri), *reader.facts(subject=iri)]
    return Portrait(
        node,
        aliases=_values(graph, iri, _ALIAS),
        details=_details(graph, reader, iri, _KNOWN),
        roles=_sorted(fact for fact in facts if fact.predicate in _ROLES),
        relations=_sorted(fact for fact in facts if fact.predicate not in _ROLES),
        figures=tuple(sorted(reader.figures(of=iri), key=_figure_order)),
    )


def _paper(graph: GraphStore, reader: FactReader, node: Named) -> Portrait:
    iri = NamedNode(node.iri)
    details = _details(graph, reader, iri, _DETAILS)
    holder = graph.iris.graph(details["id"][0])
    facts = list(reader.facts(graph=holder))
    return Portrait(
        node,
        details=details,
        authors=_authors(graph, reader, iri),
        categories=tuple(sorted(reader.named(quad.object).label for quad in statements(graph.store, iri, _SUBJECT))),
        roles=_sorted(fact for fact in facts if fact.predicate in _ROLES),
        relations=_sorted(fact for fact in facts if fact.predicate not in _ROLES),
        figures=tuple(sorted(reader.figures(graph=holder), key=_figure_order)),
    )


def _author(graph: GraphStore, reader: FactReader, node: Named) -> Portrait:
    iri = NamedNode(node.iri)
    papers = sorted({quad.subject for quad in statements(graph.store, None, _CREATOR, iri)}, key=str)
    others = Counter(
        quad.object for paper in papers for quad in statements(graph.store, paper, _CREATOR) if quad.object != iri
    )
    co_authors = (CoAuthor(reader.named(other), papers) for other, papers in others.items())
    proposed = {reader.named(quad.object) for paper in papers for quad in statements(graph.store, paper, _PROPOSES)}
    return Portrait(
        node,
        aliases=_values(graph, iri, _ALIAS),
        details=_details(graph, reader, iri, _DOUBT),
        papers=_lines(graph, reader, papers),
        co_authors=tuple(sorted(co_authors, key=lambda other: (-other.papers, other.author))),
        proposed=tuple(sorted(proposed)),
    )


def _category(graph: GraphStore, reader: FactReader, node: Named) -> Portrait:
    quads = statements(graph.store, None, _SUBJECT, NamedNode(node.iri))
    return Portrait(node, papers=_lines(graph, reader, {quad.subject for quad in quads}))


def _authors(graph: GraphStore, reader: FactReader, paper: NamedNode) -> tuple[Named, ...]:
    positions: dict[int, NamedNode] = {}
    for quad in statements(graph.store, paper, _AUTHORSHIP):
        position = next(statements(graph.store, quad.object, _POSITION)).object
        positions[int(position.value)] = next(statements(graph.store, quad.object, _AUTHOR)).object
    return tuple(reader.named(author) for _, author in sorted(positions.items(), key=lambda pair: pair[0]))


def _lines(graph: GraphStore, reader: FactReader, papers: Iterable[NamedNode]) -> tuple[PaperLine, ...]:
    lines = sorted(PaperLine(reader.named(p), "".join(_values(graph, p, _ISSUED))) for p in papers)
    return tuple(sorted(lines, key=lambda line: line.date, reverse=True))


def _values(graph: GraphStore, node: NamedNode, predicate: NamedNode) -> tuple[str, ...]:
    """Return the texts and addresses of a property, sorted."""
    objects = (quad.object for quad in statements(graph.store, node, predicate))
    return tuple(sorted({value.value for value in objects if isinstance(value, Literal | NamedNode)}))


def _details(
    graph: GraphStore, reader: FactReader, node: NamedNode, properties: Mapping[str, NamedNode]
) -> dict[str, tuple[str, ...]]:
    """Return the values of properties by their titles, those of things as labels; what has none is left out."""
    found = {}
    for title, predicate in properties.items():
        things = sorted(
            {q.object for q in statements(graph.store, node, predicate)} if title in _LINKED else (), key=str
        )
        found[title] = tuple(reader.named(one).label for one in things) or _values(graph, node, predicate)
    return {title: values for title, values in found.items() if values}


def _sorted(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    return tuple(
        sorted(facts, key=lambda f: (_RANK[f.predicate], f.subject, f.object, -f.score, f.paper.iri, f.sentences))
    )


def _figure_order(figure: Figure) -> tuple[Any, ...]:
    return (figure.paper.iri, [s.text for s in figure.sentences], figure.value, sorted(figure.ends.items()))


def _without_empty(value: Any) -> Any:
    """Return JSON values without keys that have nothing to say; numbers stay."""
    if isinstance(value, dict):
        return {k: _without_empty(v) for k, v in value.items() if v not in ((), [], {}, "")}
    return [_without_empty(item) for item in value] if isinstance(value, list | tuple) else value
