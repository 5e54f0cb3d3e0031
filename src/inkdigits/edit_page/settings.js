// The settings of a field and of the form, as controls: each knows which value of the file it shows.

import { areaOf, CONSTRAINTS, KIND_NAMES, KINDS, kindOf, MEANT } from "./model.js";

/** @import { Model, Values } from "./model.js" */
/** @typedef {{key: string, in: "field" | "area" | "form", label: string, type: string, kinds?: string[], size?: string, more?: boolean,
 *   choices?: [string, string][], note?: string, needed?: boolean}} Setting */
/** @typedef {{setting: Setting, box: HTMLElement, controls: HTMLElement[], show: () => void, refusal: HTMLElement,
 *   wrongName: string, isGone: boolean}} Control */

/** @type {[string, string][]} */
const TRUST = [["strict", "strict"], ["normal", "normal"], ["always", "always answer"]];

/** @type {Setting[]} */
const OF_FIELD = [
  { key: "name", in: "field", label: "Name", type: "name", size: "half" },
  { key: "kind", in: "field", label: "Kind", type: "kind", size: "half" },
  { key: "label", in: "field", label: "Label, for people", type: "text" },
  { key: "left", in: "area", label: "Left, mm", type: "number", size: "quarter", needed: true },
  { key: "top", in: "area", label: "Top, mm", type: "number", size: "quarter", needed: true },
  { key: "width", in: "area", label: "Width, mm", type: "number", size: "quarter", needed: true },
  { key: "height", in: "area", label: "Height, mm", type: "number", size: "quarter", needed: true },
  { key: "count", in: "area", label: "How many boxes", type: "number", kinds: ["boxes"], size: "half", needed: true },
  { key: "rows", in: "area", label: "Rows", type: "rows", kinds: ["table"], note: "A range such as 1..30, or names with commas between them" },
  { key: "columns", in: "area", label: "Columns: name, and numbers from … to …", type: "columns", kinds: ["table"] },
  { key: "boxes", in: "area", label: "Boxes in a cell", type: "number", kinds: ["table"], size: "half", note: "Nothing: free space" },
  { key: "format", in: "area", label: "Format", type: "text", kinds: ["date"], size: "half", note: "DD.MM.YYYY if nothing is said" },
  { key: "boxes", in: "area", label: "A box for each digit", type: "check", kinds: ["date"], size: "half" },
  { key: "decimals", in: "area", label: "Decimals", type: "number", kinds: ["amount"], size: "half", note: "2 if nothing is said" },
  { key: "boxes", in: "area", label: "Boxes, with the decimals", type: "number", kinds: ["amount"], size: "half", note: "Nothing: free space" },
  { key: "length", in: "field", label: "So many digits", type: "number", size: "half" },
  { key: "range", in: "field", label: "A number from … to …", type: "range", size: "half" },
  { key: "required", in: "field", label: "May not be empty", type: "check", size: "half" },
  { key: "empty", in: "field", label: "What empty means", type: "text", size: "half", note: "Such as 0" },
  { key: "trust", in: "field", label: "How sure it must be", type: "choice", choices: [["", "as the form"], ...TRUST], size: "half" },
  { key: "decimals", in: "field", label: "Digits after the point", type: "number", size: "half", more: true },
  { key: "pattern", in: "field", label: "Regular expression", type: "text", size: "half", more: true },
  { key: "check", in: "field", label: "Check digit", type: "choice", size: "half", more: true,
    choices: [["", "none"], ["luhn", "Luhn"], ["mod11", "modulo 11"], ["mod97", "modulo 97"]] },
  { key: "ink", in: "field", label: "Ink", type: "choice", size: "half", more: true,
    choices: [["", "handwritten"], ["printed", "printed"], ["any", "either"]] },
  { key: "values", in: "field", label: "One of these, with commas between them", type: "texts", more: true },
  { key: "list", in: "field", label: "One of a CSV file’s values: file, column", type: "file", more: true },
  { key: "gap", in: "area", label: "Between boxes, mm", type: "number", kinds: ["boxes", "date", "amount"], size: "half", more: true },
  { key: "space", in: "area", label: "Between groups, mm more", type: "number", kinds: ["boxes", "date", "amount"], size: "half", more: true },
  { key: "groups", in: "area", label: "Boxes in groups", type: "counts", kinds: ["boxes"], size: "half", more: true, note: "Such as 2, 2, 4" },
  { key: "angle", in: "area", label: "Turned clockwise, degrees", type: "number", size: "half", more: true },
];

