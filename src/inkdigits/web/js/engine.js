// @ts-check
// The network's forward pass in plain JavaScript: glyphs in, probabilities out, and every layer's values for who asks.
//
// Convolutions and dense layers are the same thing here: rows of weights, one for each output, times columns of inputs.
// What a filter sees at one place (a patch) is laid out as one run of numbers, so that the innermost loop is a plain dot
// product; it computes four outputs at two places at once, since each number that is loaded is then used more than once.
// Sums are of double precision, what a layer gives is rounded to float32. Weights and patches are kept as doubles: to turn
// float32 into doubles each time that a sum takes them takes a third of the time.

import { after } from "./weights.js";

/**
 * What one step of the network gave: `values` is laid out as `shape` says, [channels, rows, columns] or [values].
 * @typedef {object} Layer
 * @property {string} name
 * @property {"input" | import("./weights.js").Step["type"]} type
 * @property {number[]} shape
 * @property {Float32Array} values
 * @property {Float32Array | null} kernel  its weights: for "conv" [filters, channels, rows, columns], for "dense" [outputs, inputs]
 * @property {Float32Array | null} bias
 */

/** @typedef {{ kernel: Float32Array, bias: Float32Array, rows: Float64Array }} Bank  `rows`: the kernel, padded to fours. */

export const SIDE = 28;
const PIXELS = SIDE * SIDE;

export class Network {
  /** @param {import("./weights.js").Weights} weights  as weights.js has checked them */
  constructor(weights) {
    this.name = weights.name;
    this.classes = weights.classes;
    this.temperature = weights.temperature;
    this.thresholds = weights.thresholds;
    this.steps = weights.steps;
    /** @type {(Bank | null)[]} */
    this.banks = weights.steps.map((step) => ("kernel" in step ? bank(step, weights.values) : null));
    this.shapes = [[1, SIDE, SIDE]];
    for (const step of weights.steps) this.shapes.push(after(step, last(this.shapes)));
    // Every step writes where it has written before, and all steps share one place for patches: nothing is allocated anew.
    this.outputs = this.shapes.map((shape) => new Float32Array(count(shape)));
    this.patches = new Float64Array(Math.max(...this.steps.map((step, i) => patchSize(step, this.shapes[i + 1]))));
  }

  /**
   * Return the network's own softmax, not yet calibrated: (N·classes), row by row.
   * @param {Uint8Array} glyphs  N·784 grey levels, white on black, row by row
   * @returns {Float32Array}
   */
  run(glyphs) {
    if (glyphs.length % PIXELS) throw new RangeError(`glyphs: ${glyphs.length} levels are no number of 28×28 pictures`);
    const total = glyphs.length / PIXELS;
    const probabilities = new Float32Array(total * this.classes.length);
    for (let i = 0; i < total; i++) {
      this.forward(glyphs.subarray(i * PIXELS, (i + 1) * PIXELS));
      probabilities.set(last(this.outputs), i * this.classes.length);
    }
    return probabilities;
  }

  /**
   * Return what every layer gives for one glyph, the input first and the probabilities last; copies, to keep.
   * @param {Uint8Array} glyph
   * @returns {Layer[]}
   */
  look(glyph) {
    if (glyph.length !== PIXELS) throw new RangeError(`glyph: ${glyph.length} levels are no 28×28 picture`);
    this.forward(glyph);
    return this.outputs.map((values, i) => {
      const step = i ? this.steps[i - 1] : undefined;
      const own = i ? this.banks[i - 1] : null;
      return {
        name: step?.name ?? "input",
        type: step?.type ?? "input",
        shape: [...this.shapes[i]],
        values: values.slice(),
        kernel: own?.kernel ?? null,
        bias: own?.bias ?? null,
      };
    });
  }

  /** @param {Uint8Array} glyph */
  forward(glyph) {
    const input = this.outputs[0];
    for (let i = 0; i < PIXELS; i++) input[i] = glyph[i] / 255;
    this.steps.forEach((step, i) => {
      const x = this.outputs[i];
      const y = this.outputs[i + 1];
      const shape = this.shapes[i];
      const own = this.banks[i];
      if (step.type === "conv" && own) convolve(x, shape, step.kernel.shape, own, this.patches, y);
      else if (step.type === "dense" && own) dense(x, own, this.patches, y);
      else if (step.type === "pool") maxPool(x, shape, step.size, y);
      else if (step.type === "relu") relu(x, y);
      else if (step.type === "softmax") softmax(x, y);
      else y.set(x); // flattening moves nothing: values lie in this order already
    });
  }
}

/** @template T @param {T[]} list */
const last = (list) => list[list.length - 1];

/** @param {number[]} shape */
const count = (shape) => shape.reduce((product, side) => product * side, 1);

/** @param {number} n @param {number} step */
const upTo = (n, step) => Math.ceil(n / step) * step;

