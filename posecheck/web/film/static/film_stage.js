/** What is seen while filming: the picture with skeleton and ghost, the big numbers, the words. Knows no camera, no server. */

import { HELD } from "/static/film_words.js";
import { phrase } from "/static/words.js";

const LIMBS = [[11, 12], [23, 24], [11, 23], [12, 24], [11, 13], [13, 15], [12, 14], [14, 16], [23, 25], [25, 27], [24, 26], [26, 28], [27, 31], [28, 32]];
const NOTICES = ["recording", "line", "measuring"];
const HEAD = [7, 8, 0];
const LONG_WORDS = 60;
const SURE = 0.5;
const LINE_SHARE = 0.008;
const BODY_SHARE = 0.05;
const LINE_INK = "#ffffff";
const LINE_EDGE = "#0b1a2b";
const GHOST_INK = "rgb(122 184 255 / 55%)";

export class Stage {
  #dialog;
  #ghost = null;
  #answer = null;
  #aspect = 16 / 9;
  #notices = {};

  constructor(dialog) {
    this.#dialog = dialog;
    new ResizeObserver(() => this.fit(this.#aspect)).observe(this.#find("run-picture"));
    this.video.addEventListener("resize", () => this.fit(this.video.videoWidth / this.video.videoHeight)); // a phone was turned
    dialog.addEventListener("close", () => this.#reopen());
  }

  get video() {
    return this.#find("run-video");
  }

  open({ mirrored }) {
    this.#find("run-frame").classList.toggle("mirrored", mirrored);
    this.#dialog.showModal();
    this.#find("run-pause").focus();
  }

  close() {
    this.#dialog.dataset.state = "over";
    this.#dialog.close();
  }

  /** Which part runs: its block, title, side, where it stands among those of its block, and the name of its drawing. */
  showItem(item, [number, count], drawingName = item.key) {
    this.#find("run-block").textContent = item.kind === "film" ? phrase("{block}, {number} of {count}", { block: item.block_title, number, count }) : "";
    this.#find("run-title").textContent = item.title;
    const take = item.takes > 1 ? phrase("take {number} of {count}", { number: item.take, count: item.takes }) : "";
    this.#find("run-side").textContent = [item.side_words, take].filter(Boolean).join(", ");
    for (const drawing of this.#dialog.querySelectorAll("#run-place > [data-key]")) drawing.hidden = drawing.dataset.key !== drawingName;
    this.#ghost = null;
    this.clear(item.kind === "film");
  }

  /** @param {string} state one of the sequence's */
  showState(state) {
    this.#dialog.dataset.state = state;
    if (state === "record") this.#ghost = null;
    this.#draw();
  }

  words(text) {
    const place = this.#find("run-words");
    if (place.textContent === text) return;
    place.textContent = text;
    place.classList.toggle("long", text.length > LONG_WORDS);
  }

  /**
   * A line of small words under the big ones: what the person need not act on.
   * @param {"recording"|"line"|"measuring"} about each has words of its own, the first that has any is shown
   */
  notice(about, text) {
    this.#notices[about] = text;
    this.#find("run-notice").textContent = NOTICES.map((name) => this.#notices[name]).find(Boolean) ?? "";
  }

  /** Where the person stood in the pre-test, as a pale body in the picture; null for none. */
  ghost(framing) {
    this.#ghost = framing;
    this.#draw();
  }

  clear(filmed) {
    this.#answer = null;
    this.#find("run-angle-title").textContent = "";
    for (const id of ["run-count", "run-hold", "run-angle"]) this.#find(id).textContent = filmed ? "–" : "";
    this.#draw();
  }

  /** @param {object} answer of the live engine @param {number} counted repetitions that count, over all engines of the trial */
  answer(answer, counted) {
    this.#answer = answer;
    this.words(answer.words);
    this.#find("run-count").textContent = `${counted}/${answer.repetitions}`;
    this.#find("run-hold").textContent = `${Math.floor(answer.hold_s)} s`;
    this.#find("run-angle").textContent = degrees(answer.angle_deg);
    this.#find("run-angle-title").textContent = answer.angle_title;
    this.#dialog.dataset.person = answer.state;
    this.#draw();
  }

  /** Stand still, with the reason and the ways on. */
  hold(why, words = "") {
    const told = HELD[why];
    this.#dialog.dataset.held = why;
    this.#find("run-held-title").textContent = told.title;
    this.#find("run-held-words").textContent = words || told.words;
    this.#find("go-on").textContent = told.onward;
    this.#find("run-held").hidden = false;
    this.#find("go-on").focus();
  }

  release() {
    delete this.#dialog.dataset.held;
    this.#find("run-held").hidden = true;
    this.#find("run-pause").focus();
  }

  /** Make the frame as large as its place allows, in the camera's shape, so that drawing and picture cover each other. */
  fit(aspect) {
    this.#aspect = aspect || this.#aspect;
    const { clientWidth: width, clientHeight: height } = this.#find("run-picture");
    const frame = this.#find("run-frame");
    const wide = Math.min(width, height * this.#aspect);
    frame.style.width = `${Math.floor(wide)}px`;
    frame.style.height = `${Math.floor(wide / this.#aspect)}px`;
    this.#draw();
  }

  #draw() {
    const canvas = this.#find("run-drawing");
    const scale = globalThis.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * scale);
    const height = Math.round(canvas.clientHeight * scale);
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    pen.lineCap = pen.lineJoin = "round";
    if (this.#ghost) drawGhost(pen, this.#ghost, width, height);
    if (this.#answer) drawSkeleton(pen, this.#answer, width, height);
  }

  /** A browser closes a dialog at a second Escape whatever the page says. */
  #reopen() {
    if (this.#dialog.dataset.state !== "over") this.#dialog.showModal();
  }

  #find(id) {
    return this.#dialog.querySelector(`#${id}`);
  }
}

function degrees(angleDeg) {
  return angleDeg === null ? "–" : `${Math.round(angleDeg)}°`.replace("-", "−");
}

function drawSkeleton(pen, { points, visibility }, width, height) {
  const sure = points.map((point, index) => (point && visibility[index] >= SURE ? [point[0] * width, point[1] * height] : null));
  const path = limbsOf(sure);
  const line = LINE_SHARE * height;
  pen.strokeStyle = LINE_EDGE;
  pen.lineWidth = 2.2 * line;
  pen.stroke(path);
  pen.strokeStyle = LINE_INK;
  pen.lineWidth = line;
  pen.stroke(path);
}

/** The ghost was seen in a picture of its own shape; a phone that was turned since shows the same in its middle. */
function drawGhost(pen, { outline, body_size: size, aspect }, width, height) {
  const longer = Math.max(width, height);
  const wide = longer * Math.min(1, aspect);
  const high = longer * Math.min(1, 1 / aspect);
  const places = outline.map((point) => point && [width / 2 + (point[0] - 0.5) * wide, height / 2 + (point[1] - 0.5) * high]);
  const path = limbsOf(places);
  const trunk = [11, 12, 24, 23].map((index) => places[index]);
  if (trunk.every(Boolean)) {
    path.moveTo(...trunk[0]);
    for (const place of trunk.slice(1)) path.lineTo(...place);
    path.closePath();
  }
  const head = HEAD.map((index) => places[index]).find(Boolean);
  if (head) {
    path.moveTo(...head);
    path.lineTo(head[0] + 0.1, head[1]);
  }
  pen.strokeStyle = GHOST_INK;
  pen.lineWidth = Math.max(6, 2 * BODY_SHARE * (size || 0.6) * high);
  pen.stroke(path);
}

function limbsOf(places) {
  const path = new Path2D();
  for (const [from, to] of LIMBS) {
    if (!places[from] || !places[to]) continue;
    path.moveTo(...places[from]);
    path.lineTo(...places[to]);
  }
  return path;
}
