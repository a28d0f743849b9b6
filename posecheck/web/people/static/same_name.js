/** Two people may have one name; whoever gives it a second time is told first who is there already. */

import { api } from "/static/api.js";
import { counted, day, phrase } from "/static/words.js";

const dialog = document.getElementById("same-name");
const there = document.getElementById("same-name-there");

/**
 * Whether somebody is to be called so: at once where nobody else is, otherwise once that was confirmed.
 * @param {string} name
 * @param {string} [ownId] of the person who is renamed
 * @param {boolean} [told] whether a code or a year of birth was given too, so that none has to be asked for
 */
export async function mayBeCalled(name, ownId = "", told = false) {
  const people = await api("GET", "/api/people");
  const same = people.filter((person) => person.id !== ownId && isSame(person.name, name));
  if (!same.length) return true;
  document.getElementById("same-name-name").textContent = name.trim();
  there.replaceChildren(...same.map(lineOf));
  document.getElementById("same-name-advice").hidden = told;
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "another"), { once: true });
    document.getElementById("same-name-another").onclick = () => dialog.close("another");
  });
}

/** Also written in another way: "anna  müller" and "Anna Muller" are taken for one another just as easily. */
function isSame(one, other) {
  const plain = (name) => name.trim().replace(/\s+/g, " ");
  return plain(one).localeCompare(plain(other), undefined, { sensitivity: "base" }) === 0;
}

function lineOf(person) {
  const line = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/people/${person.id}`;
  link.textContent = person.name;
  link.translate = false;
  const date = day(person.created_at.slice(0, 10));
  const apart = [person.code, person.birth_year && phrase("born {year}", { year: person.birth_year })].filter(Boolean);
  line.append(link, apart.length ? `, ${apart.join(", ")}` : "", " · ", counted("added on {date}, one session", "added on {date}, {count} sessions", person.sessions, { date }));
  return line;
}
