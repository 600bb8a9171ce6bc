"""SPARQL in a real browser, from disk: the answers of ``kg query``, an editor that helps, nothing asked of others."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import pytest

from kg.errors import QueryError
from kg.graph import named, sparql
from kg.model import Extraction
from kg.resolution import resolve
from kg.views.site import sparql as page_of_sparql
from kg.views.site import write_site
from kg.views.site.catalogue import gather

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from playwright.sync_api import Browser, Locator, Page

    from kg.graph.store import GraphStore
    from kg.model import Paper, ResolvedPaper

QUERIES = named.load()
ASKED: Sequence[tuple[str, dict[str, str]]] = (
    ("papers-on-robot", {"robot": "g1"}),
    ("papers-on-robot", {"robot": "Unitree-G1 "}),
    ("papers-about", {"thing": "thing/unitree-g1"}),
    ("papers-about", {"thing": "https://w3id.org/arxiv-kg/id/thing/genmimic"}),
    ("authors-of-paper", {"paper": "https://arxiv.org/abs/2601.00001v2"}),
    ("authors-of-paper", {"paper": "arXiv:2601.00001"}),
    ("related-papers", {"paper": "stairs", "limit": "3"}),
    ("related-papers", {"paper": "local/é 1", "limit": "3"}),
    ("papers-of-category", {"category": "CS.ro"}),
    ("papers-with-text", {"text": 'ON STAIRS "\\'}),
    ("papers-with-text", {"text": "<script>"}),
    ("evidence", {"thing": "GenMimic", "other": "stepnet"}),
    ("comparisons", {"thing": ""}),
    ("doubtful", {"below": "0.95", "limit": "900"}),
    ("new-papers", {"since": "2026-01"}),
    ("top-tasks", {"at_least": "1", "limit": "2"}),
)
OWN = (
    'SELECT ?a ?b { ?a kg:runsOn ?b } # FROM, "SERVICE"',
    "ASK { <thing/genmimic> kg:runsOn <thing/unitree-g1> }",
    "PREFIX kg: <http://www.w3.org/2004/02/skos/core#>\nSELECT ?label { <thing/genmimic> kg:prefLabel ?label }",
    "SELECT ?o FROM <graph/2512.05094> { <thing/unitree-g1> a ?o } ORDER BY ?o",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "SELECT (1/3 AS ?x) (\"a,b\\n'c'\" AS ?y) (STRLANG('é', 'fr') AS ?z) ?none {}",
    "SELECT ?x { VALUES ?x { <urn:x:y> paper:2512.05094 kg:Method 'a\"b' UNDEF } }",
)
WRONG = (
    ("SELECT ?p { ?p kgg:uses ?m }", "unknown prefix kgg:"),
    ("SELECT ?p {\n ?p kg:uses ?m ", "never closed"),
    ("SELECT ?p { ?p kg:uses ?m }}", "closes nothing"),
    ("SELECT ?p { ?p kg:uses 'm }", "does not end"),
    ("CHOOSE ?p { ?p kg:uses ?m }", "not with CHOOSE"),
    ("SELECT ?p WHERE\n{ ?p kg:uses }", "line 2"),
    ("DELETE WHERE { ?s ?p ?o }", "would change the graph"),
    ("SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }", "SERVICE is refused"),
)
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?d && ?g != ?f) }"


class Site(NamedTuple):
    """A site and the graph that it is of."""

    graph: Path
    folder: Path
    examples: Mapping[str, Mapping[str, str]]


@pytest.fixture(scope="module")
def site(
    few_papers: tuple[ResolvedPaper, ...],
    papers: Sequence[tuple[Paper, Any]],
    made_graph: Callable[[Iterable[ResolvedPaper]], GraphStore],
    tmp_path_factory: pytest.TempPathFactory,
) -> Site:
    handmade = [resolve(paper, Extraction.from_gold(line, paper.text)) for paper, line in papers]
    with made_graph((*few_papers, *handmade)) as graph:
        folder = write_site(graph, tmp_path_factory.mktemp("sparql") / "site").parent
        library = gather(graph)
        examples = {name: page_of_sparql.example(query, library, graph) for name, query in QUERIES.items()}
        if not (folder / "assets" / "sparql.js").exists():
            (pytest.fail if os.environ.get("CI") else pytest.skip)("needs the scripts that are built with npm")
        return Site(graph.folder, folder, examples)


class Asking:
    """The open page and what it did that it should not."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.problems: list[str] = []

    def ask(self, address: Mapping[str, str]) -> None:
        """Ask by the address of the page, as a link does."""
        self.page.evaluate("hash => { performance.clearMarks('answered'); location.hash = hash; }", urlencode(address))
        self.answered()

    def run(self, query: str) -> None:
        """Ask what is put into the editor."""
        self.write(query)
        self.page.evaluate("performance.clearMarks('answered')")
        self.page.locator("#run").click()
        self.answered()

    def write(self, query: str) -> None:
        """Put ``query`` in the place of what the editor holds, as a user does."""
        self.editor.press("ControlOrMeta+a")
        self.editor.press("Delete")
        self.page.keyboard.insert_text(query)

    def answered(self) -> None:
        self.page.wait_for_function(
            "() => performance.getEntriesByName('answered').length > 0 || !document.getElementById('error').hidden",
            timeout=60_000,
        )
        assert self.page.locator("#error").text_content() == "" or not self.page.locator("#error").is_visible()

    @property
    def editor(self) -> Locator:
        return self.page.locator("#editor .cm-content")

    def csv(self) -> str:
        with self.page.expect_download() as download:
            self.page.locator("#csv").click()
        return Path(download.value.path()).read_bytes().decode()

    def rows(self) -> list[list[str]]:
        return [row.locator("td").all_text_contents() for row in self.page.locator("#shown tbody tr").all()]


