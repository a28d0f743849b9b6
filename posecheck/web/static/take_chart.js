/** The angle over time, drawn by Plotly: repetitions shaded, the hold darker, a line at the moment that is shown. */

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
    if (!this.data || !window.Plotly) return;
    const curve = this.data.curves.find(({ column }) => column === this.picker.value) ?? this.data.curves[0];
    const css = getComputedStyle(document.documentElement);
    const colour = (name) => css.getPropertyValue(name).trim();
    const unit = curve.unit === "deg" ? "°" : " %";
    const filled = new Set(curve.filled);
    const only = (wanted) => curve.values.map((value, k) => (filled.has(k) === wanted ? value : null));
    const trace = (y, more) => ({ x: this.data.time_s, y, mode: "lines", hovertemplate: `%{x:.2f} s: %{y:.1f}${unit}<extra></extra>`, ...more });
    const traces = [
      trace(only(false), { line: { color: colour("--accent"), width: 2 } }),
      trace(only(true), { line: { color: colour("--warm"), width: 2, dash: "dot" } }),
    ];
    const axis = { gridcolor: colour("--grid"), zerolinecolor: colour("--edge"), linecolor: colour("--line"), tickcolor: colour("--line") };
    window.Plotly.react(this.element, traces, {
      margin: { l: 46, r: 10, t: 8, b: 38 },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: colour("--sans"), size: 13, color: colour("--muted") },
      showlegend: false, hovermode: "x", dragmode: false,
      xaxis: { ...axis, ticksuffix: " s", fixedrange: true, range: [this.data.time_s[0], this.data.time_s.at(-1)] },
      yaxis: { ...axis, ticksuffix: unit, fixedrange: true },
      shapes: this.#shapes(colour),
    }, { displayModeBar: false, responsive: true });
  }

  #shapes(colour) {
    const band = (x0, x1, fillcolor, opacity) => ({ type: "rect", xref: "x", yref: "paper", x0, x1, y0: 0, y1: 1, fillcolor, opacity, line: { width: 0 }, layer: "below" });
    const bands = this.repetitions.flatMap((item) => [
      band(item.start_s, item.end_s, colour(item.used ? "--accent" : "--muted"), 0.09),
      band(item.hold_start_s, item.hold_end_s, colour(item.used ? "--accent" : "--muted"), 0.2),
    ]);
    const now = { type: "line", xref: "x", yref: "paper", x0: this.time_s, x1: this.time_s, y0: 0, y1: 1, line: { color: colour("--ink"), width: 1.5 } };
    return [now, ...bands];
  }
}
