/** The voice and the tones of a guided session; each can be off, and nothing needs them. */

import { isSpeaking, speak, tone } from "/static/sounds.js";

const TONES = { record: [880, 0.35], stop: [520, 0.6], held: [330, 0.4], second: [660, 0.1], back: [440, 0.3], counted: [990, 0.25] };

export class Voice {
  /** @param {{voice: boolean, tones: boolean}} wanted */
  constructor({ voice, tones }) {
    this.voice = voice;
    this.tones = tones;
  }

  say(words) {
    if (this.voice && words) speak(words);
  }

  /** Whether words are still being spoken. */
  get speaking() {
    return this.voice && isSpeaking();
  }

  /** @param {"record"|"stop"|"held"|"second"|"back"|"counted"|""} name empty for none */
  sound(name) {
    if (this.tones && name) tone(...TONES[name]);
  }
}
