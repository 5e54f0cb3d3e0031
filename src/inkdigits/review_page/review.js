// The review: one field after the other. The next fields are here before they are needed; each decision goes out at once,
// and is sent again, under the same id, until the server says that it is on the disk.

import { ask as asked, at, failed, many, notice, Refused } from "../form_page/asking.js";

/** @typedef {{id: string, key: string, source: string, form: string, copy: number | null, text: string, reason: string | null,
 *   confidence: number, rivals: [string, number][], signs: number[], status: string, isMark: boolean, boxes: boolean,
 *   crop: string | null, page: number}} Item */
/** @typedef {{id: string, item: string, action: string, value: string | null, by: string, sampled: boolean}} Decision */

const value = /** @type {HTMLInputElement} */ (at("value"));
const dialog = /** @type {HTMLDialogElement} */ (at("sheet"));
const session = crypto.getRandomValues(new Uint32Array(4)).join("-");

let by = "", which = "doubtful", most = 100;
/** @type {Item[]} */ let queue = [];
/** @type {Item | null} */ let item = null;
/** @type {{decision: Decision, item: Item}[]} */ let decided = [];
/** @type {Set<string>} */ const gone = new Set();
/** @type {Set<string>} */ const unsaved = new Set();
let isOverwriting = false, left = 0, isFetching = false, isWorking = false;

const newId = () => [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, "0")).join("");

/** @param {string} path @param {object} [body] @returns {Promise<any>} */
const ask = (path, body) => asked(`/review/${path}`, body);

/** @param {"first" | "work" | "misfit" | "done"} name */
function show(name) {
  for (const id of ["first", "work", "misfit", "done"]) at(id).hidden = id !== name;
}

async function firstScreen() {
  isWorking = false;
  const said = await ask(`state?most=${most}`);
  at("counts").textContent = `${many(said.fields, "field")} read; ${said.decided.toLocaleString("en")} decided by people, ${said.doubtful.toLocaleString("en")} to go.`;
  at("n-doubtful").textContent = `(${said.doubtful.toLocaleString("en")})`;
  at("n-sheets").textContent = `(${said.sheets.toLocaleString("en")})`;
  at("n-sample").textContent = `(${said.sample.toLocaleString("en")} to go)`;
  at("folder").textContent = said.folder;
  at("reach").textContent = (said.local ? "Only this machine." : "Machines on the network.") +
    (said.token ? " Only who knows the address with its token." : said.local ? " Others can if it is started with \u2011\u2011host, and then by a token only." : "");
  at("estimate").textContent = estimated(said.estimate);
  at("progress").textContent = "";
  show("first");
}

/** @param {{looked: number, wrong: number, sure: number, low: number, high: number}} e */
function estimated(e) {
  if (!e.looked) return "";
  const per = (/** @type {number} */ share) => Math.round(share * e.sure).toLocaleString("en");
  return `Of ${many(e.looked, "sure field")} looked at, ${e.wrong.toLocaleString("en")} ${e.wrong === 1 ? "was" : "were"} wrong. ` +
    `Among all ${e.sure.toLocaleString("en")}: about ${per(e.wrong / e.looked)} wrong, with 95 % confidence ${per(e.low)} to ${per(e.high)} ` +
    `(${(100 * e.low).toFixed(1)} to ${(100 * e.high).toFixed(1)} %).`;
}

/** Fetch what comes next, unless enough is here. */
async function fetchMore() {
  if (isFetching || queue.length > 4) return;
  isFetching = true;
  try {
    const said = await ask("next", { session, which, most });
    const have = new Set([item?.id, ...queue.map(({ id }) => id)]);
    for (const one of said.items) {
      if (gone.has(one.id) || have.has(one.id)) continue;
      queue.push(one);
      if (one.crop) { const picture = new Image(); picture.src = one.crop; void picture.decode().catch(() => {}); }
    }
  } finally {
    isFetching = false;
  }
}

async function next() {
  item = queue.shift() ?? null;
  if (!item) {
    await Promise.allSettled([...sending.values()]);
    await fetchMore();
    item = queue.shift() ?? null;
  }
  if (!isWorking) return;
  if (!item) { await finished(); return; }
  draw();
  void fetchMore().catch(failed);
}

async function finished() {
  const said = await ask(`state?most=${most}`);
  const open = which === "doubtful" ? said.doubtful : which === "sheets" ? said.sheets : said.sample;
  at("done-title").textContent = open ? "Others have the rest in hand" : "Nothing is left here";
  at("done-text").textContent = which === "sample" ? estimated(said.estimate)
    : "inkdigits form export writes the tables, with these decisions in them.";
  /** @type {HTMLButtonElement} */ (at("done-undo")).disabled = !decided.length;
  at("progress").textContent = "";
  show("done");
  at("done-title").focus();
}

