/** The day on which the person means to measure again: stored as soon as it is chosen. */

import { say } from "/static/api.js";
import { change } from "/static/session.js";
import { phrase } from "/static/words.js";

const form = document.getElementById("next");

form.addEventListener("submit", (event) => event.preventDefault());
form.elements.next_date.addEventListener("change", async ({ target }) => {
  if (!target.validity.valid) return;
  await change({ next_date: target.value });
  say(target.value ? phrase("Saved.") : phrase("Saved: no next date."));
});
