// @ts-check
// What a group of strokes is: the network's answer, and what each way to see the group costs.

import { decide } from "./decide.js";
import { glyphOf } from "./glyphs.js";
import { heightOf, leaning, markCost } from "./signs.js";
import { gapToClose } from "./strokes.js";

/**
 * @typedef {import("./groups.js").Group} Group
 * @typedef {import("./strokes.js").Line} Line
 * @typedef {{ glyph: Uint8Array, raw: Float32Array }} Seen
 *
 * A group with what it is: a digit, a mark (a point, a comma, a dash: the text names it), or any other sign.
 * @typedef {Group & { kind: "digit" | "mark" | "other", seen: Seen | null }} Judged
 */

const REMEMBERED = 5000; // groups
const NOT_DIGIT = 10; // the network's class
const DOUBTFUL = 0.9; // a digit less likely than this is drawn once more,
const THICK = 0.23; // with a pen so wide, as a share of its longer side: a 1 with a hook is less like a 7 then
const LEAST = 1e-4; // probability: what is less likely costs no more
const SEVERAL = 2; // times as dear is the network's doubt about a digit of several strokes
const OTHER = 2; // cost of anything that is no digit
const MISPLACED = 2; // cost of something tiny that has not the form of a mark
const TINY = 0.3; // of the height of the digits around it: what is smaller is no digit
const LOW = 0.5; // digits lower than this share of the height cost more:
const LOWER = 6; // this for each height that they are lower
const FLAT = 60; // degrees from upright: a straight stroke that leans further is no 1
const OPEN = 0.25; // of its height: a 6 whose end is further from its stem is rather the first stroke of a 4
const OPENED = 3; // cost of such a 6
const UNSEEN = 5; // cost of what the network has not been asked about yet

/** Asks the network about groups, and remembers what it said: a new stroke changes few groups of a drawing. */
export class Judge {
  /** @param {import("./engine.js").Network} network */
  constructor(network) {
    this.network = network;
    /** What was said, by the keys of groups. @type {Map<string, Seen>} */
    this.known = new Map();
    this.left = Infinity; // groups that it may still ask about
  }

  /**
   * Return what the network says of lines as one digit; null if it was not asked yet and may not be asked any more.
   * @param {string} key @param {Line[]} lines
   * @returns {Seen | null}
   */
  look(key, lines) {
    const known = this.known.get(key);
    if (known) return known;
    if (this.left <= 0) return null;
    this.left--;
    const seen = this.ask(lines);
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(key, seen);
    return seen;
  }

  /**
   * Return what the network says of lines; of a doubtful digit, the mean of that and of what it says when the pen is thick.
   * @param {Line[]} lines
   * @returns {Seen}
   */
  ask(lines) {
    const glyph = glyphOf(lines);
    const raw = this.network.run(glyph);
    if (Math.max(...raw) >= DOUBTFUL || raw[NOT_DIGIT] > 0.5) return { glyph, raw };
    const thick = this.network.run(glyphOf(lines, THICK, THICK));
    return { glyph, raw: raw.map((p, i) => (p + thick[i]) / 2) };
  }

  /** @param {Seen} seen @param {import("./weights.js").Trust} [trust] */
  answer({ raw }, trust = "always") {
    return decide(raw, this.network.temperature, this.network.thresholds[trust]);
  }

  /**
   * Return a group as the cheapest of what it may be.
   * @param {Group} group @param {Line[]} lines  all of the drawing @param {import("./nearby.js").Nearby} near
   * @returns {Judged}
   */
  judge(group, lines, near) {
    const own = group.members.map((member) => lines[member]);
    const mark = own.length === 1 ? markCost(group.members[0], lines, near) : Infinity;
    if (heightOf(group.box) < TINY * group.scale) {
      return { ...group, cost: group.cost + Math.min(mark, OTHER + MISPLACED), kind: "mark", seen: null };
    }
    const seen = this.look(group.key, own);
    const digit = seen ? this.digitCost(group, own, seen) : UNSEEN;
    const other = OTHER + Math.max(seen ? costOf(this.answer(seen).notDigit) - group.oversize : UNSEEN, 0);
    const least = Math.min(digit, other, mark);
    const kind = least === mark ? "mark" : least === digit ? "digit" : "other";
    return { ...group, cost: group.cost + least, kind, seen };
  }

  /** @param {Group} group @param {Line[]} lines  its own @param {Seen} seen */
  digitCost({ box, scale, oversize }, lines, seen) {
    const { best, confidence } = this.answer(seen);
    const size = oversize + LOWER * Math.max(LOW - heightOf(box) / scale, 0);
    if (lines.length > 1) return SEVERAL * costOf(confidence) + size;
    const [line] = lines;
    if (Math.abs(leaning(line) ?? 0) > FLAT) return Infinity;
    const opened = best === 6 && gapToClose(line) > OPEN * (box.bottom - box.top);
    return costOf(confidence) + size + (opened ? OPENED : 0);
  }
}

/** @param {number} probability */
export const costOf = (probability) => -Math.log(Math.max(probability, LEAST));
