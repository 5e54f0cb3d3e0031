// @ts-check
// The page: its tabs. Drawing is there at once; what the other tabs need is loaded when they are first opened.

import { button, byId } from "./dom.js";
import { draw } from "./draw.js";

/** @typedef {{ open?: () => void, leave?: () => void }} Tab  what is done when a tab is opened, and when it is left */

const NAMES = ["draw", "photo", "camera", "inside"];

/** The digit that "Look inside" was asked to show. @type {import("./reading.js").Digit | null} */
let chosen = null;

const drawing = draw((digit) => {
  chosen = digit;
  show("inside", true);
});

/** @type {Record<string, () => Promise<Tab>>} */
const setUp = {
  draw: async () => drawing,
  photo: async () => (await import("./photo.js")).photo(),
  camera: async () => (await import("./camera.js")).camera(),
  inside: async () => {
    const look = (await import("./inside.js")).inside(drawing.chosen);
    const open = () => {
      look(chosen);
      chosen = null;
    };
    return { open };
  },
};
/** @type {Record<string, Promise<Tab>>} */
const tabs = {};

/** Open a tab. @param {string} name @param {boolean} [focus]  whether the tab itself is focused */
async function show(name, focus = false) {
  for (const other of NAMES) {
    const panel = byId(`panel-${other}`, HTMLElement);
    const tab = button(`tab-${other}`);
    if (other !== name && !panel.hidden) tabs[other]?.then(({ leave }) => leave?.());
    panel.hidden = other !== name;
    tab.setAttribute("aria-selected", String(other === name));
    tab.tabIndex = other === name ? 0 : -1;
  }
  if (focus) button(`tab-${name}`).focus();
  const hash = name === "draw" ? "" : `#${name}`;
  if (location.hash !== hash) history.replaceState(null, "", hash || location.pathname);
  try {
    const { open } = await (tabs[name] ??= setUp[name]());
    if (!byId(`panel-${name}`, HTMLElement).hidden) open?.();
  } catch (error) {
    delete tabs[name]; // opened again, it is loaded again
    throw error;
  }
}

for (const name of NAMES) button(`tab-${name}`).addEventListener("click", () => show(name));
button("tab-draw").parentElement?.addEventListener("keydown", (event) => {
  const now = NAMES.findIndex((name) => document.activeElement === button(`tab-${name}`));
  const places = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: NAMES.length - 1 };
  const next = places[/** @type {keyof typeof places} */ (event.key)];
  if (now < 0 || next === undefined) return;
  event.preventDefault();
  show(NAMES[(next + NAMES.length) % NAMES.length], true);
});
const asked = () => (NAMES.includes(location.hash.slice(1)) ? location.hash.slice(1) : "draw");
addEventListener("hashchange", () => show(asked()));
show(asked());
