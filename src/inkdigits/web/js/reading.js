// @ts-check
// A drawing → a number: one digit or several side by side. The simple case of reading/page.py: one line,
// level and upright.

import { best, candidates } from "./cuts.js";
import { decide } from "./decide.js";
import { glyph } from "./normalise.js";
import { find, joined } from "./pieces.js";
import { isCross, isSlash, mayBeSlash, median, ofSmall, stacked } from "./separators.js";

/**
 * @typedef {import("./decide.js").Answer} Answer
 * @typedef {import("./pieces.js").Piece} Piece
 *
 * @typedef {object} Where
 * @property {Uint8Array} glyph  the 28×28 that the network saw
 * @property {[number, number, number, number]} box  left, top, right, bottom, in pixels of the drawing
 * @typedef {Answer & Where} Digit
 *
 * A piece as the network saw it. `confidence` is the probability that it is a digit, and the most probable one.
 * @typedef {{ piece: Piece, glyph: Uint8Array, answer: Answer }} Seen
 *
 * What stands at one place of the text, with the columns that it covers.
 * @typedef {{ text: string, left: number, right: number }} Token
 */

const MARK = 0.45; // pieces lower than this share of the digits' height are marks: points, commas, dashes
const CLOSE = 0.15; // pieces nearer to each other than this share of the height may be one broken digit
const SURE = 0.8; // a piece less likely than this to be one digit may belong together with the next
const REMEMBERED = 2000; // glyphs
const JOINED = 0.7; // what is joined must be at least as likely a digit as this

/** Reads drawings with a network, and remembers what it has seen: a stroke changes one piece of a drawing, not the others. */
export class Reader {
  /** @param {import("./engine.js").Network} network */
  constructor(network) {
    this.network = network;
    /** The network's softmax by glyph. @type {Map<string, Float32Array>} */
    this.known = new Map();
  }

  /**
   * Read the number in a drawing: its digits from left to right, and its text, with "?" where a digit is unsure and a space
   * where something is none. Where there is only one piece, it is what it looks like most, as `inkdigits classify` has it.
   * A blank drawing has no digits. The first look takes some milliseconds for each new piece; a closer look at what is
   * doubtful (digits that touch or slant, a broken one) may take a hundred times as long, and can wait until the pen rests.
   * @param {import("./ink.js").Ink} ink
   * @param {import("./weights.js").Trust} trust
   * @param {boolean} closer  whether to look closer at what is doubtful
   * @returns {{ text: string, digits: Digit[] }}
   */
  read(ink, trust = "normal", closer = true) {
    const { pieces, scale } = find(ink);
    const tall = pieces.filter((piece) => piece.ink.height >= MARK * scale);
    const { tokens, fragments } = marks(pieces.filter((piece) => piece.ink.height < MARK * scale), tall, scale);
    const asked = tall.filter((piece, i) => {
      const slash = i > 0 && i < tall.length - 1 && isSlash(piece, tall);
      if (slash) tokens.push({ text: "/", left: piece.left, right: piece.right });
      return !slash;
    });
    const threshold = this.network.thresholds[trust];
    const seen = looked(asked, fragments, scale, (piece) => this.look(piece, threshold), closer);
    const line = seen.map(({ piece }) => piece);
    const digits = seen.map(({ piece, glyph, answer }, i) => {
      const { left, top, right, bottom } = piece;
      const inside = i > 0 && i < seen.length - 1;
      const doubtful = inside && answer.best === 1 && mayBeSlash(piece, line);
      const digit = doubtful ? halved(answer, threshold) : answer;
      const stranger = seen.length > 1 && digit.stranger > digit.confidence;
      tokens.push({ text: stranger ? " " : String(digit.label ?? "?"), left, right });
      return { ...digit, glyph, box: /** @type {Where["box"]} */ ([left, top, right, bottom]) };
    });
    return { text: written(tokens, scale), digits };
  }

  /** @param {Piece} piece @param {number} threshold @returns {Seen} */
  look(piece, threshold) {
    const own = glyph(piece.ink);
    const key = String.fromCharCode(...own);
    const raw = this.known.get(key) ?? this.network.run(own);
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(key, raw);
    return { piece, glyph: own, answer: decide(raw, this.network.temperature, threshold) };
  }
}

/**
 * Return the separators among the small pieces of a line, and those that are none: fragments of digits, perhaps.
 * @param {Piece[]} small  from left to right @param {Piece[]} tall @param {number} scale
 * @returns {{ tokens: Token[], fragments: Piece[] }}
 */
