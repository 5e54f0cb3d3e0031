// @ts-check
// The layers of the classic network as they are shown: each with its pictures and the arithmetic of the chosen cell.

import { convolution, pooling, softmax, weighing } from "./arithmetic.js";
import { make, press, rove } from "./dom.js";
import { figure, sums, rectified, square, terms } from "./sums.js";
import { glow, grey, paint, signed } from "./picture.js";
import { Cells, mosaic, Plate } from "./plates.js";

/**
 * @typedef {import("./engine.js").Layer} Layer
 * @typedef {{ element: HTMLElement, show: () => void }} Stage  `show`: there are other values
 */

/** @param {ArrayLike<number>} values */
const largest = (values) => Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** @param {ArrayLike<number>} values */
const top = (values) => Array.from(values).reduce((best, value, i) => (value > values[best] ? i : best), 0);

/** @param {string} name @param {HTMLElement} sum @param {Node[]} content */
function staged(name, sum, ...content) {
  sum.className = "sum";
  const element = make("div", { class: "view stack", "data-stage": name }, ...content, sum);
  // Sums are told where the focus is, and not by all layers at once when another digit is shown.
  element.addEventListener("focusin", () => sum.setAttribute("aria-live", "polite"));
  element.addEventListener("focusout", () => sum.removeAttribute("aria-live"));
  return element;
}

/** The picture itself. @param {() => Layer} layer @returns {Stage} */
export function input(layer) {
  const sum = make("div");
  const cells = new Cells("The picture", (row, column) => {
    const value = layer().values[row * 28 + column];
    const level = Math.round(value * 255);
    sum.replaceChildren(make("p", {}, `Row ${row + 1}, column ${column + 1}: grey level ${level} of 255, so ${level} / 255 = ${figure(value)}.`));
  });
  const show = () => {
    const { values } = layer();
    cells.show("28 × 28 pixels", values, 28, grey);
    const best = top(values);
    cells.choose(Math.floor(best / 28), best % 28);
  };
  return { element: staged("input", sum, cells.element), show };
}

/**
 * A layer of maps: a button for each, and the chosen one large beside what it was made from.
 * @param {string} name @param {() => { before: Layer, step: Layer, shown: Layer }} layers  `step` computes, `shown` is after ReLU
 * @param {(map: number, row: number, column: number, plates: { before: Plate, filter: Plate }) => Node[]} explain
 * @returns {Stage}
 */
function maps(name, layers, explain) {
  const sum = make("div");
  const thumbs = make("div", { class: "maps", role: "group", "aria-label": "Maps of this layer" });
  const plates = { before: new Plate("What comes in"), filter: new Plate("The filter") };
  let map = 0;
  const cells = new Cells("The map", (row, column) => sum.replaceChildren(...explain(map, row, column, plates)));
  const hasFilter = name.startsWith("conv");
  const paired = name === "conv1"; // a filter of 5×5 can be shown small; one of 32 slices cannot

  const choose = (/** @type {number} */ which) => {
    map = which;
    press(thumbs, map);
    const { shape: [, rows, columns], values } = layers().shown;
    const own = values.subarray(map * rows * columns, (map + 1) * rows * columns);
    cells.show(`Map ${map + 1}: ${rows} × ${columns} cells`, own, columns, glow(largest(values)));
    const best = top(own);
    cells.choose(Math.floor(best / columns), best % columns);
  };
  thumbs.addEventListener("click", (event) => {
    const thumb = event.target instanceof Element ? event.target.closest("button") : null;
    if (thumb) choose([...thumbs.children].indexOf(thumb));
  });
  rove(thumbs, () => getComputedStyle(thumbs).gridTemplateColumns.split(" ").length);

  const show = () => {
    const { shown: { shape: [count, rows, columns], values }, step } = layers();
    const first = !thumbs.children.length;
    for (let i = 0; i < count; i++) {
      const thumb = thumbs.children[i] ?? thumbs.appendChild(make("button", { "aria-label": `Map ${i + 1}` }, make("canvas")));
      const canvases = thumb.getElementsByTagName("canvas");
      paint(canvases[0], values.subarray(i * rows * columns, (i + 1) * rows * columns), columns, glow(largest(values)));
      if (paired && first && step.kernel) {
        const filter = thumb.insertBefore(make("canvas"), canvases[0]);
        paint(filter, step.kernel.subarray(i * 25, (i + 1) * 25), 5, signed(largest(step.kernel)));
      }
    }
    if (first) map = Math.floor(top(values) / (rows * columns));
    choose(map);
  };
  thumbs.classList.toggle("paired", paired);
  plates.filter.field.classList.add("small");
  const shown = hasFilter ? [plates.before, plates.filter, cells] : [plates.before, cells];
  return { element: staged(name, sum, thumbs, make("div", { class: "scope" }, ...shown.map((plate) => plate.element))), show };
}

