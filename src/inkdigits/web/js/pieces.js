// @ts-check
// Ink → pieces: what the pen drew in one go, with fragments joined to what they belong to, and specks left out; as
// image/components.py, which says why. Nothing is printed on a canvas, so that rules and frames are not looked for.

import { cropped } from "./ink.js";

/** @typedef {import("./ink.js").Ink} Ink */

/**
 * A piece of ink, nothing but its own, and where it lies; right and bottom are one past its last pixel.
 * @typedef {{ ink: Ink, left: number, top: number, right: number, bottom: number }} Piece
 *
 * The connected strokes: `labels` tells for each pixel to which one it belongs, counted from 1, or 0.
 * @typedef {{ left: number, top: number, right: number, bottom: number, area: number }} Component
 */

const STROKE = 72; // ink above this is stroke; below it is the soft edge of one

/**
 * Return the pieces of a drawing from left to right, and the height in pixels that its digits have.
 * @param {Ink} ink
 * @returns {{ pieces: Piece[], scale: number }}
 */
export function find(ink) {
  const { labels, components } = connected(ink);
  const scale = scaleOf(components);
  const least = Math.max(2, (0.03 * scale) ** 2 * 3);
  const kept = components.map((component, i) => ({ ...component, label: i + 1 })).filter(({ area }) => area >= least);
  const pieces = grouped(kept, scale).map((members) => cut(ink, labels, members));
  pieces.sort((a, b) => a.left + a.right - b.left - b.right);
  return { pieces, scale };
}

/**
 * Return several pieces as one.
 * @param {Piece[]} pieces
 * @returns {Piece}
 */
export function joined(pieces) {
  const { left, top, right, bottom } = around(pieces);
  const width = right - left;
  const values = new Uint8Array(width * (bottom - top));
  for (const piece of pieces) {
    for (let y = 0, i = 0; y < piece.ink.height; y++) {
      let to = (piece.top - top + y) * width + piece.left - left;
      for (let x = 0; x < piece.ink.width; x++, i++, to++) values[to] = Math.max(values[to], piece.ink.values[i]);
    }
  }
  return { ink: { values, width, height: bottom - top }, left, top, right, bottom };
}

/** @param {{ left: number, top: number, right: number, bottom: number }[]} boxes */
function around(boxes) {
  return {
    left: Math.min(...boxes.map((b) => b.left)),
    top: Math.min(...boxes.map((b) => b.top)),
    right: Math.max(...boxes.map((b) => b.right)),
    bottom: Math.max(...boxes.map((b) => b.bottom)),
  };
}

/**
 * Return the connected strokes of ink; pixels that touch at a corner are connected.
 * @param {Ink} ink
 * @returns {{ labels: Int32Array, components: Component[] }}
 */
export function connected({ values, width, height }) {
  const labels = new Int32Array(values.length);
  const waiting = new Int32Array(values.length);
  /** @type {Component[]} */
  const components = [];
  for (let start = 0; start < values.length; start++) {
    if (labels[start] || values[start] <= STROKE) continue;
    const label = components.length + 1;
    const found = { left: width, top: height, right: 0, bottom: 0, area: 0 };
    labels[start] = label;
    waiting[0] = start;
    for (let count = 1; count; ) {
      const at = waiting[--count];
      const y = Math.floor(at / width);
      const x = at - y * width;
      found.area++;
      found.left = Math.min(found.left, x);
      found.right = Math.max(found.right, x + 1);
      found.top = Math.min(found.top, y);
      found.bottom = Math.max(found.bottom, y + 1);
      for (let v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
        for (let u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
          const next = v * width + u;
          if (labels[next] || values[next] <= STROKE) continue;
          labels[next] = label;
          waiting[count++] = next;
        }
      }
    }
    components.push(found);
  }
  return { labels, components };
}

/**
 * Return the height of the digits: the median height of components, each weighing as much as its square.
 * @param {Component[]} components
 */
function scaleOf(components) {
  const heights = components.map(({ top, bottom }) => bottom - top).sort((a, b) => a - b);
  const half = heights.reduce((sum, height) => sum + height * height, 0) / 2;
  let sum = 0;
  return heights.find((height) => (sum += height * height) >= half) ?? 0;
}

/**
 * Return groups of components that are one sign: fragments that lie over, under or within a larger one.
 * @template {Component} C
 * @param {C[]} components @param {number} scale
 * @returns {C[][]}
 */
function grouped(components, scale) {
  /** @type {Map<C, C>} */
  const owners = new Map();
  for (const part of components) {
    const width = part.right - part.left;
    const height = part.bottom - part.top;
    if (height > 0.55 * scale) continue;
    let nearest = Infinity;
    for (const other of components) {
      const tall = other.bottom - other.top;
      const shared = Math.min(other.right, part.right) - Math.max(other.left, part.left);
      const gap = Math.max(Math.max(other.top, part.top) - Math.min(other.bottom, part.bottom), 0);
      // A flat stroke below a digit is no fragment of it but underlines it.
      const under = height < 0.4 * width && part.top + height / 2 > other.bottom - 0.15 * tall;
      const over = other.area > part.area && !under && shared >= 0.6 * width && gap <= 0.2 * scale && tall >= 0.4 * scale;
      if (over && gap < nearest) {
        nearest = gap;
        owners.set(part, other);
      }
    }
  }
  /** @type {Map<C, C[]>} */
  const groups = new Map();
  for (const part of components) {
    let root = part;
    for (let owner = owners.get(root); owner; owner = owners.get(root)) root = owner;
    groups.set(root, [...(groups.get(root) ?? []), part]);
  }
  return [...groups.values()];
}

/**
 * Cut components out, with the soft edge that surrounds them.
 * @param {Ink} ink @param {Int32Array} labels @param {(Component & { label: number })[]} members
 * @returns {Piece}
 */
function cut(ink, labels, members) {
  const box = around(members);
  const left = Math.max(box.left - 1, 0);
  const top = Math.max(box.top - 1, 0);
  const width = Math.min(box.right + 1, ink.width) - left;
  const height = Math.min(box.bottom + 1, ink.height) - top;
  const window = { values: new Uint8Array(width * height), width, height };
  const inside = new Int32Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * ink.width + left;
    window.values.set(ink.values.subarray(from, from + width), y * width);
    inside.set(labels.subarray(from, from + width), y * width);
  }
  const own = onlyOf(window, inside, new Set(members.map(({ label }) => label)));
  const part = /** @type {NonNullable<ReturnType<typeof cropped>>} */ (cropped(own));
  const [x, y] = [left + part.left, top + part.top];
  return { ink: part.ink, left: x, top: y, right: x + part.ink.width, bottom: y + part.ink.height };
}

/**
 * Return ink without what is not part of the components with these labels, or of their soft edge, one pixel wide.
 * @param {Ink} ink @param {Int32Array} labels @param {Set<number>} own
 * @returns {Ink}
 */
export function onlyOf({ values, width, height }, labels, own) {
  const kept = new Uint8Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!own.has(labels[y * width + x])) continue;
      for (let v = Math.max(y - 1, 0); v < Math.min(y + 2, height); v++) {
        for (let u = Math.max(x - 1, 0); u < Math.min(x + 2, width); u++) kept[v * width + u] = values[v * width + u];
      }
    }
  }
  return { values: kept, width, height };
}
