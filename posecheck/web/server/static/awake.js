/** Keeps the screen on while somebody is led; a browser that cannot, or will not, lets it go dark, and nothing else is lost. */

export class Awake {
  #lock = null;
  #wanted = false;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#wanted && !document.hidden && this.#ask());
  }

  keep() {
    this.#wanted = true;
    this.#ask();
  }

  release() {
    this.#wanted = false;
    this.#lock?.release();
    this.#lock = null;
  }

  /** Browsers take it back from a hidden tab, so it is asked for again when the tab is seen. */
  async #ask() {
    try {
      this.#lock = (await navigator.wakeLock?.request("screen")) ?? null;
    } catch {
      this.#lock = null;
    }
    if (!this.#wanted) this.release();
  }
}
