// @ts-check
// Correcting what was read: a digit by another one, or by none; the texts of its line and page follow.

/** @typedef {import("./server.js").Page} Page */

/**
 * Return where in a line's text each of its digits stands; -1 for all if the two do not belong together.
 * @param {import("./server.js").Line} line
 */
export function places({ text, digits }) {
  const found = [...text].flatMap((sign, i) => (/[\d?]/.test(sign) ? [i] : []));
  return found.length === digits.length ? found : digits.map(() => -1);
}

/**
 * Correct a digit of a page in place.
 * @param {Page} page @param {number} line @param {number} digit  which of the line's
 * @param {number | null} label  what it is; null takes it away
 */
export function correct(page, line, digit, label) {
  const own = page.lines[line];
  const place = places(own)[digit];
  if (place >= 0) own.text = own.text.slice(0, place) + (label ?? "") + own.text.slice(place + 1);
  if (label === null) own.digits.splice(digit, 1);
  else Object.assign(own.digits[digit], { label, reason: null, corrected: true });
  if (!own.digits.length) page.lines.splice(line, 1);
  page.text = page.lines.map(({ text }) => text).join("\n");
}
