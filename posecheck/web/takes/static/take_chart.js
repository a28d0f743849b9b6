/** The angle over time, drawn by Plotly: repetitions shaded, the hold darker, a line at the moment that is shown. */

import { draw } from "/static/charts.js";

const LEAST_RANGE = 30;

export class Chart {
  /** `onSeek(time_s)` is called when somebody clicks into the chart. */
  constructor({ element, picker, onSeek }) {
    this.element = element;
    this.picker = picker;
    this.time_s = 0;
    this.repetitions = [];
    picker.addEventListener("change", () => this.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    element.addEventListener("click", (event) => {
      const axis = element._fullLayout?.xaxis;
      if (!axis) return;
      const x = event.clientX - element.getBoundingClientRect().left - axis._offset;
      if (x >= 0 && x <= axis._length) onSeek(axis.range[0] + (axis.range[1] - axis.range[0]) * x / axis._length);
    });
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

  moveTo(time_s) {
    this.time_s = time_s;
    if (!this.data || this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.element.layout) window.Plotly.relayout(this.element, { "shapes[0].x0": this.time_s, "shapes[0].x1": this.time_s });
    });
  }

  draw() {
    if (this.data) draw(this.element, (theme) => this.#build(theme));
  }

  #build(theme) {
    const curve = this.data.curves.find(({ column }) => column === this.picker.value) ?? this.data.curves[0];
    const unit = curve.unit === "deg" ? "°" : " %";
    const filled = new Set(curve.filled);
    const only = (wanted) => curve.values.map((value, k) => (filled.has(k) === wanted ? value : null));
    const trace = (y, line) => ({ x: this.data.time_s, y, line, mode: "lines", hovertemplate: `%{x:.2f} s: %{y:.0f}${unit}<extra></extra>` });
    const axis = { gridcolor: theme.grid, zeroline: false, fixedrange: true, tickcolor: theme.grid };
    return {
      data: [trace(only(false), { color: theme.accent, width: 2 }), trace(only(true), { color: theme.warm, width: 2, dash: "dot" })],
      layout: {
        margin: { l: 46, r: 10, t: 8, b: 34 },
        showlegend: false,
        hovermode: "x",
        xaxis: { ...axis, ticksuffix: " s", range: [this.data.time_s[0], this.data.time_s.at(-1)] },
        yaxis: { ...axis, ticksuffix: unit, range: wideEnough(curve.values) },
        shapes: this.#shapes(theme),
      },
    };
  }

  /** The line at the moment shown, then a band for each repetition and a darker one for its hold. */
  #shapes(theme) {
    const band = (x0, x1, fillcolor, opacity) => ({ type: "rect", xref: "x", yref: "paper", x0, x1, y0: 0, y1: 1, fillcolor, opacity, line: { width: 0 }, layer: "below" });
    const bands = this.repetitions.flatMap((item) => {
      const colour = item.used ? theme.accent : theme.muted;
      return [band(item.start_s, item.end_s, colour, 0.09), band(item.hold_start_s, item.hold_end_s, colour, 0.2)];
    });
    const now = { type: "line", xref: "x", yref: "paper", x0: this.time_s, x1: this.time_s, y0: 0, y1: 1, line: { color: theme.ink, width: 1.5 } };
    return [now, ...bands];
  }
}

/** At least 30 degrees, so that jitter does not fill the chart. */
function wideEnough(values) {
  const known = values.filter((value) => value !== null);
  if (!known.length) return [0, LEAST_RANGE];
  const low = Math.min(...known), high = Math.max(...known);
  const more = Math.max(LEAST_RANGE - (high - low), 0.1 * (high - low)) / 2;
  return [low - more, high + more];
}
