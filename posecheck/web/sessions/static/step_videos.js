/** A filmed block: send videos, follow the work on them, confirm what they show. */

import { api, say } from "/static/api.js";
import { refresh } from "/static/board.js";
import { watch } from "/static/events.js";
import { change, isNewer, sessionId, shows, step } from "/static/session.js";
import { Sender } from "/static/upload.js";
import { parted } from "/static/video_files.js";
import { namedPrimary, offerPrimary } from "/static/primary.js";
import { turnPicture } from "/static/turn_picture.js";
import { chooseOtherTest, confirmAs as confirmUpload, isMeant, showWhetherItDiffers } from "/static/other_test.js";
import { askWhichPerson, choosePerson } from "/static/which_person.js";
import { Whole } from "/static/whole.js";
import { counted, phrase } from "/static/words.js";

const input = document.getElementById("videos");
const refused = document.getElementById("not-taken");
const deleting = document.getElementById("delete-video");
const takeFile = document.getElementById("take-file");
const leavingOut = document.getElementById("leave-out");
const reason = document.getElementById("leave-out-reason");
const naming = document.getElementById("naming");
const NAMED_AT_MOST = 5;
const READ = phrase("read");
const states = new Map();
const confirming = new Set();
let sent = 0;
let chosen = 0;
let target = "";
let takeLeft = "";
let test = "";
const tests = new Map(); // what was chosen for a test needs no confirming

const sender = new Sender(sessionId, step, {
  started: () => refresh(),
  progress: (upload, share) => showProgress(upload.id, share, 1),
  ended: (upload, file) => {
    sent += 1;
    if (tests.has(file)) confirmAs(upload.id, tests.get(file)).catch(() => {});
    say(wordsOfSent(upload.file_name));
    refresh();
  },
  refused: (file, message) => {
    chosen -= 1;
    notTaken(file.name, message);
    refresh();
  },
});

const whole = new Whole(document.getElementById("whole"), sender);
whole.update();

// A phone offers its gallery for videos alone; any other ending in the list makes it show folders instead.
const offered = input.accept.split(",");
takeFile.accept = input.accept;
if (matchMedia("(pointer: coarse)").matches) input.accept = takeFile.accept = "video/*";

input.addEventListener("change", () => take(input, ""));
takeFile.addEventListener("change", () => take(takeFile, test));

/** Send the files that were chosen as recordings of a test; empty where that is to be found out. */
function take(field, key) {
  const { videos, others } = parted([...field.files], offered, JSON.parse(input.dataset.never));
  const files = videos.filter(isNew);
  if (!sender.sending) sent = chosen = 0;
  chosen += files.length;
  refused.replaceChildren(...[...refused.children].filter((note) => note.dataset.name && !files.some((file) => note.dataset.name === file.name)));
  if (others.length) leftOut(others);
  if (key) for (const file of files) tests.set(file, key);
  sender.add(files);
  whole.update();
  field.value = "";
}
addEventListener("beforeunload", (event) => {
  if (sender.sending) event.preventDefault();
});

watch(sessionId, {
  job: (job) => {
    if (job.total) showProgress(job.target_id, job.done, job.total);
    if (states.get(job.id) !== job.state) refresh();
    states.set(job.id, job.state);
  },
  upload: (upload) => {
    if (upload.state === "read" && states.get(upload.id) !== "read") say(phrase("{file}: {words}", { file: upload.file_name, words: upload.proposal.words ?? READ }));
    if (["refused", "failed"].includes(upload.state) && states.get(upload.id) !== upload.state) say(phrase("{file}: {words}", { file: upload.file_name, words: upload.reason }), { error: true });
    states.set(upload.id, upload.state);
    if (upload.state !== "receiving") refresh();
  },
  take: () => refresh(),
  session: ({ version }) => isNewer(version) && refresh(),
  reload: () => refresh(),
});
document.addEventListener("board", (event) => {
  shows(event.detail.version);
  markSending();
  whole.update();
});

document.getElementById("session").addEventListener("click", (event) => {
  const button = event.target.closest("[data-does]");
  if (button) actions[button.dataset.does](button).catch(() => refresh());
});
document.getElementById("waiting").addEventListener("submit", (event) => {
  event.preventDefault();
  const card = event.target.closest("[data-upload]");
  confirm(event.target).then(
    (done) => done && say(phrase("{file} is confirmed.", { file: card.dataset.title })),
    () => refresh(),
  );
});
document.getElementById("waiting").addEventListener("change", (event) => {
  if (event.target.name === "test") showWhetherItDiffers(event.target.form);
});
document.getElementById("which-person").addEventListener("read-again", refresh);
document.getElementById("delete-video-now").addEventListener("click", () => {
  deleting.close();
  api("DELETE", target).then(() => say(phrase("Deleted.")), () => {}).finally(refresh);
});
document.getElementById("leave-out-form").addEventListener("submit", (event) => {
  event.preventDefault();
  api("POST", `/api/takes/${takeLeft}/leave-out`, { reason: reason.value })
    .then(() => {
      leavingOut.close();
      say(phrase("This take is left out."));
    }, () => {}) // what was written stays, to be sent once more
    .finally(refresh);
});
if (naming) {
  offerPrimary();
  naming.addEventListener("change", () => {
    offerPrimary();
    change({ primary: namedPrimary() }).then(() => say(phrase("Saved.")), () => {});
  });
}

