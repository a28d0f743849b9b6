/** The voice and the tones of a guided session; each can be off, and nothing needs them. */

import { NO_OWN_VOICE_WORDS, NO_VOICE_WORDS } from "/static/film_words.js";
import { canSay, isSpeaking, speak, tone } from "/static/sounds.js";

const VOICES_MS = 1500;
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

/** What to say where this browser has no voice for the page's language; empty where it has one. */
export async function voicelessWords() {
  if (!(await hasVoices())) return NO_VOICE_WORDS;
  return canSay() ? "" : NO_OWN_VOICE_WORDS;
}

/** Some browsers find their voices only after a moment. */
async function hasVoices() {
  const synthesis = globalThis.speechSynthesis;
  if (!synthesis) return false;
  if (synthesis.getVoices().length) return true;
  await new Promise((resolve) => {
    synthesis.addEventListener?.("voiceschanged", resolve, { once: true });
    setTimeout(resolve, VOICES_MS);
  });
  return synthesis.getVoices().length > 0;
}
