// @ts-check
// The tab "Photo": a picture goes to the local server; what it read lies over the picture, to be corrected and taken along.

import { correct, places } from "./correct.js";
import { button, byId, chance, drawn, make } from "./dom.js";
import { example } from "./examples.js";
import { copy, download, written } from "./formats.js";
import { offer, read } from "./server.js";
import { sheet } from "./thumbs.js";
import { around, cornersOf, quartersOf, turned } from "./upright.js";

/** @typedef {import("./server.js").Page} Page */

const WIDEST = 1600; // pixels of the picture as it is shown
const DOCUMENT = /[./](pdf|tiff?)$/i; // an ending or a type: what has pages, of which browsers show the first or none

/** Set the tab up. */
export function photo() {
  const panel = byId("panel-photo", HTMLElement);
  const state = byId("photo-state", HTMLElement);
  const holder = byId("photo-picture", HTMLElement);
  const lines = byId("photo-lines", HTMLElement);
  const editor = byId("editor", HTMLElement);
  const form = byId("form", HTMLSelectElement);
  /** @type {Page[]} */
  let pages = [];
  let at = 0;
  /** What each page looks like, as far as that is known. @type {(CanvasImageSource | string | null)[]} */
  let pictures = [];
  /** Line and digit that are being corrected. @type {[number, number] | null} */
  let chosen = null;
  let asked = new AbortController();

  /** @param {string} text @param {boolean} [failed] */
  function tell(text, failed = false) {
    state.textContent = text;
    state.classList.toggle("failed", failed);
  }

  /** @param {Blob} file @param {string} name */
  async function take(file, name) {
    asked.abort(); // what was asked before is of no interest now
    const mine = (asked = new AbortController());
    tell(`Reading ${name}…`);
    try {
      const isDocument = DOCUMENT.test(name) || DOCUMENT.test(file.type);
      const bitmap = isDocument ? null : await createImageBitmap(file).catch(() => null);
      const found = await read(file, mine.signal, !bitmap);
      if (mine.signal.aborted) return;
      pictures = found.map(({ picture }) => picture ?? bitmap);
      pages = found.map(({ picture: _, ...page }) => ({ ...page, source: name }));
      [at, chosen] = [0, null];
      const digits = pages.flatMap((page) => page.lines).flatMap((line) => line.digits);
      const doubtful = digits.filter(({ label }) => label === null).length;
      const result = digits.length
        ? `${digits.length} ${digits.length === 1 ? "digit" : "digits"} read${doubtful ? `, ${doubtful} in doubt` : ""}. Press one to correct it.`
        : "No digits found in this picture.";
      const leftOut = [...new Set(pages.flatMap(({ warnings }) => warnings ?? []))];
      tell([result, ...leftOut.map((warning) => `Note: ${warning}.`)].join(" "));
      show();
    } catch (error) {
      if (!mine.signal.aborted) tell(error instanceof Error ? error.message : String(error), true);
    }
  }

  function show() {
    const page = pages[at];
    byId("photo-hint", HTMLElement).hidden = page.lines.length > 0;
    byId("photo-pages", HTMLElement).hidden = pages.length < 2;
    byId("page-which", HTMLElement).textContent = `page ${at + 1} of ${pages.length}`;
    button("page-before").disabled = at === 0;
    button("page-next").disabled = at === pages.length - 1;
    button("copy").disabled = button("download").disabled = false;
    holder.hidden = false;
    holder.replaceChildren(upright(page, pictures[at]), ...boxes(page));
    lines.replaceChildren(...page.lines.map(spoken));
    edit();
  }

  /** @param {Page} page */
  function boxes({ lines, size, rotation }) {
    const quarters = quartersOf(rotation);
    const [width, height] = quarters % 2 ? [size[1], size[0]] : size;
    return lines.flatMap(({ digits }, i) =>
      digits.flatMap((digit, k) => {
        const corners = cornersOf(digit)?.map((corner) => turned(corner, size, quarters));
        if (!corners) return [];
        const [left, top, right, bottom] = around(corners);
        const said = digit.label === null ? `${digit.best}?` : String(digit.label);
        const points = corners.map(([x, y]) => `${(x - left).toFixed(1)},${(y - top).toFixed(1)}`).join(" ");
        const frame = { viewBox: `0 0 ${right - left} ${bottom - top}`, preserveAspectRatio: "none", "aria-hidden": "true" };
        const outline = drawn("svg", frame, drawn("polygon", { points }));
        const box = make("button", { class: `box ${kind(digit)}`, "aria-label": `Line ${i + 1}, digit ${k + 1}: ${said}` }, outline, make("span", {}, said));
        box.setAttribute("aria-pressed", String(chosen?.[0] === i && chosen[1] === k));
        const percent = { left: left / width, top: top / height, width: (right - left) / width, height: (bottom - top) / height };
        for (const [side, share] of Object.entries(percent)) box.style.setProperty(side, `${100 * share}%`);
        box.addEventListener("click", () => {
          chosen = chosen?.[0] === i && chosen[1] === k ? null : [i, k];
          for (const other of holder.querySelectorAll(".box")) other.setAttribute("aria-pressed", String(chosen !== null && other === box));
          edit();
        });
        return [box];
      }),
    );
  }

  /** Ask what the chosen digit is. */
  function edit() {
    editor.hidden = chosen === null;
    if (!chosen) return;
    const [line, digit] = chosen;
    const own = pages[at].lines[line].digits[digit];
    const doubt = own.label === null ? "in doubt, most like" : "read as";
    const how = own.corrected ? `corrected to ${own.label}` : `${doubt} ${own.best}, ${chance(own.confidence)}`;
    byId("editor-what", HTMLElement).textContent = `Line ${line + 1}, digit ${digit + 1}: ${how}. What is it?`;
    const keys = Array.from({ length: 10 }, (_, label) => key(String(label), label));
    byId("editor-keys", HTMLElement).replaceChildren(...keys, key("none", null));
  }

  /** @param {string} name @param {number | null} label */
  function key(name, label) {
    const made = make("button", {}, name);
    made.addEventListener("click", () => answer(label));
    return made;
  }

  /** @param {number | null} label */
  function answer(label) {
    if (!chosen) return;
    const [line, digit] = chosen;
    const which = [...holder.querySelectorAll(".box")].findIndex((box) => box.getAttribute("aria-pressed") === "true");
    correct(pages[at], line, digit, label);
    tell(label === null ? "Taken away." : `Corrected to ${label}.`);
    chosen = null;
    show();
    const next = holder.querySelector(".box.doubt") ?? holder.querySelectorAll(".box")[Math.max(label === null ? which - 1 : which, 0)] ?? form;
    /** @type {HTMLElement} */ (next).focus();
  }

  /** Go through the pages. @param {number} step */
  function turn(step) {
    [at, chosen] = [at + step, null];
    show();
  }

  panel.addEventListener("keydown", (event) => {
    if (!chosen || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^\d$/.test(event.key)) answer(Number(event.key));
    else if (event.key === "Delete" || event.key === "Backspace") answer(null);
    else if (event.key === "Escape") {
      chosen = null;
      show();
    } else return;
    event.preventDefault();
  });
  for (const id of ["choose", "take"]) {
    const input = byId(id, HTMLInputElement);
    input.addEventListener("change", () => {
      if (input.files?.[0]) take(input.files[0], input.files[0].name);
      input.value = ""; // the same file can be chosen again
    });
  }
  const drop = byId("drop", HTMLElement);
  panel.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  panel.addEventListener("dragleave", () => drop.classList.remove("over"));
  panel.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const file = event.dataTransfer?.files[0];
    if (file) take(file, file.name);
    else tell("That was no file; drop a picture.", true);
  });
  document.addEventListener("paste", (event) => {
    const file = event.clipboardData?.files[0];
    if (!panel.hidden && file) take(file, file.name);
  });
  button("photo-example").addEventListener("click", async () => {
    take(await sheet(["1957", "20.6", "348"].map((text) => example(text, text))), "example.png");
  });
  button("page-before").addEventListener("click", () => turn(-1));
  button("page-next").addEventListener("click", () => turn(1));
  const text = () => written(pages, /** @type {import("./formats.js").Form} */ (form.value));
  button("copy").addEventListener("click", () => copy(text()).then(() => tell("Copied."), (error) => tell(error.message, true)));
  button("download").addEventListener("click", () => {
    download(text(), `${pages[0].source.replace(/\.[^.]*$/, "") || "digits"}.${form.value}`);
  });
  return { open: () => void offer(panel) };
}

