/** All people: add one, begin a session. */

import { api } from "/static/api.js";
import { beginSession } from "/static/begin.js";

document.getElementById("add-person").addEventListener("submit", async (event) => {
  event.preventDefault();
  const person = await api("POST", "/api/people", { name: event.target.elements.name.value });
  await beginSession(person.id);
});
