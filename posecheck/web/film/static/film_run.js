/** Leads through a session: what the sequence wants done is done with camera, live line, recorder, voice and stage. */

import { api } from "/static/api.js";
import { Awake } from "/static/awake.js";
import { watch } from "/static/events.js";
import { LiveLine } from "/static/film_line.js";
import { TrialRecorder } from "/static/film_recorder.js";
import { Sequence } from "/static/film_sequence.js";
import { ENDING_WORDS, HELD, LONELY_WORDS, RESULT_OPENS_WORDS, SERVER_GONE_WORDS, TAKE_OPENS_WORDS, WAITING_FOR_SERVER_WORDS, announcement, spokenFor, toneFor } from "/static/film_words.js";
import { partsOf } from "/static/stretch_clock.js";
import { counted } from "/static/words.js";

const TICK_MS = 100;
const ASK_MS = 1500;
const REFUSED = 4000;
const TAKEN = 409;
const LOCKED_OUT = [401, 403];

export class GuidedRun {
  ended = false;
  #sessionId;
  #endsAt;
  #camera;
  #stage;
  #voice;
  #stretchStage;
  #choice;
  #sequence;
  #line;
  #recorder = null;
  #kept = [];
  #stretched = [];
  #stored = Promise.resolve();
  #last = null;
  #watching = false;
  #fresh = false;
  #sending = false;
  #takeOver = false;
  #ticking = 0;
  #events = null;
  #awake = new Awake();
  #heldWords = "";
  #oneTake;

