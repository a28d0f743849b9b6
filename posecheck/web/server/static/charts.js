/** Charts by Plotly's own script, loaded when the first one comes into sight; colours are the page's own tokens. */

const dark = matchMedia("(prefers-color-scheme: dark)");
const drawn = new Map();
let loading = null;

/**
 * Draw a chart when it comes into sight, and again when light and dark change.
 * @param {HTMLElement} element
 * @param {(theme: object) => {data: object[], layout: object}} build given the page's colours and font
 */
export function drawWhenSeen(element, build) {
  const watcher = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      drawn.set(element, build);
      draw(element, build);
    },
    { rootMargin: "600px" },
  );
  watcher.observe(element);
}

dark.addEventListener("change", () => drawn.forEach((build, element) => draw(element, build)));

/** Draw a chart now; `build` as for drawWhenSeen. */
export async function draw(element, build) {
  const Plotly = await plotly();
  const theme = readTheme();
  const { data, layout } = build(theme);
  return Plotly.react(element, data, { ...frame(theme), ...layout }, { displayModeBar: false, responsive: true, showTips: false }).then(() => element.classList.add("drawn"));
}

function plotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/static/plotly.min.js";
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("The charts could not be loaded; their numbers are in the tables."));
    document.head.append(script);
  });
  return loading;
}

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const names = ["ink", "muted", "grid", "band", "pre", "accent", "paper", "warm"];
  const colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  return { ...colours, font: getComputedStyle(document.body).fontFamily };
}

function frame(theme) {
  const axis = { gridcolor: theme.grid, zeroline: false, fixedrange: true, tickcolor: theme.grid, automargin: true };
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: 13, color: theme.muted },
    margin: { l: 8, r: 8, t: 34, b: 8 },
    dragmode: false,
    hovermode: "closest",
    hoverlabel: { bgcolor: theme.paper, bordercolor: theme.accent, font: { family: theme.font, color: theme.ink } },
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { color: theme.ink }, itemclick: false, itemdoubleclick: false },
    xaxis: axis,
    yaxis: axis,
  };
}
