// @ts-check
// A doubtful piece of ink: ways to see it (set upright), where to cut it, and which is best; as reading/cuts.py, which says
// why. Underlines are not looked for.

import { cropped } from "./ink.js";
import { connected, onlyOf } from "./pieces.js";

/**
 * @typedef {import("./ink.js").Ink} Ink
 * @typedef {import("./pieces.js").Piece} Piece
 *
 * A part of a piece, from column `first` to before column `last` of one way to see it, number `view`.
 * @typedef {{ piece: Piece, first: number, last: number, view: number }} Part
 */

const MOST_CUTS = 8;
const CUT_COST = 2.5; // log-probability that each cut must win back
const SLANTS = [0, 0.25, 0.5]; // columns per row by which slanting handwriting is set upright before it is cut

/**
 * Return the piece first, then set upright, each whole and in every part between two cuts.
 * @param {Piece} piece
 * @returns {Part[]}
 */
export function candidates(piece) {
  const parts = [{ piece, first: 0, last: piece.ink.width, view: 0 }];
  if (piece.ink.height < 8) return parts;
  SLANTS.forEach((slant, view) => {
    const seen = slant ? upright(piece.ink, slant) : piece.ink;
    const { width, height } = seen;
    const columns = width >= 0.55 * height ? [0, ...valleys(seen), width] : [0, width];
    columns.forEach((first, i) => {
      for (const last of columns.slice(i + 1)) {
        const everything = first === 0 && last === width;
        if (everything && view === 0) continue;
        if (!everything && (last - first < 0.12 * height || last - first > 1.1 * height)) continue;
        const part = between(piece, seen, first, last, slant);
        if (part) parts.push({ piece: part, first, last, view });
      }
    });
  });
  return parts;
}

/**
 * Return the parts that together make the most probable reading, left to right, and its log-probability: for each way to
 * see the piece a shortest path from the first column to the last.
 * @template {Part} P
 * @param {P[]} parts @param {(part: P) => number} confidence
 * @returns {{ path: P[], score: number }}
 */
export function best(parts, confidence) {
  /** @type {{ path: P[], score: number }} */
  let winner = { path: parts.slice(0, 1), score: -Infinity };
  for (const view of SLANTS.keys()) {
    const own = parts.filter((part) => part.view === view).sort((a, b) => a.first - b.first || a.last - b.last);
    /** @type {Map<number, { path: P[], score: number }>} */
    const reached = new Map([[0, { path: [], score: 0 }]]);
    for (const part of own) {
      const before = reached.get(part.first);
      if (!before) continue;
      const score = before.score + Math.log(Math.max(confidence(part), 1e-6)) - (before.path.length ? CUT_COST : 0);
      if (score > (reached.get(part.last)?.score ?? -Infinity)) reached.set(part.last, { path: [...before.path, part], score });
    }
    const end = own.length ? reached.get(Math.max(...own.map(({ last }) => last))) : undefined;
    if (end && end.score > winner.score) winner = end;
  }
  return winner;
}

/**
 * Return ink with each row moved right by `slant` columns for every row that it is below the highest.
 * @param {Ink} ink @param {number} slant
 * @returns {Ink}
 */
function upright({ values, width, height }, slant) {
  const wide = width + Math.ceil(slant * height);
  const moved = new Uint8Array(wide * height);
  for (let y = 0; y < height; y++) {
    const shift = Math.floor(slant * y);
    const share = slant * y - shift; // of each pixel that goes to the next column
    for (let x = 0; x <= width; x++) {
      const here = x < width ? values[y * width + x] : 0;
      const before = x > 0 ? values[y * width + x - 1] : 0;
      if (x + shift < wide) moved[y * wide + x + shift] = Math.round(here * (1 - share) + before * share);
    }
  }
  return { values: moved, width: wide, height };
}

/**
 * Return columns at which little ink is cut through: the deepest few valleys of ink per column, apart.
 * @param {Ink} ink
 */
function valleys({ values, width, height }) {
  const amounts = new Int32Array(width);
  values.forEach((v, i) => (amounts[i % width] += v > 100 ? 1 : 0));
  /** @param {number} x  mirrored past the border */
  const amount = (x) => amounts[x < 0 ? Math.min(1, width - 1) : x < width ? x : Math.max(width - 2, 0)];
  const smooth = Array.from(amounts, (_, x) => amount(x - 1) + amount(x) + amount(x + 1));
  const margin = Math.max(2, Math.round(0.12 * height));
  /** @type {number[]} */
  const columns = [];
  for (const column of [...smooth.keys()].sort((a, b) => smooth[a] - smooth[b])) {
    const inside = column >= margin && column <= width - margin;
    if (inside && columns.every((other) => Math.abs(column - other) >= margin)) columns.push(column);
    if (columns.length === MOST_CUTS) break;
  }
  return columns.sort((a, b) => a - b);
}

/**
 * Return the ink between two columns of the upright piece, without slivers of its neighbours; null if there is none.
 * @param {Piece} piece @param {Ink} seen @param {number} first @param {number} last @param {number} slant
 * @returns {Piece | null}
 */
function between(piece, seen, first, last, slant) {
  const width = last - first;
  const values = new Uint8Array(width * seen.height);
  for (let y = 0; y < seen.height; y++) {
    values.set(seen.values.subarray(y * seen.width + first, y * seen.width + last), y * width);
  }
  const strip = { values, width, height: seen.height };
  const { labels, components } = connected(strip);
  if (!components.length) return null;
  const most = Math.max(...components.map(({ area }) => area));
  const kept = components.flatMap(({ area }, i) => (area >= 0.15 * most ? [i + 1] : []));
  const part = cropped(onlyOf(strip, labels, new Set(kept)));
  if (!part) return null;
  const { ink, left: x, top: y } = part;
  // Back from the upright piece to the drawing: its rows were moved right by `slant` times their number.
  const left = Math.max(piece.left + first + x - Math.round(slant * (y + ink.height)), piece.left);
  const right = Math.min(Math.max(piece.left + first + x + ink.width - Math.round(slant * y), left + 1), piece.right);
  return { ink, left, top: piece.top + y, right, bottom: piece.top + y + ink.height };
}
