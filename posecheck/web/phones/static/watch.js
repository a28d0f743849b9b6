/** Shows large what another device films, and says it: words, repetitions, seconds of hold, angle. */

import { api } from "/static/api.js";
import { Awake } from "/static/awake.js";
import { watch } from "/static/events.js";
import { hush, speak, tone, wakeSound } from "/static/sounds.js";

const SILENT_MS = 6000;
const BETWEEN_MS = 2000;
const PHASES = { pre: "Pre-test", baseline: "Baseline", retest: "Re-test" };

const byId = (id) => document.getElementById(id);
const page = byId("watch");
const { session } = page.dataset;
const awake = new Awake();
let speaks = false;
let isRelayed = false;
let source = null;
let silence = 0;
let lastMs = -Infinity;

/** One line of events; a new one says whether this screen speaks, so that the phone need not. */
function listen() {
  source?.close();
  source = watch(session, { live: show, said: say, session: lookForResult }, { speaks });
  source.addEventListener("open", () => (byId("watch-line").textContent = ""));
  source.addEventListener("error", () => (byId("watch-line").textContent = "posecheck does not answer. Is it still running? This goes on by itself when it answers."));
}

function show(live) {
  clearTimeout(silence);
  lastMs = performance.now();
  page.dataset.state = live.state;
  byId("watch-title").textContent = `${PHASES[live.phase] ?? live.phase}: ${live.title}`;
  byId("watch-side").textContent = live.side ? `${live.side} side` : "";
  if (live.state === "ended") {
    showWords("The camera has stopped.");
    return;
  }
  showWords(live.words);
  byId("watch-count").textContent = `${live.repetition}/${live.repetitions}`;
  byId("watch-hold").textContent = `${Math.floor(live.hold_s)} s`;
  byId("watch-angle").textContent = live.angle_deg === null ? "–" : `${Math.round(live.angle_deg)}°`;
  byId("watch-angle-title").textContent = live.angle_title;
  if (live.speak && speaks && !isRelayed) speak(live.words);
  silence = setTimeout(() => (byId("watch-line").textContent = "No picture has come for a few seconds. The camera has paused, or lost its connection."), SILENT_MS);
  byId("watch-line").textContent = "";
}

/** What the camera's page says comes word for word: from then on the engine's own words, which are among them, are not said again. */
function say({ words }) {
  isRelayed = true;
  if (words && performance.now() - lastMs > BETWEEN_MS) rest();
  if (words) showWords(words);
  if (!speaks) return;
  if (words) speak(words);
  else hush();
}

/** Between two tests, and while stretching, there is nothing to count. */
function rest() {
  clearTimeout(silence);
  page.dataset.state = "between";
  byId("watch-title").textContent = "Now";
  byId("watch-side").textContent = byId("watch-line").textContent = "";
}

function showWords(words) {
  if (byId("watch-words").textContent !== words) byId("watch-words").textContent = words;
}

async function lookForResult() {
  const { step } = await api("GET", `/api/sessions/${session}`, undefined, { quiet: true });
  byId("to-result").hidden = step !== "result";
}

byId("sound").addEventListener("click", () => {
  speaks = !speaks;
  byId("sound").setAttribute("aria-pressed", String(speaks));
  byId("sound").textContent = speaks ? "Mute this screen" : "Let this screen speak";
  if (speaks) {
    wakeSound();
    tone();
    speak("This screen speaks now.");
    awake.keep();
  } else hush();
  listen();
});
listen();
lookForResult().catch(() => {});
