// The template that is edited: its values as the file has them, what may be done to them, and undo. Every step makes new
// values that share what they have in common with the old ones, so that a step back is one reference.

/** @typedef {Record<string, any>} Values */
/** @typedef {{left: number, top: number, width: number, height: number, angle?: number, [more: string]: any}} Area */

export const KINDS = /** @type {const} */ (["boxes", "number", "table", "date", "amount", "mark"]);
/** @type {Record<string, string>} */
export const KIND_NAMES = {
  boxes: "Boxes, a digit each", number: "Number in free space", table: "Table", date: "Date", amount: "Amount", mark: "Box to be ticked",
};
/** Width and height, in millimetres, and what more a new field of a kind has. @type {Record<string, {size: [number, number], more: Values}>} */
const NEW = {
  boxes: { size: [35, 9], more: { count: 5 } },
  number: { size: [30, 10], more: {} },
  table: { size: [40, 40], more: { rows: "1..5", columns: ["points"] } },
  date: { size: [40, 10], more: {} },
  amount: { size: [40, 10], more: {} },
  mark: { size: [5, 5], more: {} },
};
/** Constraints that mean something for a kind; of the others, all do. @type {Record<string, string[]>} */
export const MEANT = { mark: ["required", "trust"], date: ["required", "empty", "ink", "trust"], amount: ["range", "required", "empty", "ink", "trust"] };
export const CONSTRAINTS = ["length", "range", "pattern", "values", "list", "check", "decimals", "required", "empty", "ink", "trust"];
const STEPS = 300; // that can be undone
const ONE_STEP = 1500; // milliseconds within which the same keys again are one step

/** @param {number} n */
export const rounded = (n) => Math.round(n * 100) / 100;

/** @param {Values} field */
export const kindOf = (field) => KINDS.find((kind) => Object.hasOwn(field, kind)) ?? "number";

/** @param {Values} field @returns {Area} */
export const areaOf = (field) => field[kindOf(field)];

/** A setting away, or changed. @param {Values} values @param {Values} changes @returns {Values} */
function changed(values, changes) {
  const made = { ...values, ...changes };
  for (const key of Object.keys(made)) if (made[key] === undefined) delete made[key];
  return made;
}

export class Model {
  /** @param {Values} template @param {{width: number, height: number}[]} pages @param {() => void} onChange */
  constructor(template, pages, onChange) {
    this.template = template;
    this.saved = template;
    this.pages = pages;
    this.page = 0;
    /** @type {string | null} */ this.selected = null;
    /** @type {{template: Values, selected: string | null, page: number}[]} */ this.past = [];
    /** @type {{template: Values, selected: string | null, page: number}[]} */ this.future = [];
    this.tag = "";
    this.when = 0;
    this.onChange = onChange;
  }

  get names() { return Object.keys(this.template.fields); }

  /** @param {string} name @returns {Values | undefined} */
  field(name) { return Object.hasOwn(this.template.fields, name) ? this.template.fields[name] : undefined; }

  /** @param {string} name */
  pageOf(name) { return (this.field(name)?.page ?? 1) - 1; }

  /** Take a step; one with the same `tag` shortly after another is part of it. @param {Values} template @param {string | null} [selected] @param {string} [tag] */
  step(template, selected = this.selected, tag = "") {
    const now = Date.now();
    const isOne = tag !== "" && tag === this.tag && (now - this.when < ONE_STEP || tag.startsWith("drag"));
    if (!isOne) this.past = [...this.past.slice(1 - STEPS), { template: this.template, selected: this.selected, page: this.page }];
    this.future = [];
    [this.tag, this.when] = [tag, now];
    this.template = template;
    this.selected = selected;
    this.onChange();
  }

  /** @param {-1 | 1} way @returns {boolean} whether there was a step to take back, or to take again */
  go(way) {
    const [from, to] = way < 0 ? [this.past, this.future] : [this.future, this.past];
    const state = from.pop();
    if (!state) return false;
    to.push({ template: this.template, selected: this.selected, page: this.page });
    this.tag = "";
    this.template = state.template;
    this.selected = state.selected !== null && this.field(state.selected) ? state.selected : null;
    this.page = this.selected === null ? state.page : this.pageOf(this.selected);
    this.onChange();
    return true;
  }

  /** @param {string | null} name */
  select(name) {
    if (name === this.selected) return;
    this.selected = name;
    if (name !== null) this.page = Math.min(Math.max(this.pageOf(name), 0), this.pages.length - 1);
    this.tag = "";
    this.onChange();
  }

  /** @param {Values} changes */
  setForm(changes) { this.step(changed(this.template, changes)); }

  /** @param {string} name @param {Values} changes @param {string} [tag] */
  setField(name, changes, tag = "") {
    const fields = { ...this.template.fields, [name]: changed(this.template.fields[name], changes) };
    this.step({ ...this.template, fields }, this.selected, tag);
  }

