/**
 * The line to the live engine: pictures out, answers in, one picture under way at a time. It comes back by itself when it
 * was cut, and goes over ordinary requests where a browser refuses WebSockets.
 */

const LONGEST_WAIT_MS = 8000;
const SILENT_MS = 20000;
const FAILED_OPENINGS = 2;
const REFUSED = 4000;
const LOCKED_OUT = [401, 403];

/** @typedef {{movement: string, side: string, phase: string, repetitions: number, hold_s: number}} Trial */

export class LiveLine {
  #sessionId;
  #page;
  #told;
  #trial = null;
  #socket = null;
  #room = "";
  #byRequests = false;
  #neverOpened = 0;
  #waitMs = 0;
  #timer = 0;
  #silence = 0;
  #busy = false;
  #standing = false;
  #reason = "";

  /**
   * @param {string} sessionId
   * @param {string} page a word of this page: the same page may come back at any time
   * @param {{hello: (hello: object) => void, answer: (answer: object) => void, lost: () => void, refused: (code: number, words: string) => void}} told
   */
  constructor(sessionId, page, told) {
    this.#sessionId = sessionId;
    this.#page = page;
    this.#told = told;
  }

  /** Whether a picture may be sent now. */
  get ready() {
    return this.#standing && !this.#busy;
  }

  /** Begin a trial, opening the line if need be. @param {Trial} trial */
  begin(trial, { takeOver = false } = {}) {
    this.#trial = trial;
    if (this.#standing && !this.#byRequests && this.#socket.readyState === WebSocket.OPEN) {
      this.#busy = true;
      this.#socket.send(JSON.stringify({ kind: "restart", ...trial }));
      this.#listen();
    } else if (!this.#socket || takeOver || this.#byRequests) this.#open(takeOver);
  }

  /** Send a picture; the next one only once `ready`. */
  send(frame) {
    if (!this.ready) return;
    this.#busy = true;
    this.#listen();
    if (this.#byRequests) this.#post(frame);
    else this.#socket.send(frame);
  }

  close() {
    this.#trial = null;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#standing = false;
    this.#socket?.close();
    this.#socket = null;
    if (this.#room && this.#byRequests) fetch(`/api/live/${this.#room}`, { method: "DELETE", keepalive: true, headers: HEADERS }).catch(() => {});
    this.#room = "";
  }

  #open(takeOver) {
    clearTimeout(this.#timer);
    if (this.#byRequests) return this.#beginByRequest(takeOver);
    const query = new URLSearchParams({ ...this.#trial, page: this.#page, ...(takeOver && { take_over: "1" }) });
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/sessions/${this.#sessionId}/live?${query}`);
    let opened = false;
    this.#socket?.close();
    this.#socket = socket;
    this.#listen();
    socket.onopen = () => (opened = true);
    socket.onmessage = ({ data }) => socket === this.#socket && this.#take(JSON.parse(data));
    socket.onclose = ({ code, reason }) => socket === this.#socket && this.#closed(code, reason, opened);
  }

  #take(message) {
    clearTimeout(this.#silence);
    this.#busy = false;
    this.#waitMs = 0;
    this.#neverOpened = 0;
    if (message.kind === "hello") {
      this.#standing = true;
      if (this.#isCurrent(message)) this.#told.hello(message);
      else this.begin(this.#trial);
    } else if (message.kind === "answer") this.#told.answer(message);
    else if (message.kind === "closing") this.#reason = message.message;
  }

  /** A trial may have changed while the line was being opened. */
  #isCurrent({ movement, side, phase }) {
    const wanted = this.#trial;
    return wanted !== null && movement === wanted.movement && side === wanted.side && phase === wanted.phase;
  }

  #closed(code, reason, opened) {
    clearTimeout(this.#silence);
    const stood = this.#standing;
    const words = this.#reason || reason;
    this.#socket = null;
    this.#standing = false;
    this.#busy = false;
    this.#reason = "";
    if (this.#trial === null) return;
    if (code >= REFUSED) return this.#refuse(code, words);
    if (!opened) this.#neverOpened += 1;
    if (stood || this.#neverOpened === 1) this.#told.lost();
    if (this.#neverOpened === FAILED_OPENINGS) return this.#tryRequests();
    this.#comeBack();
  }

  /** Where the server answers requests but no WebSocket opens, this browser refuses those, unless the page is not let in. */
  async #tryRequests() {
    const { status, json } = await ask("/api/health", { headers: HEADERS });
    if (this.#trial === null) return;
    if (status >= 400 && status < 500) return this.#refuse(REFUSED + status, json.error?.message ?? "");
    this.#byRequests = status === 200;
    if (this.#byRequests) this.#open(false);
    else {
      this.#neverOpened = 0;
      this.#comeBack();
    }
  }

  #comeBack() {
    this.#waitMs = Math.min(LONGEST_WAIT_MS, 2 * this.#waitMs || 250);
    this.#timer = setTimeout(() => this.#trial && this.#open(false), this.#waitMs);
  }

  async #beginByRequest(takeOver) {
    this.#standing = false;
    const body = JSON.stringify({ ...this.#trial, side: this.#trial.side || null, page: this.#page, take_over: takeOver });
    const headers = { ...HEADERS, "Content-Type": "application/json" };
    const answer = await ask(`/api/sessions/${this.#sessionId}/live`, { method: "POST", headers, body });
    if (this.#trial === null) return;
    if (answer.status === 201) {
      this.#room = answer.json.room;
      this.#take(answer.json);
    } else if (answer.status >= 400 && answer.status < 500) this.#refuse(REFUSED + answer.status, answer.json.error?.message ?? "");
    else {
      this.#told.lost();
      this.#comeBack();
    }
  }

  async #post(frame) {
    const answer = await ask(`/api/live/${this.#room}/frames`, { method: "POST", headers: HEADERS, body: frame });
    this.#busy = false;
    clearTimeout(this.#silence);
    if (this.#trial === null) return;
    if (answer.status === 200) this.#take(answer.json);
    else if (answer.status === 404) {
      this.#told.lost();
      this.#open(false);
    } else if (LOCKED_OUT.includes(answer.status)) this.#refuse(REFUSED + answer.status, answer.json.error?.message ?? "");
    else if (answer.status === 0 || answer.status >= 500) {
      this.#standing = false;
      this.#told.lost();
      this.#comeBack();
    }
  }

  /** Another try would be in vain now; the next `begin` is one all the same. */
  #refuse(code, words) {
    this.#standing = false;
    this.#neverOpened = 0;
    this.#told.refused(code, words);
  }

  /** A line that says nothing for long is dead, whatever the browser believes. */
  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      const socket = this.#socket;
      if (!socket) return;
      socket.onclose = null;
      socket.close();
      this.#closed(1006, "", true);
    }, SILENT_MS);
  }
}

const HEADERS = { "X-Posecheck": "1", Accept: "application/json" };

async function ask(path, options) {
  const answer = await fetch(path, { credentials: "same-origin", ...options }).catch(() => null);
  if (!answer) return { status: 0, json: {} };
  return { status: answer.status, json: await answer.json().catch(() => ({})) };
}
