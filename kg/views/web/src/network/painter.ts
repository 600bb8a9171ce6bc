/** Draws a map with WebGL 2: discs of communities, edges, nodes; each is one call, whatever their number. */
import type { Camera } from "./camera";
import type { Graph } from "./data";
import { CORNERS, DISCS, LINES, NODES } from "./shaders";

export interface Theme { paper: string; ink: string; soft: string; line: string; accent: string; faint: string }

/** How strongly discs and lines are drawn, from 0 to 1, and the least diameter of a node in pixels. */
export interface Shown { discs: number; lines: number; least: number }

/** What draws a map on its canvas. */
export interface Painting {
  readonly canvas: HTMLCanvasElement;
  /** Say which nodes are drawn; later ones lie above. */
  setNodes(order: Uint32Array<ArrayBuffer>): void;
  /** Say which pairs of nodes are joined by a line. */
  setLines(ends: Uint32Array<ArrayBuffer>): void;
  /** Say which nodes stand back: 1 for those. */
  setLight(dim: Uint8Array<ArrayBuffer>): void;
  /** Draw a frame. */
  draw(camera: Camera, theme: Theme, shown: Shown): void;
  /** Wait until all that was asked for is drawn. */
  finish(): void;
  /** Give everything back, so that the canvas can draw another map. */
  dispose(): void;
}

const SHAPES = ["dot", "diamond", "square", "star", "triangle", "triangleDown", "hexagon"];

export function rgb(colour: string): [number, number, number] {
  const hex = colour.trim().replace("#", "");
  const full = hex.length === 3 ? [...hex].map((c) => c + c).join("") : hex;
  return [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16) / 255) as [number, number, number];
}

class Program {
  readonly handle: WebGLProgram;
  private readonly places = new Map<string, WebGLUniformLocation | null>();

  constructor(private readonly gl: WebGL2RenderingContext, source: { vertex: string; fragment: string }) {
    this.handle = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, source.vertex], [gl.FRAGMENT_SHADER, source.fragment]] as const) {
      const shader = gl.createShader(kind);
      if (!shader) throw new Error("WebGL gave no shader");
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(this.handle, shader);
    }
    gl.linkProgram(this.handle);
    if (!gl.getProgramParameter(this.handle, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(this.handle) ?? "WebGL");
  }

  at(name: string): WebGLUniformLocation | null {
    if (!this.places.has(name)) this.places.set(name, this.gl.getUniformLocation(this.handle, name));
    return this.places.get(name) ?? null;
  }

  attribute(name: string): number { return this.gl.getAttribLocation(this.handle, name); }
}

export class Painter implements Painting {
  private readonly gl: WebGL2RenderingContext;
  private readonly nodes: Program;
  private readonly lines: Program;
  private readonly discs: Program;
  private readonly arrays: Record<"nodes" | "lines" | "discs", WebGLVertexArrayObject>;
  private readonly nodeIndex: WebGLBuffer;
  private readonly lineIndex: WebGLBuffer;
  private readonly light: WebGLBuffer;
  private readonly buffers: WebGLBuffer[] = [];
  private nodeCount = 0;
  private lineCount = 0;

