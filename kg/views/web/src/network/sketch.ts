/** Draws a map on a plain canvas: at once, while WebGL gets ready, and for good where there is none. */
import type { Camera } from "./camera";
import type { Graph } from "./data";
import { OUTLINES } from "./dom";
import { diameter } from "./labels";
import type { Painting, Shown, Theme } from "./painter";
import { Veil } from "./veil";

const UNIT = 10;
const SMALL = 3.5;
/** The two sides of a hollow shape together, in pixels. */
const RIM = 3;
const BACK = 0.12;

export class Sketch implements Painting {
  private readonly context: CanvasRenderingContext2D;
  private readonly shapes: Path2D[];
  private nodes = new Uint32Array(0);
  private ends = new Uint32Array(0);
  private dim = new Uint8Array(0);
  private veil = new Veil(0, 0);

  constructor(readonly canvas: HTMLCanvasElement, private readonly graph: Graph) {
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (!context) throw new Error("no canvas");
    this.context = context;
    this.shapes = graph.data.kinds.map(({ shape }) => new Path2D(OUTLINES[shape]));
  }

  setNodes(order: Uint32Array<ArrayBuffer>): void { this.nodes = order; }

  setLines(ends: Uint32Array<ArrayBuffer>): void { this.ends = ends; }

  setLight(dim: Uint8Array<ArrayBuffer>): void { this.dim = dim; }

  draw(camera: Camera, theme: Theme, shown: Shown): void {
    const { context, canvas } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, canvas.width, canvas.height);
    const ratio = canvas.width / camera.width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (shown.discs > 0) this.drawDiscs(camera, theme, shown.discs);
    if (shown.lines > 0) this.drawLines(camera, theme, shown.lines, ratio);
    this.drawNodes(camera, theme, shown.least, ratio);
  }

  private drawDiscs(camera: Camera, theme: Theme, alpha: number): void {
    const { context } = this;
    context.fillStyle = context.strokeStyle = theme.accent;
    context.lineWidth = 1;
    for (const one of this.graph.data.communities) {
      const [x, y] = camera.toScreen(one.x, one.y);
      context.beginPath();
      context.arc(x, y, one.radius * camera.scale, 0, 2 * Math.PI);
      context.globalAlpha = alpha;
      context.fill();
      context.globalAlpha = Math.min(1, alpha * 3);
      context.stroke();
    }
  }

  private drawLines(camera: Camera, theme: Theme, alpha: number, ratio: number): void {
    const { context, canvas, ends, graph } = this;
    const { width, height } = canvas;
    if (this.veil.width !== width || this.veil.height !== height) this.veil = new Veil(width, height);
    for (let i = 0; i < ends.length; i += 2) {
      const [x0, y0] = camera.toScreen(graph.x[ends[i]], graph.y[ends[i]]);
      const [x1, y1] = camera.toScreen(graph.x[ends[i + 1]], graph.y[ends[i + 1]]);
      this.veil.line(x0 * ratio, y0 * ratio, x1 * ratio, y1 * ratio, ratio, alpha);
    }
    const picture = context.getImageData(0, 0, width, height);
    this.veil.over(picture, theme.soft);
    context.putImageData(picture, 0, 0);
  }

  private drawNodes(camera: Camera, theme: Theme, least: number, ratio: number): void {
    const { context, graph } = this;
    const colours = graph.data.kinds.map(({ colour }) => (colour === "#000000" ? theme.ink : colour));
    for (const i of this.nodes) {
      const [x, y] = camera.toScreen(graph.x[i], graph.y[i]);
      const wide = diameter(graph.size[i], camera.scale, least);
      if (x < -wide || y < -wide || x > camera.width + wide || y > camera.height + wide) continue;
      const kind = graph.data.kind[i];
      context.globalAlpha = this.dim[i] ? BACK : 1;
      context.fillStyle = colours[kind];
      if (wide * ratio < SMALL) { context.fillRect(x - wide / 2, y - wide / 2, wide, wide); continue; }
      this.shape(kind, x * ratio, y * ratio, wide * ratio);
      if (graph.data.kinds[kind].hollow) {
        context.fillStyle = theme.paper;
        this.shape(kind, x * ratio, y * ratio, (wide - Math.max(RIM, wide * 0.24)) * ratio);
      } else {
        context.strokeStyle = theme.paper;
        context.lineWidth = (2 * UNIT) / wide;
        context.stroke(this.shapes[kind]);
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
  }

  private shape(kind: number, x: number, y: number, wide: number): void {
    const scale = Math.max(0, wide / 2 / UNIT);
    this.context.setTransform(scale, 0, 0, scale, x, y);
    this.context.fill(this.shapes[kind]);
  }

  finish(): void { this.context.getImageData(0, 0, 1, 1); }

  dispose(): void { this.canvas.width = this.canvas.height = 0; }
}
