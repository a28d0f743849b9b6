/** A click on a button before the page's scripts run is kept, and made once they do: on a slow machine no press is ignored. */

{
  const pressed = new Set();

  const keep = (event) => {
    const button = event.target.closest("button, input[type=submit]");
    if (!button) return;
    event.preventDefault(); // a form that only a script sends must not be sent without it
    event.stopImmediatePropagation();
    pressed.add(button);
  };

  document.addEventListener("click", keep, true);
  document.addEventListener("DOMContentLoaded", () => {
    document.removeEventListener("click", keep, true);
    for (const button of pressed) button.click();
  });
}
