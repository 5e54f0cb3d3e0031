// @ts-check
// A network's weights file: what `inkdigits.network.browser` writes, read and checked. See there for the format.

/**
 * @typedef {{ shape: number[], offset: number }} Stored  Where an array is: `offset` counts float16 values, not bytes.
 *
 * One step of the network, as the file tells it. `pool` is the side of the squares of which the largest value is kept.
 * @typedef {{ name: string, type: "conv" | "dense", kernel: Stored, bias: Stored }} WeightedStep
 * @typedef {{ name: string, type: "pool", size: number }} PoolStep
 * @typedef {{ name: string, type: "relu" | "flatten" | "softmax" }} PlainStep
 * @typedef {WeightedStep | PoolStep | PlainStep} Step
 *
 * @typedef {"strict" | "normal" | "always"} Trust
 *
 * @typedef {object} Header
 * @property {string} name               the model's name
 * @property {string} source             SHA-256 of the model.onnx that the weights come from
 * @property {string[]} classes          "0" to "9", and "not a digit" where the network was trained on other things as well
 * @property {number} temperature        calibrates its probabilities
 * @property {Record<Trust, number>} thresholds  the least confidence to answer at
 * @property {Step[]} steps
 *
 * @typedef {Header & { values: Float32Array }} Weights  The header, and all values in the order of the file.
 */

const MAGIC = "INKW";
const VERSION = 1;
const START = 12; // bytes before the header: magic, version, length of the header
const LARGEST = 16_000_000; // bytes; the networks that are shipped have less than a twentieth of it

/** The file is no network. The message says which file, what is wrong and what would do. */
export class WeightsError extends Error {
  /** @param {string} source @param {string} what */
  constructor(source, what) {
    super(`${source}: ${what}; load the page again, or make the file again with scripts/make_web_models.py`);
    this.name = "WeightsError";
  }
}

/**
 * Fetch and read a weights file. Throws WeightsError.
 * @param {string | URL} url
 * @returns {Promise<Weights>}
 */
export async function load(url) {
  const source = String(url);
  /** @type {ArrayBuffer} */
  let data;
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    data = await answer.arrayBuffer();
  } catch (error) {
    throw new WeightsError(source, `cannot be fetched (${error instanceof Error ? error.message : error})`);
  }
  return parse(data, source);
}

/**
 * Read a weights file. Throws WeightsError for anything but a whole and sound one.
 * @param {ArrayBuffer} data
 * @param {string} source  what to call it in an error
 * @returns {Weights}
 */
export function parse(data, source) {
  const view = new DataView(data);
  const bytes = new Uint8Array(data);
  if (data.byteLength < START || String.fromCharCode(...bytes.subarray(0, 4)) !== MAGIC) {
    throw new WeightsError(source, "is no weights file");
  }
  if (data.byteLength > LARGEST) throw new WeightsError(source, `is too large (${data.byteLength} bytes)`);
  const version = view.getUint32(4, true);
  if (version !== VERSION) throw new WeightsError(source, `is of version ${version}, not ${VERSION}`);
  const first = START + view.getUint32(8, true);
  if (first > data.byteLength) throw new WeightsError(source, "is cut off within its header");
  /** @type {Header} */
  let header;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(START, first)));
    check(header);
  } catch (error) {
    throw new WeightsError(source, `has a malformed header (${error instanceof Error ? error.message : error})`);
  }
  const count = header.steps.reduce((sum, step) => sum + ("kernel" in step ? size(step.kernel) + size(step.bias) : 0), 0);
  if (data.byteLength !== first + 2 * count) {
    throw new WeightsError(source, `holds ${data.byteLength - first} bytes of weights, not ${2 * count}`);
  }
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = float16(view.getUint16(first + 2 * i, true));
  if (!values.every(Number.isFinite)) throw new WeightsError(source, "holds a weight that is no number");
  return { ...header, values };
}

/** @param {Stored} stored */
const size = (stored) => stored.shape.reduce((product, side) => product * side, 1);

/**
 * Throw unless a header describes a network that can run: each step takes what the one before gives.
 * @param {Header} header
 */
function check(header) {
  const { name, source, classes, temperature, thresholds, steps } = header;
  need(typeof name === "string" && typeof source === "string", "no name or source");
  need(Array.isArray(classes) && (classes.length === 10 || classes.length === 11), "not 10 or 11 classes");
  need(temperature >= 0.01 && temperature <= 100, "no temperature");
  for (const level of /** @type {const} */ (["strict", "normal", "always"])) {
    need(thresholds[level] >= 0 && thresholds[level] <= 1, `no threshold for ${level}`);
  }
  need(Array.isArray(steps) && steps.length > 0 && steps.length <= 100, "no steps");
  let shape = [1, 28, 28];
  let offset = 0;
  for (const step of steps) {
    need(typeof step.name === "string", "a step without a name");
    shape = after(step, shape);
    if ("kernel" in step) {
      for (const stored of [step.kernel, step.bias]) {
        need(stored.offset === offset, `${step.name} is not where it should be`);
        offset += size(stored);
      }
    }
  }
  need(shape.length === 1 && shape[0] === classes.length, `it ends in ${shape.join("×")} values`);
  need(steps[steps.length - 1].type === "softmax", "it does not end in a softmax");
}

/** @param {boolean} condition @param {string} otherwise @returns {asserts condition} */
function need(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

/**
 * Return the shape of what a step gives for what has `shape`: [channels, rows, columns] or [values].
 * @param {Step} step
 * @param {number[]} shape
 * @returns {number[]}
 */
export function after(step, shape) {
  const misfit = `${step.name} does not fit what is before it`;
  const [channels, rows, columns] = shape;
  switch (step.type) {
    case "conv": {
      const [filters, deep, high, wide] = whole(step.kernel, 4, step.name);
      need(shape.length === 3 && deep === channels && high <= rows && wide <= columns, misfit);
      need(whole(step.bias, 1, step.name)[0] === filters, misfit);
      return [filters, rows - high + 1, columns - wide + 1];
    }
    case "dense": {
      const [outputs, inputs] = whole(step.kernel, 2, step.name);
      need(shape.length === 1 && inputs === channels && whole(step.bias, 1, step.name)[0] === outputs, misfit);
      return [outputs];
    }
    case "pool": {
      need(Number.isInteger(step.size) && step.size >= 1, `${step.name} has no size`);
      need(shape.length === 3 && step.size <= Math.min(rows, columns), misfit);
      return [channels, Math.floor(rows / step.size), Math.floor(columns / step.size)];
    }
    case "flatten":
      return [shape.reduce((product, side) => product * side, 1)];
    case "relu":
      return shape;
    case "softmax":
      need(shape.length === 1, misfit);
      return shape;
    default:
      throw new Error(`a step of unknown type ${JSON.stringify(/** @type {{type: unknown}} */ (step).type)}`);
  }
}

/**
 * Return an array's shape. Throws unless it has that many sides, all of them whole numbers from 1.
 * @param {Stored} stored @param {number} sides @param {string} name
 */
function whole(stored, sides, name) {
  const shape = stored?.shape;
  const sound = Array.isArray(shape) && shape.length === sides && shape.every((n) => Number.isInteger(n) && n >= 1 && n <= 65536);
  need(sound, `${name} has no sound shape`);
  return shape;
}

/**
 * Return the number that 16 bits stand for: sign, five bits of exponent, ten of fraction (IEEE 754 binary16).
 * @param {number} bits
 */
function float16(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}