function marks(small, tall, scale) {
  /** @type {Token[]} */
  const tokens = [];
  /** @type {Piece[]} */
  const fragments = [];
  for (let i = 0; i < small.length; i++) {
    const [one, next] = [small[i], small[i + 1]];
    if (next && Math.min(one.right, next.right) > Math.max(one.left, next.left)) {
      const [upper, lower] = one.top + one.bottom < next.top + next.bottom ? [one, next] : [next, one];
      const both = stacked(upper, lower, tall, scale);
      if (both) {
        tokens.push({ text: both, left: Math.min(one.left, next.left), right: Math.max(one.right, next.right) });
        i++;
        continue;
      }
    }
    const text = ofSmall(one, tall, scale);
    if (text) tokens.push({ text, left: one.left, right: one.right });
    else fragments.push(one);
  }
  return { tokens, fragments };
}

/** Return an answer that may as well be none. @param {Answer} answer @param {number} threshold @returns {Answer} */
function halved(answer, threshold) {
  const confidence = answer.confidence / 2;
  return confidence >= threshold ? { ...answer, confidence } : { ...answer, confidence, label: null, reason: "unsure" };
}

/**
 * Return what the tall pieces are, left to right, as reading/pieces.py has it: each with the fragments beside it where that
 * is at least as likely; the doubtful ones cut, set upright, or joined to the next.
 * @param {Piece[]} tall @param {Piece[]} fragments @param {number} scale
 * @param {(piece: Piece) => Seen} look @param {boolean} closer
 * @returns {Seen[]}
 */
function looked(tall, fragments, scale, look, closer) {
  const found = tall.map((piece) => {
    const alone = look(piece);
    const parts = fragments.filter((fragment) => isBeside(fragment, piece, scale));
    const together = parts.length ? look(joined([piece, ...parts])) : alone;
    const seen = together.answer.confidence >= Math.max(JOINED, 0.9 * alone.answer.confidence) ? together : alone;
    const { confidence, stranger } = seen.answer;
    if (confidence >= SURE || !closer) return { seen, doubtful: false, path: [seen], score: Math.log(confidence) };
    const views = candidates(seen.piece).map((part) => ({ ...part, ...look(part.piece) }));
    const { path, score } = best(views, (view) => view.answer.confidence);
    // A sign is a sign, even if a stroke of it would be a 1.
    const narrow = seen.piece.ink.width <= 1.3 * seen.piece.ink.height;
    const parted = path.some(({ answer }) => answer.stranger > answer.confidence);
    const sign = narrow && stranger > confidence && (parted || isCross(seen.piece));
    return { seen, doubtful: true, path: sign ? [seen] : path, score };
  });
  /** @type {Seen[]} */
  const read = [];
  for (let i = 0; i < found.length; i++) {
    const [here, next] = [found[i], found[i + 1]];
    const close = next && tall[i + 1].left - tall[i].right <= CLOSE * scale;
    if (close && (here.doubtful || next.doubtful)) {
      const together = look(joined([here.seen.piece, next.seen.piece]));
      const { confidence } = together.answer;
      if (confidence >= JOINED && Math.log(confidence) > here.score + next.score) {
        read.push(together);
        i++; // what is joined already is not joined again
        continue;
      }
    }
    read.push(...here.path);
  }
  return read;
}

/**
 * Tell whether a fragment lies right beside a piece, in its upper half: a 5's bar, the end of a 7's.
 * @param {Piece} fragment @param {Piece} piece @param {number} scale
 */
function isBeside(fragment, piece, scale) {
  const reach = 0.35 * scale;
  const x = (fragment.left + fragment.right) / 2;
  const y = (fragment.top + fragment.bottom) / 2;
  const aside = x > piece.left - reach && x < piece.right + reach + fragment.ink.width / 2;
  return aside && y > piece.top - reach && y < (piece.top + piece.bottom) / 2;
}

/**
 * Return tokens as text: one space for each gap between numbers, and for each run of what is not a digit.
 * @param {Token[]} tokens @param {number} scale
 */
function written(tokens, scale) {
  const sorted = [...tokens].sort((a, b) => a.left + a.right - b.left - b.right);
  const gaps = sorted.slice(1).map((token, i) => token.left - sorted[i].right);
  const wide = Math.max(1.2 * scale, 2.2 * median(gaps));
  const text = sorted.map((token, i) => (i && gaps[i - 1] > wide ? " " : "") + token.text).join("");
  return text.split(" ").filter(Boolean).join(" ");
}
