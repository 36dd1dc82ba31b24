// A table that is sorted by its headers and filtered by words.
//
// A column is { title, value(row), text(row), kind, cell(row, td) }: `value` is sorted by and text unless `text` says
// otherwise; `kind` is "number", "name", "words" or "fixed"; `cell` may fill the cell in another way. `inner(row)`, if
// there is one, makes what a row shows when it is opened.

function compareValues(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

/** What is missing comes last in either direction. */
function isMissing(value) {
  return value === undefined || value === null || Number.isNaN(value);
}

function sortedRows(rows, column, direction) {
  const keyed = rows.map((row) => [column.value(row), row]);
  keyed.sort(([a], [b]) => isMissing(a) - isMissing(b) || (isMissing(a) ? 0 : direction * compareValues(a, b)));
  return keyed.map(([, row]) => row);
}

function cellText(column, row) {
  const value = column.value(row);
  if (column.text) return column.text(row);
  return isMissing(value) ? "\u2013" : String(value);
}

/** Nodes' names are paths: lines break behind a slash. */
function breakable(name) {
  return name.split(/(?<=\/)/).flatMap((part, i) => (i ? [html("wbr"), part] : [part]));
}

/** A choice has a dash in its layouts, behind which a line would break. */
function unbrokenWords(text) {
  return text.split(" ").flatMap((word, i) => [i ? " " : "", html("span", { class: "fixed" }, word)]);
}

function makeCell(column, row) {
  const value = column.value(row);
  const cell = html("td", { class: column.kind, "data-value": isMissing(value) ? undefined : value });
  if (column.cell) column.cell(row, cell);
  else if (column.kind === "name") cell.append(...breakable(cellText(column, row)));
  else if (column.kind === "words") cell.append(...unbrokenWords(cellText(column, row)));
  else cell.append(cellText(column, row));
  return cell;
}

/** Puts a button that opens `inner(row)` below into the row's first cell. */
function makeOpenable(line, row, inner, columns) {
  const cell = line.firstChild;
  const button = html("button", { class: "disclose", type: "button", "aria-expanded": "false" }, ...cell.childNodes);
  let opened = null;
  button.addEventListener("click", () => {
    if (opened) {
      opened.remove();
      opened = null;
    } else {
      opened = html("tr", { class: "inner" }, html("td", { colspan: columns }, inner(row)));
      line.after(opened);
    }
    line.classList.toggle("opened", opened !== null);
    button.setAttribute("aria-expanded", String(opened !== null));
  });
  cell.append(button);
}

function makeTable({ name, caption, columns, rows, inner, filter = true }) {
  let sorting = { column: columns[0], direction: 1 };
  const lines = new Map();
  for (const row of rows) {
    const line = html("tr", {}, ...columns.map((column) => makeCell(column, row)));
    if (row.id) line.id = row.id;
    if (inner) makeOpenable(line, row, inner, columns.length);
    lines.set(row, { line, text: columns.map((column) => cellText(column, row)).join(" ").toLowerCase() });
  }
  const body = html("tbody");
  const status = html("span", { class: "muted", role: "status" });
  const search = html("input", { type: "search", "aria-label": `Filter ${caption}`, placeholder: "Filter, by words" });

  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = sortedRows(rows, sorting.column, sorting.direction).filter((row) =>
      words.every((word) => lines.get(row).text.includes(word)),
    );
    for (const button of body.querySelectorAll('[aria-expanded="true"]')) button.click();
    body.replaceChildren(...shown.map((row) => lines.get(row).line));
    status.textContent = words.length ? `${shown.length} of ${rows.length}` : countText(rows.length, "row");
    for (const column of columns)
      column.header.setAttribute(
        "aria-sort",
        column !== sorting.column ? "none" : sorting.direction > 0 ? "ascending" : "descending",
      );
  }
  function sortBy(column) {
    // Of numbers one wants to see the large ones.
    const first = column.kind === "number" && column !== columns[0] ? -1 : 1;
    sorting = { column, direction: column === sorting.column ? -sorting.direction : first };
    show();
  }
  for (const column of columns) {
    const button = html("button", { type: "button", onclick: () => sortBy(column) }, column.title);
    column.header = html("th", { scope: "col", class: column.kind, title: column.hint }, button);
  }
  search.addEventListener("input", show);
  show();
  const head = html("thead", {}, html("tr", {}, ...columns.map((column) => column.header)));
  const table = html("table", { "data-table": name, "aria-label": caption }, head, body);
  const scroll = html("div", { class: "table scroll", tabindex: "0", role: "group", "aria-label": caption }, table);
  return html("div", {}, filter ? html("div", { class: "tools" }, search, status) : null, scroll);
}

/** A small table of rows as they are; `titles` may be null. */
function plainTable(titles, rows, numbers = []) {
  const kind = (i) => (numbers.includes(i) ? "number" : undefined);
  const head = titles?.map((title, i) => html("th", { scope: "col", class: `plain ${kind(i) ?? ""}` }, title));
  const lines = rows.map((row) => html("tr", {}, ...row.map((text, i) => html("td", { class: kind(i) }, text))));
  const top = head ? html("thead", {}, html("tr", {}, ...head)) : null;
  return html("table", {}, top, html("tbody", {}, ...lines));
}
