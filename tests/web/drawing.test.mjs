// Drawings: the same pieces and glyphs as Python's, and the number that was written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cropped, fromCanvas, resized } from "../../src/inkdigits/web/js/ink.js";
import { glyph } from "../../src/inkdigits/web/js/normalise.js";
import { find } from "../../src/inkdigits/web/js/pieces.js";
import { Reader } from "../../src/inkdigits/web/js/reading.js";
import { largestDifference, levels, network, vectors } from "./vectors.mjs";

const TOLERANCE = 2; // grey levels: OpenCV rounds with whole numbers where we compute with fractions

const { model: DRAWINGS, drawings: stored } = vectors("drawings"); // DRAWINGS: the network that answers them
const drawings = stored.map((drawing) => ({
  ...drawing,
  ink: { values: levels(drawing.ink), width: drawing.shape[1], height: drawing.shape[0] },
  glyphs: levels(drawing.glyphs),
}));
const blank = { values: new Uint8Array(50 * 40), width: 50, height: 40 };

test("the pieces that Python finds, from left to right", () => {
  for (const { written, ink, boxes } of drawings) {
    const found = find(ink).pieces.map(({ left, top, right, bottom }) => [left, top, right, bottom]);
    assert.deepEqual(found, boxes, written);
  }
});

test(`the glyphs that Python makes of them, within ${TOLERANCE} grey levels`, () => {
  for (const { written, ink, glyphs } of drawings) {
    find(ink).pieces.forEach((piece, i) => {
      const difference = largestDifference(glyph(piece.ink), glyphs.subarray(i * 784, (i + 1) * 784));
      assert.ok(difference <= TOLERANCE, `${written}, piece ${i}, ${ink.height} rows: ${difference}`);
    });
  }
});

test("the number that was written, as Python reads it, in boxes from left to right", () => {
  const reader = new Reader(network(DRAWINGS));
  for (const { written, read: theirs, ink, boxes } of drawings) {
    const { text, digits } = reader.read(ink);
    assert.equal(theirs, written.replace(/[+x=]/, " ")); // a sign is no digit
    assert.equal(text, theirs);
    assert.equal(digits.map(({ label }) => label).join(""), written.replace(/\D/g, ""));
    if (boxes.length === 1 && digits.length === 1) assert.deepEqual(digits[0].box, boxes[0]);
    digits.slice(1).forEach(({ box }, i) => assert.ok(box[0] > digits[i].box[0]));
  }
});

test("nothing, a speck, and a canvas full of ink", () => {
  const reader = new Reader(network(DRAWINGS));
  assert.deepEqual(reader.read(blank), { text: "", digits: [] });
  const speck = blank.values.slice();
  speck[777] = 255;
  assert.deepEqual(reader.read({ ...blank, values: speck }).digits, []);
  const full = reader.read({ ...blank, values: blank.values.map(() => 255) });
  assert.equal(full.digits[0].reason, "not a digit");
});

test("what is remembered does not change an answer", () => {
  const reader = new Reader(network(DRAWINGS));
  const two = drawings.find(({ written }) => written === "48").ink;
  const fresh = new Reader(network(DRAWINGS)).read(two, "strict");
  for (const { ink } of drawings.slice(0, 5)) reader.read(ink);
  reader.read(two, "normal", false);
  assert.deepEqual(reader.read(two, "strict"), fresh);
});

test("a wide gap between numbers is a space", () => {
  const seven = drawings.find(({ written }) => written === "7").ink;
  const width = seven.width * 6;
  const values = new Uint8Array(width * seven.height);
  for (const x of [0, 1, 4, 5].map((place) => place * seven.width)) {
    for (let y = 0; y < seven.height; y++) {
      values.set(seven.values.subarray(y * seven.width, (y + 1) * seven.width), y * width + x);
    }
  }
  assert.equal(new Reader(network(DRAWINGS)).read({ values, width, height: seven.height }).text, "77 77");
});

test("ink of a canvas is its alpha, whatever the colour", () => {
  const data = new Uint8ClampedArray([9, 9, 9, 255, 0, 0, 0, 0, 1, 2, 3, 128, 0, 0, 0, 1]);
  assert.deepEqual(fromCanvas({ data, width: 2, height: 2 }), { values: new Uint8Array([255, 0, 128, 1]), width: 2, height: 2 });
});

test("cropping keeps what there is, and says where", () => {
  assert.equal(cropped(blank), null);
  const values = new Uint8Array(12);
  values[5] = 7; // row 1, column 1 of 4
  assert.deepEqual(cropped({ values, width: 4, height: 3 }), { ink: { values: new Uint8Array([7]), width: 1, height: 1 }, left: 1, top: 1 });
});

test("resizing keeps an even grey even", () => {
  const grey = { values: new Uint8Array(37 * 53).fill(91), width: 37, height: 53 };
  for (const factor of [0.1, 0.37, 0.99, 1, 1.7]) assert.ok(resized(grey, factor).values.every((v) => v === 91), String(factor));
});
