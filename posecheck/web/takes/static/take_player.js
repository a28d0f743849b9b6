/** The video with its skeleton: plays, steps from picture to picture, and says which moment is shown. */

import { contained } from "/static/contained.js";

const LEFT = "#56b4e9", RIGHT = "#ff961e", TRUNK = "#ebeef2";
const LIMBS = ["shoulder elbow", "elbow wrist", "hip knee", "knee ankle", "ankle heel", "heel foot_index", "ankle foot_index"];
const HALF_PICTURE_S = 0.002;

export class Player {
  /** `onTime(time_s)` is called whenever another picture is shown. */
  constructor({ video, canvas, onTime }) {
    this.video = video;
    this.canvas = canvas;
    this.onTime = onTime;
    this.shown = 0;
    this.skeleton = true;
    this.points = null;
    this.timer = 0;
    if (video) this.#followVideo();
    new ResizeObserver(() => this.#draw()).observe(canvas);
  }

  /** Body points as /api/takes/ID/landmarks gives them. */
  setPoints(points) {
    this.points = points;
    this.canvas.parentElement.style.aspectRatio = `${points.width_px} / ${points.height_px}`;
    this.index = new Map(points.points.map((name, k) => [name, k]));
    this.#show(Math.min(this.shown, points.time_s.length - 1));
  }

  get time_s() {
    return this.points ? this.points.time_s[this.shown] : 0;
  }

  get playing() {
    return this.video ? !this.video.paused : this.timer !== 0;
  }

  /** Go to the picture nearest to a time. */
  seek(time_s) {
    if (!this.points) return;
    const k = this.#nearest(time_s);
    if (this.video) this.video.currentTime = this.points.time_s[k] + HALF_PICTURE_S;
    this.#show(k);
  }

  step(count) {
    if (!this.points) return;
    this.pause();
    const k = Math.max(0, Math.min(this.points.time_s.length - 1, this.shown + count));
    this.seek(this.points.time_s[k]);
  }

  toggle() {
    return this.playing ? this.pause() : this.play();
  }

  play() {
    if (!this.points) return;
    if (this.shown >= this.points.time_s.length - 1) this.seek(this.points.time_s[0]);
    if (this.video) this.video.play();
    else this.#playWithoutVideo();
  }

  #playWithoutVideo() {
    const begin = performance.now() - this.time_s * 1000 / this.speed;
    const tick = (now) => {
      const time_s = (now - begin) / 1000 * this.speed;
      this.#show(this.#nearest(time_s));
      this.timer = this.shown < this.points.time_s.length - 1 ? requestAnimationFrame(tick) : 0;
    };
    this.timer = requestAnimationFrame(tick);
  }

  pause() {
    if (this.video) this.video.pause();
    cancelAnimationFrame(this.timer);
    this.timer = 0;
  }

  set rate(value) {
    this.speed = value;
    if (this.video) this.video.playbackRate = value;
  }

  showSkeleton(wanted) {
    this.skeleton = wanted;
    this.#draw();
  }

  speed = 1;

  #followVideo() {
    const next = (_now, about) => {
      if (this.points && !this.video.paused) this.#show(this.#nearest(about.mediaTime)); // paused, seek() has said which
      this.video.requestVideoFrameCallback(next);
    };
    if ("requestVideoFrameCallback" in this.video) this.video.requestVideoFrameCallback(next);
    else this.video.addEventListener("timeupdate", () => this.#show(this.#nearest(this.video.currentTime)));
  }

  #nearest(time_s) {
    const times = this.points.time_s;
    let low = 0, high = times.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time_s) low = middle; else high = middle;
    }
    return time_s - times[low] <= times[high] - time_s ? low : high;
  }

  #show(k) {
    this.shown = k;
    this.#draw();
    this.onTime(this.time_s);
  }

  #draw() {
    const { canvas, points } = this;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    if (!points || !this.skeleton) return;
    const pen = canvas.getContext("2d");
    const { left, top, scale } = contained(canvas, { width: points.width_px, height: points.height_px });
    const row = points.xy_px[this.shown];
    const at = (name) => {
      const k = this.index.get(name);
      return row[2 * k] === null ? null : [left + row[2 * k] * scale, top + row[2 * k + 1] * scale];
    };
    pen.lineCap = pen.lineJoin = "round";
    const width = Math.max(2, (points.width_px * scale) / 220);
    const middle = (part) => mean(at(`left_${part}`), at(`right_${part}`));
    line(pen, middle("shoulder"), middle("hip"), TRUNK, width);
    for (const [side, colour] of [["left", LEFT], ["right", RIGHT]]) {
      for (const limb of LIMBS) line(pen, ...limb.split(" ").map((part) => at(`${side}_${part}`)), colour, width);
    }
    for (const name of points.points) {
      const colour = name.startsWith("left") ? LEFT : name.startsWith("right") ? RIGHT : TRUNK;
      dot(pen, at(name), colour, width);
    }
  }
}

function mean(a, b) {
  return a && b ? [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] : null;
}

function line(pen, a, b, colour, width) {
  if (!a || !b) return;
  for (const [style, wide] of [["rgb(0 0 0 / 55%)", width + 2.5], [colour, width]]) {
    pen.strokeStyle = style;
    pen.lineWidth = wide;
    pen.beginPath();
    pen.moveTo(...a);
    pen.lineTo(...b);
    pen.stroke();
  }
}

function dot(pen, a, colour, width) {
  if (!a) return;
  pen.fillStyle = colour;
  pen.strokeStyle = "rgb(0 0 0 / 55%)";
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.arc(...a, width, 0, 2 * Math.PI);
  pen.fill();
  pen.stroke();
}
