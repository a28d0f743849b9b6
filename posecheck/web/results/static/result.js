/** The result page: curves of pre-test and re-test over each other, and the slider between their pictures. */

import { api } from "/static/api.js";
import { drawWhenSeen } from "/static/charts.js";
import { watch } from "/static/events.js";

const session = document.getElementById("session").dataset.session;
const newer = document.getElementById("newer");
const places = [...document.querySelectorAll(".curve")];

document.querySelectorAll("[data-compare]").forEach(compare);
if (places.length) showCurves();
document.getElementById("show-newer").addEventListener("click", () => location.reload());
watch(session, { take: lookAgain, session: lookAgain, reload: lookAgain }).addEventListener("open", lookAgain);

/** Say so where the page has been overtaken: by a correction, another recording, a change elsewhere. */
async function lookAgain() {
  const now = await api("GET", `/api/sessions/${session}/result`, undefined, { quiet: true }).catch(() => null);
  if (now) newer.hidden = now.fingerprint === newer.dataset.shown;
}

/** Below the slider's value the first picture is seen, beyond it the second; the pictures themselves can be dragged, too. */
function compare(figure) {
  const slider = figure.querySelector("input");
  const frame = figure.querySelector(".compare-frame");
  const show = () => frame.style.setProperty("--at", `${slider.value}%`);
  const follow = (event) => {
    if (!event.buttons) return;
    const box = frame.getBoundingClientRect();
    slider.value = Math.round((100 * (event.clientX - box.left)) / box.width);
    show();
  };
  slider.addEventListener("input", show);
  frame.addEventListener("pointerdown", follow);
  frame.addEventListener("pointermove", follow);
  show();
}

async function showCurves() {
  const { tests } = await api("GET", `/api/sessions/${session}/result/curves`);
  for (const place of places) {
    const test = tests.find((item) => item.key === place.dataset.test);
    const outcome = test?.outcomes.find((item) => item.outcome === place.dataset.outcome);
    if (outcome) drawWhenSeen(place, (theme) => chart(outcome, theme));
  }
}

function chart(outcome, theme) {
  const unit = outcome.unit === "pct" ? " %" : "°";
  return {
    data: outcome.takes.flatMap((take) => take.repetitions.flatMap((item, place) => lines(take, item, place, unit, penOf(take, theme)))),
    layout: {
      xaxis: { ...axis(theme), title: { text: "Seconds since the repetition began", standoff: 8 } },
      yaxis: { ...axis(theme), ticksuffix: unit, nticks: 7 },
    },
  };
}

function axis(theme) {
  return { gridcolor: theme.grid, zeroline: false, fixedrange: true, automargin: true };
}

/** Pre-test wide, grey and hollow, re-test narrow and blue: told apart without colour, and both seen where they coincide. */
function penOf(take, theme) {
  return take.phase === "Re-test"
    ? { colour: theme.accent, width: 1.6, hold: 3.2, marker: { color: theme.accent, size: 7 } }
    : { colour: theme.pre, width: 3, hold: 7, marker: { color: theme.paper, size: 10, line: { color: theme.pre, width: 2 } } };
}

function lines(take, item, place, unit, pen) {
  const shared = { type: "scatter", legendgroup: take.phase, showlegend: false, hoverinfo: "skip", connectgaps: false };
  const held = item.measured.map((value, k) => (item.held && item.time_s[k] >= item.hold_start_s && item.time_s[k] <= item.hold_end_s ? value : null));
  const words = `${take.phase}, repetition ${item.number}`;
  return [
    { ...shared, mode: "lines", x: item.time_s, y: item.measured, line: { color: pen.colour, width: pen.width }, opacity: 0.85, hoverinfo: "text", hovertemplate: `${words}: %{y:.0f}${unit} at %{x:.1f} s<extra></extra>` },
    { ...shared, mode: "lines", x: item.time_s, y: item.interpolated, line: { color: pen.colour, width: pen.width, dash: "dot" } },
    { ...shared, mode: "lines", x: item.time_s, y: held, line: { color: pen.colour, width: pen.hold } },
    {
      ...shared,
      mode: "markers",
      name: take.phase,
      showlegend: place === 0,
      x: [(item.hold_start_s + item.hold_end_s) / 2],
      y: [item.end_range],
      marker: pen.marker,
      cliponaxis: false,
      hoverinfo: "text",
      hovertemplate: `${words}, end range: %{y:.0f}${unit}<extra></extra>`,
    },
  ];
}
