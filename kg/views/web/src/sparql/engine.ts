/** The worker that holds the graph: begun when first needed, ended to stop a query, begun again for the next. */
import type { About, Answer, Name, Request, Shipped } from "./messages";
import { Mistake } from "./words";

declare const KG: { load(name: string): Promise<unknown> };

/** What `data/engine.js` holds: the worker's script, and Oxigraph, gzipped in base64. */
interface Packed {
  worker: string;
  wasm: string;
}

type Found<T extends Answer["type"]> = Extract<Answer, { type: T }>;

/** Workers are made of text, as scripts cannot be fetched from disk; the page's policy admits `blob:` for them alone. */
const policy = (window as { trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } } })
  .trustedTypes?.createPolicy("kg-worker", { createScriptURL: (url: string) => url });

export class Engine {
  names: Name[] = [];
  private worker: Worker | null = null;
  private opened: Promise<void> | null = null;
  private refuse: ((reason: Mistake) => void) | null = null;

  constructor(private readonly about: About) {}

  /** Have the graph ready; a page that only looks at the questions never loads it. */
  ready(): Promise<void> {
    this.opened ??= this.open().catch((error: unknown) => {
      this.stop();
      throw error;
    });
    return this.opened;
  }

  async ask(query: string): Promise<Answer> {
    await this.ready();
    return this.send({ type: "ask", query });
  }

  async bind(query: Shipped, values: Record<string, string>): Promise<string> {
    await this.ready();
    return ((await this.send({ type: "bind", query, values })) as Found<"bound">).query;
  }

  /** End whatever is going on. */
  stop(): void {
    this.worker?.terminate();
    this.worker = this.opened = null;
    this.refuse?.(new Mistake("stopped"));
    this.refuse = null;
  }

  private async open(): Promise<void> {
    const { base, prefixes } = this.about;
    const [packed, quads] = (await Promise.all([KG.load("engine"), KG.load("quads")])) as [Packed, string];
    const url = URL.createObjectURL(new Blob([packed.worker], { type: "text/javascript" }));
    this.worker = new Worker(policy ? policy.createScriptURL(url) : url);
    const { names } = (await this.send({ type: "open", wasm: packed.wasm, quads, base, prefixes })) as Found<"opened">;
    URL.revokeObjectURL(url);
    this.names = names;
  }

  private send(request: Request): Promise<Answer> {
    const worker = this.worker;
    if (!worker) return Promise.reject(new Mistake("stopped"));
    return new Promise((resolve, reject) => {
      this.refuse = reject;
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        this.refuse = null;
        if (data.type === "mistake") {
          if (data.broken) this.stop();
          reject(new Mistake(data.message, data.remedy, data.at));
        } else resolve(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Mistake(`the engine failed: ${event.message}`, "Reload the page; ask for less."));
        this.stop();
      };
      worker.postMessage(request);
    });
  }
}
