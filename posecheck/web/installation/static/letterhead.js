/** Settings: the name and the logo at the top of reports. */

import { api, say } from "/static/api.js";
import { phrase } from "/static/words.js";

const MAX_BYTES = 1_000_000;
const form = document.getElementById("letterhead");
const name = document.getElementById("letterhead-name");
const logo = document.getElementById("logo");
const shown = document.getElementById("logo-shown");
const wrong = document.getElementById("logo-error");
const remove = document.getElementById("logo-removed");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await api("PUT", "/api/settings/letterhead", { name: name.value });
  say(phrase("Saved. It stands on the reports from now on."));
});

logo.addEventListener("change", async () => {
  const [picked] = logo.files;
  if (!picked) return;
  refuse("");
  logo.disabled = true;
  try {
    if (picked.size > MAX_BYTES) throw new Error(phrase("The logo takes more than {megabytes} MB; save it smaller and choose it again.", { megabytes: MAX_BYTES / 1e6 }));
    const answer = await fetch("/api/settings/logo", { method: "PUT", headers: { "X-Posecheck": "1", "Content-Type": picked.type || "application/octet-stream" }, body: picked });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error.message);
    show(true);
    say(phrase("The logo is saved."));
  } catch (error) {
    refuse(error.message);
  } finally {
    logo.disabled = false;
    logo.value = "";
  }
});

remove.addEventListener("click", async () => {
  await api("DELETE", "/api/settings/logo");
  show(false);
  logo.focus();
  say(phrase("The logo is removed."));
});

function show(there) {
  shown.hidden = !there;
  remove.hidden = !there;
  if (there) shown.src = `/api/settings/logo?${Date.now()}`;
}

function refuse(words) {
  wrong.textContent = words;
  wrong.hidden = !words;
}