@pytest.fixture
def asking(chromium: Browser, site: Site, watch: Callable[[Page, list[str], list[str]], None]) -> Callable[[str], Any]:
    """Return what opens the page from disk; on leaving, it has read files of the site only and had no error."""

    @contextmanager
    def opened(address: str = "", **options: Any) -> Generator[Asking, None, None]:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, **options)
        page = context.new_page()
        seen = Asking(page)
        watch(page, seen.requests, seen.problems)
        try:
            page.goto((site.folder / "sparql.html").as_uri() + address)
            page.locator("#ask").wait_for()
            yield seen
            assert seen.problems == []
            own = (f"{site.folder.as_uri()}/", "blob:null/")
            assert [url for url in seen.requests if not url.startswith(own)] == []
        finally:
            context.close()

    return opened


@pytest.fixture(scope="module")
def table_of(site: Site) -> Callable[[Iterator[bytes]], list[list[str]]]:
    return lambda answer: list(csv.reader(io.StringIO(b"".join(answer).decode(), newline="")))


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.browser
def test_every_shipped_query_gives_the_rows_of_kg_query(site: Site, asking: Any, table_of: Any) -> None:
    """Each by its link on the page, with its example."""
    with asking() as seen:
        assert seen.page.locator("a[data-query]").count() == len(QUERIES) >= 30
        answered = 0
        for name, query in QUERIES.items():
            seen.page.evaluate("performance.clearMarks('answered')")
            seen.page.locator(f'a[data-query="{name}"]').click()
            seen.answered()
            values = {p.name: site.examples[name].get(p.name, p.default or "") for p in query.parameters}
            expected = table_of(sparql.ask_named(site.graph, name, values, format="csv"))
            found = parsed(seen.csv())
            assert (name, found) == (name, expected)
            answered += len(found) > 1
        assert answered >= 25


@pytest.mark.browser
def test_parameters_mean_what_they_mean_to_kg_query(site: Site, asking: Any, table_of: Any) -> None:
    with asking() as seen:
        for name, values in ASKED:
            seen.ask({"name": name, **{f"p.{key}": value for key, value in values.items()}})
            expected = table_of(sparql.ask_named(site.graph, name, values, format="csv"))
            assert (name, values, parsed(seen.csv())) == (name, values, expected)


@pytest.mark.browser
def test_own_queries_have_the_same_answers(site: Site, asking: Any) -> None:
    with asking() as seen:
        for query in OWN:
            seen.run(query)
            expected = json.loads(b"".join(sparql.ask(site.graph, query, format="json")))
            if "boolean" in expected:
                assert seen.page.locator("#state").inner_text().startswith(str(expected["boolean"]).lower())
            else:
                csv_of_kg = b"".join(sparql.ask(site.graph, query, format="csv")).decode()
                assert (query, seen.csv()) == (query, csv_of_kg)


@pytest.mark.browser
def test_triples_are_shown_as_a_table_and_a_network(site: Site, asking: Any) -> None:
    query = "CONSTRUCT { ?a kg:runsOn ?b } WHERE { ?a kg:runsOn ?b }"
    with asking() as seen:
        seen.run(query)
        expected = b"".join(sparql.ask(site.graph, query, format="ntriples")).decode().splitlines()
        assert len(seen.rows()) == len(expected) > 0
        assert all(row[1] == "kg:runsOn" for row in seen.rows())
        seen.page.locator("#network").click()
        assert seen.page.locator("#shown svg line").count() > 0


