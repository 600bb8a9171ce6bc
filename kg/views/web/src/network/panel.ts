/** What is known of the chosen node, and the paths from it to another. */
import { month, type Graph } from "./data";
import { button, make, mark } from "./dom";
import { evidence } from "./evidence";
import type { Seen } from "./filter";
import type { State } from "./state";
import type { Path } from "./walk";

export interface Acts { choose(node: number): void; hops(count: number): void; unpath(): void }

const LISTED = 25;

function nodeButton(graph: Graph, node: number, acts: Acts): HTMLButtonElement {
  const made = button("", () => acts.choose(node), { class: "node" });
  made.append(mark(graph.kindOf(node)), graph.data.label[node]);
  return made;
}

function why(graph: Graph, edge: number, name: string): [HTMLButtonElement, HTMLElement] {
  const box = make("div");
  const open = button("why", () => {
    const shut = open.getAttribute("aria-expanded") === "false";
    open.setAttribute("aria-expanded", String(shut));
    box.replaceChildren(...(shut ? [evidence(graph, edge)] : []));
  }, { class: "why", "aria-expanded": "false", "aria-label": `Why: ${name}` });
  return [open, box];
}

function heading(graph: Graph, node: number): HTMLElement[] {
  const { data } = graph;
  const kind = graph.kindOf(node);
  const from = month(data.first[node]);
  const until = month(data.last[node]);
  const count = data.papers[node];
  const facts = [kind.name, ...(kind.name === "Paper" ? [] : [`${count} ${count === 1 ? "paper" : "papers"}`]), ...(from ? [from === until ? from : `${from} to ${until}`] : [])];
  const head = make("h2", {}, mark(kind), data.label[node]);
  return [head, make("p", { class: "soft" }, facts.join(" · ")), make("p", {}, make("a", { href: `${data.page[node]}.html` }, "Open its page"))];
}

function steps(state: State, acts: Acts): HTMLElement {
  const box = make("div", { class: "steps", role: "group", "aria-label": "How much of the surroundings is shown" });
  ["Everything", "1 step", "2 steps", "3 steps"].forEach((text, count) => {
    box.append(button(text, () => acts.hops(count), { "aria-pressed": String(state.hops === count) }));
  });
  return box;
}

function neighbours(graph: Graph, seen: Seen, node: number, acts: Acts): HTMLElement[] {
  const groups = new Map<string, number[]>();
  for (const e of graph.edgesAt(node)) {
    if (!seen.edges[e]) continue;
    const said = graph.typeOf(e).said;
    const title = graph.source[e] === node ? `${said} →` : `← ${said}`;
    groups.set(title, [...(groups.get(title) ?? []), e]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([title, edges]) => {
    edges.sort((a, b) => graph.data.edges.support[b] - graph.data.edges.support[a] || a - b);
    const list = make("ul");
    const add = (from: number): void => {
      for (const e of edges.slice(from, from + LISTED)) {
        const other = graph.other(e, node);
        const ends = [graph.source[e], graph.target[e]].map((i) => graph.data.label[i]);
        list.append(make("li", {}, nodeButton(graph, other, acts), ...why(graph, e, `${ends[0]} ${graph.typeOf(e).said} ${ends[1]}`)));
      }
      const rest = edges.length - from - LISTED;
      if (rest > 0) {
        const more = make("li", {}, button(`${rest} more`, () => { more.remove(); add(from + LISTED); }, { class: "why" }));
        list.append(more);
      }
    };
    add(0);
    return [make("h3", {}, `${title} `, make("span", { class: "count" }, String(edges.length))), list];
  });
}

export function aboutNode(graph: Graph, seen: Seen, state: State, node: number, acts: Acts): HTMLElement[] {
  return [...heading(graph, node), steps(state, acts), ...neighbours(graph, seen, node, acts)];
}

function onePath(graph: Graph, path: Path, acts: Acts): HTMLElement {
  const list = make("ol", { class: "path" });
  path.nodes.forEach((node, i) => {
    const item = make("li", {}, nodeButton(graph, node, acts));
    if (i < path.edges.length) {
      const e = path.edges[i];
      const said = graph.typeOf(e).said;
      item.append(make("p", { class: "hop" }, graph.source[e] === node ? `↓ ${said}` : `↑ ${said}`), evidence(graph, e));
    }
    list.append(item);
  });
  return list;
}

export function aboutPaths(graph: Graph, found: Path[], from: number, to: number, acts: Acts): HTMLElement[] {
  const title = make("h2", {}, `From ${graph.data.label[from]} to ${graph.data.label[to]}`);
  const back = make("p", {}, button("Close the path", () => acts.unpath(), { class: "tool" }));
  if (!found.length) return [title, back, make("p", {}, "Nothing that is shown links the two; fewer filters may.")];
  const counted = found.map((path, i) => make("section", {}, make("h3", {}, `${found.length > 1 ? `Way ${i + 1}: ` : ""}${path.edges.length} ${path.edges.length === 1 ? "step" : "steps"}`), onePath(graph, path, acts)));
  return [title, back, ...counted];
}

/** What is said of a chosen node that the drawing leaves out. */
export function aboutMissing(page: string): HTMLElement[] {
  const own = /^[a-z]+\/[\w.~-]+$/.test(page) ? [" ", make("a", { href: `${page}.html` }, "Its page"), " has everything that is known of it."] : [];
  return [make("p", {}, `${page} is not drawn on this map.`, ...own)];
}
