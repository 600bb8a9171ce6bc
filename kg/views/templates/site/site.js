"use strict";
// The one script of every page: the theme, and the way to the data files (fetch() is not allowed on file://).
(() => {
  const html = document.documentElement;
  const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const keep = (key, value) => {
    try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); } catch { /* not allowed */ }
  };

  const THEMES = ["auto", "light", "dark"];
  let theme = THEMES.includes(kept("kg-theme")) ? kept("kg-theme") : "auto";
  const dark = () => theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  const show = () => {
    html.dataset.theme = dark() ? "dark" : "light";
    dispatchEvent(new CustomEvent("kg-theme", { detail: html.dataset.theme }));
  };
  show();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);

  const address = (url) => url;
  const policy = window.trustedTypes ? trustedTypes.createPolicy("kg", { createScriptURL: address }) : null;
  const NAME = /^[\w-]+(?:\/[\w-]+)*$/;
  const values = new Map();
  const waiting = new Map();

  /** Called by a data file: hands its value to whoever loads it. */
  function data(name, value) {
    values.set(name, value);
  }

  /** Return a promise of what data/<name>.js holds, loaded once. */
  function load(name) {
    if (!NAME.test(name)) return Promise.reject(new Error(`no name of a data file: ${name}`));
    if (!waiting.has(name)) waiting.set(name, new Promise((resolve, reject) => {
      if (values.has(name)) { resolve(values.get(name)); return; }
      const url = `${document.body.dataset.root}data/${name}.js`;
      const script = document.createElement("script");
      script.src = policy ? policy.createScriptURL(url) : url;
      script.addEventListener("load", () =>
        values.has(name) ? resolve(values.get(name)) : reject(new Error(`${url} holds no data`)));
      script.addEventListener("error", () => reject(new Error(`${url} cannot be loaded`)));
      document.head.append(script);
    }));
    return waiting.get(name);
  }

  window.KG = Object.freeze({ data, load, kept, keep });

  // Types of mentions that are shown: kept for all papers.
  function mentions() {
    const box = document.getElementById("types");
    if (!box) return;
    const text = document.getElementById("text");
    let hidden = new Set((kept("kg-hidden") || "").split(" ").filter(Boolean));
    for (const input of box.querySelectorAll("input")) {
      const apply = () => text.classList.toggle(`off-${input.value}`, !input.checked);
      input.checked = !hidden.has(input.value);
      apply();
      input.addEventListener("change", () => {
        input.checked ? hidden.delete(input.value) : hidden.add(input.value);
        keep("kg-hidden", [...hidden].join(" ") || null);
        apply();
      });
    }
    box.hidden = false;
  }

  // A box that keeps only the list items that hold all words typed.
  function filters() {
    for (const input of document.querySelectorAll("input[data-filter]")) {
      const items = [...document.getElementById(input.dataset.filter).children];
      const texts = items.map((item) => item.textContent.toLowerCase());
      const said = document.getElementById(`${input.dataset.filter}-count`);
      input.addEventListener("input", () => {
        const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
        let shown = 0;
        items.forEach((item, i) => {
          item.hidden = !words.every((word) => texts[i].includes(word));
          shown += !item.hidden;
        });
        said.textContent = words.length ? `${shown} of ${items.length} on this page` : "";
      });
      input.closest("[hidden]")?.removeAttribute("hidden");
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const name = () => { button.textContent = `Theme: ${theme}`; };
    button.addEventListener("click", () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
      keep("kg-theme", theme === "auto" ? null : theme);
      show();
      name();
    });
    name();
    button.hidden = false;
    mentions();
    filters();
  });
})();
