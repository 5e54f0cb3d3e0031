// What the page computes without a browser: the arithmetic that it shows, corrections, files, and answers that settle.

import assert from "node:assert/strict";
import { test } from "node:test";
import { convolution, pooling, softmax, weighing } from "../../src/inkdigits/web/js/arithmetic.js";
import { correct } from "../../src/inkdigits/web/js/correct.js";
import { DIGITS, NUMBERS } from "../../src/inkdigits/web/js/examples.js";
import { written } from "../../src/inkdigits/web/js/formats.js";
import { Settler } from "../../src/inkdigits/web/js/settle.js";
import { around, cornersOf, quartersOf, turned } from "../../src/inkdigits/web/js/upright.js";
import { levels, network, vectors } from "./vectors.mjs";

const glyphs = levels(vectors("engine-classic").glyphs);
const layers = network("classic").look(glyphs.subarray(0, 784));
const [input, conv1, relu1, pool1, conv2, relu2, pool2, flat, dense1, relu3, dense2, probabilities] = layers;
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-5, `${a} is not ${b}`);

test("the arithmetic shown is what the engine has computed, in every cell of every layer", () => {
  for (const [before, conv, relu] of [[input, conv1, relu1], [pool1, conv2, relu2]]) {
    const [maps, rows, columns] = conv.shape;
    for (let map = 0; map < maps; map++) {
      for (let i = 0; i < rows * columns; i += conv === conv1 ? 1 : 7) {
        const { total, output } = convolution(before, conv, map, Math.floor(i / columns), i % columns);
        near(total, conv.values[map * rows * columns + i]);
        near(output, relu.values[map * rows * columns + i]);
      }
    }
  }
  for (const [before, pool] of [[relu1, pool1], [relu2, pool2]]) {
    const [, rows, columns] = pool.shape;
    pool.values.forEach((value, i) => {
      const within = i % (rows * columns);
      const { inputs, output } = pooling(before, pool, Math.floor(i / (rows * columns)), Math.floor(within / columns), within % columns);
      assert.equal(inputs.length, 4);
      assert.equal(output, value);
    });
  }
  dense1.values.forEach((value, i) => near(weighing(flat, dense1, i).total, value));
  dense2.values.forEach((value, i) => near(weighing(relu3, dense2, i).total, value));
  probabilities.values.forEach((value, i) => near(softmax(dense2, i).output, value));
});

test("the terms of a sum come with the largest first, and lose none", () => {
  const { terms, bias, total } = weighing(relu3, dense2, 3);
  near(terms.reduce((sum, { product }) => sum + product, bias), total);
  terms.slice(1).forEach(({ product }, i) => assert.ok(Math.abs(product) <= Math.abs(terms[i].product)));
  for (const { value, weight, product } of terms) assert.equal(value * weight, product);
});

const digit = (label, left, confidence = 0.99) => ({
  label, best: label ?? 7, confidence, reason: label === null ? "unsure" : null, box: [left, 10, left + 20, 50],
  probabilities: Array.from({ length: 10 }, (_, i) => (i === (label ?? 7) ? 0.91 : 0.01)),
});
const page = () => ({
  source: "=a,b.png", page: 1, pages: 1, rotation: 0, size: [200, 100], text: "6,?\n1",
  lines: [
    { text: "6,?", confidence: 0.5, expected: null, box: [0, 10, 60, 50], digits: [digit(6, 0), digit(null, 40, 0.5)] },
    { text: "1", confidence: 0.99, expected: null, box: [0, 60, 20, 90], digits: [digit(1, 0)] },
  ],
});

test("a correction reaches the digit, its line and its page; separators stay", () => {
  const own = page();
  correct(own, 0, 1, 5);
  assert.equal(own.text, "6,5\n1");
  assert.deepEqual([own.lines[0].digits[1].label, own.lines[0].digits[1].corrected], [5, true]);
  correct(own, 1, 0, null);
  assert.equal(own.text, "6,5");
  correct(own, 0, 0, null);
  assert.equal(own.text, ",5");
});

