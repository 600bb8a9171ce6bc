/* The search box of every page: finds names in spite of typing errors, in the page itself, from data/search.js alone.

   Names become words; a word that is typed matches words of the vocabulary that equal it, begin with it, hold it or are
   spelled almost like it. The last is the costly question, so lengths and sets of letters rule most of the vocabulary
   out before a distance is counted. For scripts and tests:
   `await KGSearch.ready()`, then `KGSearch.find(text)`. */
"use strict";
(() => {
  const MOST = 10;
  /** Milliseconds of building the index after which the page may do something else. */
  const SLICE = 12;
  /** The most words that a name may have to be found with its spaces left out. */
  const JOINED = 4;
  /** The most letters of words that are sought misspelled and with their spaces left out. */
  const LONGEST_JOINED = 24;
  const RANK = 1e7; // more than there are nodes: a rank and a node's place make one number
  /** In how many names a word must stand before it is taken to be spelled as meant. */
  const KNOWN = 5;
  /** Words are kept by their first letter (all beyond ASCII as one) and length (all from the longest on as one). */
  const INITIALS = 128;
  const LENGTHS = 48;

  // ---- words

  const SPELLED = {
    α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", ζ: "zeta", η: "eta", θ: "theta", ι: "iota", κ: "kappa",
    λ: "lambda", μ: "mu", ν: "nu", ξ: "xi", π: "pi", ρ: "rho", σ: "sigma", τ: "tau", φ: "phi", χ: "chi", ψ: "psi",
    ω: "omega", ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i",
  };

  /** What is compared of a name, words between single spaces: no case, accents, hyphens, brackets; π is pi. */
  const fold = (text) => wordsOf(/^[\0-\x7f]*$/.test(text) ? foldPlain(text) : foldAny(text)).join(" ");

  const foldPlain = (text) => text.toLowerCase().replace(/\.(?![a-z0-9])|\+(?=[a-z0-9])|[^a-z0-9.+#]+/g, " ");

  const foldAny = (text) =>
    text
      .normalize("NFKD")
      .replace(/\p{M}+/gu, "")
      .toLowerCase()
      .replace(/[α-ωßæœøłđðþı]/g, (letter) => SPELLED[letter] ?? letter)
      .replace(/\.(?![\p{L}\p{N}])|\+(?=[\p{L}\p{N}])|[^\p{L}\p{N}.+#]+/gu, " ");

  const wordsOf = (folded) => folded.split(" ").filter(Boolean);

  const bit = (code) =>
    code >= 97 && code <= 122 ? 1 << (code - 97) : code >= 48 && code <= 57 ? 1 << (26 + ((code - 48) >> 1)) : 1 << 31;

  function letters(codes, start, end) {
    let mask = 0;
    for (let i = start; i < end; i += 1) mask |= bit(codes[i]);
    return mask;
  }

  function count(mask) {
    let n = mask - ((mask >>> 1) & 0x55555555);
    n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
    return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }

  /** How many errors a typed word may have; a number is never mistyped for another. */
  const allowance = (word) => (/^[\d.]+$/.test(word) || word.length < 4 ? 0 : word.length < 8 ? 1 : 2);

  // ---- the index

  /** Every name (labels first, then aliases), its node, and which names have a word. */
  class Index {
    constructor(data) {
      this.kinds = data.kinds;
      this.folders = data.folders;
      this.labels = data.labels.split("\n");
      this.files = data.files.split("\n");
      this.runs = data.runs; // [papers, kind, nodes], in the order of the nodes
      this.runStarts = [];
      let start = 0;
      for (const [, , nodes] of data.runs) {
        this.runStarts.push(start);
        start += nodes;
      }
      this.size = start; // of nodes
      this.aliases = data.aliases === "" ? [] : data.aliases.split("\n");
      this.aliasNodes = new Int32Array(this.aliases.length);
      let node = 0;
      data.aliasSteps.forEach((step, i) => (this.aliasNodes[i] = node += step));
      this.addIds();
    }

    /** A paper's file is called by its id, which is a name of it too. */
    addIds() {
      const nodes = [];
      const ids = [];
      this.runs.forEach(([, kind, length], run) => {
        if (this.kinds[kind] !== "Paper") return;
        for (let node = this.runStarts[run]; node < this.runStarts[run] + length; node += 1) {
          nodes.push(node);
          ids.push(this.files[node]);
        }
      });
      this.aliases = this.aliases.concat(ids);
      this.aliasNodes = Int32Array.from([...this.aliasNodes, ...nodes]);
    }

    nameOf(name) {
      return name < this.size ? this.labels[name] : this.aliases[name - this.size];
    }

    nodeOf(name) {
      return name < this.size ? name : this.aliasNodes[name - this.size];
    }

    run(node) {
      let low = 0;
      let high = this.runs.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (this.runStarts[middle] <= node) low = middle;
        else high = middle - 1;
      }
      return this.runs[low];
    }

    /** Fold and cut every name, with pauses in which the page can draw. */
    async build() {
      const total = this.size + this.aliases.length;
      const vocabulary = new Map();
      const words = [];
      let flat = new Int32Array(total * 6);
      const ends = new Int32Array(total);
      let used = 0;
      const add = (word) => {
        let id = vocabulary.get(word);
        if (id === undefined) {
          id = words.length;
          vocabulary.set(word, id);
          words.push(word);
        }
        if (used === flat.length) {
          const larger = new Int32Array(used * 2);
          larger.set(flat);
          flat = larger;
        }
        flat[used] = id;
        used += 1;
      };
      this.folded = new Array(total);
      let rested = performance.now();
      for (let name = 0; name < total; name += 1) {
        const folded = fold(this.nameOf(name));
        const parts = folded ? folded.split(" ") : [];
        this.folded[name] = folded;
        parts.forEach(add);
        if (parts.length > 1 && parts.length <= JOINED && this.isThing(name)) add(parts.join(""));
        ends[name] = used;
        if (name % 256 === 0 && performance.now() - rested > SLICE) {
          await new Promise((resolve) => setTimeout(resolve));
          rested = performance.now();
        }
      }
      this.vocabulary = new Set(vocabulary.keys());
      this.count(words, flat, ends, used);
      return this;
    }

    isThing(name) {
      return !["Paper", "Author"].includes(this.kinds[this.run(this.nodeOf(name))[1]]);
    }

    /** Turn "words of a name" into "names with a word", and keep of each word what rules it out quickly. */
    count(unsorted, flat, ends, used) {
      const words = this.sorted(unsorted, flat, used);
      this.starts = new Int32Array(words.length + 1);
      for (let i = 0; i < used; i += 1) this.starts[flat[i] + 1] += 1;
      for (let w = 0; w < words.length; w += 1) this.starts[w + 1] += this.starts[w];
      const next = this.starts.slice();
      this.names = new Int32Array(used);
      for (let name = 0, i = 0; name < ends.length; name += 1) for (; i < ends[name]; i += 1) this.names[next[flat[i]]++] = name;
      this.wordStarts = new Int32Array(words.length + 1);
      words.forEach((word, w) => (this.wordStarts[w + 1] = this.wordStarts[w] + word.length));
      this.codes = new Uint16Array(this.wordStarts[words.length]);
      this.masks = new Int32Array(words.length);
      this.heads3 = new Int32Array(words.length);
      this.heads6 = new Int32Array(words.length);
      words.forEach((word, w) => {
        const start = this.wordStarts[w];
        const end = this.wordStarts[w + 1];
        for (let i = 0; i < word.length; i += 1) this.codes[start + i] = word.charCodeAt(i);
        this.masks[w] = letters(this.codes, start, end);
        this.heads3[w] = letters(this.codes, start, Math.min(start + 3, end));
        this.heads6[w] = letters(this.codes, start, Math.min(start + 6, end));
      });
      this.passed = new Uint8Array(ends.length);
      this.cost = new Uint8Array(ends.length);
    }

    /** Number the words by first letter and length: `buckets` has where each such group begins. */
    sorted(words, flat, used) {
      const bucket = (word) => Math.min(word.charCodeAt(0), INITIALS - 1) * LENGTHS + Math.min(word.length, LENGTHS - 1);
      this.buckets = new Int32Array(INITIALS * LENGTHS + 1);
      for (const word of words) this.buckets[bucket(word) + 1] += 1;
      for (let b = 0; b < INITIALS * LENGTHS; b += 1) this.buckets[b + 1] += this.buckets[b];
      const next = this.buckets.slice();
      const places = Int32Array.from(words, (word) => next[bucket(word)]++);
      const placed = new Array(words.length);
      words.forEach((word, w) => (placed[places[w]] = word));
      for (let i = 0; i < used; i += 1) flat[i] = places[flat[i]];
      return placed;
    }

    /** Take each word of some lengths, of one first letter or of all. */
    each(shortest, longest, initial, take) {
      const last = initial ?? INITIALS - 1;
      for (let first = initial ?? 0; first <= last; first += 1) {
        const from = this.buckets[first * LENGTHS + Math.min(Math.max(shortest, 0), LENGTHS - 1)];
        const to = this.buckets[first * LENGTHS + Math.min(longest, LENGTHS - 1) + 1];
        for (let w = from; w < to; w += 1) take(w);
      }
    }

    // -- words that match a typed one: [word, cost], the cheapest first

    /** The word itself, and words that begin with it. */
    exactly(typed) {
      const mask = letters(typed.codes, 0, typed.length);
      const equal = [];
      const longer = [];
      this.each(typed.length, Infinity, Math.min(typed.codes[0], INITIALS - 1), (w) => {
        if (mask & ~this.masks[w]) return;
        const start = this.wordStarts[w];
        let i = 1;
        while (i < typed.length && this.codes[start + i] === typed.codes[i]) i += 1;
        if (i < typed.length || this.codes[start] !== typed.codes[0]) return;
        const length = this.wordStarts[w + 1] - start;
        if (length >= typed.length) (length === typed.length ? equal : longer).push([w, 0]);
      });
      return { equal, all: equal.concat(longer) };
    }

    /** How many names have one of some words. */
    spread(found) {
      return found.reduce((sum, [w]) => sum + this.starts[w + 1] - this.starts[w], 0);
    }

    /** Words that hold the typed one further in (`vla`: OpenVLA). */
    within(typed) {
      if (typed.length < 3) return [];
      const mask = letters(typed.codes, 0, typed.length);
      const found = [];
      this.each(typed.length + 1, Infinity, undefined, (w) => {
        if (mask & ~this.masks[w]) return;
        const end = this.wordStarts[w + 1] - typed.length;
        for (let at = this.wordStarts[w] + 1; at <= end; at += 1) {
          let i = 0;
          while (i < typed.length && this.codes[at + i] === typed.codes[i]) i += 1;
          if (i === typed.length) {
            found.push([w, 1]);
            break;
          }
        }
      });
      return found;
    }

    /** Words within `most` errors of the typed one; of the beginning of a word where `open`. A cost is 2 an error, 1 for a beginning. */
    nearly(typed, most, open) {
      const found = [];
      const mask = letters(typed.codes, 0, typed.length);
      const heads = open ? (most === 1 ? this.heads3 : this.heads6) : this.masks;
      this.each(typed.length - most, open ? Infinity : typed.length + most, undefined, (w) => {
        if (count(mask & ~this.masks[w]) > most || count(heads[w] & ~mask) > most) return;
        const length = this.wordStarts[w + 1] - this.wordStarts[w];
        const errors = this.distance(typed, this.wordStarts[w], length, most, open);
        if (errors > 0 && errors <= 2 * most + 1) found.push([w, errors]);
      });
      return found.sort((a, b) => a[1] - b[1]);
    }

    /** Twice the errors (Damerau–Levenshtein, no letter changed twice) between the typed word and one of ours, or one more
        where only a beginning of ours is that near; more than 2 * most + 1 where there are too many. */
    distance(typed, start, length, most, open) {
      const { codes } = this;
      const written = typed.codes;
      const width = Math.min(length, typed.length + most);
      let [before, last, row] = this.rows;
      for (let j = 0; j <= width; j += 1) last[j] = j;
      for (let i = 1; i <= typed.length; i += 1) {
        // Further from the diagonal than `most`, there are too many errors anyway.
        const from = Math.max(1, i - most);
        const to = Math.min(width, i + most);
        if (from > to) return 99;
        row[from - 1] = from === 1 ? i : 99;
        if (to === i + most) last[to] = 99;
        let least = row[from - 1];
        const letter = written[i - 1];
        for (let j = from; j <= to; j += 1) {
          let d = last[j - 1];
          if (letter !== codes[start + j - 1]) {
            d = 1 + Math.min(d, last[j], row[j - 1]);
            if (i > 1 && j > 1 && letter === codes[start + j - 2] && written[i - 2] === codes[start + j - 1]) d = Math.min(d, before[j - 2] + 1);
          }
          row[j] = d;
          if (d < least) least = d;
        }
        if (least > most) return 99;
        const free = before;
        before = last;
        last = row;
        row = free;
      }
      const whole = width === length ? 2 * last[width] : 99;
      if (!open) return whole;
      let best = 99;
      for (let j = Math.max(0, typed.length - most); j <= width; j += 1) best = Math.min(best, last[j]);
      return Math.min(whole, 2 * best + 1);
    }

    // -- names

    /** Yield each name that has all the words, with what its words cost together. */
    meet(matches, take) {
      if (matches.some((found) => !found.length)) return;
      this.passed.fill(0);
      this.cost.fill(0);
      matches.forEach((found, round) => {
        for (const [w, cost] of found) {
          for (let i = this.starts[w]; i < this.starts[w + 1]; i += 1) {
            const name = this.names[i];
            if (this.passed[name] !== round) continue;
            this.passed[name] = round + 1;
            this.cost[name] += cost;
          }
        }
      });
      for (let name = 0; name < this.passed.length; name += 1) if (this.passed[name] === matches.length) take(name, this.cost[name]);
    }
  }

  Index.prototype.rows = [new Int32Array(256), new Int32Array(256), new Int32Array(256)];

  const typedWord = (text) => ({ text, length: text.length, codes: Uint16Array.from(text, (_, i) => text.charCodeAt(i)) });

  /** The ways to read what was typed: as it is, with spaces left out, with a space where one may be missing (`next`: two
      words that must follow one another then). */
  function readings(index, parts) {
    const all = [{ words: parts }];
    const join = (...words) => all.push({ words: words.flat() });
    if (parts.length > 1) {
      join(parts.join(""));
      if (parts.length > 2) for (let i = 1; i < parts.length; i += 1) join(parts.slice(0, i - 1), parts[i - 1] + parts[i], parts.slice(i + 1));
    }
    parts.forEach((part, at) => {
      if (part.length < 4 || index.vocabulary.has(part)) return;
      for (let cut = part.length - 2, found = 0; cut > 1 && found < 3; cut -= 1) {
        const halves = [part.slice(0, cut), part.slice(cut)];
        if (!halves.every((half) => index.vocabulary.has(half))) continue; // unitreeg1
        all.push({ words: parts.toSpliced(at, 1, ...halves), next: ` ${halves.join(" ")}` });
        found += 1;
      }
    });
    return all;
  }

  /** The best so far, each node once: [rank and node as one number, name]. */
  class Best {
    constructor() {
      this.rows = [];
    }

    offer(key, name) {
      const { rows } = this;
      if (rows.length === MOST && key >= rows[MOST - 1][0]) return;
      const node = key % RANK;
      const there = rows.findIndex((row) => row[0] % RANK === node);
      if (there >= 0) {
        if (rows[there][0] <= key) return;
        rows.splice(there, 1);
      }
      let at = rows.length;
      while (at > 0 && rows[at - 1][0] > key) at -= 1;
      rows.splice(at, 0, [key, name]);
      if (rows.length > MOST) rows.pop();
    }
  }

  /** 0 all of the name, 1 its beginning, 2 words of it, 3 the inside of one; then the more the more errors, and the more
      where the name has words more or fewer. */
  function rank(folded, sought, squeezed, cost) {
    if (cost === 1) return 3;
    if (cost) return 2 + 2 * cost + (wordsOf(folded).length === wordsOf(sought).length ? 0 : 1);
    if (folded === sought || (folded.length < 2 * squeezed.length && folded.replaceAll(" ", "") === squeezed)) return 0;
    return folded.startsWith(sought) ? 1 : 2;
  }

  /** Offer names of which some words are spelled otherwise than they are typed, or hold what is typed further in. */
  function misspelled(index, parts, matching, offer, best) {
    const spelled = (words, i, most) => {
      const { exact, word } = matching(words[i]);
      const errors = word.length < 100 ? Math.min(allowance(word.text), most) : 0;
      const near = errors ? index.nearly(word, errors, i === words.length - 1) : [];
      const inside = words.length > 1 && exact.all.length ? [] : index.within(word);
      return [...exact.all, ...inside, ...near];
    };
    const allow = (words, most, doubted) => {
      const all = words.map((part) => matching(part).exact.all);
      for (let i = 0; i < words.length; i += 1) {
        if (doubted(all[i])) all[i] = spelled(words, i, most);
        if (!all[i].length) return; // no name has all the words
      }
      index.meet(all, offer);
    };
    const every = () => true;
    if (parts.length === 1) allow(parts, best.rows.length ? 1 : 2, every); // beside what bears the name, small errors only
    else {
      allow(parts, 2, (exact) => index.spread(exact) < KNOWN);
      if (!best.rows.length) allow(parts, 1, every);
      const joined = parts.join("");
      if (!best.rows.length && joined.length <= LONGEST_JOINED) allow([joined], 2, every);
    }
  }

  function find(index, text) {
    const parts = wordsOf(fold(text.slice(0, 200))).slice(0, 8);
    if (!parts.length) return [];
    const sought = parts.join(" ");
    const squeezed = parts.join("");
    const best = new Best();
    const offer = (name, cost) => best.offer(rank(index.folded[name], sought, squeezed, cost) * RANK + index.nodeOf(name), name);
    const typed = new Map();
    const matching = (part) => {
      if (!typed.has(part)) typed.set(part, { word: typedWord(part) });
      const known = typed.get(part);
      known.exact ??= index.exactly(known.word);
      return known;
    };
    for (const { words, next } of readings(index, parts)) {
      const take = next ? (name, cost) => ` ${index.folded[name]}`.includes(next) && offer(name, cost) : offer;
      index.meet(words.map((part) => matching(part).exact[next ? "equal" : "all"]), take);
    }
    // Where several words stand as they are typed, they are meant; else some of them are misspelled, the rare ones first.
    if (best.rows.length < (parts.length > 1 ? 1 : MOST)) misspelled(index, parts, matching, offer, best);
    return best.rows.map(([key, name]) => {
      const node = key % RANK;
      const [papers, kind] = index.run(node);
      const label = index.labels[node];
      return {
        label,
        kind: index.kinds[kind],
        papers,
        alias: name < index.size ? "" : index.nameOf(name),
        href: `${index.folders[kind]}/${encodeURIComponent(fileOf(index.files[node], label))}.html`,
      };
    });
  }

  /** A file's name, of which kg/views/site/search.py wrote only how its end differs from what follows from the label. */
  function fileOf(written, label) {
    if (!written) return plainFile(label);
    const plain = plainFile(label);
    return written.startsWith("*") ? plain.slice(0, plain.length - Number(written[1])) + written.slice(2) : written;
  }

  const plainFile = (label) => label.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

  // ---- loading

  let building = null;
  let index = null;

  function ready() {
    building ??= KG.load("search")
      .then((data) => new Index(data).build())
      .then((built) => (index = built));
    return building;
  }

  window.KGSearch = Object.freeze({ ready, fold, find: (text) => find(index, text) });

  // ---- the box

  const box = document.getElementById("search");
  const list = document.getElementById("found");
  if (!box || !list) return;
  const status = document.getElementById("found-status");
  const root = document.body.dataset.root ?? "";
  box.parentElement.hidden = false;
  let found = [];
  let active = -1;

  const make = (tag, text, className = "") => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.textContent = text;
    return made;
  };

  function option(result, i) {
    const item = document.createElement("li");
    item.id = `found-${i}`;
    item.setAttribute("role", "option");
    const label = make("span", result.label, `k ${result.kind}`);
    if (result.alias) label.append(make("span", ` (${result.alias})`, "sub"));
    const papers = result.kind === "Paper" ? "" : ` · ${result.papers} paper${result.papers === 1 ? "" : "s"}`;
    item.append(label, make("small", result.kind + papers));
    item.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the box
    item.addEventListener("click", (event) => go(i, event));
    return item;
  }

  function show() {
    const sought = box.value.trim();
    if (!index || !sought) {
      found = [];
      list.replaceChildren();
      close();
      return;
    }
    found = find(index, sought);
    active = found.length ? 0 : -1;
    const items = found.map(option);
    if (!items.length) {
      const nothing = make("li", "Nothing here has a name like this", "sub");
      nothing.setAttribute("role", "option");
      nothing.setAttribute("aria-disabled", "true");
      items.push(nothing);
    }
    list.replaceChildren(...items);
    list.hidden = false;
    if (status) status.textContent = found.length === 1 ? "1 name found" : `${found.length} names found`;
    mark();
  }

  function mark() {
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
    box.setAttribute("aria-expanded", String(!list.hidden));
    if (active >= 0 && !list.hidden) box.setAttribute("aria-activedescendant", `found-${active}`);
    else box.removeAttribute("aria-activedescendant");
    if (!list.hidden) list.children[active]?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    mark();
  }

  function go(i, event) {
    const address = root + found[i].href;
    if (event.ctrlKey || event.metaKey) window.open(address, "_blank", "noopener");
    else location.href = address;
  }

  async function begin() {
    try {
      await ready();
    } catch {
      if (status) status.textContent = "The names could not be loaded";
      return;
    }
    if (document.activeElement === box) show();
  }

  box.addEventListener("focus", begin);
  box.addEventListener("input", () => (index ? show() : begin()));
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && found.length) {
      if (list.hidden) list.hidden = false;
      else active = (active + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
      mark();
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) go(active, event);
    else if (event.key === "Escape" && !list.hidden) {
      close();
      event.stopPropagation();
    } else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    box.focus();
  });
  if (document.activeElement === box) begin();
})();