/** @param {string} name @param {() => { before: Layer, step: Layer, shown: Layer }} layers @returns {Stage} */
export function convolved(name, layers) {
  return maps(name, layers, (map, row, column, plates) => {
    const { before, step } = layers();
    const { parts, wide, bias, total } = convolution(before, step, map, row, column);
    const single = parts.length === 1;
    const order = [...parts].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
    const main = order.slice(0, 3);
    const [{ map: source, weights }] = main;
    const side = before.shape[2];
    const seen = before.values.subarray(source * side * side, (source + 1) * side * side);
    const inputs = single ? grey : glow(largest(before.values));
    const tones = signed(largest(step.kernel ?? []));
    plates.before.show(single ? "The picture" : `Map ${source + 1} before`, seen, side, inputs);
    plates.before.mark(row, column, wide, wide);
    plates.filter.show(single ? `Filter ${map + 1}` : `Filter ${map + 1}, for that map`, weights, wide, tones);
    const squares = main.map((part, i) => {
      const products = part.inputs.map((value, i) => value * part.weights[i]);
      const written = terms(
        square("what it sees", part.inputs, wide, inputs), "×", square("weights", part.weights, wide, tones), "=",
        square("products", products, wide, signed(largest(products))),
      );
      written.classList.toggle("more", i > 0); // small screens have no room for more than one
      if (!single) written.prepend(make("span", { class: "of" }, `Map ${part.map + 1}`));
      return written;
    });
    const rest = order.slice(3).reduce((sum, part) => sum + part.sum, 0);
    /** @type {[string, number][]} */
    const lines = single
      ? [[`sum of ${wide * wide} products`, parts[0].sum]]
      : [...main.map((part) => /** @type {[string, number]} */ ([`map ${part.map + 1}`, part.sum])), [`the other ${order.length - 3} maps`, rest]];
    return [where(map, row, column), ...squares, sums([...lines, ["bias", bias]], rectified(total))];
  });
}

/** @param {string} name @param {() => { before: Layer, step: Layer, shown: Layer }} layers @returns {Stage} */
export function pooled(name, layers) {
  return maps(name, layers, (map, row, column, plates) => {
    const { before, step } = layers();
    const { inputs, side, output } = pooling(before, step, map, row, column);
    const columns = before.shape[2];
    const seen = before.values.subarray(map * columns * columns, (map + 1) * columns * columns);
    const palette = glow(largest(before.values));
    plates.before.show(`Map ${map + 1} before`, seen, columns, palette);
    plates.before.mark(row * side, column * side, side, side);
    return [where(map, row, column), terms(square("the square", inputs, side, palette)), sums([], [["the largest of the four", output]])];
  });
}

/** @param {number} map @param {number} row @param {number} column */
const where = (map, row, column) => make("h4", {}, `Map ${map + 1}, row ${row + 1}, column ${column + 1}`);

