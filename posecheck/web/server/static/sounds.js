/** Tones and spoken words. Nothing needs them: where the browser has no sound or voice, these do nothing. */

import { LANGUAGE, phrase } from "/static/words.js";

const WORDS_PER_S = 2.2;
const VOICES_MS = 1500;
const NO_VOICE_WORDS = phrase("This browser has no voice. Tones and big words lead you instead.");
const NO_OWN_VOICE_WORDS = phrase("This browser has no English voice. Tones and big words lead you instead.");

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

/** Speak these words now, in place of any that are still being spoken; nothing where there is no voice for their language. */
export function speak(words, language = LANGUAGE) {
  turn += 1;
  if (!elsewhere) {
    speakHere(words, language);
    return;
  }
  const mine = turn;
  elsewhere(words).then((heard) => {
    if (mine !== turn) return;
    if (heard) elsewhereUntilMs = performance.now() + (1000 * words.split(" ").length) / WORDS_PER_S;
    else speakHere(words, language);
  });
}

/** Whether words are being spoken: here as the browser says, elsewhere for as long as they take. */
export function isSpeaking() {
  const here = globalThis.speechSynthesis?.speaking && known().length > 0;
  return Boolean(here) || performance.now() < elsewhereUntilMs;
}

/** The languages that this browser names voices for; none where it names none, or does so only later. */
export function voices() {
  return [...new Set(known().map(languageOf))];
}

/** Whether words of a language can be said; a browser that names no voices is let try. */
export function canSay(language = LANGUAGE) {
  return !known().length || voices().includes(language);
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

function speakHere(words, language) {
  const synthesis = globalThis.speechSynthesis;
  if (!synthesis) return;
  synthesis.cancel();
  if (!canSay(language)) return; // German read by an English voice is worse than none
  const utterance = new SpeechSynthesisUtterance(words);
  const voice = voiceOf(language);
  utterance.lang = voice ? tagOf(voice) : language;
  if (voice?.default) utterance.voice = voice;
  synthesis.speak(utterance);
}

/**
 * A voice of a language, of the person's own country if there is one. Only the browser's default is asked for by name: of
 * several others the first may be a jest, and the browser knows the good one of a country.
 */
function voiceOf(language) {
  const fitting = known().filter((voice) => languageOf(voice) === language);
  const countries = navigator.languages.map((tag) => fitting.find((voice) => tagOf(voice).toLowerCase() === tag.toLowerCase()));
  return fitting.find((voice) => voice.default) ?? countries.find(Boolean) ?? fitting[0];
}

function known() {
  return globalThis.speechSynthesis?.getVoices() ?? [];
}

/** Android writes `de_DE`. */
function tagOf({ lang }) {
  return lang.replaceAll("_", "-");
}

function languageOf(voice) {
  return tagOf(voice).split("-")[0].toLowerCase();
}

/** Stop speaking. */
export function hush() {
  turn += 1;
  elsewhereUntilMs = 0;
  elsewhere?.("");
  globalThis.speechSynthesis?.cancel();
}
