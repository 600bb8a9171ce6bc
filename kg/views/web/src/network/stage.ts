/** The drawing on the screen: what is drawn at which distance and while moving, and how mouse, touch and keys move it. */
import { Camera } from "./camera";
import type { Graph } from "./data";
import type { Seen } from "./filter";
import { Grid } from "./grid";
import { type Label, diameter, place, write } from "./labels";
import { Painter, type Painting, type Theme } from "./painter";
import { Sketch } from "./sketch";

/** What stands out: the chosen node first, and the edges drawn strongly. */
export interface Lit { nodes: number[]; edges: number[]; alone: boolean }

const STILL_AFTER = 140;
/** Milliseconds from the first picture until WebGL is got ready, which holds the page up: the picture is shown before. */
const FASTER_AFTER = 600;
const LINES_WHILE_MOVING = 3000;
const LINES_FROM_AFAR = 15000;
const LINES_APART = 7;
const MOST_STRONG = 1500;
const NOTHING: Lit = { nodes: [], edges: [], alone: false };

export class Stage {
  readonly camera = new Camera();
  lit: Lit = NOTHING;
  labels: Label[] = [];
  private painter: Painting | null = null;
  /** Whether WebGL draws: not yet, yes, or never in this browser. */
  private faster: "later" | "yes" | "never" = "later";
  private waiting = 0;
  private readonly marks: CanvasRenderingContext2D;
  private grid: Grid | null = null;
  private graph: Graph | null = null;
  private seen: Seen | null = null;
  private moving = false;
  /** Whether a picture of this map is on the screen. */
  private drawn = false;
  private frame = 0;
  private timer = 0;
  private inView = 0;
  private readonly fingers = new Map<number, [number, number]>();
  private dragged = 0;