@pytest.mark.browser
def test_what_is_wrong_is_said_plainly(site: Site, asking: Any) -> None:
    with asking() as seen:
        for query, said in WRONG:
            with pytest.raises(QueryError, match=re.escape(said)):
                b"".join(sparql.ask(site.graph, query))
            seen.write(query)
            seen.page.locator("#run").click()
            error = seen.page.locator("#error")
            error.wait_for()
            assert said in error.inner_text()
            seen.run("SELECT (1 AS ?one) {}")
            assert seen.rows() == [["1"]]
            assert error.is_hidden()


@pytest.mark.browser
def test_a_name_that_nothing_has_is_an_error_with_a_suggestion(asking: Any) -> None:
    with asking() as seen:
        seen.page.evaluate("location.hash = 'name=papers-on-robot&p.robot=Unitree+G7'")
        error = seen.page.locator("#error")
        error.wait_for()
        assert error.inner_text().startswith("no Robot of the graph is called Unitree G7. Did you mean ")
        assert "Unitree G1" in error.inner_text()
        field = seen.page.get_by_label("robot")
        field.fill("unit")
        offered = seen.page.locator("#names-robot option").evaluate_all("all => all.map(o => o.value)")
        assert offered[0].startswith("Unitree G")
        field.fill("Unitree G1")
        seen.page.get_by_role("button", name="Ask", exact=True).click()
        seen.page.locator("#shown table").wait_for()
        assert "Unitree G1" in {cell for row in seen.rows() for cell in row}


@pytest.mark.browser
def test_a_long_query_can_be_stopped_and_the_next_one_is_answered(asking: Any) -> None:
    with asking() as seen:
        seen.write(ENDLESS)
        seen.page.locator("#run").click()
        seen.page.get_by_text("Asking").wait_for()
        seen.page.locator("#stop").click()
        seen.page.get_by_text("Stopped.").wait_for()
        assert seen.page.locator("#stop").is_hidden()
        seen.run("ASK {}")
        assert seen.page.locator("#state").inner_text().startswith("true")


@pytest.mark.browser
def test_a_query_is_shared_by_its_address(site: Site, asking: Any) -> None:
    query = "SELECT ?name { <thing/unitree-g1> skos:prefLabel ?name } # ü & #"
    with asking() as seen:
        seen.run(query)
        address = seen.page.evaluate("location.hash")
        rows = seen.rows()
    assert rows == [["Unitree G1"]]
    with asking(address) as seen:
        seen.answered()
        assert seen.rows() == rows
        assert "".join(seen.page.locator("#editor .cm-line").all_text_contents()) == query
    with asking("#name=top-methods&p.at_least=1&view=chart") as seen:
        seen.answered()
        assert seen.page.get_by_label("at_least").input_value() == "1"
        assert seen.page.locator("#shown .bars li").count() > 1
        seen.page.locator("#table").click()
        assert "view" not in seen.page.evaluate("location.hash")


@pytest.mark.browser
def test_answers_link_to_pages_that_are_there(site: Site, asking: Any) -> None:
    links: set[str] = set()
    with asking() as seen:
        for name in ("papers-and-robots", "hubs", "papers-of-category", "comparisons", "co-authors", "top-tasks"):
            given = site.examples[name] | ({"limit": "100"} if name == "hubs" else {})
            seen.ask({"name": name, **{f"p.{key}": value for key, value in given.items()}})
            links |= set(seen.page.eval_on_selector_all("#shown a", "all => all.map(a => a.getAttribute('href'))"))
        kinds = {link.partition("/")[0] for link in links}
        assert kinds >= {"paper", "robot", "method", "author", "category", "task"}
        missing = seen.page.evaluate("links => links.map(decodeURIComponent)", sorted(links))
        assert [link for link in missing if not (site.folder / link).is_file()] == []


@pytest.mark.browser
def test_answers_become_networks_and_charts_where_they_fit(asking: Any) -> None:
    with asking() as seen:
        seen.ask({"name": "papers-and-robots"})
        assert seen.page.locator("#chart").is_hidden()
        seen.page.locator("#network").click()
        assert seen.page.get_by_label("Lines from").locator("option:checked").inner_text() == "paper"
        assert seen.page.get_by_label("to", exact=True).locator("option:checked").inner_text() == "robot"
        names = seen.page.locator("#shown svg text").all_text_contents()
        assert "Unitree G1" in names
        assert "Stairs on the Unitree G1 Robot" in names
        seen.ask({"name": "hubs"})
        assert seen.page.locator("#chart").is_visible()
        seen.page.locator("#chart").click()
        first = seen.page.locator("#shown .bars li").first
        assert first.locator("a").count() >= 1
        seen.run("SELECT (1 AS ?one) {}")
        assert seen.page.locator("#chart").is_hidden()
        assert seen.page.locator("#network").is_hidden()


