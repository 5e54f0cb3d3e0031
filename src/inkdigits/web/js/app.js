// @ts-check
// The page: its tabs, each set up when it is first opened.

import { camera } from "./camera.js";
import { button, byId } from "./dom.js";
import { draw } from "./draw.js";
import { inside } from "./inside.js";
import { photo } from "./photo.js";

const NAMES = ["draw", "photo", "camera", "inside"];
/** What is done when a tab is opened, and when it is left. @type {Record<string, { open?: () => void, leave?: () => void }>} */
const tabs = {};

const drawing = draw((glyph) => {
  show("inside");
  tabs.inside.open?.();
  look?.(glyph);
  button("tab-inside").focus();
});
tabs.draw = drawing;
/** @type {((glyph: Uint8Array | null) => void) | undefined} */
let look;

/** @type {Record<string, () => { open?: () => void, leave?: () => void }>} */
const setUp = {
  photo,
  camera,
  inside: () => {
    look = inside(drawing.chosen);
    return { open: () => look?.(null) };
  },
};

/** Open a tab. @param {string} name @param {boolean} [focus]  whether the tab itself is focused */
function show(name, focus = false) {
  for (const other of NAMES) {
    const panel = byId(other, HTMLElement);
    const tab = button(`tab-${other}`);
    if (other !== name && !panel.hidden) tabs[other]?.leave?.();
    panel.hidden = other !== name;
    tab.setAttribute("aria-selected", String(other === name));
    tab.tabIndex = other === name ? 0 : -1;
  }
  if (focus) button(`tab-${name}`).focus();
  if (!(name in tabs)) tabs[name] = setUp[name]();
  tabs[name].open?.();
  const hash = name === "draw" ? "" : `#${name}`;
  if (location.hash !== hash) history.replaceState(null, "", hash || location.pathname);
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
if (asked() !== "draw") show(asked());
