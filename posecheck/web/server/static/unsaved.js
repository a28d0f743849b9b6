/** Forms marked `data-asks` are asked about before the page goes: what was entered and not saved is lost otherwise. */

let letGo = false;

addEventListener("beforeunload", (event) => {
  if (!letGo && [...document.querySelectorAll("form[data-asks]:not([hidden])")].some(isChanged)) event.preventDefault();
});

/** Whether a form holds anything else than the page came with, or than was saved last. */
export function isChanged(form) {
  return [...form.elements].some(differs);
}

/** What a form holds now is saved. */
export function isSaved(form) {
  for (const element of form.elements) {
    if (isTicked(element)) element.defaultChecked = element.checked;
    else if (element.options) for (const option of element.options) option.defaultSelected = option.selected;
    else if (element.type !== "file" && "defaultValue" in element) element.defaultValue = element.value;
  }
}

/** The page goes, and nothing is asked: what it holds is saved, or was given up in words. */
export function leave() {
  letGo = true;
}

function differs(element) {
  if (isTicked(element)) return element.checked !== element.defaultChecked;
  if (element.options) return hasOtherOption(element);
  return "defaultValue" in element && element.tagName !== "OUTPUT" && element.value !== element.defaultValue;
}

/** Where the page marks no option, the first one is what it came with. */
function hasOtherOption({ options, selectedIndex }) {
  const marked = [...options].findIndex((option) => option.defaultSelected);
  return selectedIndex !== Math.max(marked, 0);
}

function isTicked({ type }) {
  return type === "checkbox" || type === "radio";
}
