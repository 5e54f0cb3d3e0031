// @ts-check
// What stands on the paper, as text: rows from top to bottom, each from left to right.

import { weightedMedian } from "./nearby.js";
import { isSlash, leaning, nearest, signOf, stacked } from "./signs.js";
import { gapOf } from "./strokes.js";

/**
 * @typedef {import("./strokes.js").Box} Box
 * @typedef {import("./strokes.js").Line} Line
 *
 * What stands at one place. `text` is a digit, "?", or " " for what is no digit; of a mark, which is named by its place, it is "".
 * `line` is its stroke, where it is one alone.
 * @typedef {{ text: string, box: Box, mark: boolean, line: Line | null }} Token
 */

const SHARED = 0.35; // of the lower one's height that two neighbours on a row share at least
const GAP = 1.2; // of the digits' height: what is further apart is two numbers,
const TIMES = 2.2; // if it is also so many times as far as others on the row

/** @param {Box} box */
const high = ({ top, bottom }) => bottom - top;
/** @param {Box} box */
const centre = ({ left, right }) => (left + right) / 2;

/**
 * Return tokens in rows, each from left to right, the rows from top to bottom. Marks go with the digit beside them.
 * @template {Token} T
 * @param {T[]} tokens
 * @returns {T[][]}
 */
export function rowsOf(tokens) {
  const tall = tokens.filter(({ mark }) => !mark).sort((a, b) => centre(a.box) - centre(b.box));
  /** @type {T[][]} */
  const rows = [];
  for (const token of tall) {
    const shares = rows.map((row) => Math.max(...row.slice(-2).map(({ box }) => sharedHeight(box, token.box))));
    const most = Math.max(...shares, SHARED);
    const own = rows[shares.findIndex((share) => share === most)];
    if (own) own.push(token);
    else rows.push([token]);
  }
  const placed = rows.map((row) => [...row]);
  for (const token of tokens.filter(({ mark }) => mark)) {
    const reaches = rows.map((row) => Math.min(...row.map((other) => away(token, other))));
    placed[reaches.indexOf(Math.min(...reaches))]?.push(token);
  }
  for (const row of placed) row.sort((a, b) => centre(a.box) - centre(b.box));
  /** @param {T[]} row */
  const level = (row) => row.reduce((sum, { box }) => sum + box.top + box.bottom, 0) / row.length;
  return placed.sort((a, b) => level(a) - level(b));
}

/** @param {Box} a @param {Box} b */
function sharedHeight(a, b) {
  const shared = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return shared / Math.max(Math.min(high(a), high(b)), 1);
}

/**
 * Return how far a mark is from a digit; one beside it is nearer than one as far above or below.
 * @param {Token} mark @param {Token} token
 */
function away({ box }, token) {
  return gapOf(box, token.box) + 2 * Math.max(box.top - token.box.bottom, token.box.top - box.bottom, 0);
}

/**
 * Return a row as text: separators named, one space for each gap between numbers and for each run of what is no digit.
 * @param {Token[]} row  from left to right
 */
export function textOf(row) {
  const tall = row.filter(({ mark }) => !mark);
  if (!tall.length) return "";
  const scale = heightOn(tall);
  /** @type {{ text: string, box: Box }[]} */
  const signs = [];
  for (let i = 0; i < row.length; i++) {
    const { text, box, mark } = row[i];
    if (!mark) {
      signs.push({ text, box });
      continue;
    }
    const digit = nearest(box, tall.map((token) => token.box));
    const next = row[i + 1]?.mark ? row[i + 1].box : null;
    const both = next && (box.top < next.top ? stacked(box, next, digit, scale) : stacked(next, box, digit, scale));
    if (next && both) {
      signs.push({ text: both, box: { ...box, left: Math.min(box.left, next.left), right: Math.max(box.right, next.right) } });
      i++;
    } else {
      const sign = signOf(box, digit, scale);
      if (sign) signs.push({ text: sign, box });
    }
  }
  const gaps = signs.slice(1).map(({ box }, i) => box.left - signs[i].box.right);
  const wide = Math.max(GAP * scale, TIMES * weightedMedian(gaps, gaps.map(() => 1)));
  const text = signs.map((sign, i) => (i && gaps[i - 1] > wide ? " " : "") + sign.text).join("");
  return text.split(" ").filter(Boolean).join(" ");
}

/** Return the height of the digits on a row; straight strokes, which may be slashes, count where there is nothing else. @param {Token[]} tall */
function heightOn(tall) {
  const bent = tall.filter(({ line }) => !line || leaning(line) === null);
  const heights = (bent.length ? bent : tall).map(({ box }) => high(box));
  return weightedMedian(heights, heights);
}

/**
 * Return those of a row that are slashes: straight strokes between two others, by how they lean and how tall they are.
 * @template {Token} T
 * @param {T[]} row  from left to right
 */
export function slashesOf(row) {
  const tall = row.filter(({ mark }) => !mark);
  if (tall.length < 3) return [];
  const scale = heightOn(tall);
  return row.filter(({ line, box, text }, i) => {
    const between = [row[i - 1], row[i + 1]].every((token) => token && !token.mark);
    const degrees = line && between && /[1? ]/.test(text) ? leaning(line) : null;
    return degrees !== null && isSlash(degrees, high(box) / scale);
  });
}