test("files: text, CSV that no spreadsheet takes for a formula, JSON", () => {
  assert.equal(written([page()], "txt"), "6,?\n1\n");
  const [head, first, second] = written([page()], "csv").split("\n");
  assert.equal(head, "source,page,pages,line,lines,text,digits,confidence,expected,left,top,right,bottom");
  assert.equal(first, '"./=a,b.png",1,1,1,2,"6,?",6?,0.5,,0,10,60,50');
  assert.equal(second, '"./=a,b.png",1,1,2,2,1,1,0.99,,0,60,20,90');
  const blank = { ...page(), source: "x.png", lines: [], text: "" };
  assert.equal(written([blank], "csv").split("\n")[1], "x.png,1,1,0,0,,,,,,,,");
  assert.deepEqual(JSON.parse(written([page()], "json")), page());
  assert.equal(JSON.parse(written([page(), page()], "json")).length, 2);
});

test("answers settle: one frame tells nothing, one odd frame changes nothing, what is gone goes", () => {
  const settler = new Settler();
  assert.deepEqual(settler.add("42", [digit(4, 0), digit(2, 30)]), { text: "", digits: [] });
  let settled;
  for (let i = 0; i < 5; i++) settled = settler.add("42", [digit(4, i), digit(2, 30 + i)]);
  assert.equal(settled.text, "42");
  assert.deepEqual(settled.digits.map(({ label }) => label), [4, 2]);
  settled = settler.add("92", [digit(9, 5), digit(2, 35)]);
  assert.equal(settled.text, "42");
  assert.equal(settled.digits[0].label, 4);
  for (let i = 0; i < 9; i++) settled = settler.add("", []);
  assert.deepEqual(settled, { text: "", digits: [] });
});

test("a digit that is followed is where the frames show it, however it is turned there", () => {
  const settler = new Settler();
  const tilted = (dx) => ({ ...digit(4, 0), polygon: [[5 + dx, 10], [20 + dx, 15], [15 + dx, 50], [dx, 45]] });
  let settled;
  for (let i = 0; i < 12; i++) settled = settler.add("4", [tilted(i < 4 ? 0 : 4)]);
  const [{ corners }] = settled.digits;
  tilted(4).polygon.forEach(([x, y], i) => assert.ok(Math.hypot(corners[i][0] - x, corners[i][1] - y) < 0.1));
  const plain = new Settler();
  for (let i = 0; i < 4; i++) settled = plain.add("4", [digit(4, 0)]);
  assert.deepEqual(settled.digits[0].corners, [[0, 10], [20, 10], [20, 50], [0, 50]]);
});

test("four turns by a right angle come back, and each turns a picture on its side", () => {
  const [size, point] = [[300, 200], [30, 50]];
  assert.deepEqual(turned(point, size, 0), point);
  assert.deepEqual(turned(point, size, 1), [50, 270]); // what was right is up now
  let [at, now] = [point, size];
  for (let quarters = 1; quarters <= 4; quarters++) {
    [at, now] = [turned(at, now, 1), [now[1], now[0]]];
    assert.deepEqual(at, turned(point, size, quarters % 4));
  }
  for (const [rotation, quarters] of [[0, 0], [-8, 0], [7.5, 0], [90, 1], [98, 1], [172, 2], [270, 3], [352, 0]]) {
    assert.equal(quartersOf(rotation), quarters);
  }
});

test("corners: the polygon where there is one, else the box's; what surrounds them", () => {
  const polygon = [[5, 10], [20, 15], [15, 50], [0, 45]];
  assert.deepEqual(cornersOf({ box: [1, 2, 3, 4], polygon }), polygon);
  assert.deepEqual(cornersOf({ box: [1, 2, 3, 4] }), [[1, 2], [3, 2], [3, 4], [1, 4]]);
  assert.equal(cornersOf({ box: null, polygon: null }), null);
  assert.deepEqual(around(polygon), [0, 10, 20, 50]);
});

test("examples stay in their frame", () => {
  for (const { curves, width } of [...DIGITS, ...NUMBERS]) {
    for (const curve of curves) {
      assert.ok(curve.length >= 4 && curve.length % 2 === 0);
      curve.forEach((v, i) => assert.ok(v >= -0.08 && v <= (i % 2 ? 1 : width) + 0.08));
    }
  }
});
