// @ts-check
// Paper and pen: strokes of the pointer, drawn at once, and kept as points with their times.

/** @typedef {import("./strokes.js").Stroke} Stroke  in pixels of the drawing */

const HEIGHT = 320; // of the drawing, in pixels, however large the paper is on the screen
const REPLAY = 550; // milliseconds for an example
const LEAST = 0.6; // pixels: the pen has moved

export class Pad {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} changed  called whenever the strokes have changed
   */
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.changed = changed;
    this.pen = 18;
    /** @type {Stroke[]} */
    this.strokes = [];
    /** What was there before each step that can be undone. @type {Stroke[][]} */
    this.past = [];
    /** @type {Stroke | null} */
    this.current = null;
    this.pointer = -1;
    this.replaying = 0;
    this.width = HEIGHT; // of the drawing; it follows the paper's
    this.page = context(canvas);
    new ResizeObserver(() => this.fit()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.follow(event));
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => this.end(/** @type {PointerEvent} */ (event)));
    }
  }

  /** Whether a pen is on the paper. */
  get busy() {
    return this.current !== null || this.replaying !== 0;
  }

  undo() {
    this.stop();
    this.strokes = this.past.pop() ?? this.strokes;
    this.redraw();
    this.changed();
  }

  clear() {
    this.stop();
    if (this.strokes.length) this.remember();
    this.strokes = [];
    this.redraw();
    this.changed();
  }

  /**
   * Write an example on clean paper, stroke by stroke; at once for who wants no motion.
   * @param {import("./examples.js").Example} example
   */
  write(example) {
    this.stop();
    this.remember();
    this.strokes = [];
    this.redraw();
    const scale = Math.min(0.62 * HEIGHT, (0.86 * this.width) / example.width);
    const [left, top] = [(this.width - scale * example.width) / 2, (HEIGHT - scale) / 2];
    const start = performance.now();
    const strokes = example.curves.map((curve, which) => ({
      width: this.pen,
      points: curve.map((v, i) => v * scale + (i % 2 ? top : left)),
      times: Array.from({ length: curve.length / 2 }, (_, i) => start + REPLAY * which + i),
    }));
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden) {
      this.strokes = strokes;
      this.redraw();
      this.changed();
      return;
    }
    const total = strokes.reduce((sum, { times }) => sum + times.length, 0);
    let done = 0;
    const step = () => {
      const until = Math.min(Math.ceil(((performance.now() - start) / REPLAY) * total), total);
      for (; done < until; done++) {
        let place = done;
        let which = 0;
        while (place >= strokes[which].times.length) place -= strokes[which++].times.length;
        if (!place) this.strokes = [...this.strokes, { width: this.pen, points: [], times: [] }];
        this.extend(this.strokes[which], strokes[which].points[2 * place], strokes[which].points[2 * place + 1], performance.now());
      }
      this.replaying = done < total ? requestAnimationFrame(step) : 0;
      this.changed();
    };
    this.replaying = requestAnimationFrame(step);
  }

  /** Have the canvas as large as the paper is; strokes that would fall off it shrink with it. */
  fit() {
    const { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth || !clientHeight) return; // another tab is open
    const sharp = Math.min(devicePixelRatio || 1, 3);
    const width = Math.round((HEIGHT * clientWidth) / clientHeight);
    if (this.width === width && this.canvas.width === Math.round(clientWidth * sharp)) return;
    this.canvas.width = Math.round(clientWidth * sharp);
    this.canvas.height = Math.round(clientHeight * sharp);
    const right = Math.max(...this.strokes.flatMap(({ points }) => points.filter((_, i) => i % 2 === 0)), 0);
    if (right > width) {
      const shrink = width / this.width;
      this.strokes = this.strokes.map((s) => ({ ...s, width: s.width * shrink, points: s.points.map((v) => v * shrink) }));
    }
    this.width = width;
    this.redraw();
    if (this.strokes.length) this.changed();
  }

  redraw() {
    this.page.setTransform(1, 0, 0, 1, 0, 0);
    this.page.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.page.scale(this.canvas.width / this.width, this.canvas.height / HEIGHT);
    this.page.strokeStyle = getComputedStyle(this.canvas).color;
    this.page.lineCap = this.page.lineJoin = "round";
    for (const { width, points } of this.strokes) {
      this.page.lineWidth = width;
      for (let i = 0; i < points.length; i += 2) segment(this.page, points, i);
    }
  }

  /** @param {PointerEvent} event */
  begin(event) {
    if (event.button !== 0 || this.current) return; // a second finger writes nothing
    event.preventDefault();
    this.stop();
    this.canvas.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.remember();
    this.current = { width: this.pen, points: [], times: [] };
    this.strokes = [...this.strokes, this.current];
    this.extend(this.current, ...this.place(event), event.timeStamp);
    this.changed();
  }

  /** @param {PointerEvent} event */
  follow(event) {
    if (!this.current || event.pointerId !== this.pointer) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length ? all : [event]) {
      const [x, y] = this.place(each);
      const { points } = this.current;
      if (Math.hypot(x - points[points.length - 2], y - points[points.length - 1]) >= LEAST) this.extend(this.current, x, y, each.timeStamp);
    }
    this.changed();
  }

  /** @param {PointerEvent} event */
  end(event) {
    if (!this.current || event.pointerId !== this.pointer) return;
    this.current = null;
    this.changed();
  }

  remember() {
    this.past.push(this.strokes);
  }

  /** End what is being written by itself. */
  stop() {
    cancelAnimationFrame(this.replaying);
    this.replaying = 0;
    this.current = null;
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = HEIGHT / box.height;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  /** @param {Stroke} stroke @param {number} x @param {number} y @param {number} time */
  extend(stroke, x, y, time) {
    stroke.points.push(x, y);
    stroke.times.push(time);
    this.page.lineWidth = stroke.width;
    segment(this.page, stroke.points, stroke.points.length - 2);
  }
}

/** @param {HTMLCanvasElement} canvas */
function context(canvas) {
  const found = canvas.getContext("2d");
  if (!found) throw new Error("this browser cannot draw");
  return found;
}

/**
 * Draw what a point adds to its stroke: from the middle between the two before it to the middle between it and the last.
 * @param {CanvasRenderingContext2D} paper @param {number[]} points @param {number} i  where the point is
 */
function segment(paper, points, i) {
  const [x, y] = [points[i], points[i + 1]];
  paper.beginPath();
  if (i < 2) {
    paper.moveTo(x, y);
    paper.lineTo(x, y + 0.01);
  } else {
    const [px, py] = [points[i - 2], points[i - 1]];
    const [fx, fy] = i < 4 ? [px, py] : [(points[i - 4] + px) / 2, (points[i - 3] + py) / 2];
    paper.moveTo(fx, fy);
    paper.quadraticCurveTo(px, py, (px + x) / 2, (py + y) / 2);
    paper.lineTo(x, y);
  }
  paper.stroke();
}
