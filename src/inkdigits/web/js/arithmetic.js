// @ts-check
// The arithmetic that made one value of a layer, step by step; what it comes to is what the engine has computed.

/** @typedef {import("./engine.js").Layer} Layer */

/**
 * What one map before a convolution adds to a cell: what the filter saw of it, times its weights.
 * @typedef {{ map: number, inputs: number[], weights: number[], sum: number }} Part
 *
 * One input of a dense layer times its weight.
 * @typedef {{ input: number, value: number, weight: number, product: number }} Term
 */

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/**
 * Return the patch of a map that begins at a cell, row by row.
 * @param {Layer} layer @param {number} map @param {number} row @param {number} column @param {number} high @param {number} wide
 */
export function patch({ values, shape: [, rows, columns] }, map, row, column, high, wide) {
  return Array.from({ length: high * wide }, (_, i) => {
    return values[(map * rows + row + Math.floor(i / wide)) * columns + column + (i % wide)];
  });
}

/**
 * Return what a filter computes at a cell: a part for each map before it, the bias, and their sum before and after ReLU.
 * @param {Layer} before @param {Layer} conv @param {number} map @param {number} row @param {number} column
 */
export function convolution(before, conv, map, row, column) {
  const [maps] = before.shape;
  const [high, wide] = [0, 1].map((axis) => before.shape[axis + 1] - conv.shape[axis + 1] + 1);
  const size = high * wide;
  const kernel = /** @type {Float32Array} */ (conv.kernel);
  /** @type {Part[]} */
  const parts = Array.from({ length: maps }, (_, own) => {
    const inputs = patch(before, own, row, column, high, wide);
    const weights = Array.from(kernel.subarray((map * maps + own) * size, (map * maps + own + 1) * size));
    return { map: own, inputs, weights, sum: sum(inputs.map((value, i) => value * weights[i])) };
  });
  const bias = conv.bias?.[map] ?? 0;
  const total = sum(parts.map((part) => part.sum)) + bias;
  return { parts, wide, bias, total, output: Math.max(0, total) };
}

/**
 * Return the square of which pooling keeps the largest value.
 * @param {Layer} before @param {Layer} pool @param {number} map @param {number} row @param {number} column
 */
export function pooling(before, pool, map, row, column) {
  const side = Math.floor(before.shape[1] / pool.shape[1]);
  const inputs = patch(before, map, row * side, column * side, side, side);
  return { inputs, side, output: Math.max(...inputs) };
}

/**
 * Return what a neuron of a dense layer computes: its terms, the largest first, the bias and the total before any ReLU.
 * @param {Layer} before @param {Layer} dense @param {number} neuron
 */
export function weighing(before, dense, neuron) {
  const count = before.values.length;
  const weights = /** @type {Float32Array} */ (dense.kernel).subarray(neuron * count, (neuron + 1) * count);
  /** @type {Term[]} */
  const terms = Array.from(weights, (weight, input) => {
    const value = before.values[input];
    return { input, value, weight, product: value * weight };
  });
  const bias = dense.bias?.[neuron] ?? 0;
  const total = sum(terms.map(({ product }) => product)) + bias;
  const products = terms.map(({ product }) => product);
  terms.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  return { terms, products, weights, bias, total };
}

/**
 * Return how softmax makes a probability of a score.
 * @param {Layer} scores @param {number} digit
 */
export function softmax({ values }, digit) {
  const most = Math.max(...values);
  const power = Math.exp(values[digit] - most);
  const all = sum(Array.from(values, (score) => Math.exp(score - most)));
  return { score: values[digit], most, power, all, output: power / all };
}
