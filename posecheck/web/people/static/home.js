/** All people: add one, begin a session. */

import { api } from "/static/api.js";
import { beginSession } from "/static/begin.js";
import { mayBeCalled } from "/static/same_name.js";

document.getElementById("add-person").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = event.target.elements.name.value;
  if (!(await mayBeCalled(name))) return;
  const person = await api("POST", "/api/people", { name });
  await beginSession(person.id);
});
