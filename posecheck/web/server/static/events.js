/** What changes in a session while its page is open: one line of server-sent events a page. */

const KINDS = ["job", "upload", "take", "session", "live", "phone", "said", "reload"];

/**
 * @param {string} sessionId
 * @param {Record<string, (data: object) => void>} told by kind; `reload` also after the line was cut and stands again
 * @param {{speaks?: boolean, voices?: string[]}} [options] speaks: this page says aloud what it is told under `said`, in the
 *   languages `voices`; none named: in any
 */
export function watch(sessionId, told, { speaks = false, voices = [] } = {}) {
  const query = new URLSearchParams({ speaks, ...(voices.length && { voices: voices.join() }) });
  const source = new EventSource(`/api/sessions/${sessionId}/events${speaks ? `?${query}` : ""}`);
  let wasCut = false;
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => told[kind]?.(JSON.parse(event.data)));
  }
  source.addEventListener("error", () => (wasCut = true));
  source.addEventListener("open", () => {
    if (wasCut) told.reload?.({});
    wasCut = false;
  });
  addEventListener("pagehide", () => source.close());
  return source;
}
