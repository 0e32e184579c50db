#!/usr/bin/env node
// Opens a page of `tenantry diff --format html` in Chromium as a reader would, and says as JSON what it saw.
// usage: look_at_page.mjs PAGE.html WORD        WORD is searched for
//        look_at_page.mjs --probe               exit code 0 if this can work here
//        look_at_page.mjs --picture FILE.png [--dark] [--width N] PAGE.html
import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const found = (process.env.PATH ?? "").split(delimiter)
  .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { probe: { type: "boolean" }, picture: { type: "string" }, dark: { type: "boolean" }, width: { type: "string" } },
});
if (!found || (!values.probe && positionals.length === 0)) {
  console.error(found ? "usage: look_at_page.mjs PAGE.html WORD" : "no chromium on the PATH");
  process.exit(2);
}
if (values.probe) process.exit(0);

const address = pathToFileURL(resolve(positionals[0])).href;
const browser = await chromium.launch({
  executablePath: found,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

async function open(settings, seen) {
  const page = await (await browser.newContext(settings)).newPage();
  page.on("console", (it) => seen?.problems.push(`${it.type()}: ${it.text()}`));
  page.on("pageerror", (it) => seen?.problems.push(String(it)));
  page.on("dialog", (it) => { seen?.problems.push(`dialog: ${it.message()}`); it.dismiss(); });
  page.on("request", (it) => seen?.requests.push(it.url()));
  await page.goto(address);
  return page;
}

// What a reader can see now: rows of the lists, and rows and columns of the matrix.
const look = (page) => page.evaluate(() => {
  const count = (selector) => [...document.querySelectorAll(selector)].filter((it) => it.checkVisibility()).length;
  return {
    rows: count("tr.item"), matrixRows: count("#grid tbody tr"), matrixColumns: count("#grid thead th[data-tenant]"),
    cells: count("#grid td.cell:not(.off)"), said: document.getElementById("shown")?.textContent ?? "",
  };
});

// The state after something was typed or chosen: the page waits a moment for more.
async function after(page, act) {
  await act();
  await page.waitForTimeout(150);
  return look(page);
}

async function report(word) {
  const seen = { problems: [], requests: [] };
  const page = await open({ viewport: { width: 1280, height: 900 } }, seen);
  seen.first = await look(page);
  const has = (await page.locator("#tools").count()) > 0;
  if (has) {
    const field = (name) => page.locator(`#tools [name=${name}]`);
    const clear = () => page.locator("#tools button[type=reset]").click();
    await page.keyboard.press("/");
    seen.focused = await page.evaluate(() => document.activeElement?.getAttribute("name") ?? "");
    seen.searched = await after(page, () => field("q").fill(word));
    seen.address = await page.evaluate(() => location.hash);
    seen.nothing = await after(page, () => field("q").fill("no such thing anywhere"));
    seen.cleared = await after(page, clear);
    seen.lost = await after(page, () => field("kind").selectOption("lost"));
    await after(page, clear);
    const tenant = await field("tenant").locator("option").nth(1).getAttribute("value");
    seen.tenant = await after(page, () => field("tenant").selectOption(tenant));
    await after(page, clear);
    await page.locator("#grid td.cell").first().hover();
    seen.title = await page.locator("#grid td.cell").first().getAttribute("title");
    seen.person = await after(page, () => field("person").fill(word));
  }
  seen.scripts = await page.evaluate(() => document.querySelectorAll("script, iframe, object, embed, img, link").length);
  const narrow = await open({ viewport: { width: 390, height: 800 }, colorScheme: "dark" }, seen);
  seen.overflow = await narrow.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
  seen.dark = await narrow.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const plain = await open({ javaScriptEnabled: false });
  seen.withoutScripts = await plain.locator("tr.item:visible").count();
  seen.toolsWithoutScripts = await plain.locator("#tools:visible").count();
  seen.requests = [...new Set(seen.requests)].filter((it) => it !== address);
  console.log(JSON.stringify(seen));
}

async function picture(file) {
  const width = Number(values.width ?? 1280);
  const page = await open({ viewport: { width, height: 900 }, colorScheme: values.dark ? "dark" : "light" });
  await page.screenshot({ path: file, fullPage: true });
}

try {
  await (values.picture ? picture(values.picture) : report(positionals[1] ?? ""));
} finally {
  await browser.close();
}
