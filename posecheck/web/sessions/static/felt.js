/** What felt tight: a scale that was not touched is not an answer, and 0 is one. Every answer is saved at once. */

import { api } from "/static/api.js";
import { watch } from "/static/events.js";
import { change, isNewer, onLeaving, sessionId, tellConflict } from "/static/session.js";
import { phrase } from "/static/words.js";

const form = document.getElementById("felt");
const { phase } = form.dataset;
const SAVE_MS = 500;
const kept = document.getElementById("kept");
let pending = false;
let failed = false;
let timer = 0;
let saving = Promise.resolve();
const ANSWERING_KEYS = new Set(["ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp", "Home", "End", "PageUp", "PageDown", "Enter", " "]);
const session = await api("GET", `/api/sessions/${sessionId}`);
if (isNewer(session.version)) location.reload(); // this page was asked for while the last answer was still on its way
const others = session.felt.filter((item) => item.phase !== phase);

for (const scale of form.querySelectorAll(".scale")) {
  const slider = scale.querySelector("input");
  slider.addEventListener("input", () => answer(scale, true));
  slider.addEventListener("pointerup", () => answer(scale, true));
  slider.addEventListener("keydown", (event) => ANSWERING_KEYS.has(event.key) && answer(scale, true));
  scale.querySelector(".clear").addEventListener("click", () => {
    slider.value = 0;
    answer(scale, false);
    slider.focus();
  });
}
form.addEventListener("submit", (event) => event.preventDefault());
for (const note of form.querySelectorAll('[name="note"]')) note.addEventListener("input", saveSoon);
onLeaving(async () => {
  await saveNow();
  return fields();
});
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !pending || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault(); // the next page is to show what was answered here
  await saveNow();
  if (!pending) location.assign(link.href);
});
addEventListener("beforeunload", (event) => {
  if (!pending) return;
  if (failed) event.preventDefault();
  api("PATCH", `/api/sessions/${sessionId}`, fields(), { quiet: true, keepalive: true }).catch(() => {});
});

function saveSoon() {
  pending = true;
  clearTimeout(timer);
  kept.textContent = phrase("Not saved yet.");
  timer = setTimeout(saveNow, SAVE_MS);
}

/** One save after the other, so that none takes its own for another tab's. */
function saveNow() {
  clearTimeout(timer);
  return (saving = saving.then(save));
}

async function save() {
  if (!pending) return;
  pending = false;
  try {
    await change(fields());
    failed = false;
    if (!pending) kept.textContent = phrase("Saved.");
  } catch {
    failed = pending = true;
    kept.textContent = phrase("Not saved.");
  }
}

watch(sessionId, { session: ({ version }) => isNewer(version) && tellConflict() });

function answer(scale, given) {
  const slider = scale.querySelector("input");
  scale.classList.toggle("unset", !given);
  scale.querySelector(".clear").hidden = !given;
  if (given) slider.removeAttribute("aria-valuetext");
  else slider.setAttribute("aria-valuetext", phrase("not answered"));
  scale.querySelector("output").value = given ? slider.value : "–";
  saveSoon();
}

function fields() {
  return { felt: [...others, ...[...form.querySelectorAll(".felt-card")].map(itemOf).filter(saysSomething)] };
}

function itemOf(card) {
  const score = (name) => {
    const slider = card.querySelector(`[name="${name}"]`);
    return slider.closest(".scale").classList.contains("unset") ? null : Number(slider.value);
  };
  return {
    movement: card.dataset.movement,
    side: card.dataset.side || null,
    phase,
    stiffness: score("stiffness"),
    discomfort: score("discomfort"),
    note: card.querySelector('[name="note"]').value,
  };
}

function saysSomething(item) {
  return item.stiffness !== null || item.discomfort !== null || item.note.trim() !== "";
}