  constructor(readonly canvas: HTMLCanvasElement, private readonly graph: Graph) {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: false, depth: false, powerPreference: "high-performance" });
    if (!gl) throw new Error("this browser offers no WebGL 2");
    this.gl = gl;
    this.nodes = new Program(gl, NODES);
    this.lines = new Program(gl, LINES);
    this.discs = new Program(gl, DISCS);
    const places = new Float32Array(2 * graph.count);
    for (let i = 0; i < graph.count; i++) { places[2 * i] = graph.x[i]; places[2 * i + 1] = graph.y[i]; }
    const place = this.buffer(gl.ARRAY_BUFFER, places);
    this.light = this.buffer(gl.ARRAY_BUFFER, new Uint8Array(graph.count));
    this.nodeIndex = this.buffer(gl.ELEMENT_ARRAY_BUFFER, new Uint32Array(0));
    this.lineIndex = this.buffer(gl.ELEMENT_ARRAY_BUFFER, new Uint32Array(0));
    const size = this.buffer(gl.ARRAY_BUFFER, graph.size);
    const kind = this.buffer(gl.ARRAY_BUFFER, Uint8Array.from(graph.data.kind));
    const disc = this.buffer(gl.ARRAY_BUFFER, new Float32Array(graph.data.communities.flatMap((c) => [c.x, c.y, c.radius])));
    this.arrays = {
      nodes: this.array(this.nodes, this.nodeIndex, [["place", place, 2], ["size", size, 1], ["kind", kind, 1, gl.UNSIGNED_BYTE], ["light", this.light, 1, gl.UNSIGNED_BYTE]]),
      lines: this.array(this.lines, this.lineIndex, [["place", place, 2]]),
      discs: this.array(this.discs, null, [["disc", disc, 3]]),
    };
    gl.bindVertexArray(this.arrays.discs);
    gl.vertexAttribDivisor(this.discs.attribute("disc"), 1);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  private buffer(target: number, data: ArrayBufferView<ArrayBuffer>): WebGLBuffer {
    const made = this.gl.createBuffer();
    this.gl.bindVertexArray(null);
    this.gl.bindBuffer(target, made);
    this.gl.bufferData(target, data, this.gl.STATIC_DRAW);
    this.buffers.push(made);
    return made;
  }

  private array(program: Program, index: WebGLBuffer | null, parts: [string, WebGLBuffer, number, number?][]): WebGLVertexArrayObject {
    const { gl } = this;
    const made = gl.createVertexArray();
    gl.bindVertexArray(made);
    for (const [name, buffer, size, type] of parts) {
      const place = program.attribute(name);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, size, type ?? gl.FLOAT, false, 0, 0);
    }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, index);
    gl.bindVertexArray(null);
    return made;
  }

  setNodes(order: Uint32Array<ArrayBuffer>): void {
    this.gl.bindVertexArray(this.arrays.nodes);
    this.gl.bufferData(this.gl.ELEMENT_ARRAY_BUFFER, order, this.gl.DYNAMIC_DRAW);
    this.nodeCount = order.length;
  }

  setLines(ends: Uint32Array<ArrayBuffer>): void {
    this.gl.bindVertexArray(this.arrays.lines);
    this.gl.bufferData(this.gl.ELEMENT_ARRAY_BUFFER, ends, this.gl.DYNAMIC_DRAW);
    this.lineCount = ends.length;
  }

  setLight(dim: Uint8Array<ArrayBuffer>): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.light);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, dim, this.gl.DYNAMIC_DRAW);
  }

  private use(program: Program, camera: Camera): void {
    const { gl } = this;
    gl.useProgram(program.handle);
    gl.uniform2f(program.at("middle"), camera.x, camera.y);
    gl.uniform1f(program.at("scale"), camera.scale);
    gl.uniform2f(program.at("reach"), camera.width / 2, camera.height / 2);
  }

  private ink(program: Program, colour: string, alpha: number): void {
    this.gl.uniform4f(program.at("ink"), ...rgb(colour), alpha);
  }

  draw(camera: Camera, theme: Theme, show: Shown): void {
    const { gl } = this;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(...rgb(theme.paper), 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (show.discs > 0) {
      this.use(this.discs, camera);
      this.ink(this.discs, theme.accent, show.discs);
      gl.bindVertexArray(this.arrays.discs);
      gl.drawArraysInstanced(gl.TRIANGLE_FAN, 0, CORNERS, this.graph.data.communities.length);
      this.ink(this.discs, theme.accent, Math.min(1, show.discs * 3));
      gl.drawArraysInstanced(gl.LINE_LOOP, 0, CORNERS, this.graph.data.communities.length);
    }
    if (show.lines > 0 && this.lineCount) {
      this.use(this.lines, camera);
      this.ink(this.lines, theme.soft, show.lines);
      gl.bindVertexArray(this.arrays.lines);
      gl.drawElements(gl.LINES, this.lineCount, gl.UNSIGNED_INT, 0);
    }
    this.use(this.nodes, camera);
    this.palette(theme);
    gl.uniform1f(this.nodes.at("ratio"), this.canvas.width / camera.width);
    gl.uniform1f(this.nodes.at("least"), show.least);
    gl.bindVertexArray(this.arrays.nodes);
    gl.drawElements(gl.POINTS, this.nodeCount, gl.UNSIGNED_INT, 0);
  }

  private palette(theme: Theme): void {
    const { gl, nodes } = this;
    this.graph.data.kinds.forEach(({ colour, shape, hollow }, i) => {
      gl.uniform3f(nodes.at(`colours[${i}]`), ...rgb(colour === "#000000" ? theme.ink : colour));
      gl.uniform1i(nodes.at(`shapes[${i}]`), SHAPES.indexOf(shape));
      gl.uniform1i(nodes.at(`hollow[${i}]`), hollow ? 1 : 0);
    });
    gl.uniform3f(nodes.at("paper"), ...rgb(theme.paper));
  }

  finish(): void { this.gl.readPixels(0, 0, 1, 1, this.gl.RGBA, this.gl.UNSIGNED_BYTE, new Uint8Array(4)); }

  dispose(): void {
    for (const buffer of this.buffers) this.gl.deleteBuffer(buffer);
    for (const array of Object.values(this.arrays)) this.gl.deleteVertexArray(array);
    for (const program of [this.nodes, this.lines, this.discs]) this.gl.deleteProgram(program.handle);
  }
}
