/** The network page: puts the drawing, the filters, the panel, the table and the address together. */
import { Controls } from "./network/controls";
import { type Columns, Graph } from "./network/data";
import { element } from "./network/dom";
import { gexf, save, svg } from "./network/exports";
import { type Seen, seen } from "./network/filter";
import { Finder } from "./network/finder";
import { aboutMissing, aboutNode, aboutPaths } from "./network/panel";
import type { Theme } from "./network/painter";
import { type Lit, Stage } from "./network/stage";
import { fresh, read, type State, written } from "./network/state";
import { Table } from "./network/table";
import { type Path, paths } from "./network/walk";

const NEARBY = 400;
/** Milliseconds after which a page that gets no frame goes on: browsers give none to a tab that is not looked at. */
const UNSEEN = 300;

class Atlas {
  state: State;
  graph: Graph | null = null;
  seen: Seen | null = null;
  found: Path[] = [];
  readonly stage: Stage;
  private readonly maps = [...document.querySelectorAll<HTMLButtonElement>("#maps button")].map((one) => one.value);
  private readonly graphs = new Map<string, Graph>();
  private readonly controls: Controls;
  private readonly finders: Finder[];
  private readonly table: Table;
  private readonly welcome = [...element("panel").childNodes];
  private theme: Theme | null = null;

  constructor() {
    this.state = read(location.hash, this.maps);
    this.stage = new Stage(element("sketch"), element("nodes"), element("marks"), () => (this.theme ??= colours()), {
      choose: (node) => this.choose(node, false),
      hover: (node, x, y) => this.hover(node, x, y),
      moved: () => this.moved(),
      slow: () => said("This browser offers no WebGL 2: a large network moves slowly."),
    });
    this.controls = new Controls(() => this.state, () => this.refresh());
    this.table = new Table((node) => this.choose(node));
    this.finders = [
      new Finder(element("find"), element("matches"), (node) => this.choose(node)),
      new Finder(element("find-to"), element("matches-to"), (node) => this.pathTo(node)),
    ];
    this.listen();
  }

  async open(): Promise<void> {
    const { map } = this.state;
    let graph = this.graphs.get(map);
    if (!graph) {
      graph = new Graph(map, (await window.KG.load(`network-${map}`)) as Columns);
      this.graphs.set(map, graph);
    }
    if (map !== this.state.map) return; // another was chosen meanwhile
    this.graph = graph;
    for (const one of document.querySelectorAll<HTMLButtonElement>("#maps button")) one.setAttribute("aria-pressed", String(one.value === map));
    const note = document.querySelector<HTMLElement>(`#maps button[value="${CSS.escape(map)}"]`)?.dataset["note"] ?? "";
    const left = graph.data.total > graph.count ? ` Drawn are ${graph.count.toLocaleString("en")} of ${graph.data.total.toLocaleString("en")} nodes, those that most papers have to do with.` : "";
    element("note").textContent = `${note}${left}`;
    this.stage.open(graph);
    this.draw(graph, !this.state.view);
    if (this.state.view) {
      const [x, y, scale] = this.state.view;
      Object.assign(this.stage.camera, { x, y, scale });
      this.stage.draw();
    }
    await painted(); // what stands around the drawing takes as long again as the drawing
    if (graph !== this.graph) return;
    this.controls.open(graph);
    for (const finder of this.finders) finder.open(graph);
    this.tell(graph);
    document.body.dataset["ready"] = map;
  }

  /** Apply the state: filters, what stands out, panel, table, address. */
  refresh({ fit = false, address = true } = {}): void {
    const { graph } = this;
    if (!graph) return;
    this.draw(graph, fit);
    this.tell(graph);
    if (address) this.address();
  }

  /** Draw what the state admits. */
  private draw(graph: Graph, fit: boolean): void {
    const { state } = this;
    const found = (this.seen = seen(graph, state));
    const [node, to] = [graph.find(state.node), graph.find(state.to)];
    this.found = node >= 0 && to >= 0 && to !== node ? paths(graph, found.edges, node, to) : [];
    this.stage.show(found, this.lit(graph, found, node, to));
    element("count").textContent = `${found.nodeCount.toLocaleString("en")} nodes and ${found.edgeCount.toLocaleString("en")} edges are seen`;
    if (fit) this.stage.fit();
  }

  /** Say in controls, table and panel what is drawn. */
  private tell(graph: Graph): void {
    const { seen: found, state } = this;
    if (!found) return;
    this.controls.show();
    this.table.show(graph, found);
    this.panel(graph, found, graph.find(state.node), graph.find(state.to));
  }

  private lit(graph: Graph, found: Seen, node: number, to: number): Lit {
    if (this.found.length) return { nodes: [node, to, ...this.found.flatMap((path) => path.nodes.slice(1, -1))], edges: this.found.flatMap((path) => path.edges), alone: true };
    if (node < 0) return { nodes: [], edges: [], alone: false };
    const edges = [...graph.edgesAt(node)].filter((e) => found.edges[e]);
    const near = edges.map((e) => graph.other(e, node)).sort((a, b) => graph.size[b] - graph.size[a]);
    return { nodes: [node, ...new Set(near)], edges, alone: !this.state.hops };
  }

  private panel(graph: Graph, found: Seen, node: number, to: number): void {
    const panel = element("panel");
    const acts = {
      choose: (chosen: number) => this.choose(chosen),
      hops: (hops: number) => { this.state.hops = hops; this.state.view = null; this.refresh({ fit: true }); },
      unpath: () => { this.state.to = ""; this.refresh(); },
    };
    element("path-box").hidden = node < 0;
    if (node < 0) panel.replaceChildren(...(this.state.node ? aboutMissing(this.state.node) : []), ...this.welcome);
    else if (to >= 0 && to !== node) panel.replaceChildren(...aboutPaths(graph, this.found, node, to, acts));
    else panel.replaceChildren(...aboutNode(graph, found, this.state, node, acts));
    panel.scrollTop = 0;
  }

