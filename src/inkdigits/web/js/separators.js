// @ts-check
// Small marks between drawn digits: what they are by their shape and place; as reading/separators.py, which says why.

/** @typedef {import("./pieces.js").Piece} Piece */

/**
 * Return what a small piece is in a line of digits: a point, a comma, a dash, or "" for a stray fragment.
 * @param {Piece} piece @param {Piece[]} tall  the line's digits, one at least @param {number} scale  their height
 * @returns {"." | "," | "-" | ""}
 */
export function ofSmall(piece, tall, scale) {
  /** @param {Piece} p */
  const apart = (p) => Math.abs(p.left + p.right - piece.left - piece.right);
  const near = tall.reduce((best, p) => (apart(p) < apart(best) ? p : best));
  const { width, height } = piece.ink;
  const place = ((piece.top + piece.bottom) / 2 - near.top) / Math.max(near.ink.height, 1); // 0 at its head, 1 at its foot
  if (width >= 1.6 * height && width >= 0.2 * scale && place >= 0.25 && place <= 0.8) return "-";
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
