// @ts-check
// Separators: points, commas, dashes, colons and slashes, told by the shape of a stroke and its place beside the digits.

import { gapOf, isStraight } from "./strokes.js";

/**
 * @typedef {import("./strokes.js").Line} Line
 * @typedef {import("./strokes.js").Box} Box
 */

// Lengths are shares of the digits' height.
const SMALL = 0.36; // what is no larger may be a point or a comma,
const CURLED = 1.6; // unless its line is so many times as long as that: a small 0
const POINT = 0.14; // what is no larger is a point however it curls
const FLAT = 1.6; // times as wide as high is a dash,
const SHORTEST = 0.14; // and so long
const LONGEST = 0.9;
const MIDDLE = [0.25, 0.8]; // where a dash lies between the head and the foot of the digit beside it
const LOW = 0.6; // below this lie points and commas
const COMMA = 0.11; // as high as this, and higher than wide
const SLASH = 26; // degrees that a slash as tall as the digits leans,
const TALLER = 90; // and so many fewer if it is twice as tall

const MARK = 0.5; // cost of a point, a comma or a dash,
const TOUCHING = 3; // of one that touches a stroke,
const DASH_MISPLACED = 4; // of a dash that is not where dashes stand,
const POINT_MISPLACED = 1; // and of a point that is not: one of a colon, perhaps

/** @param {Box} box */
const middle = ({ top, bottom }) => (top + bottom) / 2;
/** @param {Box} box */
const wide = ({ left, right }) => right - left;
/** @param {Box} box */
const high = ({ top, bottom }) => bottom - top;

/** Return how high something is, or would be if it were as high as digits so wide are. @param {Box} box */
export const heightOf = (box) => Math.max(high(box), 0.6 * wide(box));

/** Return where a box lies beside a digit: 0 at its head, 1 at its foot. @param {Box} box @param {Box} digit */
const placeBeside = (box, digit) => (middle(box) - digit.top) / Math.max(high(digit), 1);

/** Tell whether a stroke is flat, and of a dash's length. @param {Box} box @param {number} scale  the digits' height */
function isDash(box, scale) {
  return wide(box) >= FLAT * high(box) && wide(box) >= SHORTEST * scale && wide(box) <= LONGEST * scale;
}

/** Tell whether a stroke has the form of a point or a comma. @param {Line} line @param {number} scale */
function isPoint(line, scale) {
  const size = Math.max(wide(line), high(line));
  return size <= SMALL * scale && (size <= POINT * scale || line.length <= CURLED * size);
}

/**
 * Return what it costs to take a stroke for a point, a comma or a dash; Infinity if it has not the form of one.
 * @param {number} which @param {Line[]} lines @param {import("./nearby.js").Nearby} near
 */
export function markCost(which, lines, { neighbours, scales }) {
  const line = lines[which];
  const scale = scales[which];
  const dash = isDash(line, scale);
  if (!dash && !isPoint(line, scale)) return Infinity;
  const touches = neighbours[which].some(({ apart }) => apart < Math.max(0.05 * scale, 0.25 * line.pen));
  const around = [which - 2, which - 1, which + 1, which + 2, ...neighbours[which].map(({ other }) => other)];
  const tall = around.flatMap((other) => (lines[other] && high(lines[other]) >= 0.5 * scale ? [lines[other]] : []));
  const place = tall.length ? placeBeside(line, nearest(line, tall)) : 1;
  const misplaced = dash ? place < MIDDLE[0] || place > MIDDLE[1] : place < LOW;
  return MARK + (touches ? TOUCHING : 0) + (misplaced ? (dash ? DASH_MISPLACED : POINT_MISPLACED) : 0);
}

/** Return the box that is nearest to another. @template {Box} B @param {Box} box @param {B[]} boxes  one at least */
export const nearest = (box, boxes) => boxes.reduce((best, other) => (gapOf(other, box) < gapOf(best, box) ? other : best));

/**
 * Return what a small stroke is beside a digit; "" where it is none of them.
 * @param {Box} box @param {Box} digit  the nearest one @param {number} scale
 * @returns {"." | "," | "-" | ""}
 */
export function signOf(box, digit, scale) {
  const place = placeBeside(box, digit);
  if (isDash(box, scale) && place >= MIDDLE[0] && place <= MIDDLE[1]) return "-";
  if (place < LOW || Math.max(wide(box), high(box)) > SMALL * scale || isUnder(box, digit)) return "";
  return high(box) >= COMMA * scale && high(box) >= 1.1 * wide(box) ? "," : ".";
}

/** Tell whether a stroke lies below a digit's foot. @param {Box} box @param {Box} digit */
function isUnder(box, digit) {
  const shared = Math.min(box.right, digit.right) - Math.max(box.left, digit.left);
  return wide(box) > 0 && shared > 0.7 * wide(box) && box.top > digit.bottom - 0.05 * high(digit);
}

/**
 * Return what two small strokes are, one above the other: a colon, " " for an equals sign, or "" for neither.
 * @param {Box} upper @param {Box} lower @param {Box} digit  the nearest one @param {number} scale
 * @returns {":" | " " | ""}
 */
export function stacked(upper, lower, digit, scale) {
  const apart = middle(lower) - middle(upper);
  const aside = Math.abs(upper.left + upper.right - lower.left - lower.right) / 2;
  const play = 0.15 * high(digit);
  if (middle(upper) < digit.top - play || middle(lower) > digit.bottom + play) return "";
  if (isDash(upper, scale) && isDash(lower, scale)) {
    return apart >= 0.08 * scale && apart <= 0.6 * scale && aside < 0.3 * scale ? " " : "";
  }
  const small = [upper, lower].every((box) => Math.max(wide(box), high(box)) <= 0.3 * scale);
  return small && apart >= 0.2 * scale && apart <= 0.9 * scale && aside <= 0.25 * scale ? ":" : "";
}

/**
 * Return how far a stroke leans to the right, in degrees from upright, if it is straight; null if it is not.
 * @param {Line} line
 */
export function leaning(line) {
  if (!isStraight(line)) return null;
  const { path } = line;
  const [dx, dy] = [path[path.length - 2] - path[0], path[path.length - 1] - path[1]];
  return (Math.atan2(dy > 0 ? -dx : dx, Math.abs(dy)) * 180) / Math.PI;
}

/**
 * Tell whether a straight stroke between digits is a slash: by how far it leans to the right, and how much taller it is.
 * @param {number} degrees  it leans @param {number} taller  than the digits beside it, times
 */
export const isSlash = (degrees, taller) => degrees + TALLER * (taller - 1) >= SLASH;
