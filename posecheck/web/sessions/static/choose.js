/** The first step: stores tests, sides and what is kept. */

import { api, say } from "/static/api.js";
import { watch } from "/static/events.js";
import { namedPrimary, offerPrimary } from "/static/primary.js";
import { change, isNewer, onLeaving, sessionId, tellConflict } from "/static/session.js";
import { isSaved } from "/static/unsaved.js";
import { phrase } from "/static/words.js";

const form = document.getElementById("choose");
const dialog = document.getElementById("give-up");
const { landmarks_only: only, keep_pictures: pictures, blur_faces: blur } = form.elements;
let saved = keptNow();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const wanted = await agreed();
  if (wanted) change(wanted).then(() => (isSaved(form), say(phrase("Saved."))), () => {});
});
onLeaving(agreed);
only.addEventListener("change", showPictures);
form.addEventListener("change", showPrimary);
showPictures();
showPrimary();
document.getElementById("in-line")?.addEventListener("click", async ({ target }) => {
  target.disabled = true;
  await api("POST", `/api/sessions/${sessionId}/pictures`);
  say(phrase("The pictures are being made anew."));
});
watch(sessionId, { session: ({ version }) => isNewer(version) && tellConflict() });

/** The fields, once somebody has agreed that what was filmed is deleted; null otherwise. */
async function agreed() {
  const wanted = fields();
  if (!wanted) return null;
  const lost = Number(form.dataset.videos) ? whatIsLost() : [];
  if (lost.length && !(await asked(lost))) return null;
  saved = keptNow();
  return wanted;
}

/** Names of the boxes whose change makes pictures show less than before. */
function whatIsLost() {
  const now = keptNow();
  if (now.only && !saved.only) return ["landmarks_only"];
  if (now.only && saved.only && saved.pictures && !now.pictures) return ["keep_pictures"];
  return !now.only && now.blur && !saved.blur ? ["blur_faces"] : [];
}

function keptNow() {
  return { only: only.checked, pictures: pictures.checked, blur: blur.checked };
}

function asked(lost) {
  for (const words of dialog.querySelectorAll("[data-of]")) words.hidden = !lost.includes(words.dataset.of);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "agreed"), { once: true });
    document.getElementById("give-up-now").onclick = () => dialog.close("agreed");
    dialog.returnValue = "";
  });
}

/** Pictures without their video are a choice of those who keep body points only; faces in them are always blurred. */
function showPictures() {
  pictures.disabled = !only.checked;
}

/** Only what is tested can matter most. */
function showPrimary() {
  const tests = chosenTests();
  offerPrimary((movement, side) => tests.some((test) => test.movement === movement && test.side === side));
}

function chosenTests() {
  return [...form.querySelectorAll('[name="test"]:checked')].map(({ value }) => testOf(value));
}

function fields() {
  if (!form.reportValidity()) return null;
  const tests = chosenTests();
  if (!tests.length) {
    say(phrase("Choose at least one test."), { error: true });
    return null;
  }
  return {
    tests,
    title: form.elements.title.value,
    date: form.elements.date.value,
    notes: form.elements.notes.value,
    takes_per_block: Number(form.elements.takes.value),
    with_baseline: form.elements.with_baseline.checked,
    keep_video: !only.checked,
    keep_pictures: pictures.checked,
    blur_faces: blur.checked,
    primary: namedPrimary(),
  };
}

function testOf(key) {
  const [movement, side] = key.split(".");
  return { movement, side: side ?? null };
}