def complete(seen: Asking, text: str, *, before: str = "") -> tuple[list[str], Locator]:
    seen.write(before)
    seen.editor.press("ControlOrMeta+End")
    seen.editor.press_sequentially(text, delay=20)
    options = seen.page.locator("#editor .cm-tooltip-autocomplete li")
    options.first.wait_for()
    return options.all_text_contents(), options


@pytest.mark.browser
def test_the_editor_completes_prefixes_terms_variables_and_names(asking: Any, hostile: tuple[str, ...]) -> None:
    with asking() as seen:
        seen.editor.click()
        seen.run("ASK {}")
        assert "skos:prefix" in complete(seen, "sko")[0]
        offered, _ = complete(seen, "kg:propo")
        assert offered[0] == "kg:proposesproperty"
        assert "kg:Methodclass" in complete(seen, "kg:Meth")[0]
        assert "?paper" in complete(seen, "?pa", before="SELECT ?paper { ")[0]
        offered, options = complete(seen, "unitr", before="ASK { ")
        assert "Unitree G1Robot" in offered
        options.filter(has_text="Unitree G1").first.click()
        assert "<thing/unitree-g1>" in seen.editor.inner_text()
        offered, options = complete(seen, "onerror", before='ASK { ?x rdfs:label "')
        assert any(hostile[1] in option for option in offered)
        assert seen.page.locator("#editor img").count() == 0


@pytest.mark.browser
def test_hostile_answers_are_text(asking: Any, hostile: tuple[str, ...]) -> None:
    with asking() as seen:
        seen.run("SELECT ?thing ?name { ?thing skos:prefLabel ?name ; kg:mainType kg:Method }")
        cells = {cell for row in seen.rows() for cell in row}
        assert {hostile[0], hostile[1], hostile[3]} <= cells
        assert seen.page.locator("#answer img, #answer script").count() == 0
        seen.page.locator("#csv").wait_for()
        seen.run('SELECT ?x { VALUES ?x { <javascript:alert(1)> <data:text/html,x> "javascript:alert(1)" } }')
        assert seen.page.locator("#shown td a").count() == 0


@pytest.mark.browser
def test_only_this_page_may_compile(site: Site) -> None:
    policies = {
        path.relative_to(site.folder).as_posix(): "unsafe" in path.read_text(encoding="utf-8").partition("<title>")[0]
        for path in site.folder.rglob("*.html")
    }
    assert {name for name, unsafe in policies.items() if unsafe} == {"sparql.html"}
    text = html.unescape((site.folder / "sparql.html").read_text(encoding="utf-8"))
    assert "'wasm-unsafe-eval'" in text
    assert "worker-src blob:" in text
    assert "'unsafe-eval'" not in text.replace("'wasm-unsafe-eval'", "")


def test_a_graph_that_is_too_large_says_what_to_do(
    graph: GraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of_sparql, "LIMIT", 100)
    page_of_sparql.write(gather(graph), graph, tmp_path)
    text = (tmp_path / "sparql.html").read_text(encoding="utf-8")
    assert "more than 100 statements" in text
    assert "kg query DIR" in text
    assert not (tmp_path / "data").exists()
    assert '<script src="assets/sparql.js"' not in text


def test_without_the_built_scripts_the_page_says_so(
    graph: GraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of_sparql, "DIST", "not-built")
    page_of_sparql.write(gather(graph), graph, tmp_path)
    text = (tmp_path / "sparql.html").read_text(encoding="utf-8")
    assert "was not built" in text
    assert "kg query DIR --name papers-on-robot" in text
    assert not (tmp_path / "data").exists()


def test_the_data_are_the_same_bytes_each_time(graph: GraphStore, tmp_path: Path) -> None:
    for name in ("one", "two"):
        page_of_sparql.write(gather(graph), graph, tmp_path / name)
    one, two = (
        {path.name: path.read_bytes() for path in sorted((tmp_path / name).rglob("*")) if path.is_file()}
        for name in ("one", "two")
    )
    assert one == two
    assert {"sparql.html", "sparql.css"} <= one.keys()