/** @param {import("./server.js").ReadDigit} digit */
const kind = ({ label, corrected }) => (corrected ? "own" : label === null ? "doubt" : "");

/** Return a line of text, what is doubtful and what is corrected marked. @param {import("./server.js").Line} line */
function spoken(line) {
  const at = places(line);
  const signs = [...line.text].map((sign, i) => {
    const digit = line.digits[at.indexOf(i)];
    return digit && kind(digit) ? make("span", { class: kind(digit) }, sign) : sign;
  });
  return make("li", {}, ...signs);
}

/**
 * Return the picture, set upright by right angles; a blank sheet where neither the browser nor the server can show it.
 * @param {Page} page @param {CanvasImageSource | string | null} picture  a string is the address of one
 */
function upright({ size: [width, height], rotation }, picture) {
  const scale = Math.min(1, WIDEST / width);
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  const quarters = quartersOf(rotation);
  const [shownAcross, shownDown] = quarters % 2 ? [down, across] : [across, down];
  const canvas = make("canvas", { width: String(shownAcross), height: String(shownDown) });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", picture ? "Your picture" : "Your page; it cannot be shown");
  /** @param {CanvasImageSource} source */
  const paint = (source) => {
    const pen = canvas.getContext("2d");
    pen?.translate(shownAcross / 2, shownDown / 2);
    pen?.rotate((-quarters * Math.PI) / 2);
    pen?.drawImage(source, -across / 2, -down / 2, across, down);
  };
  if (typeof picture === "string") {
    const image = make("img", { src: picture });
    image.decode().then(() => paint(image), () => canvas.setAttribute("aria-label", "Your page; it cannot be shown"));
  } else if (picture) paint(picture);
  return canvas;
}
