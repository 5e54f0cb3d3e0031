// @ts-check
// The local server, asked to read pictures. The page may stand on a host that has none.

/**
 * What the server answers about a page: see /openapi.json.
 * @typedef {object} ReadDigit
 * @property {number | null} label
 * @property {number} best
 * @property {number} confidence
 * @property {string | null} reason
 * @property {number[]} probabilities
 * @property {"handwritten" | "printed" | null} ink
 * @property {[number, number, number, number] | null} box  in pixels of the picture that was given
 * @property {[number, number][] | null} polygon  its corners there, clockwise from its own top left
 * @property {boolean} [corrected]  by hand, on this page
 *
 * @typedef {object} Line
 * @property {string} text
 * @property {number} confidence
 * @property {boolean | null} expected
 * @property {number[]} box
 * @property {[number, number][]} polygon
 * @property {ReadDigit[]} digits
 *
 * @typedef {object} Page
 * @property {string} source
 * @property {number} schema
 * @property {number} page
 * @property {number} pages
 * @property {number} rotation  degrees by which it was turned to be upright, counter-clockwise
 * @property {[number, number]} size  width and height of the picture that was given, as EXIF orients it
 * @property {string} text
 * @property {Line[]} lines
 * @property {string[]} [warnings]  what of the picture is not in the result, a line each
 * @property {string} [picture]  the page as a JPEG, a data URL, where it was asked for
 */

/** The server did not read a picture. The message is for people: why, and what would do. */
export class ServerError extends Error {
  /** @param {string} message @param {boolean} busy  whether the same may go well in a moment */
  constructor(message, busy = false) {
    super(message);
    this.busy = busy;
  }
}

/** Tell whether there is a server behind this page. */
export async function present() {
  try {
    const answer = await fetch("health");
    return "status" in (await answer.json()) || answer.status === 503;
  } catch {
    return false; // a host of static files has no such address, or has a page there
  }
}

/**
 * Have a picture read. Throws ServerError, or AbortError where `signal` says so.
 * @param {Blob} picture  in any format that `inkdigits read` takes
 * @param {AbortSignal} [signal]
 * @param {boolean} [pictures]  whether each page shall come with a picture of it, for what no browser can show
 * @returns {Promise<Page[]>}
 */
export async function read(picture, signal, pictures = false) {
  /** @type {Response} */
  let answer;
  /** @type {{ results?: Page[], error?: string }} */
  let told;
  try {
    // What kind of picture it is the server tells by its bytes; browsers go by the file's name.
    answer = await fetch(pictures ? "read?picture=true" : "read", { method: "POST", body: picture, headers: { "content-type": "application/octet-stream" }, signal });
    told = await answer.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ServerError("The server does not answer. Is inkdigits serve still running?", true);
  }
  if (answer.ok && told.results) return told.results;
  const busy = answer.status === 429 || answer.status === 503;
  throw new ServerError(busy ? "The server is busy; try again in a moment." : `This picture ${told.error ?? "was refused"}.`, busy);
}

/**
 * Show in a panel what needs the server, or that there is none.
 * @param {HTMLElement} panel
 */
export async function offer(panel) {
  const there = await present();
  for (const part of panel.querySelectorAll(".no-server")) /** @type {HTMLElement} */ (part).hidden = there;
  for (const part of panel.querySelectorAll(".needs-server")) /** @type {HTMLElement} */ (part).hidden = !there;
  for (const part of panel.querySelectorAll(".server-host")) part.textContent = location.host;
  return there;
}
