/** Which page of the site tells of a term of an answer, and how an IRI is written shortly. */
import type { About, Name, Term } from "./messages";

const ARXIV = "https://arxiv.org/abs/";

export class Pages {
  private readonly byIri = new Map<string, Name>();
  private readonly byLabel = new Map<string, string | null>();

  constructor(private readonly about: About, names: readonly Name[]) {
    for (const name of names) {
      this.byIri.set(name[0], name);
      this.byLabel.set(name[2], this.byLabel.has(name[2]) ? null : name[0]);
    }
  }

  /** The kind of the node that a term is or that alone goes by its text; empty for any other. */
  kind(term: Term): string {
    return this.node(term)?.[1] ?? "";
  }

  /** The label of a node; empty for any other term. */
  label(term: Term): string {
    return this.node(term)?.[2] ?? "";
  }

  /** The address of the page of a term; empty where it has none. */
  address(term: Term): string {
    const node = this.node(term);
    if (!node) return "";
    const [iri, kind] = node;
    const key = iri.startsWith(this.about.base) ? iri.slice(this.about.base.length) : iri;
    const known = this.about.addresses[key];
    if (known !== undefined) return known;
    const file = iri.startsWith(ARXIV) ? iri.slice(ARXIV.length) : key.slice(key.indexOf("/") + 1);
    return `${kind.toLowerCase()}/${encodeURIComponent(file)}.html`;
  }

  text(term: Term): string {
    if (term.type !== "iri") return term.type === "blank" ? `_:${term.value}` : term.value;
    const { base, prefixes } = this.about;
    if (term.value.startsWith(base) && term.value !== base) return term.value.slice(base.length);
    const fitting = Object.entries(prefixes).filter(([, start]) => term.value.startsWith(start) && term.value !== start);
    const [name, start] = fitting.sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
    return start === undefined ? `<${term.value}>` : `${name}:${term.value.slice(start.length)}`;
  }

  private node(term: Term): Name | undefined {
    const iri = term.type === "iri" ? term.value : term.type === "literal" ? this.byLabel.get(term.value) : undefined;
    return iri ? this.byIri.get(iri) : undefined;
  }
}
