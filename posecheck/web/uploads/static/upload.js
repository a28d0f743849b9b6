/** Sends videos in pieces; what is cut off goes on where it stopped, at once or when the same file is chosen again. */

import { ApiError, api } from "/static/api.js";
import { phrase } from "/static/words.js";

const PIECE_BYTES = 4 * 1024 * 1024;
const AT_ONCE = 2;
const LONGEST_WAIT_S = 20;
const TRIES = 12;

/**
 * A line of files to send into one block of a session.
 * `told` has started(upload, file), progress(upload, share), ended(upload, file) and refused(file, message).
 */
export class Sender {
  constructor(sessionId, phase, told) {
    this.sessionId = sessionId;
    this.phase = phase;
    this.told = told;
    this.waiting = [];
    this.running = new Map();
    this.busy = 0;
  }

  /** Whether anything is still to be sent. */
  get sending() {
    return this.busy > 0 || this.waiting.length > 0;
  }

  /** How many files wait for their turn. */
  get unsent() {
    return this.waiting.length;
  }

  /** Whether this page sends that upload now. */
  isSending(uploadId) {
    return this.running.has(uploadId);
  }

  add(files) {
    this.waiting.push(...files);
    while (this.busy < AT_ONCE && this.waiting.length) this.next();
  }

  /** Stop sending one; what came in stays until it is deleted. */
  stop(uploadId) {
    this.running.get(uploadId)?.abort();
    this.running.delete(uploadId);
  }

  async next() {
    const file = this.waiting.shift();
    if (!file) return;
    this.busy += 1;
    try {
      await this.send(file);
    } catch (error) {
      if (error.name !== "AbortError") this.told.refused(file, error.message);
    } finally {
      this.busy -= 1;
      this.next();
    }
  }

  async send(file) {
    const form = { file_name: file.name, size_bytes: file.size, phase: this.phase };
    let upload = await patiently(() => api("POST", `/api/sessions/${this.sessionId}/uploads`, form, { quiet: true }));
    const stopping = new AbortController();
    this.running.set(upload.id, stopping);
    this.told.started(upload, file);
    try {
      while (upload.state === "receiving") {
        upload = await this.piece(upload, file, stopping.signal);
        this.told.progress(upload, file.size ? upload.received_bytes / file.size : 1);
      }
      this.told.ended(upload, file);
    } finally {
      this.running.delete(upload.id);
    }
  }

  piece(upload, file, signal) {
    let from = upload.received_bytes;
    return patiently(async () => {
      const body = file.slice(from, from + PIECE_BYTES);
      const answer = await put(`/api/uploads/${upload.id}?offset=${from}`, body, signal);
      if (answer.status === 409 && Number.isInteger(answer.told.error?.received_bytes)) {
        from = answer.told.error.received_bytes;
        throw new ApiError(0, "other_offset", answer.told.error.message);
      }
      if (!answer.ok) throw new ApiError(answer.status, answer.told.error?.code, answer.told.error?.message ?? phrase("The video was refused."));
      return answer.told;
    }, signal);
  }
}

async function put(path, body, signal) {
  const headers = { "X-Posecheck": "1", "Content-Type": "application/octet-stream" };
  const answer = await fetch(path, { method: "PATCH", headers, body, signal, credentials: "same-origin" }).catch((cause) => {
    if (cause.name === "AbortError") throw cause;
    throw unreadable(cause) ?? new ApiError(0, "no_answer", phrase("posecheck does not answer. Choose the file again when it runs: sending continues where it stopped."));
  });
  const told = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, told };
}

function unreadable(cause) {
  const gone = cause.name === "NotReadableError" || cause.name === "NotFoundError";
  return gone ? new ApiError(400, "unreadable", phrase("The file can no longer be read. Was it moved? Choose it again.")) : null;
}

/** Try again after no answer or a server in trouble, ever more slowly; anything else is thrown at once. */
async function patiently(attempt, signal) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const passing = error instanceof ApiError && (error.status === 0 || error.status === 502 || error.status === 503);
      if (!passing || tries >= TRIES || signal?.aborted) throw error;
      if (error.code !== "other_offset") await pause(Math.min(2 ** (tries - 1) / 2, LONGEST_WAIT_S), signal);
    }
  }
}

function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
