// @ts-check
// A digit's ink → the 28×28 of MNIST, by the same steps as image/normalise.py, which says why.

import { resized, roundToEven } from "./ink.js";

/** @typedef {import("./ink.js").Ink} Ink */

const SIDE = 28;
const BOX = 20;
const CENTRE = 14;
const MIN_STROKE = 1.8;
const MIDDLE_SIZE = 4 * BOX;

/**
 * Return the digit as a network sees it, 784 grey levels, from its ink cut to its box.
 * @param {Ink} ink
 * @returns {Uint8Array}
 */
export function glyph(ink) {
  return place(fit(widen(reduce(ink))));
}

/**
 * Bring a large digit down to 80 pixels.
 * @param {Ink} ink
 * @returns {Ink}
 */
function reduce(ink) {
  const factor = MIDDLE_SIZE / Math.max(ink.width, ink.height);
  if (factor >= 0.75) return ink;
  const small = resized(ink, factor);
  const scale = Math.fround(255 / Math.max(peak(small.values), 1));
  return { ...small, values: small.values.map((v) => Math.min(Math.fround(v * scale), 255)) };
}

/** @param {Uint8Array} values */
const peak = (values) => values.reduce((most, v) => Math.max(most, v), 0);

/**
 * Widen strokes that would be thinner than MNIST's at 20 pixels.
 * @param {Ink} ink
 * @returns {Ink}
 */
function widen(ink) {
  const scale = BOX / Math.max(ink.width, ink.height);
  if (scale > 0.75) return ink;
  const missing = (MIN_STROKE - strokeWidth(ink) * scale) / scale;
  if (missing < 0.5) return ink;
  const radius = roundToEven(missing / 2);
  return dilated(ink, radius, radius + 1);
}

/**
 * Return the mean width of strokes in pixels: twice their area over the length of their outline.
 * @param {Ink} ink
 */
function strokeWidth({ values, width, height }) {
  /** @param {number} x @param {number} y */
  const inside = (x, y) => x >= 0 && y >= 0 && x < width && y < height && values[y * width + x] > 127;
  let area = 0;
  let edges = 0;
  for (let y = 0; y <= height; y++) {
    for (let x = 0; x <= width; x++) {
      const here = inside(x, y);
      if (here) area++;
      if (here !== inside(x - 1, y)) edges++;
      if (here !== inside(x, y - 1)) edges++;
    }
  }
  return (2 * area) / Math.max((edges * Math.PI) / 4, 1);
}

/**
 * Return the ink with a margin, each pixel as strong as the strongest within a disc around it.
 * @param {Ink} ink @param {number} radius @param {number} margin
 * @returns {Ink}
 */
function dilated(ink, radius, margin) {
  const width = ink.width + 2 * margin;
  const height = ink.height + 2 * margin;
  const values = new Uint8Array(width * height);
  for (let dy = -radius; dy <= radius; dy++) {
    // Half the width of this row of the disc, as OpenCV's elliptic element has it.
    const half = radius ? roundToEven(radius * Math.sqrt((radius * radius - dy * dy) / (radius * radius))) : 0;
    for (let dx = -half; dx <= half; dx++) {
      for (let y = 0, i = 0; y < ink.height; y++) {
        let to = (y + margin + dy) * width + margin + dx;
        for (let x = 0; x < ink.width; x++, i++, to++) if (ink.values[i] > values[to]) values[to] = ink.values[i];
      }
    }
  }
  return { values, width, height };
}

/**
 * Resize ink to the 20-pixel box; ink that already has that size is left alone.
 * @param {Ink} ink
 * @returns {Ink}
 */
function fit(ink) {
  const longest = Math.max(ink.width, ink.height);
  if (longest === BOX - 1 || longest === BOX) return ink;
  const fitted = resized(ink, BOX / longest);
  const inked = fitted.values.filter((v) => v > 0).sort();
  if (!inked.length) return fitted;
  const scale = 255 / inked[roundToEven(0.9 * (inked.length - 1))];
  return { ...fitted, values: fitted.values.map((v) => Math.min(roundToEven(v * scale), 255)) };
}

/**
 * Lay ink of at most 20×20 into an empty 28×28, its centre of mass at the centre.
 * @param {Ink} fitted
 * @returns {Uint8Array}
 */
function place({ values, width, height }) {
  const field = new Uint8Array(SIDE * SIDE);
  let [total, sumX, sumY] = [0, 0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      total += values[i];
      sumX += x * values[i];
      sumY += y * values[i];
    }
  }
  if (total === 0) return field;
  const top = Math.min(Math.max(roundToEven(CENTRE - sumY / total), 0), SIDE - height);
  const left = Math.min(Math.max(roundToEven(CENTRE - sumX / total), 0), SIDE - width);
  for (let y = 0; y < height; y++) {
    field.set(values.subarray(y * width, (y + 1) * width), (top + y) * SIDE + left);
  }
  return field;
}
