// Makes the files that are served, served/NAME.js and served/NAME.css, of each component's index.js and index.css.
// Run `make bundle` after every change of a script or a style: what is served is committed, so that the app needs no Node.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, version } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const SERVED = join(HERE, "served");
const NAMES = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(HERE, entry.name, "index.js")))
  .map((entry) => entry.name)
  .sort();

/** @param {string} path */
const fromHere = (path) => relative(HERE, path).split(sep).join("/");

/** Hash of a text, whatever a checkout makes of its line ends. @param {string} text */
const hashOf = (text) => createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");

/** Every file to serve by its name, and the hash of every source by its path. */
async function bundled() {
  /** @type {Record<string, string>} */
  const files = {};
  /** @type {Record<string, string>} */
  const sources = {};
  for (const name of NAMES) {
    const entries = readdirSync(join(HERE, name)).filter((file) => /^index\.(js|css)$/.test(file));
    const result = await build({
      entryPoints: entries.map((file) => join(HERE, name, file)),
      absWorkingDir: HERE,
      bundle: true,
      format: "esm",
      target: "es2022",
      charset: "utf8",
      write: false,
      metafile: true,
      outdir: join(SERVED, name),
    });
    for (const file of result.outputFiles) files[`${name}.${file.path.split(".").pop()}`] = file.text;
    for (const path of Object.keys(result.metafile.inputs)) {
      const source = join(HERE, path);
      sources[fromHere(source)] = hashOf(readFileSync(source, "utf8"));
    }
  }
  sources["bundle.mjs"] = hashOf(readFileSync(join(HERE, "bundle.mjs"), "utf8"));
  const sorted = Object.fromEntries(Object.entries(sources).sort(([one], [other]) => (one < other ? -1 : 1)));
  const served = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, hashOf(text)]));
  files["record.json"] = `${JSON.stringify({ made_by: `esbuild ${version}`, sources: sorted, served }, null, 2)}\n`;
  return files;
}

/** The files that are not as they would be made now. @param {Record<string, string>} files */
function stale(files) {
  const there = readdirSync(SERVED);
  const differing = Object.entries(files).filter(
    ([name, text]) => !there.includes(name) || hashOf(readFileSync(join(SERVED, name), "utf8")) !== hashOf(text),
  );
  return [...differing.map(([name]) => name), ...there.filter((name) => !(name in files))];
}

const files = await bundled();
if (process.argv.includes("--check")) {
  const old = stale(files);
  if (old.length) {
    console.error(
      `Files that are served must be made of their sources as they are, not so: ${old.join(", ")}. Run: make bundle`,
    );
    process.exitCode = 1;
  }
} else {
  for (const name of stale(files)) if (!(name in files)) rmSync(join(SERVED, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(SERVED, name), text);
}
