// @ts-check
// Where digits are: in the picture that was given, and in that picture set upright by right angles, as people read it.

/** @typedef {[number, number]} Point */

/**
 * Return the corners of a digit or a line in pixels of the given picture, clockwise from its own top left; null if blank.
 * @param {{ box: number[] | null, polygon?: number[][] | null }} place  without a polygon, as other servers answer, the box's
 * @returns {Point[] | null}
 */
export function cornersOf({ box, polygon }) {
  if (polygon) return polygon.map(([x, y]) => [x, y]);
  if (!box) return null;
  const [left, top, right, bottom] = box;
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

/** Return by how many right angles, counter-clockwise, a page is turned to be upright. @param {number} rotation  in degrees */
export const quartersOf = (rotation) => Math.round(rotation / 90) & 3;

/**
 * Return where a point of a picture is when that is turned by right angles, counter-clockwise.
 * @param {Point} point @param {number[]} size  width and height before the turn @param {number} quarters
 * @returns {Point}
 */
export function turned([x, y], [width, height], quarters) {
  if (quarters === 1) return [y, width - x];
  if (quarters === 2) return [width - x, height - y];
  return quarters === 3 ? [height - y, x] : [x, y];
}

/** Return the least box that holds points. @param {Point[]} points @returns {[number, number, number, number]} */
export function around(points) {
  const [across, down] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)];
}
