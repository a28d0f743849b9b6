/** The trial page: the player and the chart in step, and corrections that are measured again at once. */

import { api, say } from "/static/api.js";
import { Chart } from "/static/take_chart.js";
import { Player } from "/static/take_player.js";
import { chooseOtherTest } from "/static/other_test.js";
import { TIMES } from "/static/time_handles.js";
import { turnPicture } from "/static/turn_picture.js";
import { isChanged, isSaved } from "/static/unsaved.js";
import { askWhichPerson } from "/static/which_person.js";
import { number as told, phrase } from "/static/words.js";

const page = document.getElementById("take");
const numbers = document.getElementById("numbers");
const id = page.dataset.take;
const by = (name) => document.getElementById(name);
const seek = by("seek");
const MISSED_HALF_S = 2; // as long as a repetition usually takes, and its hold (chosen by us)
const MISSED_HOLD_HALF_S = 0.75;

const chart = new Chart({ element: by("chart"), picker: by("curve"), onSeek: (time_s) => player.seek(time_s), onTimes: fillTimes });
const player = new Player({ video: by("video"), canvas: by("overlay"), onTime: shown });

function shown(time_s) {
  by("clock").textContent = `${told(time_s, 2)} s`;
  by("reading").textContent = player.reading.words;
  seek.value = time_s;
  seek.setAttribute("aria-valuetext", phrase("{time} seconds", { time: told(time_s, 1) }));
  chart.moveTo(time_s);
}

async function loadCurves() {
  const [points, curves, motion] = await Promise.all(["landmarks", "curves", "motion"].map((what) => api("GET", `/api/takes/${id}/${what}`)));
  seek.min = points.time_s[0];
  seek.max = points.time_s.at(-1);
  player.setAngles(motion.angles);
  player.setPoints(points);
  chart.setCurves(curves);
}

// ---- the player's controls

by("play").addEventListener("click", () => player.toggle());
by("back").addEventListener("click", () => player.step(-1));
by("forward").addEventListener("click", () => player.step(1));
by("speed").addEventListener("change", (event) => { player.rate = Number(event.target.value); });
by("skeleton").addEventListener("change", (event) => player.showSkeleton(event.target.checked));
seek.addEventListener("input", () => player.seek(Number(seek.value)));
setInterval(() => { by("play").textContent = player.playing ? phrase("Pause") : phrase("Play"); }, 200);

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea, button, a, summary, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
  const does = { " ": () => player.toggle(), k: () => player.toggle(), ArrowLeft: () => player.step(event.shiftKey ? -10 : -1), ArrowRight: () => player.step(event.shiftKey ? 10 : 1), Home: () => player.step(-1e9), End: () => player.step(1e9) }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});

// ---- corrections

function state() {
  const { version, corrections, state: word } = by("state").dataset;
  return { version: Number(version), state: word, corrections: { excluded: [], times: {}, added: [], side: null, start_s: null, end_s: null, ...JSON.parse(corrections) } };
}

function rowTimes(row) {
  const { start, end, holdStart, holdEnd } = row.dataset;
  return { start_s: Number(start), end_s: Number(end), hold_start_s: Number(holdStart), hold_end_s: Number(holdEnd) };
}

function readRepetitions() {
  const rows = [...numbers.querySelectorAll("tr[data-repetition]")];
  chart.setRepetitions(rows.map((row) => ({ ...rowTimes(row), used: row.dataset.used === "yes" })));
}

/** Whether it was stored; if not, what was entered stays, to be set right. */
async function correct(change, words) {
  const { version, corrections } = state();
  numbers.setAttribute("aria-busy", "true");
  try {
    await api("PUT", `/api/takes/${id}/corrections`, { ...corrections, ...change, version });
    await refresh({ stored: true });
    say(words);
    return true;
  } catch {
    await refresh();
    return false;
  } finally {
    numbers.removeAttribute("aria-busy");
  }
}

