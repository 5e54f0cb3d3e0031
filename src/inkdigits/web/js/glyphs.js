// @ts-check
// The strokes of one digit → its glyph, the 28×28 that a network sees.

import { glyph } from "./normalise.js";
import { around, smoothed } from "./strokes.js";

/**
 * @typedef {import("./ink.js").Ink} Ink
 * @typedef {{ path: number[], pen: number, left: number, top: number, right: number, bottom: number }} Drawn
 */

const SIDE = 60; // pixels of the longer side of the ink: three for each of the 20 that `normalise` makes of it
// The pen's width as a share of the digit's longer side. What a hand writes with a thinner or thicker pen is the same digit;
// the network knows it best by a pen of this kind.
const THINNEST = 0.08;
const THICKEST = 0.16;

/**
 * Return the glyph of lines, 784 grey levels.
 * @param {Drawn[]} lines  one at least
 * @param {number} [thinnest] @param {number} [thickest]  the pen's width, as a share of the digit's longer side
 * @returns {Uint8Array}
 */
export function glyphOf(lines, thinnest = THINNEST, thickest = THICKEST) {
  const { left, top, right, bottom } = around(lines);
  const longer = Math.max(right - left, bottom - top);
  const own = Math.max(...lines.map(({ pen }) => pen));
  /** @param {number} share */
  const width = (share) => (share * longer) / (1 - share); // of a pen that is this share of the ink's longer side
  const pen = longer ? Math.min(Math.max(own, width(thinnest)), width(thickest)) : own;
  return glyph(drawn(lines.map(({ path }) => path), pen, SIDE / (longer + pen)));
}

/**
 * Return the glyph of curves that an example or a test gives, x and y in turn, as drawn with one pen.
 * @param {number[][]} curves @param {number} pen
 */
export function glyphOfCurves(curves, pen) {
  return glyphOf(curves.map((points) => {
    const path = smoothed(points);
    const xs = path.filter((_, i) => i % 2 === 0);
    const ys = path.filter((_, i) => i % 2 === 1);
    return { path, pen, left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  }));
}

/**
 * Draw lines with a round pen. A pixel is as strong as the pen covers it, told from its middle's distance to the line.
 * @param {number[][]} paths  x and y in turn @param {number} pen @param {number} scale  pixels of the ink for one of the paths
 * @returns {Ink}
 */
export function drawn(paths, pen, scale) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const path of paths) {
    for (let i = 0; i < path.length; i += 2) {
      left = Math.min(left, path[i]);
      right = Math.max(right, path[i]);
      top = Math.min(top, path[i + 1]);
      bottom = Math.max(bottom, path[i + 1]);
    }
  }
  const radius = (pen * scale) / 2;
  const width = Math.max(1, Math.round((right - left) * scale + 2 * radius));
  const height = Math.max(1, Math.round((bottom - top) * scale + 2 * radius));
  const values = new Uint8Array(width * height);
  for (const path of paths) {
    let [ax, ay] = [NaN, NaN];
    for (let i = 0; i < path.length; i += 2) {
      const [x, y] = [(path[i] - left) * scale + radius, (path[i + 1] - top) * scale + radius];
      if (i > 0 && i < path.length - 2 && Math.hypot(x - ax, y - ay) < 1) continue; // nothing that a pixel would show
      segment(values, width, height, i ? ax : x, i ? ay : y, x, y, radius);
      [ax, ay] = [x, y];
    }
  }
  return { values, width, height };
}

/**
 * Draw a straight piece of a line.
 * @param {Uint8Array} values @param {number} width @param {number} height
 * @param {number} ax @param {number} ay @param {number} bx @param {number} by @param {number} radius
 */
function segment(values, width, height, ax, ay, bx, by, radius) {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy;
  const reach = radius + 1;
  const x0 = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
  const x1 = Math.min(width - 1, Math.ceil(Math.max(ax, bx) + reach));
  const y1 = Math.min(height - 1, Math.ceil(Math.max(ay, by) + reach));
  for (let y = Math.max(0, Math.floor(Math.min(ay, by) - reach)); y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const t = square ? Math.min(Math.max((px * dx + py * dy) / square, 0), 1) : 0;
      const level = Math.round(255 * Math.min(Math.max(radius + 0.5 - Math.hypot(px - t * dx, py - t * dy), 0), 1));
      if (level > values[y * width + x]) values[y * width + x] = level;
    }
  }
}
