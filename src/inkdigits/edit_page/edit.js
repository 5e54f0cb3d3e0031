// The editor of a template: its fields on the blank, beside them a list and the settings of one. What is wrong is told by the
// server, with the loader that reads templates; so nothing is saved that `form read` would refuse.

import { ask, at, failed, many, notice, Refused } from "../form_page/asking.js";
import { areaOf, KIND_NAMES, KINDS, kindOf, Model } from "./model.js";
import { Settings } from "./settings.js";
import { Stage } from "./stage.js";

const CHECK_AFTER = 150; // milliseconds without a change
const STEP = 0.5, LARGE_STEP = 5; // millimetres
const ARROWS = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });

/** @type {Model} */ let model;
/** @type {Stage} */ let stage;
/** @type {Settings} */ let settings;
/** @type {{place: string, text: string} | null} */ let problem = null;
let version = "", timer = 0, isChecking = false, isStale = false, shownPage = -1, isSaving = false;
/** @type {Map<number, string>} */ const pictures = new Map();

/** @param {string} text */
function say(text) { at("said").textContent = text; }

/** The field that a place in the file is in. @param {string} place */
const fieldAt = (place) => model.names.find((name) => place === `fields.${name}` || place.startsWith(`fields.${name}.`)) ?? "";

/** @param {string} name */
const isEditing = (name) => name === "INPUT" || name === "TEXTAREA" || name === "SELECT";

function draw() {
  if (!model) return;
  stage.wrong = problem && fieldAt(problem.place);
  stage.draw();
  settings.draw();
  const { selected } = model;
  at("settings").hidden = selected === null;
  at("nothing").hidden = selected !== null;
  at("settings-title").textContent = selected ?? "";
  const names = model.names;
  disabled("earlier", names[0] === selected);
  disabled("later", names.at(-1) === selected);
  disabled("undo", !model.past.length);
  disabled("redo", !model.future.length);
  const isSaved = model.template === model.saved;
  disabled("save", isSaving); // never else: what is being typed counts only when it is clicked
  at("saved").textContent = isSaving ? "Saving…" : isSaved ? (version ? "Saved" : "No file yet") : "Not saved";
  at("add").textContent = "Add";
  drawList();
  drawProblem();
  /** @type {HTMLSelectElement} */ (at("page-number")).value = String(model.page);
  if (shownPage !== model.page) void showPicture().catch(failed);
}

/** @param {string} id @param {boolean} is */
function disabled(id, is) { /** @type {HTMLButtonElement} */ (at(id)).disabled = is; }

function drawList() {
  const list = at("list"), wrong = problem && fieldAt(problem.place);
  const focused = list.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.name : undefined;
  list.replaceChildren(...model.names.map((name) => {
    const button = document.createElement("button"), kind = document.createElement("span"), row = document.createElement("li");
    button.type = "button";
    button.dataset.name = name;
    button.setAttribute("aria-pressed", String(name === model.selected));
    const own = document.createElement("span");
    own.textContent = name;
    kind.className = name === wrong ? "wrong" : "dim";
    const page = model.pages.length > 1 ? `, page ${model.pageOf(name) + 1}` : "";
    kind.textContent = name === wrong ? "to be mended" : KIND_NAMES[kindOf(model.template.fields[name])].split(",")[0] + page;
    button.append(own, kind);
    button.addEventListener("click", () => { model.select(name); stage.reveal(name); });
    row.append(button);
    return row;
  }));
  if (focused !== undefined) /** @type {HTMLElement | null} */ (list.querySelector(`[data-name="${CSS.escape(focused)}"]`))?.focus();
}

function drawProblem() {
  const field = problem ? fieldAt(problem.place) : "";
  const isBeside = settings.mark(problem, model.selected === field ? field : "") && field !== "";
  at("problem").hidden = !problem || isBeside;
  if (at("problem-text").textContent !== (problem?.text ?? "")) at("problem-text").textContent = problem?.text ?? "";
  at("problem-go").hidden = !field || model.selected === field;
}