/** Show the numbers as they are now. What is being entered stays, unless it is what was `stored`. */
async function refresh({ stored = false } = {}) {
  const answer = await fetch(`/takes/${id}/numbers`);
  if (!answer.ok) return;
  const fresh = await answer.text();
  const focus = document.activeElement?.closest("[data-repetition]")?.dataset.repetition; // now: typing went on meanwhile
  const kind = document.activeElement?.className;
  const field = document.activeElement?.id;
  const entered = stored ? [] : enteredNow();
  numbers.innerHTML = fresh;
  if (entered.length) enterAgain(entered, field);
  else if (focus) numbers.querySelector(`[data-repetition="${focus}"] .${kind.split(" ").at(-1)}`)?.focus();
  readRepetitions();
  if (by("times")?.hidden !== false) chart.setTimes(null);
}

function enteredNow() {
  return [...numbers.querySelectorAll("form")].filter((form) => !form.hidden && (form.id === "times" || isChanged(form))).map((form) => ({
    id: form.id,
    data: { ...form.dataset },
    values: [...form.elements].filter(({ name }) => name).map(({ name, value }) => [name, value]),
  }));
}

function enterAgain(forms, field) {
  for (const { id: formId, data, values } of forms) {
    const form = by(formId);
    if (!form) continue;
    form.hidden = false;
    form.closest("details")?.setAttribute("open", "");
    Object.assign(form.dataset, data);
    for (const [name, value] of values) form.elements[name].value = value;
    if (formId === "times") titleTimes();
  }
  if (field) by(field)?.focus();
}

numbers.addEventListener("change", (event) => {
  if (event.target.closest("#times")) chart.setTimes(enteredTimes());
  if (!event.target.matches(".counts")) return;
  const { repetition, added } = event.target.closest("tr").dataset;
  if (added) {
    takeBack(`added:${added}`);
    return;
  }
  const number = Number(repetition);
  const others = state().corrections.excluded.filter((item) => item !== number);
  const excluded = event.target.checked ? others : [...others, number];
  correct({ excluded }, event.target.checked ? phrase("Repetition {number} counts again.", { number }) : phrase("Repetition {number} is excluded.", { number }));
});

numbers.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.does === "turn") turnPicture(button).then(backToBlock, refresh);
  const row = button.closest("tr[data-repetition]");
  if (button.matches(".go")) player.seek((rowTimes(row).hold_start_s + rowTimes(row).hold_end_s) / 2);
  else if (button.matches(".go-to")) player.seek(Number(button.dataset.time));
  else if (button.matches(".retime")) openTimes(row);
  else if (button.matches(".now")) useNow(button.dataset.for);
  else if (button.matches(".take-back")) takeBack(button.dataset.correction);
  else if (button.id === "add-repetition") openMissed();
  else if (button.id === "times-cancel") closeTimes();
  else if (button.id === "undo") correct({ excluded: [], times: {}, added: [], side: null, start_s: null, end_s: null }, phrase("All corrections are undone.")).then((done) => done && loadCurves());
  else if (button.id === "use") use();
  else if (button.id === "which-way") askWhichPerson(button.dataset.upload, button.dataset.name);
  else if (button.id === "other-test-open") chooseOtherTest(button.dataset).then((take) => take && location.assign(`/takes/${take.id}`));
  else if (button.id === "annotate") annotate(button);
});

by("which-person").addEventListener("read-again", backToBlock);

/** Where one sees how far the reading is: this page's video is another one when it ends. */
function backToBlock() {
  location.href = page.dataset.block;
}

function openTimes(row) {
  showTimes(row.dataset.added ? { added: row.dataset.added } : { repetition: row.dataset.repetition }, rowTimes(row));
}

/** One that was not found: first about the moment that is shown, then dragged to where it belongs. */
function openMissed() {
  const at = Math.max(player.time_s, MISSED_HALF_S);
  showTimes({ added: "new" }, { start_s: at - MISSED_HALF_S, hold_start_s: at - MISSED_HOLD_HALF_S, hold_end_s: at + MISSED_HOLD_HALF_S, end_s: at + MISSED_HALF_S });
}

function showTimes(which, times) {
  const form = by("times");
  form.hidden = false;
  for (const key of ["repetition", "added"]) delete form.dataset[key];
  Object.assign(form.dataset, which);
  titleTimes();
  fillTimes(times);
  isSaved(form);
  chart.setTimes(times);
  by("time-start_s").focus();
}

