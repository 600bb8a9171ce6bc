/** Elements made of text only: whatever comes from a paper goes through `textContent`. */

type Child = Node | string;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Record<string, string> = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function button(text: string, act: () => void, attributes: Record<string, string> = {}): HTMLButtonElement {
  const made = make("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}

export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found as T;
}

const SVG = "http://www.w3.org/2000/svg";

/** The outline of each shape around (0, 0), within ±10: for legends and for exports. */
export const OUTLINES: Record<string, string> = {
  dot: "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0z",
  diamond: "M0-10 10 0 0 10-10 0z",
  square: "M-8-8H8V8H-8z",
  star: "M0-11 2.9-3.9 10.5-3.4 4.6 1.5 6.5 8.9 0 4.8-6.5 8.9-4.6 1.5-10.5-3.4-2.9-3.9z",
  triangle: "M0-10 10 8H-10z",
  triangleDown: "M0 10 10-8H-10z",
  hexagon: "M10 0 5 8.7H-5L-10 0-5-8.7H5z",
};

export function mark(kind: { colour: string; shape: string; hollow: boolean }): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "shape");
  svg.setAttribute("viewBox", "-12 -12 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  const colour = kind.colour === "#000000" ? "currentColor" : kind.colour;
  path.setAttribute("d", OUTLINES[kind.shape]);
  path.setAttribute("fill", kind.hollow ? "none" : colour);
  path.setAttribute("stroke", kind.hollow ? colour : "none");
  path.setAttribute("stroke-width", "3");
  svg.append(path);
  return svg;
}
