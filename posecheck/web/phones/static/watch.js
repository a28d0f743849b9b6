/** Shows large what another device films, and says it: words, repetitions, seconds of hold, angle. */

import { api } from "/static/api.js";
import { Awake } from "/static/awake.js";
import { watch } from "/static/events.js";
import { canSay, hush, speak, tone, voices, wakeSound } from "/static/sounds.js";
import { LANGUAGE, phrase } from "/static/words.js";

const SILENT_MS = 6000;
const BETWEEN_MS = 2000;
const PHASES = { pre: phrase("Pre-test"), baseline: phrase("Baseline"), retest: phrase("Re-test") };
const SIDES = { left: phrase("left side"), right: phrase("right side") };

const VOICELESS_WORDS = phrase("This browser has no English voice. The phone speaks itself.");

const byId = (id) => document.getElementById(id);
const page = byId("watch");
const { session } = page.dataset;
const awake = new Awake();
let speaks = false;
let isRelayed = false;
let voiceless = "";
let source = null;
let silence = 0;
let lastMs = -Infinity;

/** One line of events; a new one says whether this screen speaks, and which languages, so that the phone need not. */
function listen() {
  source?.close();
  source = watch(session, { live: show, said: say, session: lookForResult }, { speaks, voices: voices() });
  source.addEventListener("open", () => (byId("watch-line").textContent = voiceless));
  source.addEventListener("error", () => (byId("watch-line").textContent = phrase("posecheck does not answer. Is it still running? This goes on by itself when it answers.")));
}

function show(live) {
  clearTimeout(silence);
  lastMs = performance.now();
  page.dataset.state = live.state;
  byId("watch-title").textContent = phrase("{block}: {test}", { block: PHASES[live.phase] ?? live.phase, test: live.title });
  byId("watch-side").textContent = SIDES[live.side] ?? "";
  if (live.state === "ended") {
    showWords(phrase("The camera has stopped."));
    return;
  }
  showWords(live.words);
  byId("watch-count").textContent = `${live.repetition}/${live.repetitions}`;
  byId("watch-hold").textContent = `${Math.floor(live.hold_s)} s`;
  byId("watch-angle").textContent = live.angle_deg === null ? "–" : `${Math.round(live.angle_deg)}°`;
  byId("watch-angle-title").textContent = live.angle_title;
  if (live.speak && speaks && !isRelayed) speak(live.words);
  silence = setTimeout(() => (byId("watch-line").textContent = phrase("No picture has come for a few seconds. The camera has paused, or lost its connection.")), SILENT_MS);
  byId("watch-line").textContent = voiceless;
}

/** What the camera's page says comes word for word, in its language: from then on the engine's own words, which are among them, are not said again. */
function say({ words, language }) {
  isRelayed = true;
  if (words && performance.now() - lastMs > BETWEEN_MS) rest();
  if (words) showWords(words, language);
  if (!speaks) return;
  if (words) speak(words, language);
  else hush();
}

/** Between two tests, and while stretching, there is nothing to count. */
function rest() {
  clearTimeout(silence);
  page.dataset.state = "between";
  byId("watch-title").textContent = phrase("Now");
  byId("watch-side").textContent = "";
  byId("watch-line").textContent = voiceless;
}

function showWords(words, language = LANGUAGE) {
  const place = byId("watch-words");
  place.lang = language;
  if (place.textContent !== words) place.textContent = words;
}

async function lookForResult() {
  const { step } = await api("GET", `/api/sessions/${session}`, undefined, { quiet: true });
  byId("to-result").hidden = step !== "result";
}

byId("sound").addEventListener("click", () => {
  speaks = !speaks;
  byId("sound").setAttribute("aria-pressed", String(speaks));
  byId("sound").textContent = speaks ? phrase("Mute this screen") : phrase("Let this screen speak");
  voiceless = speaks && !canSay() ? VOICELESS_WORDS : "";
  if (speaks) {
    wakeSound();
    tone();
    speak(phrase("This screen speaks now."));
    awake.keep();
  } else hush();
  listen();
});
listen();
lookForResult().catch(() => {});
