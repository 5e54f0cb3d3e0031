// @ts-check
// Which strokes of a drawing lie near each other, and how high the digits are around each of them.

import { distance, gapOf } from "./strokes.js";

/**
 * @typedef {import("./strokes.js").Line} Line
 *
 * A stroke near another one: where it is among the lines, how far away, in pixels, and which samples of the one are as good as
 * on it, a bit for each.
 * @typedef {{ other: number, apart: number, near: number }} Neighbour
 *
 * @typedef {object} Nearby
 * @property {Neighbour[][]} neighbours  of each line the nearest others, at most MOST of them, the nearest first
 * @property {number[]} scales           of each line the height of the digits around it, in pixels
 */

const MOST = 10; // neighbours of a line that are kept; in a place where more are nearer, the others are not looked at
const REACH = 0.35; // lines further apart than this share of the digits' height are of different digits
const TOUCH = 0.06; // lines nearer than this share of their size touch, or nearly
const FLAT = 2.5; // times as wide as high
const SPAN = 4; // lines written before and after a line whose heights count for its scale

/**
 * Find the neighbours of each line. Grows linearly with the number of lines.
 * @param {Line[]} lines  in the order of writing
 * @returns {Nearby}
 */
export function nearby(lines) {
  const sizes = lines.map(sizeOf);
  const rough = weightedMedian(sizes, sizes.map((size) => size ** 2)) || 1;
  const grid = gridOf(lines, rough);
  /** @type {Neighbour[][]} */
  const neighbours = lines.map((line, i) => {
    const near = [];
    for (const other of linesAround(grid, line, rough)) {
      if (other === i || gapOf(line, lines[other]) > REACH * Math.max(sizes[i], sizes[other], rough)) continue;
      near.push({ other, apart: gapOf(line, lines[other]) });
    }
    near.sort((a, b) => a.apart - b.apart || Math.abs(a.other - i) - Math.abs(b.other - i));
    const kept = near.slice(0, MOST);
    return kept.map(({ other }) => ({ other, ...measured(line, lines[other], TOUCH * Math.max(sizes[i], sizes[other])) }));
  });
  neighbours.forEach((near, i) => near.sort((a, b) => a.apart - b.apart || Math.abs(a.other - i) - Math.abs(b.other - i)));
  return { neighbours, scales: scalesOf(lines, neighbours, sizes) };
}

/** What was measured of two lines, as long as they are there. @type {WeakMap<Line, WeakMap<Line, { apart: number, near: number }>>} */
const known = new WeakMap();

/** @param {Line} line @param {Line} other @param {number} reach  the same for the two each time */
function measured(line, other, reach) {
  let own = known.get(line);
  if (!own) known.set(line, (own = new WeakMap()));
  let found = own.get(other);
  if (!found) own.set(other, (found = distance(line, other, reach)));
  return found;
}

/** Return how high a digit is of which a line may be all; a long flat line tells nothing of it. @param {Line} line */
function sizeOf({ left, top, right, bottom }) {
  const [wide, high] = [right - left, bottom - top];
  return wide > FLAT * high ? high : Math.max(high, 0.6 * wide);
}

/**
 * Return the height of the digits around each line: the median height of what touches, each counted by its square, among the
 * lines that are near it in place or in time. What has several others within it is a frame, and does not count.
 * @param {Line[]} lines @param {Neighbour[][]} neighbours @param {number[]} sizes
 */
function scalesOf(lines, neighbours, sizes) {
  const heights = lines.map(({ top, bottom }, i) => {
    let [high, low] = [top, bottom];
    for (const { other, apart } of neighbours[i]) {
      if (apart > Math.max(TOUCH * Math.max(sizes[i], sizes[other]), (lines[i].pen + lines[other].pen) / 4)) continue;
      high = Math.min(high, lines[other].top);
      low = Math.max(low, lines[other].bottom);
    }
    return Math.max(low - high, 0.6 * sizes[i]);
  });
  const frames = lines.map((line, i) => neighbours[i].filter(({ other }) => isWithin(lines[other], line)).length > 1);
  return lines.map((line, i) => {
    const near = new Set([i, ...neighbours[i].map(({ other }) => other)]);
    for (let j = Math.max(i - SPAN, 0); j <= Math.min(i + SPAN, lines.length - 1); j++) near.add(j);
    const own = [...near].filter((j) => !frames[j]).map((j) => heights[j]);
    return Math.max(weightedMedian(own, own.map((height) => height ** 2)), line.pen / 2, 1);
  });
}

/** @param {Line} line @param {Line} frame */
function isWithin(line, frame) {
  return line.left > frame.left && line.right < frame.right && line.top > frame.top && line.bottom < frame.bottom;
}

/** @typedef {{ side: number, cells: Map<string, number[]> }} Grid  which lines lie in each square cell */

/** @param {Line[]} lines @param {number} side @returns {Grid} */
function gridOf(lines, side) {
  /** @type {Map<string, number[]>} */
  const cells = new Map();
  lines.forEach((line, i) => {
    for (const cell of cellsOf(line, side, 0)) {
      const own = cells.get(cell);
      if (own) own.push(i);
      else cells.set(cell, [i]);
    }
  });
  return { side, cells };
}

/** Return the lines in the cells that a line's box, widened by what is near, lies in. @param {Grid} grid @param {Line} line @param {number} rough */
function linesAround({ side, cells }, line, rough) {
  const found = new Set();
  for (const cell of cellsOf(line, side, REACH * rough)) for (const other of cells.get(cell) ?? []) found.add(other);
  return found;
}

const FURTHEST = 20; // cells of one line across or down: what is larger is no digit

/** @param {Line} line @param {number} side @param {number} margin */
function cellsOf({ left, top, right, bottom }, side, margin) {
  const [x0, x1] = [Math.floor((left - margin) / side), Math.floor((right + margin) / side)];
  const [y0, y1] = [Math.floor((top - margin) / side), Math.floor((bottom + margin) / side)];
  const found = [];
  for (let y = y0; y <= Math.min(y1, y0 + FURTHEST); y++) for (let x = x0; x <= Math.min(x1, x0 + FURTHEST); x++) found.push(`${x},${y}`);
  return found;
}

/**
 * Return the value at which half of the weight is reached, 0 of none.
 * @param {number[]} values @param {number[]} weights
 */
export function weightedMedian(values, weights) {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b]);
  const half = weights.reduce((sum, weight) => sum + weight, 0) / 2;
  let sum = 0;
  const at = order.find((i) => (sum += weights[i]) >= half);
  return at === undefined ? 0 : values[at];
}
