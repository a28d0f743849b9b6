/** Opens and shuts the door for phones from the page that invites one. */

import { api } from "/static/api.js";

const error = document.getElementById("door-error");

for (const [id, method] of [["open-door", "POST"], ["shut-door", "DELETE"]]) {
  document.getElementById(id)?.addEventListener("click", ({ target }) => change(target, method));
}

async function change(button, method) {
  button.disabled = true;
  error.textContent = "";
  try {
    await api(method, "/api/phones/door", undefined, { quiet: true });
    location.reload();
  } catch (problem) {
    error.textContent = problem.message;
    button.disabled = false;
  }
}
