// @ts-check
// Which strokes may together be one digit, and what speaks against it before the network is asked: place, size and time.

import { around, crossed, hullOf, isStraight, shareWithin } from "./strokes.js";

/**
 * @typedef {import("./strokes.js").Line} Line
 * @typedef {import("./strokes.js").Box} Box
 *
 * Strokes that may be one digit or sign. Costs are negative logarithms of probabilities.
 * @typedef {object} Group
 * @property {number[]} members  which lines, ascending
 * @property {string} key        tells it from all other groups of the drawing
 * @property {Box} box
 * @property {number} scale      height of the digits around it
 * @property {number} cost       of its members being one, and of no other stroke being of it
 * @property {number} oversize   what it costs besides if it is one digit, for being larger than the digits around it
 */

const MOST_STROKES = 4; // of one digit
const MOST_GROUPS = 12; // in which a line is the first; the dearest are left out
const DEAREST = 7; // groups that cost more are left out
const REACH = 0.32; // lines further apart than this share of the digits' height are not of one digit
const EACH = 0.6; // cost of each stroke after the first
const NEAR = 0.06; // lines nearer than this share of the height cost nothing,
const APART = 9; // and others this for each height that they are further apart
const INTERRUPTED = 0.5; // cost where other strokes were written between those of a group
const WITHIN = 3; // cost of a stroke that lies within the group and is not of it,
const SHARE = 0.4; // for what is more than this share of it
const STACKED = 2; // cost of a stroke right above or below that touches and is not of it
const CROSSED = 3; // cost of a straight stroke that crosses a straight one of the group and is not of it,
const PAST = 0.08; // if both run on, to both sides, for this share of the height
const TINY = 0.16; // of the height: what is no larger is of a digit only if it touches one
const WIDEST = 1.3; // of a digit, in heights of the digits around it; what is wider or
const HIGHEST = 1.7; // higher costs more
const OVERSIZE = 4; // cost for each height that it is wider or higher

/**
 * Return the groups that begin with each line, in an order from left to right; the line alone is always the first of them.
 * @param {Line[]} lines  in the order of writing
 * @param {import("./nearby.js").Nearby} near
 * @returns {{ order: number[], groups: Group[][] }}  `order`: the lines from left to right; `groups` in that order
 */
export function groupsOf(lines, { neighbours, scales }) {
  const order = [...lines.keys()].sort((a, b) => lines[a].left - lines[b].left || a - b);
  const rank = new Int32Array(lines.length);
  order.forEach((line, place) => (rank[line] = place));
  const groups = order.map((first) => {
    const alone = [{ members: [first], joined: 0 }];
    const found = [...alone];
    for (let size = 2, grown = alone; size <= MOST_STROKES && grown.length; size++) {
      grown = larger(grown, (other) => rank[other] > rank[first], lines, neighbours, scales);
      found.push(...grown);
    }
    const priced = found.map(({ members, joined }) => priceOf(members, joined, lines, neighbours, scales));
    const others = priced.slice(1).filter(({ cost, oversize }) => cost + oversize <= DEAREST);
    return [priced[0], ...others.sort((a, b) => a.cost - b.cost).slice(0, MOST_GROUPS - 1)];
  });
  return { order, groups };
}

/**
 * Return groups with one stroke more, each near one of the others; the cheapest few.
 * @param {{ members: number[], joined: number }[]} groups
 * @param {(other: number) => boolean} later  whether a line may be added
 * @param {Line[]} lines @param {import("./nearby.js").Neighbour[][]} neighbours @param {number[]} scales
 */
function larger(groups, later, lines, neighbours, scales) {
  /** @type {Map<string, { members: number[], joined: number }>} */
  const found = new Map();
  for (const { members, joined } of groups) {
    for (const member of members) {
      for (const { other, apart } of neighbours[member]) {
        if (members.includes(other) || !later(other)) continue;
        const share = apart / Math.max(scales[member], scales[other]);
        const tiny = [member, other].some((i) => sizeOf(lines[i]) < TINY * scales[i]);
        if (share > (tiny ? NEAR : REACH)) continue;
        const own = [...members, other].sort((a, b) => a - b);
        const cost = joined + EACH + APART * Math.max(share - NEAR, 0);
        const key = own.join();
        if (cost < (found.get(key)?.joined ?? Infinity)) found.set(key, { members: own, joined: cost });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.joined - b.joined).slice(0, MOST_GROUPS);
}

/**
 * @param {number[]} members @param {number} joined @param {Line[]} lines
 * @param {import("./nearby.js").Neighbour[][]} neighbours @param {number[]} scales
 * @returns {Group}
 */
function priceOf(members, joined, lines, neighbours, scales) {
  const own = members.map((member) => lines[member]);
  const box = around(own);
  const scale = Math.max(...members.map((member) => scales[member]));
  const [wide, high] = [(box.right - box.left) / scale, (box.bottom - box.top) / scale];
  const oversize = OVERSIZE * (Math.max(wide - WIDEST, 0) + Math.max(high - HIGHEST, 0));
  /** @param {number} line */
  const nearTo = (line) => neighbours[line].filter(({ other }) => members.includes(other));
  const interrupted = members.slice(1).filter((member, i) => member !== members[i] + 1).length;
  let cost = joined + INTERRUPTED * interrupted;
  const beside = new Set(members.flatMap((member) => neighbours[member].map(({ other }) => other)));
  if (cost + oversize <= DEAREST && beside.size > members.length - 1) {
    const hull = hullOf(own);
    for (const other of beside) {
      if (members.includes(other)) continue;
      const near = nearTo(other);
      cost += WITHIN * Math.max(shareWithin(lines[other], hull, near.reduce((bits, own) => bits | own.near, 0)) - SHARE, 0);
      if (near.some(({ apart }) => apart < NEAR * scale) && isStacked(lines[other], box)) cost += STACKED;
      if (isStraight(lines[other]) && own.some((line) => isStraight(line) && crossed(line, lines[other]) > PAST * scale)) cost += CROSSED;
    }
  }
  return { members, key: own.map(({ key }) => key).join(" "), box, scale, cost, oversize };
}

/** @param {Box} box */
const sizeOf = ({ left, top, right, bottom }) => Math.max(right - left, bottom - top);

/** Tell whether most of a line lies right above or below a box. @param {Line} line @param {Box} box */
function isStacked(line, box) {
  const across = Math.min(line.right, box.right) - Math.max(line.left, box.left);
  const down = Math.min(line.bottom, box.bottom) - Math.max(line.top, box.top);
  const narrow = Math.min(line.right - line.left, box.right - box.left);
  return across > 0.6 * narrow && down < 0.3 * Math.min(line.bottom - line.top, box.bottom - box.top);
}
