/** Oxigraph beside the page: a worker, so that a long query blocks nothing and can be stopped by ending it. */
import { initSync, literal, namedNode, Store, type NamedNode, type Quad } from "oxigraph/web.js";
import type { Answer, Bind, Name, Open, Parameter, Request, Term } from "./sparql/messages";
import { explain, form, Mistake, namesItsGraphs, nearest, refuse, substitute } from "./sparql/words";

const RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const SKOS = "http://www.w3.org/2004/02/skos/core#";
const ARXIV = /^(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})$/;

/** The answer did not fit into memory; what is left of Oxigraph then cannot be relied on. */
class TooMuch extends Mistake {
  constructor() {
    super("the query needed too much memory", "Ask for less: fewer variables, a LIMIT.");
  }
}

let store: Store;
let base = "";
let prefixes: Record<string, string> = {};
let declared = "";
let names: Name[] = [];

async function unpacked(packed: string): Promise<Uint8Array> {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function open(request: Open): Promise<Answer> {
  ({ base, prefixes } = request);
  declared = `${Object.entries(prefixes).map(([name, start]) => `PREFIX ${name}: <${start}>`).join(" ")}\n`;
  initSync({ module: await unpacked(request.wasm) });
  store = new Store();
  store.load(await unpacked(request.quads), { format: "application/n-quads", no_transaction: true, lenient: true });
  names = [...named("?node kg:mainType ?kind ; skos:prefLabel ?label"), ...named("?node a ?kind ; skos:prefLabel ?label VALUES ?kind { kg:Author }"), ...named("?node a ?kind ; rdfs:label ?label VALUES ?kind { kg:Paper }"), ...named("?node a skos:Concept ; skos:notation ?label BIND(kg:Category AS ?kind)")];
  return { type: "opened", quads: store.size, names };
}

interface Json {
  head: { vars?: string[] };
  boolean?: boolean;
  results?: { bindings: Record<string, JsonTerm>[] };
}
interface JsonTerm {
  type: string;
  value: string | Record<string, JsonTerm>;
  datatype?: string;
  "xml:lang"?: string;
}

function json(query: string): Json {
  return JSON.parse(store.query(declared + query, { base_iri: base, use_default_graph_as_union: !namesItsGraphs(query), results_format: "json" }) as string) as Json;
}

function named(pattern: string): Name[] {
  const start = prefixes["kg"]!;
  const rows = json(`SELECT DISTINCT ?node ?kind ?label { ${pattern} } ORDER BY ?node`).results!.bindings;
  return rows.map((row) => [String(row["node"]!.value), String(row["kind"]!.value).slice(start.length), String(row["label"]!.value)]);
}

function ask(query: string): Answer {
  refuse(query);
  try {
    if (["CONSTRUCT", "DESCRIBE"].includes(form(query))) return { type: "triples", rows: triples(query) };
    const { head, boolean, results } = json(query);
    if (boolean !== undefined) return { type: "boolean", value: boolean };
    const columns = head.vars ?? [];
    return { type: "rows", columns, rows: results!.bindings.map((row) => columns.map((column) => (row[column] ? term(row[column]) : null))) };
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) throw new TooMuch();
    throw explain(query, error instanceof Error ? error.message : String(error), Object.keys(prefixes));
  }
}

function triples(query: string): [Term, Term, Term][] {
  const options = { base_iri: base, use_default_graph_as_union: !namesItsGraphs(query) };
  const found = store.query(declared + query, options) as Quad[];
  return found.map((quad) => [bare(quad.subject), bare(quad.predicate), bare(quad.object)]);
}

function bare(node: { termType: string; value: string; toString(): string }): Term {
  if (node.termType === "NamedNode") return { type: "iri", value: node.value };
  if (node.termType === "BlankNode") return { type: "blank", value: node.value };
  if (node.termType !== "Literal") return { type: "triple", value: node.toString() };
  const { datatype, language } = node as unknown as { datatype: NamedNode; language: string };
  return { type: "literal", value: node.value, datatype: datatype.value, ...(language ? { language } : {}) };
}

function term({ type, value, datatype, "xml:lang": language }: JsonTerm): Term {
  if (type === "uri") return { type: "iri", value: String(value) };
  if (type === "bnode") return { type: "blank", value: String(value) };
  if (type !== "literal") return { type: "triple", value: JSON.stringify(value) };
  return { type: "literal", value: String(value), ...(datatype ? { datatype } : {}), ...(language ? { language } : {}) };
}

