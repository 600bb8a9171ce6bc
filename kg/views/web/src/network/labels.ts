/** Names on the drawing: of communities from afar, of nodes as one comes near; none lies over another. */
import type { Camera } from "./camera";
import type { Graph } from "./data";
import type { Theme } from "./painter";

export interface Label { text: string; x: number; y: number; size: number; bold: boolean; strong: boolean }

const FONT = "system-ui, sans-serif";
const LONGEST = 34;
const CELL = 24;

export const font = (label: { size: number; bold: boolean }): string => `${label.bold ? 600 : 400} ${label.size}px ${FONT}`;

/** Return a name short enough for a drawing: a paper's title up to a colon. */
export function shortened(text: string, kind: string): string {
  const [head, ...rest] = kind === "Paper" ? text.split(": ") : [text];
  const short = rest.length ? head : text;
  return short.length > LONGEST ? `${short.slice(0, LONGEST - 1).trimEnd()}…` : short;
}

/** The diameter of a node on the screen, as the shader has it. */
export function diameter(size: number, scale: number, least: number): number {
  return Math.min(44, Math.max(least, size * (scale < 1 ? scale : Math.sqrt(scale))));
}

/** Keeps the places that are taken, in squares of the screen. */
class Room {
  private readonly taken = new Set<number>();

  /** Take the room of a box, unless some of it is taken. */
  take(x: number, y: number, width: number, height: number): boolean {
    const cells: number[] = [];
    for (let column = Math.floor((x - width / 2) / CELL); column <= Math.floor((x + width / 2) / CELL); column++) {
      for (let row = Math.floor((y - height / 2) / CELL); row <= Math.floor((y + height / 2) / CELL); row++) {
        cells.push((column + 512) * 4096 + row + 512);
      }
    }
    if (cells.some((cell) => this.taken.has(cell))) return false;
    for (const cell of cells) this.taken.add(cell);
    return true;
  }
}

export interface Wanted {
  camera: Camera;
  seen: Uint8Array;
  /** Nodes whose names come first: what is chosen and what is around it. */
  lit: readonly number[];
  /** Whether everything else stands back and has no names. */
  alone: boolean;
  most: number;
  least: number;
}

const STARTS = 5;
const TRIED = 4000;

/** Return the names that have room: what is lit, then communities that are small on the screen, then large nodes. */
export function place(graph: Graph, wanted: Wanted): Label[] {
  const { camera } = wanted;
  const room = new Room();
  const found: Label[] = [];
  const inView = (x: number, y: number): boolean => x > -40 && y > -20 && x < camera.width + 40 && y < camera.height + 20;
  const said = new Set<string>();
  const put = (label: Label): void => {
    if (said.has(label.text) && !label.strong) return; // a community bears the name of one of its nodes
    const width = label.text.length * label.size * 0.55;
    if (inView(label.x, label.y) && (room.take(label.x, label.y, width, label.size) || label.strong)) { found.push(label); said.add(label.text); }
  };
  const ofNode = (i: number, strong: boolean): void => {
    const [x, y] = camera.toScreen(graph.x[i], graph.y[i]);
    const wide = diameter(graph.size[i], camera.scale, wanted.least);
    const size = strong ? 13 : Math.min(15, 11 + wide / 12);
    put({ text: shortened(graph.data.label[i], graph.kindOf(i).name), x, y: y + wide / 2 + size * 0.7, size, bold: strong, strong });
  };
  wanted.lit.slice(0, 1).forEach((i) => ofNode(i, true));
  wanted.lit.slice(1, 80).forEach((i) => ofNode(i, false));
  if (wanted.alone) return found;
  for (const one of graph.data.communities) {
    const reach = one.radius * camera.scale;
    const [x, y] = camera.toScreen(one.x, one.y);
    if (reach > 26 && reach < camera.height * 0.3 && one.count > 3) {
      put({ text: shortened(one.name, ""), x, y, size: Math.round(Math.min(20, 11 + reach / 14)), bold: true, strong: false });
    }
  }
  let tried = 0;
  for (const i of graph.order) {
    if (found.length >= wanted.most || tried > TRIED) break;
    if (!wanted.seen[i]) continue;
    const [x, y] = camera.toScreen(graph.x[i], graph.y[i]);
    if (!inView(x, y)) continue;
    if (diameter(graph.size[i], camera.scale, 0) < STARTS) break;
    tried++;
    ofNode(i, false);
  }
  return found;
}

export function write(context: CanvasRenderingContext2D, labels: readonly Label[], theme: Theme): void {
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = theme.paper;
  context.fillStyle = theme.ink;
  for (const label of labels) {
    context.font = font(label);
    context.strokeText(label.text, label.x, label.y);
    context.fillText(label.text, label.x, label.y);
  }
}
