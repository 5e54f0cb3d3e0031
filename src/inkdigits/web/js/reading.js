// @ts-check
// A drawing → a number: its strokes are grouped into digits and signs, and those are read as text.
//
// Every stroke is in exactly one group. What a group costs is told by the network (how sure it is of a digit) and by place,
// size and time; of all ways to group the strokes the cheapest is taken. A stroke that is no sure digit by itself may be cut.

import { groupsOf } from "./groups.js";
import { Judge } from "./judge.js";
import { cheapest } from "./lattice.js";
import { nearby } from "./nearby.js";
import { split } from "./splitting.js";
import { keyOf, lineOf } from "./strokes.js";
import { rowsOf, slashesOf, textOf } from "./text.js";

/**
 * @typedef {import("./decide.js").Answer} Answer
 * @typedef {import("./strokes.js").Stroke} Stroke
 * @typedef {import("./strokes.js").Line} Line
 * @typedef {import("./splitting.js").Found} Found
 *
 * @typedef {object} Where
 * @property {Uint8Array} glyph  the 28×28 that the network saw
 * @property {[number, number, number, number]} box  left, top, right, bottom of its lines, in pixels of the drawing
 * @property {number[]} strokes  which strokes of the drawing it is of, ascending
 * @typedef {Answer & Where} Digit
 */

// Groups that the network is asked about, those aside that it remembers; what remains counts as unlikely.
const FIRST = 12; // by a first look: what a frame has time for
const CLOSER = 3000; // by a closer look: about six seconds
const REMEMBERED = 3000; // strokes

/** Reads drawings with a network, and remembers what it has seen: a new stroke changes few groups of a drawing. */
export class Reader {
  /** @param {import("./engine.js").Network} network */
  constructor(network) {
    this.judge = new Judge(network);
    /** By the keys of strokes. @type {Map<string, Line>} */
    this.known = new Map();
  }

  /**
   * Read the number in a drawing: its digits row by row from left to right, and its text, a line for each row, with "?" where a
   * digit is unsure and a space where something is none. A blank drawing has no digits. The time grows linearly with the
   * strokes. A closer look also cuts strokes that hold several digits; it can wait until the pen rests.
   * @param {Stroke[]} strokes  in the order of writing
   * @param {import("./weights.js").Trust} trust
   * @param {boolean} closer
   * @returns {{ text: string, digits: Digit[] }}
   */
  read(strokes, trust = "normal", closer = true) {
    this.judge.left = closer ? CLOSER : FIRST;
    const lines = strokes.map((stroke) => this.line(stroke));
    const near = nearby(lines);
    const { order, groups } = groupsOf(lines, near);
    const judged = groups.map((own) => own.map((group) => this.judge.judge(group, lines, near)));
    const { chosen } = cheapest(order, judged);
    const found = chosen.map((group) => ({ ...group, lines: group.members.map((i) => lines[i]), strokes: group.members }));
    return this.told(closer ? split(found, lines, near, this.judge) : found, trust);
  }

  /** @param {Stroke} stroke */
  line(stroke) {
    const key = keyOf(stroke);
    const line = this.known.get(key) ?? lineOf(stroke);
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(key, line);
    return line;
  }

  /**
   * Tell what was found.
   * @param {Found[]} found @param {import("./weights.js").Trust} trust
   * @returns {{ text: string, digits: Digit[] }}
   */
  told(found, trust) {
    const nothingElse = found.every(({ kind }) => kind === "mark"); // what stands alone is no separator
    const tokens = found.filter((group) => !isAround(group, found)).map((group) => {
      const mark = group.kind === "mark" && !nothingElse;
      const seen = mark ? null : (group.seen ?? this.judge.look(group.key, group.lines));
      const answer = seen && this.answer(seen, group.kind, trust);
      const text = mark ? "" : found.length > 1 && answer?.reason === "not a digit" ? " " : String(answer?.label ?? "?");
      return { ...group, mark, seen, answer, text, line: group.lines.length === 1 ? group.lines[0] : null };
    });
    const rows = rowsOf(tokens);
    for (const token of rows.flatMap(slashesOf)) Object.assign(token, { text: "/", answer: null });
    const digits = rows.flat().flatMap(({ answer, seen, box, strokes }) => {
      return answer && seen ? [{ ...answer, glyph: seen.glyph, box: /** @type {Where["box"]} */ ([box.left, box.top, box.right, box.bottom]), strokes }] : [];
    });
    return { text: rows.map(textOf).filter(Boolean).join("\n"), digits };
  }

  /**
   * @param {import("./judge.js").Seen} seen @param {Found["kind"]} kind @param {import("./weights.js").Trust} trust
   * @returns {Answer}
   */
  answer(seen, kind, trust) {
    const answer = this.judge.answer(seen, trust);
    return kind === "digit" ? answer : { ...answer, label: null, reason: "not a digit" };
  }
}

/**
 * Tell whether something that is no digit only surrounds others, as a frame does, or runs over or under them.
 * @param {Found} group @param {Found[]} found
 */
function isAround({ kind, box }, found) {
  return kind === "other" && found.some(({ kind: own, box: { left, right, top, bottom } }) => {
    if (own !== "digit") return false;
    const across = box.left < left && box.right > right;
    const framed = across && box.top < top && box.bottom > bottom;
    return framed || (across && box.right - box.left > 1.2 * (bottom - top) && box.bottom - box.top < 0.3 * (bottom - top));
  });
}
