/**
 * Charts by uPlot, which is loaded when the first one comes near; colours are the page's own tokens.
 *
 * A chart is what `build(theme)` returns:
 *
 * - `lines`: each `{x, y, colour, width, dash, point, name, words}`. `y` is null where there is nothing. `point`
 *   (`{size, fill, width}`) draws points and no line. `name` puts it into the key. `words(x, y)` is said under the pointer.
 * - `bands()`: gives each `{from, to, colour, opacity}`, in units of x, from top to bottom; asked anew by `repaint()`.
 * - `x`: `{suffix, label}`; `y`: `{suffix, least}`, `least` being the smallest height of the axis.
 * - `at`: an x at which a line stands, moved by `moveTo`. `onClick(x)`. `zoom`: true where a part can be drawn larger.
 * - `onView(chart)`: told whenever it was drawn or shows another part; whoever puts something over it places it there.
 */

import { LANGUAGE, phrase } from "/static/words.js";

const NEAR_PX = 48;
const PRINT_PX = [640, 300];
/** On paper as by day: the tokens of `tokens.css` in their light form. */
const ON_PAPER = { ink: "#14202e", muted: "#52606f", grid: "#d8dee6", band: "#eaf1f9", pre: "#7d8896", accent: "#0b5cad", paper: "#ffffff", warm: "#b4450f" };

const charts = new Map();
const pageLoaded = document.readyState === "complete" ? Promise.resolve() : new Promise((resolve) => addEventListener("load", resolve, { once: true }));
let loading = null;

/**
 * Draw a chart when it comes near, and again when light and dark change.
 * @param {HTMLElement} element
 * @param {(theme: object) => object} build given the page's colours and font, as above
 */
export function drawWhenSeen(element, build) {
  const known = chartOf(element, build);
  const watcher = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      known.draw();
    },
    { rootMargin: "600px" },
  );
  watcher.observe(element);
  pageLoaded.then(uplot).catch(() => {}); // so that paper has the chart, too; a chart in sight says what failed
}

/** Draw a chart now; `build` as for drawWhenSeen. Returns the chart, which has `moveTo(x)`, `xAt(clientX)` and `clientXOf(x)`. */
export async function draw(element, build) {
  const chart = chartOf(element, build);
  await chart.draw();
  return chart;
}

function chartOf(element, build) {
  if (!charts.has(element)) charts.set(element, new Chart(element));
  const chart = charts.get(element);
  chart.build = build;
  return chart;
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
addEventListener("beforeprint", () => charts.forEach((chart) => chart.print()));

function redraw() {
  charts.forEach((chart) => chart.plot && chart.draw());
}

class Chart {
  constructor(element) {
    this.element = element;
    this.at = null;
    this.said = add(element, "p", "chart-loading small muted");
    this.said.textContent = phrase("The chart is being loaded …");
    this.key = add(element, "ul", "chart-key small");
    this.place = add(element, "div", "chart-plot");
    new ResizeObserver(() => this.#fit()).observe(this.place);
  }

  async draw() {
    try {
      await uplot();
    } catch (error) {
      this.said.textContent = error.message;
      return;
    }
    this.#drawNow();
  }

  #drawNow() {
    const theme = readTheme();
    const chart = this.build(theme);
    this.at = chart.at ?? this.at;
    this.onView = chart.onView;
    const zoomed = this.plot && this.zoomed ? { min: this.plot.scales.x.min, max: this.plot.scales.x.max } : null;
    this.plot?.destroy();
    this.said.hidden = true;
    showKey(this.key, chart.lines);
    const tip = document.createElement("div");
    const now = document.createElement("div");
    tip.className = "chart-tip small";
    now.className = "chart-now";
    tip.hidden = true;
    const made = plotOf(chart, theme, this.#size(), {
      setCursor: [(plot) => showTip(plot, chart, tip)],
      setScale: [() => this.#placeNow()],
      draw: [() => this.#placeNow()],
    });
    this.now = now;
    this.plot = made;
    made.over.append(now, tip);
    this.place.append(made.root);
    if (zoomed) made.setScale("x", zoomed);
    this.#placeNow();
    if (chart.onClick) made.over.addEventListener("click", (event) => chart.onClick(this.xAt(event.clientX)));
    this.element.classList.add("drawn");
  }

  /** Whether a part of it is drawn larger. */
  get zoomed() {
    const x = this.plot?.data[0];
    return Boolean(x?.length) && (this.plot.scales.x.min > x[0] || this.plot.scales.x.max < x.at(-1));
  }

  moveTo(x) {
    this.at = x;
    this.#placeNow();
  }

  xAt(clientX) {
    return this.plot.posToVal(clientX - this.plot.over.getBoundingClientRect().left, "x");
  }

  clientXOf(x) {
    return this.plot.over.getBoundingClientRect().left + this.plot.valToPos(x, "x");
  }

  /** Draw again what changes without its lines. */
  repaint() {
    this.plot?.redraw(false, false);
  }

  /** What lies over the drawing, without the axes. */
  get over() {
    return this.plot?.over ?? null;
  }

  /** Pixels from the left edge of `over`. */
  leftOf(x) {
    return this.plot.valToPos(x, "x");
  }

  #placeNow() {
    if (!this.now || !this.plot) return;
    this.onView?.(this);
    const { min, max } = this.plot.scales.x;
    this.now.hidden = this.at === null || !(this.at >= min && this.at <= max);
    if (!this.now.hidden) this.now.style.transform = `translateX(${this.plot.valToPos(this.at, "x")}px)`;
  }

  #size() {
    return [Math.max(120, this.place.clientWidth), Math.max(120, this.place.clientHeight)];
  }

  #fit() {
    const [width, height] = this.#size();
    if (this.plot && this.place.clientWidth && (width !== this.plot.width || height !== this.plot.height)) this.plot.setSize({ width, height });
  }

  /** A picture for paper, in its colours and at its width, also of a chart that was never in sight. */
  print() {
    if (!window.uPlot) return;
    const theme = { ...readTheme(), ...ON_PAPER };
    const chart = this.build(theme);
    const plot = plotOf(chart, theme, PRINT_PX, {});
    plot.batch(() => {}); // draws now, and not when the printer has gone
    this.picture ??= add(this.element, "img", "chart-printed");
    this.picture.alt = "";
    this.picture.src = plot.ctx.canvas.toDataURL();
    showKey(this.key, chart.lines);
    plot.destroy();
  }
}

