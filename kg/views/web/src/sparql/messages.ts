/** What the page and its worker say to each other. */

export interface Term {
  type: "iri" | "blank" | "literal" | "triple";
  value: string;
  datatype?: string;
  language?: string;
}

/** A parameter of a shipped query; `searches` find the nodes that go by a name, where it names nodes. */
export interface Parameter {
  name: string;
  type: string;
  default: string | null;
  description: string;
  kinds: string[];
  searches: string[];
  example: string;
}

export interface Shipped {
  name: string;
  title: string;
  question: string;
  text: string;
  parameters: Parameter[];
}

/** What `data/sparql.js` holds. */
export interface About {
  base: string;
  prefixes: Record<string, string>;
  terms: [curie: string, kind: "class" | "property", said: string][];
  queries: Shipped[];
  /** Addresses of pages that do not follow from IRI and kind. */
  addresses: Record<string, string>;
}

export interface Open {
  type: "open";
  wasm: string;
  quads: string;
  base: string;
  prefixes: Record<string, string>;
}

export interface Ask {
  type: "ask";
  query: string;
}

/** Put the values of a shipped query's parameters in. */
export interface Bind {
  type: "bind";
  query: Shipped;
  values: Record<string, string>;
}

export type Request = Open | Ask | Bind;

/** IRI, kind and label of a node. */
export type Name = [iri: string, kind: string, label: string];

export type Answer =
  | { type: "opened"; quads: number; names: Name[] }
  | { type: "bound"; query: string }
  | { type: "boolean"; value: boolean }
  | { type: "rows"; columns: string[]; rows: (Term | null)[][] }
  | { type: "triples"; rows: [Term, Term, Term][] }
  | { type: "mistake"; message: string; remedy: string; at: number | null; broken: boolean };
