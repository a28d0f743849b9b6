/** Keeps the parts of a page marked `data-live` as the server would draw them now, card by card, without a jump. */

const SETTLE_MS = 150;
const drawn = new Map();
let timer = 0;
let running = Promise.resolve();

for (const part of document.querySelectorAll("[data-live]")) {
  for (const child of part.children) drawn.set(child.id, child.outerHTML);
}

/** Ask for the page anew soon; several wishes close together are one. */
export function refresh() {
  clearTimeout(timer);
  timer = setTimeout(() => (running = running.then(redraw, redraw)), SETTLE_MS);
}

async function redraw() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) swap(part, fresh.getElementById(part.id));
  document.dispatchEvent(new CustomEvent("board", { detail: { version: fresh.getElementById("session").dataset.version } }));
}

function swap(part, fresh) {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  const wanted = new Map([...fresh.children].map((child) => [child.id, child]));
  for (const child of [...part.children]) {
    if (!wanted.has(child.id)) child.remove();
  }
  let place = part.firstElementChild;
  for (const [id, child] of wanted) {
    const old = [...part.children].find((element) => element.id === id);
    const now = old && drawn.get(id) === child.outerHTML ? old : drawnAnew(child, old);
    if (old && now !== old) {
      if (place === old) place = now;
      old.replaceWith(now);
    }
    if (now === place) place = place.nextElementSibling;
    else part.insertBefore(now, place);
  }
  if (focused && !part.contains(document.activeElement)) giveFocus(part, focused);
}

function drawnAnew(child, old) {
  drawn.set(child.id, child.outerHTML);
  const made = document.importNode(child, true);
  for (const details of old?.querySelectorAll("details[open]") ?? []) {
    made.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute("open", "");
  }
  return made;
}

/** What had the focus is gone: the same thing anew, the next button of the part, or a heading that is shown. */
function giveFocus(part, id) {
  const headings = (part.dataset.heading ?? "").split(" ").map((name) => document.getElementById(name));
  for (const element of [document.getElementById(id), part.querySelector("button:not([disabled])"), ...headings]) {
    element?.focus();
    if (element && element === document.activeElement) return;
  }
}
