/** What every step of a session shares: changes that respect other tabs, and the way to the next step. */

import { api, say } from "/static/api.js";
import { leave } from "/static/unsaved.js";

const page = document.getElementById("session");
const conflict = document.getElementById("conflict");
const leaving = [];
let changing = 0;

export const sessionId = page.dataset.session;
export const step = page.dataset.step;

/**
 * Change fields of the session. Another tab that was faster is told in words, and nothing is overwritten.
 * @returns {Promise<object>} the session as it is now
 */
export async function change(fields) {
  changing += 1;
  try {
    const session = await api("PATCH", `/api/sessions/${sessionId}`, { ...fields, version: Number(page.dataset.version) }, { quiet: true });
    shows(session.version);
    return session;
  } catch (error) {
    if (error.status === 409) tellConflict(error.message);
    else say(error.message, { error: true });
    throw error;
  } finally {
    changing -= 1;
  }
}

/** The page shows the session as it was at this version. */
export function shows(newVersion) {
  page.dataset.version = newVersion;
}

/** Whether a version that another page made is newer than what this one shows. */
export function isNewer(newVersion) {
  return changing === 0 && Number(newVersion) > Number(page.dataset.version);
}

/** Before the next step is gone to, `fields()` is asked what is to be stored with it, at once or later; null holds the page. */
export function onLeaving(fields) {
  leaving.push(fields);
}

/** Show that this page is out of date. */
export function tellConflict(words) {
  if (words) conflict.querySelector("p").textContent = words;
  conflict.hidden = false;
  conflict.focus();
}

async function goTo(next) {
  const parts = await Promise.all(leaving.map((fields) => fields()));
  if (parts.includes(null)) return;
  await change(Object.assign({ step: next }, ...parts));
  leave();
  location.assign(`/sessions/${sessionId}/${next}`);
}

document.getElementById("reload").addEventListener("click", () => {
  leave();
  location.reload();
});
for (const button of document.querySelectorAll("[data-goes-to]")) {
  button.addEventListener("click", () => goTo(button.dataset.goesTo).catch(() => {}));
}
