/** Tones and spoken words. Nothing needs them: where the browser has no sound or voice, these do nothing. */

let audio = null;
let elsewhere = null;
let turn = 0;

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
  elsewhere(words).then((heard) => !heard && mine === turn && speakHere(words));
}

function speakHere(words) {
  const voices = globalThis.speechSynthesis;
  if (!voices) return;
  voices.cancel();
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.lang = "en";
  voices.speak(utterance);
}

/** Stop speaking. */
export function hush() {
  turn += 1;
  elsewhere?.("");
  globalThis.speechSynthesis?.cancel();
}
