/**
 * The words of a SPARQL query, cut as kg/graph/syntax.py cuts them: what must not be run, what a parser's complaint
 * means, where the parameters of a shipped query go.
 */

export interface Word {
  kind: "space" | "iri" | "string" | "variable" | "name" | "word" | "sign";
  text: string;
  start: number;
}

/** Something wrong with a query or a value, in plain words; `at` is where in the query. */
export class Mistake extends Error {
  constructor(message: string, readonly remedy = "", readonly at: number | null = null) {
    super(message);
  }
}

const KINDS = ["space", "iri", "string", "variable", "name", "word", "sign"] as const;
const LETTER = String.raw`[\p{L}\p{N}_]`;
const WORDS = new RegExp(
  [
    String.raw`(\s+|#[^\r\n]*)`,
    String.raw`(<(?:[^<>"{}|^\u0060\\\x00-\x20]|\\[uU][0-9A-Fa-f]+)*>)`,
    String.raw`("{3}(?:"{0,2}(?:[^"\\]|\\.))*"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')`,
    String.raw`([?$]${LETTER}+)`,
    String.raw`((?:${LETTER}|[.\-])*:(?:(?:${LETTER}|[.:\-])|%[0-9A-Fa-f]{2}|\\.)*)`,
    String.raw`(@?${LETTER}(?:${LETTER}|-)*)`,
    String.raw`(\\.|.)`,
  ].join("|"),
  "gsu",
);
const UPDATES = new Set(["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"]);
const PROLOGUE = new Set(["BASE", "PREFIX", "VERSION"]);
const QUERIES = ["ASK", "CONSTRUCT", "DESCRIBE", "SELECT"];
const CLOSING: Record<string, string> = { ")": "(", "]": "[", "}": "{" };
const NOT_OFFERED = new Set(["", "LATERAL", "SERVICE", "<unreported>"]);
const SHOWN = 6;

export function words(query: string): Word[] {
  const found: Word[] = [];
  for (const match of query.matchAll(WORDS)) {
    const group = match.slice(1).findIndex((text) => text !== undefined);
    const kind = KINDS[group]!;
    if (kind !== "space") found.push({ kind, text: match[0], start: match.index });
  }
  return found;
}

/** The word that says what kind of request a query is, in capitals. */
export function form(query: string): string {
  const first = words(query).find(({ kind, text }) => kind === "word" && !PROLOGUE.has(text.toUpperCase()));
  return first?.text.toUpperCase() ?? "";
}

/** Whether a query chooses its default graph with FROM; else the default graph is the union of all. */
export function namesItsGraphs(query: string): boolean {
  return words(query).some(({ kind, text }) => kind === "word" && text.toUpperCase() === "FROM");
}

/** Throw where a query would change the graph or ask another server. */
export function refuse(query: string): void {
  const first = form(query);
  if (UPDATES.has(first)) {
    throw new Mistake(`a query only reads, and ${first} would change the graph`, "Ask with SELECT, ASK, CONSTRUCT or DESCRIBE.");
  }
  for (const { kind, text, start } of words(query)) {
    const code = kind === "name" ? text.split(":", 1)[0]! : text;
    if ((kind === "word" || kind === "name") && code.toLowerCase().includes("service")) {
      throw new Mistake(`${place(query, start)}: SERVICE is refused, a query stays on this machine`, "Leave the SERVICE clause out.", start);
    }
  }
}

/** Return a query with each variable written `$name` replaced by the SPARQL text of its value. */
export function substitute(query: string, values: Map<string, string>): string {
  let result = "";
  let end = 0;
  for (const { kind, text, start } of words(query)) {
    const value = kind === "variable" && text[0] === "$" ? values.get(text.slice(1)) : undefined;
    if (value === undefined) continue;
    result += query.slice(end, start) + value;
    end = start + text.length;
  }
  return result + query.slice(end);
}

/**
 * What to say of a query that the parser refused.
 *
 * @param complaint - the parser's, about `query` behind one line of prefixes
 */
