// Weights files that are not: each gives one clear error.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, WeightsError } from "../../src/inkdigits/web/js/weights.js";
import { bytes } from "./vectors.mjs";

const whole = bytes("classic");
const START = 12;
const headerLength = new DataView(whole).getUint32(8, true);
const header = JSON.parse(new TextDecoder().decode(new Uint8Array(whole, START, headerLength)));
const weights = new Uint8Array(whole.slice(START + headerLength));

function file(text, values = weights, magic = "INKW", version = 1) {
  const encoded = new TextEncoder().encode(text);
  const data = new Uint8Array(START + encoded.length + values.length);
  data.set(new TextEncoder().encode(magic));
  new DataView(data.buffer).setUint32(4, version, true);
  new DataView(data.buffer).setUint32(8, encoded.length, true);
  data.set(encoded, START);
  data.set(values, START + encoded.length);
  return data.buffer;
}

function changed(change) {
  const copy = structuredClone(header);
  change(copy);
  return file(JSON.stringify(copy));
}

const refused = (data, message) =>
  assert.throws(() => parse(data, "x.bin"), (error) => error instanceof WeightsError && message.test(error.message) && error.message.startsWith("x.bin: "));

test("the file written again by hand is read", () => {
  assert.equal(parse(file(JSON.stringify(header)), "x.bin").name, "classic");
});

test("cut off anywhere", () => {
  for (const length of [0, 3, 11, 12, 40, START + headerLength, whole.byteLength - 1, whole.byteLength - 2]) {
    refused(whole.slice(0, length), /x\.bin: (is no weights file|is cut off|has a malformed header|holds)/);
  }
});

test("something else", () => {
  refused(new TextEncoder().encode("<!doctype html><title>404</title>").buffer, /is no weights file/);
  refused(file("{}", weights, "INKW", 2), /is of version 2, not 1/);
  refused(file(JSON.stringify(header), weights, "RIFF"), /is no weights file/);
  refused(file("{not JSON"), /malformed header/);
  refused(file("null"), /malformed header/);
  refused(file("{}"), /malformed header/);
  refused(file(JSON.stringify(header), new Uint8Array(weights.length + 2)), /bytes of weights/);
  refused(new ArrayBuffer(0), /is no weights file/);
});

test("sizes that are none, or do not fit", () => {
  for (const side of [null, "NaN", -1, 0, 1.5, 1e9, [32], 33]) {
    refused(changed((h) => (h.steps[0].kernel.shape[0] = side)), /malformed header|bytes of weights/);
    refused(changed((h) => (h.steps[0].kernel.shape[2] = side)), /malformed header|bytes of weights/);
    refused(changed((h) => (h.steps[2].size = side)), /malformed header/);
  }
  refused(changed((h) => (h.steps[0].kernel.shape = "28")), /no sound shape/);
  refused(changed((h) => (h.steps[0].kernel.offset = 7)), /not where it should be/);
  refused(changed((h) => (h.steps[0] = null)), /malformed header/);
  refused(changed((h) => (h.steps[0].type = "eval")), /unknown type/);
  refused(changed((h) => h.steps.pop()), /softmax/);
  refused(changed((h) => h.classes.pop()), /classes/);
  refused(changed((h) => (h.temperature = 0)), /temperature/);
  refused(changed((h) => delete h.thresholds.normal), /threshold for normal/);
  refused(changed((h) => (h.steps = Array(1000).fill(h.steps[1]))), /steps/);
});

test("weights that are no numbers", () => {
  const broken = weights.slice();
  broken[1] = 0x7e; // NaN in float16
  broken[0] = 0;
  refused(file(JSON.stringify(header), broken), /no number/);
});
