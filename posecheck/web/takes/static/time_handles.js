/** Handles in the chart for the four times of a repetition: dragged, or moved by arrow keys. */

import { number, phrase } from "/static/words.js";

export const TIMES = ["start_s", "hold_start_s", "hold_end_s", "end_s"];
const TITLES = {
  start_s: phrase("Leaves the start position"),
  hold_start_s: phrase("Hold begins"),
  hold_end_s: phrase("Hold ends"),
  end_s: phrase("Back at the start"),
};
const STEP_S = 0.05;
const LEAST_S = 0.02;

export class TimeHandles {
  #onChange;
  #onMove;
  #handles;
  #chart = null;
  #times = null;

  /** @param {{onChange: (times: object) => void, onMove: (time_s: number) => void}} told of new times, and of the one that is moved */
  constructor({ onChange, onMove }) {
    this.#onChange = onChange;
    this.#onMove = onMove;
    this.#handles = TIMES.map((name) => this.#handle(name));
  }

  /** The times that the handles stand at, as {start_s, hold_start_s, hold_end_s, end_s}; null hides them. */
  set times(times) {
    this.#times = times;
    this.place();
  }

  /** Put them into a chart that was drawn anew, or where its part or size has changed. */
  place(chart = this.#chart) {
    this.#chart = chart;
    if (!chart?.over) return;
    const width = chart.over.clientWidth;
    for (const [k, handle] of this.#handles.entries()) {
      const at = this.#times ? chart.leftOf(this.#times[TIMES[k]]) : NaN;
      handle.hidden = !(at >= -1 && at <= width + 1); // outside of the part that is shown, or nothing is changed
      if (handle.parentElement !== chart.over) chart.over.append(handle);
      if (handle.hidden) continue;
      handle.style.transform = `translateX(${at}px)`;
      handle.setAttribute("aria-valuenow", this.#times[TIMES[k]].toFixed(2));
      handle.setAttribute("aria-valuetext", phrase("{time} seconds", { time: number(this.#times[TIMES[k]], 2) }));
    }
  }

  #handle(name) {
    const handle = document.createElement("div");
    handle.className = `time-handle ${name}`;
    handle.hidden = true;
    handle.tabIndex = 0;
    handle.title = TITLES[name];
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-label", TITLES[name]);
    for (const kind of ["mousedown", "click", "dblclick"]) handle.addEventListener(kind, (event) => event.stopPropagation());
    handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId));
    handle.addEventListener("pointermove", (event) => handle.hasPointerCapture(event.pointerId) && this.#move(name, this.#chart.xAt(event.clientX)));
    handle.addEventListener("keydown", (event) => this.#byKey(event, name));
    return handle;
  }

  #byKey(event, name) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (!steps) return;
    event.preventDefault();
    event.stopPropagation();
    this.#move(name, this.#times[name] + steps * STEP_S);
  }

  /** None passes another one. */
  #move(name, wanted_s) {
    const k = TIMES.indexOf(name);
    const low = k ? this.#times[TIMES[k - 1]] + LEAST_S : 0;
    const high = k < TIMES.length - 1 ? this.#times[TIMES[k + 1]] - LEAST_S : Infinity;
    const time_s = Math.round(100 * Math.min(Math.max(wanted_s, low), high)) / 100;
    this.times = { ...this.#times, [name]: time_s };
    this.#onChange(this.#times);
    this.#onMove(time_s);
  }
}