/** 128 neurons. @param {() => { before: Layer, step: Layer, shown: Layer }} layers  `before` has maps @returns {Stage} */
export function neurons(layers) {
  const sum = make("div");
  const plates = [new Plate("in"), new Plate("weights"), new Plate("products")];
  const across = 16;
  const cells = new Cells("The neurons", (row, column) => {
    const { before, step } = layers();
    const [, rows, columns] = before.shape;
    const neuron = row * across + column;
    const { terms: all, products, weights, bias, total } = weighing(before, step, neuron);
    const tiled = (/** @type {ArrayLike<number>} */ values) => mosaic(values, rows, 8);
    plates[0].show("The 64 maps", tiled(before.values), 8 * columns, glow(largest(before.values)));
    plates[1].show(`Weights of neuron ${neuron + 1}`, tiled(weights), 8 * columns, signed(largest(weights)));
    plates[2].show("Products", tiled(products), 8 * columns, signed(largest(products)));
    const name = (/** @type {number} */ i) => {
      const within = i % (rows * columns);
      return `map ${Math.floor(i / (rows * columns)) + 1}, row ${Math.floor(within / columns) + 1}, column ${(within % columns) + 1}`;
    };
    sum.replaceChildren(make("h4", {}, `Neuron ${neuron + 1}`), sums([...summed(all, name), ["bias", bias]], rectified(total)));
  });
  const show = () => {
    const { values } = layers().shown;
    cells.show("128 neurons", values, across, glow(largest(values)));
    const best = top(values);
    cells.choose(Math.floor(best / across), best % across);
  };
  for (const { field } of [...plates, cells]) field.classList.add("middle");
  const scope = make("div", { class: "scope" }, ...plates.map((plate) => plate.element), cells.element);
  return { element: staged("dense1", sum, scope), show };
}

/**
 * Return the five terms that count most, and the rest as one.
 * @param {import("./arithmetic.js").Term[]} all @param {(input: number) => string} name
 * @returns {[string, number][]}
 */
function summed(all, name) {
  const rest = all.slice(5).reduce((sum, { product }) => sum + product, 0);
  return [
    ...all.slice(0, 5).map(({ input, value, weight, product }) => {
      return /** @type {[string, number]} */ ([`${name(input)}: ${figure(value, 3)} × ${figure(weight, 3)}`, product]);
    }),
    [`the other ${(all.length - 5).toLocaleString("en")} products`, rest],
  ];
}

/**
 * Ten values, one for each digit, and how the chosen one was made.
 * @param {string} name @param {() => Layer} layer @param {(digit: number) => Node[]} explain @param {number} decimals
 * @returns {Stage}
 */
function ten(name, layer, explain, decimals) {
  const sum = make("div");
  const list = make("div", { class: "scores", role: "group", "aria-label": "The ten digits" });
  const fills = Array.from({ length: 10 }, (_, digit) => {
    const fill = make("span", { class: "fill" });
    const value = make("span");
    const row = make("button", {}, make("b", {}, String(digit)), make("span", { class: "track" }, fill), value);
    row.addEventListener("click", () => choose(digit));
    row.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && choose(digit));
    list.append(row);
    return { fill, value };
  });
  rove(list, () => 1);
  const choose = (/** @type {number} */ digit) => {
    press(list, digit);
    sum.replaceChildren(...explain(digit));
  };
  const show = () => {
    const { values } = layer();
    fills.forEach(({ fill, value }, digit) => {
      fill.style.transform = `scaleX(${Math.abs(values[digit]) / largest(values)})`;
      fill.style.background = values[digit] < 0 ? "var(--against)" : "";
      value.textContent = figure(values[digit], decimals);
    });
    choose(top(values));
  };
  return { element: staged(name, sum, list), show };
}

/** @param {() => { before: Layer, step: Layer }} layers @returns {Stage} */
export function scores(layers) {
  const explain = (/** @type {number} */ digit) => {
    const { before, step } = layers();
    const { terms: all, bias, total } = weighing(before, step, digit);
    const lines = summed(all, (input) => `neuron ${input + 1}`);
    return [make("h4", {}, `The score of ${digit}`), sums([...lines, ["bias", bias]], [["= score", total]])];
  };
  return ten("dense2", () => layers().step, explain, 2);
}

/** @param {() => { before: Layer, step: Layer }} layers @returns {Stage} */
export function probabilities(layers) {
  const explain = (/** @type {number} */ digit) => {
    const { score, most, power, all, output } = softmax(layers().before, digit);
    const steps = make("p", {}, `e^(${figure(score)} − ${figure(most)}) = ${figure(power)}; all ten together: ${figure(all)}`);
    const why = make("p", { class: "dim" }, "The largest score is subtracted from all first: that changes nothing in the result, and keeps the powers small.");
    return [make("h4", {}, `The probability of ${digit}`), steps, sums([], [[`${figure(power)} / ${figure(all)}`, output]]), why];
  };
  return ten("softmax", () => layers().step, explain, 4);
}
