/** The camera: which there are, opening one, small pictures of it for the live engine, and in words what is wrong with it. */

import { phrase } from "/static/words.js";

export const FRAME_WIDTH_PX = 640;
const JPEG_QUALITY = 0.7;
const MUTED_MS = 3000;

const WORDS = {
  NotAllowedError: phrase("The browser does not allow the camera. Allow it for this page (the camera icon beside the address), then try again."),
  SecurityError: phrase("The browser does not allow the camera. Allow it for this page (the camera icon beside the address), then try again."),
  NotFoundError: phrase("No camera was found. Plug one in, then try again."),
  OverconstrainedError: phrase("This camera is no longer there, or cannot give that picture size. Choose another one."),
  NotReadableError: phrase("The camera is in use by another program, or does not start. Close the other program, then try again."),
  AbortError: phrase("The camera does not start. Unplug it, plug it in again, then try again."),
};
const INSECURE_WORDS = phrase(
  "This browser does not allow a camera at this address. Open posecheck on the computer it runs on, or by an address that begins with https.",
);

/** What was wrong when a camera was asked for, in words. */
export function cameraWords(error) {
  return WORDS[error.name] ?? phrase("The camera does not start ({reason}). Try again, or choose another one.", { reason: error.name });
}

/** The cameras by name; nameless ones, before the first permission, are numbered. */
export async function listCameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices
    .filter((device) => device.kind === "videoinput")
    .map((device, index) => ({ id: device.deviceId, name: device.label || phrase("Camera {number}", { number: index + 1 }) }));
}

export class Camera {
  #video;
  #gone;
  #back;
  #dark = false;
  #muting = 0;
  #stream = null;
  #takenMs = null;
  #canvas = document.createElement("canvas");

  /**
   * @param {HTMLVideoElement} video shows it
   * @param {() => void} gone called when it is unplugged, or has given no pictures for 3 s: another program took it
   * @param {() => void} back called when it gives pictures again by itself
   */
  constructor(video, gone, back = () => {}) {
    this.#video = video;
    this.#gone = gone;
    this.#back = back;
  }

  get stream() {
    return this.#stream;
  }

  get open() {
    return !this.#dark && this.#stream?.getVideoTracks()[0]?.readyState === "live";
  }

  /** Width over height of its pictures; 0 before the first. */
  get aspect() {
    return this.#video.videoHeight ? this.#video.videoWidth / this.#video.videoHeight : 0;
  }

  /**
   * Open a camera; no sound is asked for. Throws an Error whose message is in plain words.
   * @param {{deviceId?: string, width: number, height: number}} wish
   */
  async start({ deviceId, width, height }) {
    this.stop();
    this.#takenMs = null;
    if (!navigator.mediaDevices?.getUserMedia) throw new Error(INSECURE_WORDS);
    const video = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30 } };
    if (deviceId) video.deviceId = { exact: deviceId };
    else video.facingMode = { ideal: "user" };
    this.#stream = await navigator.mediaDevices.getUserMedia({ video, audio: false }).catch((error) => {
      throw new Error(cameraWords(error), { cause: error });
    });
    const [track] = this.#stream.getVideoTracks();
    track.addEventListener("ended", () => this.#gone());
    track.addEventListener("mute", () => this.#muted());
    track.addEventListener("unmute", () => this.#unmuted());
    if (track.muted) this.#muted();
    this.#video.srcObject = this.#stream;
    await this.#video.play();
  }

  stop() {
    clearTimeout(this.#muting);
    this.#dark = false;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }

  /** The present picture as the live line wants it: 8 bytes of time, then a JPEG, never mirrored. Null if there is none. */
  async frame() {
    if (!this.open || !this.aspect) return null;
    const width = Math.min(FRAME_WIDTH_PX, this.#video.videoWidth);
    const height = Math.round(width / this.aspect);
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    const timeS = (this.#takenMs ?? performance.now()) / 1000;
    this.#canvas.getContext("2d", { alpha: false }).drawImage(this.#video, 0, 0, width, height);
    const jpeg = await new Promise((resolve) => this.#canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
    const head = new DataView(new ArrayBuffer(8));
    head.setFloat64(0, timeS, true);
    return jpeg ? new Blob([head, jpeg]) : null;
  }

  #muted() {
    clearTimeout(this.#muting);
    this.#muting = setTimeout(() => {
      this.#dark = true;
      this.#gone();
    }, MUTED_MS);
  }

  #unmuted() {
    clearTimeout(this.#muting);
    const was = this.#dark;
    this.#dark = false;
    if (was) this.#back();
  }

  /** Call back once the camera has given a new picture; its own time is used where the browser tells it. */
  whenNew(call) {
    if (!this.#video.requestVideoFrameCallback) setTimeout(call, 33);
    else
      this.#video.requestVideoFrameCallback((_now, { captureTime }) => {
        this.#takenMs = captureTime ?? null;
        call();
      });
  }
}
