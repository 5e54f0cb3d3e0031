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
 * @property {[number, number, number, number] | null} box
 * @property {boolean} [corrected]  by hand, on this page
 *
 * @typedef {{ text: string, confidence: number, expected: boolean | null, box: number[], digits: ReadDigit[] }} Line
 *
 * @typedef {object} Page
 * @property {string} source
 * @property {number} page
 * @property {number} pages
 * @property {number} rotation  degrees by which it was turned to be upright, counter-clockwise
 * @property {[number, number]} size
 * @property {string} text
 * @property {Line[]} lines
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
 * @returns {Promise<Page[]>}
 */
export async function read(picture, signal) {
  /** @type {Response} */
  let answer;
  /** @type {{ results?: Page[], error?: string }} */
  let told;
  try {
    // What kind of picture it is the server tells by its bytes; browsers go by the file's name.
    answer = await fetch("read", { method: "POST", body: picture, headers: { "content-type": "application/octet-stream" }, signal });
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
