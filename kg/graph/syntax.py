"""The words of a SPARQL query: what must not be run, what a parser's complaint means, where parameters go.

The scanner follows the terminals of the SPARQL 1.1 grammar (https://www.w3.org/TR/sparql11-query/#sparqlGrammar) as far
as is needed to tell code from comments, strings and IRIs; the parsing itself is Oxigraph's.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|\#[^\r\n]*)
  | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\[uU][0-9A-Fa-f]+)*>)
  | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
      | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')
  | (?P<variable>[?$]\w+)
  | (?P<name>[\w.-]*:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*)
  | (?P<word>@?\w[\w-]*)
  | (?P<sign>\\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)

_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_PROLOGUE = frozenset({"BASE", "PREFIX", "VERSION"})
_POSITION = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_EXPECTED = re.compile(r'"(?:[^"\\]|\\.)*"|\[[^\]]*\](?=,|$)|[^,]+')
_SENTENCE = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)+")
_QUERIES = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_CLOSING = {")": "(", "]": "[", "}": "{"}
_NOT_OFFERED = {"", "LATERAL", "SERVICE", "<unreported>"}
_SHOWN = 6
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a query: its kind (a group of the scanner's pattern), its characters, where it begins."""

    kind: str
    text: str
    start: int


def tokens(query: str) -> Iterator[Token]:
    """Yield the words of ``query`` without white space and comments.

    >>> [t.text for t in tokens("ASK { ?s a <x#y> } # all")]
    ['ASK', '{', '?s', 'a', '<x#y>', '}']
    """
    for match in _TOKEN.finditer(query):
        kind = str(match.lastgroup)
        if kind != "space":
            yield Token(kind, match[0], match.start())


def refuse_writing_and_asking_others(query: str) -> None:
    """Refuse what a query of a graph may not do: change it, or send parts of it to another server.

    A word that merely holds ``service`` is refused too: Oxigraph reads ``trueSERVICE<…>`` as two words.

    :raises QueryError: if ``query`` is an update or holds a ``SERVICE`` clause.
    """
    first = _first_word(query)
    if first in _UPDATES:
        raise QueryError(
            f"a query only reads, and {first} would change the graph",
            remedy="Ask with SELECT, ASK, CONSTRUCT or DESCRIBE; change the graph with kg add and kg remove.",
        )
    for token in tokens(query):
        code = token.text.partition(":")[0] if token.kind == "name" else token.text
        if token.kind in {"word", "name"} and "service" in code.lower():
            raise QueryError(
                f"{_place(query, token.start)}: SERVICE is refused, a query stays on this machine",
                remedy="Leave the SERVICE clause out (and rename a prefix that holds the word).",
            )


def names_its_graphs(query: str) -> bool:
    """Return whether ``query`` chooses its default graph with ``FROM``.

    >>> names_its_graphs("SELECT * FROM <g> { ?s ?p 'FROM' }"), names_its_graphs("SELECT * { ?s ?p 'FROM' }")
    (True, False)
    """
    return any(token.kind == "word" and token.text.upper() == "FROM" for token in tokens(query))


def substitute(query: str, values: Mapping[str, str]) -> str:
    """Return ``query`` with each variable written ``$name`` replaced by the SPARQL text of its value.

    Strings and comments that happen to hold ``$name`` stay as they are, and so do values that do.

    >>> substitute("SELECT * { ?s ?p $o } # $o", {"o": '"$o"'})
    'SELECT * { ?s ?p "$o" } # $o'
    """
    parts, end = [], 0
    for token in tokens(query):
        if token.kind == "variable" and token.text[0] == "$" and token.text[1:] in values:
            parts += [query[end : token.start], values[token.text[1:]]]
            end = token.start + len(token.text)
    return "".join((*parts, query[end:]))


def parameters(query: str) -> frozenset[str]:
    """Return the names of the variables that ``query`` writes with ``$``."""
    return frozenset(t.text[1:] for t in tokens(query) if t.kind == "variable" and t.text[0] == "$")


