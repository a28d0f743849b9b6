/** Calls of the app's own JSON routes, and words in the page's live region. */

import { phrase } from "/static/words.js";

const SHOWN_MS = 9000;
let clearing = 0;

/** An answer that was not what was asked for: `code` and `message` as the server gave them, `status` of HTTP (0: no answer). */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

/**
 * Send `body` as JSON and return the answer's JSON (null if it is empty).
 * A failure is said in the live region and thrown as an ApiError.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {{quiet?: boolean, keepalive?: boolean, signal?: AbortSignal}} [options] quiet: throw only, say nothing
 */
export async function api(method, path, body, { quiet = false, keepalive = false, signal } = {}) {
  try {
    const answer = await fetch(path, {
      method,
      headers: { "X-Posecheck": "1", Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      keepalive,
      signal,
    }).catch((cause) => {
      if (cause.name === "AbortError") throw cause;
      throw new ApiError(0, "no_answer", phrase("posecheck does not answer. Is it still running? Nothing that was stored is lost."));
    });
    const text = await answer.text();
    if (!answer.ok) throw errorOf(answer.status, text);
    return text ? JSON.parse(text) : null;
  } catch (error) {
    if (!quiet && error.name !== "AbortError") say(error.message, { error: true });
    throw error;
  }
}

/** Show words in the live region, where a screen reader reads them out. Errors stay until the next words. */
export function say(words, { error = false } = {}) {
  const region = document.getElementById("live");
  const line = document.createElement("p");
  line.textContent = words;
  line.classList.toggle("error", error);
  region.replaceChildren(line);
  clearTimeout(clearing);
  if (!error) clearing = setTimeout(() => line.remove(), SHOWN_MS);
}

function errorOf(status, text) {
  let told = {};
  try {
    told = JSON.parse(text).error ?? {};
  } catch {
    // An answer that is no JSON (a proxy, a crash) has only its status to tell.
  }
  return new ApiError(status, told.code ?? "unexpected", told.message ?? phrase("posecheck answered with status {status}. Try again.", { status }));
}
