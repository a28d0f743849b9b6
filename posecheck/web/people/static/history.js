/** A person's end ranges over the sessions, drawn by the server, which may take a while: the page does not wait for it. */

const person = document.querySelector("[data-person]").dataset.person;
const answer = await fetch(`/people/${person}/trends`);
if (answer.status === 200) {
  document.getElementById("trends").innerHTML = await answer.text();
  document.getElementById("history").hidden = false;
}
