/** A person: what is known of them, archive, delete, begin a session. */

import { api } from "/static/api.js";
import "/static/begin.js";
import { offerUndo } from "/static/deleting.js";
import { mayBeCalled } from "/static/same_name.js";
import { leave } from "/static/unsaved.js";

const { person } = document.getElementById("person").dataset;

offerUndo();

document.getElementById("about").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, code, birth_year: year, notes } = event.target.elements;
  if (!(await mayBeCalled(name.value, person, Boolean(code.value.trim() || year.value)))) return;
  await api("PATCH", `/api/people/${person}`, { name: name.value, code: code.value, birth_year: year.value ? Number(year.value) : null, notes: notes.value });
  leave();
  location.reload();
});

const archive = document.getElementById("archive-person");
archive?.addEventListener("click", async () => {
  await api("PATCH", `/api/people/${person}`, { archived: archive.dataset.archived !== "true" });
  location.reload();
});