def explain(query: str, complaint: str, prefixes: Collection[str]) -> QueryError:
    """Return the error to show for a parser's ``complaint`` about ``query``.

    :param prefixes: the prefixes that need no declaration.
    """
    mistake = _undeclared(query, prefixes) or _unfinished(query) or _not_begun(query)
    if mistake is not None:
        return mistake
    match = _POSITION.match(complaint)
    if match is None:
        return QueryError(f"the query is wrong: {complaint}")
    line, column, expected = int(match[1]), int(match[2]), match[3]
    where = f"near line {line}, column {column}{_word_at(query, line, column)}"
    items = [item.strip() for item in _EXPECTED.findall(expected)]
    reason = next((item for item in items if _SENTENCE.fullmatch(item)), "")
    waited = [item for item in items if item not in _NOT_OFFERED and not item.startswith("[")]
    remedy = f"The parser waited for {', '.join(waited[:_SHOWN])}{', …' * (len(waited) > _SHOWN)}." if waited else ""
    if reason:
        return QueryError(f"{where}: {reason}", line=line)
    return QueryError(f"{where}: the query cannot be understood", remedy=remedy, line=line)


def _first_word(query: str) -> str:
    """Return the word that says what kind of request ``query`` is, in capitals."""
    return next(
        (t.text.upper() for t in tokens(query) if t.kind == "word" and t.text.upper() not in _PROLOGUE),
        "",
    )


def _place(query: str, offset: int) -> str:
    before = query[:offset]
    return f"line {before.count(chr(10)) + 1}, column {offset - before.rfind(chr(10))}"


def _undeclared(query: str, prefixes: Collection[str]) -> QueryError | None:
    known, declares = set(prefixes), False
    for token in tokens(query):
        prefix = token.text.partition(":")[0].lstrip(".-")
        if token.kind == "name" and declares:
            known.add(prefix)
        elif token.kind == "name" and prefix not in known and prefix != "_":
            return QueryError(
                f"{_place(query, token.start)}: unknown prefix {prefix}:",
                remedy=f"{_like(prefix, known)}Declare it with PREFIX {prefix}: <…>, or use one of "
                f"{', '.join(sorted(prefixes))}.",
                line=query.count("\n", 0, token.start) + 1,
            )
        declares = token.kind == "word" and token.text.upper() == "PREFIX"
    return None


def _like(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, sorted(known), n=1)
    return f"Did you mean {near[0]}: there? " if near else ""


def _unfinished(query: str) -> QueryError | None:
    """Find the bracket or quotation mark that has no partner."""
    opened: list[Token] = []
    for token in tokens(query):
        if token.kind != "sign":
            continue
        if token.text in "\"'":
            return QueryError(f"{_place(query, token.start)}: the text that begins here does not end")
        if token.text in _CLOSING.values():
            opened.append(token)
        elif token.text in _CLOSING and (not opened or opened.pop().text != _CLOSING[token.text]):
            return QueryError(f"{_place(query, token.start)}: this {token.text} closes nothing")
    if opened:
        return QueryError(f"{_place(query, opened[-1].start)}: this {opened[-1].text} is never closed")
    return None


def _not_begun(query: str) -> QueryError | None:
    first = _first_word(query)
    if first in _QUERIES:
        return None
    what = f"not with {first}" if first else "and this one is empty"
    return QueryError(f"a query begins with {', '.join(sorted(_QUERIES))}, {what}")


def _word_at(query: str, line: int, column: int) -> str:
    """Return the word in which a place of ``query`` lies, ready to be set after the place."""
    offset = sum(len(text) + 1 for text in query.split("\n")[: line - 1]) + column - 1
    word = next((t.text for t in tokens(query) if t.start + len(t.text) > offset), "")
    return f" ({word[:_LONGEST]})" if word else ""
