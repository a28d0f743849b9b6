/** Settings of the installation, and the import of an exported ZIP file. */

import { api, say } from "/static/api.js";
import { isSaved } from "/static/unsaved.js";

const settings = document.getElementById("settings");
const importing = document.getElementById("import");

settings.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { landmarks_only: only, keep_pictures: pictures, blur_faces: blur } = settings.elements;
  const kept = { keep_video: !only.checked, keep_pictures: pictures.checked, blur_faces: blur.checked };
  await api("PUT", "/api/settings", kept);
  isSaved(settings);
  say("Saved. New sessions will start with this.");
});

importing.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = importing.querySelector("button");
  button.disabled = true;
  say("Importing …");
  try {
    const answer = await fetch("/api/import", {
      method: "POST",
      headers: { "X-Posecheck": "1", "Content-Type": "application/zip" },
      body: document.getElementById("archive").files[0],
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error.message);
    say(`Imported: ${counted(told.added)}. Here already: ${counted(told.skipped)}.`);
  } catch (error) {
    say(error.message, { error: true });
  } finally {
    button.disabled = false;
  }
});

const ROWS = [
  ["person", "one person", "people"],
  ["session", "one session", "sessions"],
  ["upload", "one video", "videos"],
  ["take", "one recording", "recordings"],
  ["stretch_done", "one stretch", "stretches"],
  ["setting", "one setting", "settings"],
];

/** What came in, in words; what there is none of is left out. */
function counted(counts) {
  const some = ROWS.filter(([row]) => counts[row] > 0).map(([row, one, many]) => (counts[row] === 1 ? one : `${counts[row]} ${many}`));
  return some.join(", ") || "nothing";
}
