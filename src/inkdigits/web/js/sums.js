// @ts-check
// Arithmetic written out: squares of numbers, and sums line by line.

import { make } from "./dom.js";
import { readable } from "./picture.js";

/** Return a number with so many decimals and a true minus. @param {number} value @param {number} [decimals] */
export function figure(value, decimals = 4) {
  const text = value.toFixed(decimals);
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

/**
 * Return numbers as a table of squares in the colours of the picture that they are from.
 * @param {string} title @param {number[]} values @param {number} columns @param {import("./picture.js").Palette} palette
 */
export function square(title, values, columns, palette) {
  const rows = [];
  for (let i = 0; i < values.length; i += columns) {
    const cells = values.slice(i, i + columns).map((value) => {
      const cell = make("td", {}, figure(value, 3));
      Object.assign(cell.style, readable(palette(value)));
      return cell;
    });
    rows.push(make("tr", {}, ...cells));
  }
  return make("table", { class: "numbers" }, make("caption", {}, title), make("tbody", {}, ...rows));
}

/** Return squares with a sign between them. @param {(Node | string)[]} parts  tables, and signs between */
export function terms(...parts) {
  return make("div", { class: "terms" }, ...parts.map((part) => (typeof part === "string" ? make("b", {}, part) : part)));
}

/**
 * Return a sum written out. A line is its name and its number; the last lines are what it comes to.
 * @param {[name: string, value: number][]} lines @param {[name: string, value: number][]} totals
 */
export function sums(lines, totals) {
  /** @param {[string, number]} line @param {string} kind @param {boolean} coloured */
  const row = ([name, value], kind, coloured) => {
    const tone = coloured && value ? (value > 0 ? "for" : "against") : "";
    return make("tr", { class: kind }, make("th", { scope: "row" }, name), make("td", { class: tone }, figure(value)));
  };
  const body = [...lines.map((line) => row(line, "", true)), ...totals.map((line) => row(line, "total", false))];
  return make("table", { class: "sums" }, make("tbody", {}, ...body));
}

/** Return the last lines of a sum that ReLU follows. @param {number} total @returns {[string, number][]} */
export function rectified(total) {
  return [
    ["= sum", total],
    [total > 0 ? "ReLU keeps what is positive" : "ReLU makes what is negative 0", Math.max(0, total)],
  ];
}
