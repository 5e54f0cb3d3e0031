// The blank with its fields drawn over it, in millimetres: what mouse, pen and finger do on it.

import { at } from "../form_page/asking.js";
import { areaOf, KIND_NAMES, kindOf, rounded } from "./model.js";

/** @import { Area, Model } from "./model.js" */
/** @typedef {[number, number, number, number]} Rect */

const SVG = "http://www.w3.org/2000/svg";
const ZOOMS = [1, 1.5, 2, 3, 4];
const EDGES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
const LEAST = 2; // millimetres of a side

/** @param {string} name @param {Record<string, string | number>} attributes @param {Element[]} [children] */
function element(name, attributes, children = []) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

export class Stage {
  /** @param {Model} model @param {() => string} newKind the kind of a field that is drawn @param {() => void} beforeSelect */
  constructor(model, newKind, beforeSelect) {
    this.model = model;
    this.beforeSelect = beforeSelect;
    this.newKind = newKind;
    this.scroller = at("stage");
    this.svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (at("paper")));
    this.layer = /** @type {SVGGElement} */ (/** @type {unknown} */ (at("fields")));
    this.drawn = /** @type {SVGRectElement} */ (/** @type {unknown} */ (at("drawn")));
    /** @type {Map<string, Element>} */ this.shown = new Map();
    /** What each field was drawn of. @type {WeakMap<Element, any[]>} */ this.states = new WeakMap();
    /** @type {Record<string, Rect[]>} */ this.cells = {};
    /** @type {Record<string, Area>} */ this.cellsOf = {};
    /** @type {string | null} */ this.wrong = null;
    this.zoom = 0;
    /** @type {{id: number, kind: string, x: number, y: number, name: string, area: Area, tag: string} | null} */ this.drag = null;
    this.svg.addEventListener("pointerdown", (event) => this.down(event));
    this.svg.addEventListener("pointermove", (event) => this.moved(event));
    this.svg.addEventListener("pointerup", (event) => this.up(event, true));
    this.svg.addEventListener("pointercancel", (event) => this.up(event, false));
    new ResizeObserver(() => this.draw()).observe(this.scroller);
  }

  /** @param {-1 | 1} way */
  zoomBy(way) {
    const middle = this.middle();
    this.zoom = Math.max(0, Math.min(ZOOMS.length - 1, this.zoom + way));
    this.draw();
    this.scroller.scrollTo(middle.x * this.scale - this.scroller.clientWidth / 2, middle.y * this.scale - this.scroller.clientHeight / 2);
    return ZOOMS[this.zoom];
  }

  /** Pixels of the screen in a millimetre. */
  get scale() { return Math.max(this.scroller.clientWidth, 100) * ZOOMS[this.zoom] / this.model.pages[this.model.page].width; }

  /** The middle of what can be seen, in millimetres. */
  middle() {
    const { clientWidth, clientHeight, scrollLeft, scrollTop } = this.scroller;
    return { x: (scrollLeft + clientWidth / 2) / this.scale, y: (scrollTop + clientHeight / 2) / this.scale };
  }

  draw() {
    const page = this.model.pages[this.model.page];
    this.svg.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
    this.svg.style.width = `${page.width * this.scale}px`;
    this.svg.style.height = `${page.height * this.scale}px`;
    for (const [key, value] of Object.entries(page)) at("blank").setAttribute(key, String(value));
    const names = this.model.names.filter((name) => this.model.pageOf(name) === this.model.page);
    for (const [name, group] of this.shown) if (!names.includes(name)) { group.remove(); this.shown.delete(name); }
    let before = /** @type {Element | null} */ (null);
    for (const name of names) {
      const group = this.shown.get(name) ?? element("g", { class: "field", tabindex: 0, role: "button", "data-name": name });
      this.shown.set(name, group);
      this.one(name, group);
      // In the order of the table, which Tab follows; an element that is moved would lose the focus.
      if (before ? before.nextElementSibling !== group : this.layer.firstElementChild !== group) {
        const isFocused = group === document.activeElement;
        if (before) before.after(group); else this.layer.prepend(group);
        if (isFocused) this.focus(name);
      }
      before = group;
    }
  }

  /** @param {string} name @param {Element} group */
  one(name, group) {
    const field = this.model.template.fields[name], area = areaOf(field), { left, top, width, height } = area;
    const isSelected = name === this.model.selected, isWrong = name === this.wrong, px = 1 / this.scale;
    const cells = this.cells[name] ?? [], of = this.cellsOf[name];
    const state = [field, cells, of, isSelected, isWrong, px];
    if (state.every((value, i) => value === this.states.get(group)?.[i])) return;
    this.states.set(group, state);
    group.setAttribute("class", `field${isSelected ? " selected" : ""}${isWrong ? " wrong" : ""}`);
    group.setAttribute("aria-pressed", String(isSelected));
    group.setAttribute("aria-label", `${name}: ${KIND_NAMES[kindOf(field)]}, ${rounded(width)} by ${rounded(height)} mm, ` +
      `left ${rounded(left)}, top ${rounded(top)}${isWrong ? ", to be mended" : ""}`);
    group.setAttribute("transform", `translate(${left} ${top}) rotate(${area.angle ?? 0} ${width / 2} ${height / 2})`);
    const made = [element("rect", { class: "body", width, height })];
    if (cells.length > 1 && of) {
      const path = cells.map(([x, y, w, h]) => `M${x} ${y}h${w}v${h}h${-w}z`).join("");
      // Until the server has told where the cells of the new size are, the old ones are stretched.
      made.push(element("path", { class: "cells", d: path, transform: `scale(${width / of.width} ${height / of.height})` }));
    }
    // In the field, where there is no print; below it, where there is no room.
    const words = isWrong ? `${name} !` : name, hasRoom = height > 18 * px && width > (8 * words.length + 8) * px;
    const text = element("text", { x: (hasRoom ? 4 : 0) * px, y: hasRoom ? 14 * px : height + 14 * px, "font-size": 12 * px, "stroke-width": 3 * px });
    text.textContent = words;
    made.push(text);
    if (isSelected) made.push(...EDGES.map((edges) => this.handle(edges, width, height, px)));
    group.replaceChildren(...made);
  }

  /** @param {string} edges @param {number} width @param {number} height @param {number} px */
  handle(edges, width, height, px) {
    const x = edges.includes("w") ? 0 : edges.includes("e") ? width : width / 2, y = edges.includes("n") ? 0 : edges.includes("s") ? height : height / 2;
    const isSmall = (edges.length === 1) && (/[ns]/.test(edges) ? width : height) / px < 40;
    if (isSmall) return element("g", {});
    const reach = matchMedia("(pointer: coarse)").matches ? 28 : 16;
    const square = (/** @type {string} */ name, /** @type {number} */ side) =>
      element("rect", { class: name, x: x - side * px / 2, y: y - side * px / 2, width: side * px, height: side * px });
    return element("g", { class: "handle", "data-edges": edges }, [square("reach", reach), square("grip", 9)]);
  }

  /** @param {string} name */
  focus(name) { /** @type {SVGElement | undefined} */ (this.shown.get(name))?.focus({ preventScroll: true }); }

  /** Bring a field into sight, within the page's own scroll area. @param {string} name */
  reveal(name) { this.shown.get(name)?.scrollIntoView({ block: "nearest", inline: "nearest" }); }

  /** @param {PointerEvent} event */
  point(event) {
    const box = this.svg.getBoundingClientRect();
    return { x: (event.clientX - box.left) / this.scale, y: (event.clientY - box.top) / this.scale };
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || this.drag) return;
    const target = /** @type {Element} */ (event.target), { x, y } = this.point(event);
    const name = target.closest(".field")?.getAttribute("data-name") ?? "", edges = target.closest(".handle")?.getAttribute("data-edges");
    const isFinger = event.pointerType === "touch";
    this.beforeSelect(); // what was typed belongs to the field that was selected
    const wasSelected = name === this.model.selected;
    this.model.select(name || null);
    if (name) this.focus(name);
    if (isFinger && !wasSelected) return; // the page scrolls; a second touch moves the field
    if (isFinger && !name) return;
    event.preventDefault();
    this.svg.setPointerCapture(event.pointerId);
    const area = name ? areaOf(this.model.template.fields[name]) : { left: x, top: y, width: 0, height: 0 };
    this.drag = { id: event.pointerId, kind: edges ?? (name ? "move" : "new"), x, y, name, area, tag: `drag${event.timeStamp}` };
  }

  /** @param {PointerEvent} event */
  moved(event) {
    const drag = this.drag;
    if (!drag || drag.id !== event.pointerId) return;
    const { x, y } = this.point(event), dx = x - drag.x, dy = y - drag.y;
    if (Math.hypot(dx, dy) * this.scale < 3 && this.model.tag !== drag.tag) return; // a click that trembles
    if (drag.kind === "new") {
      const rect = { x: Math.min(x, drag.x), y: Math.min(y, drag.y), width: Math.abs(dx), height: Math.abs(dy), visibility: "visible" };
      for (const [key, value] of Object.entries(rect)) this.drawn.setAttribute(key, String(value));
    } else if (drag.kind === "move") {
      this.model.move(drag.name, tenth(drag.area.left + dx), tenth(drag.area.top + dy), drag.tag);
    } else {
      this.model.setArea(drag.name, resized(drag.area, drag.kind, dx, dy), drag.tag);
    }
  }

  /** @param {PointerEvent} event @param {boolean} isDone */
  up(event, isDone) {
    const drag = this.drag;
    if (!drag || drag.id !== event.pointerId) return;
    this.drag = null;
    this.model.tag = "";
    if (drag.kind !== "new") return;
    this.drawn.setAttribute("visibility", "hidden");
    const { x, y } = this.point(event), width = Math.abs(x - drag.x), height = Math.abs(y - drag.y);
    if (!isDone || width < LEAST || height < LEAST) return;
    this.focus(this.model.add(this.newKind(), { left: tenth(Math.min(x, drag.x)), top: tenth(Math.min(y, drag.y)), width: tenth(width), height: tenth(height) }));
  }
}

/** @param {number} n */
const tenth = (n) => Math.round(n * 10) / 10;

/** The area whose edges were moved by so many millimetres of the page; the opposite ones stay, on a turned field, too.
 * @param {Area} area @param {string} edges @param {number} dx @param {number} dy */
export function resized(area, edges, dx, dy) {
  const turn = (area.angle ?? 0) * Math.PI / 180, c = Math.cos(turn), s = Math.sin(turn);
  const across = c * dx + s * dy, down = c * dy - s * dx; // in the field's own axes
  const west = edges.includes("w") ? -1 : edges.includes("e") ? 1 : 0, north = edges.includes("n") ? -1 : edges.includes("s") ? 1 : 0;
  const width = west ? Math.max(LEAST, tenth(area.width + west * across)) : area.width;
  const height = north ? Math.max(LEAST, tenth(area.height + north * down)) : area.height;
  const offX = west * (width - area.width) / 2, offY = north * (height - area.height) / 2;
  const x = area.left + area.width / 2 + c * offX - s * offY, y = area.top + area.height / 2 + s * offX + c * offY;
  return { left: Math.max(0, rounded(x - width / 2)), top: Math.max(0, rounded(y - height / 2)), width, height };
}
