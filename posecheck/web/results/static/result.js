/** The result page: curves of pre-test and re-test over each other, and the slider between their pictures. */

import { api } from "/static/api.js";
import { drawWhenSeen } from "/static/charts.js";
import { startTabs } from "/static/controls.js";
import { watch } from "/static/events.js";
import { number, phrase } from "/static/words.js";

const session = document.getElementById("session").dataset.session;
const newer = document.getElementById("newer");
const LEAST_RANGE = 20; // degrees or percent, as in the report (chosen by us)
const LATER_MS = 2000; // what is in sight comes first (chosen by us)
const opened = document.querySelector("[data-load]");

opened?.closest("details").addEventListener("toggle", loadTests);
if (opened) addEventListener("load", () => setTimeout(loadTests, LATER_MS)); // so that paper has it, too
openNamed();
addEventListener("hashchange", openNamed);
document.getElementById("show-newer").addEventListener("click", () => location.reload());
watch(session, { take: lookAgain, session: lookAgain, reload: lookAgain }).addEventListener("open", lookAgain);

/** Say so where the page has been overtaken: by a correction, another recording, a change elsewhere. */
async function lookAgain() {
  const now = await api("GET", `/api/sessions/${session}/result/fingerprint`, undefined, { quiet: true }).catch(() => null);
  if (now) newer.hidden = now.fingerprint === newer.dataset.shown;
}

/** Test by test, with its charts: much to load and to draw, so when it is opened, or when all else has come. */
async function loadTests() {
  if (!opened.dataset.load || opened.dataset.waits) return;
  opened.dataset.waits = "yes";
  const answer = await fetch(opened.dataset.load);
  delete opened.dataset.waits;
  if (!answer.ok) return;
  delete opened.dataset.load;
  opened.innerHTML = await answer.text();
  startTabs(opened);
  opened.querySelectorAll("[data-compare]").forEach(compare);
  showCurves([...opened.querySelectorAll(".curve")]);
}

/** What an address names is opened: `#tests` leads to what is folded away. */
function openNamed() {
  const fold = document.getElementById(location.hash.slice(1))?.closest("details");
  if (fold) fold.open = true;
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

async function showCurves(places) {
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
    lines: outcome.takes.flatMap((take) => take.repetitions.flatMap((item, place) => lines(take, item, place, unit, penOf(take, theme)))),
    x: { suffix: " s", label: phrase("Seconds since the repetition began") },
    y: { suffix: unit, least: LEAST_RANGE },
  };
}

/** Pre-test wide, grey and hollow, re-test narrow and blue: told apart without colour, and both seen where they coincide. */
function penOf(take, theme) {
  return take.block === "retest"
    ? { colour: theme.accent, width: 1.6, hold: 3.2, point: { fill: theme.accent, size: 8, width: 1 } }
    : { colour: theme.pre, width: 3, hold: 7, point: { fill: theme.paper, size: 11, width: 2 } };
}

function lines(take, item, place, unit, pen) {
  const held = item.measured.map((value, k) => (item.held && item.time_s[k] >= item.hold_start_s && item.time_s[k] <= item.hold_end_s ? value : null));
  const whose = phrase("{block}, repetition {number}", { block: take.phase, number: item.number });
  const curve = { x: item.time_s, colour: pen.colour };
  return [
    { ...curve, y: item.measured, width: pen.width, words: (time_s, value) => phrase("{whose}: {value} at {time} s", { whose, value: `${number(value)}${unit}`, time: number(time_s, 1) }) },
    { ...curve, y: item.interpolated, width: pen.width, dash: [2, 3] },
    { ...curve, y: held, width: pen.hold },
    {
      x: [(item.hold_start_s + item.hold_end_s) / 2],
      y: [item.end_range],
      colour: pen.colour,
      point: pen.point,
      name: place === 0 ? take.phase : undefined,
      words: (_, value) => phrase("{whose}, end range: {value}", { whose, value: `${number(value)}${unit}` }),
    },
  ];
}
