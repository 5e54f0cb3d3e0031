// @ts-check
// Numbers as pictures: a value is a pixel, in the colours that the whole page uses.

/** @typedef {[number, number, number]} Colour */
/** @typedef {(value: number) => Colour} Palette */

/** White on black, as the network's input is. 0 to 1. @type {Palette} */
export const grey = (v) => [255 * v, 255 * v, 255 * v];

// What a layer gives: dark where it found nothing, through blue to nearly white where it found most.
/** @type {Colour[]} */
const GLOW = [[13, 19, 27], [18, 58, 110], [36, 116, 206], [132, 190, 255], [240, 248, 255]];
// What is positive or negative: blue speaks for, orange against, as in the explanations.
const FOR = [24, 98, 184];
const AGAINST = [214, 84, 10];

/** Return the palette of a layer's values, of which `most` is the largest. @param {number} most @returns {Palette} */
export function glow(most) {
  return (v) => {
    const place = Math.min(Math.max(v / (most || 1), 0), 1) * (GLOW.length - 1);
    const below = Math.min(Math.floor(place), GLOW.length - 2);
    return mixed(GLOW[below], GLOW[below + 1], place - below);
  };
}

/** Return the palette of weights and products: white is 0. @param {number} most  the largest magnitude @returns {Palette} */
export function signed(most) {
  return (v) => mixed([255, 255, 255], v < 0 ? AGAINST : FOR, Math.min(Math.abs(v) / (most || 1), 1) ** 0.8);
}

/** @param {number[]} from @param {number[]} to @param {number} share @returns {Colour} */
const mixed = (from, to, share) => /** @type {Colour} */ (from.map((v, i) => Math.round(v + (to[i] - v) * share)));

/**
 * Paint values row by row, a pixel each.
 * @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} values @param {number} columns @param {Palette} palette
 */
export function paint(canvas, values, columns, palette) {
  const rows = Math.ceil(values.length / columns);
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const picture = new ImageData(columns, rows);
  for (let i = 0; i < values.length; i++) {
    picture.data.set(palette(values[i]), 4 * i);
    picture.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
}

/**
 * Return text on a colour: the colour, and black or white, whichever can be read on it.
 * @param {Colour} colour
 * @returns {{ background: string, color: string }}
 */
export function readable(colour) {
  const [r, g, b] = colour.map((v) => ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return { background: `rgb(${colour.map(Math.round).join(" ")})`, color: light > 0.179 ? "#000000" : "#ffffff" };
}
