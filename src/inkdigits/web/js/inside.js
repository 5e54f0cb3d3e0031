// @ts-check
// The tab "Look inside": a digit's way through the classic network, layer by layer.

import { byId, make, press } from "./dom.js";
import { DIGITS } from "./examples.js";
import { glyphOfCurves } from "./glyphs.js";
import { LESSONS } from "./lessons.js";
import { classic } from "./networks.js";
import { convolved, input, neurons, pooled, probabilities, scores } from "./stages.js";
import { pressable } from "./thumbs.js";

/** @typedef {import("./reading.js").Digit} Digit */

const PEN = 0.1; // width of the pen that writes the examples, as a share of their height
const FIRST = 7; // the example that is shown where nothing is drawn

/**
 * Set the tab up.
 * @param {() => Digit | null} drawing  the digit that is chosen of what is drawn, if anything is
 * @returns {(digit: Digit | null) => void}  shows a digit; null: what is drawn, or else what was shown before
 */
export function inside(drawing) {
  const state = byId("inside-state", HTMLElement);
  const list = byId("layers", HTMLElement);
  const examples = byId("inside-examples", HTMLElement);
  /** @type {import("./engine.js").Layer[]} */
  let layers = [];
  /** @type {Uint8Array | null} */
  let shown = null;
  /** @type {number | null} */
  let answered = null;
  /** @type {import("./engine.js").Network | null} */
  let network = null;

  // Where the layers are: the input, then two of convolution, ReLU and pooling; flatten, dense, ReLU; dense, softmax.
  /** @param {number} before @param {number} step @param {number} after */
  const at = (before, step, after) => () => ({ before: layers[before], step: layers[step], shown: layers[after] });
  const stages = {
    input: input(() => layers[0]),
    conv1: convolved("conv1", at(0, 1, 2)),
    pool1: pooled("pool1", at(2, 3, 3)),
    conv2: convolved("conv2", at(3, 4, 5)),
    pool2: pooled("pool2", at(5, 6, 6)),
    dense1: neurons(at(6, 8, 9)),
    dense2: scores(at(9, 10, 10)),
    softmax: probabilities(at(10, 11, 11)),
  };

  /**
   * @param {Uint8Array} glyph
   * @param {number | null} said  what the network that reads drawings takes it for, if it was asked
   */
  function show(glyph, said = null) {
    shown = glyph;
    answered = said;
    if (!network) return;
    layers = network.look(glyph);
    if (!list.children.length) {
      for (const [name, { element }] of Object.entries(stages)) {
        const { title, paragraphs } = LESSONS[name];
        const lesson = make("div", { class: "lesson" }, make("h3", {}, title), ...paragraphs.map((words) => make("p", {}, words)));
        list.append(make("li", { class: "layer card" }, lesson, element));
      }
    }
    for (const stage of Object.values(stages)) stage.show();
    const softmax = layers[layers.length - 1].values;
    const best = softmax.indexOf(Math.max(...softmax));
    state.textContent = `The classic network takes this for a ${best}.`;
    if (said !== null && said !== best) {
      state.textContent += ` The tab “Draw” says ${said}: another network answers there, which has learned from more kinds of digits.`;
    }
  }

  const own = make("button", { id: "inside-own", class: "wide" }, "Your drawing");
  own.addEventListener("click", () => {
    const digit = drawing();
    if (digit) show(digit.glyph, digit.best);
    press(examples, 0);
  });
  examples.append(own);
  DIGITS.forEach((example, i) => {
    const made = pressable(example, () => {
      show(glyphOfCurves(example.curves, PEN));
      press(examples, i + 1);
    });
    examples.append(made);
  });

  classic().then(
    (found) => {
      network = found;
      if (shown) show(shown, answered);
    },
    (error) => {
      state.textContent = error.message;
      state.classList.add("failed");
    },
  );

  return (digit) => {
    const drawn = drawing();
    own.disabled = !drawn;
    const next = digit ?? drawn;
    if (next) {
      show(next.glyph, next.best);
      press(examples, 0);
    } else if (!shown) {
      show(glyphOfCurves(DIGITS[FIRST].curves, PEN));
      press(examples, FIRST + 1);
    }
    for (const choice of examples.querySelectorAll("button")) choice.tabIndex = 0;
  };
}
