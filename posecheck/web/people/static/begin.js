/** Buttons that begin a new session of a person. */

import { api } from "/static/api.js";

/** Begin a session with the usual tests and go to it. */
export async function beginSession(personId) {
  const session = await api("POST", `/api/people/${personId}/sessions`, {});
  location.assign(`/sessions/${session.id}`);
}

for (const button of document.querySelectorAll("[data-begins]")) {
  button.addEventListener("click", () => beginSession(button.dataset.begins).catch(() => {}));
}
