/** The one thing that matters most (_primary.html.j2): which test, and on which side where it is done once per side. */

const select = document.getElementById("primary"); // null on a page of videos that names nothing
const sides = document.getElementById("primary-sides");

/** What is named, as the API takes it; null for nothing. */
export function namedPrimary() {
  const option = select.selectedOptions[0];
  if (!option.value) return null;
  const [movement, outcome] = option.value.split("/");
  return { movement, outcome, side: option.dataset.sides ? document.querySelector('[name="primary_side"]:checked').value : null };
}

/** Offer the tests for which `isChosen(movement, side)` holds; by default all of them, on both sides. */
export function offerPrimary(isChosen = () => true) {
  for (const option of [...select.options].filter(({ value }) => value)) {
    const { movement, sides: names } = option.dataset;
    option.hidden = option.disabled = !(names ? names.split(" ") : [null]).some((side) => isChosen(movement, side));
  }
  const { value, disabled, dataset } = select.selectedOptions[0];
  if (disabled) select.value = "";
  sides.hidden = !value || disabled || !dataset.sides;
  if (sides.hidden) return;
  const boxes = [...sides.querySelectorAll("input")];
  for (const box of boxes) box.disabled = !dataset.sides.split(" ").includes(box.value) || !isChosen(dataset.movement, box.value);
  if (boxes.find(({ checked }) => checked).disabled) boxes.find(({ disabled: off }) => !off).checked = true;
}
