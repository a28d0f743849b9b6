/** The first step: stores tests, sides and what is kept. */

import { say } from "/static/api.js";
import { watch } from "/static/events.js";
import { change, isNewer, onLeaving, sessionId, tellConflict } from "/static/session.js";

const form = document.getElementById("choose");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const wanted = fields();
  if (wanted) change(wanted).then(() => say("Saved."), () => {});
});
onLeaving(fields);
watch(sessionId, { session: ({ version }) => isNewer(version) && tellConflict() });

function fields() {
  if (!form.reportValidity()) return null;
  const tests = [...form.querySelectorAll('[name="test"]:checked')].map(({ value }) => testOf(value));
  if (!tests.length) {
    say("Choose at least one test.", { error: true });
    return null;
  }
  const [movement, side, outcome] = form.elements.primary.value.split("/");
  return {
    tests,
    title: form.elements.title.value,
    date: form.elements.date.value,
    takes_per_block: Number(form.elements.takes.value),
    with_baseline: form.elements.with_baseline.checked,
    keep_video: !form.elements.landmarks_only.checked,
    blur_faces: form.elements.blur_faces.checked,
    primary: outcome ? { movement, side: side || null, outcome } : null,
  };
}

function testOf(key) {
  const [movement, side] = key.split(".");
  return { movement, side: side ?? null };
}
