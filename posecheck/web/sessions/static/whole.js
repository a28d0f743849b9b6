/** How far all videos of a block are together, sent and read, and how long that will still take. */

import { phrase } from "/static/words.js";

const SENDING_SHARE = 0.1; // of the work on a video, on the same machine (chosen by us)
const TELLS_AFTER_S = 4; // before that a rate is chance (chosen by us)

export class Whole {
  #shown;
  #sender;
  #now;
  #shares = new Map();
  #sinceMs = 0;
  #share = 0;

  /** @param {HTMLElement} shown holds a progress bar and its words @param {{unsent: number}} sender with files that have no card yet */
  constructor(shown, sender, now = () => performance.now()) {
    this.#shown = shown;
    this.#sender = sender;
    this.#now = now;
  }

  /** Look at the cards of the videos anew. */
  update() {
    const cards = [...document.querySelectorAll('#waiting [data-state="receiving"], #waiting [data-state="reading"]')];
    const ids = new Set(cards.map((card) => card.dataset.upload));
    const count = cards.length + this.#sender.unsent;
    if (!count) return this.#end();
    if (!this.#shares.size) this.#sinceMs = this.#now();
    for (const id of this.#shares.keys()) if (!ids.has(id)) this.#shares.set(id, 1);
    for (const card of cards) this.#shares.set(card.dataset.upload, shareOf(card));
    this.#show(this.#shares.size + this.#sender.unsent, count);
  }

  #show(all, left) {
    const shares = [...this.#shares.values()];
    this.#share = Math.max(this.#share, shares.reduce((sum, share) => sum + share, 0) / all);
    this.#shown.hidden = all < 2; // one has a bar of its own
    this.#shown.querySelector("progress").value = this.#share;
    const time = this.#timeLeft();
    this.#shown.querySelector(".value").textContent = time ? phrase("{done} of {all} videos are read, {time}", { done: all - left, all, time }) : phrase("{done} of {all} videos are read", { done: all - left, all });
  }

  #timeLeft() {
    const passedS = (this.#now() - this.#sinceMs) / 1000;
    return passedS < TELLS_AFTER_S || this.#share < 0.02 ? "" : timeWords((passedS * (1 - this.#share)) / this.#share);
  }

  #end() {
    this.#shares.clear();
    this.#share = 0;
    this.#shown.hidden = true;
  }
}

/** How long something will still take, in words. */
export function timeWords(seconds) {
  if (seconds < 10) return phrase("a few seconds left");
  if (seconds < 90) return phrase("about {count} seconds left", { count: 10 * Math.round(seconds / 10) });
  return phrase("about {count} minutes left", { count: Math.round(seconds / 60) });
}

function shareOf(card) {
  const bar = card.querySelector("progress");
  const done = bar?.hasAttribute("value") ? bar.value / bar.max : 0;
  return card.dataset.state === "receiving" ? SENDING_SHARE * done : SENDING_SHARE + (1 - SENDING_SHARE) * done;
}