const actions = {
  "confirm-all": async () => {
    const forms = [...document.querySelectorAll("form[data-ready]")];
    let confirmed = 0;
    for (const form of forms) confirmed += await confirm(form);
    say(counted("One video is confirmed.", "{count} videos are confirmed.", confirmed));
  },
  "choose-person": (button) => choosePerson(button).then(refresh),
  "which-person": (button) => askWhichPerson(button.dataset.upload, button.dataset.name),
  "other-test": async (button) => {
    if (await chooseOtherTest(button.dataset)) say(phrase("The video is measured as what you chose."));
    refresh();
  },
  "turn": (button) => turnPicture(button).then(refresh),
  "discard": async (button) => {
    const id = cardOf(button).dataset.upload;
    sender.stop(id);
    await api("DELETE", `/api/uploads/${id}`);
    refresh();
  },
  "delete": async (button) => {
    target = button.dataset.target;
    document.getElementById("delete-video-name").textContent = button.closest("[data-title]").dataset.title;
    deleting.showModal();
  },
  "retry": (button) => api("POST", `/api/jobs/${button.dataset.job}/retry`).then(refresh),
  "cancel": (button) => api("POST", `/api/jobs/${button.dataset.job}/cancel`).then(refresh),
  "use": (button) => api("POST", `/api/takes/${button.dataset.take}/use`).then(() => say(phrase("This take counts again."))).then(refresh),
  "send-take": async (button) => {
    test = button.dataset.test;
    takeFile.click();
  },
  "leave-out": async (button) => {
    takeLeft = button.dataset.take;
    document.getElementById("leave-out-name").textContent = button.closest("[data-title]").dataset.title;
    reason.value = "";
    leavingOut.showModal();
  },
};

/** Whether it was confirmed: nothing happens where a choice that differs was not meant. */
async function confirm(form) {
  if (!(await isMeant(form, form.closest("[data-title]").dataset.title))) return false;
  await confirmAs(form.dataset.confirms, form.elements.test.value);
  return true;
}

async function confirmAs(uploadId, key) {
  if (confirming.has(uploadId)) return;
  confirming.add(uploadId);
  try {
    await confirmUpload(uploadId, key, step);
  } finally {
    confirming.delete(uploadId);
    refresh();
  }
}

function wordsOfSent(fileName) {
  if (sent < chosen) return phrase("{done} of {all} videos are in.", { done: sent, all: chosen });
  return sent === 1
    ? phrase("{file} is in. Body points are being found.", { file: fileName })
    : phrase("All {count} videos are in. Body points are being found.", { count: sent });
}

function isNew(file) {
  const same = [...document.querySelectorAll("[data-upload]")].find(
    (card) => card.dataset.name === file.name && Number(card.dataset.size) === file.size && card.dataset.state !== "receiving",
  );
  if (same) notTaken(file.name, phrase("This file is here already. Delete it first if you want to send it again."));
  return !same;
}

function leftOut(files) {
  const names = files.slice(0, NAMED_AT_MOST).map(({ name }) => name).join(", ");
  const more = files.length - NAMED_AT_MOST;
  const which = more > 0 ? phrase("{names} and {more} more", { names, more }) : names;
  notTaken("", counted("One file is no video and was left out: {which}.", "{count} files are no videos and were left out: {which}.", files.length, { which }));
}

function notTaken(name, message) {
  const note = document.createElement("div");
  const title = document.createElement("strong");
  const words = document.createElement("p");
  note.className = "notice warn";
  note.dataset.name = name;
  title.textContent = name;
  words.textContent = message;
  const named = !name || message.startsWith(name); // the server's words begin with it
  note.append(...(named ? [] : [title]), words);
  refused.append(note);
  say(named ? message : phrase("{file}: {words}", { file: name, words: message }), { error: true });
}

function showProgress(id, done, total) {
  const bar = document.getElementById(`progress-${id}`);
  if (!bar) return;
  bar.max = total;
  bar.value = done;
  document.getElementById(`progress-${id}-value`).textContent = phrase("{percent} %", { percent: Math.floor((100 * done) / total) });
  whole.update();
}

function markSending() {
  for (const card of document.querySelectorAll('[data-state="receiving"]')) {
    card.querySelector("[data-paused]").hidden = sender.isSending(card.dataset.upload);
  }
}

function cardOf(button) {
  return button.closest("[data-upload]");
}