function add(parent, tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  parent.append(made);
  return made;
}

function uplot() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/static/uplot/uPlot.iife.min.js";
    script.onload = () => resolve(window.uPlot);
    script.onerror = () => reject(new Error(phrase("The chart could not be loaded; its numbers are in the tables.")));
    document.head.append(script);
  });
  return loading;
}

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(Object.keys(ON_PAPER).map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  return { ...colours, font: getComputedStyle(document.body).fontFamily };
}

function plotOf(chart, theme, [width, height], hooks) {
  const options = {
    width,
    height,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: Boolean(chart.zoom), y: false, setScale: Boolean(chart.zoom), dist: 6 } },
    scales: { x: { time: false, range: (_, low, high) => (low === high ? [low - 1, high + 1] : [low, high]) }, y: { range: heightOf(chart) } },
    axes: [{ ...axis(theme, chart.x), size: 28 }, { ...axis(theme, chart.y), size: roomFor }],
    series: [{}, ...chart.lines.map(series)],
    hooks: { ...hooks, drawClear: [(plot) => drawBands(plot, chart.bands ?? (() => []))] },
  };
  return new window.uPlot(options, dataOf(chart.lines));
}

/** All lines over one x; what is not there stays a gap, and what only another line has does not make one. */
function dataOf(lines) {
  if (!lines.length) return [[0, 1]];
  const expanded = lines.map(() => [0, 2]);
  return window.uPlot.join(lines.map(({ x, y }) => [x, y]), expanded);
}

function series(line) {
  if (line.point) return { stroke: line.colour, paths: () => null, points: { show: true, size: line.point.size, width: line.point.width ?? 1, fill: line.point.fill ?? line.colour, stroke: line.colour } };
  return { stroke: line.colour, width: line.width, dash: line.dash, points: { show: false } };
}

function axis(theme, { suffix = "", label } = {}) {
  return {
    stroke: theme.muted,
    font: `13px ${theme.font}`,
    label,
    labelFont: `13px ${theme.font}`,
    labelSize: 22,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map((value) => `${numberOnAxis(value)}${suffix}`),
  };
}

/** With as many decimals as it has. */
function numberOnAxis(value) {
  return value.toLocaleString(LANGUAGE, { maximumFractionDigits: 10, useGrouping: false }).replace("-", "−");
}

/** As wide as the longest number of the axis, at 8 pixels a letter. */
function roomFor(_, values) {
  return 12 + 8 * Math.max(...(values ?? [""]).map((text) => text.length));
}

function heightOf({ lines, y }) {
  const known = lines.flatMap((line) => line.y).filter((value) => value !== null && value !== undefined);
  if (!known.length) return [0, y.least ?? 1];
  const low = known.reduce((a, b) => Math.min(a, b)), high = known.reduce((a, b) => Math.max(a, b));
  const more = Math.max((y.least ?? 0) - (high - low), 0.1 * (high - low), 1) / 2;
  return [low - more, high + more];
}

function drawBands(plot, bands) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { from, to, colour, opacity } of bands()) {
    const [left, right] = [from, to].map((x) => plot.valToPos(x, "x", true));
    ctx.globalAlpha = opacity;
    ctx.fillStyle = colour;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

function showKey(key, lines) {
  const named = lines.filter((line) => line.name);
  key.hidden = named.length < 2;
  key.replaceChildren(...named.map((line) => {
    const item = document.createElement("li");
    const mark = add(item, "span", "chart-mark");
    mark.style.borderColor = line.colour;
    mark.style.background = line.point?.fill ?? line.colour;
    item.append(line.name);
    return item;
  }));
}

function showTip(plot, chart, tip) {
  const { left, top } = plot.cursor;
  const found = left >= 0 ? nearest(plot, chart.lines, left, top) : null;
  tip.hidden = !found;
  if (!found) return;
  tip.textContent = found.words;
  const room = plot.over.clientWidth - tip.offsetWidth;
  const x = Math.max(0, Math.min(room, found.left + 12));
  const y = found.top > tip.offsetHeight + 12 ? found.top - tip.offsetHeight - 10 : found.top + 12;
  tip.style.transform = `translate(${x}px, ${y}px)`;
}

/** The point under the pointer, of all lines that have something to say; null where none is near. */
function nearest(plot, lines, left, top) {
  let best = null;
  for (const line of lines) {
    if (!line.words) continue;
    const k = nearestIndex(line, plot.posToVal(left, "x"));
    if (k === null) continue;
    const at = { left: plot.valToPos(line.x[k], "x"), top: plot.valToPos(line.y[k], "y") };
    const distance = Math.hypot(at.left - left, at.top - top);
    if (distance < (best?.distance ?? NEAR_PX)) best = { ...at, distance, words: line.words(line.x[k], line.y[k]) };
  }
  return best;
}

function nearestIndex({ x, y }, wanted) {
  let best = null;
  for (let k = 0; k < x.length; k += 1) {
    if (y[k] !== null && y[k] !== undefined && (best === null || Math.abs(x[k] - wanted) < Math.abs(x[best] - wanted))) best = k;
  }
  return best;
}