function bind({ query, values }: Bind): Answer {
  const written = new Map(query.parameters.map((parameter) => [parameter.name, sparql(parameter, values[parameter.name] ?? parameter.default)]));
  return { type: "bound", query: substitute(query.text, written) };
}

/** Return the value of a parameter as SPARQL, as kg/graph/named.py writes it. */
function sparql(parameter: Parameter, value: string | null): string {
  if (value === null) throw new Mistake(`${parameter.name} is needed: ${parameter.description}`);
  if (parameter.searches.length) return nodes(parameter, value);
  const text = value.trim();
  if (parameter.type === "integer") {
    if (!/^[0-9]{1,9}$/.test(text)) throw new Mistake(`${parameter.name} is a whole number, not ${value}`, "Write it in digits: 50.");
    return String(Number(text));
  }
  if (parameter.type === "number") {
    if (!/^-?[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text)) throw new Mistake(`${parameter.name} is a number, not ${value}`, "Write it in digits: 0.5.");
    return `"${text}"^^<${prefixes["xsd"]}decimal>`;
  }
  if (parameter.type === "date") {
    if (!/^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/.test(text)) throw new Mistake(`${parameter.name} is a date, not ${value}`, "Write 2025-12-05, 2025-12 or 2025.");
    return literal(text).toString();
  }
  return literal(value).toString();
}

function nodes(parameter: Parameter, value: string): string {
  if (!value && parameter.default === "") return "UNDEF";
  const found = identified(value).filter((iri) => kindOf(iri));
  const sought = value.toLowerCase().replace(/[-_/\s(),:]+/gu, " ").trim();
  if (!found.length && sought) {
    for (const search of parameter.searches) {
      const rows = json(substitute(search, new Map([["sought", literal(` ${sought}`).toString()]]))).results!.bindings;
      found.push(...rows.map((row) => String(row["node"]!.value)));
    }
  }
  const wanted = [...new Set(found)].filter((iri) => parameter.kinds.includes(kindOf(iri) ?? "")).sort();
  if (wanted.length) return wanted.map((iri) => namedNode(iri).toString()).join(" ");
  const near = nearest(value, names.filter(([, kind]) => parameter.kinds.includes(kind)).map(([, , label]) => label), 3);
  const kinds = parameter.kinds.length > 3 ? "node" : parameter.kinds.join(" or ");
  throw new Mistake(`no ${kinds} of the graph is called ${value}`, near.length ? `Did you mean ${near.join(" or ")}?` : "");
}

/** What a value may identify: an IRI, one without the graph's base, a paper's id or address. */
function identified(value: string): string[] {
  const text = value.trim();
  const rest = text.replace(/^(?:https?:\/\/(?:www\.)?arxiv\.org\/(?:abs|pdf)\/|arxiv:\s*)/i, "").replace(/\.pdf$/, "");
  const id = ARXIV.test(rest.replace(/v\d+$/, "")) ? rest.replace(/v\d+$/, "") : text;
  const quoted = encodeURIComponent(id).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return [text, base + text, ARXIV.test(id) ? `https://arxiv.org/abs/${id}` : `${base}paper/${quoted}`];
}

/** The kind of a node that has a name of its own, a thing's main one. */
function kindOf(iri: string): string | undefined {
  const start = prefixes["kg"]!;
  const kinds = new Set(["Paper", "Author"]);
  try {
    const [main] = store.match(namedNode(iri), namedNode(`${start}mainType`), null, null);
    if (main) return main.object.value.slice(start.length);
    const types = store.match(namedNode(iri), namedNode(RDF_TYPE), null, null).map(({ object }) => object.value);
    if (types.includes(`${SKOS}Concept`)) return "Category";
    return types.map((type) => type.slice(start.length)).find((kind) => kinds.has(kind));
  } catch {
    return undefined; // no IRI
  }
}

async function answer(request: Request): Promise<Answer> {
  if (request.type === "open") return open(request);
  return request.type === "ask" ? ask(request.query) : bind(request);
}

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  answer(data).then(
    (found) => postMessage(found),
    (error: unknown) => {
      const { message, remedy = "", at = null } = error as Partial<Mistake>;
      const broken = error instanceof TooMuch;
      postMessage({ type: "mistake", message: message ?? String(error), remedy, at, broken } satisfies Answer);
    },
  );
});
