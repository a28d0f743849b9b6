/**
 * Records one trial and sends it while it runs: pieces of half a second, one after the other. All pieces stay in memory
 * until the server has the whole, so that a server that was gone, or gave the recording up, loses nothing.
 */

import { phrase } from "/static/words.js";

const PIECE_MS = 500;
const MOST_BYTES = 4 * 1024 * 1024;
const BITS_PER_PIXEL = 0.15;
const RATE_HZ = 30;
const LONGEST_WAIT_MS = 8000;
const LOCKED_OUT = [401, 403, 429];
const MIMES = ["video/webm;codecs=vp8", "video/webm;codecs=vp9", "video/webm;codecs=h264", "video/webm", "video/mp4"];

export class TrialRecorder {
  #sessionId;
  #trial;
  #told;
  #recorder;
  #pieces = [];
  #begun = null;
  #received = 0;
  #stopped = false;
  #ended = false;
  #dropped = false;
  #framing = null;
  #interrupted = false;
  #working = null;
  #wake = () => {};

  /**
   * @param {string} sessionId
   * @param {{movement: string, side: string, phase: string}} trial
   * @param {{full: (words: string) => void, failed: (words: string, status: number) => void, behind: (waits: boolean) => void, broken: () => void}} told
   *   `failed`: the server does not take it, `broken`: the browser stopped recording by itself, or does not begin
   */
  constructor(sessionId, trial, told) {
    this.#sessionId = sessionId;
    this.#trial = trial;
    this.#told = told;
  }

  /** Resolves when the server has all of it, or it was dropped. */
  get settled() {
    return this.#working;
  }

  start(stream) {
    try {
      this.#record(stream);
    } catch {
      this.#ended = true; // the camera went at this very moment, or the browser cannot record
    }
    this.#working = this.#send();
    if (this.#ended) this.#told.broken();
  }

  #record(stream) {
    const mimeType = MIMES.find((mime) => MediaRecorder.isTypeSupported(mime));
    const { width = 1280, height = 720 } = stream.getVideoTracks()[0].getSettings();
    this.#recorder = new MediaRecorder(stream, {
      mimeType,
      videoBitsPerSecond: Math.round(width * height * RATE_HZ * BITS_PER_PIXEL),
      videoKeyFrameIntervalDuration: 1000,
    });
    this.#recorder.ondataavailable = ({ data }) => this.#add(data);
    this.#recorder.onstop = () => this.#end();
    this.#recorder.onerror = () => this.#end();
    this.#recorder.start(PIECE_MS);
  }

  /** Stop and keep it. @param {object|null} framing where the person stood @param {boolean} interrupted not finished */
  stop(framing, interrupted = false) {
    this.#framing = framing;
    this.#interrupted = interrupted;
    this.#stopped = true;
    if (this.#recorder?.state === "recording") this.#recorder.stop();
    else this.#end();
  }

  /** Stop and forget it. */
  discard() {
    this.#dropped = true;
    this.stop(null);
  }

  #add(data) {
    if (data.size) this.#pieces.push(data);
    this.#wake();
  }

  #end() {
    if (!this.#stopped) this.#told.broken();
    this.#ended = true;
    this.#wake();
  }

  get #size() {
    return this.#pieces.reduce((sum, piece) => sum + piece.size, 0);
  }

  async #send() {
    let waitMs = 250;
    for (;;) {
      const done = await this.#step().catch((error) => this.#judge(error));
      if (done === "over") return;
      if (done === "wait") {
        await pause(waitMs);
        waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs);
      } else waitMs = 250;
    }
  }

  /** One thing to do next: begin, send what has come, or finish. */
  async #step() {
    if (this.#ended && (this.#dropped || !this.#size)) return this.#forget();
    if (this.#begun === null) {
      const { movement, side, phase } = this.#trial;
      const form = { movement, side: side || null, phase, mime: this.#recorder.mimeType };
      this.#begun = (await ask("POST", `/api/sessions/${this.#sessionId}/filmings`, form)).id;
      this.#received = 0;
    } else if (this.#received < this.#size) {
      const piece = new Blob(this.#pieces).slice(this.#received, this.#received + MOST_BYTES);
      const answer = await ask("PATCH", `/api/filmings/${this.#begun}?offset=${this.#received}`, piece);
      this.#received = answer.received_bytes;
    } else if (this.#ended) {
      await ask("POST", `/api/filmings/${this.#begun}/finish`, { framing: this.#framing, interrupted: this.#interrupted });
      this.#pieces = [];
      this.#told.behind(false);
      return "over";
    } else await new Promise((resolve) => (this.#wake = resolve));
    this.#told.behind(false);
    return "more";
  }

  #judge(error) {
    if (Number.isInteger(error.received)) {
      this.#received = error.received;
      return "more";
    }
    if (this.#begun !== null && [404, 409].includes(error.status)) {
      this.#begun = null;
      return "wait";
    }
    if (this.#begun !== null && error.status === 413) return this.#stopSending();
    if (error.status === 507) {
      this.#told.full(error.message);
      return "wait";
    }
    if (error.status === 0 || error.status >= 500) {
      this.#told.behind(true);
      return "wait";
    }
    this.#told.failed(error.message, error.status);
    if (LOCKED_OUT.includes(error.status)) return "wait";
    this.#pieces = [];
    return "over";
  }

  /** It is as long as a video may be: what the server has is the recording. */
  #stopSending() {
    this.#pieces = [new Blob(this.#pieces).slice(0, this.#received)];
    this.#stopped = this.#ended = true;
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    this.#recorder.ondataavailable = null;
    return "more";
  }

  /** A server that is away must hear of it later, or it would keep the recording and let it count. */
  async #forget() {
    this.#pieces = [];
    const gone = (error) => {
      if (error.status === 0 || error.status >= 500) throw error;
    };
    if (this.#begun) await ask("POST", `/api/filmings/${this.#begun}/discard`, {}).catch(gone);
    this.#told.behind(false);
    return "over";
  }
}

async function ask(method, path, body) {
  const raw = body instanceof Blob;
  const headers = { "X-Posecheck": "1", Accept: "application/json", "Content-Type": raw ? "application/octet-stream" : "application/json" };
  const sent = { method, headers, body: raw ? body : JSON.stringify(body), credentials: "same-origin" };
  const answer = await fetch(path, sent).catch(() => null);
  if (!answer) throw Object.assign(new Error(phrase("posecheck does not answer.")), { status: 0 });
  const json = await answer.json().catch(() => ({}));
  if (answer.ok) return json;
  const { message = phrase("The recording was refused."), received_bytes: received } = json.error ?? {};
  throw Object.assign(new Error(message), { status: answer.status, received });
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
