// What the Node tests share: networks and reference vectors from files.

import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { Network } from "../../src/inkdigits/web/js/engine.js";
import { parse } from "../../src/inkdigits/web/js/weights.js";

const VECTORS = new URL("../vectors/", import.meta.url);
const MODELS = new URL("../../src/inkdigits/web/models/", import.meta.url);

export const vectors = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, VECTORS), "utf-8"));

export const bytes = (name) => new Uint8Array(readFileSync(new URL(`${name}.bin`, MODELS))).buffer;

export const network = (name) => new Network(parse(bytes(name), name));

export const levels = (text) => new Uint8Array(inflateSync(Buffer.from(text, "base64")));

export const floats = (text) => new Float32Array(new Uint8Array(Buffer.from(text, "base64")).buffer);

export function largestDifference(a, b) {
  if (a.length !== b.length) throw new Error(`${a.length} values beside ${b.length}`);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

/** The recorded drawings: what each shows, its strokes, and which signs of the text each stroke belongs to. */
export function recorded() {
  const { steps, drawings } = vectors("strokes");
  const data = inflateSync(Buffer.from(steps, "base64"));
  const all = new Int16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
  const count = all.length / 3;
  let at = 0;
  return drawings.map(({ lengths, pen, ...drawing }) => {
    const strokes = lengths.map((length) => {
      const stroke = { width: pen, points: [], times: [] };
      for (let [i, x, y, t] = [0, 0, 0, 0]; i < length; i++, at++) {
        x += all[at];
        y += all[count + at];
        t += all[2 * count + at];
        stroke.points.push(x / 2, y / 2);
        stroke.times.push(t);
      }
      return stroke;
    });
    return { ...drawing, strokes };
  });
}