export function explain(query: string, complaint: string, prefixes: string[]): Mistake {
  const mistake = undeclared(query, prefixes) ?? unfinished(query) ?? notBegun(query);
  if (mistake) return mistake;
  const match = /error at (\d+):(\d+): expected (?:one of )?(.*)/s.exec(complaint);
  if (!match) return new Mistake(`the query cannot be answered: ${complaint}`);
  const [line, column] = [Number(match[1]) - 1, Number(match[2])];
  const at = query.split("\n").slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  const word = words(query).find(({ text, start }) => start + text.length > at)?.text.slice(0, 40);
  const where = `near line ${line}, column ${column}${word ? ` (${word})` : ""}`;
  const items = (match[3]!.match(/"(?:[^"\\]|\\.)*"|\[[^\]]*\](?=,|$)|[^,]+/g) ?? []).map((item) => item.trim());
  const reason = items.find((item) => /^[A-Za-z]+(?: [A-Za-z]+)+$/.test(item));
  if (reason) return new Mistake(`${where}: ${reason}`, "", at);
  const waited = items.filter((item) => !NOT_OFFERED.has(item) && !item.startsWith("["));
  const more = waited.length > SHOWN ? ", …" : "";
  const remedy = waited.length ? `The parser waited for ${waited.slice(0, SHOWN).join(", ")}${more}.` : "";
  return new Mistake(`${where}: the query cannot be understood`, remedy, at);
}

function place(query: string, at: number): string {
  const lines = query.slice(0, at).split("\n");
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}

function undeclared(query: string, prefixes: string[]): Mistake | null {
  const known = new Set(prefixes);
  let declares = false;
  for (const { kind, text, start } of words(query)) {
    const prefix = text.split(":", 1)[0]!.replace(/^[.-]+/, "");
    if (kind === "name" && declares) known.add(prefix);
    else if (kind === "name" && !known.has(prefix) && prefix !== "_") {
      const [like] = nearest(prefix, [...known], 1);
      const hint = like ? `Did you mean ${like}: there? ` : "";
      return new Mistake(`${place(query, start)}: unknown prefix ${prefix}:`, `${hint}Declare it with PREFIX ${prefix}: <…>, or use one of ${[...prefixes].sort().join(", ")}.`, start);
    }
    declares = kind === "word" && text.toUpperCase() === "PREFIX";
  }
  return null;
}

/** Find the bracket or quotation mark that has no partner. */
function unfinished(query: string): Mistake | null {
  const opened: Word[] = [];
  for (const word of words(query)) {
    const { kind, text, start } = word;
    if (kind !== "sign") continue;
    if (text === '"' || text === "'") return new Mistake(`${place(query, start)}: the text that begins here does not end`, "", start);
    if (Object.values(CLOSING).includes(text)) opened.push(word);
    else if (text in CLOSING && opened.pop()?.text !== CLOSING[text]) return new Mistake(`${place(query, start)}: this ${text} closes nothing`, "", start);
  }
  const last = opened.at(-1);
  return last ? new Mistake(`${place(query, last.start)}: this ${last.text} is never closed`, "", last.start) : null;
}

function notBegun(query: string): Mistake | null {
  const first = form(query);
  if (QUERIES.includes(first)) return null;
  return new Mistake(`a query begins with ${QUERIES.join(", ")}, ${first ? `not with ${first}` : "and this one is empty"}`);
}

/** Return at most `count` of `names` that are spelled almost like `sought`, the nearest first (Dice coefficient of pairs). */
export function nearest(sought: string, names: Iterable<string>, count: number): string[] {
  const pairs = (text: string): Set<string> => new Set(Array.from({ length: Math.max(1, text.length - 1) }, (_, i) => text.slice(i, i + 2)));
  const ours = pairs(sought.toLowerCase());
  const found: [number, string][] = [];
  for (const name of names) {
    const theirs = pairs(name.toLowerCase());
    const common = [...ours].filter((pair) => theirs.has(pair)).length;
    const likeness = (2 * common) / (ours.size + theirs.size);
    if (likeness >= 0.5) found.push([likeness, name]);
  }
  found.sort(([a, x], [b, y]) => b - a || (x < y ? -1 : 1));
  return [...new Set(found.map(([, name]) => name))].slice(0, count);
}
