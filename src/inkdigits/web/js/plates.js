// @ts-check
// Pictures of numbers that can be pointed at: cell by cell with the pointer, or with the arrow keys.

import { make } from "./dom.js";
import { paint } from "./picture.js";

/** A picture of values with its caption, and a frame around some of its cells. */
export class Plate {
  /** @param {string} title */
  constructor(title) {
    this.rows = this.columns = 1;
    this.canvas = make("canvas", { role: "img", "aria-label": title });
    this.frame = make("i", { hidden: "" });
    this.field = make("div", { class: "field" }, this.canvas, this.frame);
    this.caption = make("figcaption", {}, title);
    this.element = make("figure", {}, this.caption, this.field);
  }

  /**
   * @param {string} title @param {ArrayLike<number>} values @param {number} columns
   * @param {import("./picture.js").Palette} palette
   */
  show(title, values, columns, palette) {
    this.caption.textContent = title;
    this.canvas.setAttribute("aria-label", title);
    this.columns = columns;
    this.rows = Math.ceil(values.length / columns);
    paint(this.canvas, values, columns, palette);
  }

  /** Frame some cells. @param {number} row @param {number} column @param {number} high @param {number} wide */
  mark(row, column, high, wide) {
    this.frame.hidden = false;
    const sides = { left: column / this.columns, top: row / this.rows, width: wide / this.columns, height: high / this.rows };
    for (const [side, share] of Object.entries(sides)) this.frame.style.setProperty(side, `${100 * share}%`);
  }
}

/** A plate of which one cell is chosen. */
export class Cells extends Plate {
  /** @param {string} title @param {(row: number, column: number) => void} chosen */
  constructor(title, chosen) {
    super(title);
    this.row = this.column = 0;
    this.chosen = chosen;
    this.field.classList.add("cells");
    this.field.tabIndex = 0;
    this.field.setAttribute("role", "application");
    this.field.addEventListener("pointermove", (event) => this.point(event));
    this.field.addEventListener("pointerdown", (event) => this.point(event));
    this.field.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
      const step = steps[/** @type {keyof typeof steps} */ (event.key)];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.choose(this.row + step[0], this.column + step[1]);
    });
  }

  /** @param {string} title @param {ArrayLike<number>} values @param {number} columns @param {import("./picture.js").Palette} palette */
  show(title, values, columns, palette) {
    super.show(title, values, columns, palette);
    this.field.setAttribute("aria-label", `${title}: ${this.rows} rows, ${this.columns} columns; arrow keys choose a cell`);
  }

  /** @param {PointerEvent} event */
  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * this.rows);
    const column = Math.floor(((event.clientX - box.left) / box.width) * this.columns);
    if (row !== this.row || column !== this.column) this.choose(row, column);
  }

  /** Choose a cell, or the nearest one that there is. @param {number} row @param {number} column */
  choose(row, column) {
    this.row = Math.min(Math.max(row, 0), this.rows - 1);
    this.column = Math.min(Math.max(column, 0), this.columns - 1);
    this.mark(this.row, this.column, 1, 1);
    this.chosen(this.row, this.column);
  }
}

/**
 * Return maps side by side as one picture, row by row.
 * @param {ArrayLike<number>} values  [maps, side, side] @param {number} side @param {number} across  maps in a row
 */
export function mosaic(values, side, across) {
  const columns = side * across;
  const laid = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const map = Math.floor(i / (side * side));
    const within = i % (side * side);
    const row = Math.floor(map / across) * side + Math.floor(within / side);
    laid[row * columns + (map % across) * side + (within % side)] = values[i];
  }
  return laid;
}
