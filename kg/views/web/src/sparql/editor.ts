/**
 * The editor: CodeMirror with completion of the graph's prefixes, classes, properties and names.
 *
 * It stands in a shadow root, where its styles are constructed sheets: the page's policy admits no style elements.
 */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { About, Name } from "./messages";

const KEYWORDS = "ASK BASE BIND BY CONSTRUCT DESC DESCRIBE DISTINCT EXISTS FILTER FROM GRAPH GROUP HAVING LIMIT MINUS NOT OFFSET OPTIONAL ORDER PREFIX SELECT UNION VALUES WHERE".split(" ");
const FUNCTIONS = "AVG BOUND COALESCE CONCAT CONTAINS COUNT DATATYPE IF ISIRI ISLITERAL LANG LCASE MAX MIN REGEX REPLACE ROUND SAMPLE STR STRAFTER STRBEFORE STRENDS STRLEN STRSTARTS SUBSTR SUM UCASE YEAR".split(" ");
const MOST = 50;

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-word)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-text)" },
  { tag: tags.comment, color: "var(--soft)" },
  { tag: tags.atom, color: "var(--code-name)" },
  { tag: [tags.local(tags.variableName), tags.variableName], color: "var(--code-variable)" },
]);

const look = EditorView.theme({
  "&": { backgroundColor: "var(--paper)", color: "var(--ink)", fontSize: ".875rem" },
  "&.cm-focused": { outline: "3px solid var(--accent)" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", minHeight: "11rem", maxHeight: "26rem", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--ground)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": { backgroundColor: "var(--object) !important" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--faint)", outline: "1px solid var(--soft)" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "8px", maxWidth: "min(40rem, 90vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "16rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".15rem .5rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "1" },
  ".cm-completionInfo": { padding: ".4rem .6rem", whiteSpace: "normal" },
});

interface Wanted {
  about: About;
  names: () => readonly Name[];
  run: () => void;
  changed: () => void;
}

export class Editor {
  private readonly view: EditorView;

  constructor(host: HTMLElement, label: string, { about, names, run, changed }: Wanted) {
    const root = host.attachShadow({ mode: "open" });
    const place = document.createElement("div");
    root.append(place);
    this.view = new EditorView({
      parent: place,
      root,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }])),
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        StreamLanguage.define(sparql),
        syntaxHighlighting(colours),
        look,
        autocompletion({ override: [completer(about, names)], icons: false, maxRenderedOptions: MOST }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && update.transactions.some((one) => one.isUserEvent("input") || one.isUserEvent("delete") || one.isUserEvent("undo"))) changed();
        }),
        EditorView.domEventHandlers({ beforeinput: replace }),
      ],
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  set text(text: string) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, scrollIntoView: true });
  }

  /** Put the cursor where something is wrong. */
  point(at: number): void {
    this.view.dispatch({ selection: { anchor: Math.min(at, this.view.state.doc.length) }, scrollIntoView: true });
    this.view.focus();
  }
}

/** Put typed text in place of a selection: the browser itself would style it, which the policy refuses. */
function replace(event: InputEvent, view: EditorView): boolean {
  if (event.inputType !== "insertText" || event.data === null || view.composing || view.state.selection.main.empty) return false;
  event.preventDefault();
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  return true;
}

/** Return what completes the word before the cursor. */
function completer(about: About, names: () => readonly Name[]): (context: CompletionContext) => CompletionResult | null {
  const terms: Completion[] = about.terms.map(([curie, kind, said]) => ({ label: curie, detail: kind, info: said, type: kind }));
  const prefixes: Completion[] = Object.keys(about.prefixes).map((prefix) => ({ label: `${prefix}:`, detail: "prefix", info: about.prefixes[prefix]!, boost: -1 }));
  const own = [...KEYWORDS.map((label) => ({ label, type: "keyword" })), ...FUNCTIONS.map((label) => ({ label, detail: "function" }))];
  return (context) => {
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) return variables(context, variable.from);
    const quoted = /"([^"\n]*)$/.exec(lineBefore(context));
    if (quoted && /^[^"]*("[^"]*"[^"]*)*$/.test(lineBefore(context).slice(0, quoted.index))) return named(context.pos - quoted[1]!.length, quoted[1]!, names(), ([, , label]) => escaped(label));
    const angled = /<([^<>\s]*)$/.exec(lineBefore(context));
    if (angled) return named(context.pos - angled[0].length, angled[1]!, names(), ([iri]) => `<${relative(iri, about)}>`);
    const word = context.matchBefore(/[\p{L}\p{N}_][\p{L}\p{N}_:.-]*/u);
    if (!word && !context.explicit) return null;
    const [from, text] = [word?.from ?? context.pos, word?.text ?? ""];
    const known = [...prefixes, ...terms, ...own];
    const things = text.length > 1 && !text.includes(":") ? matching(text, names()).map((name) => completion(name, `<${relative(name[0], about)}>`)) : [];
    return { from, options: [...known.filter(({ label }) => folded(label).includes(folded(text))), ...things], filter: false };
  };
}

function lineBefore(context: CompletionContext): string {
  const line = context.state.doc.lineAt(context.pos);
  return line.text.slice(0, context.pos - line.from);
}

function variables(context: CompletionContext, from: number): CompletionResult {
  const before = context.state.doc.sliceString(0, from);
  const after = context.state.doc.sliceString(context.pos);
  const found = new Set(`${before} ${after}`.match(/[?$]\w+/g) ?? []);
  return { from, options: [...found].sort().map((label) => ({ label, type: "variable" })), validFor: /^[?$]\w*$/ };
}

function named(from: number, text: string, names: readonly Name[], written: (name: Name) => string): CompletionResult | null {
  if (!text) return null;
  return { from, options: matching(text, names).map((name) => completion(name, written(name))), filter: false };
}

function completion([, kind, label]: Name, apply: string): Completion {
  return { label, detail: kind, apply, boost: -2 };
}

/** Return the names in which `text` stands at the beginning of a word, those that begin with it first. */
export function matching(text: string, names: readonly Name[]): Name[] {
  const sought = folded(text);
  const found = names.filter(([iri, , label]) => ` ${folded(label)}`.includes(` ${sought}`) || iri.endsWith(`/${text}`));
  const first = (name: Name): number => Number(!folded(name[2]).startsWith(sought));
  return found.sort((a, b) => first(a) - first(b) || a[2].length - b[2].length || (a[2] < b[2] ? -1 : 1)).slice(0, MOST);
}

function folded(text: string): string {
  return text.toLowerCase().replace(/[-_/\s]+/g, " ");
}

function escaped(text: string): string {
  return text.replace(/["\\]/g, "\\$&");
}

/** Return an IRI as it can stand between angle brackets: the graph's own without its base. */
function relative(iri: string, { base }: About): string {
  const rest = iri.startsWith(base) ? iri.slice(base.length) : iri;
  return /^[\w.~%-]+\//.test(rest) ? rest : iri;
}
