/** The sentences behind edges, loaded when they are asked for. */
import type { Graph, Saying } from "./data";
import { make } from "./dom";

declare global {
  interface Window {
    KG: { load(name: string): Promise<unknown> };
    /** For the console, and for tests of this page. */
    atlas: unknown;
  }
}

const MARKS = ["", "s", "o", "s o"];

export async function sayings(graph: Graph, edge: number): Promise<Saying[]> {
  const shard = Math.floor(edge / graph.data.shard);
  const found = (await window.KG.load(`evidence/${graph.name}-${shard}`)) as Saying[][];
  return found[edge - shard * graph.data.shard];
}

function figure([title, page, date, score, runs]: Saying): HTMLElement {
  const link = make("a", { href: page }, title);
  const about: (Node | string)[] = [link];
  if (date) about.push(" ", make("time", {}, date));
  if (!runs.length) return make("figure", {}, make("figcaption", {}, ...about));
  const words = runs.map(([text, end]) => (end ? make("mark", { class: MARKS[end] }, text) : text));
  about.push(" ", make("span", { class: "score" }, `score ${(score / 100).toFixed(2)}`));
  return make("figure", {}, make("blockquote", {}, ...words), make("figcaption", {}, ...about));
}

/** Return a place that fills with what papers say of an edge. */
export function evidence(graph: Graph, edge: number): HTMLElement {
  const box = make("div", { class: "said", "aria-live": "polite" }, "…");
  sayings(graph, edge).then((found) => {
    const support = graph.data.edges.support[edge];
    const more = support > found.length ? [make("p", { class: "soft" }, `and ${support - found.length} more papers`)] : [];
    const given = found.some((one) => one[4].length) ? [] : [make("p", { class: "soft" }, "Follows from what these papers are about; no sentence was read for it.")];
    box.replaceChildren(...given, ...found.map(figure), ...more);
  }).catch((error: unknown) => {
    box.textContent = `The sentences could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
  });
  return box;
}
