/** What is seen as a table, for reading on and for screen readers. */
import { month, type Graph } from "./data";
import { button, element, make, mark } from "./dom";
import type { Seen } from "./filter";

const STEP = 100;

const COLUMNS = ["Name", "Kind", "Papers", "Edges", "Community", "Time"] as const;
type Column = (typeof COLUMNS)[number];

export class Table {
  private by: Column = "Edges";
  private shown = STEP;
  private rows: number[] = [];
  private graph: Graph | null = null;
  private seen: Seen | null = null;

  constructor(private readonly choose: (node: number) => void) {
    element("table-head").replaceChildren(...COLUMNS.map((name) => {
      const cell = make("th", { scope: "col" });
      cell.append(button(name, () => { this.by = name; this.shown = STEP; this.sort(); }));
      return cell;
    }));
    element("table-more").addEventListener("click", () => { this.shown += STEP; this.render(); });
  }

  show(graph: Graph, seen: Seen): void {
    this.graph = graph;
    this.seen = seen;
    this.shown = STEP;
    this.sort();
  }

  /** The nodes in the order of the table. */
  get nodes(): readonly number[] { return this.rows; }

  private sort(): void {
    const { graph, seen } = this;
    if (!graph || !seen) return;
    const { data } = graph;
    const name = (a: number, b: number): number => (data.label[a] < data.label[b] ? -1 : data.label[a] > data.label[b] ? 1 : a - b);
    const orders: Record<Column, (a: number, b: number) => number> = {
      Name: () => 0,
      Kind: (a, b) => data.kind[a] - data.kind[b],
      Papers: (a, b) => data.papers[b] - data.papers[a],
      Edges: (a, b) => graph.degree(b) - graph.degree(a),
      Community: (a, b) => data.community[a] - data.community[b],
      Time: (a, b) => data.last[b] - data.last[a],
    };
    const order = orders[this.by];
    this.rows = [...graph.order.filter((i) => seen.nodes[i])].sort((a, b) => order(a, b) || name(a, b));
    [...element("table-head").children].forEach((cell, i) => {
      if (COLUMNS[i] === this.by) cell.setAttribute("aria-sort", ["Name", "Kind", "Community"].includes(this.by) ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    });
    this.render();
  }

  private render(): void {
    const { graph } = this;
    if (!graph) return;
    const { data } = graph;
    element("table-rows").replaceChildren(...this.rows.slice(0, this.shown).map((i) => {
      const open = button("", () => this.choose(i), { class: "node" });
      open.append(mark(graph.kindOf(i)), data.label[i]);
      const from = month(data.first[i]);
      const until = month(data.last[i]);
      const cells = [graph.kindOf(i).name, String(data.papers[i]), String(graph.degree(i)), data.communities[data.community[i]].name, from === until ? from : `${from} to ${until}`];
      return make("tr", {}, make("th", { scope: "row" }, open), ...cells.map((text) => make("td", {}, text)));
    }));
    const rest = this.rows.length - this.shown;
    element("table-count").textContent = `${Math.min(this.shown, this.rows.length)} of ${this.rows.length} nodes`;
    element("table-more").hidden = rest <= 0;
  }
}
