/** The clock of a stretch: parts of known length one after the other, by elapsed time, so that a hidden tab loses none. */

/** The parts of a stretch: time to get into position, then the hold, side after side. Sides without time are left out. */
export function partsOf({ sides, holdS, rounds, readyS }) {
  const parts = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const side of sides.filter((name) => holdS[name] > 0)) {
      if (readyS > 0) parts.push({ kind: "ready", side, round, lengthS: readyS });
      parts.push({ kind: "hold", side, round, lengthS: holdS[side] });
    }
  }
  return parts;
}

/** Runs through parts. `now` gives milliseconds that only rise. */
export class StretchClock {
  #parts;
  #now;
  #index = 0;
  #startedMs;
  #pausedMs = null;
  #heldS = {};

  constructor(parts, now = () => performance.now()) {
    this.#parts = parts;
    this.#now = now;
    this.#startedMs = now();
  }

  /** The part that runs, or null at the end. */
  get part() {
    return this.#parts[this.#index] ?? null;
  }

  get paused() {
    return this.#pausedMs !== null;
  }

  /** Seconds of the running part that have passed. */
  get elapsedS() {
    return ((this.#pausedMs ?? this.#now()) - this.#startedMs) / 1000;
  }

  get remainingS() {
    return this.part ? Math.max(0, this.part.lengthS - this.elapsedS) : 0;
  }

  /** Seconds held on each side so far, the running part included. */
  get heldS() {
    const held = { ...this.#heldS };
    if (this.part?.kind === "hold") add(held, this.part.side, Math.min(this.elapsedS, this.part.lengthS));
    return held;
  }

  /** Move on past every part that is over; true if the part changed. */
  advance() {
    const before = this.#index;
    while (!this.paused && this.part && this.elapsedS >= this.part.lengthS) {
      if (this.part.kind === "hold") add(this.#heldS, this.part.side, this.part.lengthS);
      this.#startedMs += this.part.lengthS * 1000;
      this.#index += 1;
    }
    return this.#index !== before;
  }

  /** Leave the running part now; what was held of it counts. */
  skip() {
    this.#heldS = this.heldS;
    this.#index += 1;
    this.#startedMs = this.#now();
    if (this.paused) this.#pausedMs = this.#startedMs;
  }

  pause() {
    this.#pausedMs ??= this.#now();
  }

  resume() {
    if (this.paused) this.#startedMs += this.#now() - this.#pausedMs;
    this.#pausedMs = null;
  }
}

function add(held, side, seconds) {
  held[side] = (held[side] ?? 0) + seconds;
}
