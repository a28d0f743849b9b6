/** The bin: take something back, or delete it for good. */

import { api } from "/static/api.js";
import "/static/deleting.js";

for (const button of document.querySelectorAll("[data-restores]")) {
  button.addEventListener("click", async () => {
    await api("POST", button.dataset.restores);
    location.reload();
  });
}
