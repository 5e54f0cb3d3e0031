// @ts-check
// What the pen drew: strokes, the lines that the page shows of them, and how far two of them are from each other.

/**
 * A stroke as it was recorded, from pen down to pen up, in pixels of the drawing.
 * @typedef {object} Stroke
 * @property {number} width     of the pen
 * @property {number[]} points  x and y in turn
 * @property {number[]} times   of each point, in milliseconds from any moment that all strokes share
 *
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Box  of lines, without the width of the pen
 *
 * The line of a stroke, or of a part of one, measured.
 * @typedef {object} LineShape
 * @property {string} key        tells it from all others of a drawing
 * @property {number} pen        width of the pen
 * @property {number[]} path     the line as it is shown, straight from point to point: x and y in turn
 * @property {number[]} samples  points evenly spaced along the path, at most SAMPLES of them: x and y in turn
 * @property {number} length     of the path
 * @typedef {LineShape & Box} Line
 */

const SAMPLES = 32; // a bit of a whole number for each
const BEND = 4; // straight pieces that stand for each curve between two points

/**
 * Return the line through the points of a stroke as the page shows it: curves from the middle between two points to the
 * middle between the next two, in straight pieces.
 * @param {number[]} points  x and y in turn
 * @returns {number[]}
 */
export function smoothed(points) {
  const path = points.slice(0, 2);
  for (let i = 2; i < points.length; i += 2) {
    const [px, py, x, y] = points.slice(i - 2, i + 2);
    const [fx, fy] = i < 4 ? [px, py] : [(points[i - 4] + px) / 2, (points[i - 3] + py) / 2];
    for (let k = 1; k <= BEND; k++) {
      const [a, b, c] = [(1 - k / BEND) ** 2, 2 * (k / BEND) * (1 - k / BEND), (k / BEND) ** 2];
      path.push(a * fx + b * px + (c * (px + x)) / 2, a * fy + b * py + (c * (py + y)) / 2);
    }
  }
  if (points.length > 2) path.push(...points.slice(-2));
  return path;
}

/** Return what tells a stroke from all others, and from itself with more points. @param {Stroke} stroke */
export function keyOf({ width, points, times }) {
  return [width, times[0], points.length, points[0], points[1], ...points.slice(-2)].join();
}

/** @param {Stroke} stroke @returns {Line} */
export function lineOf(stroke) {
  return measured(keyOf(stroke), stroke.width, smoothed(stroke.points));
}

/**
 * Return a part of a line, between two of its points.
 * @param {Line} line @param {number} first @param {number} last  counted in points of the path
 * @returns {Line}
 */
export function partOf(line, first, last) {
  return measured(`${line.key}[${first}-${last}]`, line.pen, line.path.slice(2 * first, 2 * last + 2));
}

/** @param {string} key @param {number} pen @param {number[]} path @returns {Line} */
function measured(key, pen, path) {
  const along = [0];
  for (let i = 2; i < path.length; i += 2) {
    along.push(along[along.length - 1] + Math.hypot(path[i] - path[i - 2], path[i + 1] - path[i - 1]));
  }
  const length = along[along.length - 1];
  const count = Math.min(SAMPLES, path.length / 2);
  const samples = [];
  for (let i = 0, at = 0; i < count; i++) {
    const place = count > 1 ? (i / (count - 1)) * length : 0;
    while (at < along.length - 2 && along[at + 1] < place) at++;
    const step = along[at + 1] - along[at];
    const share = step ? (place - along[at]) / step : 0;
    const next = Math.min(at + 1, along.length - 1);
    samples.push(path[2 * at] + share * (path[2 * next] - path[2 * at]), path[2 * at + 1] + share * (path[2 * next + 1] - path[2 * at + 1]));
  }
  return { key, pen, path, samples, length, ...boxOf(path) };
}

/** Tell whether a line is straight, nearly. @param {Line} line */
export function isStraight({ path, length }) {
  return length > 0 && Math.hypot(path[path.length - 2] - path[0], path[path.length - 1] - path[1]) >= 0.94 * length;
}

/**
 * Return how far the nearer end of a line is from another part of it, in pixels: little where it closes a loop.
 * @param {Line} line
 */
export function gapToClose({ samples }) {
  const count = samples.length / 2;
  return Math.min(...[0, count - 1].map((end) => {
    let least = Infinity;
    for (let i = 0; i < count; i++) {
      if (Math.abs(i - end) <= 0.3 * count) continue;
      least = Math.min(least, Math.hypot(samples[2 * i] - samples[2 * end], samples[2 * i + 1] - samples[2 * end + 1]));
    }
    return least;
  }));
}

/**
 * Return how far two lines that cross run on from there: the least of the four lengths to their ends; 0 if they do not cross.
 * Of several crossings the one that runs furthest counts.
 * @param {Line} a @param {Line} b
 */
