
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const tools = document.getElementById("tools");
  const fold = (text) => (text || "").toLowerCase();
  const lines = (text) => (text || "").split("\n");

  // Paper cannot be clicked: what is folded is opened for it, and folded again.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((it) => { it.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((it) => { it.open = false; }));
  if (!tools) return;

  // --- what there is to look through -----------------------------------------

  const items = [...document.querySelectorAll("tr.item")].map((row) => {
    const person = row.parentElement.querySelector(".person");
    const who = fold(row.dataset.who);
    return {
      row, who, kind: row.dataset.kind,
      clusters: lines(row.dataset.clusters), tenants: lines(row.dataset.tenants),
      text: fold(row.textContent + "\n" + (person ? person.textContent : "")) + "\n" + who
        + "\n" + fold(row.dataset.tenants),
    };
  });
  const bodies = [...document.querySelectorAll("#access tbody")];
  const grid = document.getElementById("grid");
  const columns = grid ? [...grid.tHead.rows[0].cells].slice(1).map((head) => ({
    head, cluster: head.dataset.cluster, tenant: head.dataset.tenant,
    text: fold(head.textContent + "\n" + head.dataset.tenant + "\n" + head.dataset.cluster), hidden: false,
  })) : [];
  const rows = grid ? [...grid.tBodies[0].rows].map((row) => ({
    row, who: fold(row.dataset.who), text: fold(row.cells[0].textContent) + "\n" + fold(row.dataset.who),
    cells: [...row.querySelectorAll("td.cell")].map((cell) => ({
      cell, at: cell.cellIndex - 1, kinds: cell.dataset.kind.split(" "), text: fold(cell.textContent),
    })),
  })) : [];

  // --- filters ----------------------------------------------------------------

  const read = () => {
    const value = (name) => tools.elements.namedItem(name).value;
    return {
      words: fold(value("q")).split(/\s+/).filter(Boolean), kind: value("kind"), cluster: value("cluster"),
      tenant: value("tenant"), person: fold(value("person")).trim(),
    };
  };
  const all = (words, text) => words.every((word) => text.includes(word));
  const fits = (want, it) => (!want.kind || it.kind === want.kind)
    && (!want.cluster || it.clusters.includes(want.cluster))
    && (!want.tenant || it.tenants.includes(want.tenant))
    && (!want.person || it.who.includes(want.person)) && all(want.words, it.text);

  const filterLists = (want) => {
    let shown = 0;
    for (const it of items) {
      const fit = fits(want, it);
      it.row.hidden = !fit;
      shown += fit ? 1 : 0;
    }
    for (const body of bodies) body.hidden = !body.querySelector("tr.item:not([hidden])");
    const groups = document.getElementById("groups");
    if (groups) groups.hidden = !groups.querySelector("tr.item:not([hidden])");
    const access = document.getElementById("access");
    if (access) access.hidden = bodies.every((body) => body.hidden);
    document.getElementById("shown").textContent = shown === items.length
      ? (shown === 1 ? "1 row" : `${shown} rows`) : `${shown} of ${items.length} rows fit`;
  };

  // A row is found by who it is about, a column by where it is, and a word may be found in either or in the cell.
  const filterGrid = (want) => {
    if (!grid) return;
    const seen = new Array(columns.length).fill(false);
    let any = false;
    for (const line of rows) {
      let visible = false;
      const person = !want.person || line.who.includes(want.person);
      for (const it of line.cells) {
        const column = columns[it.at];
        const fit = person && (!want.kind || it.kinds.includes(want.kind))
          && (!want.cluster || column.cluster === want.cluster) && (!want.tenant || column.tenant === want.tenant)
          && all(want.words, line.text + "\n" + column.text + "\n" + it.text);
        it.cell.classList.toggle("off", !fit);
        if (fit) { visible = true; seen[it.at] = true; }
      }
      line.row.hidden = !visible;
      any = any || visible;
    }
    columns.forEach((column, at) => {
      if (column.hidden === !seen[at]) return;
      column.hidden = !seen[at];
      column.head.hidden = column.hidden;
      for (const line of rows) line.row.cells[at + 1].hidden = column.hidden;
    });
    grid.parentElement.hidden = !any;
    document.getElementById("nothing").hidden = any;
  };

  // --- what the reader does ---------------------------------------------------

  // What a letter stands for is written out where the pointer is.
  const roles = { V: "view", E: "edit", A: "admin" };
  const words = (text) => text.replace(/[VEA]/g, (letter) => roles[letter])
    .replace(/\*/g, " (unusual way to notebooks)").replaceAll("+", "gains ").replaceAll("−", "loses ");
  grid?.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("td.cell");
    if (!cell || cell.title) return;
    const { head, cluster } = columns[cell.cellIndex - 1];
    const place = head.querySelector("div").lastChild.textContent;
    const who = cell.parentElement.cells[0].textContent;
    cell.title = `${who}: ${words(cell.textContent)} in ${place} on ${cluster}`;
  });

  const names = ["q", "kind", "cluster", "tenant", "person"];
  const remember = () => {
    const state = new URLSearchParams();
    for (const name of names) {
      const value = tools.elements.namedItem(name).value;
      if (value) state.set(name, value);
    }
    // Some viewers give a page no address to change.
    try { history.replaceState(null, "", "#" + state); } catch { /* the filters work all the same */ }
  };
  const apply = () => { const want = read(); filterLists(want); filterGrid(want); };
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(() => { apply(); remember(); }, 60); };
  tools.addEventListener("input", soon);
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      tools.elements.namedItem("q").focus();
    }
  });

  const state = new URLSearchParams(location.hash.slice(1));
  for (const name of names) if (state.get(name)) tools.elements.namedItem(name).value = state.get(name);
  apply();
})();
