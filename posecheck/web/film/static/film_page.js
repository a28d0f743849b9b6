/** The page that films a session hands-free: set up, Start, then keys and buttons of the run. */

import { api } from "/static/api.js";
import { Camera } from "/static/film_camera.js";
import { GuidedRun } from "/static/film_run.js";
import { Setup } from "/static/film_setup.js";
import { Stage } from "/static/film_stage.js";
import { StretchStage } from "/static/stretch_stage.js";
import { Voice } from "/static/film_voice.js";
import { speakElsewhere, wakeSound } from "/static/sounds.js";
import { LANGUAGE, phrase } from "/static/words.js";

const byId = (id) => document.getElementById(id);
const { session, from, only, phone, invited } = byId("film").dataset;
const stage = new Stage(byId("run"));
const camera = new Camera(byId("preview-video"), cameraGone);
const runCamera = new Camera(stage.video, cameraGone, cameraBack);
const setup = new Setup(byId("setup"), camera, session);
const stretchStage = new StretchStage(byId("stage"), (done) => run.stretched(done));
const page = pageWord();
let run = null;
if (phone) speakElsewhere(sayOnComputer);

byId("setup").addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
byId("run").addEventListener("cancel", (event) => {
  event.preventDefault();
  run.do("pause");
});
byId("run-pause").addEventListener("click", () => run.do("pause"));
byId("run-again").addEventListener("click", () => run.do("again"));
byId("run-skip").addEventListener("click", () => run.do("skip"));
byId("held-skip").addEventListener("click", () => run.do("skip"));
byId("go-on").addEventListener("click", () => run.resume());
for (const button of document.querySelectorAll("[data-ends]")) button.addEventListener("click", end);
document.addEventListener("keydown", byKey);
document.addEventListener("visibilitychange", () => {
  if (!run || run.ended) return;
  if (document.hidden) run.do("hold", { why: "hidden" });
  else if (run.state === "hidden") run.resume();
});
addEventListener("beforeunload", (event) => {
  if (run?.unsaved || stretchStage.running) event.preventDefault();
});
byId("start").disabled = false; // only now does a press lead anywhere

/** The one press: from here on nothing need be touched. */
async function start() {
  wakeSound();
  const choice = setup.read();
  if (!choice) return;
  byId("start").disabled = true;
  try {
    const wish = setup.cameraWish;
    camera.stop();
    byId("preview").classList.remove("on");
    await runCamera.start(wish);
    if (choice.takes) await api("POST", `/api/sessions/${session}/film`, { takes_per_block: choice.takes });
    const guide = await api("GET", `/api/sessions/${session}/guide?from=${from}&test=${encodeURIComponent(only)}`);
    if (guide.items.some((item) => item.kind === "stretch" && !item.done)) {
      await api("POST", `/api/sessions/${session}/film`, { stretch_skipped: choice.stretch === null });
    }
    begin(guide, { ...choice, camera: wish });
  } catch (error) {
    runCamera.stop();
    setup.trouble(error.message);
  } finally {
    byId("start").disabled = false;
  }
}

function begin(guide, choice) {
  const wanted = ({ kind, key }) => (kind === "film" ? choice.keys.includes(key) : kind === "stretch" ? choice.stretch !== null : true);
  run = new GuidedRun({
    sessionId: session,
    page,
    camera: runCamera,
    stage,
    voice: new Voice(choice),
    stretchStage,
    choice,
    items: guide.items.filter(wanted),
    endsAt: invited ? `/sessions/${session}/filmed` : `/sessions/${session}/${only ? from : "result"}`,
    oneTake: Boolean(only),
  });
  stage.open({ mirrored: setup.mirrored });
  run.start();
}

async function end() {
  await run.end();
  location.assign(invited ? `/sessions/${session}/filmed` : `/sessions/${session}`);
}

function cameraGone() {
  if (run && !run.ended) run.do("hold", { why: "camera" });
  else {
    byId("preview").classList.remove("on");
    setup.trouble(phrase("The camera was unplugged, or another program is using it. Plug it in again, or choose another one."));
  }
}

function cameraBack() {
  if (run?.state === "camera") run.resume();
}

function byKey(event) {
  if (!run || run.ended || event.ctrlKey || event.metaKey || event.altKey) return;
  if (stretchStage.running) return; // it has keys of its own
  const key = event.key.toLowerCase();
  const act = { s: () => run.do("skip"), r: () => run.do("again"), " ": () => run.do("pause") }[key];
  const onButton = key === " " && event.target.closest("button") && event.target.id !== "run-pause";
  if (!act || onButton) return;
  event.preventDefault();
  act();
}

/** The phone lies out of hearing: the computer says the words, if a page there listens. */
async function sayOnComputer(words) {
  try {
    return (await api("POST", `/api/sessions/${session}/said`, { words, language: LANGUAGE }, { quiet: true })).heard;
  } catch {
    return false;
  }
}

/** A word of this tab, so that the server knows it again after a reload; taken along, so that a copy of the tab has another. */
function pageWord() {
  const key = "posecheck-page";
  const word = sessionStorage.getItem(key) ?? crypto.randomUUID?.() ?? String(Math.random());
  sessionStorage.removeItem(key);
  addEventListener("pagehide", () => sessionStorage.setItem(key, word));
  return word;
}
