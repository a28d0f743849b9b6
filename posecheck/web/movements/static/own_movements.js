/** Settings: tests of one's own are added from a file or pasted text, and removed. */

import { api, say } from "/static/api.js";
import { phrase } from "/static/words.js";

const MAX_BYTES = 100_000;
const form = document.getElementById("add-movement");
const file = document.getElementById("movement-file");
const text = document.getElementById("movement-text");
const wrong = document.getElementById("movement-error");
let chosen = "";

file.addEventListener("change", async () => {
  const [picked] = file.files;
  if (!picked) return;
  chosen = picked.name;
  refuse("");
  if (picked.size > MAX_BYTES) {
    text.value = "";
    refuse(phrase("{file}: larger than a movement file may be ({size} kB).", { file: picked.name, size: MAX_BYTES / 1000 }));
    return;
  }
  text.value = await picked.text();
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  refuse("");
  if (!text.value.trim()) {
    refuse(phrase("Choose a movement file, or paste its text."));
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const added = await api("POST", "/api/movements", { text: text.value, file_name: chosen }, { quiet: true });
    await shown();
    say(phrase("Added: {title}, version {version}. It is offered in “Choose the tests”.", added));
  } catch (error) {
    refuse(error.message);
  } finally {
    button.disabled = false;
  }
});

document.getElementById("own-movements").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-removes]");
  if (!button) return;
  button.disabled = true;
  try {
    await api("DELETE", `/api/movements/${button.dataset.removes}`);
    await shown();
    say(phrase("Removed."));
  } finally {
    button.disabled = false;
  }
});

/** Say beside the form why a file is refused; empty words take it away. */
function refuse(words) {
  const said = document.createElement("p");
  said.className = "notice error";
  said.textContent = words;
  wrong.replaceChildren(...(words ? [said] : []));
}

/** Show the list as it is now. */
async function shown() {
  const answer = await fetch("/settings", { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("own-shown").replaceChildren(...page.getElementById("own-shown").childNodes);
  form.reset();
  chosen = "";
}
