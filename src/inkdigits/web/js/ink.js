// @ts-check
// Ink: a picture of pen strength, 0 for bare paper and 255 for a full stroke; and how it is resized, as OpenCV does it.

/**
 * `values` are the strengths row by row.
 * @typedef {{ values: Uint8Array, width: number, height: number }} Ink
 */

/**
 * Return the ink in another size: the mean over the area of each new pixel when it shrinks, a cubic curve when it grows.
 * @param {Ink} ink @param {number} factor
 * @returns {Ink}
 */
export function resized(ink, factor) {
  const width = Math.max(1, roundToEven(ink.width * factor));
  const height = Math.max(1, roundToEven(ink.height * factor));
  const weights = factor < 1 ? areas : cubics;
  const across = weights(ink.width, width);
  const down = weights(ink.height, height);
  const rows = new Float32Array(ink.height * width);
  for (let y = 0, to = 0; y < ink.height; y++) {
    for (const taps of across) {
      let sum = 0;
      for (const { from, weight } of taps) sum += ink.values[y * ink.width + from] * weight;
      rows[to++] = sum;
    }
  }
  const values = new Uint8Array(width * height);
  down.forEach((taps, y) => {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (const { from, weight } of taps) sum += rows[from * width + x] * weight;
      values[y * width + x] = Math.min(Math.max(roundToEven(sum), 0), 255);
    }
  });
  return { values, width, height };
}

/** What each new pixel takes, and from which of the old ones. @typedef {{ from: number, weight: number }[][]} Taps */

/**
 * Return for each of `size` new pixels the old ones that it covers, each with its share (OpenCV's INTER_AREA).
 * @param {number} length @param {number} size
 * @returns {Taps}
 */
function areas(length, size) {
  const scale = length / size;
  return Array.from({ length: size }, (_, i) => {
    const start = i * scale;
    const end = Math.min(start + scale, length);
    const taps = [];
    for (let from = Math.floor(start); from < end; from++) {
      const share = Math.min(end, from + 1) - Math.max(start, from);
      if (share > 1e-3) taps.push({ from, weight: share / (end - start) });
    }
    return taps;
  });
}

/**
 * Return for each of `size` new pixels the four old ones around it, weighed by a cubic (OpenCV's INTER_CUBIC, a = -0.75).
 * @param {number} length @param {number} size
 * @returns {Taps}
 */
function cubics(length, size) {
  const a = -0.75;
  return Array.from({ length: size }, (_, i) => {
    const centre = (i + 0.5) * (length / size) - 0.5;
    const first = Math.floor(centre);
    return [-1, 0, 1, 2].map((step) => {
      const d = Math.abs(centre - first - step);
      const weight = d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
      return { from: Math.min(Math.max(first + step, 0), length - 1), weight };
    });
  });
}

/**
 * Round to the nearest whole number, and halves to the even one, as Python, NumPy and OpenCV do.
 * @param {number} x
 */
export function roundToEven(x) {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 ? down + 1 : down;
}
