// @ts-check
// A drawing → a number: its strokes are grouped into digits and signs, and those are read as text.
//
// Every stroke is in exactly one group. What a group costs is told by the network (how sure it is of a digit) and by place,
// size and time; of all ways to group the strokes the cheapest is taken. A stroke that is no sure digit by itself may be cut.

import { Judge } from "./judge.js";
import { cheapest } from "./lattice.js";
import { groupsOf } from "./groups.js";
import { nearby } from "./nearby.js";
import { keyOf, lineOf } from "./strokes.js";
import { split } from "./splitting.js";
import { rowsOf, textOf } from "./text.js";

/**
 * @typedef {import("./decide.js").Answer} Answer
 * @typedef {import("./strokes.js").Stroke} Stroke
 * @typedef {import("./strokes.js").Line} Line
 * @typedef {import("./judge.js").Judged} Judged
 *
 * @typedef {object} Where
 * @property {Uint8Array} glyph  the 28×28 that the network saw
 * @property {[number, number, number, number]} box  left, top, right, bottom of its strokes, in pixels of the drawing
 * @typedef {Answer & Where} Digit
 */

const FIRST_LOOKS = 12; // groups that a first look asks the network about; the others wait for the closer look
const CLOSER_LOOKS = 3000; // and a closer one: some seconds

/** Reads drawings with a network, and remembers what it has seen: a stroke changes few groups of a drawing. */
export class Reader {
  /** @param {import("./engine.js").Network} network */
  constructor(network) {
    this.judge = new Judge(network);
    /** By the keys of strokes. @type {Map<string, Line>} */
    this.lines = new Map();
  }

  /**
   * Read the number in a drawing: its digits row by row from left to right, and its text, with "?" where a digit is unsure and
   * a space where something is none. A blank drawing has no digits. The first look takes some milliseconds for each
   * new stroke; a closer look, at all groups and at strokes that may hold two digits, can wait until the pen rests.
   * @param {Stroke[]} strokes  in the order of writing
   * @param {import("./weights.js").Trust} trust
   * @param {boolean} closer
   * @returns {{ text: string, digits: Digit[] }}
   */
  read(strokes, trust = "normal", closer = true) {
    const lines = strokes.filter(({ points }) => points.length).map((stroke) => this.line(stroke));
    this.judge.left = closer ? CLOSER_LOOKS : FIRST_LOOKS;
    const near = nearby(lines);
    const { order, groups } = groupsOf(lines, near);
    const judged = groups.map((own) => own.map((group) => this.judge.judge(group, lines, near)));
    const { chosen } = cheapest(order, judged);
    const found = closer ? split(chosen, lines, near, this.judge) : chosen.map((group) => ({ ...group, lines: group.members.map((i) => lines[i]) }));
    return this.told(found, trust);
  }

  /** @param {Stroke} stroke */
  line(stroke) {
    const key = keyOf(stroke);
    const known = this.lines.get(key);
    if (known) return known;
    const line = lineOf(stroke);
    if (this.lines.size >= 2000) this.lines.clear();
    this.lines.set(key, line);
    return line;
  }

  /**
   * @param {(Judged & { lines: Line[] })[]} found @param {import("./weights.js").Trust} trust
   * @returns {{ text: string, digits: Digit[] }}
   */
  told(found, trust) {
    const onlyMarks = found.every(({ kind }) => kind === "mark");
    const tokens = found.map((group) => {
      const mark = group.kind === "mark" && !onlyMarks;
      const seen = mark ? null : (group.seen ?? this.judge.look(group.key, group.lines));
      const answer = seen && this.judge.answer(seen, trust);
      const none = found.length > 1 && answer && answer.stranger > answer.confidence;
      const text = none ? " " : String(answer?.label ?? "?");
      return { ...group, text, mark, stroke: group.lines.length === 1 ? group.lines[0] : null, answer, seen };
    });
    const rows = rowsOf(tokens);
    const digits = rows.flat().flatMap(({ answer, seen, box: { left, top, right, bottom }, members }) =>
      answer && seen ? [{ ...answer, glyph: seen.glyph, box: /** @type {Where["box"]} */ ([left, top, right, bottom]), members }] : [],
    );
    return { text: rows.map(textOf).filter(Boolean).join("\n"), digits };
  }
}
