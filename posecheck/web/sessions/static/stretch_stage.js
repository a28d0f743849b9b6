/** The full-page timer of a stretch: big digits, side changes by tone and voice, and the button that stops for pain. */

import { Awake } from "/static/awake.js";
import { StretchClock } from "/static/stretch_clock.js";
import { hush, speak, tone, wakeSound } from "/static/sounds.js";
import { counted, phrase } from "/static/words.js";

const TICK_MS = 200;
const LAST_SECONDS = 3;
const SAID_EVERY_S = 30;
const SAID_LAST_S = 10;
const READY_WORDS = phrase("Get into position");
const READY_SIDES = { left: phrase("Get into position: left side."), right: phrase("Get into position: right side.") };
const SIDES = { left: phrase("Left"), right: phrase("Right") };

/** In place of a grip: an ordinary stretch, the belly left alone. */
export const NO_GRIP = "none";

export class StretchStage {
  #dialog;
  #ended;
  #clock = null;
  #ticking = 0;
  #choice = null;
  #lastSecond = null;
  #awake = new Awake();

  /** @param {(done: {heldS: object, painSide: string|null}) => void} ended called at the end, however it came */
  constructor(dialog, ended) {
    this.#dialog = dialog;
    this.#ended = ended;
    this.#on("pause", () => this.#togglePause());
    this.#on("next-part", () => this.#skip());
    this.#on("finish", () => this.#end(null));
    this.#on("hurts", () => this.#end(this.#clock.part?.side ?? null));
    for (const kind of ["keydown", "keyup"]) dialog.addEventListener(kind, (event) => this.#byKey(event));
    dialog.addEventListener("cancel", (event) => this.#pauseInsteadOfClosing(event));
    dialog.addEventListener("close", () => this.#reopen());
    document.addEventListener("visibilitychange", () => this.#tick());
  }

  get running() {
    return this.#clock !== null;
  }

  /** End it now, as its button does. */
  finish() {
    if (this.#clock) this.#end(null);
  }

  start(parts, choice) {
    wakeSound();
    this.#choice = choice;
    this.#clock = new StretchClock(parts);
    this.#dialog.showModal();
    this.#find("pause").focus();
    this.#awake.keep();
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#showPart();
  }

  get #pulls() {
    return this.#choice.grip !== NO_GRIP;
  }

  get #partWords() {
    if (this.#clock.part.kind === "ready") return READY_WORDS;
    return this.#pulls ? phrase("Hold the grip and move") : phrase("Hold the stretch and move in it");
  }

  get #stoppedWords() {
    return this.#pulls ? phrase("Stopped. Let go of the belly.") : phrase("Stopped. Come out of the stretch.");
  }

  get #doneWords() {
    return this.#pulls ? phrase("Done. Let go slowly.") : phrase("Done. Come out of it slowly.");
  }

  #tick() {
    if (!this.#clock) return;
    if (this.#clock.advance()) this.#showPart();
    if (this.#clock) this.#showTime();
  }

  #showPart() {
    const part = this.#clock.part;
    if (!part) return this.#end(null);
    this.#dialog.dataset.part = part.kind;
    this.#find("stage-side").textContent = SIDES[part.side];
    this.#find("stage-words").textContent = part.kind === "hold" ? this.#find("stage-words").dataset.move : "";
    for (const picture of this.#dialog.querySelectorAll(".stage-pictures > div")) {
      const { stretch, grip, side } = picture.dataset;
      picture.hidden = stretch !== this.#choice.stretch || grip !== this.#choice.grip || side !== part.side;
    }
    this.#tell(part.kind === "ready" ? READY_SIDES[part.side] : `${this.#partWords}.`, this.#partWords);
    this.#tone(part.kind === "hold" ? 880 : 440, 0.4);
    this.#showTime();
  }

  #showTime() {
    const second = Math.ceil(this.#clock.remainingS);
    const { lengthS, kind } = this.#clock.part;
    this.#find("stage-clock").classList.toggle("long", second >= 600);
    this.#find("stage-clock").textContent = `${Math.floor(second / 60)}:${String(second % 60).padStart(2, "0")}`;
    this.#find("stage-progress").value = Math.min(1, this.#clock.elapsedS / lengthS);
    const changed = second !== this.#lastSecond;
    this.#lastSecond = second;
    if (changed && kind === "hold" && this.#choice.voice && !this.#clock.paused) speakTime(second, lengthS);
    if (changed && kind === "ready" && second > 0 && second <= LAST_SECONDS && !this.#clock.paused) this.#tone(660, 0.12);
  }

  #togglePause() {
    if (this.#clock.paused) this.#clock.resume();
    else this.#clock.pause();
    const { paused } = this.#clock;
    this.#dialog.classList.toggle("paused", paused);
    this.#find("pause").textContent = paused ? phrase("Go on") : phrase("Pause");
    this.#tell(paused ? phrase("Paused.") : phrase("Going on."), paused ? phrase("Paused") : this.#partWords);
  }

  #skip() {
    this.#clock.skip();
    this.#showPart();
  }

  /**
   * Space pauses and goes on whatever has the focus, as on the page that films: it must never press another button. H stops
   * because it hurts.
   */
  #byKey(event) {
    if (!this.#clock || event.ctrlKey || event.metaKey || event.altKey) return;
    const pressed = event.type === "keydown" && !event.repeat;
    if (event.key === " ") {
      event.preventDefault(); // of both: browsers differ in which of them presses a button
      if (pressed) this.#togglePause();
    } else if (event.key.toLowerCase() === "h" && pressed) {
      event.preventDefault();
      this.#find("hurts").click();
    }
  }

  /** Escape pauses: closing by accident would lose the place. */
  #pauseInsteadOfClosing(event) {
    event.preventDefault();
    if (this.#clock && !this.#clock.paused) this.#togglePause();
  }

  /** A browser closes a dialog at a second Escape whatever the page says. */
  #reopen() {
    if (this.#clock) this.#dialog.showModal();
  }

  #end(painSide) {
    const heldS = this.#clock.heldS;
    clearInterval(this.#ticking);
    this.#clock = null;
    this.#dialog.classList.remove("paused");
    this.#find("pause").textContent = phrase("Pause");
    this.#awake.release();
    hush();
    this.#dialog.close();
    if (this.#choice.voice) speak(painSide ? this.#stoppedWords : this.#doneWords);
    if (!painSide) this.#tone(520, 0.8);
    this.#ended({ heldS, painSide });
  }

  #tell(spoken, shown) {
    this.#find("stage-phase").textContent = shown;
    if (this.#choice.voice) speak(spoken);
  }

  #tone(frequencyHz, lengthS) {
    if (this.#choice.tones) tone(frequencyHz, lengthS);
  }

  #on(id, act) {
    this.#find(id).addEventListener("click", act);
  }

  #find(id) {
    return this.#dialog.querySelector(`#${id}`);
  }
}

/** The time that is left, aloud: every half minute, ten seconds, and the last three. */
export function timeWords(second, lengthS) {
  if (second > lengthS - 3 || second <= 0) return "";
  if (second <= LAST_SECONDS) return String(second);
  if (second !== SAID_LAST_S && second % SAID_EVERY_S) return "";
  const minutes = Math.floor(second / 60);
  const seconds = second % 60;
  if (!minutes) return phrase("{seconds} seconds left.", { seconds });
  if (!seconds) return counted("{count} minute left.", "{count} minutes left.", minutes);
  return counted("{count} minute {seconds} seconds left.", "{count} minutes {seconds} seconds left.", minutes, { seconds });
}

function speakTime(second, lengthS) {
  const words = timeWords(second, lengthS);
  if (words) speak(words);
}
