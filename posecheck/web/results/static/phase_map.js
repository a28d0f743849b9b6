/**
 * One clock for two recordings, in step by the phase of the repetition.
 *
 * Start, hold and end of each repetition fall together; in between both run evenly. A phase lasts the mean of both, so that
 * neither is hurried more than the other. Before the first repetition and after the last one both run as they were filmed.
 */

import { phrase } from "/static/words.js";

const LEAST_S = 1e-3;
const MOMENTS = ["start_s", "hold_start_s", "hold_end_s", "end_s"];

export class PhaseMap {
  /** Each recording as `{time_s, repetitions}`; repetitions that do not count are passed over. */
  constructor(first, second) {
    const counted = [first, second].map((item) => item.repetitions.filter((repetition) => repetition.used));
    const pairs = counted[0].slice(0, counted[1].length).map((repetition, k) => [repetition, counted[1][k]]);
    this.repetitions = [];
    this.knots = [{ u: 0, at: [first, second].map((item) => item.time_s[0]) }];
    if (pairs.length) this.#alongRepetitions(pairs, [first, second]);
    else this.#evenly([first, second]);
  }

  get length_s() {
    return this.knots.at(-1).u;
  }

  /** The time in one recording (0 or 1) at a moment of the common clock. */
  timeAt(which, u) {
    const [a, b] = this.#between((knot) => knot.u, u);
    return a.at[which] + (b.at[which] - a.at[which]) * share(a.u, b.u, u);
  }

  /** The moment of the common clock at a time in one recording. */
  momentOf(which, time_s) {
    const [a, b] = this.#between((knot) => knot.at[which], time_s);
    return a.u + (b.u - a.u) * share(a.at[which], b.at[which], time_s);
  }

  /** How fast one recording runs then, for 1 of the common clock. */
  rateAt(which, u) {
    const [a, b] = this.#between((knot) => knot.u, u + LEAST_S / 2);
    return (b.at[which] - a.at[which]) / (b.u - a.u);
  }

  /** The repetition at a moment and its phase in words; null between them. */
  phaseAt(u) {
    const place = this.repetitions.findIndex(({ start, end }) => u >= start - LEAST_S && u <= end + LEAST_S);
    if (place < 0) return null;
    const { hold, held } = this.repetitions[place];
    return { place, words: u < hold - LEAST_S ? phrase("on the way") : u > held + LEAST_S ? phrase("on the way back") : phrase("hold") };
  }

  #alongRepetitions(pairs, recordings) {
    const lead = Math.min(...recordings.map((item, k) => pairs[0][k].start_s - item.time_s[0]));
    this.knots[0].at = pairs[0].map((item) => item.start_s - lead);
    for (const pair of pairs) {
      const moments = MOMENTS.map((name) => this.#add(pair.map((item) => item[name])));
      this.repetitions.push({ start: moments[0], hold: moments[1], held: moments[2], end: moments[3], numbers: pair.map((item) => item.number) });
    }
    const last = this.knots.at(-1).at;
    const rest = Math.min(...recordings.map((item, k) => item.time_s.at(-1) - last[k]));
    this.#add(last.map((time_s) => time_s + rest));
  }

  #evenly(recordings) {
    const shortest = Math.min(...recordings.map((item) => item.time_s.at(-1) - item.time_s[0]));
    this.#add(this.knots[0].at.map((time_s) => time_s + shortest));
  }

  /** A moment at which both recordings are at these times; what would not go forwards takes no time. */
  #add(at) {
    const before = this.knots.at(-1);
    const forward = at.map((time_s, k) => Math.max(LEAST_S, time_s - before.at[k]));
    const u = before.u + (forward[0] + forward[1]) / 2;
    this.knots.push({ u, at: forward.map((length, k) => before.at[k] + length) });
    return u;
  }

  #between(valueOf, wanted) {
    const k = Math.max(1, this.knots.findIndex((knot) => valueOf(knot) >= wanted));
    return wanted > valueOf(this.knots.at(-1)) ? this.knots.slice(-2) : [this.knots[k - 1], this.knots[k]];
  }
}

function share(low, high, value) {
  return Math.max(0, Math.min(1, (value - low) / (high - low)));
}
