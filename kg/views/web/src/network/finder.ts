/** A box that finds nodes by name, as the combobox pattern has it (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). */
import type { Graph } from "./data";
import { make, mark } from "./dom";

const MOST = 12;

const folded = (text: string): string =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[-_/\s]+/g, " ").trim();

export class Finder {
  private graph: Graph | null = null;
  private names: string[] = [];
  private active = -1;

  constructor(private readonly input: HTMLInputElement, private readonly list: HTMLElement, private readonly take: (node: number) => void) {
    input.addEventListener("input", () => this.show());
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => this.close());
    input.addEventListener("keydown", (event) => this.key(event));
  }

  open(graph: Graph): void {
    this.graph = graph;
    this.names = [];
    this.input.value = "";
    this.close();
  }

  private find(sought: string): number[] {
    const { graph } = this;
    if (!graph || !sought) return [];
    if (!this.names.length) this.names = graph.data.label.map(folded);
    const ranks: [number[], number[], number[]] = [[], [], []];
    for (const i of graph.order) {
      const name = this.names[i];
      const at = name.indexOf(sought);
      if (at >= 0) ranks[name === sought ? 0 : at === 0 || name[at - 1] === " " ? 1 : 2].push(i);
    }
    return ranks.flat().slice(0, MOST);
  }

  private show(): void {
    const { graph } = this;
    const sought = folded(this.input.value);
    const found = this.find(sought);
    this.active = found.length ? 0 : -1;
    this.list.replaceChildren(...found.map((i, place) => {
      const item = make("li", { id: `${this.list.id}-${place}`, role: "option", "data-node": String(i) });
      if (graph) item.append(mark(graph.kindOf(i)), make("span", {}, graph.data.label[i]), make("small", {}, graph.kindOf(i).name));
      item.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the box
      item.addEventListener("click", () => this.choose(i));
      return item;
    }));
    if (sought && !found.length) this.list.append(make("li", { role: "option", "aria-disabled": "true" }, "Nothing drawn has this name"));
    this.list.hidden = !sought;
    this.mark();
  }

  private mark(): void {
    [...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === this.active)));
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    if (this.active >= 0 && !this.list.hidden) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  private close(): void {
    this.list.hidden = true;
    this.mark();
  }

  private choose(node: number): void {
    if (this.graph) this.input.value = this.graph.data.label[node];
    this.close();
    this.take(node);
  }

  private key(event: KeyboardEvent): void {
    const items = this.list.querySelectorAll<HTMLElement>("[data-node]");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) {
      if (this.list.hidden) this.list.hidden = false;
      else this.active = (this.active + step + items.length) % items.length;
      this.mark();
      items[this.active].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && this.active >= 0 && !this.list.hidden) this.choose(Number(items[this.active].dataset["node"]));
    else if (event.key === "Escape" && !this.list.hidden) this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
