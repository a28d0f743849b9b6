/** Behaviour of the components in macros.html.j2 that HTML alone does not give: slider output, dialogs, tabs, drop zones. */

for (const slider of document.querySelectorAll(".slider input")) {
  const output = slider.parentElement.querySelector("output");
  slider.addEventListener("input", () => (output.value = slider.value));
}

for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.addEventListener("click", () => document.getElementById(opener.dataset.opens).showModal());
}
for (const closer of document.querySelectorAll("[data-closes]")) {
  closer.addEventListener("click", () => closer.closest("dialog").close());
}

startTabs(document);

for (const zone of document.querySelectorAll(".drop")) {
  const input = zone.querySelector('input[type="file"]');
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => mark(event, zone, true));
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, (event) => mark(event, zone, false));
  zone.addEventListener("drop", (event) => {
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** Let the tabs within an element work: those of a page that has come, or of a part of it that comes later. */
export function startTabs(within) {
  for (const list of within.querySelectorAll('[role="tablist"]')) {
    const tabs = [...list.querySelectorAll('[role="tab"]')];
    tabs.forEach((tab) => tab.addEventListener("click", () => select(tabs, tab)));
    list.addEventListener("keydown", (event) => moveWithin(tabs, event));
    select(tabs, tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? tabs[0]);
  }
}

function select(tabs, chosen) {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
  }
}

function moveWithin(tabs, event) {
  const now = tabs.indexOf(document.activeElement);
  const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const tab = tabs[(to + tabs.length) % tabs.length];
  select(tabs, tab);
  tab.focus();
}

function mark(event, zone, over) {
  event.preventDefault();
  zone.classList.toggle("over", over);
}
