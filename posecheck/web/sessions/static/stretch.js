/** The stretch step: confirm the safety words, choose, run the timer, store what was done. */

import { api, say } from "/static/api.js";
import { change, sessionId, shows } from "/static/session.js";
import { voicelessWords } from "/static/sounds.js";
import { NO_GRIP, StretchStage } from "/static/stretch_stage.js";
import { partsOf } from "/static/stretch_clock.js";
import { isSaved, leave } from "/static/unsaved.js";
import { phrase } from "/static/words.js";

const byId = (id) => document.getElementById(id);
const SIDES = { left: phrase("left"), right: phrase("right"), both: phrase("both") };
const path = `/api/sessions/${sessionId}`;
const setup = byId("setup");
const stage = new StretchStage(byId("stage"), ended);
let unsaved = [];

byId("safe").addEventListener("change", confirmSafety);
byId("between").addEventListener("change", showWhatBelongs);
for (const button of document.querySelectorAll("[data-skips]")) button.addEventListener("click", skip);
setup.addEventListener("change", follow);
setup.addEventListener("submit", start);
byId("save-again").addEventListener("click", store);
byId("done").addEventListener("click", remove);
addEventListener("beforeunload", (event) => {
  if (stage.running || unsaved.length) event.preventDefault();
});
for (const row of byId("done").children) describe(row.querySelector(".what"));
follow();
showWhatBelongs();
voicelessWords().then((words) => (byId("voice-words").textContent = words));

function between() {
  return document.querySelector('[name="between"]:checked').value;
}

/** Of what is done in between: a belly pull has safety words and grips, an ordinary stretch neither, nothing at all no timer. */
function showWhatBelongs() {
  const needsConsent = between() === "belly-pull" || byId("between").dataset.hurt === "true";
  const nothing = between() === "nothing";
  byId("nothing").hidden = !nothing;
  byId("safety").hidden = nothing || !needsConsent;
  const pulls = between() === "belly-pull";
  for (const part of [byId("grips"), ...setup.querySelectorAll(".pulling")]) part.hidden = !pulls;
  for (const picture of setup.querySelectorAll(".picture.plain")) picture.hidden = pulls;
  setup.hidden = nothing || (needsConsent && !byId("safe").checked);
}

async function confirmSafety({ target }) {
  try {
    shows((await api("POST", `${path}/safety`, { confirmed: target.checked })).version);
  } catch {
    target.checked = !target.checked;
  }
  showWhatBelongs();
}

async function skip({ target }) {
  const { next, href } = target.dataset;
  await change({ stretch_skipped: true, ...(next && { step: next }) });
  leave();
  if (href) location.assign(href);
  else say(phrase("The stretch is skipped."));
}

/** Show what belongs to the choices: times of the chosen sides, grips that go with the stretch. */
function follow() {
  const side = chosen("side");
  for (const times of setup.querySelectorAll(".time")) {
    times.hidden = side !== "both" && side !== times.dataset.side;
  }
  const grips = setup.querySelector('[name="stretch"]:checked').dataset.grips.split(" ");
  for (const grip of setup.querySelectorAll('[name="grip"]')) {
    grip.closest(".choice").classList.toggle("goes", grips.includes(grip.value));
  }
}

function start(event) {
  event.preventDefault();
  const parts = partsOf({ sides: sides(), holdS: holdTimes(), rounds: byId("rounds").valueAsNumber, readyS: byId("ready").valueAsNumber });
  const missing = parts.length === 0;
  byId("setup-error").textContent = missing ? phrase("Choose a time: minutes, seconds or both.") : "";
  if (missing) return byId(`${sides()[0]}-minutes`).focus();
  stage.start(parts, { stretch: chosen("stretch"), grip: chosenGrip(), tones: byId("tones").checked, voice: byId("voice").checked });
}

/** One entry per side that was held; where it hurt, the side of that moment is marked, even if it was held for no time yet. */
function ended({ heldS, painSide }) {
  const others = Object.keys(heldS).filter((side) => side !== painSide);
  const names = [...others, ...(painSide ? [painSide] : [])]; // it takes back the consent that the others need
  const common = { stretch: chosen("stretch"), grip: chosenGrip(), note: byId("note").value.trim() };
  for (const side of names) {
    unsaved.push({ ...common, side, seconds: Math.round(10 * (heldS[side] ?? 0)) / 10, stopped_for_pain: side === painSide });
  }
  if (painSide) {
    byId("safe").checked = false;
    byId("between").dataset.hurt = "true";
    showWhatBelongs();
    byId("pain").showModal();
  }
  return store();
}

async function store() {
  try {
    while (unsaved.length) {
      show(await api("POST", `${path}/stretches`, unsaved[0]));
      unsaved = unsaved.slice(1);
    }
    await noteVersion();
    byId("unsaved").hidden = true;
    isSaved(setup);
    say(phrase("Saved."));
  } catch {
    byId("unsaved").hidden = unsaved.length === 0;
  }
}

async function remove({ target }) {
  const row = target.closest("li");
  if (!target.classList.contains("remove")) return;
  await api("DELETE", `/api/stretches/${row.dataset.id}`);
  row.remove();
  byId("none-done").hidden = byId("done").children.length > 0;
  await noteVersion();
  say(phrase("Removed."));
}

function show(stored) {
  const row = byId("done-row").content.cloneNode(true).firstElementChild;
  const what = row.querySelector(".what");
  row.dataset.id = stored.id;
  Object.assign(what.dataset, { stretch: stored.stretch, grip: stored.grip, side: stored.side, seconds: stored.seconds, pain: stored.stopped_for_pain });
  row.querySelector(".note").textContent = stored.note;
  describe(what);
  byId("done").append(row);
  byId("none-done").hidden = true;
}

function describe(what) {
  const { stretch, grip, side, seconds, pain } = what.dataset;
  const parts = [titleOf("stretch", stretch), titleOf("grip", grip), SIDES[side], `${Math.round(Number(seconds))} s`];
  const words = parts.filter(Boolean).join(", ");
  what.textContent = pain === "true" ? phrase("{what}: stopped because it hurt", { what: words }) : words;
}

function titleOf(name, value) {
  if (name === "grip" && value === NO_GRIP) return phrase("the belly left alone");
  const input = [...setup.querySelectorAll(`[name="${name}"]`)].find((item) => item.value === value);
  return input ? input.closest(".choice").querySelector(".name").textContent : value;
}

/** What was stored here raised the session's version: this page has seen it. */
async function noteVersion() {
  shows((await api("GET", path)).version);
}

function sides() {
  return chosen("side") === "both" ? ["left", "right"] : [chosen("side")];
}

function holdTimes() {
  const time = (side) => 60 * Number(byId(`${side}-minutes`).value) + Number(byId(`${side}-seconds`).value);
  return { left: time("left"), right: time("right") };
}

function chosenGrip() {
  return between() === "belly-pull" ? chosen("grip") : NO_GRIP;
}

function chosen(name) {
  return setup.querySelector(`[name="${name}"]:checked`).value;
}
