/** The set-up before Start: camera and its preview, tests, sound, stretch. Choices stay in this tab, so that a reload keeps them. */

import { api } from "/static/api.js";
import { listCameras } from "/static/film_camera.js";
import { voicelessWords } from "/static/sounds.js";
import { NO_GRIP } from "/static/stretch_stage.js";
import { phrase } from "/static/words.js";

const byId = (id) => document.getElementById(id);

export class Setup {
  #form;
  #camera;
  #kept;
  #cameraName = "";

  /** @param {HTMLFormElement} form @param {import("/static/film_camera.js").Camera} camera shows the preview */
  constructor(form, camera, sessionId) {
    this.#form = form;
    this.#camera = camera;
    this.#kept = `posecheck-film-${sessionId}`;
    this.#recall();
    byId("camera-on").addEventListener("click", () => this.switchOn().catch(() => {}));
    for (const id of ["camera", "size"]) byId(id).addEventListener("change", () => camera.open && this.switchOn().catch(() => {}));
    byId("mirror").addEventListener("change", () => this.#follow());
    byId("safe")?.addEventListener("change", (event) => this.#confirmSafety(event.target, sessionId));
    byId("camera").addEventListener("change", () => (this.#cameraName = ""));
    form.addEventListener("change", () => this.#follow());
    this.#follow();
    voicelessWords().then((words) => (byId("voice-words").textContent = words));
    this.#listCameras();
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.#listCameras());
  }

  /** Show the camera. Throws, and says why on the page, where there is none to show. */
  async switchOn() {
    try {
      await this.#camera.start(this.cameraWish);
      this.trouble("");
      byId("preview").classList.add("on");
      await this.#listCameras();
    } catch (error) {
      byId("preview").classList.remove("on");
      this.trouble(error.message);
      throw error;
    }
  }

  trouble(words) {
    byId("camera-trouble").hidden = !words;
    byId("camera-trouble-words").textContent = words;
    if (words) byId("camera-trouble").scrollIntoView({ block: "nearest" });
  }

  get cameraWish() {
    const [width, height] = byId("size").value.split("x").map(Number);
    return { deviceId: byId("camera").value, width, height };
  }

  get mirrored() {
    return byId("mirror").checked;
  }

  /** Keys of the tests that are wanted. */
  get keys() {
    return [...this.#form.querySelectorAll('[name="test"]:checked')].map((box) => box.value);
  }

  /** What is chosen; null where something is missing, which is said beside it. */
  read() {
    const missing = this.#missing();
    byId("setup-error").textContent = missing?.words ?? "";
    if (missing) {
      missing.at?.focus();
      return null;
    }
    this.#keep();
    return {
      keys: this.keys,
      repetitions: byId("repetitions").valueAsNumber,
      holdS: byId("hold").valueAsNumber,
      takes: byId("takes")?.valueAsNumber ?? 0,
      voice: byId("voice").checked,
      tones: byId("tones").checked,
      stretch: this.#withStretch ? this.#stretch() : null,
    };
  }

  get #withStretch() {
    return Boolean(this.#between) && this.#between !== "nothing";
  }

  get #between() {
    return this.#form.elements.between?.value;
  }

  get #grip() {
    return this.#between === "belly-pull" ? byId("grip").value : NO_GRIP;
  }

  /** Consent to a belly pull; after a stretch that hurt, to any. */
  get #needsConsent() {
    return this.#between === "belly-pull" || byId("safety-box").dataset.hurt === "true";
  }

  #missing() {
    if (!this.keys.length) return { words: phrase("Choose at least one test."), at: this.#form.querySelector('[name="test"]') };
    for (const id of ["repetitions", "takes", "hold"]) {
      if (byId(id)?.checkValidity() === false) return { words: phrase("Choose how many repetitions and takes, and how many seconds of hold."), at: byId(id) };
    }
    if (!this.#withStretch) return null;
    if (this.#needsConsent && !byId("safe").checked) return { words: phrase("Read and confirm the safety words, or leave the stretch out."), at: byId("safe") };
    const { holdS } = this.#stretch();
    return holdS.left + holdS.right > 0 ? null : { words: phrase("Choose how long you stretch each side, or leave the stretch out."), at: byId("left-s") };
  }

  #stretch() {
    const seconds = (side) => byId(`${side}-s`).valueAsNumber || 0;
    return {
      stretch: byId("stretch").value,
      grip: this.#grip,
      sides: ["left", "right"],
      holdS: { left: seconds("left"), right: seconds("right") },
      rounds: 1,
      readyS: byId("ready").valueAsNumber || 0,
      voice: byId("voice").checked,
      tones: byId("tones").checked,
    };
  }

  async #confirmSafety(box, sessionId) {
    try {
      await api("POST", `/api/sessions/${sessionId}/film`, { safety_confirmed: box.checked });
    } catch {
      box.checked = !box.checked;
    }
  }

  /** Show what belongs to the choices. */
  #follow() {
    byId("preview").classList.toggle("mirrored", this.mirrored);
    const keys = this.keys;
    for (const card of this.#form.querySelectorAll("#places > [data-key]")) card.hidden = !keys.includes(card.dataset.key);
    if (!byId("stretch")) return;
    byId("stretch-choices").hidden = !this.#withStretch;
    byId("safety-box").hidden = !this.#needsConsent;
    for (const part of [byId("grip-field"), ...this.#form.querySelectorAll(".pulling")]) part.hidden = this.#grip === NO_GRIP;
    for (const words of this.#form.querySelectorAll("[data-between]")) words.hidden = words.dataset.between !== this.#between;
    for (const picture of this.#form.querySelectorAll("[data-stretch]")) {
      picture.hidden = picture.dataset.stretch !== byId("stretch").value || picture.dataset.grip !== this.#grip;
    }
    for (const how of this.#form.querySelectorAll("[data-how]")) how.hidden = ![byId("stretch").value, this.#grip].includes(how.dataset.how);
  }

  async #listCameras() {
    const cameras = await listCameras().catch(() => []);
    const select = byId("camera");
    const chosen = cameras.find(({ id, name }) => id && (select.value ? id === select.value : name === this.#cameraName));
    const named = cameras.filter(({ id }) => id).map(({ id, name }) => Object.assign(new Option(name, id), { translate: false }));
    const options = [new Option(cameras.length ? phrase("The default camera") : phrase("No camera found yet"), ""), ...named];
    select.replaceChildren(...options);
    select.value = chosen?.id ?? "";
  }

  /** Of the camera its name: in a private window it has another id each time. */
  #keep() {
    const values = [...this.#form.elements].filter(({ id, type }) => id && id !== "safe" && type !== "button" && type !== "submit").map(({ id, type, checked, value }) => [id, type === "checkbox" || type === "radio" ? checked : value]);
    const cameraName = byId("camera").value && byId("camera").selectedOptions[0].text;
    sessionStorage.setItem(this.#kept, JSON.stringify([...values, ["camera-name", cameraName]]));
  }

  #recall() {
    for (const [id, value] of JSON.parse(sessionStorage.getItem(this.#kept) ?? "[]")) {
      const field = byId(id);
      if (id === "camera-name") this.#cameraName = value;
      else if (!field || id === "camera") continue;
      else if (typeof value === "boolean") field.checked = value;
      else field.value = value;
    }
  }
}
