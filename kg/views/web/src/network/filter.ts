/** Which nodes and edges are seen under the filters. */
import type { Graph } from "./data";
import type { State } from "./state";
import { around } from "./walk";

export interface Seen { nodes: Uint8Array; edges: Uint8Array; nodeCount: number; edgeCount: number }

/** Whether something of these months falls in the chosen time; what has no date only where none is chosen. */
function inTime(first: number, last: number, state: State): boolean {
  if (!state.from && !state.until) return true;
  return first > 0 && last >= state.from && (!state.until || first <= state.until);
}

function admitted(graph: Graph, state: State): Uint8Array {
  const { data } = graph;
  const kinds = data.kinds.map(({ name }) => !state.kinds.includes(name));
  const category = data.categories.indexOf(state.category);
  const sets = data.sets.map((set) => !state.category || set.includes(category));
  const nodes = new Uint8Array(graph.count);
  for (let i = 0; i < graph.count; i++) {
    if (kinds[data.kind[i]] && sets[data.in[i]] && inTime(data.first[i], data.last[i], state)) nodes[i] = 1;
  }
  return nodes;
}

/** Apply all filters; a node that loses its last edge to them is not seen either, unless it is the chosen one. */
export function seen(graph: Graph, state: State): Seen {
  const { data } = graph;
  let nodes = admitted(graph, state);
  const types = data.types.map(({ name }) => !state.types.includes(name));
  const { type, score, first, last } = data.edges;
  const edges = new Uint8Array(graph.edgeCount);
  for (let e = 0; e < graph.edgeCount; e++) {
    const ends = nodes[graph.source[e]] && nodes[graph.target[e]];
    if (ends && types[type[e]] && score[e] >= state.score && inTime(first[e], last[e], state)) edges[e] = 1;
  }
  const chosen = graph.find(state.node);
  if (state.hops && chosen >= 0) {
    nodes = around(graph, edges, chosen, state.hops);
    for (let e = 0; e < graph.edgeCount; e++) if (!nodes[graph.source[e]] || !nodes[graph.target[e]]) edges[e] = 0;
  } else {
    const linked = new Uint8Array(graph.count);
    for (let e = 0; e < graph.edgeCount; e++) if (edges[e]) linked[graph.source[e]] = linked[graph.target[e]] = 1;
    for (let i = 0; i < graph.count; i++) if (!linked[i]) nodes[i] = 0;
    if (chosen >= 0) nodes[chosen] = 1;
  }
  const sum = (mask: Uint8Array): number => mask.reduce((total, one) => total + one, 0);
  return { nodes, edges, nodeCount: sum(nodes), edgeCount: sum(edges) };
}
