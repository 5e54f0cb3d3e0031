// @ts-check
// Small marks and straight strokes between drawn digits: what they are by their shape and place; as reading/separators.py,
// which says why.

/** @typedef {import("./pieces.js").Piece} Piece */

const FLAT = 1.6; // so many times wider than high is a dash

/**
 * Return what a small piece is in a line of digits: a point, a comma, a dash, or "" for a stray fragment.
 * @param {Piece} piece @param {Piece[]} tall  the line's digits, one at least @param {number} scale  their height
 * @returns {"." | "," | "-" | ""}
 */
export function ofSmall(piece, tall, scale) {
  const near = nearest(piece, tall);
  const { width, height } = piece.ink;
  const place = (middle(piece) - near.top) / Math.max(near.ink.height, 1); // 0 at its head, 1 at its foot
  if (width >= FLAT * height && width >= 0.2 * scale && place >= 0.25 && place <= 0.8) return "-";
  if (place < 0.62) return "";
  const flat = width >= 1.5 * height && width >= 0.45 * scale;
  if (flat || tall.some((p) => isUnder(piece, p))) return "";
  const hangs = piece.bottom > near.bottom + 0.08 * scale;
  if (height >= 1.35 * width && (height >= 0.18 * scale || hangs)) return ",";
  return hangs && height >= 0.2 * scale ? "," : ".";
}

/**
 * Tell whether most of a piece's columns are another's, and it lies below that one's foot, nearly.
 * @param {Piece} piece @param {Piece} other
 */
function isUnder(piece, other) {
  const shared = Math.min(piece.right, other.right) - Math.max(piece.left, other.left);
  return shared > 0.7 * piece.ink.width && piece.top > other.bottom - 0.1 * other.ink.height;
}

/**
 * Return what two small pieces are together, one above the other between digits: a colon, " " for an equals sign, or ""
 * where they have nothing to do with each other.
 * @param {Piece} upper @param {Piece} lower @param {Piece[]} tall  the line's digits @param {number} scale  their height
 * @returns {":" | " " | ""}
 */
export function stacked(upper, lower, tall, scale) {
  const inks = [upper.ink, lower.ink];
  const widths = inks.map(({ width }) => width);
  const heights = inks.map(({ height }) => height);
  const apart = middle(lower) - middle(upper);
  const shared = Math.min(upper.right, lower.right) - Math.max(upper.left, lower.left);
  if (Math.max(...widths) > 2.5 * Math.min(...widths) || shared < 0.5 * Math.min(...widths)) return "";
  if (apart <= 0.4 * (heights[0] + heights[1]) || apart > 0.9 * scale) return "";
  /** @param {Piece} piece @param {Piece} p */
  const over = (piece, p) => Math.min(piece.right, p.right) - Math.max(piece.left, p.left) > 0.5 * piece.ink.width;
  if (!tall.length || tall.some((p) => over(upper, p) || over(lower, p))) return "";
  const near = nearest(upper, tall);
  const play = 0.1 * near.ink.height;
  if (middle(upper) < near.top - play || middle(lower) > near.bottom + play) return "";
  if (inks.every(({ width, height }) => width >= FLAT * height && width >= 0.2 * scale)) return " ";
  const round = inks.every(({ width, height }) => width < FLAT * height && height < FLAT * width && height <= 0.35 * scale);
  return round && Math.max(...heights) <= 2.5 * Math.min(...heights) && apart >= 0.2 * scale ? ":" : "";
}

/**
 * Tell whether a tall piece is a slash: straight, thin, and leaning further than the handwriting does.
 * @param {Piece} piece @param {Piece[]} line  the tall pieces of its line
 */
export function isSlash(piece, line) {
  const leaning = stroke(piece);
  if (leaning === null) return false;
  return leaning >= 42 || (leaning >= 26 && isTaller(piece, line, 1.2)) || (leaning >= 14 && isTaller(piece, line, 1.4));
}

/**
 * Tell whether a 1 may as well be a slash: as tall as the digits of its line, it leans 20 degrees further than they do.
 * @param {Piece} piece @param {Piece[]} line
 */
