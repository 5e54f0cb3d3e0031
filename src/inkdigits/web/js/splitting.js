// @ts-check
// Strokes that may hold several digits, written without lifting the pen: cut where that gives surer ones.

import { groupsOf } from "./groups.js";
import { cheapest } from "./lattice.js";
import { nearby } from "./nearby.js";
import { partOf } from "./strokes.js";

/**
 * @typedef {import("./judge.js").Judged} Judged
 * @typedef {import("./strokes.js").Line} Line
 *
 * A group of lines, which are strokes or parts of strokes.
 * @typedef {Judged & { lines: Line[] }} Found
 *
 * A way to cut a stroke: its parts, each a digit, and what cutting it costs.
 * @typedef {{ parts: Line[], cost: number, digits: number }} Cutting
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
const UNLIKELY = 1.6; // cost of a part that is not taken for a digit

/**
 * Return the groups with those strokes cut that are rather several digits than one.
 * @param {Judged[]} chosen @param {Line[]} lines @param {import("./nearby.js").Nearby} near
 * @param {import("./judge.js").Judge} judge
 * @returns {Found[]}
 */
export function split(chosen, lines, near, judge) {
  /** @type {Found[]} */
  let found = chosen.map((group) => ({ ...group, lines: group.members.map((member) => lines[member]) }));
  for (const [i, line] of lines.entries()) {
    const own = found.find((group) => group.lines.includes(line));
    if (!own || !isDoubtful(own, judge) || line.length < 2 * SHORT * near.scales[i] || line.length > LONGEST * near.scales[i]) continue;
    const cutting = cut(line, near.scales[i], judge);
    if (!cutting) continue;
    const others = new Set(near.neighbours[i].map(({ other }) => lines[other]));
    const touched = found.filter((group) => group === own || group.lines.some((other) => others.has(other)));
    const before = touched.reduce((sum, { cost }) => sum + cost, 0);
    const next = touched.flatMap((group) => group.lines).flatMap((other) => (other === line ? cutting.parts : [other]));
    next.sort((a, b) => a.began - b.began);
    const again = { ...nearby(next), scales: next.map((part) => (part.key.startsWith(line.key) ? near.scales[i] : near.scales[lines.indexOf(part)] ?? near.scales[i])) };
    const { order, groups } = groupsOf(next, again);
    const after = cheapest(order, groups.map((all) => all.map((group) => judge.judge(group, next, again))));
    if (after.cost + cutting.cost >= before) continue;
    found = [...found.filter((group) => !touched.includes(group)), ...after.chosen.map((group) => ({ ...group, lines: group.members.map((member) => next[member]) }))];
  }
  return found;
}

/** @param {Found} group @param {import("./judge.js").Judge} judge */
function isDoubtful({ kind, seen }, judge) {
  return kind === "other" || (kind === "digit" && (!seen || judge.answer(seen, "always").confidence < SURE));
}

/**
 * Return the cheapest way to cut a line into two digits or more; null if there is none.
 * @param {Line} line @param {number} scale @param {import("./judge.js").Judge} judge
 * @returns {Cutting | null}
 */
function cut(line, scale, judge) {
  const { places, along } = placesOf(line, scale);
  const end = places.length - 1;
  /** The cheapest way to each place. @type {(Cutting | undefined)[]} */
  const reached = [{ parts: [], cost: 0, digits: 0 }];
  /** @param {number} at @param {Cutting} cutting */
  const reach = (at, cutting) => {
    if (cutting.cost < (reached[at]?.cost ?? Infinity)) reached[at] = cutting;
  };
  for (let from = 0; from < end; from++) {
    const before = reached[from];
    if (!before) continue;
    for (let to = from + 1; to <= end; to++) {
      const length = along[to] - along[from];
      if (length < SHORT * scale) continue;
      if (length > LONG * scale) break;
      const part = partOf(line, places[from], places[to]);
      const [wide, high] = [(part.right - part.left) / scale, (part.bottom - part.top) / scale];
      if (wide > 1.1 || high < 0.45 || high > 1.5 || (from === 0 && to === end)) continue;
      const seen = judge.look(part.key, [part]);
      if (!seen) return null;
      const cost = -Math.log(Math.max(judge.answer(seen, "always").confidence, 1e-4));
      if (cost > UNLIKELY) continue;
      const whole = { parts: [...before.parts, part], cost: before.cost + cost + (from ? CUT : 0), digits: before.digits + 1 };
      reach(to, whole);
      // The next digit may begin further on, after a link.
      for (let next = to + 1; next < end && along[next] - along[to] <= LONGEST_LINK * scale; next++) {
        reach(next, { ...whole, cost: whole.cost + (LINK * (along[next] - along[to])) / scale });
      }
    }
  }
  const best = reached[end];
  if (!best || best.digits < 2) return null;
  const shown = best.parts.reduce((sum, part) => sum - Math.log(Math.max(judge.answer(/** @type {import("./judge.js").Seen} */ (judge.look(part.key, [part])), "always").confidence, 1e-4)), 0);
  return { ...best, cost: best.cost - shown };
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
