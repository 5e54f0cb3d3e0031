// @ts-check
// What stands on the paper, as text: rows from top to bottom, each from left to right.

import { weightedMedian } from "./nearby.js";
import { gapOf } from "./strokes.js";
import { isSlash, leaning, signOf, stacked } from "./signs.js";

/**
 * @typedef {import("./strokes.js").Box} Box
 * @typedef {import("./strokes.js").Line} Line
 *
 * What stands at one place: `text` is a digit or "?", or " " for what is none. `stroke` is its line, where it is one alone.
 * @typedef {{ text: string, box: Box, mark: boolean, stroke: Line | null, scale: number }} Token
 */

const SHARED = 0.35; // of the lower one's height that two neighbours on a row share at least
const GAP = 1.2; // of the digits' height: what is further apart is two numbers,
const TIMES = 2.2; // if it is also so many times as far as others on the row

/** @param {Box} box */
const high = ({ top, bottom }) => bottom - top;
/** @param {Box} box */
const centre = ({ left, right }) => (left + right) / 2;

/**
 * Return tokens in rows, each from left to right, the rows from top to bottom.
 * @template {Token} T
 * @param {T[]} tokens
 * @returns {T[][]}
 */
export function rowsOf(tokens) {
  const tall = tokens.filter(({ mark }) => !mark).sort((a, b) => centre(a.box) - centre(b.box));
  /** @type {T[][]} */
  const rows = [];
  for (const token of tall) {
    let [best, most] = [/** @type {T[] | null} */ (null), SHARED];
    for (const row of rows) {
      const share = Math.max(...row.slice(-2).map(({ box }) => sharedHeight(box, token.box)));
      if (share > most) [best, most] = [row, share];
    }
    if (best) best.push(token);
    else rows.push([token]);
  }
  for (const token of tokens.filter(({ mark }) => mark)) {
    const near = tall.reduce((best, other) => (!best || away(token, other) < away(token, best) ? other : best), /** @type {T | null} */ (null));
    const row = rows.find((own) => near && own.includes(near));
    if (row) row.push(token);
  }
  for (const row of rows) row.sort((a, b) => centre(a.box) - centre(b.box));
  /** @param {T[]} row */
  const level = (row) => row.reduce((sum, { box }) => sum + box.top + box.bottom, 0) / row.length;
  return rows.sort((a, b) => level(a) - level(b));
}

/** @param {Box} a @param {Box} b */
function sharedHeight(a, b) {
  const shared = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return shared / Math.max(Math.min(high(a), high(b)), 1);
}

/** Return how far a mark is from a digit: what lies beside it counts as nearer than what lies above or below. @param {Token} mark @param {Token} token */
function away({ box }, token) {
  const down = Math.max(box.top - token.box.bottom, token.box.top - box.bottom, 0);
  return gapOf(box, token.box) + 2 * down;
}

/**
 * Return a row as text: separators named, one space for each gap between numbers and for each run of what is no digit.
 * @param {Token[]} row  from left to right
 */
export function textOf(row) {
  const digits = row.filter(({ mark }) => !mark);
  if (!digits.length) return "";
  const scale = weightedMedian(digits.map(({ box }) => high(box)), digits.map(({ box }) => high(box)));
  /** @type {{ text: string, box: Box }[]} */
  const written = [];
  for (let i = 0; i < row.length; i++) {
    const [token, next] = [row[i], row[i + 1]];
    const near = digits.reduce((best, other) => (gapOf(other.box, token.box) < gapOf(best.box, token.box) ? other : best));
    if (token.mark && next?.mark) {
      const [upper, lower] = token.box.top < next.box.top ? [token, next] : [next, token];
      const both = stacked(upper.box, lower.box, near.box, scale);
      if (both) {
        const box = { ...upper.box, left: Math.min(token.box.left, next.box.left), right: Math.max(token.box.right, next.box.right) };
        written.push({ text: both, box });
        i++;
        continue;
      }
    }
    if (token.mark) written.push({ text: signOf(token.box, near.box, scale), box: token.box });
    else written.push({ text: slash(row, i, scale) ? "/" : token.text, box: token.box });
  }
  const signs = written.filter(({ text }) => text);
  const gaps = signs.slice(1).map(({ box }, i) => box.left - signs[i].box.right);
  const wide = Math.max(GAP * scale, TIMES * weightedMedian(gaps, gaps.map(() => 1)));
  const text = signs.map((sign, i) => (i && gaps[i - 1] > wide ? " " : "") + sign.text).join("");
  return text.split(" ").filter(Boolean).join(" ");
}

/** Tell whether a token between digits is a slash. @param {Token[]} row @param {number} i @param {number} scale */
function slash(row, i, scale) {
  const { stroke, box } = row[i];
  const beside = [row[i - 1], row[i + 1]].filter((token) => token && !token.mark);
  if (!stroke || beside.length < 2 || !(row[i].text === "1" || row[i].text === " " || row[i].text === "?")) return false;
  const degrees = leaning(stroke);
  return degrees !== null && isSlash(degrees, high(box) / scale);
}
