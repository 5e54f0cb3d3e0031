// @ts-check
// The page's elements: found by their id, or made with what is in them.

/**
 * Return the element with an id. Throws if there is none of that kind: the page and its script do not belong together.
 * @template {Element} T
 * @param {string} id @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no #${id}`);
  return found;
}

/** @param {string} id */
export const button = (id) => byId(id, HTMLButtonElement);

/**
 * Return a new element with attributes and content; text is text, never markup.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, string>} [attributes] @param {(Node | string)[]} content
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/**
 * Return a new element of a drawing.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag @param {Record<string, string>} attributes @param {(Node | string)[]} content
 * @returns {SVGElementTagNameMap[K]}
 */
export function drawn(tag, attributes, ...content) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/**
 * Have the arrow keys go through an element's children, of which Tab reaches the pressed one alone.
 * @param {HTMLElement} group
 * @param {() => number} across  how many there are in a row
 */
export function rove(group, across) {
  group.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across(), ArrowDown: across() };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = [...group.children];
    const next = all[all.indexOf(/** @type {Element} */ (document.activeElement)) + step];
    event.preventDefault();
    if (!(next instanceof HTMLElement)) return;
    next.focus();
    next.click();
  });
}

/**
 * Press one of a group's children, and let the others go.
 * @param {Element} group @param {number} chosen
 */
export function press(group, chosen) {
  [...group.children].forEach((child, i) => {
    child.setAttribute("aria-pressed", String(i === chosen));
    if (child instanceof HTMLElement) child.tabIndex = i === Math.max(chosen, 0) ? 0 : -1;
  });
}

/** Return a probability for people; no reader is certain. @param {number} p */
export function chance(p) {
  if (p >= 0.9995) return ">99.9 %";
  if (p < 0.0005) return "<0.1 %";
  return `${(100 * p).toFixed(1)} %`;
}
