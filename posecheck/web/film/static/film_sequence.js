/**
 * The order of a hands-free session as a machine: events in, things to do out. It knows no camera, no server and no page.
 *
 * States: announce (what comes next is said), wait (the person gets into place), record, tail (a moment after the last
 * repetition), stretch, measure (all is filmed), over. `held` names why it stands still (`HELD` in film_words.js), empty
 * while it runs.
 */

export const ANNOUNCE_S = 6;
export const LONGEST_ANNOUNCE_S = 20; // by its letters, the longest announcement in Spanish takes a slow voice 16 s
export const TAIL_S = 1;
export const NOBODY_S = 60;
export const STILL_S = 60;

const RECORDING = ["record", "tail"];
const MOVING = ["moving", "holding", "back"];
const STOPS_MEASURING = ["result", "locked"];

export class Sequence {
  state = "idle";
  held = "";
  item = null;
  counted = 0;
  lonely = false;
  #items;
  #announceS;
  #sinceS = 0;
  #before = 0;
  #rejoined = false;
  #moved = false;

  /** @param {object[]} items parts as `/guide` gives them, in order; those that are `done` are passed over */
  constructor(items, { announceS = ANNOUNCE_S } = {}) {
    this.#items = items.map((item) => ({ ...item, skipped: false, again: false }));
    this.#announceS = announceS;
  }

  get items() {
    return this.#items;
  }

  get recording() {
    return RECORDING.includes(this.state);
  }

  /** Where the running part stands among those of its block: [1, 4]. */
  get place() {
    const block = this.#items.filter((item) => item.block === this.item.block);
    return [block.indexOf(this.item) + 1, block.length];
  }

  /**
   * Take an event and say what is to be done, in order.
   * @param {{kind: string}} event begin, tick, answer, pause, resume, skip, again, hold, line-lost, stretched, refused, measured
   * @param {number} nowS seconds of a clock that only rises
   * @returns {{do: string}[]} announce, watch, rest, record, restart, stop, discard, stretch, finish-stretch, measure, held, go-on, lonely, leave
   */
  on(event, nowS) {
    const act = this[`_${event.kind.replace("-", "_")}`];
    return act ? act.call(this, event, nowS) : [];
  }

  _begin(_event, nowS) {
    return this.#enter(this.#next(-1), nowS);
  }

