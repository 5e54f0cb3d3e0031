// @ts-check
// Strokes that may hold several digits, written without lifting the pen: cut where that gives surer ones.

import { groupsOf } from "./groups.js";
import { costOf } from "./judge.js";
import { cheapest } from "./lattice.js";
import { nearby } from "./nearby.js";
import { partOf } from "./strokes.js";

/**
 * @typedef {import("./judge.js").Judged} Judged
 * @typedef {import("./strokes.js").Line} Line
 *
 * A group with its lines, which are strokes or parts of strokes, and the strokes that they are of.
 * @typedef {Judged & { lines: Line[], strokes: number[] }} Found
 *
 * A way to cut a stroke into digits, and what it costs.
 * @typedef {{ parts: Line[], cost: number }} Cutting
 */

const SURE = 0.8; // a group that is less likely one digit may hold several
const LONGEST = 24; // of a stroke that is cut, in heights of the digits
const PLACES = 36; // where a stroke may be cut
const STEP = 0.12; // of the height between two of them, at least
const CUT = 1.2; // cost of each cut,
const LINK = 0.9; // and for each height of the link between two digits that is left out
const LONGEST_LINK = 0.8; // in heights
const SHORT = 0.6; // of the height: no digit's line is shorter
const LONG = 5; // or longer
const WIDEST = 1.1; // a digit that is a part of a stroke, in heights of the digits around it
const LOWEST = 0.45;
const HIGHEST = 1.5;
const UNLIKELY = 1.6; // cost of a part that is not taken for a digit

/**
 * Return the groups with those strokes cut that are rather several digits than one. A stroke is cut where digits and the
 * groups around it become cheaper by it.
 * @param {Found[]} found @param {Line[]} lines  of all strokes @param {import("./nearby.js").Nearby} near
 * @param {import("./judge.js").Judge} judge
 * @returns {Found[]}
 */
export function split(found, lines, near, judge) {
  /** Of which stroke each line is. @type {Map<Line, number>} */
  const strokes = new Map(lines.map((line, i) => [line, i]));
  for (const [i, line] of lines.entries()) {
    const scale = near.scales[i];
    const own = found.find((group) => group.lines.includes(line));
    if (!own || !isDoubtful(own, judge) || line.length < 2 * SHORT * scale || line.length > LONGEST * scale) continue;
    const cutting = cut(line, scale, judge);
    if (!cutting) continue;
    for (const part of cutting.parts) strokes.set(part, i);
    const beside = new Set(near.neighbours[i].map(({ other }) => other));
    const touched = found.filter((group) => group === own || group.strokes.some((stroke) => beside.has(stroke)));
    const parts = touched.flatMap((group) => group.lines).flatMap((other) => (other === line ? cutting.parts : [other]));
    /** @param {Line} part */
    const strokeOf = (part) => /** @type {number} */ (strokes.get(part));
    parts.sort((a, b) => strokeOf(a) - strokeOf(b)); // in the order of writing; parts of one stroke stay in theirs
    const again = { ...nearby(parts), scales: parts.map((part) => near.scales[strokeOf(part)]) };
    const { order, groups } = groupsOf(parts, again);
    const { chosen, cost } = cheapest(order, groups.map((all) => all.map((group) => judge.judge(group, parts, again))));
    if (cost + cutting.cost >= touched.reduce((sum, group) => sum + group.cost, 0)) continue;
    const others = found.filter((group) => !touched.includes(group));
    found = [...others, ...chosen.map((group) => {
      const own = group.members.map((member) => parts[member]);
      return { ...group, lines: own, strokes: [...new Set(own.map(strokeOf))] };
    })];
  }
  return found;
}

/** @param {Found} group @param {import("./judge.js").Judge} judge */
function isDoubtful({ kind, seen }, judge) {
  return kind === "other" || (kind === "digit" && (!seen || judge.answer(seen).confidence < SURE));
}

/**
 * Return the cheapest way to cut a line into two digits or more, with the links between them left out; null if there is none.
 * Its cost is that of the cuts and links alone.
 * @param {Line} line @param {number} scale @param {import("./judge.js").Judge} judge
 * @returns {Cutting | null}
 */
function cut(line, scale, judge) {
  const { places, along } = placesOf(line, scale);
  const end = places.length - 1;
  /** The cheapest way to each place: `total` is its cost with that of its digits. @type {(Cutting & { total: number } | undefined)[]} */
  const reached = [{ parts: [], cost: 0, total: 0 }];
  for (let from = 0; from < end; from++) {
    const before = reached[from];
    if (!before) continue;
    for (let to = from + 1; to <= end; to++) {
      const length = along[to] - along[from];
      if (length < SHORT * scale || (from === 0 && to === end)) continue;
      if (length > LONG * scale) break;
      const part = partOf(line, places[from], places[to]);
      if (!isDigitSized(part, scale)) continue;
      const seen = judge.look(part.key, [part]);
      if (!seen) return null;
      const own = costOf(judge.answer(seen).confidence);
      if (own > UNLIKELY) continue;
      // The next digit begins there, or further on after a link.
      for (let next = to; next <= end; next++) {
        const link = (along[next] - along[to]) / scale;
        if (link > LONGEST_LINK || (next === end && to < end)) break;
        const added = (from ? CUT : 0) + LINK * link;
        const total = before.total + own + added;
        if (total < (reached[next]?.total ?? Infinity)) reached[next] = { parts: [...before.parts, part], cost: before.cost + added, total };
      }
    }
  }
  const best = reached[end];
  return best && best.parts.length > 1 ? best : null;
}

/** @param {Line} part @param {number} scale */
function isDigitSized({ left, top, right, bottom }, scale) {
  return right - left <= WIDEST * scale && bottom - top >= LOWEST * scale && bottom - top <= HIGHEST * scale;
}

/**
 * Return evenly spaced places along a line, as points of its path, and how far along each is.
 * @param {Line} line @param {number} scale
 */
function placesOf({ path, length }, scale) {
  const step = Math.max(STEP * scale, length / PLACES);
  const places = [0];
  const along = [0];
  let done = 0;
  for (let i = 2; i < path.length; i += 2) {
    done += Math.hypot(path[i] - path[i - 2], path[i + 1] - path[i - 1]);
    if (done - along[along.length - 1] < step && i < path.length - 2) continue;
    places.push(i / 2);
    along.push(done);
  }
  return { places, along };
}
