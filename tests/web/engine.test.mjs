// The page's engine against what ONNX Runtime gives with the same rounded weights.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { decide } from "../../src/inkdigits/web/js/decide.js";
import { floats, largestDifference, levels, network, vectors } from "./vectors.mjs";

const names = readdirSync(new URL("../vectors/", import.meta.url))
  .filter((file) => file.startsWith("engine-"))
  .map((file) => file.slice("engine-".length, -".json".length));

const argmax = (row) => row.indexOf(Math.max(...row));

for (const name of names) {
  const expected = vectors(`engine-${name}`);
  const net = network(name);
  const glyphs = levels(expected.glyphs);
  const classes = net.classes.length;
  const count = glyphs.length / 784;

  test(`${name}: equal labels, and probabilities within 1e-4`, () => {
    const ours = net.run(glyphs);
    const theirs = floats(expected.probabilities);
    assert.equal(count, 100);
    assert.ok(largestDifference(ours, theirs) < 1e-4);
    for (let i = 0; i < count; i++) {
      const [from, to] = [i * classes, (i + 1) * classes];
      assert.equal(argmax(ours.subarray(from, to)), argmax(theirs.subarray(from, to)), `glyph ${i}`);
    }
  });

  test(`${name}: every layer within 1e-3`, () => {
    expected.layers[0].values.forEach((_, glyph) => {
      const layers = net.look(glyphs.subarray(glyph * 784, (glyph + 1) * 784));
      assert.equal(layers.length, expected.layers.length);
      layers.forEach((layer, i) => {
        const { shape, values } = expected.layers[i];
        assert.deepEqual(layer.shape, shape, layer.name);
        const sample = layer.values.filter((_, at) => at % expected.stride === 0);
        assert.ok(largestDifference(sample, floats(values[glyph])) < 1e-3, layer.name);
      });
    });
  });

  test(`${name}: the same answers and reasons at every level of trust`, () => {
    const raw = net.run(glyphs);
    const calibrated = floats(expected.calibrated);
    for (const [trust, answers] of Object.entries(expected.answers)) {
      answers.forEach(([label, best, confidence, reason], i) => {
        const row = raw.subarray(i * classes, (i + 1) * classes);
        const answer = decide(row, net.temperature, net.thresholds[trust]);
        assert.deepEqual([answer.label, answer.best, answer.reason], [label, best, reason], `glyph ${i}, ${trust}`);
        assert.ok(Math.abs(answer.confidence - confidence) < 1e-4);
        assert.ok(largestDifference(answer.probabilities, calibrated.subarray(i * 10, i * 10 + 10)) < 1e-4);
      });
    }
  });

  test(`${name}: a glyph's answer does not depend on what was read before`, () => {
    const alone = net.run(glyphs.subarray(784, 2 * 784));
    net.look(glyphs.subarray(5 * 784, 6 * 784));
    assert.deepEqual(alone, net.run(glyphs.subarray(784, 2 * 784)));
    assert.throws(() => net.run(glyphs.subarray(0, 783)), /no number of 28×28 pictures/);
  });

  test(`${name}: one cell by the arithmetic that the page shows`, () => {
    const layers = net.look(glyphs.subarray(0, 784));
    const conv = layers.find(({ type }) => type === "conv");
    const [filters, , high, wide] = [conv.shape[0], 1, ...net.steps[0].kernel.shape.slice(2)];
    const [row, column, filter] = [9, 11, filters - 1];
    let sum = conv.bias[filter];
    for (let i = 0; i < high; i++) {
      for (let j = 0; j < wide; j++) {
        sum += layers[0].values[(row + i) * 28 + column + j] * conv.kernel[(filter * high + i) * wide + j];
      }
    }
    assert.ok(Math.abs(conv.values[(filter * conv.shape[1] + row) * conv.shape[2] + column] - sum) < 1e-5);
  });
}
