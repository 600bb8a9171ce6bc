/** The page that asks the graph in SPARQL: questions that ship with kg, an editor, answers as table, network or chart. */
import { chart, csv, drawing, element, ends, naming, numeric, table, type Rows } from "./sparql/answers";
import { Editor, matching } from "./sparql/editor";
import { Engine } from "./sparql/engine";
import type { About, Answer, Parameter, Shipped } from "./sparql/messages";
import { Pages } from "./sparql/pages";
import { Mistake } from "./sparql/words";

declare const KG: { load(name: string): Promise<unknown> };

const VIEWS = ["table", "network", "chart"] as const;
const MOST_NAMES = 20;
type View = (typeof VIEWS)[number];

function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

class Page {
  private readonly editor: Editor;
  private readonly engine: Engine;
  private shipped: Shipped | null = null;
  private view: View = "table";
  private answer: Rows | null = null;
  private asked = 0;
  private running = false;

  constructor(private readonly about: About) {
    this.engine = new Engine(about);
    this.editor = new Editor(byId("editor"), "SPARQL query", {
      about,
      names: () => this.engine.names,
      run: () => void this.askEditor(),
      changed: () => this.choose(null),
    });
    byId("editor").addEventListener("focusin", () => void this.engine.ready().catch(() => undefined));
    byId("run").addEventListener("click", () => void this.askEditor());
    byId("stop").addEventListener("click", () => this.engine.stop());
    byId("csv").addEventListener("click", () => this.download());
    byId("form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.askShipped();
    });
    for (const view of VIEWS) byId(view).addEventListener("click", () => this.show(view));
    addEventListener("hashchange", () => void this.follow());
  }

  /** Do what the address says: `#name=…&robot=…` asks a shipped question, `#query=…` any. */
  async follow(): Promise<void> {
    const said = new URLSearchParams(location.hash.slice(1));
    this.view = VIEWS.find((view) => view === said.get("view")) ?? "table";
    const shipped = this.about.queries.find(({ name }) => name === said.get("name"));
    if (shipped) {
      this.choose(shipped, Object.fromEntries([...said].map(([key, value]) => [key.replace(/^p\./, ""), value])));
      await this.askShipped();
    } else if (said.has("query")) {
      this.choose(null);
      this.editor.text = said.get("query")!;
      await this.askEditor();
    }
  }

  /** Show the form of a shipped question, or none. */
  private choose(shipped: Shipped | null, values: Record<string, string> = {}): void {
    this.shipped = shipped;
    byId("form").hidden = !shipped;
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-query]")) {
      if (link.dataset["query"] === shipped?.name) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (!shipped) return;
    byId("question").textContent = shipped.question;
    byId("parameters").replaceChildren(
      ...shipped.parameters.map((parameter) => {
        const label = element("label", parameter.name, "field");
        const input = element("input");
        input.name = parameter.name;
        input.value = values[parameter.name] ?? parameter.default ?? parameter.example;
        input.required = parameter.default === null;
        input.autocomplete = "off";
        if (parameter.kinds.length) label.append(this.suggestions(parameter, input));
        label.append(input, element("small", parameter.description, "soft"));
        return label;
      }),
    );
  }

  /** Return the list of names that a field offers while one types; the graph is loaded when the field is entered. */
  private suggestions({ name, kinds }: Parameter, input: HTMLInputElement): HTMLDataListElement {
    const list = element("datalist");
    list.id = `names-${name}`;
    input.setAttribute("list", list.id);
    input.addEventListener("focus", () => void this.engine.ready().catch(() => undefined));
    input.addEventListener("input", () => {
      const names = this.engine.names.filter(([, kind]) => kinds.includes(kind));
      const found = input.value.trim() ? matching(input.value, names) : [];
      list.replaceChildren(...found.slice(0, MOST_NAMES).map(([, kind, label]) => new Option(kind, label)));
    });
    return list;
  }

  private values(): Record<string, string> {
    return Object.fromEntries([...byId("parameters").querySelectorAll("input")].map(({ name, value }) => [name, value]));
  }

  private async askShipped(): Promise<void> {
    const shipped = this.shipped;
    if (!shipped) return;
    const values = this.values();
    const address: [string, string][] = [["name", shipped.name], ...Object.entries(values).map(([name, value]): [string, string] => [`p.${name}`, value])];
    await this.run(address, async () => {
      const query = await this.engine.bind(shipped, values);
      this.editor.text = query;
      return query;
    });
  }

  private async askEditor(): Promise<void> {
    const query = this.editor.text;
    if (this.shipped) this.choose(null);
    await this.run([["query", query]], () => Promise.resolve(query));
  }

  private async run(address: [string, string][], query: () => Promise<string>): Promise<void> {
    if (this.running) this.engine.stop();
    const mine = ++this.asked;
    this.remember(address);
    this.busy(true);
    byId("error").hidden = byId("answer").hidden = true;
    try {
      say("Loading the graph and the engine, once …");
      await this.engine.ready();
      say("Asking …");
      const began = performance.now();
      const found = await this.engine.ask(await query());
      if (mine !== this.asked) return;
      this.receive(found, (performance.now() - began) / 1000);
    } catch (error) {
      if (mine !== this.asked) return;
      this.complain(error);
    }
    this.busy(false);
  }

  private busy(running: boolean): void {
    this.running = running;
    byId("stop").hidden = !running;
    byId("ask").toggleAttribute("aria-busy", running);
  }

  private receive(found: Answer, seconds: number): void {
    const took = `${seconds.toFixed(2)} s`;
    if (found.type === "boolean") {
      say(`${found.value ? "true" : "false"}, in ${took}`);
      this.answer = { columns: ["answer"], rows: [[{ type: "literal", value: String(found.value) }]] };
    } else if (found.type === "triples") {
      this.answer = { columns: ["subject", "predicate", "object"], rows: found.rows };
    } else if (found.type === "rows") {
      this.answer = { columns: found.columns, rows: found.rows };
    } else return;
    const { rows } = this.answer;
    const what = found.type === "triples" ? "triple" : "row";
    if (found.type !== "boolean") say(`${rows.length.toLocaleString("en")} ${what}${rows.length === 1 ? "" : "s"} in ${took}`);
    this.show(this.view);
    performance.mark("answered");
  }

  /** Show the answer as one of the views, as a table where that one does not fit it. */
  private show(wanted: View): void {
    const answer = this.answer;
    if (!answer) return;
    const pages = new Pages(this.about, this.engine.names);
    const lines = ends(answer, pages);
    const numbers = numeric(answer);
    const fits = { table: true, network: lines !== null, chart: numbers.length > 0 && numbers.length < answer.columns.length };
    const view = fits[wanted] ? wanted : "table";
    for (const one of VIEWS) {
      byId(one).hidden = !fits[one];
      byId(one).setAttribute("aria-pressed", String(one === view));
    }
    const place = byId("shown");
    if (!answer.rows.length) place.replaceChildren(element("p", "Nothing in the graph answers this.", "soft"));
    else if (view === "network" && lines) this.network(place, answer, lines, pages);
    else if (view === "chart") this.bars(place, answer, numbers, pages);
    else place.replaceChildren(table(answer, pages));
    byId("answer").hidden = false;
    if (view !== this.view) this.keepView(view);
  }

  private network(place: HTMLElement, answer: Rows, [from, to]: [number, number], pages: Pages): void {
    const columns = naming(answer, pages);
    const draw = (): void => picture.replaceChildren(drawing(answer, Number(first.value), Number(second.value), pages));
    const picture = element("div");
    const first = choice(answer, columns, from, draw);
    const second = choice(answer, columns, to, draw);
    place.replaceChildren(labelled("Lines from", first), labelled("to", second), picture);
    draw();
  }

  private bars(place: HTMLElement, answer: Rows, numbers: number[], pages: Pages): void {
    const draw = (): void => picture.replaceChildren(chart(answer, Number(value.value), pages));
    const picture = element("div");
    const value = choice(answer, numbers, numbers[0]!, draw);
    place.replaceChildren(...(numbers.length > 1 ? [labelled("Bars of", value)] : []), picture);
    draw();
  }

  private complain(error: unknown): void {
    const { message, remedy, at } = error instanceof Mistake ? error : new Mistake(error instanceof Error ? error.message : String(error));
    say(message === "stopped" ? "Stopped." : "");
    if (message === "stopped") return;
    byId("error").textContent = remedy ? `${message}. ${remedy}` : message;
    byId("error").hidden = false;
    if (at !== null && !this.shipped) this.editor.point(at);
  }

  private remember(address: [string, string][]): void {
    const said = new URLSearchParams(address);
    if (this.view !== "table") said.set("view", this.view);
    const hash = `#${said}`;
    if (hash !== location.hash) history.pushState(null, "", hash);
  }

  private keepView(view: View): void {
    this.view = view;
    const said = new URLSearchParams(location.hash.slice(1));
    said.delete("view");
    if (view !== "table") said.set("view", view);
    history.replaceState(null, "", `#${said}`);
  }

  private download(): void {
    if (!this.answer) return;
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([csv(this.answer)], { type: "text/csv" }));
    link.download = `${this.shipped?.name ?? "answer"}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

function say(text: string): void {
  byId("state").textContent = text;
}

function labelled(text: string, field: HTMLElement): HTMLElement {
  const label = element("label", `${text} `, "choice");
  field.setAttribute("aria-label", text);
  label.append(field);
  return label;
}

function choice({ columns }: Rows, among: number[], chosen: number, act: () => void): HTMLSelectElement {
  const made = element("select");
  for (const i of among) made.append(new Option(columns[i], String(i), i === chosen, i === chosen));
  made.addEventListener("change", act);
  return made;
}

async function start(): Promise<void> {
  const place = document.getElementById("ask");
  if (!place) return; // the graph is too large, or the engine was not built; the page says so
  const page = new Page((await KG.load("sparql")) as About);
  place.hidden = false;
  performance.mark("ready");
  await page.follow();
}

document.addEventListener("DOMContentLoaded", () => void start());
