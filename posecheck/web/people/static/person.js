/** A person: rename, delete, begin a session. */

import { api, say } from "/static/api.js";
import "/static/begin.js";

const { person } = document.getElementById("person").dataset;
const dialog = document.getElementById("delete");
let target = {};

document.getElementById("rename").addEventListener("submit", async (event) => {
  event.preventDefault();
  await api("PATCH", `/api/people/${person}`, { name: event.target.elements.name.value });
  location.reload();
});

for (const button of document.querySelectorAll("[data-deletes]")) {
  button.addEventListener("click", () => {
    target = button.dataset;
    document.getElementById("delete-name").textContent = target.name;
    document.getElementById("delete-what").textContent = target.what;
    dialog.showModal();
  });
}
document.getElementById("delete-now").addEventListener("click", async () => {
  dialog.close();
  await api("DELETE", target.deletes);
  say("Deleted.");
  location.assign(target.then);
});
