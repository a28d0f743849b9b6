/** Everything the guided session says that the live engine does not: what comes next, counting, and what stopped it. */

import { NO_GRIP } from "/static/stretch_stage.js";
import { phrase } from "/static/words.js";

const LET_GO_WORDS = phrase("Let go slowly.");
const COME_OUT_WORDS = phrase("Come out of the stretch slowly.");
const ORDINARY_STRETCH_WORDS = phrase("Now the stretch. Leave the belly alone. It must never hurt.");

/** Said when a part begins. `previous` is the part before it, `grip` that of the stretch. */
export function announcement(item, previous, grip) {
  if (item.kind === "stretch" && grip === NO_GRIP) return ORDINARY_STRETCH_WORDS;
  if (item.kind !== "film") return item.words;
  if (item.again) return phrase("{test}. The last recording could not be measured, so please do it again.", { test: onceMore(item) });
  if (item.take > 1) return item.words;
  const sameTest = previous?.kind === "film" && previous.movement === item.movement && previous.phase === item.phase;
  const change = phrase("Change sides: {side}.", { side: item.side_words });
  if (sameTest && previous.side !== item.side) return `${change} ${item.start}`;
  const stretched = previous?.kind === "stretch" && previous.done && !previous.hurt;
  const ending = grip === NO_GRIP ? COME_OUT_WORDS : LET_GO_WORDS;
  return `${stretched ? `${ending} ` : ""}${item.words} ${item.start}`;
}

function onceMore({ title, side_words: side }) {
  return side ? `${title}, ${side}` : phrase("{test}, once more", { test: title });
}

/** What to say aloud for this answer of the engine: its own words, else a second of the hold that has just been full. */
export function spokenFor(answer, previous) {
  return answer.speak ? answer.words : String(fullSecond(answer, previous) || "");
}

/** The tone for this answer, so that one is led without a voice too: a second of the hold, the way back, a repetition. */
export function toneFor(answer, previous) {
  if (answer.speak) return { and_back: "back", again: "counted", hold_longer: "counted" }[answer.cue] ?? "";
  return fullSecond(answer, previous) ? "second" : "";
}

/** The second of the hold that has just been full, 0 for none. */
function fullSecond(answer, previous) {
  const second = Math.floor(answer.hold_s);
  const counts = answer.state === "holding" && second >= 1 && second <= Math.max(1, Math.ceil(answer.target_hold_s));
  const before = previous?.state === "holding" ? Math.floor(previous.hold_s) : 0;
  return counts && second > before ? second : 0;
}

/** Why the run stands still: a heading, a sentence, and the words of the button that goes on. */
export const HELD = {
  person: { title: phrase("Paused"), words: phrase("Take your time. This test starts again when you go on."), onward: phrase("Go on") },
  hidden: {
    title: phrase("This tab was hidden"),
    words: phrase("A browser stops the camera's pictures then. What was recorded until then is kept. This test starts again now."),
    onward: phrase("Go on"),
  },
  camera: { title: phrase("The camera is gone"), words: phrase("What was recorded until then is kept. Plug it in again; if another program is using it, close that program."), onward: phrase("Try the camera again") },
  taken: { title: phrase("Another tab or device is filming this session"), words: phrase("Only one can. Close it, or take over here."), onward: phrase("Take over here") },
  full: { title: phrase("The disk is full"), words: phrase("What was recorded until then is kept. Free some space, then go on."), onward: phrase("Try again") },
  broken: {
    title: phrase("The browser stopped recording"),
    words: phrase("What was recorded until then is kept. This test starts again when you go on."),
    onward: phrase("Go on"),
  },
  refused: { title: phrase("This recording was refused"), words: "", onward: phrase("Try again") },
  result: { title: phrase("The result cannot be opened"), words: "", onward: phrase("Try again") },
  locked: {
    title: phrase("This device no longer has access"),
    words: phrase("On a phone, scan the code on the computer again; otherwise open the address that posecheck printed. What was recorded is kept in this page and will then be sent by itself."),
    onward: phrase("Try again"),
  },
  line: { title: phrase("posecheck cannot look at the pictures"), words: "", onward: phrase("Try again") },
  pain: {
    title: phrase("Stopped. Come out of the stretch and let go."),
    words: phrase("It must never be painful. If it is, stop and see a physician. Go on only if you feel well; the re-test can wait for another day."),
    onward: phrase("I feel well: go on to the re-test"),
  },
};

export const LONELY_WORDS = phrase("I am still waiting for you. Come into place when you are ready, or leave this test out.");
export const WAITING_FOR_SERVER_WORDS = phrase("posecheck does not answer. The recording goes on in this browser and is sent when it answers again.");
export const SERVER_GONE_WORDS = phrase("posecheck does not answer. Is it still running? This goes on by itself when it answers.");
export const ENDING_WORDS = phrase("What was recorded is being sent. This page finishes by itself.");
export const RESULT_OPENS_WORDS = phrase("The result opens by itself.");
export const TAKE_OPENS_WORDS = phrase("Its page opens by itself.");
