// @ts-check
// Examples to press: digits as strokes of a pen, of the forms in synthetic/forms.py, and numbers set from them.

/**
 * A stroke as a curve: x and y in turn, in units of the digits' height.
 * @typedef {number[]} Curve
 *
 * @typedef {object} Example
 * @property {string} name    what it shows, for people
 * @property {string} text    what it is read as; "" where it is no digit
 * @property {Curve[]} curves  from 0 to `width` across and from 0 to 1 down
 * @property {number} width
 */

// For each digit its strokes; each the points that the pen passes through, x and y in turn, in hundredths of the
// height. A corner is a point written twice.
const FORMS = [
  [[36, 2, 12, 20, 5, 55, 16, 88, 36, 98, 57, 86, 66, 50, 58, 15, 38, 2, 30, 5]],
  [[5, 30, 34, 2, 34, 2, 32, 100]],
  [[6, 22, 20, 5, 42, 2, 58, 18, 50, 45, 22, 78, 2, 98, 2, 98, 64, 96]],
  [[8, 12, 28, 1, 52, 10, 52, 32, 26, 46, 26, 46, 54, 56, 60, 78, 42, 97, 16, 97, 3, 86]],
  [[22, 2, 4, 62, 4, 62, 66, 58], [54, 24, 48, 100]],
  [[14, 4, 10, 44, 10, 44, 34, 38, 58, 52, 60, 78, 40, 97, 16, 96, 3, 86], [14, 4, 62, 2]],
  [[50, 2, 24, 22, 7, 58, 14, 90, 36, 98, 56, 82, 50, 60, 30, 54, 12, 70]],
  [[3, 5, 60, 4, 60, 4, 38, 45, 24, 100], [14, 50, 56, 46]],
  [[52, 14, 32, 1, 12, 14, 18, 36, 46, 56, 58, 78, 42, 97, 18, 96, 7, 78, 22, 56, 46, 36, 53, 16, 46, 6]],
  [[54, 16, 34, 2, 12, 14, 8, 36, 26, 50, 48, 38, 55, 16, 55, 16, 53, 60, 44, 100]],
];
const MARKS = { ".": [[4, 95, 8, 97]], "-": [[4, 54, 36, 52]] };
const SCRIBBLE = [[0, 70, 20, 10, 40, 90, 55, 20, 80, 95, 90, 30, 30, 30, 110, 75, 10, 92, 60, 5, 120, 50]];
const GAP = 0.24;

/** @type {Example[]} */
export const DIGITS = FORMS.map((_, digit) => example(`a ${digit}`, String(digit)));

/** @type {Example[]} */
export const NUMBERS = [
  example("the number 365", "365"),
  example("the number 6.5", "6.5"),
  { name: "a scribble, which is no digit", text: "", curves: SCRIBBLE.map(curve), width: 1.2 },
];

/**
 * Return a number as an example: its digits and marks side by side, of different heights, as in handwriting.
 * @param {string} name @param {string} text
 * @returns {Example}
 */
export function example(name, text) {
  /** @type {Curve[]} */
  const curves = [];
  let left = 0;
  [...text].forEach((sign, i) => {
    const own = (sign in MARKS ? MARKS[/** @type {keyof typeof MARKS} */ (sign)] : FORMS[Number(sign)]).map(curve);
    const xs = own.flatMap((points) => points.filter((_, k) => k % 2 === 0));
    const [from, to] = [Math.min(...xs), Math.max(...xs)];
    const down = text.length > 1 ? 0.03 * Math.sin(2.4 * i) : 0;
    for (const points of own) curves.push(points.map((v, k) => (k % 2 ? v + down : v - from + left)));
    left += to - from + GAP;
  });
  return { name, text, curves, width: left - GAP };
}

/**
 * Return the curve through a stroke's points: a Catmull-Rom spline, as synthetic/strokes.py has it.
 * @param {number[]} points
 * @returns {Curve}
 */
function curve(points) {
  const count = points.length / 2;
  /** @param {number} i @param {number} axis */
  const at = (i, axis) => points[2 * Math.min(Math.max(i, 0), count - 1) + axis] / 100;
  const steps = 10;
  const curve = [];
  for (let i = 0; i < count - 1; i++) {
    for (let step = 0; step < steps; step++) {
      const t = step / steps;
      for (const axis of [0, 1]) {
        const [a, b, c, d] = [at(i - 1, axis), at(i, axis), at(i + 1, axis), at(i + 2, axis)];
        curve.push(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t ** 2 + (3 * b - a - 3 * c + d) * t ** 3));
      }
    }
  }
  return [...curve, at(count - 1, 0), at(count - 1, 1)];
}
