/** What is shown, as far as a shared address can say it: `network.html#map=topics&node=task/grasping&hops=2`. */

export interface State {
  map: string;
  /** Names of kinds and of types of edges that are not shown. */
  kinds: string[];
  types: string[];
  /** The least score of an edge, in hundredths. */
  score: number;
  /** Months from the year 0; 0 for no bound. */
  from: number;
  until: number;
  category: string;
  /** Page of the chosen node, without its ending. */
  node: string;
  /** Only what lies within so many edges of the chosen node; 0 for everything. */
  hops: number;
  /** Page of the node that a path from the chosen one leads to. */
  to: string;
  /** Middle of the view and pixels a unit; without them everything is in view. */
  view: [x: number, y: number, scale: number] | null;
}

export const fresh = (map: string): State =>
  ({ map, kinds: [], types: [], score: 0, from: 0, until: 0, category: "", node: "", hops: 0, to: "", view: null });

const LISTS = ["kinds", "types"] as const;
const NUMBERS = ["score", "from", "until", "hops"] as const;
const TEXTS = ["map", "category", "node", "to"] as const;

export function written(state: State, first: string): string {
  const said = new URLSearchParams();
  for (const key of TEXTS) if (state[key] && !(key === "map" && state.map === first)) said.set(key, state[key]);
  for (const key of NUMBERS) if (state[key]) said.set(key, String(state[key]));
  for (const key of LISTS) if (state[key].length) said.set(`no-${key}`, state[key].join(","));
  if (state.view) said.set("view", state.view.map((value) => Number(value.toPrecision(6))).join(","));
  const text = said.toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
  return text ? `#${text}` : "";
}

const LIMITS: Record<(typeof NUMBERS)[number], number> = { score: 100, from: 12 * 9999, until: 12 * 9999, hops: 3 };

/** Read an address that anyone may have written: what makes no sense is left out. */
export function read(hash: string, maps: readonly string[]): State {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const map = said.get("map") ?? "";
  const state = fresh(maps.includes(map) ? map : maps[0]);
  for (const key of TEXTS) if (key !== "map") state[key] = said.get(key) ?? "";
  for (const key of NUMBERS) {
    const value = Math.round(Number(said.get(key) ?? 0));
    if (value >= 0 && value <= LIMITS[key]) state[key] = value;
  }
  for (const key of LISTS) state[key] = (said.get(`no-${key}`) ?? "").split(",").filter(Boolean);
  const [x, y, scale] = (said.get("view") ?? "").split(",").map(Number);
  if (Number.isFinite(x) && Number.isFinite(y) && scale > 0 && Number.isFinite(scale)) state.view = [x, y, scale];
  return state;
}