  /** Choose a node, -1 for none, and come to it. */
  choose(node: number, come = true): void {
    const { graph, state } = this;
    if (!graph) return;
    const page = node < 0 ? "" : graph.data.page[node];
    if (page === state.node && !state.to) return;
    Object.assign(state, { node: page, to: "", ...(node < 0 ? { hops: 0 } : {}) });
    this.refresh();
    if (node >= 0 && come) {
      if (state.hops) this.stage.fit();
      else this.stage.fit(this.stage.lit.nodes.slice(0, NEARBY));
    }
  }

  private pathTo(node: number): void {
    const { graph, state } = this;
    if (!graph || !state.node) return;
    state.to = graph.data.page[node];
    this.refresh();
    this.stage.fit(this.stage.lit.nodes);
  }

  private hover(node: number, x: number, y: number): void {
    const tip = element("tip");
    tip.hidden = node < 0 || !this.graph;
    if (tip.hidden || !this.graph) return;
    tip.textContent = `${this.graph.data.label[node]} (${this.graph.kindOf(node).name})`;
    tip.style.left = `${Math.min(x + 14, this.stage.camera.width - 180)}px`;
    tip.style.top = `${y + 14}px`;
  }

  private moved(): void {
    const { x, y, scale } = this.stage.camera;
    this.state.view = [x, y, scale];
    this.address();
  }

  private address(): void {
    const hash = written(this.state, this.maps[0]);
    if (hash !== location.hash) history.replaceState(null, "", hash || `${location.pathname}${location.search}`);
  }

  private follow(): void {
    const next = read(location.hash, this.maps);
    const other = next.map !== this.state.map;
    this.state = next;
    if (other) { void this.open().catch(failed); return; }
    this.refresh({ fit: !next.view, address: false });
    if (next.view) {
      const [x, y, scale] = next.view;
      Object.assign(this.stage.camera, { x, y, scale });
      this.stage.move();
    }
  }

  private zoom(factor: number): void {
    this.stage.camera.zoom(factor);
    this.stage.move();
  }

  private step(by: number): void {
    const { graph } = this;
    const rows = this.table.nodes;
    if (!graph || !rows.length) return;
    const at = rows.indexOf(graph.find(this.state.node));
    this.choose(rows[(at + by + rows.length + (at < 0 && by < 0 ? 1 : 0)) % rows.length]);
  }

  private keys(event: KeyboardEvent): void {
    const far = 60;
    const pans: Record<string, [number, number]> = { ArrowLeft: [far, 0], ArrowRight: [-far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] };
    const acts: Record<string, () => void> = {
      "+": () => this.zoom(1.4), "=": () => this.zoom(1.4), "-": () => this.zoom(1 / 1.4), 0: () => this.stage.fit(),
      n: () => this.step(1), p: () => this.step(-1), Escape: () => this.choose(-1),
    };
    const pan = pans[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || !(pan || acts[event.key])) return;
    event.preventDefault();
    if (!pan) { acts[event.key](); return; }
    this.stage.camera.pan(...pan);
    this.stage.move();
  }

  private export(kind: string): void {
    const { graph, seen: found, stage } = this;
    if (!graph || !found) return;
    const name = `network-${graph.name}.${kind}`;
    if (kind === "png") stage.picture().toBlob((blob) => { if (blob) save(name, blob); });
    else if (kind === "svg") save(name, new Blob([svg(graph, found, stage, (this.theme ??= colours()))], { type: "image/svg+xml" }));
    else save(name, new Blob([gexf(graph, found)], { type: "application/xml" }));
  }

  private listen(): void {
    for (const one of document.querySelectorAll<HTMLButtonElement>("#maps button")) {
      one.addEventListener("click", () => { this.state = fresh(one.value); this.address(); void this.open().catch(failed); });
    }
    for (const one of document.querySelectorAll<HTMLButtonElement>("#exports button")) one.addEventListener("click", () => this.export(one.value));
    element("closer").addEventListener("click", () => this.zoom(1.4));
    element("farther").addEventListener("click", () => this.zoom(1 / 1.4));
    element("fit").addEventListener("click", () => this.stage.fit());
    element("stage").addEventListener("keydown", (event) => this.keys(event));
    document.addEventListener("keydown", (event) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (event.key === "f" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); element("find").focus(); }
      else if (event.key === "Escape" && !typing) this.choose(-1);
    });
    addEventListener("hashchange", () => this.follow());
    addEventListener("kg-theme", () => { this.theme = colours(); this.stage.draw(); });
  }
}

function colours(): Theme {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim() || "#808080";
  return { paper: of("paper"), ink: of("ink"), soft: of("soft"), line: of("line"), accent: of("accent"), faint: of("faint") };
}

/** Wait until the next frame is on the screen. */
function painted(): Promise<void> {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, UNSEEN);
  });
}

function said(text: string): void {
  const box = element("failure");
  box.hidden = false;
  box.textContent = text;
}

function failed(error: unknown): void {
  said(`The network cannot be drawn: ${error instanceof Error ? error.message : String(error)}. All of it is in the lists of the other pages.`);
}

/** Let the picture be seen, which is there sooner than the drawing; it is of the whole, not of a view that was shared. */
async function pictured(): Promise<void> {
  const picture = document.querySelector<HTMLImageElement>("#picture");
  if (!picture) return;
  if (location.hash.length > 1) picture.hidden = true;
  else await painted();
}

async function start(): Promise<void> {
  await pictured();
  const atlas = new Atlas();
  window.atlas = atlas;
  await atlas.open();
}

start().catch(failed);