export function crossed(a, b) {
  if (gapOf(a, b) > 0) return 0;
  const [p, q] = [a.samples, b.samples];
  const [n, m] = [p.length / 2 - 1, q.length / 2 - 1];
  let most = 0;
  for (let i = 0; i < n; i++) {
    const [ax, ay, bx, by] = [p[2 * i], p[2 * i + 1], p[2 * i + 2] - p[2 * i], p[2 * i + 3] - p[2 * i + 1]];
    for (let j = 0; j < m; j++) {
      const [cx, cy] = [q[2 * j] - ax, q[2 * j + 1] - ay];
      const [dx, dy] = [q[2 * j + 2] - q[2 * j], q[2 * j + 3] - q[2 * j + 1]];
      const turned = bx * dy - by * dx;
      if (!turned) continue;
      const [t, u] = [(cx * dy - cy * dx) / turned, (cx * by - cy * bx) / turned];
      if (t < 0 || t > 1 || u < 0 || u > 1) continue;
      const [along, over] = [(i + t) / n, (j + u) / m];
      most = Math.max(most, Math.min(Math.min(along, 1 - along) * a.length, Math.min(over, 1 - over) * b.length));
    }
  }
  return most;
}

/** Return the box of points. @param {number[]} points  x and y in turn @returns {Box} */
function boxOf(points) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i]);
    right = Math.max(right, points[i]);
    top = Math.min(top, points[i + 1]);
    bottom = Math.max(bottom, points[i + 1]);
  }
  return { left, top, right, bottom };
}

/** Return the box around boxes, one at least. @param {Box[]} boxes @returns {Box} */
export function around(boxes) {
  return {
    left: Math.min(...boxes.map((box) => box.left)),
    top: Math.min(...boxes.map((box) => box.top)),
    right: Math.max(...boxes.map((box) => box.right)),
    bottom: Math.max(...boxes.map((box) => box.bottom)),
  };
}

/** Return how far two boxes are apart, 0 where they overlap. @param {Box} a @param {Box} b */
export function gapOf(a, b) {
  const across = Math.max(a.left - b.right, b.left - a.right, 0);
  const down = Math.max(a.top - b.bottom, b.top - a.bottom, 0);
  return Math.hypot(across, down);
}

/**
 * Return how far a line is from another one, within half the step between two samples, and which of its samples are nearer to
 * it than `reach`: a bit for each.
 * @param {Line} line @param {Line} other @param {number} reach
 */
export function distance({ samples }, other, reach) {
  let [least, near] = [Infinity, 0];
  for (let i = 0; i < samples.length; i += 2) {
    const square = toLine(samples[i], samples[i + 1], other.samples);
    if (square < reach * reach) near |= 1 << (i / 2);
    least = Math.min(least, square);
  }
  return { apart: Math.sqrt(least), near };
}

/**
 * Return the square of the distance from a point to a line.
 * @param {number} x @param {number} y @param {number[]} samples
 */
function toLine(x, y, samples) {
  let least = (x - samples[0]) ** 2 + (y - samples[1]) ** 2;
  for (let i = 2; i < samples.length; i += 2) {
    const [ax, ay] = [samples[i - 2], samples[i - 1]];
    const [dx, dy] = [samples[i] - ax, samples[i + 1] - ay];
    const square = dx * dx + dy * dy;
    const t = square ? Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / square, 0), 1) : 0;
    least = Math.min(least, (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2);
  }
  return least;
}

/**
 * Return which share of a line lies within a convex outline, or is among the samples that are near something.
 * @param {Line} line @param {number[]} outline  as `hullOf` gives it @param {number} near  a bit for each of its samples
 */
export function shareWithin({ samples }, outline, near) {
  let inside = 0;
  for (let i = 0; i < samples.length; i += 2) {
    if ((near >>> (i / 2)) & 1 || isInside(samples[i], samples[i + 1], outline)) inside++;
  }
  return (2 * inside) / samples.length;
}

/** @param {number} x @param {number} y @param {number[]} outline  clockwise on the screen */
function isInside(x, y, outline) {
  if (outline.length < 6) return false;
  for (let i = 0; i < outline.length; i += 2) {
    const [ax, ay] = [outline[i], outline[i + 1]];
    const [bx, by] = i + 2 < outline.length ? [outline[i + 2], outline[i + 3]] : [outline[0], outline[1]];
    if ((bx - ax) * (y - ay) - (by - ay) * (x - ax) < 0) return false;
  }
  return true;
}

/**
 * Return the convex hull of lines, clockwise on the screen: x and y in turn. (Andrew's monotone chain.)
 * @param {Line[]} lines
 */
export function hullOf(lines) {
  /** @type {[number, number][]} */
  const points = lines.flatMap(({ samples }) => Array.from({ length: samples.length / 2 }, (_, i) => /** @type {[number, number]} */ ([samples[2 * i], samples[2 * i + 1]])));
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  /** @param {[number, number][]} sorted */
  const half = (sorted) => {
    /** @type {[number, number][]} */
    const kept = [];
    for (const point of sorted) {
      while (kept.length > 1 && turn(kept[kept.length - 2], kept[kept.length - 1], point) <= 0) kept.pop();
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return [...half(points), ...half(points.reverse())].flat();
}

/** Tell by its sign which way a, b, c turn. @param {number[]} a @param {number[]} b @param {number[]} c */
const turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
