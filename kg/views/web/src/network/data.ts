/** A map as `data/network-<name>.js` holds it, and the same as typed arrays with the edges at each node. */

export interface Kind { name: string; colour: string; shape: string; hollow: boolean }
export interface EdgeType { name: string; said: string; role: boolean }
export interface Community { name: string; x: number; y: number; radius: number; count: number }

export interface Columns {
  kinds: Kind[];
  types: EdgeType[];
  label: string[]; kind: number[]; page: string[]; papers: number[];
  /** First and last month of the papers, counted from the year 0; 0 where unknown. */
  first: number[]; last: number[];
  /** Index into `sets`, each a list of indices into `categories`. */
  in: number[]; categories: string[]; sets: number[][];
  size: number[]; x: number[]; y: number[];
  community: number[]; communities: Community[];
  edges: { source: number[]; target: number[]; type: number[]; score: number[]; support: number[]; first: number[]; last: number[] };
  /** Edges in one file of evidence. */
  shard: number;
  /** Nodes of the graph, drawn or not. */
  total: number;
}

/** What one paper says of an edge: its title, page and date, the score in hundredths, words with the end they name. */
export type Saying = [title: string, page: string, date: string, score: number, runs: [string, number][]];

export class Graph {
  readonly count: number;
  readonly edgeCount: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly size: Float32Array<ArrayBuffer>;
  readonly source: Uint32Array;
  readonly target: Uint32Array;
  /** The edges at node i are `at[start[i]]` … `at[start[i + 1] - 1]`. */
  readonly start: Uint32Array;
  readonly at: Uint32Array;
  /** Nodes from the largest to the smallest: the order in which names are given room. */
  readonly order: Uint32Array;
  private readonly numbers: Map<string, number>;

  constructor(readonly name: string, readonly data: Columns) {
    this.count = data.label.length;
    this.edgeCount = data.edges.source.length;
    this.x = Float32Array.from(data.x);
    this.y = Float32Array.from(data.y, (y) => -y); // screens count downwards
    this.size = Float32Array.from(data.size);
    this.source = Uint32Array.from(data.edges.source);
    this.target = Uint32Array.from(data.edges.target);
    for (const one of data.communities) one.y = -one.y;
    this.start = new Uint32Array(this.count + 1);
    for (let e = 0; e < this.edgeCount; e++) { this.start[this.source[e] + 1]++; this.start[this.target[e] + 1]++; }
    for (let i = 0; i < this.count; i++) this.start[i + 1] += this.start[i];
    const next = this.start.slice();
    this.at = new Uint32Array(2 * this.edgeCount);
    for (let e = 0; e < this.edgeCount; e++) { this.at[next[this.source[e]]++] = e; this.at[next[this.target[e]]++] = e; }
    this.order = Uint32Array.from(this.size.keys()).sort((a, b) => this.size[b] - this.size[a] || a - b);
    this.numbers = new Map(data.page.map((page, i) => [page, i]));
  }

  degree(node: number): number { return this.start[node + 1] - this.start[node]; }

  other(edge: number, node: number): number { return this.source[edge] === node ? this.target[edge] : this.source[edge]; }

  /** The node with this page, -1 if it is not drawn. */
  find(page: string): number { return this.numbers.get(page) ?? -1; }

  kindOf(node: number): Kind { return this.data.kinds[this.data.kind[node]]; }

  typeOf(edge: number): EdgeType { return this.data.types[this.data.edges.type[edge]]; }

  edgesAt(node: number): Uint32Array { return this.at.subarray(this.start[node], this.start[node + 1]); }
}

/** Return a month as people write it: `2025-12`. */
export function month(value: number): string {
  return value ? `${Math.floor(value / 12)}-${String((value % 12) + 1).padStart(2, "0")}` : "";
}
