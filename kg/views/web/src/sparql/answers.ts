/** An answer as a table, as a network, as a chart, and as a file. */
import { forceCenter, forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import type { Term } from "./messages";
import type { Pages } from "./pages";

export interface Rows {
  columns: string[];
  rows: (Term | null)[][];
}

const FIRST = 500;
const MOST_BARS = 60;
const MOST_LINES = 300;
const NUMBERS = new Set(["integer", "decimal", "double", "float", "nonNegativeInteger"].map((name) => `http://www.w3.org/2001/XMLSchema#${name}`));
const LONGEST = 32;
const STRETCH = 1.5; // names are wider than high
const [WIDTH, HEIGHT] = [900, 560];

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, text = "", className = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function svg(tag: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

function isNumber(term: Term): boolean {
  return term.type === "literal" && NUMBERS.has(term.datatype ?? "");
}

function kept({ rows }: Rows, column: number): Term[] {
  return rows.map((row) => row[column]).filter((term): term is Term => term != null);
}

/** Return the columns that hold numbers only. */
export function numeric(answer: Rows): number[] {
  return answer.columns.map((_, i) => i).filter((i) => kept(answer, i).length > 0 && kept(answer, i).every(isNumber));
}

/** Return the columns that hold names: of nodes, or short texts. */
export function naming(answer: Rows, pages: Pages): number[] {
  const named = (term: Term): boolean => term.type === "iri" || pages.kind(term) !== "";
  return answer.columns.map((_, i) => i).filter((i) => {
    const terms = kept(answer, i);
    return terms.length > 0 && terms.filter(named).length >= terms.length / 2;
  });
}

/** Return the two columns between which lines tell most: not the two names of one thing. */
export function ends(answer: Rows, pages: Pages): [number, number] | null {
  const columns = naming(answer, pages);
  for (const from of columns) {
    for (const to of columns.toReversed()) {
      if (to > from && !sameThings(answer, from, to, pages)) return [from, to];
    }
  }
  return null;
}

function sameThings({ rows }: Rows, from: number, to: number, pages: Pages): boolean {
  const address = (term: Term | null): string => (term ? pages.address(term) || pages.text(term) : "");
  return rows.every((row) => address(row[from]!) === address(row[to]!));
}

function cell(term: Term | null, pages: Pages): Node {
  if (!term) return document.createTextNode("");
  const address = pages.address(term);
  if (!address) return document.createTextNode(pages.text(term));
  const link = element("a", pages.text(term));
  link.href = document.body.dataset["root"] + address;
  if (term.type === "iri") link.title = pages.label(term);
  return link;
}

export function table(answer: Rows, pages: Pages): HTMLElement {
  const box = element("div", "", "scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Answer");
  const made = element("table");
  const head = made.createTHead().insertRow();
  for (const column of answer.columns) {
    const name = element("th", column);
    name.scope = "col";
    head.append(name);
  }
  const body = made.createTBody();
  const numbers = new Set(numeric(answer));
  const add = (rows: (Term | null)[][]): void => {
    for (const row of rows) {
      const line = body.insertRow();
      row.forEach((term, i) => {
        const place = line.insertCell();
        if (numbers.has(i)) place.className = "value";
        place.append(cell(term, pages));
      });
    }
  };
  add(answer.rows.slice(0, FIRST));
  box.append(made);
  if (answer.rows.length > FIRST) {
    const more = element("button", `Show all ${answer.rows.length.toLocaleString("en")} rows`, "tool");
    more.type = "button";
    more.addEventListener("click", () => {
      more.remove();
      add(answer.rows.slice(FIRST));
    });
    box.append(more);
  }
  return box;
}

export function chart(answer: Rows, value: number, pages: Pages): HTMLElement {
  const labels = answer.columns.map((_, i) => i).filter((i) => !numeric(answer).includes(i));
  const rows = answer.rows.filter((row) => row[value]).slice(0, MOST_BARS);
  const most = Math.max(...rows.map((row) => Math.abs(Number(row[value]!.value))), 0) || 1;
  const list = element("ol", "", "bars");
  for (const row of rows) {
    const item = element("li");
    const name = element("span", "", "bar-name");
    labels.slice(0, 2).forEach((i, place) => name.append(...(place ? [" · "] : []), cell(row[i]!, pages)));
    const bar = element("span", "", "bar-line");
    const fill = element("span", "", "bar-fill");
    fill.style.width = `${(Math.abs(Number(row[value]!.value)) / most) * 100}%`;
    bar.append(fill);
    item.append(name, bar, element("span", row[value]!.value, "bar-value"));
    list.append(item);
  }
  const box = element("div");
  box.append(element("p", `${answer.columns[value]}${answer.rows.length > rows.length ? `, the first ${rows.length} of ${answer.rows.length} rows` : ""}`, "soft"), list);
  return box;
}

interface Point {
  id: string;
  term: Term;
  degree: number;
  x?: number;
  y?: number;
}

export function drawing(answer: Rows, from: number, to: number, pages: Pages): HTMLElement {
  const points = new Map<string, Point>();
  const lines: { source: string; target: string }[] = [];
  const seen = new Set<string>();
  const point = (term: Term): string => {
    const id = pages.address(term) || `${term.type} ${term.value}`;
    const one = points.get(id) ?? { id, term, degree: 0 };
    one.degree += 1;
    points.set(id, one);
    return id;
  };
  for (const row of answer.rows) {
    const [a, b] = [row[from], row[to]];
    if (!a || !b || lines.length >= MOST_LINES) continue;
    const line = { source: point(a), target: point(b) };
    const key = JSON.stringify(line);
    if (line.source !== line.target && !seen.has(key)) lines.push(line);
    seen.add(key);
  }
  const nodes = [...points.values()];
  const links = lines.map((line) => ({ ...line })) as unknown as { source: Point; target: Point }[];
  forceSimulation(nodes)
    .force("line", forceLink<Point, { source: Point; target: Point }>(links).id((one) => one.id).distance(70))
    .force("apart", forceManyBody().strength(-160).distanceMax(400))
    .force("collide", forceCollide(14))
    .force("x", forceX(0).strength(0.04))
    .force("y", forceY(0).strength(0.07))
    .force("middle", forceCenter(0, 0))
    .stop()
    .tick(300);
  for (const node of nodes) node.x! *= STRETCH;
  return sheet(nodes, links, pages, answer.rows.length);
}

function sheet(nodes: Point[], links: { source: Point; target: Point }[], pages: Pages, rows: number): HTMLElement {
  const [left, right] = [Math.min(...nodes.map((n) => n.x!), 0) - 60, Math.max(...nodes.map((n) => n.x!), 0) + 110];
  const [top, bottom] = [Math.min(...nodes.map((n) => n.y!), 0) - 20, Math.max(...nodes.map((n) => n.y!), 0) + 20];
  const scale = Math.max((right - left) / WIDTH, (bottom - top) / HEIGHT, 0.6);
  const picture = svg("svg", { viewBox: `${left} ${top} ${right - left} ${bottom - top}`, role: "group", "aria-label": `Network of ${nodes.length} nodes and ${links.length} lines; the table holds the same`, class: "drawing" });
  for (const { source, target } of links) picture.append(svg("line", { x1: source.x!, y1: source.y!, x2: target.x!, y2: target.y!, "stroke-width": scale }));
  for (const node of nodes.sort((a, b) => a.degree - b.degree)) picture.append(mark(node, scale, pages));
  const box = element("div");
  box.append(picture);
  if (links.length >= MOST_LINES) box.append(element("p", `The first ${MOST_LINES} lines of ${rows} rows are drawn.`, "soft"));
  return box;
}

function mark(node: Point, scale: number, pages: Pages): SVGElement {
  const address = pages.address(node.term);
  const whole = pages.label(node.term) || pages.text(node.term);
  const group = address ? svg("a", { href: document.body.dataset["root"] + address }) : svg("g", {});
  const kind = pages.kind(node.term);
  const size = (3 + Math.sqrt(node.degree) * 1.6) * scale;
  const text = svg("text", { x: node.x! + size + 3 * scale, y: node.y! + 4 * scale, "font-size": 12 * scale, "stroke-width": 3 * scale });
  text.textContent = whole.length > LONGEST ? `${whole.slice(0, LONGEST - 1)}…` : whole;
  const title = svg("title", {});
  title.textContent = kind ? `${whole} (${kind})` : whole;
  group.append(title, svg("circle", { cx: node.x!, cy: node.y!, r: size, class: kind }), text);
  return group;
}

/** Return an answer in the W3C's CSV format, as `kg query --format csv` writes it. */
export function csv({ columns, rows }: Rows): string {
  const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const written = (term: Term | null): string => (term ? quoted(term.type === "blank" ? `_:${term.value}` : term.value) : "");
  return [columns.map(quoted), ...rows.map((row) => row.map(written))].map((cells) => `${cells.join(",")}\r\n`).join("");
}
