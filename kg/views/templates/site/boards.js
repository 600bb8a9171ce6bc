/* A leaderboard: its tables sorted by any column, filtered by words and by kind, and copied for other programs.

   The tables are read from the page; nothing else is loaded. Every way of copying escapes for where the text lands. */
"use strict";
(() => {
  const boards = [...document.querySelectorAll(".board")];
  const tools = document.getElementById("tools");
  if (!boards.length || !tools) return;

  const plain = (text) => text.replace(/\s+/g, " ").trim();

  // ---- sorting

  /** What a cell is sorted by: a number where the column is of numbers. */
  function content(row, column, numeric) {
    const text = plain(row.cells[column].textContent);
    return numeric ? (text === "" ? NaN : Number(text)) : text;
  }

  function sort(table, head, column) {
    const descending = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const shown = plain(head.textContent);
    // A value as written sorts by its number; rows without one come last either way.
    const numeric = shown === "Number" || shown === "Value";
    const by = shown === "Value" ? column + 1 : column;
    const keyed = [...table.tBodies[0].rows].map((row) => [content(row, by, numeric), row]);
    const absent = ([key]) => (numeric ? Number.isNaN(key) : key === "");
    keyed.sort((a, b) => {
      if (absent(a) || absent(b)) return absent(a) - absent(b);
      const order = numeric ? a[0] - b[0] : a[0].localeCompare(b[0], "en", { numeric: true });
      return descending ? -order : order;
    });
    table.tBodies[0].append(...keyed.map(([, row]) => row));
  }

  function sortable(table) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(table, head, column));
      head.replaceChildren(button);
    });
  }

  // ---- filtering

  const words = document.getElementById("filter");
  const kind = document.getElementById("kind");
  const shown = document.getElementById("shown");
  const rows = boards.flatMap((board) =>
    [...board.querySelectorAll("tbody tr")].map((row) => ({ row, board, text: `${board.dataset.metric} ${row.textContent}`.toLowerCase() })),
  );

  function filter() {
    const sought = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const left = new Set();
    let count = 0;
    for (const { row, board, text } of rows) {
      row.hidden = Boolean(kind.value && board.dataset.kind !== kind.value) || !sought.every((word) => text.includes(word));
      if (row.hidden) continue;
      left.add(board);
      count += 1;
    }
    for (const board of boards) board.hidden = !left.has(board);
    shown.textContent = sought.length || kind.value ? `${count} of ${rows.length} values` : "";
  }

  // ---- copying

  const COLUMNS = ["Metric", "Kind", "Unit", "Method", "Value", "Number", "Baseline", "Paper", "Id", "Date", "Certainty", "Sentence"];

  /** The rows of a table as they are shown, in their order. */
  function cells(board) {
    const { metric, kind: sort, unit } = board.dataset;
    return [...board.querySelectorAll("tbody tr:not([hidden])")].map((row) => {
      const [method, value, number, , baseline, paper, date, certainty, evidence] = [...row.cells];
      const written = value.cloneNode(true);
      written.querySelector(".tag")?.remove();
      const quote = evidence.querySelector("blockquote");
      const there = [method.querySelector("a"), written, number, baseline, paper].map((cell) => cell?.textContent ?? "");
      return [metric, sort, unit, ...there, row.dataset.id, date.textContent, certainty.textContent, quote?.textContent ?? ""].map(plain);
    });
  }

  const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*%?$/i;

  /** RFC 4180. A text that a spreadsheet would run as a formula begins with an apostrophe then (CWE-1236). */
  function csvCell(text) {
    const safe = /^[\s'"]*[=+\-@＝＋－＠|\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  const csv = (lines) => lines.map((line) => `${line.map(csvCell).join(",")}\r\n`).join("");

  const markdownCell = (text) => text.replace(/[\\`*_[\]<>|~&$#]/g, "\\$&");

  const markdown = ([head, ...lines]) =>
    [head.map(markdownCell), head.map(() => "---"), ...lines.map((line) => line.map(markdownCell))]
      .map((line) => `| ${line.join(" | ")} |\n`)
      .join("");

  const LATEX = {
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", $: "\\$", "&": "\\&", "#": "\\#", _: "\\_", "%": "\\%",
    "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}",
    '"': "\\textquotedbl{}", "-": "{-}", "`": "\\textasciigrave{}", "'": "\\textquotesingle{}",
  };

  /** A hyphen in braces makes no dash of two of them; quotes are those that stand there (packages: T1 fontenc, textcomp). */
  const latexCell = (text) => text.replace(/[\\{}$&#_%^~<>|"`']|-(?=-)/g, (sign) => LATEX[sign]);

  const latex = ([head, ...lines]) =>
    [
      `\\begin{tabular}{${"l".repeat(head.length)}}`,
      "\\hline",
      `${head.map(latexCell).join(" & ")} \\\\`,
      "\\hline",
      ...lines.map((line) => `${line.map(latexCell).map((cell, i) => (i === 0 && cell.startsWith("[") ? `{${cell}}` : cell)).join(" & ")} \\\\`),
      "\\hline",
      "\\end{tabular}",
      "",
    ].join("\n");

  const FORMATS = { CSV: csv, Markdown: markdown, LaTeX: latex };
  const fallback = document.getElementById("copy");
  const area = document.getElementById("copied");

  async function copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
      fallback.hidden = true;
      const said = button.textContent;
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = said), 1500);
    } catch {
      // A page from disk, or one without permission, may not write to the clipboard.
      area.value = text;
      fallback.hidden = false;
      area.focus();
      area.select();
    }
  }

  function copying(board) {
    const group = document.createElement("span");
    group.className = "tools";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Copy this table");
    for (const [name, format] of Object.entries(FORMATS)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "tool";
      button.textContent = `Copy as ${name}`;
      button.addEventListener("click", () => copy(format([columnsOf(name), ...cells(board).map((line) => pick(line, name))]), button));
      group.append(button);
    }
    board.prepend(group);
  }

  /** For papers and notes a table has what is read there; sentences and ids only where a program reads on. */
  const kept = (name) => COLUMNS.map((column) => name === "CSV" || !["Number", "Sentence"].includes(column));
  const columnsOf = (name) => COLUMNS.filter((_, i) => kept(name)[i]);
  const pick = (line, name) => line.filter((_, i) => kept(name)[i]);

  for (const board of boards) {
    sortable(board.querySelector("table"));
    copying(board);
  }
  words.addEventListener("input", filter);
  kind.addEventListener("change", filter);
  tools.hidden = false;
  filter(); // a browser may keep what was typed before a reload
})();