async function showPicture() {
  const page = shownPage = model.page;
  const image = document.querySelector("#blank");
  image?.removeAttribute("href");
  if (!pictures.has(page)) pictures.set(page, (await ask(`/edit/picture/${page + 1}`)).picture);
  if (page === model.page) image?.setAttribute("href", pictures.get(page) ?? "");
}

function changed() {
  draw();
  if (!stage.drag || stage.drag.kind === "new") check(); else isStale = true;
}

/** Have the server say what is wrong, once nothing has changed for a moment. */
function check() {
  clearTimeout(timer);
  timer = setTimeout(() => void checkNow().catch(failed), CHECK_AFTER);
}

async function checkNow() {
  if (isChecking) { isStale = true; return; }
  isChecking = true;
  isStale = false;
  const { template } = model;
  try {
    const said = await ask("/edit/check", { template });
    if (template !== model.template) isStale = true;
    for (const [name, cells] of Object.entries(said.cells)) {
      const field = template.fields[name];
      if (!field) continue;
      stage.cellsOf[name] = areaOf(field);
      if (JSON.stringify(cells) !== JSON.stringify(stage.cells[name])) stage.cells[name] = cells;
    }
    if (said.problem?.text !== problem?.text) problem = said.problem;
    at("paper").dataset.checked = String(Number(at("paper").dataset.checked ?? 0) + 1);
    draw();
  } finally {
    isChecking = false;
    if (isStale && !stage.drag) check();
  }
}

async function save() {
  settings.flush();
  const { template } = model;
  if (isSaving) return;
  if (template === model.saved) { say("Saved already"); return; }
  isSaving = true;
  draw();
  try {
    version = (await ask("/edit/save", { template, version })).version;
    model.saved = template;
    notice("");
    say("Saved");
  } catch (error) {
    if (!(error instanceof Refused)) { notice("The server does not answer: nothing was saved. Start it again, and save again; leave this page open."); return; }
    if (error.status === 409) { notice(error.message); return; }
    await checkNow().catch(failed);
    if (problem) { showProblem(); say(`Not saved. ${problem.text}`); } else notice(error.message);
  } finally {
    isSaving = false;
    draw();
  }
}

function showProblem() {
  const field = problem ? fieldAt(problem.place) : "";
  if (field) { model.select(field); stage.reveal(field); settings.mark(problem, field); at("settings").querySelector("[aria-invalid]")?.scrollIntoView({ block: "nearest" }); return; }
  const details = /** @type {HTMLDetailsElement} */ (at("form-card"));
  details.open = true;
}

/** @param {-1 | 1} way */
function step(way) {
  if (model.go(way)) {
    say(way < 0 ? "Undone" : "Done again");
    if (model.selected !== null) stage.focus(model.selected);
  }
}

/** @param {string} name */
function told(name) {
  const { left, top, width, height } = areaOf(model.template.fields[name]);
  say(`left ${left}, top ${top}, ${width} by ${height} mm`);
}

function remove() {
  const name = model.selected;
  if (name === null) return;
  const next = model.remove(name);
  say(`${name} is deleted. Control Z brings it back.`);
  if (next !== null) stage.focus(next); else stage.scroller.focus();
}

function copy() {
  if (model.selected === null) return;
  const name = model.copy(model.selected);
  stage.focus(name);
  say(`${name} is a copy`);
}

function add() {
  const { x, y } = stage.middle();
  const name = model.add(/** @type {HTMLSelectElement} */ (at("add-kind")).value, { left: x, top: y });
  stage.reveal(name);
  stage.focus(name);
  say(`${name} is added. Arrow keys move it.`);
}

