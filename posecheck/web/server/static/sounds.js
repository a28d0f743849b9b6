/** Tones and spoken words. Nothing needs them: where the browser has no sound or voice, these do nothing. */

import { LANGUAGE } from "/static/words.js";

const WORDS_PER_S = 2.2;

let audio = null;
let elsewhere = null;
let turn = 0;
let elsewhereUntilMs = 0;

/** Allow sound; browsers want this to come from a click. */
export function wakeSound() {
  const Context = globalThis.AudioContext;
  if (!Context) return;
  audio ??= new Context();
  audio.resume().catch(() => {});
}

/** A short tone. */
export function tone(frequencyHz = 660, lengthS = 0.18, loudness = 0.25) {
  if (audio?.state !== "running") return;
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  const end = audio.currentTime + lengthS;
  oscillator.frequency.value = frequencyHz;
  gain.gain.setValueAtTime(loudness, audio.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, end);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start();
  oscillator.stop(end);
}

/**
 * Let another device speak in place of this one.
 * @param {(words: string) => Promise<boolean>} tell whether it was heard: if not, the words are spoken here
 */
export function speakElsewhere(tell) {
  elsewhere = tell;
}

/** Speak these words now, in place of any that are still being spoken. */
export function speak(words) {
  turn += 1;
  if (!elsewhere) {
    speakHere(words);
    return;
  }
  const mine = turn;
  elsewhere(words).then((heard) => {
    if (mine !== turn) return;
    if (heard) elsewhereUntilMs = performance.now() + (1000 * words.split(" ").length) / WORDS_PER_S;
    else speakHere(words);
  });
}

/** Whether words are being spoken: here as the browser says, elsewhere for as long as they take. */
export function isSpeaking() {
  const voices = globalThis.speechSynthesis;
  const here = voices?.speaking && voices.getVoices().length > 0;
  return Boolean(here) || performance.now() < elsewhereUntilMs;
}

function speakHere(words) {
  const voices = globalThis.speechSynthesis;
  if (!voices) return;
  voices.cancel();
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.lang = LANGUAGE;
  voices.speak(utterance);
}

/** Stop speaking. */
export function hush() {
  turn += 1;
  elsewhereUntilMs = 0;
  elsewhere?.("");
  globalThis.speechSynthesis?.cancel();
}
