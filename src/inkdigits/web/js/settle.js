// @ts-check
// Answers that settle over frames: a digit is followed from frame to frame, and its probabilities are averaged.

import { cornersOf } from "./upright.js";

/**
 * A digit that is followed: where it is now, and what it has looked like.
 * @typedef {object} Track
 * @property {number[]} box  left, top, right, bottom
 * @property {import("./upright.js").Point[]} corners
 * @property {number[]} probabilities
 * @property {number} seen    frames
 * @property {number} missed  frames in a row
 */

const FRESH = 0.25; // how much a new frame counts
const SEEN = 3; // frames before a digit is told
const MISSED = 4; // frames before a digit is forgotten
const SURE = 0.5;
const OVERLAP = 0.2;
const KEPT = 9; // frames whose texts vote
const VOTES = 4;

export class Settler {
  constructor() {
    /** @type {Track[]} */
    this.tracks = [];
    /** @type {string[]} */
    this.texts = [];
    this.text = "";
  }

  /**
   * Take a frame in, and return what there is by now.
   * @param {string} text @param {import("./server.js").ReadDigit[]} digits
   * @returns {{ text: string, digits: { corners: import("./upright.js").Point[], label: number | null }[] }}
   */
  add(text, digits) {
    const free = new Set(this.tracks);
    for (const digit of digits) {
      const { box } = digit;
      const corners = cornersOf(digit);
      if (!box || !corners) continue;
      const known = [...free].reduce((best, track) => (!best || shared(track.box, box) > shared(best.box, box) ? track : best), /** @type {Track | null} */ (null));
      // Shares of the digits alone become probabilities: what may be no digit counts for less.
      const scale = digit.confidence / Math.max(...digit.probabilities);
      const p = digit.probabilities.map((v) => v * scale);
      if (known && shared(known.box, box) > OVERLAP) {
        free.delete(known);
        known.box = known.box.map((v, i) => 0.5 * v + 0.5 * box[i]);
        known.corners = known.corners.map(([x, y], i) => [0.5 * x + 0.5 * corners[i][0], 0.5 * y + 0.5 * corners[i][1]]);
        known.probabilities = known.probabilities.map((v, i) => (1 - FRESH) * v + FRESH * p[i]);
        known.seen++;
        known.missed = 0;
      } else {
        this.tracks.push({ box: [...box], corners, probabilities: p, seen: 1, missed: 0 });
      }
    }
    for (const track of free) track.missed++;
    this.tracks = this.tracks.filter(({ missed }) => missed < MISSED);
    this.texts = [...this.texts, text].slice(-KEPT);
    const votes = (/** @type {string} */ own) => this.texts.filter((other) => other === own).length;
    const winner = this.texts.reduce((best, own) => (votes(own) >= votes(best) ? own : best));
    if (votes(winner) >= VOTES) this.text = winner;
    const shown = this.tracks.filter(({ seen, missed }) => seen >= SEEN && missed < 2);
    return { text: this.text, digits: shown.map(({ corners, probabilities }) => ({ corners, label: told(probabilities) })) };
  }
}

/** @param {number[]} probabilities */
function told(probabilities) {
  const most = Math.max(...probabilities);
  return most >= SURE ? probabilities.indexOf(most) : null;
}

/** Return what two boxes share, as part of what they cover together. @param {number[]} a @param {number[]} b */
function shared(a, b) {
  const across = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (across <= 0 || down <= 0) return 0;
  const area = (/** @type {number[]} */ [left, top, right, bottom]) => (right - left) * (bottom - top);
  return (across * down) / (area(a) + area(b) - across * down);
}
