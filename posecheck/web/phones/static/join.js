/** The phone comes in: its code, which no server has seen yet, is sent once; then the page that it opens is shown. */

import { api } from "/static/api.js";
import { phrase } from "/static/words.js";

const title = document.getElementById("join-title");
const words = document.getElementById("join-words");
const NO_CODE_WORDS = phrase("This address holds no invitation. Scan the code on the computer's screen.");

async function comeIn() {
  const code = location.hash.slice(1);
  if (!code) throw new Error(NO_CODE_WORDS);
  const { path } = await api("POST", "/api/join", { code }, { quiet: true });
  location.replace(path);
}

comeIn().catch((error) => {
  title.textContent = phrase("No access");
  words.textContent = error.message;
});
addEventListener("hashchange", () => location.reload());
