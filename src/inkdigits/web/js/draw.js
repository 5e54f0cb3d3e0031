// @ts-check
// The tab "Draw": every stroke is read as it is drawn, here in the browser.

import { button, byId, chance, make, press, rove } from "./dom.js";
import { DIGITS, NUMBERS } from "./examples.js";
import { pressable } from "./thumbs.js";
import { forDrawings } from "./networks.js";
import { Pad } from "./pen.js";
import { grey, paint } from "./picture.js";

/** @typedef {{ text: string, digits: import("./reading.js").Digit[] }} Reading */

const REST = 160; // milliseconds after which the pen rests

/** What is shown in words, by the reason for which there is no digit. */
const DOUBTS = { "not a digit": "This looks like no digit.", unsure: "Unsure. " };

/**
 * Set the tab up.
 * @param {(digit: import("./reading.js").Digit) => void} lookInside  called to show a digit's way through the network
 * @returns {{ chosen: () => import("./reading.js").Digit | null, open: () => void }}  `chosen`: the digit that is chosen
 */
export function draw(lookInside) {
  const panel = byId("panel-draw", HTMLElement);
  const shown = byId("answer", HTMLElement);
  const sure = byId("answer-sure", HTMLElement);
  const said = byId("answer-said", HTMLElement);
  const glyphs = byId("glyphs", HTMLElement);
  const bars = byId("bars", HTMLElement);
  const fills = Array.from({ length: 10 }, (_, digit) => bar(bars, digit));
  /** @type {import("./reading.js").Reader | undefined} */
  let reader;
  /** @type {Promise<void> | undefined} */
  let preparing;
  /** @type {Worker | undefined} */
  let closer;
  /** @type {Reading} */
  let reading = { text: "", digits: [] };
  let chosen = 0;
  let number = 0; // of the drawing as it is now
  let asked = 0; // of the last one that was given to the closer look, 0 when that has answered
  let waiting = 0;
  let frame = 0;

  const pad = new Pad(byId("pad", HTMLCanvasElement), () => {
    number++;
    said.textContent = ""; // so that the same answer is told again
    panel.classList.toggle("written", pad.strokes.length > 0);
    button("undo").disabled = !pad.past.length;
    button("clear").disabled = !pad.strokes.length;
    frame ||= requestAnimationFrame(look);
  });

  /** Read what there is now, with the first look alone; the closer one follows when the pen rests. */
  function look() {
    frame = 0;
    if (!reader) {
      prepare();
      return;
    }
    performance.mark("stroke");
    const before = reading.digits;
    reading = reader.read(pad.strokes, "normal", false);
    const other = reading.digits.findIndex(({ box }, i) => String(box) !== String(before[i]?.box));
    if (other >= 0) chosen = other; // the digit that the pen is at
    show();
    performance.measure("stroke to answer", "stroke"); // for who observes it
    performance.clearMarks("stroke");
    performance.clearMeasures("stroke to answer");
    clearTimeout(waiting);
    waiting = window.setTimeout(rest, REST);
  }

  function rest() {
    if (pad.busy) waiting = window.setTimeout(rest, REST);
    else if (asked) waiting = window.setTimeout(rest, 20); // one at a time: what is older is of no use
    else if (closer && reading.digits.length) closer.postMessage({ number: (asked = number), strokes: pad.strokes });
    else say();
  }

  /** @param {MessageEvent<{ number: number, reading: Reading }>} message */
  function looked({ data }) {
    asked = 0;
    if (data.number !== number) return;
    reading = data.reading;
    show();
    say();
  }

  function say() {
    said.textContent = reading.digits.length ? `${reading.text.replaceAll("?", " unknown ").replaceAll("\n", ", ") || "no digit"}. ${sure.textContent}` : "";
  }

  function show() {
    const { text, digits } = reading;
    chosen = Math.min(chosen, Math.max(digits.length - 1, 0));
    shown.textContent = text || (digits.length ? "?" : "–");
    const rows = text.split("\n");
    shown.style.setProperty("--rows", String(rows.length));
    shown.classList.toggle("long", Math.max(...rows.map((row) => row.length)) > 7);
    sure.textContent = words(digits);
    byId("reading", HTMLElement).classList.toggle("doubtful", digits.length > 0 && digits.some(({ label }) => label === null));
    while (glyphs.children.length > digits.length) glyphs.lastChild?.remove();
    digits.forEach(({ glyph, label }, i) => {
      const tile = glyphs.children[i] ?? glyphs.appendChild(make("button", {}, make("canvas")));
      tile.setAttribute("aria-label", `Digit ${i + 1}: ${label ?? "unknown"}`);
      paint(/** @type {HTMLCanvasElement} */ (tile.firstChild), glyph, 28, (v) => grey(v / 255));
    });
    press(glyphs, chosen);
    const probabilities = digits[chosen]?.probabilities ?? [];
    const best = digits[chosen]?.best;
    fills.forEach(({ row, fill, share }, digit) => {
      const p = probabilities[digit] ?? 0;
      fill.style.transform = `scaleY(${p.toFixed(4)})`;
      share.textContent = p >= 0.995 ? ">99%" : p >= 0.005 ? `${Math.round(100 * p)}%` : "";
      row.classList.toggle("best", digit === best);
    });
    button("to-inside").disabled = !digits.length;
  }

  glyphs.addEventListener("click", (event) => {
    const tile = event.target instanceof Element ? event.target.closest("button") : null;
    if (!tile) return;
    chosen = [...glyphs.children].indexOf(tile);
    show();
  });
  rove(glyphs, () => 1);
  button("undo").addEventListener("click", () => pad.undo());
  button("clear").addEventListener("click", () => pad.clear());
  const pen = byId("pen", HTMLInputElement);
  pad.pen = pen.valueAsNumber;
  pen.addEventListener("input", () => (pad.pen = pen.valueAsNumber));
  document.addEventListener("keydown", (event) => {
    if (panel.hidden || event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    event.preventDefault();
    pad.undo();
  });
  for (const example of [...DIGITS, ...NUMBERS]) {
    byId("draw-examples", HTMLElement).append(pressable(example, () => pad.write(example)));
  }
  button("to-inside").addEventListener("click", () => {
    if (reading.digits[chosen]) lookInside(reading.digits[chosen]);
  });

  /** Load what reads, once the pointer or the focus comes near the paper: the page is there before it. */
  function prepare() {
    preparing ??= Promise.all([forDrawings(), import("./engine.js"), import("./reading.js")]).then(([weights, { Network }, { Reader }]) => {
      const network = new Network(weights);
      for (let i = 0; i < 5; i++) network.run(new Uint8Array(784)); // the first runs are slow: not those of the first stroke
      reader = new Reader(network);
      closer = new Worker(new URL("closer.js", import.meta.url), { type: "module" });
      closer.postMessage({ weights });
      closer.addEventListener("message", looked);
      closer.addEventListener("error", () => {
        closer = undefined; // the first look has to do
        asked = 0;
      });
      look();
    }, failed);
  }

  /** @param {Error} error */
  function failed(error) {
    preparing = undefined;
    sure.textContent = error.message;
    panel.classList.add("failed");
  }

  for (const near of ["pointerenter", "focusin"]) panel.addEventListener(near, prepare, { once: true });
  forDrawings().then(() => (document.documentElement.dataset.ready = "draw"), failed);
  return { chosen: () => reading.digits[chosen] ?? null, open: () => pad.fit() };
}

/**
 * Return how sure a reading is, in words.
 * @param {import("./reading.js").Digit[]} digits
 */
function words(digits) {
  if (!digits.length) return "Write a number, or press an example.";
  if (digits.length === 1) {
    const [{ reason, best, confidence }] = digits;
    if (!reason) return `${chance(confidence)} sure`;
    return reason === "unsure" ? `${DOUBTS.unsure}Most like a ${best}: ${chance(confidence)}` : DOUBTS[reason];
  }
  const open = digits.filter(({ label }) => label === null).length;
  const sure = chance(digits.reduce((product, { confidence }) => product * confidence, 1));
  return open ? `${digits.length} pieces, ${open} of them unknown` : `${digits.length} digits, ${sure} sure of all`;
}

/** @param {Element} list @param {number} digit */
function bar(list, digit) {
  const share = make("span", { class: "share" });
  const fill = make("span", { class: "fill" });
  const name = make("span", { class: "name" }, String(digit));
  const row = make("li", {}, share, make("span", { class: "column", "aria-hidden": "true" }, fill), name);
  list.append(row);
  return { row, fill, share };
}
