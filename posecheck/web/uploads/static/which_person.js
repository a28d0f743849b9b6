/** "Which person?": the people that were seen, as buttons over a picture of the video, and which way up it is.

    The dialog tells whoever listens, by the event "read-again", that a video is read again. */

import { api, say } from "/static/api.js";
import { phrase } from "/static/words.js";

const dialog = document.getElementById("which-person");
const picture = document.getElementById("people-picture");
const image = document.getElementById("people-image");
const words = document.getElementById("which-person-words");
const mirror = document.getElementById("is-mirror");
const turn = document.getElementById("picture-turn");
let uploadId = "";
let personAt = null;
let rotatedDeg = null;
let isMirrored = false;

/** Open the dialog for an upload; the video is read again only if that is asked for. */
export async function askWhichPerson(id, name) {
  uploadId = id;
  personAt = null;
  turn.value = "0";
  showTurn();
  for (const old of picture.querySelectorAll("button")) old.remove();
  words.textContent = phrase("Looking for people in {file} …", { file: name });
  image.src = `/api/uploads/${id}/poster.jpg`;
  dialog.showModal();
  const [upload, found] = await Promise.all([api("GET", `/api/uploads/${id}`), api("GET", `/api/uploads/${id}/people`)]);
  if (uploadId !== id) return;
  mirror.checked = isMirrored = Boolean(upload.reading.mirror);
  rotatedDeg = upload.reading.rotate_deg ?? null;
  personAt = upload.reading.person_at ?? null;
  const alone = upload.info.people ? phrase("Only one person was seen in this video.") : ""; // nothing is known of a video that could not be read
  words.textContent = found.length ? phrase("Choose the person who does the test.") : alone;
  found.forEach((box, place) => picture.append(boxButton(box, place, found.length)));
}

/** Follow the person of a button on a video's card: one click. */
export async function choosePerson(button) {
  const { upload: id, x, y } = button.dataset;
  const { reading } = await api("GET", `/api/uploads/${id}`);
  const again = { person_at: [Number(x), Number(y)], mirror: Boolean(reading.mirror), rotate_deg: reading.rotate_deg ?? null };
  await api("POST", `/api/uploads/${id}/read`, again);
  say(phrase("The video is read again, for the person you chose."));
}

turn.addEventListener("change", showTurn);

function showTurn() {
  picture.className = `people-picture turned-${turn.value}`;
}

/** From the picture as it was filmed, which may have been turned before; null where nobody ever said anything.
    In a mirror image, clockwise is the other way round. */
function wholeTurn() {
  if (turn.value === "0") return rotatedDeg;
  return ((rotatedDeg ?? 0) + (isMirrored ? 360 - turn.value : Number(turn.value))) % 360;
}

function boxButton(box, place, count) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "person-box";
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-label", phrase("Person {number} of {count}, from the left", { number: place + 1, count }));
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
  await api("POST", `/api/uploads/${uploadId}/read`, { person_at: personAt, mirror: mirror.checked, rotate_deg: wholeTurn() });
  dialog.close();
  say(phrase("The video is read again."));
  dialog.dispatchEvent(new CustomEvent("read-again"));
});

function percent(share) {
  return `${100 * share}%`;
}