/** @type {Setting[]} */
const OF_FORM = [
  { key: "name", in: "form", label: "Name", type: "text", size: "half", needed: true },
  { key: "trust", in: "form", label: "How sure fields must be", type: "choice", choices: [["", "strict"], ...TRUST.slice(1)], size: "half" },
  { key: "title", in: "form", label: "Title", type: "text" },
  { key: "rules", in: "form", label: "Rules, one a line", type: "lines", note: "Such as total = sum(task)" },
];

let ids = 0;

/** @param {string} name @param {Record<string, string>} attributes @returns {any} */
function element(name, attributes) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** @param {string} text */
const numbered = (text) => (text.trim() === "" ? undefined : Number(text.trim().replace(",", ".")));
/** @param {string} text */
const listed = (text) => { const parts = text.split(/[,;\n]/).map((part) => part.trim()).filter(Boolean); return parts.length ? parts : undefined; };

export class Settings {
  /** @param {Model} model @param {HTMLElement} ofField @param {HTMLElement} ofForm @param {(text: string) => void} say */
  constructor(model, ofField, ofForm, say) {
    this.model = model;
    this.ofField = ofField;
    this.say = say;
    this.built = "";
    /** @type {string | null} */ this.shown = null;
    /** @type {Control[]} */ this.controls = [];
    this.formControls = OF_FORM.map((setting) => this.control(setting, ofForm));
  }

  draw() {
    const name = this.model.selected, field = name === null ? undefined : this.model.field(name);
    if (name !== this.shown) for (const control of this.controls) control.wrongName = "";
    this.shown = name;
    const built = field && name !== null ? `${kindOf(field)} ${this.model.pages.length}` : "";
    if (built !== this.built) this.build(field);
    this.built = built;
    for (const control of [...this.controls, ...this.formControls]) control.show();
  }

  /** @param {Values | undefined} field */
  build(field) {
    const wasOpen = this.ofField.querySelector("details")?.open ?? false;
    const isKind = document.activeElement?.closest(".setting")?.getAttribute("data-key") === "kind";
    for (const control of this.controls) control.isGone = true; // one that has the focus says once more that it has changed
    this.controls = [];
    this.ofField.replaceChildren();
    if (!field) return;
    const kind = kindOf(field), meant = MEANT[kind];
    const own = OF_FIELD.filter(({ key, in: where, kinds }) => {
      if (kinds) return kinds.includes(kind);
      return where !== "field" || !CONSTRAINTS.includes(key) || !meant || meant.includes(key);
    });
    if (this.model.pages.length > 1) {
      const pages = this.model.pages.map((_, i) => /** @type {[string, string]} */ ([i ? String(i + 1) : "", String(i + 1)]));
      own.splice(3, 0, { key: "page", in: "field", label: "Page", type: "page", choices: pages, size: "half" });
    }
    this.controls = own.filter(({ more }) => !more).map((setting) => this.control(setting, this.ofField));
    const details = element("details", { class: "more" }), inner = element("div", { class: "settings" });
    details.append(Object.assign(element("summary", {}), { textContent: "More settings" }), inner);
    details.open = wasOpen;
    this.ofField.append(details);
    this.controls.push(...own.filter(({ more }) => more).map((setting) => this.control(setting, inner)));
    if (isKind) this.focus("kind");
  }

  /** @param {string} key */
  focus(key) {
    const control = this.controls.find(({ setting }) => setting.key === key)?.controls[0];
    const details = control?.closest("details");
    if (details) details.open = true;
    control?.focus();
  }

