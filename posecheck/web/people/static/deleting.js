/** Deleting: into the bin at once, with a way back on the next page; for good only after a question. */

import { api, say } from "/static/api.js";
import { leave } from "/static/unsaved.js";
import { phrase } from "/static/words.js";

const UNDO = "posecheck-undo";
const dialog = document.getElementById("delete");
const typed = document.getElementById("delete-typed");
const word = document.getElementById("delete-word");
let target = {};

for (const button of document.querySelectorAll("[data-bins]")) button.addEventListener("click", () => putIntoBin(button.dataset));
for (const button of document.querySelectorAll("[data-deletes]")) button.addEventListener("click", () => ask(button.dataset));
document.getElementById("delete-not")?.addEventListener("click", () => dialog.close());
document.getElementById("delete-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (target.asks !== undefined && typed.value.trim().toLowerCase() !== typed.dataset.word.toLowerCase()) {
    typed.focus();
    return;
  }
  dialog.close();
  await api("DELETE", target.deletes, target.asks ? { delete: target.asks } : undefined);
  leave();
  location.assign(target.then);
});

/** Put something into the bin and go on; the next page offers to take it back. */
async function putIntoBin({ bins, restores, words, then }) {
  await api("POST", bins);
  sessionStorage.setItem(UNDO, JSON.stringify({ restores, words }));
  leave();
  location.assign(then);
}

function ask(data) {
  target = data;
  document.getElementById("delete-name").textContent = data.name;
  document.getElementById("delete-what").textContent = data.what;
  word.hidden = data.asks === undefined;
  typed.value = "";
  dialog.showModal();
}

/** On the page after: what was deleted, and the button that takes it back. */
export function offerUndo() {
  const place = document.getElementById("undo");
  const kept = sessionStorage.getItem(UNDO);
  sessionStorage.removeItem(UNDO);
  if (!place || !kept) return;
  const { restores, words } = JSON.parse(kept);
  place.querySelector("p").textContent = words;
  place.hidden = false;
  place.querySelector("button").addEventListener("click", async () => {
    await api("POST", restores);
    say(phrase("Taken back."));
    location.reload();
  });
}
