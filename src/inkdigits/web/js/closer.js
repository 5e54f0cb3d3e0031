// @ts-check
// A worker for closer looks: a large drawing may take seconds, in which the pen must not stand still.

import { Network } from "./engine.js";
import { Reader } from "./reading.js";

/** @type {Reader | undefined} */
let reader;

/** Takes the weights once, then questions, each answered with its number. */
addEventListener("message", ({ data }) => {
  if (data.weights) reader = new Reader(new Network(data.weights));
  else if (reader) postMessage({ number: data.number, reading: reader.read(data.strokes) });
});
