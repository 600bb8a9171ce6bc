/**
 * Bundles each script of `src/` (what it imports lies in a folder of its name) into one file of `dist/`, and gathers
 * the licences of the packages that went into the bundles into `dist/licences.json`.
 *
 * A classic script, not a module: browsers load no module from disk. Nothing of it depends on when or where it runs.
 */
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const home = dirname(fileURLToPath(import.meta.url));
const sources = readdirSync(join(home, "src")).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));

/** The folder of the package that a bundled file belongs to, "" for one of our own. */
function packageOf(file) {
  const [, path] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file.replaceAll("\\", "/")) ?? [];
  return path ?? "";
}

function licence(folder) {
  const about = JSON.parse(readFileSync(join(home, folder, "package.json"), "utf8"));
  const files = readdirSync(join(home, folder)).filter((name) => /^(licen[cs]e|copying|notice)([.-].*)?$/i.test(name)).sort();
  const own = files.map((name) => readFileSync(join(home, folder, name), "utf8").trim()).join("\n\n");
  const text = own || (/\bApache-2\.0\b/.test(about.license) ? apache() : "");
  return { name: about.name, version: about.version, licence: about.license ?? "", text };
}

/** The text of the licence that kg has as well, for a package that only names it. */
function apache() {
  return readFileSync(join(home, "..", "..", "..", "LICENSE"), "utf8").trim();
}

rmSync(join(home, "dist"), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: home,
  entryPoints: sources.map((name) => `src/${name}`),
  outdir: "dist",
  bundle: true,
  format: "iife",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "inline",
  define: { "import.meta.url": '""' }, // Oxigraph's way to find its WebAssembly, which comes from elsewhere
  metafile: true,
  logLevel: "warning",
});
copyFileSync(join(home, "node_modules", "oxigraph", "web_bg.wasm"), join(home, "dist", "oxigraph.wasm"));
const folders = new Set(Object.keys(metafile.inputs).map((file) => packageOf(relative(home, join(home, file)))));
folders.delete("");
const licences = [...folders].sort().map(licence);
const missing = licences.filter(({ text }) => !text).map(({ name }) => name);
if (missing.length) console.warn(`without the text of their licence: ${missing.join(", ")}`);
writeFileSync(join(home, "dist", "licences.json"), `${JSON.stringify(licences, null, 1)}\n`);
