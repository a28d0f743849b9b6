/**
 * The language of the pages: kept in this browser, and the page comes anew in it. What was typed comes along; forms that ask
 * before they go (unsaved.js) ask here, too.
 */

const YEAR_S = 365 * 24 * 3600;
const TYPED = "posecheck-typed";
const FIELDS = 'input:is([type="text"], [type="search"], [type="number"]), textarea';

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => choose(button.dataset.language));
}
document.getElementById("language")?.addEventListener("change", (event) => choose(event.target.value));
addEventListener("load", putBack);

/** The code of a language; empty: as this browser is set. */
function choose(code) {
  document.cookie = `posecheck_language=${code}; Path=/; Max-Age=${code ? YEAR_S : 0}; SameSite=Lax`;
  const fields = [...document.querySelectorAll(FIELDS)].filter((field) => field.id && !field.closest("dialog, [data-asks]"));
  const typed = fields.filter(({ value, defaultValue }) => value !== defaultValue).map(({ id, value }) => [id, value]);
  sessionStorage.setItem(TYPED, JSON.stringify({ path: location.pathname, typed }));
  location.reload();
}

function putBack() {
  const { path, typed } = JSON.parse(sessionStorage.getItem(TYPED) ?? "{}");
  sessionStorage.removeItem(TYPED);
  if (path !== location.pathname) return;
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (!field) continue;
    field.value = value;
    field.closest("details")?.setAttribute("open", "");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
