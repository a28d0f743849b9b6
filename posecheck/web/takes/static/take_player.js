/** The video with its skeleton: plays, steps from picture to picture, and says which moment is shown. */

import { contained } from "/static/contained.js";
import { told } from "/static/degrees.js";
import { drawAngle, drawSkeleton } from "/static/skeleton.js";

const HALF_PICTURE_S = 0.002;
const SLOWEST = 0.07, FASTEST = 8; // what browsers can play
const FAR_S = 0.25; // further from where it should be, the video jumps there; nearer, it runs a little faster or slower

export class Player {
  /** `onTime(time_s)` is called whenever another picture is shown; `shapesBox`: the box takes the picture's shape. `angleAlone`:
   * the angle stays when the skeleton is hidden. */
  constructor({ video, canvas, onTime, shapesBox = true, angleAlone = false }) {
    this.shapesBox = shapesBox;
    this.angleAlone = angleAlone;
    this.video = video;
    this.canvas = canvas;
    this.onTime = onTime;
    this.shown = 0;
    this.skeleton = true;
    this.points = null;
    this.angles = [];
    this.chosen = 0;
    this.region = null;
    this.mirrored = false;
    this.timer = 0;
    if (video) this.#followVideo();
    new ResizeObserver(() => this.redraw()).observe(canvas);
  }

  /** Body points as /api/takes/ID/landmarks gives them. */
  setPoints(points) {
    this.points = points;
    if (this.shapesBox) this.canvas.parentElement.style.aspectRatio = `${points.width_px} / ${points.height_px}`;
    this.#show(Math.min(this.shown, points.time_s.length - 1));
  }

  /** Angles as /api/takes/ID/motion gives them; one of them is drawn. */
  setAngles(angles, chosen = 0) {
    this.angles = angles;
    this.chosen = chosen;
    this.redraw();
  }

  /** Show a part of the picture, `{x, y, width, height}` in its pixels, or with null all of it; turned about where mirrored. */
  showPart(region, mirrored = false) {
    this.region = region;
    this.mirrored = mirrored;
    this.redraw();
  }

  redraw() {
    this.#placeVideo();
    this.#draw();
  }

  /** The chosen angle in the picture shown, in words; about sign where it was filled in. */
  get reading() {
    const angle = this.angles[this.chosen];
    if (!angle) return { value: null, words: "–" };
    const value = angle.values[this.shown];
    return { value, words: value === null ? "–" : `${angle.filled.includes(this.shown) ? "≈" : ""}${told(value, angle.unit)}` };
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

  /** Whether the picture at this moment is there; a video may still be on its way. */
  get ready() {
    return Boolean(this.points) && (!this.video || (this.video.readyState >= 3 && !this.video.seeking));
  }

  /** Run with a clock outside: be at a time, and go on at a rate. */
  keepTo(time_s, rate) {
    if (!this.video) return this.#show(this.#nearest(time_s));
    const late = time_s - this.video.currentTime;
    if (Math.abs(late) > FAR_S && !this.video.seeking) this.video.currentTime = time_s;
    const wanted = rate * (1 + Math.max(-0.3, Math.min(0.3, 1.5 * late)));
    const held = Math.max(SLOWEST, Math.min(FASTEST, wanted));
    if (Math.abs(this.video.playbackRate - held) > 0.02 * held) this.video.playbackRate = held;
    if (this.video.paused) this.video.play().catch(() => {});
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

  /** Where a point of the picture lies on the canvas. */
  #onto() {
    const { canvas, points, region } = this;
    const shown = region ?? { x: 0, y: 0, width: points.width_px, height: points.height_px };
    const { left, top, scale } = contained(canvas, shown);
    const onto = (x, y) => [left + (x - shown.x) * scale, top + (y - shown.y) * scale];
    return { scale, onto: this.mirrored ? (x, y) => [canvas.width - onto(x, y)[0], onto(x, y)[1]] : onto };
  }

  /** The video as large as needed for its part to fill the box, which hides the rest. */
  #placeVideo() {
    const { video, region, points } = this;
    if (!video || !points) return;
    video.style.transform = this.mirrored ? "scaleX(-1)" : "";
    const box = this.canvas;
    if (!region) return Object.assign(video.style, { inset: "", width: "", height: "", left: "", top: "" });
    const { left, top, scale } = contained({ width: box.clientWidth, height: box.clientHeight }, region);
    const from = left - region.x * scale, width = points.width_px * scale;
    Object.assign(video.style, {
      inset: "auto",
      width: `${width}px`,
      height: `${points.height_px * scale}px`,
      left: `${this.mirrored ? box.clientWidth - from - width : from}px`,
      top: `${top - region.y * scale}px`,
    });
  }

  #draw() {
    const { canvas, points } = this;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    if (!points) return;
    const pen = canvas.getContext("2d");
    const { scale, onto } = this.#onto();
    if (this.skeleton) drawSkeleton(pen, points, this.shown, onto, Math.max(2, (points.width_px * scale) / 220));
    const mark = this.angles[this.chosen]?.marks[this.shown];
    if (!mark || !(this.skeleton || this.angleAlone)) return;
    const flip = this.mirrored ? -1 : 1;
    const radius = ratio * Math.max(20, Math.min(52, 0.11 * canvas.clientHeight));
    drawAngle(pen, onto(mark[0], mark[1]), [flip * mark[2], mark[3]], [flip * mark[4], mark[5]], this.reading.words, radius);
  }
}