  constructor(
    private readonly sketched: HTMLCanvasElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly overlay: HTMLCanvasElement,
    private readonly theme: () => Theme,
    private readonly on: { choose(node: number): void; hover(node: number, x: number, y: number): void; moved(): void; slow(): void },
  ) {
    const context = overlay.getContext("2d");
    if (!context) throw new Error("no canvas");
    this.marks = context;
    this.listen();
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement ?? canvas);
  }

  open(graph: Graph): void {
    this.painter?.dispose();
    this.graph = graph;
    this.grid = new Grid(graph);
    this.seen = null;
    this.drawn = false;
    this.painter = this.faster === "yes" ? new Painter(this.canvas, graph) : new Sketch(this.sketched, graph);
    this.fill(this.painter.canvas);
    this.resize();
  }

  /** Go on with WebGL in place of the plain canvas. */
  private speed(): void {
    this.waiting = 0;
    if (!this.graph || !this.seen || this.faster !== "later") return;
    let painter: Painter;
    try {
      painter = new Painter(this.canvas, this.graph);
    } catch {
      this.faster = "never";
      this.on.slow();
      return;
    }
    this.painter?.dispose();
    this.painter = painter;
    this.faster = "yes";
    this.fill(this.canvas);
    this.equip();
    this.paint(); // in this task, else the canvas would be seen empty
  }

  /** Show what the filters admit, and what of it stands out. */
  show(seen: Seen, lit: Lit = NOTHING): void {
    if (!this.graph) return;
    this.seen = seen;
    this.lit = lit;
    this.equip();
    this.camera.least = this.fitted(() => 1).scale / 3;
    this.draw();
    this.settle();
  }

  private equip(): void {
    const { graph, painter, seen, lit } = this;
    if (!graph || !painter || !seen) return;
    painter.setNodes(graph.order.filter((i) => seen.nodes[i]));
    const dim = new Uint8Array(graph.count).fill(lit.alone ? 1 : 0);
    for (const node of lit.nodes) dim[node] = 0;
    painter.setLight(dim);
  }

  /** Bring all that is seen, or some nodes, into view. */
  fit(nodes?: readonly number[]): void {
    const { graph, seen } = this;
    if (!graph || !seen) return;
    const admit = nodes ? new Set(nodes) : null;
    const { x, y, scale } = this.fitted((i) => (admit ? Number(admit.has(i)) : seen.nodes[i]));
    Object.assign(this.camera, { x, y, scale });
    this.move();
  }

  private fitted(admits: (node: number) => number): Camera {
    const camera = Object.assign(new Camera(), { width: this.camera.width, height: this.camera.height });
    const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; this.graph && i < this.graph.count; i++) {
      if (!admits(i)) continue;
      box[0] = Math.min(box[0], this.graph.x[i]);
      box[1] = Math.min(box[1], this.graph.y[i]);
      box[2] = Math.max(box[2], this.graph.x[i]);
      box[3] = Math.max(box[3], this.graph.y[i]);
    }
    if (box[0] <= box[2]) camera.fit(box);
    return camera;
  }

  /** Say that the camera has moved: draw at once, and all of it when it stands still, or has nothing to move from. */
  move(): void {
    this.moving = this.drawn;
    this.draw();
    this.settle();
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (!this.seen) return; // nothing is open yet
      if (this.moving) this.draw();
      this.moving = false;
      this.on.moved();
    }, STILL_AFTER);
  }

  /** Draw with the next frame. */
  draw(): void {
    this.frame ||= requestAnimationFrame(() => { this.frame = 0; this.paint(); });
  }

  private resize(): void {
    const box = this.canvas.getBoundingClientRect();
    const { camera, ratio } = this;
    if (box.width === camera.width && box.height === camera.height && this.overlay.width === Math.round(box.width * ratio)) return;
    camera.width = Math.max(1, box.width);
    camera.height = Math.max(1, box.height);
    if (this.painter) this.fill(this.painter.canvas);
    this.fill(this.overlay);
    this.move();
  }

  /** Give a canvas as many pixels as it has on the screen. */
  private fill(canvas: HTMLCanvasElement): void {
    canvas.width = Math.round(this.camera.width * this.ratio);
    canvas.height = Math.round(this.camera.height * this.ratio);
  }

  private get ratio(): number { return Math.min(2, devicePixelRatio || 1); }

  get least(): number { return (this.seen?.nodeCount ?? 0) > 3000 ? 2 : 5; }

  /** Draw now. */
  paint(): void {
    const { graph, painter, seen, camera } = this;
    if (!graph || !painter || !seen) return;
    const near = camera.scale * 20 > LINES_APART;
    const lines = this.moving ? seen.edgeCount <= LINES_WHILE_MOVING : near || seen.edgeCount <= LINES_FROM_AFAR;
    if (lines) this.put(painter, this.lines(graph, seen));
    const alpha = (this.lit.alone ? 0.3 : 1) * Math.max(0.06, Math.min(0.45, 10 / Math.sqrt(this.inView + 1)));
    const discs = this.lit.alone ? 0.02 : Math.max(0.02, Math.min(0.08, 0.06 / camera.scale ** 0.5));
    const theme = this.theme();
    painter.draw(camera, theme, { discs, lines: lines ? alpha : 0, least: this.least });
    this.label(graph, seen, theme);
    this.drawn = true;
    if (!performance.getEntriesByName("drawn").length) performance.mark("drawn");
    if (this.faster === "later") this.waiting ||= window.setTimeout(() => this.speed(), FASTER_AFTER);
  }

  private put(painter: Painting, ends: Uint32Array<ArrayBuffer>): void {
    this.inView = ends.length / 2;
    painter.setLines(ends);
  }

  private label(graph: Graph, seen: Seen, theme: Theme): void {
    const { camera, marks, lit } = this;
    marks.setTransform(this.overlay.width / camera.width, 0, 0, this.overlay.height / camera.height, 0, 0);
    marks.clearRect(0, 0, camera.width, camera.height);
    this.strong(graph, marks, theme);
    this.labels = place(graph, { camera, seen: seen.nodes, lit: lit.nodes, alone: lit.alone, most: this.moving ? 40 : 140, least: this.least });
    write(marks, this.labels, theme);
  }

  /** The edges that stand out, with arrows, and a ring around the chosen node. */
  private strong(graph: Graph, marks: CanvasRenderingContext2D, theme: Theme): void {
    const { camera, lit } = this;
    marks.strokeStyle = marks.fillStyle = theme.accent;
    marks.lineWidth = 1.5;
    marks.beginPath();
    for (const e of lit.edges.slice(0, MOST_STRONG)) {
      const [x0, y0] = camera.toScreen(graph.x[graph.source[e]], graph.y[graph.source[e]]);
      const [x1, y1] = camera.toScreen(graph.x[graph.target[e]], graph.y[graph.target[e]]);
      marks.moveTo(x0, y0);
      marks.lineTo(x1, y1);
      const back = diameter(graph.size[graph.target[e]], camera.scale, this.least) / 2 + 1;
      const angle = Math.atan2(y1 - y0, x1 - x0);
      const tip = [x1 - back * Math.cos(angle), y1 - back * Math.sin(angle)];
      for (const turn of [0.4, -0.4]) {
        marks.moveTo(tip[0], tip[1]);
        marks.lineTo(tip[0] - 7 * Math.cos(angle + turn), tip[1] - 7 * Math.sin(angle + turn));
      }
    }
    marks.stroke();
    if (!lit.nodes.length) return;
    const [x, y] = camera.toScreen(graph.x[lit.nodes[0]], graph.y[lit.nodes[0]]);
    marks.lineWidth = 3;
    marks.beginPath();
    marks.arc(x, y, diameter(graph.size[lit.nodes[0]], camera.scale, this.least) / 2 + 4, 0, 7);
    marks.stroke();
  }

  /** The ends of the seen edges of which one end at least is in view. */
  private lines(graph: Graph, seen: Seen): Uint32Array<ArrayBuffer> {
    const { camera } = this;
    const [x0, y0] = camera.toPlane(0, 0);
    const [x1, y1] = camera.toPlane(camera.width, camera.height);
    const all = this.moving;
    const inside = (i: number): boolean => all || (graph.x[i] > x0 && graph.x[i] < x1 && graph.y[i] > y0 && graph.y[i] < y1);
    const found = new Uint32Array(2 * seen.edgeCount);
    let count = 0;
    for (let e = 0; e < graph.edgeCount; e++) {
      if (!seen.edges[e]) continue;
      const [a, b] = [graph.source[e], graph.target[e]];
      if (inside(a) || inside(b)) { found[count++] = a; found[count++] = b; }
    }
    return found.subarray(0, count);
  }

  /** The drawing as it is seen, on one canvas. */
  picture(): HTMLCanvasElement {
    const copy = document.createElement("canvas");
    copy.width = this.overlay.width;
    copy.height = this.overlay.height;
    this.moving = false;
    this.paint(); // in the same task as the copy: WebGL keeps no frame
    const context = copy.getContext("2d");
    if (this.painter) context?.drawImage(this.painter.canvas, 0, 0);
    context?.drawImage(this.overlay, 0, 0);
    return copy;
  }

  /** For measurements: draw a frame and wait until it is there. */
  finish(): void { this.painter?.finish(); }

  nodeAt(x: number, y: number): number {
    const { camera, grid, seen } = this;
    if (!grid || !seen) return -1;
    const [px, py] = camera.toPlane(x, y);
    return grid.nearest(px, py, Math.min(12 / camera.scale, 400), seen.nodes);
  }

  private place(event: MouseEvent): [number, number] {
    const box = this.overlay.getBoundingClientRect();
    return [event.clientX - box.x, event.clientY - box.y];
  }

  private listen(): void {
    const { overlay } = this;
    overlay.addEventListener("pointerdown", (event) => {
      overlay.setPointerCapture(event.pointerId);
      this.fingers.set(event.pointerId, this.place(event));
      if (this.fingers.size === 1) this.dragged = 0;
    });
    overlay.addEventListener("pointermove", (event) => this.pointerMoved(event));
    const lifted = (event: PointerEvent): void => {
      const held = this.fingers.delete(event.pointerId);
      if (held && event.type === "pointerup" && this.dragged < 5) this.on.choose(this.nodeAt(...this.place(event)));
    };
    overlay.addEventListener("pointerup", lifted);
    overlay.addEventListener("pointercancel", lifted);
    overlay.addEventListener("pointerleave", () => this.on.hover(-1, 0, 0));
    overlay.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.camera.zoom(Math.exp(-Math.max(-300, Math.min(300, event.deltaY)) / 400), ...this.place(event));
      this.move();
    }, { passive: false });
    overlay.addEventListener("dblclick", (event) => {
      this.camera.zoom(2, ...this.place(event));
      this.move();
    });
  }

  private pointerMoved(event: PointerEvent): void {
    const [x, y] = this.place(event);
    const before = this.fingers.get(event.pointerId);
    if (!before) { this.on.hover(this.nodeAt(x, y), x, y); return; }
    const others = [...this.fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    this.fingers.set(event.pointerId, [x, y]);
    this.dragged += Math.abs(x - before[0]) + Math.abs(y - before[1]);
    if (others.length) {
      const [[ox, oy]] = others;
      const factor = Math.hypot(x - ox, y - oy) / Math.max(1, Math.hypot(before[0] - ox, before[1] - oy));
      this.camera.zoom(factor, (x + ox) / 2, (y + oy) / 2);
      this.camera.pan((x - before[0]) / 2, (y - before[1]) / 2);
    } else if (this.dragged >= 5) this.camera.pan(x - before[0], y - before[1]);
    else return;
    this.move();
  }
}
