/** One click that turns a picture which lies on its side, or says that it is right; the video is read again. */

import { api, say } from "/static/api.js";
import { phrase } from "/static/words.js";

/** Read the video of a button with `data-upload` and `data-turn` again; its picture is turned at once. */
export async function turnPicture(button) {
  const { upload: id, turn, preview } = button.dataset;
  const picture = document.querySelector(`[data-upload="${id}"] .poster`);
  if (preview && picture) picture.classList.add(`turned-${preview}`);
  const { reading } = await api("GET", `/api/uploads/${id}`);
  const again = { person_at: reading.person_at ?? null, mirror: Boolean(reading.mirror), rotate_deg: Number(turn) };
  await api("POST", `/api/uploads/${id}/read`, again);
  say(preview ? phrase("The picture is turned, and the video is read again.") : phrase("The video is read again as it is."));
}
