/** Shows the phone's invitation as a QR code, and that it came in; a code that is over is replaced. */

import { api } from "/static/api.js";
import { watch } from "/static/events.js";

const byId = (id) => document.getElementById(id);
const { session, from } = byId("phone").dataset;
const card = document.querySelector(".code");
let renewal = 0;

async function invite() {
  clearTimeout(renewal);
  const made = await api("POST", `/api/sessions/${session}/invitations`, { begin: from });
  const drawn = new DOMParser().parseFromString(made.qr_svg, "text/html").querySelector("svg");
  drawn.setAttribute("role", "img");
  byId("qr").replaceChildren(drawn);
  byId("address").textContent = made.address;
  byId("joined").hidden = true;
  card.classList.remove("old");
  renewal = setTimeout(() => invite().catch(() => {}), 1000 * made.valid_s);
}

watch(session, {
  phone: () => {
    clearTimeout(renewal);
    card.classList.add("old");
    byId("joined").hidden = false;
    byId("watch").focus();
  },
});
byId("again").addEventListener("click", () => invite().catch(() => {}));
invite().catch(() => {});