  /** Take over what is being typed, as leaving the control would. */
  flush() {
    const active = document.activeElement;
    if (!active?.closest(".setting")) return;
    for (const name of ["change", "focusout"]) active.dispatchEvent(new Event(name, { bubbles: true }));
  }

  /** Say beside its control what is wrong; returns whether there is one for that place. @param {{place: string, text: string} | null} problem @param {string} field */
  mark(problem, field) {
    let isShown = false;
    const prefix = `fields.${field}.`, place = problem?.place ?? "";
    const inField = field && place.startsWith(prefix) ? place.slice(prefix.length).split(/[.[]/) : [];
    const isInArea = inField.length > 0 && /** @type {readonly string[]} */ (KINDS).includes(inField[0]) && this.model.field(field)?.[inField[0]] !== undefined;
    const key = isInArea ? inField[1] ?? "left" : inField[0];
    const formKey = place.split(/[.[]/)[0];
    for (const control of [...this.controls, ...this.formControls]) {
      const { setting } = control;
      const isWrong = setting.in === "form" ? setting.key === formKey
        : key !== undefined && setting.key === key && (setting.in === "area") === isInArea;
      control.refusal.textContent = isWrong ? problem?.text ?? "" : control.wrongName;
      for (const one of control.controls) {
        if (isWrong) one.setAttribute("aria-invalid", "true"); else one.removeAttribute("aria-invalid");
      }
      if (!isWrong) continue;
      isShown = true;
      const details = control.box.closest("details.more");
      if (details instanceof HTMLDetailsElement) details.open = true;
    }
    return isShown;
  }

  /** @param {Setting} setting @returns {any} */
  value(setting) {
    if (setting.in === "form") return this.model.template[setting.key];
    const name = this.model.selected, field = name === null ? undefined : this.model.field(name);
    if (!field) return undefined;
    if (setting.type === "name") return name;
    if (setting.type === "kind") return kindOf(field);
    return setting.in === "area" ? areaOf(field)[setting.key] : field[setting.key];
  }

  /** @param {Setting} setting @param {any} value @param {Control} control */
  put(setting, value, control) {
    if (control.isGone) return;
    control.wrongName = control.refusal.textContent = "";
    const name = this.model.selected;
    if (setting.needed && (value === undefined || value === "")) { control.show(); return; }
    if (JSON.stringify(value) === JSON.stringify(this.value(setting))) return;
    if (setting.in === "form") { this.model.setForm({ [setting.key]: value }); return; }
    if (name === null) return;
    if (setting.type === "name") {
      const wrong = this.model.rename(name, String(value ?? "").trim());
      control.wrongName = control.refusal.textContent = wrong;
      if (wrong) this.say(wrong);
    } else if (setting.type === "kind") this.model.setKind(name, value);
    else if (setting.type === "page") { this.model.page = (value ?? 1) - 1; this.model.setField(name, { page: value }); }
    else if (setting.in === "area") this.model.setArea(name, { [setting.key]: value });
    else this.model.setField(name, { [setting.key]: value });
  }

  /** @param {Setting} setting @param {HTMLElement} parent @returns {Control} */
  control(setting, parent) {
    const id = `setting-${++ids}`;
    const box = element("div", { class: `setting ${setting.size ?? ""} ${setting.type === "check" ? "check" : ""}`, "data-key": setting.key });
    const refusal = element("p", { class: "refusal", id: `${id}-wrong` });
    const described = setting.note ? `${id}-wrong ${id}-note` : `${id}-wrong`;
    /** @type {Control} */
    const made = { setting, box, controls: [], show: () => {}, refusal, wrongName: "", isGone: false };
    const label = element("label", { for: id });
    label.textContent = setting.label;
    const put = (/** @type {any} */ value) => this.put(setting, value, made);
    const input = (/** @type {Record<string, string>} */ more = {}, tag = "input") => {
      const one = element(tag, { "aria-describedby": described, autocomplete: "off", spellcheck: "false", ...more });
      made.controls.push(one);
      return one;
    };
    /** One control with a text in it. @param {any} one @param {(value: any) => string} text @param {(text: string) => any} parse */
    const simple = (one, text, parse) => {
      let isTyping = false; // an answer of the server must not take away what is being typed
      one.id = id;
      one.addEventListener("input", () => { isTyping = true; });
      one.addEventListener("change", () => { isTyping = false; put(parse(one.value)); });
      made.show = () => { const now = text(this.value(setting)); if (!isTyping && one.value !== now) one.value = now; };
      box.append(label, one);
    };
    const words = (/** @type {any} */ value) => (Array.isArray(value) ? value.join(", ") : String(value ?? ""));
    switch (setting.type) {
      case "number": simple(input({ type: "number", step: "any", inputmode: "decimal" }), words, numbered); break;
      case "rows": simple(input(), words, (text) => (/,/.test(text) ? listed(text) : text.trim() || undefined)); break;
      case "texts": simple(input({ rows: "2" }, "textarea"), words, listed); break;
      case "counts": simple(input(), words, (text) => listed(text)?.map(Number)); break;
      case "lines": simple(input({ rows: "4" }, "textarea"), (value) => (value ?? []).join("\n"), (text) => { const rules = text.split("\n").map((line) => line.trim()).filter(Boolean); return rules.length ? rules : undefined; }); break;
      case "page": case "choice": case "kind": {
        const choices = setting.type === "kind" ? KINDS.map((kind) => [kind, KIND_NAMES[kind]]) : setting.choices ?? [];
        const one = input({}, "select");
        one.append(...choices.map(([value, text]) => Object.assign(element("option", { value }), { textContent: text })));
        simple(one, (value) => (choices.some(([known]) => known === String(value ?? "")) ? String(value ?? "") : ""),
          (text) => (setting.type === "page" ? numbered(text) : text || undefined));
        break;
      }
      case "check": {
        const one = input({ type: "checkbox", id });
        one.addEventListener("change", () => put(one.checked || undefined));
        made.show = () => { one.checked = this.value(setting) === true; };
        box.append(one, label);
        break;
      }
      case "range": this.pair(made, input, id, ["from", "to"], (value) => value ?? [], (parts) => {
        const bounds = parts.map(numbered);
        return bounds.every((bound) => bound === undefined) ? undefined : bounds.map((bound) => bound ?? null);
      }); break;
      case "file": this.pair(made, input, id, ["file", "column"], (value) => [value?.file, value?.column], ([file, column]) => {
        if (!file && !column) return undefined;
        const { column: _, ...rest } = this.value(setting) ?? {};
        return { ...rest, file, ...(column ? { column } : {}) };
      }); this.once(made, input, id); break;
      case "columns": this.columns(made, input, put); break;
      default: simple(input(), (value) => String(value ?? ""), (text) => (text === "" ? undefined : text));
    }
    if (setting.note) box.append(Object.assign(element("p", { class: "note", id: `${id}-note` }), { textContent: setting.note }));
    box.append(refusal);
    parent.append(box);
    return made;
  }

  /** Two controls for one value. @param {Control} made @param {(more?: Record<string, string>) => any} input @param {string} id @param {string[]} names
   * @param {(value: any) => any[]} parts @param {(texts: string[]) => any} parse */
  pair(made, input, id, names, parts, parse) {
    const { setting, box } = made, isNumber = setting.type === "range";
    const caption = Object.assign(element("span", { class: "caption", id }), { textContent: setting.label });
    const both = names.map((name) => input({ "aria-label": `${setting.label}: ${name}`, placeholder: name, ...(isNumber ? { type: "number", step: "any" } : {}) }));
    const row = element("div", { class: "pair", role: "group", "aria-labelledby": id });
    row.append(...both);
    const put = () => this.put(setting, parse(both.map((one) => one.value.trim())), made);
    // On the way from one of the two to the other, half of a value is no fault yet.
    const isHalf = () => isNumber && (both[0].value === "") !== (both[1].value === "");
    for (const one of both) one.addEventListener("change", () => { if (!isHalf()) put(); });
    row.addEventListener("focusout", (/** @type {FocusEvent} */ event) => { if (!both.includes(event.relatedTarget ?? null)) put(); });
    made.show = () => {
      if (row.contains(document.activeElement)) return;
      const now = parts(this.value(setting));
      both.forEach((one, i) => { one.value = String(now[i] ?? ""); });
    };
    box.append(caption, row);
  }

  /** Whether each value of a list may stand on one sheet only. @param {Control} made @param {(more?: Record<string, string>) => any} input @param {string} id */
  once(made, input, id) {
    const one = input({ type: "checkbox", id: `${id}-once` }), show = made.show;
    const label = Object.assign(element("label", { for: `${id}-once` }), { textContent: "each value on one sheet at most" });
    one.addEventListener("change", () => {
      const { once: _, ...rest } = this.value(made.setting) ?? {};
      this.put(made.setting, { ...rest, ...(one.checked ? { once: true } : {}) }, made);
    });
    made.show = () => { show(); const value = this.value(made.setting); one.checked = value?.once === true; one.disabled = !value; };
    const row = element("div", { class: "pair" });
    row.append(one, label);
    made.box.append(row);
  }

  /** A table's columns: a row of controls for each. @param {Control} made @param {(more?: Record<string, string>) => any} input @param {(value: any) => void} put */
  columns(made, input, put) {
    const { setting, box } = made;
    const caption = Object.assign(element("span", { class: "caption" }), { textContent: setting.label });
    const rows = element("div", { class: "rows" }), more = Object.assign(element("button", { type: "button" }), { textContent: "Add a column" });
    /** @type {string | null} */ let of = null;
    const now = () => /** @type {(string | Values)[]} */ (this.value(setting) ?? []);
    const whole = (/** @type {string | Values} */ column) => /** @type {Values} */ (typeof column === "string" ? { name: column } : column);
    const replace = (/** @type {number} */ i, /** @type {Values} */ changes) => {
      const column = { ...whole(now()[i]), ...changes };
      if (column.range === undefined) delete column.range;
      put(now().map((one, j) => (j === i ? (Object.keys(column).length > 1 ? column : column.name) : one)));
    };
    const row = (/** @type {number} */ i) => {
      const name = input({ "aria-label": `Column ${i + 1}: name` });
      const ends = ["from", "to"].map((end) => input({ "aria-label": `Column ${i + 1}: ${end}`, placeholder: end, type: "number", step: "any" }));
      name.addEventListener("change", () => replace(i, { name: name.value.trim() }));
      for (const one of ends) one.addEventListener("change", () => {
        const bounds = ends.map(({ value }) => numbered(value));
        if (bounds.every((bound) => bound === undefined)) replace(i, { range: undefined });
        else if (bounds.every((bound) => bound !== undefined)) replace(i, { range: bounds });
      });
      const away = Object.assign(element("button", { type: "button", "aria-label": `Delete column ${i + 1}` }), { textContent: "×" });
      away.addEventListener("click", () => put(now().filter((_, j) => j !== i)));
      const made = element("div", { class: "pair more" });
      made.append(name, ...ends, away);
      return made;
    };
    more.addEventListener("click", () => put([...now(), `column${now().length + 1}`]));
    made.show = () => {
      const columns = now().map(whole);
      // Rows stay while their number does: the focus is in one of them.
      if (rows.children.length !== columns.length) { made.controls = []; rows.replaceChildren(...columns.map((_, i) => row(i))); }
      columns.forEach(({ name, range }, i) => {
        const own = /** @type {HTMLInputElement[]} */ (made.controls.slice(3 * i, 3 * i + 3)), texts = [name, range?.[0], range?.[1]];
        // Of the field that is shown, what is being typed stays: half of a range, too.
        const isTyping = of === this.shown && (rows.children[i].contains(document.activeElement) || (own[1].value === "") !== (own[2].value === ""));
        if (!isTyping) own.forEach((one, j) => { one.value = String(texts[j] ?? ""); });
        rows.children[i].querySelector("button").disabled = columns.length === 1;
      });
      of = this.shown;
    };
    box.append(caption, rows, more);
  }
}