function draw() {
  if (!item) return;
  performance.mark("shown");
  left = Math.max(left, queue.length + 1);
  at("progress").textContent = unsaved.size > 3 ? `${unsaved.size} being saved` : `${left.toLocaleString("en")} to go`;
  const undo = which === "sheets" ? "misfit-undo" : "undo";
  /** @type {HTMLButtonElement} */ (at(undo)).disabled = !decided.length;
  if (!item.key) { drawMisfit(); return; }
  show("work");
  at("key").textContent = item.key;
  at("sheet-name").textContent = item.source + (item.copy ? `, copy ${item.copy}` : "");
  const crop = /** @type {HTMLImageElement} */ (at("crop"));
  crop.hidden = !item.crop;
  if (item.crop) crop.src = item.crop;
  at("reason").textContent = item.status === "review" ? `For review: ${item.reason ?? "unsure"}.` : "A sure field of the sample: is it right?";
  const rival = item.rivals.find(([text]) => text !== item?.text && text !== "");
  at("rival").hidden = !rival;
  at("rival").dataset.text = rival?.[0] ?? "";
  at("rival").textContent = rival ? `or ${shown(rival[0])}` : "";
  if (rival) { const key = document.createElement("kbd"); key.textContent = "R"; at("rival").append(key); }
  reset();
  value.focus();
  value.select();
  at("said").textContent = `${item.key}, read as ${shown(item.text) || "nothing"}${rival ? `, or ${shown(rival[0])}` : ""}`;
}

/** @param {string} text */
const shown = (text) => item?.isMark ? { x: "ticked", "-": "not ticked" }[text] ?? text : text;

function reset() {
  isOverwriting = false;
  value.value = item?.text ?? "";
  value.inputMode = item?.isMark ? "text" : "decimal";
  at("value-label").textContent = item?.isMark ? "Read as (x ticked, - not)" : "Read as";
  at("wrong").textContent = "";
}

async function drawMisfit() {
  const own = item;
  if (!own) return;
  show("misfit");
  at("misfit-name").textContent = `${own.source}, page ${own.page}`;
  at("misfit-reason").textContent = own.reason ?? "";
  const picture = /** @type {HTMLImageElement} */ (at("misfit-picture"));
  picture.hidden = true;
  at("other").focus();
  at("said").textContent = `${own.source}, page ${own.page}: ${own.reason}`;
  try {
    const said = await ask(`sheet/${own.id}`);
    if (item === own) { picture.src = said.picture; picture.hidden = false; }
  } catch (error) {
    if (item === own) at("misfit-reason").textContent = `${own.reason}. There is no picture: ${/** @type {Error} */ (error).message}`;
  }
}

/** @type {Map<string, Promise<void>>} */ const sending = new Map();

/** @param {string} action @param {string | null} [text] */
function decide(action, text = null) {
  if (!item) return;
  const decision = { id: newId(), item: item.id, action, value: text, by, sampled: which === "sample" };
  decided.push({ decision, item });
  gone.add(item.id);
  left -= 1;
  unsaved.add(decision.id);
  const sent = send(decision, item);
  sending.set(decision.id, sent);
  void sent.finally(() => sending.delete(decision.id));
  void next().catch(failed);
}

/** Send a decision until it is on the disk. @param {Decision} decision @param {Item} own */
async function send(decision, own) {
  for (let wait = 500; ; wait = Math.min(2 * wait, 8000)) {
    try {
      await ask("decide", decision);
      unsaved.delete(decision.id);
      if (!unsaved.size) notice("");
      return;
    } catch (error) {
      if (error instanceof Refused && error.status < 500) {
        unsaved.delete(decision.id);
        decided = decided.filter((one) => one.decision.id !== decision.id);
        refused(error, own);
        return;
      }
      notice("The server does not answer. What you decide is kept in this page and sent when it does: leave the page open.");
      await new Promise((done) => { setTimeout(done, wait); });
    }
  }
}

/** @param {Refused} error @param {Item} own */
function refused(error, own) {
  if (error.status === 409) { notice(`${error.message}. Their decision stands.`); return; }
  // The value means nothing in this field: the field comes back at once, with the reason.
  gone.delete(own.id);
  left += 1;
  if (item && item !== own) queue.unshift(item);
  item = own;
  draw();
  at("wrong").textContent = error.message;
}