addEventListener("keydown", (event) => {
  if (!model) return;
  const target = /** @type {HTMLElement} */ (event.target), isTyping = isEditing(target.tagName);
  const isCommand = event.ctrlKey || event.metaKey, key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (isCommand && !event.altKey && key === "s") { event.preventDefault(); void save(); return; }
  if (isCommand && !event.altKey && !isTyping && (key === "z" || key === "y")) { event.preventDefault(); step(key === "y" || event.shiftKey ? 1 : -1); return; }
  const name = target.closest(".field")?.getAttribute("data-name");
  if (name === null || name === undefined) {
    if (key === "Escape" && target.closest("#settings") && model.selected !== null) { settings.flush(); stage.focus(model.selected); }
    return;
  }
  if (isCommand && key === "d") { event.preventDefault(); model.select(name); copy(); return; }
  const arrow = ARROWS[key];
  if (arrow && !event.altKey) {
    event.preventDefault();
    model.select(name);
    const far = event.shiftKey ? LARGE_STEP : STEP, { left, top, width, height } = areaOf(model.template.fields[name]);
    const tag = `${isCommand ? "size" : "move"} ${name}`;
    if (isCommand) model.setArea(name, { width: Math.max(1, width + far * arrow[0]), height: Math.max(1, height + far * arrow[1]) }, tag);
    else model.move(name, left + far * arrow[0], top + far * arrow[1], tag);
    stage.reveal(name);
    told(name);
  } else if (isCommand || event.altKey) return;
  else if (key === "Delete" || key === "Backspace") { event.preventDefault(); model.select(name); remove(); }
  else if (key === "Enter") { event.preventDefault(); model.select(name); settings.focus("name"); }
  else if (key === " ") { event.preventDefault(); model.select(name); }
  else if (key === "Escape") model.select(null);
});
// Tab goes from field to field: the one with the focus is the one that is selected. A touch or click selects by itself.
addEventListener("focusin", (event) => {
  const name = /** @type {Element} */ (event.target).closest(".field")?.getAttribute("data-name");
  if (name && model && !stage.drag && /** @type {Element} */ (event.target).matches(":focus-visible")) { model.select(name); stage.reveal(name); }
});

at("save").addEventListener("click", () => void save());
at("undo").addEventListener("click", () => step(-1));
at("redo").addEventListener("click", () => step(1));
at("add").addEventListener("click", add);
at("copy").addEventListener("click", copy);
at("remove").addEventListener("click", remove);
for (const [id, way] of /** @type {[string, -1 | 1][]} */ ([["earlier", -1], ["later", 1]])) {
  at(id).addEventListener("click", () => { if (model.selected !== null) model.reorder(model.selected, way); });
}
for (const [id, way] of /** @type {[string, -1 | 1][]} */ ([["smaller", -1], ["larger", 1]])) {
  at(id).addEventListener("click", () => { at("zoom").textContent = `${100 * stage.zoomBy(way)} %`; });
}
at("problem-go").addEventListener("click", showProblem);
at("page-number").addEventListener("change", () => {
  model.selected = null;
  model.page = Number(/** @type {HTMLSelectElement} */ (at("page-number")).value);
  draw();
});
for (const id of ["settings", "form-settings"]) at(id).addEventListener("submit", (event) => event.preventDefault());
addEventListener("pointerup", () => { if (isStale) check(); });
addEventListener("beforeunload", (event) => { if (model && model.template !== model.saved) event.preventDefault(); });

async function begin() {
  const said = await ask("/edit/state");
  version = said.version;
  model = new Model(said.template, said.pages, changed);
  if (!version) model.saved = {}; // the first save writes the file
  const kinds = /** @type {HTMLSelectElement} */ (at("add-kind"));
  kinds.append(...KINDS.map((kind) => Object.assign(document.createElement("option"), { value: kind, textContent: KIND_NAMES[kind] })));
  stage = new Stage(model, () => kinds.value, () => settings.flush());
  settings = new Settings(model, at("settings-of-field"), at("form-settings"), say);
  const pages = /** @type {HTMLSelectElement} */ (at("page-number"));
  pages.append(...said.pages.map((/** @type {object} */ _, /** @type {number} */ i) => Object.assign(document.createElement("option"), { value: String(i), textContent: String(i + 1) })));
  at("page-choice").hidden = said.pages.length === 1;
  at("file").textContent = `${said.template.name}: ${many(model.names.length, "field")} when it was opened`;
  at("path").textContent = said.file;
  at("keeps-old").hidden = !said.keepsOld;
  at("old").textContent = said.old;
  at("reach").textContent = said.local ? "Only this machine can reach this page." : "Machines on the network reach this page, with its token only.";
  draw();
  await checkNow();
  document.documentElement.dataset.ready = "edit";
}

await begin().catch(failed);
