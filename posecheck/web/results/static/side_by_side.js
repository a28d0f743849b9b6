/** Two recordings in step by the phase of the repetition: pictures, angles, one clock, one chart. */

import { api } from "/static/api.js";
import { draw } from "/static/charts.js";
import { told } from "/static/degrees.js";
import { PhaseMap } from "/static/phase_map.js";
import { Player } from "/static/take_player.js";
import { phrase } from "/static/words.js";

const MARGIN = 0.14; // beside the body, as a share of its size: hands and toes reach beyond its points
const SETTLE_MS = 250; // so long nothing moves before the address names the moment

const by = (name) => document.getElementById(name);
const duo = by("duo");
const ids = [duo.dataset.first, duo.dataset.second];
const figures = [...document.querySelectorAll(".duo-one")];
const players = figures.map((figure, k) => new Player({
  video: figure.querySelector("video"),
  canvas: figure.querySelector("canvas"),
  onTime: () => read(k),
  shapesBox: false,
  angleAlone: true,
}));

let map = null, motions = null, points = null, chart = null;
let moment = 0, playing = false, range = null, before = 0, settled = 0;

load();

async function load() {
  const get = (what) => Promise.all(ids.map((id) => api("GET", `/api/takes/${id}/${what}`)));
  [points, motions] = await Promise.all([get("landmarks"), get("motion")]);
  map = new PhaseMap(...points.map((item, k) => ({ time_s: item.time_s, repetitions: motions[k].repetitions })));
  players.forEach((player, k) => {
    player.setAngles(motions[k].angles);
    player.setPoints(points[k]);
  });
  showPart();
  by("seek").max = map.length_s;
  by("repetition").append(...map.repetitions.map((item, k) => new Option(item.numbers[0] === item.numbers[1] ? `${item.numbers[0]}` : phrase("{first} and {second}", { first: item.numbers[0], second: item.numbers[1] }), k)));
  goTo(momentOfAddress() ?? map.repetitions[0]?.start ?? 0);
  chart = await draw(by("chart"), build);
  chart.moveTo(moment);
  duo.dataset.ready = "yes";
}

// ---- the clock

/** Show both recordings at a moment of the common clock. */
function goTo(u) {
  moment = Math.max(0, Math.min(map.length_s, u));
  players.forEach((player, k) => player.seek(map.timeAt(k, moment)));
  say(true);
}

function play() {
  const [begin, end] = range ?? [0, map.length_s];
  if (moment >= end - 1e-3 || moment < begin) goTo(begin);
  playing = true;
  before = performance.now();
  requestAnimationFrame(tick);
  showPlaying();
}

/** Stop with both exactly in step: a video that ran a little ahead comes back. */
function pause() {
  if (!playing) return;
  playing = false;
  players.forEach((player) => player.pause());
  goTo(moment);
  showPlaying();
}

function tick(now) {
  if (!playing) return;
  const passed_s = Math.min(0.1, (now - before) / 1000);
  before = now;
  const speed = Number(by("speed").value);
  if (players.every((player) => player.ready)) moment += passed_s * speed; // a video that is on its way is waited for
  const end = range?.[1] ?? map.length_s;
  if (moment >= end) {
    moment = end;
    return range ? again() : pause();
  }
  players.forEach((player, k) => player.keepTo(map.timeAt(k, moment), map.rateAt(k, moment) * speed));
  say(false);
  requestAnimationFrame(tick);
}

/** One repetition that was chosen is played over and over. */
function again() {
  goTo(range[0]);
  requestAnimationFrame(tick);
}

/** By one picture of the first recording; the second follows in step. */
function step(count) {
  pause();
  const times = points[0].time_s, now_s = map.timeAt(0, moment);
  const at = times.findIndex((time_s) => time_s > now_s - 1e-4);
  const k = Math.max(0, Math.min(times.length - 1, (at < 0 ? times.length - 1 : at) + count));
  goTo(map.momentOf(0, times[k]));
}

function goToPhase(name) {
  pause();
  const place = range ? Number(by("repetition").value) : Math.max(0, map.repetitions.findLastIndex((item) => item.start <= moment + 1e-3));
  const item = map.repetitions[place];
  if (item) goTo({ start: item.start, hold: (item.hold + item.held) / 2, end: item.end }[name]);
}

// ---- what is said

function read(k) {
  figures[k].querySelector(".reading").textContent = players[k].reading.words;
  const [first, second] = players.map((player) => player.reading.value);
  const unit = motions?.[0].angles[0]?.unit;
  by("difference").textContent = first === null || second === null ? "–" : told(second - first, unit, { sign: true });
}

function say(still) {
  by("seek").value = moment;
  const phase = map.phaseAt(moment);
  const words = phase ? phaseWords(phase) : map.repetitions.length ? phrase("Between repetitions") : phrase("Without repetitions in both: each from its beginning");
  if (by("phase").textContent !== words) by("phase").textContent = words;
  by("seek").setAttribute("aria-valuetext", words);
  chart?.moveTo(moment);
  if (!still) return;
  ids.forEach((id, k) => (by(`link-${k}`).href = `/takes/${id}#t=${map.timeAt(k, moment).toFixed(2)}`));
  clearTimeout(settled);
  settled = setTimeout(() => history.replaceState(null, "", `#t=${map.timeAt(0, moment).toFixed(2)}`), SETTLE_MS);
}

function phaseWords({ place, words }) {
  return phrase("Repetition {number} of {count}: {phase}", { number: place + 1, count: map.repetitions.length, phase: words });
}

