// Glyphs: the same as Python's from the same ink, and nearly the same from the strokes themselves.

import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, glyphOfCurves } from "../../src/inkdigits/web/js/glyphs.js";
import { resized } from "../../src/inkdigits/web/js/ink.js";
import { glyph } from "../../src/inkdigits/web/js/normalise.js";
import { largestDifference, levels, network, vectors } from "./vectors.mjs";

const TOLERANCE = 2; // grey levels: OpenCV rounds with whole numbers where we compute with fractions
const MEAN = 8; // grey levels, over the glyph: two ways to draw a line differ along its edges, by half a pixel at most

const digits = vectors("glyphs").map((digit) => ({
  ...digit,
  ink: { values: levels(digit.ink), width: digit.shape[1], height: digit.shape[0] },
  glyph: levels(digit.glyph),
}));

test(`the glyphs that Python makes of ink, within ${TOLERANCE} grey levels`, () => {
  assert.equal(digits.length, 30);
  for (const { label, ink, glyph: theirs } of digits) {
    const difference = largestDifference(glyph(ink), theirs);
    assert.ok(difference <= TOLERANCE, `${label}, ${ink.height} rows: ${difference}`);
  }
});

test("strokes give the glyphs that their ink gives, and the network the same answer", () => {
  const net = network("small");
  const best = (own) => net.run(own).reduce((most, p, i, all) => (p > all[most] ? i : most), 0);
  for (const { label, pen, curves, glyph: theirs } of digits.slice(0, 20)) {
    const ours = glyph(drawn(curves, pen, 1));
    // Where the centre of mass is half way between two pixels, one of the two may lie a pixel further on.
    const shifts = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => 28 * down + right));
    const difference = Math.min(...shifts.map((shift) => ours.reduce((sum, v, i) => sum + Math.abs(v - (theirs[i + shift] ?? 0)), 0) / 784));
    assert.ok(difference <= MEAN, `${label}, pen ${pen}: ${difference}`);
    assert.equal(best(glyphOfCurves(curves, pen)), best(theirs), `${label}, pen ${pen}`);
  }
});

test("the size of a drawing and the place on the paper do not matter", () => {
  for (const { label, pen, curves } of digits.slice(0, 10)) {
    const moved = curves.map((points) => points.map((v, i) => 0.5 * v + (i % 2 ? 31 : 7)));
    assert.ok(largestDifference(glyphOfCurves(curves, pen), glyphOfCurves(moved, 0.5 * pen)) <= 2, String(label));
  }
});

test("a pen that is too thin or too thick for the network is drawn as one that it knows", () => {
  const { curves } = digits[3];
  assert.deepEqual(glyphOfCurves(curves, 1), glyphOfCurves(curves, 2));
  assert.deepEqual(glyphOfCurves(curves, 60), glyphOfCurves(curves, 90));
});

test("a tap is a dot", () => {
  const dot = glyphOfCurves([[5, 5]], 10);
  assert.ok(dot.some((v) => v > 200));
  assert.equal(dot.length, 784);
});

test("resizing keeps an even grey even", () => {
  const grey = { values: new Uint8Array(37 * 53).fill(91), width: 37, height: 53 };
  for (const factor of [0.1, 0.37, 0.99, 1, 1.7]) assert.ok(resized(grey, factor).values.every((v) => v === 91), String(factor));
});