/**
 * Return how many numbers a step's patches are.
 * @param {import("./weights.js").Step} step @param {number[]} shape  of what it gives
 */
function patchSize(step, shape) {
  if (!("kernel" in step)) return 0;
  return count(step.kernel.shape.slice(1)) * upTo(step.type === "conv" ? count(shape.slice(1)) : 1, 2);
}

/**
 * @param {import("./weights.js").WeightedStep} step @param {Float32Array} values
 * @returns {Bank}
 */
function bank(step, values) {
  /** @param {import("./weights.js").Stored} stored */
  const part = (stored) => values.subarray(stored.offset, stored.offset + count(stored.shape));
  const [outputs, ...rest] = step.kernel.shape;
  const rows = new Float64Array(upTo(outputs, 4) * count(rest));
  rows.set(part(step.kernel));
  return { kernel: part(step.kernel), bias: part(step.bias), rows };
}

/**
 * Slide every filter over x and write how well each place matches it. No padding: a filter stays inside.
 * @param {Float32Array} x @param {number[]} shape  [channels, rows, columns]
 * @param {number[]} kernel  [filters, channels, rows, columns]
 * @param {Bank} own @param {Float64Array} patches @param {Float32Array} y
 */
function convolve(x, [channels, rows, columns], [filters, , high, wide], own, patches, y) {
  const down = rows - high + 1;
  const across = columns - wide + 1;
  let p = 0;
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      for (let channel = 0; channel < channels; channel++) {
        for (let i = 0; i < high; i++) {
          const from = (channel * rows + row + i) * columns + column;
          for (let j = 0; j < wide; j++) patches[p++] = x[from + j];
        }
      }
    }
  }
  products(own, filters, channels * high * wide, patches, down * across, y);
}

/** @param {Float32Array} x @param {Bank} own @param {Float64Array} patches @param {Float32Array} y */
function dense(x, own, patches, y) {
  patches.set(x);
  products(own, y.length, x.length, patches, 1, y);
}

/**
 * Write to y, [outputs, places], the dot product of every row of weights with every patch, plus the row's bias.
 * @param {Bank} own @param {number} outputs
 * @param {number} length  of a row and of a patch
 * @param {Float64Array} patches  one after the other; room for an even number of them
 * @param {number} places @param {Float32Array} y
 */
function products({ rows, bias }, outputs, length, patches, places, y) {
  for (let f = 0; f < outputs; f += 4) {
    const r0 = f * length, r1 = r0 + length, r2 = r1 + length, r3 = r2 + length;
    for (let q = 0; q < places; q += 2) {
      const p0 = q * length, p1 = p0 + length;
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0; // outputs f to f + 3 at place q
      let b0 = 0, b1 = 0, b2 = 0, b3 = 0; // and at place q + 1
      for (let k = 0; k < length; k++) {
        const u = patches[p0 + k];
        const v = patches[p1 + k];
        const w0 = rows[r0 + k];
        const w1 = rows[r1 + k];
        const w2 = rows[r2 + k];
        const w3 = rows[r3 + k];
        a0 += u * w0;
        a1 += u * w1;
        a2 += u * w2;
        a3 += u * w3;
        b0 += v * w0;
        b1 += v * w1;
        b2 += v * w2;
        b3 += v * w3;
      }
      const pair = q + 1 < places;
      for (let i = f, to = f * places + q; i < f + 4 && i < outputs; i++, to += places) {
        y[to] = (i === f ? a0 : i === f + 1 ? a1 : i === f + 2 ? a2 : a3) + bias[i];
        if (pair) y[to + 1] = (i === f ? b0 : i === f + 1 ? b1 : i === f + 2 ? b2 : b3) + bias[i];
      }
    }
  }
}

/**
 * Keep the largest value of every square; an odd last row or column is dropped.
 * @param {Float32Array} x @param {number[]} shape @param {number} size @param {Float32Array} y
 */
function maxPool(x, [channels, rows, columns], size, y) {
  const down = Math.floor(rows / size);
  const across = Math.floor(columns / size);
  let to = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < down; row++) {
      for (let column = 0; column < across; column++) {
        let most = -Infinity;
        for (let i = 0; i < size; i++) {
          const from = (channel * rows + row * size + i) * columns + column * size;
          for (let j = 0; j < size; j++) most = Math.max(most, x[from + j]);
        }
        y[to++] = most;
      }
    }
  }
}

/** Keep what speaks for a feature, drop what speaks against it. @param {Float32Array} x @param {Float32Array} y */
function relu(x, y) {
  for (let i = 0; i < x.length; i++) y[i] = Math.max(0, x[i]);
}

/** Turn scores into probabilities: positive, and summing to 1. @param {Float32Array} x @param {Float32Array} y */
function softmax(x, y) {
  const most = Math.max(...x); // subtracting the largest keeps exp from overflowing
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += y[i] = Math.exp(x[i] - most);
  for (let i = 0; i < x.length; i++) y[i] /= sum;
}
