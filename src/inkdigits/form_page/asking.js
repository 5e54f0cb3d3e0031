// What the pages of `form review` and `form edit` share: elements by their id, and requests.

/** @template {HTMLElement} T @param {string} id @returns {T} */
export const at = (id) => /** @type {T} */ (document.getElementById(id));

export class Refused extends Error {
  /** @param {number} status @param {string} reason */
  constructor(status, reason) { super(reason); this.status = status; }
}

/** Ask the server; what it refuses is thrown. @param {string} address @param {object} [body] @returns {Promise<any>} */
export async function ask(address, body) {
  const answer = await fetch(address, body && { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  const said = await answer.json().catch(() => ({ error: `the server answered ${answer.status}` }));
  if (!answer.ok) throw new Refused(answer.status, said.error);
  return said;
}

/** @param {string} text */
export function notice(text) { at("notice").textContent = text; at("notice").hidden = !text; }

/** @param {unknown} error */
export function failed(error) { notice(error instanceof Refused ? error.message : "The server does not answer: is it still running?"); }

/** @param {number} n @param {string} one */
export const many = (n, one) => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;
