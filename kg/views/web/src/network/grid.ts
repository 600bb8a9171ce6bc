/** Finds the nodes near a place: the plane cut into squares. */
import type { Graph } from "./data";

const SIDE = 40;

export class Grid {
  private readonly cells = new Map<number, number[]>();

  constructor(private readonly graph: Graph) {
    for (let i = 0; i < graph.count; i++) {
      const key = this.key(Math.floor(graph.x[i] / SIDE), Math.floor(graph.y[i] / SIDE));
      const cell = this.cells.get(key);
      if (cell) cell.push(i); else this.cells.set(key, [i]);
    }
  }

  private key(column: number, row: number): number { return (column + 32768) * 65536 + row + 32768; }

  /** The node nearest to a place and not farther than `reach`, among those that `seen` marks; -1 for none. */
  nearest(x: number, y: number, reach: number, seen: Uint8Array): number {
    let best = -1;
    let least = reach * reach;
    const [from, to] = [reach, -reach].map((d) => [Math.floor((x - d) / SIDE), Math.floor((y - d) / SIDE)]);
    for (let column = from[0]; column <= to[0]; column++) for (let row = from[1]; row <= to[1]; row++) {
      for (const i of this.cells.get(this.key(column, row)) ?? []) {
        const far = (this.graph.x[i] - x) ** 2 + (this.graph.y[i] - y) ** 2;
        if (seen[i] && far <= least) { least = far; best = i; }
      }
    }
    return best;
  }
}
