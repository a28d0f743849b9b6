/** The angle over time: repetitions shaded, the hold darker, a line at the moment that is shown. */

import { draw } from "/static/charts.js";
import { TimeHandles } from "/static/time_handles.js";
import { number } from "/static/words.js";

const LEAST_RANGE = 30; // degrees, so that jitter does not fill the chart (chosen by us)

export class Chart {
  /** `onSeek(time_s)` is called when somebody clicks into the chart or moves a time, `onTimes(times)` with all four of them. */
  constructor({ element, picker, onSeek, onTimes }) {
    this.element = element;
    this.picker = picker;
    this.onSeek = onSeek;
    this.time_s = 0;
    this.repetitions = [];
    this.times = null;
    this.handles = new TimeHandles({
      onChange: (times) => {
        this.times = times;
        onTimes(times);
        this.chart?.repaint(); // not drawn anew: that would take the handle out of one's hand
      },
      onMove: onSeek,
    });
    picker.addEventListener("change", () => this.draw());
  }

  /** Curves as /api/takes/ID/curves gives them. */
  setCurves(data) {
    this.data = data;
    const before = this.picker.value;
    this.picker.replaceChildren(...data.curves.map(({ column, title }) => new Option(title, column)));
    if (data.curves.some(({ column }) => column === before)) this.picker.value = before;
    this.draw();
  }

  /** Repetitions as {start_s, end_s, hold_start_s, hold_end_s, used}. */
  setRepetitions(repetitions) {
    this.repetitions = repetitions;
    this.draw();
  }

  /** Show the times of a repetition that is being changed, with handles; null: of none. */
  setTimes(times) {
    this.times = times;
    this.handles.times = times;
    this.draw();
  }

  moveTo(time_s) {
    this.time_s = time_s;
    this.chart?.moveTo(time_s);
  }

  async draw() {
    if (this.data) this.chart = await draw(this.element, (theme) => this.#build(theme));
  }

  #build(theme) {
    const curve = this.data.curves.find(({ column }) => column === this.picker.value) ?? this.data.curves[0];
    const unit = curve.unit === "deg" ? "°" : " %";
    const filled = new Set(curve.filled);
    const only = (wanted) => curve.values.map((value, k) => (filled.has(k) === wanted ? value : null));
    const words = (time_s, value) => `${number(time_s, 2)} s: ${number(value)}${unit}`;
    const line = (y, pen) => ({ x: this.data.time_s, y, words, ...pen });
    return {
      lines: [line(only(false), { colour: theme.accent, width: 2 }), line(only(true), { colour: theme.warm, width: 2, dash: [2, 3] })],
      bands: () => this.#bands(theme),
      x: { suffix: " s" },
      y: { suffix: unit, least: LEAST_RANGE },
      at: this.time_s,
      onClick: this.onSeek,
      zoom: true,
      onView: (chart) => this.handles.place(chart),
    };
  }

  /** A band for each repetition, and a darker one for its hold. */
  #bands(theme) {
    const changed = this.times ? [{ ...this.times, colour: theme.warm }] : [];
    return [...this.repetitions, ...changed].flatMap((item) => {
      const colour = item.colour ?? (item.used ? theme.accent : theme.muted);
      return [{ from: item.start_s, to: item.end_s, colour, opacity: 0.09 }, { from: item.hold_start_s, to: item.hold_end_s, colour, opacity: 0.2 }];
    });
  }
}
