// @ts-check
// The page's two networks, each fetched once: the one that answers drawings, and the classic one to look inside.

import { load } from "./weights.js";

const DRAWINGS = "models/small.bin";
const CLASSIC = "models/classic.bin";

/** @param {string} name */
const fetched = (name) => load(new URL(name, document.baseURI));

/** @type {Promise<import("./weights.js").Weights> | undefined} */
let drawings;
/** @type {Promise<import("./engine.js").Network> | undefined} */
let inside;

/** The weights of the network that answers drawings. Rejects with WeightsError. */
export function forDrawings() {
  drawings ??= fetched(DRAWINGS);
  drawings.catch(() => (drawings = undefined)); // asked again, it is fetched again
  return drawings;
}

/** The classic network. Rejects with WeightsError. */
export function classic() {
  inside ??= Promise.all([fetched(CLASSIC), import("./engine.js")]).then(([weights, { Network }]) => new Network(weights));
  inside.catch(() => (inside = undefined));
  return inside;
}
