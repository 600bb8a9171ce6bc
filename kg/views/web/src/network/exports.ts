/** What is seen as files: a picture, a drawing that can be edited, a network that other programs read. */
import { month, type Graph } from "./data";
import { OUTLINES } from "./dom";
import type { Seen } from "./filter";
import { diameter, font } from "./labels";
import type { Stage } from "./stage";
import type { Theme } from "./painter";

// What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets).
// eslint-disable-next-line no-control-regex
const NO_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;" };

export const escaped = (text: string): string => text.replace(NO_XML, "\ufffd").replace(/[&<>"'\n\t\r]/g, (c) => ENTITIES[c]);

const fixed = (value: number): string => String(Math.round(value * 10) / 10);

const UNIT = 10;

export function svg(graph: Graph, seen: Seen, stage: Stage, theme: Theme): string {
  const { camera, lit } = stage;
  const margin = 20;
  const inView = (x: number, y: number): boolean => x > -margin && y > -margin && x < camera.width + margin && y < camera.height + margin;
  const at = (i: number): [number, number] => camera.toScreen(graph.x[i], graph.y[i]);
  const strong = new Set(lit.edges);
  const lines: string[] = [];
  for (let e = 0; e < graph.edgeCount; e++) {
    if (!seen.edges[e]) continue;
    const [x0, y0] = at(graph.source[e]);
    const [x1, y1] = at(graph.target[e]);
    if (!inView(x0, y0) && !inView(x1, y1)) continue;
    const look = strong.has(e) ? ` stroke="${theme.accent}" stroke-opacity="1" stroke-width="1.5"` : "";
    lines.push(`<path d="M${fixed(x0)} ${fixed(y0)}L${fixed(x1)} ${fixed(y1)}"${look}/>`);
  }
  const nodes: string[] = [];
  for (const i of graph.order) {
    const [x, y] = at(i);
    if (!seen.nodes[i] || !inView(x, y)) continue;
    const { colour, shape, hollow } = graph.kindOf(i);
    const own = colour === "#000000" ? theme.ink : colour;
    const scale = diameter(graph.size[i], camera.scale, stage.least) / 2 / UNIT;
    const look = hollow ? `fill="${theme.paper}" stroke="${own}" stroke-width="3"` : `fill="${own}"`;
    nodes.push(`<path transform="translate(${fixed(x)} ${fixed(y)}) scale(${scale.toFixed(3)})" d="${OUTLINES[shape]}" ${look}><title>${escaped(graph.data.label[i])}</title></path>`);
  }
  const words = stage.labels.map((label) =>
    `<text x="${fixed(label.x)}" y="${fixed(label.y)}" style="font:${font(label)}">${escaped(label.text)}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${fixed(camera.width)} ${fixed(camera.height)}" width="${fixed(camera.width)}" height="${fixed(camera.height)}">`,
    `<rect width="100%" height="100%" fill="${theme.paper}"/>`,
    `<g fill="none" stroke="${theme.soft}" stroke-opacity="0.35">${lines.join("")}</g>`,
    `<g>${nodes.join("")}</g>`,
    `<g fill="${theme.ink}" stroke="${theme.paper}" stroke-width="3" paint-order="stroke" text-anchor="middle" dominant-baseline="central">${words.join("")}</g>`,
    "</svg>\n",
  ].join("\n");
}

const NODE_VALUES: [string, string, (graph: Graph, i: number) => string | number][] = [
  ["kind", "string", (graph, i) => graph.kindOf(i).name],
  ["page", "string", (graph, i) => `${graph.data.page[i]}.html`],
  ["papers", "integer", (graph, i) => graph.data.papers[i]],
  ["first", "string", (graph, i) => month(graph.data.first[i])],
  ["last", "string", (graph, i) => month(graph.data.last[i])],
  ["community", "integer", (graph, i) => graph.data.community[i]],
];
const EDGE_VALUES: [string, string, (graph: Graph, e: number) => string | number][] = [
  ["type", "string", (graph, e) => graph.typeOf(e).name],
  ["score", "double", (graph, e) => graph.data.edges.score[e] / 100],
  ["papers", "integer", (graph, e) => graph.data.edges.support[e]],
  ["first", "string", (graph, e) => month(graph.data.edges.first[e])],
  ["last", "string", (graph, e) => month(graph.data.edges.last[e])],
];

/** GEXF 1.3 (https://gexf.net), with places, sizes and colours. */
export function gexf(graph: Graph, seen: Seen): string {
  const values = (all: typeof NODE_VALUES, i: number): string =>
    `<attvalues>${all.map(([name, , of]) => `<attvalue for="${name}" value="${escaped(String(of(graph, i)))}"/>`).join("")}</attvalues>`;
  const titles = (all: typeof NODE_VALUES, of: string): string =>
    `<attributes class="${of}">${all.map(([name, type]) => `<attribute id="${name}" title="${name}" type="${type}"/>`).join("")}</attributes>`;
  const nodes: string[] = [];
  for (let i = 0; i < graph.count; i++) {
    if (!seen.nodes[i]) continue;
    const [r, g, b] = [1, 3, 5].map((from) => parseInt(graph.kindOf(i).colour.slice(from, from + 2), 16));
    nodes.push(
      `<node id="${i}" label="${escaped(graph.data.label[i])}">${values(NODE_VALUES, i)}<viz:color r="${r}" g="${g}" b="${b}"/>`
      + `<viz:position x="${fixed(graph.x[i])}" y="${fixed(-graph.y[i])}" z="0"/><viz:size value="${graph.size[i]}"/></node>`,
    );
  }
  const edges: string[] = [];
  for (let e = 0; e < graph.edgeCount; e++) {
    if (!seen.edges[e]) continue;
    edges.push(`<edge id="${e}" source="${graph.source[e]}" target="${graph.target[e]}" label="${escaped(graph.typeOf(e).said)}">${values(EDGE_VALUES, e)}</edge>`);
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">',
    `<graph defaultedgetype="directed">${titles(NODE_VALUES, "node")}${titles(EDGE_VALUES, "edge")}`,
    `<nodes>\n${nodes.join("\n")}\n</nodes>\n<edges>\n${edges.join("\n")}\n</edges>`,
    "</graph></gexf>\n",
  ].join("\n");
}

/** Hand a file to the user. */
export function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
