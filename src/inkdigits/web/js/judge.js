// @ts-check
// What a group of strokes is: the network's answer, and what each way to see the group costs.

import { decide } from "./decide.js";
import { glyphOf } from "./glyphs.js";
import { isDash, isSmall, leaning, placeBeside } from "./signs.js";
import { gapOf, opening } from "./strokes.js";

/**
 * @typedef {import("./groups.js").Group} Group
 * @typedef {import("./strokes.js").Line} Line
 * @typedef {{ glyph: Uint8Array, raw: Float32Array }} Seen
 *
 * A group with what it is: a digit, a mark (something small, which the text names), or any other sign.
 * @typedef {Group & { kind: "digit" | "mark" | "other", seen: Seen | null }} Judged
 */

const REMEMBERED = 4000; // groups
const LEAST = 1e-4; // probability: what is less likely costs no more
const OTHER = 2; // cost of anything that is no digit
const MARK = 0.5; // cost of a point, a comma or a dash,
const TOUCHING = 3; // of one that touches a stroke,
const MISPLACED = 2; // and of one that is not where they stand
const TINY = 0.3; // of the digits' height: what is smaller is no digit
const LOW = 0.5; // digits lower than this share of the height around them cost more
const LOWER = 6; // for each height that they are lower
const FLAT = 60; // degrees from upright: a straight stroke that leans further is no 1
const NEVER = 20;
const OPEN = 0.25; // of its height: a 6 whose end is further from its stem is rather the first stroke of a 4
const OPENED = 3; // cost of such a 6
const UNSEEN = 5; // cost of what may not be asked about yet

/** Asks the network about groups, and remembers what it said: a new stroke changes few groups of a drawing. */
export class Judge {
  /** @param {import("./engine.js").Network} network */
  constructor(network) {
    this.network = network;
    /** By the keys of groups. @type {Map<string, Seen>} */
    this.known = new Map();
    this.left = Infinity; // questions that may still be asked
  }

  /** @param {string} key @param {Line[]} lines @returns {Seen | null} */
  look(key, lines) {
    const known = this.known.get(key);
    if (known) return known;
    if (this.left <= 0) return null;
    this.left--;
    const glyph = glyphOf(lines);
    const seen = { glyph, raw: this.network.run(glyph) };
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(key, seen);
    return seen;
  }

  /** @param {Seen} seen @param {import("./weights.js").Trust} trust */
  answer({ raw }, trust) {
    return decide(raw, this.network.temperature, this.network.thresholds[trust]);
  }

  /**
   * Return a group as the cheapest of what it may be.
   * @param {Group} group @param {Line[]} lines  all of the drawing @param {import("./nearby.js").Nearby} near
   * @returns {Judged}
   */
  judge(group, lines, near) {
    const { members, box, scale } = group;
    const mark = members.length === 1 ? markCost(members[0], lines, near) : Infinity;
    const high = Math.max(box.bottom - box.top, 0.6 * (box.right - box.left)) / scale;
    if (high < TINY) {
      const cost = group.cost + Math.min(mark, OTHER + MISPLACED);
      return { ...group, cost, kind: "mark", seen: null };
    }
    const seen = this.look(group.key, members.map((member) => lines[member]));
    const { best, confidence, stranger } = seen ? this.answer(seen, "always") : { best: 0, confidence: Math.exp(-UNSEEN), stranger: LEAST };
    let digit = cost(confidence) + LOWER * Math.max(LOW - high, 0);
    if (members.length === 1) {
      const line = lines[members[0]];
      if (Math.abs(leaning(line) ?? 0) > FLAT) digit = NEVER;
      if (best === 6 && opening(line) > OPEN * (box.bottom - box.top)) digit += OPENED;
    }
    const other = OTHER + cost(stranger);
    const least = Math.min(digit, other, mark);
    const kind = least === mark ? "mark" : least === digit ? "digit" : "other";
    return { ...group, cost: group.cost + least, kind, seen };
  }
}

/** @param {number} probability */
const cost = (probability) => -Math.log(Math.max(probability, LEAST));

/**
 * Return what it costs to take a stroke for a point, a comma or a dash; Infinity if it has not the form of one.
 * @param {number} which @param {Line[]} lines @param {import("./nearby.js").Nearby} near
 */
function markCost(which, lines, { neighbours, scales }) {
  const line = lines[which];
  const scale = scales[which];
  const dash = isDash(line, scale);
  if (!dash && !isSmall(line, scale)) return Infinity;
  const touches = neighbours[which].some(({ apart }) => apart < Math.max(0.05 * scale, 0.25 * line.pen));
  const beside = [which - 2, which - 1, which + 1, which + 2, ...neighbours[which].map(({ other }) => other)].flatMap((i) => {
    const other = lines[i];
    return other && other.bottom - other.top >= 0.5 * scale ? [other] : [];
  });
  const nearest = beside.reduce((best, other) => (!best || gapOf(other, line) < gapOf(best, line) ? other : best), /** @type {Line | null} */ (null));
  const place = nearest ? placeBeside(line, nearest) : 1;
  const placed = dash ? place >= 0.25 && place <= 0.8 : place >= 0.6;
  return MARK + (touches ? TOUCHING : 0) + (placed ? 0 : dash ? MISPLACED : 1);
}
