/** "Which person?": the people that were seen, as buttons over a picture of the video. */

import { api, say } from "/static/api.js";
import { refresh } from "/static/board.js";

const dialog = document.getElementById("which-person");
const picture = document.getElementById("people-picture");
const image = document.getElementById("people-image");
const words = document.getElementById("which-person-words");
const mirror = document.getElementById("is-mirror");
let uploadId = "";
let personAt = null;

/** Open the dialog for an upload; the video is read again only if that is asked for. */
export async function askWhichPerson(id, name) {
  uploadId = id;
  personAt = null;
  for (const old of picture.querySelectorAll("button")) old.remove();
  words.textContent = `Looking for people in ${name} …`;
  image.src = `/api/uploads/${id}/poster.jpg`;
  dialog.showModal();
  const [upload, found] = await Promise.all([api("GET", `/api/uploads/${id}`), api("GET", `/api/uploads/${id}/people`)]);
  if (uploadId !== id) return;
  mirror.checked = Boolean(upload.reading.mirror);
  personAt = upload.reading.person_at ?? null;
  words.textContent = found.length ? "Choose the person who does the test." : "Only one person was seen in this video.";
  found.forEach((box, place) => picture.append(boxButton(box, place, found.length)));
}

function boxButton(box, place, count) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "person-box";
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-label", `Person ${place + 1} of ${count}, from the left`);
  button.textContent = place + 1;
  button.style.left = percent(box.left);
  button.style.top = percent(box.top);
  button.style.width = percent(box.right - box.left);
  button.style.height = percent(box.bottom - box.top);
  button.addEventListener("click", () => {
    personAt = box.centre;
    for (const other of picture.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
  });
  return button;
}

document.getElementById("read-again").addEventListener("click", async () => {
  await api("POST", `/api/uploads/${uploadId}/read`, { person_at: personAt, mirror: mirror.checked });
  dialog.close();
  say("The video is read again.");
  refresh();
});

function percent(share) {
  return `${100 * share}%`;
}