  /**
   * @param {{sessionId, page, camera, stage, voice, stretchStage, choice, items, endsAt, oneTake, announceS}} parts
   *   `endsAt`: the page that opens when all is measured; `oneTake`: one more take is filmed, and the session stays where it is
   */
  constructor({ sessionId, page, camera, stage, voice, stretchStage, choice, items, endsAt, oneTake, announceS }) {
    this.#oneTake = oneTake;
    this.#sessionId = sessionId;
    this.#endsAt = endsAt;
    this.#camera = camera;
    this.#stage = stage;
    this.#voice = voice;
    this.#stretchStage = stretchStage;
    this.#choice = choice;
    this.#sequence = new Sequence(items, { announceS });
    this.#line = new LiveLine(sessionId, page, {
      hello: (hello) => this.#helloed(hello),
      answer: (answer) => this.#answered(answer),
      lost: () => this.#lineLost(),
      refused: (code, words) => this.#lineRefused(code, words),
    });
  }

  get state() {
    return this.#sequence.held || this.#sequence.state;
  }

  /** Whether leaving the page now would lose something that is not on the server's disk yet. */
  get unsaved() {
    return this.#recorder !== null || this.#kept.length > 0;
  }

  start() {
    this.#events = watch(this.#sessionId, { take: (take) => ["refused", "failed"].includes(take.state) && take.current && this.do("refused", { key: keyOf(take), phase: take.phase }) });
    this.#ticking = setInterval(() => this.do("tick", { speaking: this.#voice.speaking }), TICK_MS);
    this.#awake.keep();
    this.do("begin");
    this.#look();
  }

  /** Give the sequence an event, and do what it wants. */
  do(kind, more = {}) {
    const effects = this.#sequence.on({ kind, ...more }, performance.now() / 1000);
    for (const effect of effects) this[`_${effect.do.replace("-", "_")}`](effect);
    if (effects.length || kind === "answer") this.#stage.showState(this.#sequence.state);
  }

  /** Go on after a stop; what stopped it is set right first where that is possible. */
  async resume() {
    const why = this.#sequence.held;
    if (why === "camera") {
      try {
        await this.#camera.start(this.#choice.camera);
      } catch (error) {
        this.#stage.hold("camera", error.message);
        return;
      }
    }
    this.#takeOver = why === "taken";
    this.do("resume");
  }

  /** End it here: what was recorded is kept and sent. */
  async end() {
    this.do("hold", { why: "person" });
    this.#stage.hold("person", ENDING_WORDS);
    await this.#settled();
    await this.#stored.catch(() => {}); // refused: it was said
    this.#finish();
  }

  stretched({ heldS, painSide }) {
    const { stretch, grip } = this.#choice.stretch;
    const others = Object.keys(heldS).filter((side) => side !== painSide);
    const sides = [...others, ...(painSide ? [painSide] : [])]; // it takes back the consent that the others need
    for (const side of sides) {
      const seconds = Math.round(10 * (heldS[side] ?? 0)) / 10;
      const done = { stretch, grip, side, seconds, stopped_for_pain: side === painSide };
      this.#stretched.push(done);
    }
    this.#store().catch(() => {}); // it is tried again, and said, before the result opens
    this.do("stretched", { painSide });
  }

  _announce({ item, previous }) {
    this.#last = null;
    const { stretch, grip } = this.#choice.stretch ?? {};
    this.#stage.showItem(item, this.#sequence.place, item.kind === "stretch" ? `${stretch}.${grip}` : item.key);
    const words = announcement(item, previous, grip);
    this.#stage.words(words);
    this.#voice.say(words);
    if (item.kind !== "film") return;
    this.#line.begin(this.#trial(item), { takeOver: this.#takeOver });
    this.#takeOver = false;
  }

  _watch() {
    if (!this.#camera.open) this.do("hold", { why: "camera" });
    else this.#watching = true;
  }

  _rest() {
    this.#watching = false;
  }

  _record({ item }) {
    this.#recorder = new TrialRecorder(this.#sessionId, item, {
      full: (words) => this.#diskFull(words),
      failed: (words, status) => this.#notTaken(words, status),
      broken: () => this.do("hold", { why: this.#camera.open ? "broken" : "camera" }),
      behind: (waits) => this.#stage.notice("recording", waits ? WAITING_FOR_SERVER_WORDS : ""),
    });
    this.#voice.sound("record");
    this.#recorder.start(this.#camera.stream);
  }

  _restart({ item }) {
    this.#line.begin(this.#trial(item));
  }

  _stop({ interrupted = false }) {
    this.#release((recorder) => recorder.stop(this.#last?.own_framing ?? null, interrupted));
    this.#voice.sound("stop");
  }

  _discard() {
    this.#release((recorder) => recorder.discard());
  }

  _stretch() {
    const { sides, holdS, rounds, readyS, ...choice } = this.#choice.stretch;
    this.#stretchStage.start(partsOf({ sides, holdS, rounds, readyS }), choice);
  }

  _finish_stretch() {
    this.#stretchStage.finish();
  }

  _lonely() {
    this.#stage.words(LONELY_WORDS);
    this.#voice.say(LONELY_WORDS);
  }

  _held({ why }) {
    this.#stage.hold(why, this.#heldWords);
    this.#voice.sound("held");
    this.#voice.say(`${HELD[why].title}. ${this.#heldWords || HELD[why].words}`);
  }

  _go_on() {
    this.#stage.release();
  }

  async _measure() {
    this.#line.close();
    this.#camera.stop();
    await this.#settled();
    try {
      await this.#store();
      if (!this.#oneTake) await patiently(() => api("POST", `/api/sessions/${this.#sessionId}/film`, { finished: true }, { quiet: true }));
      await this.#allMeasured();
    } catch (error) {
      this.#stop(error, "result");
      return;
    }
    this.do("measured");
  }

  _leave() {
    this.#finish();
    location.assign(this.#endsAt);
  }

  #look() {
    if (this.ended) return;
    this.#fresh = true;
    this.#show();
    if (this.#camera.open) this.#camera.whenNew(() => this.#look());
    else setTimeout(() => this.#look(), TICK_MS);
  }

  /** Send the newest picture: when it comes, or as soon as the one before it is answered. */
  async #show() {
    if (!this.#fresh || this.#sending || !this.#watching || !this.#line.ready) return;
    this.#fresh = false;
    this.#sending = true;
    try {
      const frame = await this.#camera.frame();
      if (frame && this.#watching) this.#line.send(frame);
    } finally {
      this.#sending = false;
    }
    this.#stage.fit(this.#camera.aspect);
  }

  #answered(answer) {
    this.#show();
    if (!this.#watching) return;
    const lonely = this.#sequence.lonely;
    this.do("answer", { answer });
    if (!this.#watching) return;
    this.#stage.answer(answer, this.#sequence.recording ? this.#sequence.counted : answer.repetition);
    if (lonely && this.#sequence.lonely) this.#stage.words(LONELY_WORDS);
    this.#voice.say(spokenFor(answer, this.#last));
    this.#voice.sound(toneFor(answer, this.#last));
    this.#last = answer;
  }

  #helloed(hello) {
    this.#stage.notice("line", "");
    this.#stage.ghost(this.#sequence.recording ? null : hello.framing);
  }

  #lineLost() {
    this.do("line-lost");
    this.#stage.notice("line", this.#sequence.recording ? WAITING_FOR_SERVER_WORDS : SERVER_GONE_WORDS);
  }

  #lineRefused(code, words) {
    const status = code - REFUSED;
    this.#stage.notice("line", "");
    this.#stop({ status, message: words }, status === TAKEN ? "taken" : "line");
  }

  /** The server does not let this go on: stand still, and say why. */
  #stop({ status, message }, why = "refused") {
    const locked = LOCKED_OUT.includes(status);
    this.#heldWords = locked ? "" : message;
    this.do("hold", { why: locked ? "locked" : why });
    this.#heldWords = "";
  }

  #diskFull(words) {
    this.#stage.notice("recording", words);
    if (this.#sequence.recording) this.do("hold", { why: "full" });
  }

  #notTaken(message, status) {
    const locked = LOCKED_OUT.includes(status);
    this.#stage.notice("recording", locked ? HELD.locked.words : message);
    const waitsForIt = locked && this.#sequence.state === "measure";
    if (this.#sequence.recording || waitsForIt) this.#stop({ status, message });
  }

  #release(act) {
    const recorder = this.#recorder;
    this.#recorder = null;
    this.#kept.push(recorder);
    recorder.settled.finally(() => (this.#kept = this.#kept.filter((other) => other !== recorder)));
    act(recorder);
  }

  /** Send what was stretched, in order; what the server refuses is there for the next try. */
  #store() {
    this.#stored = this.#stored
      .catch(() => {})
      .then(async () => {
        for (; this.#stretched.length; this.#stretched.shift()) {
          await patiently(() => api("POST", `/api/sessions/${this.#sessionId}/stretches`, this.#stretched[0], { quiet: true }));
        }
      });
    return this.#stored;
  }

  async #settled() {
    while (this.#kept.length) await Promise.all(this.#kept.map((recorder) => recorder.settled));
  }

  /** Wait until nothing is left to be measured; a server that is away for a while is waited for. */
  async #allMeasured() {
    for (;;) {
      const { recordings, measuring, busy } = await patiently(() => api("GET", `/api/sessions/${this.#sessionId}/film`, undefined, { quiet: true }));
      if (!busy) return;
      const far = counted("{done} of {count} recording measured.", "{done} of {count} recordings measured.", recordings, { done: recordings - measuring });
      this.#stage.notice("measuring", `${far} ${this.#oneTake ? TAKE_OPENS_WORDS : RESULT_OPENS_WORDS}`);
      await pause(ASK_MS);
    }
  }

  #trial({ movement, side, phase }) {
    return { movement, side, phase, repetitions: this.#choice.repetitions, hold_s: this.#choice.holdS };
  }

  #finish() {
    this.ended = true;
    clearInterval(this.#ticking);
    this.#events?.close();
    this.#awake.release();
    this.#line.close();
    this.#camera.stop();
    this.#stage.close();
  }
}

function keyOf({ movement, side }) {
  return side ? `${movement}.${side}` : movement;
}

/** Try until it works: no answer and a server in trouble pass; anything else is thrown. */
async function patiently(attempt) {
  for (let waitMs = 500; ; waitMs = Math.min(8000, 2 * waitMs)) {
    try {
      return await attempt();
    } catch (error) {
      if (error.status !== 0 && error.status < 500) throw error;
      await pause(waitMs);
    }
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
