// @ts-check
// What was read as text, CSV or JSON: in the forms of `inkdigits read`.

/** @typedef {import("./server.js").Page} Page */
/** @typedef {"txt" | "csv" | "json"} Form */

const COLUMNS = "source,page,pages,line,lines,text,digits,confidence,expected,left,top,right,bottom";

/** @param {Page[]} pages @param {Form} form */
export function written(pages, form) {
  if (form === "json") return `${JSON.stringify(pages.length === 1 ? pages[0] : pages, null, 1)}\n`;
  if (form === "txt") return `${pages.map((page) => page.text).join("\n\n")}\n`;
  return `${[COLUMNS, ...pages.flatMap(rows)].join("\n")}\n`;
}

/** A page has one row at least. @param {Page} page */
function rows({ source, page, pages, lines }) {
  const name = /^[=+\-@]/.test(source) ? `./${source}` : source; // or a spreadsheet would take it for a formula
  const first = [name, page, pages];
  if (!lines.length) return [row([...first, 0, 0, ...Array(8).fill("")])];
  return lines.map(({ text, confidence, expected, box }, i) =>
    row([...first, i + 1, lines.length, text, text.replace(/[^\d?]/g, ""), confidence, expected ?? "", ...box]),
  );
}

/** @param {unknown[]} cells */
function row(cells) {
  return cells.map(String).map((cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",");
}

/** Copy text. Rejects where the browser does not let us. @param {string} text */
export function copy(text) {
  if (!navigator.clipboard) return Promise.reject(new Error("This browser does not let pages copy here; download it instead."));
  return navigator.clipboard.writeText(text);
}

/** Have the browser save text as a file. @param {string} text @param {string} name */
export function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