async function undo() {
  const last = decided.pop();
  if (!last) return;
  await sending.get(last.decision.id);
  try {
    const said = await ask("undo", { id: newId(), decision: last.decision.id, by });
    gone.delete(last.item.id);
    left += 1;
    if (item) queue.unshift(item);
    item = { ...last.item, ...said.item };
    isWorking = true;
    draw();
  } catch (error) {
    notice(/** @type {Error} */ (error).message);
  }
}

function accept() {
  if (!item) return;
  const text = value.value.trim();
  if (text) decide("value", text);
  else if (isOverwriting || !item.text) decide("empty");
}

async function wholeSheet() {
  if (dialog.open) { dialog.close(); return; }
  if (!item) return;
  const own = item;
  dialog.showModal();
  at("close").focus();
  const picture = /** @type {HTMLImageElement} */ (at("sheet-picture"));
  picture.removeAttribute("src");
  at("sheet-where").textContent = "Loading…";
  try {
    const said = await ask(`sheet/${own.id}`);
    picture.src = said.picture;
    at("sheet-where").textContent = `${said.source}, page ${said.page}`;
    const points = (said.polygon ?? []).map((/** @type {number[]} */ point) => point.join(",")).join(" ");
    document.querySelector("#sheet-mark polygon")?.setAttribute("points", points);
  } catch (error) {
    at("sheet-where").textContent = /** @type {Error} */ (error).message;
  }
}

async function stop() {
  await Promise.allSettled([...sending.values()]);
  await ask("release", { session });
  queue = [];
  item = null;
  await firstScreen();
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !isWorking) return;
  const isButton = document.activeElement instanceof HTMLButtonElement;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (dialog.open) { if (key === " ") { event.preventDefault(); dialog.close(); } return; }
  if (key === "u") { event.preventDefault(); void undo(); return; }
  if (!item) return;
  if (!item.key) {
    if (key === "s") decide("skip");
    return;
  }
  if (isButton && (key === "Enter" || key === " ")) return;
  if (key === "Enter") { event.preventDefault(); if (!event.repeat) accept(); }
  else if (key === " ") { event.preventDefault(); void wholeSheet(); }
  else if (key === "e") { event.preventDefault(); decide("empty"); }
  else if (key === "r" && at("rival").dataset.text) { event.preventDefault(); decide("value", at("rival").dataset.text); }
  else if (key === "x" && !item.isMark) { event.preventDefault(); decide("unreadable"); }
  else if (key === "Escape") { reset(); value.select(); }
  else if (/^[0-9]$/.test(key) && document.activeElement !== value) { value.focus(); value.select(); }
});

value.addEventListener("input", () => { isOverwriting = true; at("wrong").textContent = ""; });
at("begin").addEventListener("submit", (event) => {
  event.preventDefault();
  by = /** @type {HTMLInputElement} */ (at("name")).value.trim();
  if (!by) return;
  which = String(new FormData(/** @type {HTMLFormElement} */ (at("begin"))).get("which"));
  most = Math.max(1, Number(/** @type {HTMLInputElement} */ (at("most")).value) || 100);
  queue = [];
  gone.clear();
  isWorking = true;
  void (async () => {
    const said = await ask(`state?most=${most}`);
    left = which === "doubtful" ? said.doubtful : which === "sheets" ? said.sheets : said.sample;
    await fetchMore();
    await next();
  })().catch(failed);
});
at("begin").addEventListener("change", () => { at("size").hidden = new FormData(/** @type {HTMLFormElement} */ (at("begin"))).get("which") !== "sample"; });
at("accept").addEventListener("click", accept);
at("rival").addEventListener("click", () => decide("value", at("rival").dataset.text ?? ""));
at("empty").addEventListener("click", () => decide("empty"));
at("unreadable").addEventListener("click", () => decide("unreadable"));
at("whole").addEventListener("click", () => void wholeSheet());
at("close").addEventListener("click", () => dialog.close());
at("other").addEventListener("click", () => decide("not this form"));
at("skip").addEventListener("click", () => decide("skip"));
for (const id of ["undo", "misfit-undo", "done-undo"]) at(id).addEventListener("click", () => void undo());
for (const id of ["stop", "misfit-stop", "again"]) at(id).addEventListener("click", () => void stop().catch(failed));
addEventListener("beforeunload", (event) => { if (unsaved.size) event.preventDefault(); });
addEventListener("pagehide", () => { navigator.sendBeacon("/review/release", JSON.stringify({ session })); });

await firstScreen().then(() => { document.documentElement.dataset.ready = "review"; }).catch(failed);
