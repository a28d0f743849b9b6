/** Settings of the installation, and the import of an exported ZIP file. */

import { api, say } from "/static/api.js";
import { isSaved } from "/static/unsaved.js";
import { counted, phrase } from "/static/words.js";

const settings = document.getElementById("settings");
const importing = document.getElementById("import");

settings.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { landmarks_only: only, keep_pictures: pictures, blur_faces: blur } = settings.elements;
  const kept = { keep_video: !only.checked, keep_pictures: pictures.checked, blur_faces: blur.checked };
  await api("PUT", "/api/settings", kept);
  isSaved(settings);
  say(phrase("Saved. New sessions will start with this."));
});

importing.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = importing.querySelector("button");
  button.disabled = true;
  say(phrase("Importing …"));
  try {
    const answer = await fetch("/api/import", {
      method: "POST",
      headers: { "X-Posecheck": "1", "Content-Type": "application/zip" },
      body: document.getElementById("archive").files[0],
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error.message);
    say(phrase("Imported: {added}. Here already: {skipped}.", { added: inWords(told.added), skipped: inWords(told.skipped) }));
  } catch (error) {
    say(error.message, { error: true });
  } finally {
    button.disabled = false;
  }
});

const ROWS = [
  ["person", (count) => counted("one person", "{count} people", count)],
  ["session", (count) => counted("one session", "{count} sessions", count)],
  ["upload", (count) => counted("one video", "{count} videos", count)],
  ["take", (count) => counted("one recording", "{count} recordings", count)],
  ["stretch_done", (count) => counted("one stretch", "{count} stretches", count)],
  ["setting", (count) => counted("one setting", "{count} settings", count)],
];

/** What came in, in words; what there is none of is left out. */
function inWords(counts) {
  const some = ROWS.filter(([row]) => counts[row] > 0).map(([row, words]) => words(counts[row]));
  return some.join(", ") || phrase("nothing");
}