  /** @param {string} name @param {Values} changes @param {string} [tag] */
  setArea(name, changes, tag = "") {
    const field = this.template.fields[name], kind = kindOf(field), area = areaOf(field);
    const made = changed(area, changes);
    // Lines within a table go with its size; where their number changes, they are even again.
    for (const [edges, side] of [["row_edges", "height"], ["column_edges", "width"]]) {
      if (Object.hasOwn(area, edges) && side in changes) made[edges] = area[edges].map((/** @type {number} */ at) => rounded(at * made[side] / area[side]));
    }
    if ("rows" in changes) delete made.row_edges;
    if ("columns" in changes && changes.columns.length !== area.columns.length) delete made.column_edges;
    if (made.angle === 0) delete made.angle;
    this.setField(name, { [kind]: made }, tag);
  }

  /** Move a field, within its page. @param {string} name @param {number} left @param {number} top @param {string} tag */
  move(name, left, top, tag) {
    const { width, height } = areaOf(this.template.fields[name]);
    const page = this.pages[this.pageOf(name)] ?? this.pages[0];
    this.setArea(name, {
      left: rounded(Math.max(0, Math.min(left, page.width - width))), top: rounded(Math.max(0, Math.min(top, page.height - height))),
    }, tag);
  }

  /** @param {string} name @param {string} kind */
  setKind(name, kind) {
    const field = this.template.fields[name], { left, top, width, height, angle } = areaOf(field);
    const area = changed({ left, top, width, height, ...NEW[kind].more }, { angle });
    if (kind === "boxes") area.count = Math.max(1, Math.min(40, Math.round(width / height)));
    const away = [kindOf(field), ...CONSTRAINTS.filter((key) => MEANT[kind] && !MEANT[kind].includes(key))];
    this.setField(name, { ...Object.fromEntries(away.map((key) => [key, undefined])), [kind]: area });
  }

  /** Give a field another name, in rules too. Returns what is wrong with it, or nothing. @param {string} name @param {string} other */
  rename(name, other) {
    if (other === name) return "";
    if (!/^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(other)) return `“${other}” is no name: begin with a letter; letters, digits and _ may follow, 40 in all.`;
    if (this.field(other)) return `There is a field ${other} already: give another name.`;
    const fields = Object.fromEntries(Object.entries(this.template.fields).map(([own, field]) => [own === name ? other : own, field]));
    /** @type {Values} */
    const template = { ...this.template, fields };
    if (template.rules) {
      const word = new RegExp(`(?<![\\w.])${name}(?!\\w)`, "g");
      template.rules = template.rules.map((/** @type {string} */ rule) => rule.replace(word, other));
    }
    this.step(template, other);
    return "";
  }

  /** Add a field; `place` is where, or its middle if it has no size. @param {string} kind @param {{left: number, top: number, width?: number, height?: number}} place */
  add(kind, place) {
    const { size, more } = NEW[kind], page = this.pages[this.page];
    const width = Math.min(place.width ?? size[0], page.width), height = Math.min(place.height ?? size[1], page.height);
    const left = place.width ? place.left : place.left - width / 2, top = place.height ? place.top : place.top - height / 2;
    /** @type {Area} */
    const area = {
      left: rounded(Math.max(0, Math.min(left, page.width - width))), top: rounded(Math.max(0, Math.min(top, page.height - height))),
      width: rounded(width), height: rounded(height), ...more,
    };
    if (kind === "boxes" && place.width) area.count = Math.max(1, Math.min(40, Math.round(width / height)));
    const name = this.freeName(kind);
    const field = changed({ [kind]: area }, { page: this.page ? this.page + 1 : undefined });
    this.step({ ...this.template, fields: { ...this.template.fields, [name]: field } }, name);
    return name;
  }

  /** A copy of a field, below it or beside it. @param {string} name */
  copy(name) {
    const field = this.template.fields[name], kind = kindOf(field), area = areaOf(field);
    const page = this.pages[this.pageOf(name)];
    const isBelow = area.top + 2 * area.height + 2 <= page.height;
    const place = isBelow ? { top: rounded(area.top + area.height + 2) } : { left: rounded(Math.max(0, Math.min(area.left + area.width + 2, page.width - area.width))) };
    const other = this.freeName(name.replace(/\d+$/, "").slice(0, 36) || kind);
    this.step({ ...this.template, fields: { ...this.template.fields, [other]: { ...field, [kind]: { ...area, ...place } } } }, other);
    return other;
  }

  /** @param {string} stem */
  freeName(stem) {
    let n = 1;
    while (this.field(`${stem}${n}`)) n += 1;
    return `${stem}${n}`;
  }

  /** @param {string} name @returns {string | null} the field after it, which is selected then */
  remove(name) {
    const names = this.names.filter((one) => this.pageOf(one) === this.pageOf(name)), at = names.indexOf(name);
    const next = names[at + 1] ?? names[at - 1] ?? null;
    const fields = { ...this.template.fields };
    delete fields[name];
    this.step({ ...this.template, fields }, next);
    return next;
  }

  /** Change the order of columns in the tables that are read. @param {string} name @param {-1 | 1} way */
  reorder(name, way) {
    const entries = Object.entries(this.template.fields), at = entries.findIndex(([own]) => own === name);
    if (!entries[at + way]) return;
    [entries[at], entries[at + way]] = [entries[at + way], entries[at]];
    this.step({ ...this.template, fields: Object.fromEntries(entries) });
  }
}
