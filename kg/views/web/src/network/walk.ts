/** Surroundings of a node, and the paths between two. */
import type { Graph } from "./data";

/** Return the nodes within `hops` of the seen edges around `node`. */
export function around(graph: Graph, edges: Uint8Array, node: number, hops: number): Uint8Array {
  const found = new Uint8Array(graph.count);
  found[node] = 1;
  let edge = [node];
  for (let hop = 0; hop < hops; hop++) {
    const next: number[] = [];
    for (const one of edge) for (const e of graph.edgesAt(one)) {
      const other = graph.other(e, one);
      if (edges[e] && !found[other]) { found[other] = 1; next.push(other); }
    }
    edge = next;
  }
  return found;
}

export interface Path { nodes: number[]; edges: number[] }

const MOST_PATHS = 3;

/**
 * Return up to three paths between two nodes, the best first, that share no node on their way.
 *
 * Fewer steps are better; between as many, those that a sentence states surely, and by way of nodes with few edges: two
 * things that both are called a "policy" have little to do with one another.
 */
export function paths(graph: Graph, edges: Uint8Array, from: number, to: number): Path[] {
  const found: Path[] = [];
  const usedNodes = new Uint8Array(graph.count);
  const usedEdges = new Uint8Array(graph.edgeCount);
  while (found.length < MOST_PATHS) {
    const path = shortest(graph, (e) => edges[e] === 1 && !usedEdges[e], (i) => !usedNodes[i], from, to);
    if (!path) break;
    found.push(path);
    for (const node of path.nodes.slice(1, -1)) usedNodes[node] = 1;
    if (path.edges.length === 1) usedEdges[path.edges[0]] = 1;
  }
  return found;
}

/** Edges that are read from no sentence: an author's, and those that follow from what a paper is about. */
const UNREAD = new Set(["creator", "subject", "writtenTogether", "studiedFor"]);

function cost(graph: Graph, edge: number, node: number): number {
  const sure = UNREAD.has(graph.typeOf(edge).name) ? 0.4 : 0.3 * (1 - graph.data.edges.score[edge] / 100);
  return 1 + sure + 0.08 * Math.log10(1 + graph.degree(node));
}

function shortest(
  graph: Graph, isOpen: (edge: number) => boolean, isFree: (node: number) => boolean, from: number, to: number,
): Path | null {
  const distance = new Float64Array(graph.count).fill(Infinity);
  const by = new Int32Array(graph.count).fill(-1);
  const heap = new Heap();
  distance[from] = 0;
  heap.push(0, from);
  for (let top = heap.pop(); top; top = heap.pop()) {
    const [far, node] = top;
    if (node === to) return traced(graph, by, from, to);
    if (far > distance[node]) continue;
    for (const e of graph.edgesAt(node)) {
      const other = graph.other(e, node);
      const reached = far + cost(graph, e, other);
      if (reached < distance[other] && isOpen(e) && (other === to || isFree(other))) {
        distance[other] = reached;
        by[other] = e;
        heap.push(reached, other);
      }
    }
  }
  return null;
}

function traced(graph: Graph, by: Int32Array, from: number, to: number): Path {
  const path: Path = { nodes: [to], edges: [] };
  for (let node = to; node !== from;) {
    path.edges.unshift(by[node]);
    node = graph.other(by[node], node);
    path.nodes.unshift(node);
  }
  return path;
}

/** A binary heap of nodes by distance. */
class Heap {
  private readonly items: [number, number][] = [];

  push(key: number, value: number): void {
    let i = this.items.push([key, value]) - 1;
    for (let up = (i - 1) >> 1; i > 0 && this.items[up][0] > key; i = up, up = (i - 1) >> 1) this.swap(i, up);
  }

  pop(): [number, number] | undefined {
    const top = this.items[0];
    const last = this.items.pop();
    if (last && this.items.length) {
      this.items[0] = last;
      this.sink();
    }
    return top;
  }

  private sink(): void {
    for (let i = 0; ;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < this.items.length && this.items[child][0] < this.items[least][0]) least = child;
      }
      if (least === i) return;
      this.swap(i, least);
      i = least;
    }
  }

  private swap(a: number, b: number): void { [this.items[a], this.items[b]] = [this.items[b], this.items[a]]; }
}