  /** Whoever is still being told what comes next is not interrupted by what the camera sees. */
  _tick({ speaking = false }, nowS) {
    const passedS = nowS - this.#sinceS;
    if (this.held) return [];
    const toldS = speaking ? LONGEST_ANNOUNCE_S : this.#announceS;
    const told = passedS >= Math.max(toldS, this.item.pause_s ?? 0);
    if (this.state === "announce" && told) return this.#start(nowS);
    if (this.state === "tail" && passedS >= TAIL_S) return this.#keep(nowS);
    if (this.state === "wait" && !this.lonely && passedS >= NOBODY_S) {
      this.lonely = true;
      return [{ do: "lonely", item: this.item }];
    }
    if (this.state === "record" && !this.#moved && passedS >= STILL_S) return this.#beginAnew(nowS);
    return [];
  }

  _answer({ answer }, nowS) {
    if (this.held) return [];
    if (this.state === "wait" && answer.ready) {
      this.lonely = false;
      this.#count(0, false);
      this.#moved = false;
      this.#to("record", nowS);
      return [{ do: "record", item: this.item }];
    }
    return this.state === "record" ? this.#follow(answer, nowS) : [];
  }

  /** The line to the server was lost: the recording goes on, and the next engine counts from 0. */
  _line_lost() {
    if (this.state !== "record") return [];
    this.#count(this.counted, true);
    this.#moved = true; // nobody has seen whether they did
    return [];
  }

  _pause(_event, nowS) {
    return this.#hold("person", this.counted > 0, nowS);
  }

  /** Something stopped the run that the person did not ask for: what was recorded until then is kept. */
  _hold({ why }, nowS) {
    return this.#hold(why, true, nowS);
  }

  _resume(_event, nowS) {
    if (!this.held) return [];
    return this.#goOn(this.held === "pain" ? this.#next(this.item.block) : this.item, nowS);
  }

  _skip(_event, nowS) {
    if (this.state === "stretch") return [{ do: "finish-stretch" }];
    if (!["announce", "wait", "record"].includes(this.state) || this.item.kind === "result") return [];
    const undone = this.#undo();
    this.item.skipped = true;
    return [...undone, ...this.#goOn(this.#next(this.item.block), nowS)];
  }

  _again(_event, nowS) {
    if (this.item?.kind !== "film" || this.state === "tail") return [];
    return [...this.#undo(), ...this.#goOn(this.item, nowS)];
  }

  _stretched({ painSide }, nowS) {
    if (this.state !== "stretch") return [];
    Object.assign(this.item, { done: true, hurt: Boolean(painSide) });
    if (!painSide) return this.#enter(this.#next(this.item.block), nowS);
    return this.#hold("pain", true, nowS);
  }

  /** A recording of the running block could not be measured: it is filmed once more, at the end of what runs now. */
  _refused({ key, phase }) {
    const item = this.#items.find((other) => other.key === key && other.phase === phase && other.done && !other.again);
    const inTime = item && this.item?.block === item.block && item !== this.item;
    if (inTime) Object.assign(item, { done: false, again: true });
    return [];
  }

  _measured() {
    if (this.state !== "measure") return [];
    this.state = "over";
    return [{ do: "leave" }];
  }

  #start(nowS) {
    if (this.item.kind === "film") this.#to("wait", nowS);
    else this.#to(this.item.kind === "stretch" ? "stretch" : "measure", nowS);
    return [{ do: { wait: "watch", stretch: "stretch", measure: "measure" }[this.state], item: this.item }];
  }

  #follow(answer, nowS) {
    this.counted = Math.min(answer.repetitions, this.#before + answer.repetition);
    this.#moved ||= this.counted > 0 || MOVING.includes(answer.state);
    const left = answer.state === "get_into_view" && this.counted === 0 && !this.#rejoined;
    if (left || (answer.done && this.counted === 0)) {
      this.#to("wait", nowS);
      return [{ do: "discard", item: this.item }, ...(answer.done ? this._skip({}, nowS) : [])];
    }
    if (answer.done || this.counted >= answer.repetitions) this.#to("tail", nowS);
    return [];
  }

  /** Whoever has stood in the start position all the time is not recorded for ever. */
  #beginAnew(nowS) {
    this.#to("wait", nowS);
    this.lonely = true;
    return [
      { do: "discard", item: this.item },
      { do: "restart", item: this.item },
      { do: "lonely", item: this.item },
    ];
  }

  #keep(nowS) {
    this.item.done = true;
    return [{ do: "stop", item: this.item }, ...this.#enter(this.#next(this.item.block), nowS)];
  }

  /** Stand still; what is being recorded ends here. The stretch has a clock of its own: only pain stops it. */
  #hold(why, keep, nowS) {
    const measures = this.state === "measure" && !STOPS_MEASURING.includes(why);
    const still = this.held || measures || ["idle", "over"].includes(this.state);
    if (still || (this.state === "stretch" && why !== "pain")) return [];
    const { item, state } = this;
    if (state === "tail") {
      item.done = true;
      this.#enter(this.#next(item.block), nowS);
    } else if (state !== "stretch") this.#to("announce", nowS);
    this.held = why;
    const ended = { tail: "stop", record: keep ? "stop" : "discard" }[state];
    return [...(ended ? [{ do: ended, item, interrupted: state === "record" }] : []), { do: "rest" }, { do: "held", why, item: this.item }];
  }

  #undo() {
    return this.state === "record" ? [{ do: "discard", item: this.item }] : [];
  }

  #goOn(item, nowS) {
    const held = this.held;
    this.held = "";
    return [...(held ? [{ do: "go-on" }] : []), ...this.#enter(item, nowS)];
  }

  #enter(item, nowS) {
    const previous = this.item;
    this.item = item;
    this.lonely = false;
    this.#count(0, false);
    this.#to("announce", nowS);
    return [{ do: "rest" }, { do: "announce", item, previous }];
  }

  #count(before, rejoined) {
    this.#before = before;
    this.counted = before;
    this.#rejoined = rejoined;
  }

  #to(state, nowS) {
    this.state = state;
    this.#sinceS = nowS;
  }

  /** The first part that is not done, from the block that runs on: nobody goes back before the stretch. */
  #next(block) {
    return this.#items.find((item) => item.block >= block && !item.done && !item.skipped);
  }
}
