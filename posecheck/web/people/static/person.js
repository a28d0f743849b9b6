/** A person: rename, delete, begin a session. */

import { api, say } from "/static/api.js";
import "/static/begin.js";
import { mayBeCalled } from "/static/same_name.js";
import { leave } from "/static/unsaved.js";

const { person } = document.getElementById("person").dataset;
const dialog = document.getElementById("delete");
let target = {};

document.getElementById("rename").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = event.target.elements.name.value;
  if (!(await mayBeCalled(name, person))) return;
  await api("PATCH", `/api/people/${person}`, { name });
  leave();
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
  leave();
  location.assign(target.then);
});
