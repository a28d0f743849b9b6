/** All people: find, sort, add, begin a session; the sample session. */

import { api, say } from "/static/api.js";
import { beginSession } from "/static/begin.js";
import { offerUndo } from "/static/deleting.js";
import { mayBeCalled } from "/static/same_name.js";
import { LANGUAGE, number, phrase } from "/static/words.js";

const SHOWN = 30;
const ORDER = "posecheck-order";
const list = document.getElementById("people");
const finding = document.getElementById("finding");
const more = document.getElementById("more");
let limit = SHOWN;
let room = null;

offerUndo();

document.getElementById("add-person").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, code, birth_year: year } = event.target.elements;
  if (!(await mayBeCalled(name.value, "", Boolean(code.value.trim() || year.value)))) return;
  const person = await api("POST", "/api/people", { name: name.value, code: code.value, birth_year: year.value ? Number(year.value) : null });
  await beginSession(person.id);
});

// ---- finding

if (list) {
  const { wanted, order, archived } = finding.elements;
  order.value = localStorage.getItem(ORDER) ?? "newest";
  if (!order.value) order.value = "newest";
  finding.addEventListener("submit", (event) => event.preventDefault());
  wanted.addEventListener("input", show);
  archived?.addEventListener("change", show);
  order.addEventListener("change", async () => {
    localStorage.setItem(ORDER, order.value);
    await sort();
  });
  more.addEventListener("click", () => {
    limit = Infinity;
    show();
  });
  await sort();
}

async function sort() {
  const by = finding.elements.order.value;
  if (by === "room") await loadRoom();
  const cards = [...list.children];
  const name = (card) => card.dataset.name;
  const order = {
    newest: (one, two) => two.dataset.newest.localeCompare(one.dataset.newest),
    name: (one, two) => name(one).localeCompare(name(two), LANGUAGE, { numeric: true, sensitivity: "base" }),
    added: (one, two) => two.dataset.added.localeCompare(one.dataset.added),
    room: (one, two) => (room[two.dataset.person] ?? 0) - (room[one.dataset.person] ?? 0),
  }[by];
  list.append(...cards.sort(order));
  for (const card of cards) card.querySelector(".room").hidden = by !== "room";
  show();
}

/** Every word that was typed has to begin a word of the card, in any order, accents or not, "Müßig" also as "Muessig". */
function show() {
  const asked = plain(finding.elements.wanted.value).split(/\s+/).filter(Boolean);
  const withArchived = finding.elements.archived?.checked || asked.length > 0;
  let found = 0;
  for (const card of list.children) {
    const words = `${plain(card.dataset.foundBy)} ${plain(spelledOut(card.dataset.foundBy))}`.split(/\s+/);
    const fits = asked.every((start) => words.some((word) => word.startsWith(start)));
    const wanted = fits && (withArchived || card.dataset.archived === undefined);
    found += wanted ? 1 : 0;
    card.hidden = !wanted || found > limit;
  }
  document.getElementById("nobody").hidden = found > 0 || asked.length === 0;
  more.hidden = found <= limit;
  more.textContent = phrase("Show all {count}", { count: found });
}

function plain(text) {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().replaceAll("ß", "ss");
}

/** German umlauts as they are written where a keyboard has none. */
function spelledOut(text) {
  return text.normalize("NFC").toLowerCase().replace(/[äöü]/g, (letter) => ({ ä: "ae", ö: "oe", ü: "ue" })[letter]);
}

async function loadRoom() {
  if (room) return;
  room = (await api("GET", "/api/disk-use")).people;
  for (const card of list.children) {
    card.querySelector(".room").textContent = phrase("{megabytes} MB on the disk", { megabytes: number((room[card.dataset.person] ?? 0) / 1e6, 1) });
  }
}

// ---- the sample session

const LOOK_EVERY_MS = 700;
const sample = document.getElementById("sample");
const progress = document.getElementById("sample-progress");

sample?.addEventListener("click", async () => {
  sample.disabled = true;
  progress.hidden = false;
  try {
    const made = await api("POST", "/api/sample");
    await measured(made.session_id);
    location.assign(`/sessions/${made.session_id}/result`);
  } catch {
    progress.hidden = true;
    sample.disabled = false;
  }
});

/** Until every recording of the session is measured; the page shows how many are. */
async function measured(session) {
  for (;;) {
    const { takes } = await api("GET", `/api/sessions/${session}`);
    const done = takes.filter((take) => take.state !== "measuring").length;
    progress.querySelector("progress").value = done / takes.length;
    document.getElementById("sample-value").textContent = phrase("{done} of {total}", { done, total: takes.length });
    if (done === takes.length) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

for (const button of document.querySelectorAll("[data-removes-sample]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    await api("DELETE", `/api/people/${button.dataset.removesSample}`);
    say(phrase("The sample is gone."));
    location.reload();
  });
}