export function mayBeSlash(piece, line) {
  const leaning = stroke(piece);
  const others = line.filter((p) => p !== piece && stroke(p) === null).map(slant);
  return leaning !== null && leaning >= 28 && others.length > 0 && leaning - median(others) >= 20;
}

/**
 * Tell whether a piece is a plus or a times sign: ink in its middle, and either at its sides or in its corners.
 * @param {Piece} piece
 */
export function isCross(piece) {
  const { values, width, height } = piece.ink;
  if (width < 0.5 * height || width > 2 * height) return false;
  /**
   * The share of ink in a rectangle, given in 24ths of the piece.
   * @param {number} top @param {number} bottom @param {number} left @param {number} right
   */
  const ink = (top, bottom, left, right) => {
    let [sum, count] = [0, 0];
    for (let y = Math.round((top * height) / 24); y < (bottom * height) / 24; y++) {
      for (let x = Math.round((left * width) / 24); x < (right * width) / 24; x++, count++) {
        if (values[y * width + x] > 96) sum++;
      }
    }
    return sum / Math.max(count, 1);
  };
  const corners = [ink(0, 7, 0, 7), ink(0, 7, 17, 24), ink(17, 24, 0, 7), ink(17, 24, 17, 24)];
  const sides = [ink(0, 5, 8, 16), ink(19, 24, 8, 16), ink(8, 16, 0, 5), ink(8, 16, 19, 24)];
  const [full, bare] = total(sides) > total(corners) ? [sides, corners] : [corners, sides];
  return Math.min(...full) >= 0.12 && Math.max(...bare) <= 0.5 * Math.min(...full) && ink(10, 14, 10, 14) > 0.5;
}

/** By how many degrees a straight, thin stroke leans to the right; null of what is no such stroke. @param {Piece} piece */
function stroke({ ink: { values, width, height } }) {
  const points = [];
  for (let i = 0; i < values.length; i++) if (values[i] > 127) points.push([Math.floor(i / width), i % width]);
  const rows = points.map(([row]) => row);
  if (points.length < 8 || rows[rows.length - 1] - rows[0] < 8) return null;
  const row = total(rows) / rows.length;
  const column = total(points.map(([, x]) => x)) / points.length;
  const slope = total(points.map(([y, x]) => (y - row) * (x - column))) / total(rows.map((y) => (y - row) ** 2));
  const spread = total(points.map(([y, x]) => Math.abs(x - column - slope * (y - row)))) / points.length;
  return spread < 0.08 * height ? degrees(Math.atan(-slope)) : null;
}

/** By how many degrees a piece leans to the right, by its moments. @param {Piece} piece */
function slant({ ink: { values, width } }) {
  let [ink, row, column] = [0, 0, 0];
  values.forEach((v, i) => {
    ink += v;
    row += v * Math.floor(i / width);
    column += v * (i % width);
  });
  let [both, rows] = [0, 0];
  values.forEach((v, i) => {
    const y = Math.floor(i / width) - row / ink;
    both += v * y * ((i % width) - column / ink);
    rows += v * y * y;
  });
  return degrees(Math.atan2(-both, Math.max(rows, 1e-9)));
}

/** @param {Piece} piece @param {Piece[]} line @param {number} times */
function isTaller(piece, line, times) {
  const others = line.filter((p) => p !== piece).map((p) => p.ink.height);
  return !others.length || piece.ink.height >= times * median(others);
}

/** The tall piece whose middle column is nearest. @param {Piece} piece @param {Piece[]} tall */
function nearest(piece, tall) {
  /** @param {Piece} p */
  const apart = (p) => Math.abs(p.left + p.right - piece.left - piece.right);
  return tall.reduce((best, p) => (apart(p) < apart(best) ? p : best));
}

/** @param {Piece} piece */
const middle = (piece) => (piece.top + piece.bottom) / 2;

/** @param {number} angle */
const degrees = (angle) => (angle * 180) / Math.PI;

/** @param {number[]} values */
const total = (values) => values.reduce((sum, v) => sum + v, 0);

/** @param {number[]} values  0 of none */
export function median(values) {
  if (!values.length) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}
