/** A choice that differs from what a video seems to show is asked about; and a video that was confirmed is given another test. */

import { api } from "/static/api.js";

const dialog = document.getElementById("other-test");
const asking = document.getElementById("differs");

/**
 * Ask what a video shows after all, and have it measured as that.
 * @param {{upload: string, phase: string, test: string}} video and the test, `movement.side`, that it is measured as now
 * @returns {Promise<object|null>} the new recording; null where nothing changes
 */
export function chooseOtherTest({ upload, phase, test }) {
  const select = document.getElementById("other-test-key");
  select.value = test;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    document.getElementById("other-test-form").onsubmit = async (event) => {
      event.preventDefault();
      if (select.value === test) return dialog.close();
      const taken = await confirmAs(upload, select.value, phase).catch(() => null);
      if (!taken) return undefined;
      resolve(taken);
      return dialog.close();
    };
    dialog.addEventListener("close", () => resolve(null), { once: true });
  });
}

/** @param {string} key `movement.side` */
export function confirmAs(upload, key, phase) {
  const [movement, side] = key.split(".");
  return api("POST", `/api/uploads/${upload}/confirm`, { movement, side: side || null, phase });
}

/** Say beside the choice that it is not what the video seems to show. */
export function showWhetherItDiffers(form) {
  const words = form.parentElement.querySelector("[data-differs]");
  if (words) words.hidden = !differs(form);
}

/** Whether what is chosen in a video's form is meant, though posecheck is sure of something else. */
export function isMeant(form, fileName) {
  if (!("sure" in form.dataset) || !differs(form)) return Promise.resolve(true);
  const { test } = form.elements;
  document.getElementById("differs-file").textContent = fileName;
  document.getElementById("differs-proposed").textContent = form.dataset.guessWords;
  document.getElementById("differs-chosen").textContent = test.options[test.selectedIndex].text;
  asking.returnValue = "";
  asking.showModal();
  return new Promise((resolve) => {
    document.getElementById("differs-confirm").onclick = () => asking.close("meant");
    asking.addEventListener("close", () => resolve(asking.returnValue === "meant"), { once: true });
  });
}

function differs({ dataset, elements }) {
  return dataset.guess !== "" && elements.test.value !== "" && elements.test.value !== dataset.guess;
}
