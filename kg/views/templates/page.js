"use strict";

/* Draws the network with vis-network (global `vis`) and answers clicks, search, filters and the address.
 * What is said of nodes and edges is not in the data: it is copied from the plain lists and the table of the page, so
 * that there is one place where text from papers is escaped. Nothing here parses HTML. */
(() => {
  const MOST_FOUND = 12;
  const data = JSON.parse(document.getElementById("data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  /** Whether the page has an address of its own: in the frame of a notebook, `#x` would mean a place in the notebook. */
  const addressed = location.protocol !== "about:";
  const element = (id) => document.getElementById(id);
  const panel = element("panel");
  const welcome = [...panel.childNodes];

  for (const part of document.querySelectorAll(".js")) part.hidden = false;

  const nodeOf = new Map(data.nodes.map((node) => [node.id, node]));
  const edgesAt = new Map(data.nodes.map((node) => [node.id, []]));
  for (const edge of data.edges) {
    edgesAt.get(edge.from).push(edge);
    edgesAt.get(edge.to).push(edge);
  }
  const cards = new Map([...document.querySelectorAll("[data-card]")].map((card) => [card.dataset.card, card]));
  const rows = new Map([...document.querySelectorAll("[data-edge]")].map((row) => [Number(row.dataset.edge), row]));
  const relation = (edge) => rows.get(edge.id).children[1].textContent;
  for (const node of data.nodes) node.title = `${node.name} (${node.kind})`; // vis-network shows titles as plain text
  for (const edge of data.edges) edge.title = `${nodeOf.get(edge.from).name} — ${relation(edge)} → ${nodeOf.get(edge.to).name}`;
  const roles = new Set(data.roles);
  const kindsOff = new Set();
  /** What is chosen: `{node: id}`, `{edge: number}` or `{}`. */
  let chosen = {};
  let network = null;
  /** The scale at which all of the network is in view. */
  let scaleOfAll = 0.5;

  // The layout is wider than high; on a phone held upright it is turned by a quarter.
  const place = element("network");
  if (place.clientHeight > place.clientWidth) for (const node of data.nodes) [node.x, node.y] = [node.y, -node.x];

  const nodes = new vis.DataSet(data.nodes);
  const edges = new vis.DataSet(data.edges);

  // ---- looks: theme, filters and choice, in one place

  const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function lit() {
    if (chosen.node !== undefined) {
      const near = edgesAt.get(chosen.node);
      return { nodes: new Set([chosen.node, ...near.flatMap((e) => [e.from, e.to])]), edges: new Set(near.map((e) => e.id)) };
    }
    if (chosen.edge !== undefined) {
      const edge = data.edges[chosen.edge];
      return { nodes: new Set([edge.from, edge.to]), edges: new Set([edge.id]) };
    }
    return null;
  }

  function paint() {
    const [paper, ink, edge, faint, outline, accent] = ["paper", "ink", "edge", "faint", "outline", "accent"].map(colourOf);
    const shine = lit();
    const legible = Math.min(13 / (network ? network.getScale() : 1), 40);
    const fromAfar = Math.max(20, Math.min(12 / scaleOfAll, 44));
    const off = (id) => kindsOff.has(nodeOf.get(id).kind);
    nodes.update(data.nodes.map((node) => {
      const look = data.looks[node.kind];
      const colour = look.colour === "#000000" ? ink : look.colour;
      const on = !shine || shine.nodes.has(node.id);
      const fill = look.hollow ? paper : colour;
      const border = look.hollow ? colour : outline;
      const size = shine && on ? legible : node.prominent ? fromAfar : node.font.size;
      return {
        id: node.id,
        hidden: off(node.id),
        opacity: on ? 1 : 0.12,
        borderWidth: look.hollow ? 2 : 1,
        color: { background: fill, border, highlight: { background: fill, border: accent }, hover: { background: fill, border: accent } },
        font: { ...node.font, size, color: on ? ink : "transparent", strokeColor: on ? paper : "transparent" },
      };
    }));
    edges.update(data.edges.map((one) => {
      const on = shine && shine.edges.has(one.id);
      const colour = on ? accent : shine ? faint : edge;
      return {
        id: one.id,
        hidden: off(one.from) || off(one.to),
        width: on ? 2 : roles.has(one.type) ? 0.7 : 1.5,
        color: { color: colour, highlight: accent, hover: accent, opacity: shine && !on ? 0.5 : !on && roles.has(one.type) ? 0.65 : 1 },
      };
    }));
  }

  paint();
  network = new vis.Network(place, { nodes, edges }, data.options);
  network.once("afterDrawing", () => performance.mark("drawn"));
  showAll();

  function showAll() {
    network.fit({ animation: false });
    scaleOfAll = network.getScale();
    paint();
  }

  // ---- panel

  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };

  const button = (className, text, act) => {
    const made = make("button", className, text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };

  const shapeOf = (kind) => document.querySelector(`#legend [data-kind="${kind}"] .shape`).cloneNode(true);

  function nodeButton(id) {
    const made = button("choose", "", () => choose({ node: id }));
    made.append(shapeOf(nodeOf.get(id).kind), nodeOf.get(id).name);
    return made;
  }

  function whyButton(edge) {
    const made = button("why", "sentence", () => choose({ edge: edge.id }));
    made.setAttribute("aria-label", `The sentence behind: ${edge.title}`);
    return made;
  }

  const listed = (card, edge) => card.querySelector(`[data-role="${edge.type}"] [data-node="${CSS.escape(edge.from)}"]`);

  function neighbours(id, card) {
    const groups = new Map();
    for (const edge of edgesAt.get(id)) {
      const other = edge.from === id ? edge.to : edge.from;
      if (edge.to === id && listed(card, edge)) continue;
      const title = edge.from === id ? `${relation(edge)} →` : `← ${relation(edge)}`;
      if (!groups.has(title)) groups.set(title, []);
      groups.get(title).push([other, edge]);
    }
    return [...groups].sort(([a], [b]) => a.localeCompare(b)).flatMap(([title, found]) => {
      const list = make("ul");
      found.sort(([a], [b]) => nodeOf.get(a).name.localeCompare(nodeOf.get(b).name));
      for (const [other, edge] of found) {
        const item = make("li");
        item.append(nodeButton(other), ...(rows.get(edge.id).querySelector("figure") ? [whyButton(edge)] : []));
        list.append(item);
      }
      const heading = make("h4", "", `${title} `);
      heading.append(make("span", "count", String(found.length)));
      return [heading, list];
    });
  }

  function aboutNode(id) {
    const card = cards.get(id).cloneNode(true);
    card.removeAttribute("data-card");
    const found = neighbours(id, card);
    for (const edge of edgesAt.get(id)) {
      const item = edge.to === id && listed(card, edge);
      if (item) item.append(" ", button("why", "show", () => choose({ node: edge.from })), whyButton(edge));
    }
    return [card, ...found];
  }

  function aboutEdge(number) {
    const edge = data.edges[number];
    const said = make("div", "said");
    said.append(nodeButton(edge.from), make("em", "", relation(edge)), nodeButton(edge.to));
    const quotes = [...rows.get(number).lastElementChild.children].map((part) => part.cloneNode(true));
    return [make("p", "kind", "Statement"), said, ...quotes];
  }

  /** What is chosen, in words that a screen reader says. */
  function status() {
    if (chosen.node !== undefined) {
      const node = nodeOf.get(chosen.node);
      return `${node.title}, ${edgesAt.get(node.id).length} statements. Details follow the drawing.`;
    }
    return chosen.edge !== undefined ? `${data.edges[chosen.edge].title}. The sentence follows the drawing.` : "";
  }

  function showPanel() {
    element("status").textContent = status();
    if (chosen.node === undefined && chosen.edge === undefined) {
      panel.replaceChildren(...welcome);
      return;
    }
    const close = button("back", "×", () => choose({}));
    close.setAttribute("aria-label", "Close the details");
    panel.replaceChildren(close, ...(chosen.node !== undefined ? aboutNode(chosen.node) : aboutEdge(chosen.edge)));
    panel.scrollTop = 0;
  }

  // ---- choice and address

  function show(ids) {
    for (const kind of ids.map((id) => nodeOf.get(id).kind)) setKind(kind, true);
  }

  function choose(choice, { focus = true, address = true } = {}) {
    chosen = choice;
    const ends = choice.node !== undefined ? [choice.node] : choice.edge !== undefined ? [data.edges[choice.edge].from, data.edges[choice.edge].to] : [];
    show(ends);
    paint();
    network.setSelection({ nodes: choice.node === undefined ? [] : ends, edges: choice.edge === undefined ? [] : [choice.edge] }, { highlightEdges: false });
    showPanel();
    if (focus && ends.length) lookAt([...lit().nodes]);
    if (address) setAddress(choice.node);
  }

  function lookAt(ids) {
    const animation = still.matches ? false : { duration: 400, easingFunction: "easeInOutQuad" };
    network.fit({ nodes: ids, maxZoomLevel: 1, animation });
    if (!animation) paint(); // else when the move has ended: names are sized for the scale
  }

  function setAddress(id) {
    if (!addressed) return;
    const hash = id === undefined ? "" : `#${encodeURIComponent(id).replaceAll("%2F", "/")}`;
    if (hash !== location.hash) history.pushState(null, "", hash || location.pathname + location.search);
  }

  function followAddress() {
    let id = "";
    try {
      id = decodeURIComponent(location.hash.slice(1));
    } catch {
      return; // not an address of ours
    }
    if (nodeOf.has(id)) choose({ node: id }, { address: false });
    else if (id === "") choose({}, { address: false });
  }

  network.on("animationFinished", paint);
  network.on("click", ({ nodes: [node], edges: [edge] }) => {
    if (node !== undefined) choose({ node }, { focus: false });
    else if (edge !== undefined) choose({ edge }, { focus: false });
    else choose({});
  });

  // ---- filters

  function setKind(kind, on) {
    if (on) kindsOff.delete(kind);
    else kindsOff.add(kind);
    for (const one of element("legend").children) if (one.dataset.kind === kind) one.setAttribute("aria-pressed", String(on));
  }

  element("legend").addEventListener("click", ({ target }) => {
    const pressed = target.closest("button");
    if (!pressed) return;
    setKind(pressed.dataset.kind, kindsOff.has(pressed.dataset.kind));
    paint();
  });

  // ---- search

  const input = element("search");
  const list = element("found");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[-_/\s]+/g, " ").trim();
  const names = data.nodes.map((node) => ({ node, names: [node.name, ...node.aliases].map((name) => [name, fold(name)]) }));
  let active = -1;

  function rank(name, sought) {
    if (name === sought) return 0;
    if (name.startsWith(sought)) return 1;
    if (` ${name}`.includes(` ${sought}`)) return 2;
    return name.includes(sought) ? 3 : 4;
  }

  function search(text) {
    const sought = fold(text);
    if (!sought) return [];
    return names
      .map(({ node, names: all }) => {
        const ranked = all.map(([name, folded]) => [rank(folded, sought), name]);
        const best = Math.min(...ranked.map(([r]) => r));
        return { node, best, name: ranked.find(([r]) => r === best)[1] };
      })
      .filter(({ best }) => best < 4)
      .sort((a, b) => a.best - b.best || b.node.size - a.node.size || a.node.name.localeCompare(b.node.name))
      .slice(0, MOST_FOUND);
  }

  function showFound() {
    const found = search(input.value);
    active = found.length ? 0 : -1;
    list.replaceChildren(...found.map(({ node, name }, i) => {
      const item = make("li");
      item.id = `found-${i}`;
      item.setAttribute("role", "option");
      item.dataset.id = node.id;
      const label = make("span", "", node.name);
      if (name !== node.name) label.append(make("span", "sub", ` (${name})`));
      item.append(shapeOf(node.kind), label, make("small", "", node.kind));
      item.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the box
      item.addEventListener("click", () => take(item));
      return item;
    }));
    if (!found.length && fold(input.value)) {
      const nothing = make("li", "sub", "Nothing drawn has this name");
      nothing.setAttribute("role", "option");
      nothing.setAttribute("aria-disabled", "true");
      list.append(nothing);
    }
    list.hidden = !fold(input.value);
    mark();
  }

  function mark() {
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (active >= 0 && !list.hidden) input.setAttribute("aria-activedescendant", `found-${active}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[active]?.scrollIntoView({ block: "nearest" });
  }

  function closeFound() {
    list.hidden = true;
    mark();
  }

  function take(item) {
    input.value = nodeOf.get(item.dataset.id).name;
    closeFound();
    choose({ node: item.dataset.id });
  }

  input.addEventListener("input", showFound);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", closeFound);
  input.addEventListener("keydown", (event) => {
    const count = list.querySelectorAll("[data-id]").length;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      if (list.hidden) list.hidden = false;
      else active = (active + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      mark();
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) take(list.children[active]);
    else if (event.key === "Escape" && !list.hidden) {
      closeFound();
      event.stopPropagation();
    } else return;
    event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape") choose({});
  });

  // ---- the rest

  const zoom = (factor) => network.moveTo({ scale: network.getScale() * factor, animation: still.matches ? false : { duration: 150, easingFunction: "easeInOutQuad" } });
  element("closer").addEventListener("click", () => zoom(1.4));
  element("farther").addEventListener("click", () => zoom(1 / 1.4));
  element("fit").addEventListener("click", showAll);
  for (const item of document.querySelectorAll("ol.papers [data-node]")) {
    if (nodeOf.has(item.dataset.node)) item.append(" ", button("why", "show", () => {
      choose({ node: item.dataset.node });
      document.querySelector(".view").scrollIntoView({ behavior: still.matches ? "auto" : "smooth" });
    }));
  }
  dark.addEventListener("change", paint);
  addEventListener("hashchange", followAddress);
  addEventListener("popstate", followAddress);
  document.querySelector(".skip").addEventListener("click", (event) => {
    document.querySelector("#statements details").open = true;
    if (addressed) return;
    event.preventDefault();
    document.querySelector("#statements summary").focus();
  });
  followAddress();

  /** For the console, and for tests of this page. */
  window.drawing = { network, nodes, edges };
})();
