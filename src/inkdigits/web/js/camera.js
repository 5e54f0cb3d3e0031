// @ts-check
// The tab "Camera": frames go to the local server, one at a time; what it reads lies over the video.

import { button, byId, drawn, make } from "./dom.js";
import { copy } from "./formats.js";
import { offer, read, ServerError } from "./server.js";
import { Settler } from "./settle.js";
import { around } from "./upright.js";

const WIDTH = 640; // of a frame as it is sent: enough for a line of digits, and little enough for ten in a second
const SLOWEST = 1000 / 15; // no more than fifteen frames a second: what else the machine does goes on

/** Why a browser gives no camera, in words. @type {Record<string, string>} */
const REFUSALS = {
  NotAllowedError: "The browser does not let this page use the camera. Allow it beside the address, then start again.",
  NotFoundError: "There is no camera here.",
  NotReadableError: "Another program has the camera. Close that, then start again.",
};

/** Set the tab up. */
export function camera() {
  const panel = byId("panel-camera", HTMLElement);
  const video = byId("video", HTMLVideoElement);
  const svg = byId("film-boxes", SVGSVGElement);
  const state = byId("camera-state", HTMLElement);
  const text = byId("camera-text", HTMLElement);
  const start = button("camera-start");
  const canvas = make("canvas");
  /** @type {AbortController | null} */
  let running = null;

  async function begin() {
    const mine = (running = new AbortController());
    start.textContent = "Stop the camera";
    state.textContent = "Waiting for the camera…";
    try {
      if (!navigator.mediaDevices) throw new Error("Browsers give the camera to pages on localhost or over HTTPS alone: use inkdigits serve --phone.");
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 960 } },
      });
      mine.signal.addEventListener("abort", () => stream.getTracks().forEach((track) => track.stop()));
      if (mine.signal.aborted) return stream.getTracks().forEach((track) => track.stop());
      for (const track of stream.getTracks()) track.addEventListener("ended", () => running === mine && stop("The camera has gone."));
      video.srcObject = stream;
      await video.play();
      await watch(mine.signal);
    } catch (error) {
      if (mine.signal.aborted) return;
      const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
      stop(REFUSALS[name] ?? message);
    }
  }

  /** @param {string} words  "" for none */
  function hint(words) {
    const shown = byId("film-hint", HTMLElement);
    shown.hidden = !words;
    shown.textContent = words;
  }

  /** @param {string} [why] */
  function stop(why = "") {
    running?.abort();
    running = null;
    video.srcObject = null;
    svg.replaceChildren();
    start.textContent = "Start the camera";
    state.textContent = why;
    hint("The camera is off.");
  }

  /** Read frame after frame until it is stopped. @param {AbortSignal} signal */
  async function watch(signal) {
    const settler = new Settler();
    /** @type {number[]} */
    let times = [];
    while (!signal.aborted) {
      const began = performance.now();
      try {
        const frame = await grab();
        if (frame) {
          const [page] = await read(frame, signal);
          if (signal.aborted) return;
          const digits = page.lines.flatMap((line) => line.digits);
          show(settler.add(page.text, digits));
          times = [...times, performance.now()].slice(-20);
          if (times.length > 3) state.textContent = `${rate(times)} pictures a second`;
        }
      } catch (error) {
        if (!(error instanceof ServerError)) throw error;
        state.textContent = error.message; // and on with the next frame: the server may be busy with others
        await pause(1000);
      }
      await pause(Math.max(SLOWEST - (performance.now() - began), 0));
    }
  }

  /** @returns {Promise<Blob | null>} */
  async function grab() {
    if (!video.videoWidth) return null;
    const scale = Math.min(1, WIDTH / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  }

  /** @param {ReturnType<Settler["add"]>} settled  in pixels of the frame as it was filmed */
  function show(settled) {
    const shown = settled.text || "–";
    if (text.textContent !== shown) text.textContent = shown; // a screen reader says it once
    button("camera-copy").disabled = !settled.text;
    hint(settled.digits.length ? "" : "Hold a number into the picture.");
    svg.setAttribute("viewBox", `0 0 ${canvas.width} ${canvas.height}`);
    svg.replaceChildren(
      ...settled.digits.flatMap(({ corners, label }) => {
        const [x, y, , bottom] = around(corners);
        const height = Math.max(16, 0.3 * (bottom - y));
        return [
          drawn("polygon", { points: corners.map((corner) => corner.join()).join(" "), class: label === null ? "doubt" : "" }),
          drawn("text", { x: x.toFixed(1), y: (y - 4).toFixed(1), "font-size": height.toFixed(1) }, String(label ?? "?")),
        ];
      }),
    );
  }

  start.addEventListener("click", () => (running ? stop() : void begin()));
  button("camera-copy").addEventListener("click", () => {
    copy(text.textContent ?? "").then(() => (state.textContent = "Copied."), (error) => (state.textContent = error.message));
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && running) stop("Stopped while you were away.");
  });
  return { open: () => void offer(panel), leave: () => running && stop() };
}

/** Frames a second. @param {number[]} times */
const rate = (times) => ((1000 * (times.length - 1)) / (times[times.length - 1] - times[0])).toFixed(0);

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
