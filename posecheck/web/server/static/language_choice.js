/** The language of the pages: kept in this browser, and the page comes anew in it. What is not saved is asked about before. */

const YEAR_S = 365 * 24 * 3600;

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => choose(button.dataset.language));
}
document.getElementById("language")?.addEventListener("change", (event) => choose(event.target.value));

/** The code of a language; empty: as this browser is set. */
function choose(code) {
  document.cookie = `posecheck_language=${code}; Path=/; Max-Age=${code ? YEAR_S : 0}; SameSite=Lax`;
  location.reload();
}