function titleTimes() {
  const { repetition, added } = by("times").dataset;
  by("times-title").textContent = added ? phrase("A repetition that was missed") : phrase("Times of repetition {number}", { number: repetition });
}

function fillTimes(times) {
  for (const name of TIMES) by(`time-${name}`).value = times[name].toFixed(2);
}

/** Null while one is missing or no number. */
function enteredTimes() {
  const times = Object.fromEntries(TIMES.map((name) => [name, by(`time-${name}`).valueAsNumber]));
  return Object.values(times).every(Number.isFinite) ? times : null;
}

function useNow(field) {
  by(field).value = player.time_s.toFixed(2);
  if (by(field).closest("#times")) chart.setTimes(enteredTimes());
}

function closeTimes() {
  by("times").hidden = true;
  chart.setTimes(null);
}

/** Take one correction back by its key, as `Corrections.each` names it. */
function takeBack(key) {
  const [kind, which] = key.split(":");
  const { excluded, times, added } = state().corrections;
  const change = {
    excluded: () => ({ excluded: excluded.filter((number) => number !== Number(which)) }),
    times: () => ({ times: Object.fromEntries(Object.entries(times).filter(([number]) => number !== which)) }),
    added: () => ({ added: added.filter((_, place) => place !== Number(which)) }),
    side: () => ({ excluded: [], times: {}, added: [], side: null }),
    part: () => ({ excluded: [], times: {}, added: [], start_s: null, end_s: null }),
  }[kind]();
  correct(change, phrase("The correction is taken back.")).then((done) => done && ["side", "part"].includes(kind) && loadCurves());
}

numbers.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const value = (name) => (form.elements[name]?.value ? Number(form.elements[name].value) : null);
  if (form.id === "times") {
    const times = Object.fromEntries(["start_s", "end_s", "hold_start_s", "hold_end_s"].map((name) => [name, value(name)]));
    correctTimes(form.dataset, times);
  } else {
    const side = form.elements.side?.value || null;
    correct({ excluded: [], times: {}, added: [], side, start_s: value("start_s"), end_s: value("end_s") }, phrase("Measured again.")).then((done) => done && loadCurves());
  }
});

function correctTimes({ repetition, added }, times) {
  const { times: others, added: already } = state().corrections;
  if (!added) return correct({ times: { ...others, [repetition]: times } }, phrase("Repetition {number} has the times you gave.", { number: repetition }));
  const place = added === "new" ? already.length : Number(added);
  return correct({ added: [...already.slice(0, place), times, ...already.slice(place + 1)] }, phrase("The repetition that was missed is measured."));
}

async function use() {
  await api("POST", `/api/takes/${id}/use`);
  location.reload();
}

async function annotate(button) {
  button.disabled = true;
  try {
    await api("POST", `/api/takes/${id}/annotated`);
  } catch {
    button.disabled = false;
    return;
  }
  say(phrase("The video is being drawn; it takes about as long as the video itself."));
  events.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    if (job.kind !== "annotate" || job.target_id !== id) return;
    if (job.total) button.textContent = phrase("Drawing: {share} %", { share: Math.round(100 * job.done / job.total) });
    if (job.state === "done") {
      const link = Object.assign(document.createElement("a"), { href: `/api/takes/${id}/annotated.mp4`, className: "button", textContent: phrase("Download the drawn video"), download: "" });
      button.replaceWith(link);
      link.focus();
    } else if (job.state === "failed" || job.state === "cancelled") {
      say(job.reason || phrase("The video could not be drawn."), { error: true });
      button.disabled = false;
    }
  });
}

// ---- what the server tells

const events = new EventSource(`/api/sessions/${page.dataset.session}/events`);
events.addEventListener("take", async (event) => {
  const take = JSON.parse(event.data);
  if (take.id !== id || (take.version === state().version && take.state === state().state)) return;
  await refresh();
});

readRepetitions();
loadCurves().then(() => {
  const named = /^#t=([\d.]+)$/.exec(location.hash); // a link to a moment
  if (named) player.seek(Number(named[1]));
});
