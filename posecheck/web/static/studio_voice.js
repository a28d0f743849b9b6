/** The voice and the tones of a guided session; each can be off, and nothing needs them. */

import { hush, speak, tone } from "/static/sounds.js";

const VOICES_MS = 1500;
const TONES = { record: [880, 0.35], stop: [520, 0.6], held: [330, 0.4], count: [660, 0.1] };

export class Voice {
  /** @param {{voice: boolean, tones: boolean}} wanted */
  constructor({ voice, tones }) {
    this.voice = voice;
    this.tones = tones;
  }

  say(words) {
    if (this.voice && words) speak(words);
  }

  /** @param {"record"|"stop"|"held"|"count"} name */
  sound(name) {
    if (this.tones) tone(...TONES[name]);
  }

  quiet() {
    hush();
  }
}

/** Whether this browser can speak; some find their voices only after a moment. */
export async function hasVoice() {
  const synthesis = globalThis.speechSynthesis;
  if (!synthesis) return false;
  if (synthesis.getVoices().length) return true;
  await new Promise((resolve) => {
    synthesis.addEventListener?.("voiceschanged", resolve, { once: true });
    setTimeout(resolve, VOICES_MS);
  });
  return synthesis.getVoices().length > 0;
}