function showPlaying() {
  by("play").textContent = playing ? phrase("Pause") : phrase("Play");
}

/** `#t=12.30` names a moment by its time in the first recording, and so outlasts a correction of the repetitions. */
function momentOfAddress() {
  const found = /^#t=([\d.]+)$/.exec(location.hash);
  return found ? map.momentOf(0, Number(found[1])) : null;
}

// ---- what is shown

/** The part of both pictures round the body, in one shape; on request the whole picture. */
function showPart() {
  const whole = by("whole").checked;
  const parts = points.map(bodyPart);
  const size = { width: Math.max(...parts.map((part) => part.width)), height: Math.max(...parts.map((part) => part.height)) };
  const regions = parts.map((part, k) => (whole ? { x: 0, y: 0, width: points[k].width_px, height: points[k].height_px } : placed(part, size, points[k])));
  const aspect = Math.max(...regions.map((region) => region.width / region.height));
  by("stage").style.setProperty("--aspect", aspect.toFixed(4));
  by("stage").classList.toggle("wide", aspect > 1.15);
  players.forEach((player, k) => player.showPart(regions[k], k === 1 && by("mirror").checked));
}

function bodyPart({ xy_px, width_px, height_px }) {
  const seen = (first) => xy_px.flatMap((row) => row.filter((value, j) => j % 2 === first && value !== null));
  const [xs, ys] = [seen(0), seen(1)];
  if (!xs.length) return { x: 0, y: 0, width: width_px, height: height_px };
  const span = (values, least, most) => [Math.max(least, values.reduce((a, b) => Math.min(a, b))), Math.min(most, values.reduce((a, b) => Math.max(a, b)))];
  const [left, right] = span(xs, 0, width_px), [top, bottom] = span(ys, 0, height_px);
  const margin = MARGIN * Math.max(right - left, bottom - top);
  return { x: (left + right) / 2, y: (top + bottom) / 2, width: Math.min(width_px, right - left + 2 * margin), height: Math.min(height_px, bottom - top + 2 * margin) };
}

/** A part of a size round the body's middle, moved to where there is a picture. */
function placed(part, size, { width_px, height_px }) {
  const [width, height] = [Math.min(size.width, width_px), Math.min(size.height, height_px)];
  const inside = (middle, length, most) => Math.max(0, Math.min(most - length, middle - length / 2));
  return { x: inside(part.x, width, width_px), y: inside(part.y, height, height_px), width, height };
}

function chosenAngle() {
  return Number(by("angle")?.value ?? 0);
}

function build(theme) {
  const names = figures.map((figure) => figure.querySelector("figcaption span").firstChild.textContent.trim());
  const unit = motions[0].angles[chosenAngle()]?.unit;
  const pens = [{ colour: theme.pre, width: 3 }, { colour: theme.accent, width: 1.8 }];
  return {
    lines: motions.flatMap((motion, k) => {
      const angle = motion.angles[chosenAngle()];
      if (!angle) return [];
      const inside = points[k].time_s.map((time_s, j) => [map.momentOf(k, time_s), angle.values[j], time_s]).filter(([, , time_s]) => time_s >= map.timeAt(k, 0) && time_s <= map.timeAt(k, map.length_s));
      return [{ x: inside.map(([u]) => u), y: inside.map(([, value]) => value), ...pens[k], name: names[k], words: (_, value) => `${names[k]}: ${told(value, unit)}` }];
    }),
    bands: () => map.repetitions.flatMap((item) => [
      { from: item.start, to: item.end, colour: theme.accent, opacity: 0.09 },
      { from: item.hold, to: item.held, colour: theme.accent, opacity: 0.18 },
    ]),
    x: { suffix: " s" },
    y: { suffix: unit === "pct" ? " %" : "°", least: 30 },
    at: moment,
    onClick: (u) => { pause(); goTo(u); },
  };
}

// ---- controls

by("pair").addEventListener("change", (event) => { location.search = event.target.value; });
by("play").addEventListener("click", toggle);
by("back").addEventListener("click", () => step(-1));
by("forward").addEventListener("click", () => step(1));
by("seek").addEventListener("input", (event) => { pause(); goTo(Number(event.target.value)); });
by("skeleton").addEventListener("change", (event) => players.forEach((player) => player.showSkeleton(event.target.checked)));
by("whole").addEventListener("change", showPart);
by("mirror").addEventListener("change", showPart);
by("angle")?.addEventListener("change", () => {
  players.forEach((player, k) => player.setAngles(motions[k].angles, chosenAngle()));
  [0, 1].forEach(read);
  draw(by("chart"), build);
});
by("repetition").addEventListener("change", (event) => {
  const item = event.target.value === "" ? null : map.repetitions[Number(event.target.value)];
  range = item && [item.start, item.end];
  if (item) goTo(item.start);
});
document.querySelectorAll("[data-phase]").forEach((button) => button.addEventListener("click", () => goToPhase(button.dataset.phase)));

document.addEventListener("keydown", (event) => {
  if (!map || event.target.closest("input, select, textarea, button, a, summary, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
  const does = {
    " ": toggle, k: toggle,
    ArrowLeft: () => step(event.shiftKey ? -10 : -1), ArrowRight: () => step(event.shiftKey ? 10 : 1),
    Home: () => { pause(); goTo(0); }, End: () => { pause(); goTo(map.length_s); },
    1: () => goToPhase("start"), 2: () => goToPhase("hold"), 3: () => goToPhase("end"),
  }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});

function toggle() {
  if (map) (playing ? pause : play)();
}
