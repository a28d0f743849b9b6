/** The phones of the settings' page: each can be shut out. */

import { api, say } from "/static/api.js";
import { phrase } from "/static/words.js";

for (const button of document.querySelectorAll("#phones [data-phone]")) {
  button.addEventListener("click", async () => {
    await api("DELETE", `/api/phones/${button.dataset.phone}`);
    button.closest("li").remove();
    say(phrase("Shut out. To let that phone film again, show it a new code."));
    document.getElementById("phones-title").scrollIntoView({ block: "nearest" });
  });
}
