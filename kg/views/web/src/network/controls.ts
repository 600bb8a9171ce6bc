/** The filters beside the drawing; the state is theirs to read and to set. */
import { month, type Graph } from "./data";
import { button, element, make, mark } from "./dom";
import type { State } from "./state";

const input = (id: string): HTMLInputElement => element<HTMLInputElement>(id);

export class Controls {
  private graph: Graph | null = null;
  private months: [first: number, last: number] = [0, 0];

  constructor(private readonly state: () => State, private readonly changed: () => void) {
    input("score").addEventListener("input", () => this.set({ score: Number(input("score").value) }));
    for (const [id, other] of [["from", "until"], ["until", "from"]] as const) {
      input(id).addEventListener("input", () => {
        if (Number(input("from").value) > Number(input("until").value)) input(other).value = input(id).value;
        this.setTime();
      });
    }
    element<HTMLSelectElement>("category").addEventListener("change", (event) => this.set({ category: (event.target as HTMLSelectElement).value }));
    element("reset").addEventListener("click", () => this.set({ kinds: [], types: [], score: 0, from: 0, until: 0, category: "", hops: 0 }));
  }

  private setTime(): void {
    const [from, until] = [Number(input("from").value), Number(input("until").value)];
    this.set({ from: from === this.months[0] ? 0 : from, until: until === this.months[1] ? 0 : until });
  }

  private set(part: Partial<State>): void {
    Object.assign(this.state(), part);
    this.changed();
  }

  open(graph: Graph): void {
    this.graph = graph;
    const { data } = graph;
    const known = data.first.filter((value) => value > 0);
    this.months = [known.reduce((a, b) => Math.min(a, b), Infinity), data.last.reduce((a, b) => Math.max(a, b), 0)];
    element("time-filter").hidden = !known.length || this.months[0] === this.months[1];
    for (const id of ["from", "until"]) {
      input(id).min = String(this.months[0]);
      input(id).max = String(this.months[1]);
    }
    element("kinds").replaceChildren(...data.kinds.map((kind, i) =>
      this.toggle("kinds", kind.name, mark(kind), kind.name, data.kind.reduce((total, one) => total + Number(one === i), 0))));
    const counts = new Array<number>(data.types.length).fill(0);
    for (const type of data.edges.type) counts[type]++;
    for (const [id, role] of [["relations", false], ["roles", true]] as const) {
      const rows = data.types.flatMap((type, i) => (type.role === role ? [this.toggle("types", type.name, "", type.said, counts[i])] : []));
      element(id).replaceChildren(...rows);
      element(`${id}-filter`).hidden = rows.length < 1;
    }
    const options = [...data.categories].sort().map((name) => make("option", { value: name }, name));
    element("category").replaceChildren(make("option", { value: "" }, "all"), ...options);
    this.show();
  }

  private toggle(list: "kinds" | "types", name: string, sign: Node | string, text: string, count: number): HTMLElement {
    const box = make("input", { type: "checkbox", value: name });
    box.addEventListener("change", () => {
      const off = new Set(this.state()[list]);
      if (box.checked) off.delete(name); else off.add(name);
      this.set({ [list]: [...off].sort() });
    });
    const only = button("only", () => {
      const all = this.graph?.data[list] ?? [];
      this.set({ [list]: all.map((one) => one.name).filter((one) => one !== name).sort() });
    }, { class: "only", "aria-label": `Only ${text}` });
    return make("li", {}, make("label", {}, box, sign, ` ${text} `, make("span", { class: "count" }, String(count))), only);
  }

  /** Set all controls as the state is. */
  show(): void {
    const state = this.state();
    for (const list of ["kinds", "types"] as const) {
      for (const id of list === "kinds" ? ["kinds"] : ["relations", "roles"]) {
        for (const box of element(id).querySelectorAll<HTMLInputElement>("input")) box.checked = !state[list].includes(box.value);
      }
    }
    input("score").value = String(state.score);
    element("score-said").textContent = (state.score / 100).toFixed(2);
    input("from").value = String(state.from || this.months[0]);
    input("until").value = String(state.until || this.months[1]);
    for (const id of ["from", "until"]) {
      const said = month(Number(input(id).value));
      element(`${id}-said`).textContent = said;
      input(id).setAttribute("aria-valuetext", said);
    }
    element<HTMLSelectElement>("category").value = state.category;
  }
}
