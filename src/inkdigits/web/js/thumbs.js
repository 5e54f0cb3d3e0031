// @ts-check
// Examples as buttons, each with a small drawing of itself; and examples as pictures on paper.

import { drawn, make } from "./dom.js";

/** @typedef {import("./examples.js").Example} Example */

/**
 * Return a button that shows an example.
 * @param {Example} example @param {() => void} pressed
 */
export function pressable({ name, curves, width }, pressed) {
  const margin = 0.08;
  const box = [-margin, -margin, width + 2 * margin, 1 + 2 * margin].map((v) => v.toFixed(2)).join(" ");
  const path = curves.map(line).join("");
  const picture = drawn("svg", { viewBox: box, "aria-hidden": "true" }, drawn("path", { d: path }));
  const made = make("button", { "aria-label": `Example: ${name}`, class: width > 2 ? "wide" : width > 1.3 ? "middling" : "" }, picture);
  made.addEventListener("click", pressed);
  return made;
}

/** @param {number[]} curve */
function line(curve) {
  return curve.map((v, i) => (i % 2 ? " " : i ? "L" : "M") + v.toFixed(3)).join("");
}

/**
 * Draw an example.
 * @param {CanvasRenderingContext2D} canvas @param {Example} example
 * @param {number} left @param {number} top @param {number} height @param {number} pen
 */
function trace(canvas, { curves }, left, top, height, pen) {
  canvas.lineCap = canvas.lineJoin = "round";
  canvas.lineWidth = pen;
  for (const curve of curves) {
    canvas.beginPath();
    for (let i = 0; i < curve.length; i += 2) canvas.lineTo(left + curve[i] * height, top + curve[i + 1] * height);
    canvas.stroke();
  }
}

/**
 * Return numbers as a picture of a ruled sheet, one a line.
 * @param {Example[]} numbers
 * @returns {Promise<Blob>}
 */
export function sheet(numbers) {
  const [width, step] = [640, 190];
  const canvas = make("canvas", { width: String(width), height: String(step * numbers.length + 90) });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const light = pen.createLinearGradient(0, 0, width, canvas.height);
  light.addColorStop(0, "#fbf8f0");
  light.addColorStop(1, "#d9d4c8");
  pen.fillStyle = light;
  pen.fillRect(0, 0, width, canvas.height);
  numbers.forEach((number, i) => {
    const foot = 70 + step * (i + 0.72);
    pen.strokeStyle = "#b9cbe0";
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(0, foot + 16);
    pen.lineTo(width, foot + 16);
    pen.stroke();
    pen.strokeStyle = "#27408b";
    trace(pen, number, 110 + 25 * i, foot - 104, 104, 9);
  });
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("this browser makes no PNG"))), "image/png"),
  );
}
