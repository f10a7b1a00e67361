// Giving clusters names: a field in place of a cluster's name, and a line that says what was done and takes it back.

import { CROSS, make, signButton, textButton, textField } from "../shared/drawing.js";
import { Sequence } from "../shared/sequence.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { MapData } from "./data.d.ts" */

/** @typedef {{ label: number, name: string, made?: string }} Named a cluster as far as naming goes */
/** @typedef {{ focus: (label: number) => void }} Owner what shows names */

export const LONGEST_NAME = 60; // as in t2i_core/dataset/cluster_names_file.py
export const HINT = "double click or F2 to rename";
const PENCIL = ["M4 20l1-4L16.5 4.5l3 3L8 19l-4 1Z", "M14.5 6.5l3 3"];

export class Naming {
  /** What was done last, with the way back. */
  line = make("div", "renamed");
  /** Whether a name is being typed. */
  typing = false;
  #sequence = new Sequence();
  /** What was sent and is not answered yet; it is shown meanwhile. @type {{ seq: number, label: number, name: string } | null} */
  #pending = null;
  #asked = 0;
  #told = 0;
  #map;

  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    this.line.setAttribute("role", "status");
  }

  /** The map is gone: what is being typed is not meant yet. */
  end() {
    this.typing = false;
  }

  /** Whether this visitor may rename clusters. */
  get offered() {
    return Boolean(this.#map.data?.naming);
  }

  /** @param {MapData} data */
  receive({ naming }) {
    if (naming && !this.#sequence.follow(naming.seq)) return;
    this.#pending = null;
    if (!naming || naming.seq !== this.#asked || this.#told === naming.seq) return;
    this.#told = naming.seq; // once: a line that was closed stays so
    this.#say(naming);
  }

  /** What a cluster is called, by what was typed as far as the server did not answer. @param {Named} cluster */
  nameOf({ label, name }) {
    return this.#pending?.label === label ? this.#pending.name : name;
  }

  /**
   * Let a cluster be renamed where its name stands.
   *
   * @param {HTMLElement} holder of the name, and of the field in its place
   * @param {HTMLButtonElement} button with the name on it
   * @param {Named} cluster
   * @param {Owner} owner
   */
  offer(holder, button, cluster, owner) {
    if (!this.offered) return;
    const edit = () => this.#edit(holder, button, cluster, owner);
    button.setAttribute("aria-keyshortcuts", "F2");
    button.addEventListener("dblclick", (event) => {
      event.stopPropagation(); // to the map it means: show the whole
      edit();
    });
    button.addEventListener("keydown", (event) => {
      if (event.key !== "F2") return;
      event.preventDefault();
      edit();
    });
    const pencil = signButton("pencil", PENCIL, `Rename ${cluster.name}`, edit);
    pencil.addEventListener("dblclick", (event) => event.stopPropagation());
    holder.append(pencil);
  }

  /**
   * @param {HTMLElement} holder
   * @param {HTMLButtonElement} button
   * @param {Named} cluster
   * @param {Owner} owner
   */
  #edit(holder, button, cluster, owner) {
    if (this.typing) return;
    this.typing = true;
    this.#map.card.leave();
    const field = this.#field(cluster);
    const stop = new AbortController();
    /** @param {string | null} typed null where nothing is to be done */
    const end = (typed, back = true) => {
      stop.abort();
      if (!this.typing) return;
      this.typing = false;
      field.remove();
      button.hidden = false;
      holder.classList.remove("renaming");
      if (typed !== null && typed.trim() !== cluster.name) this.#rename(cluster, typed.trim());
      this.#map.showNames();
      if (back) owner.focus(cluster.label);
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the keys of the page are not meant
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      end(event.key === "Enter" ? field.value : null);
    });
    // Who clicks elsewhere has done with it; an emptied field alone does not say that the name shall go.
    field.addEventListener("blur", () => end(field.value.trim() || null, false));
    const outside = (/** @type {Event} */ event) => !event.composedPath().includes(field) && field.blur();
    document.addEventListener("pointerdown", outside, { capture: true, signal: stop.signal }); // the map takes no focus
    for (const kind of ["dblclick", "pointerdown", "click"]) {
      field.addEventListener(kind, (event) => event.stopPropagation());
    }
    button.hidden = true;
    holder.classList.add("renaming");
    holder.append(field);
    this.#map.showNames();
    field.focus();
    field.select();
  }

  /** @param {Named} cluster */
  #field({ name, made }) {
    const field = textField();
    field.className = "rename";
    field.value = name;
    field.maxLength = LONGEST_NAME;
    field.enterKeyHint = "done";
    field.placeholder = made ?? "";
    field.title = "Enter keeps the name, Escape leaves it as it was; without any text the one that was made comes back";
    field.setAttribute("aria-label", `Name of the cluster ${name}`);
    return field;
  }

  /** @param {Named} cluster @param {string} typed */
  #rename({ label, name, made }, typed) {
    this.#ask({ label, was: name, name: typed });
    this.#pending = { seq: this.#asked, label, name: typed || (made ?? name) };
  }

  /** @param {Record<string, unknown>} wish */
  #ask(wish) {
    this.#asked = this.#sequence.next();
    this.line.replaceChildren();
    this.#map.send({ type: "rename", seq: this.#asked, ...wish });
  }

  /** @param {NonNullable<MapData["naming"]>} naming */
  #say({ told, problem, undo }) {
    this.line.classList.toggle("problem", Boolean(problem));
    if (!told && !problem) return this.line.replaceChildren();
    const close = signButton("close", CROSS, "Close this line", () => this.line.replaceChildren());
    const back = textButton("undo", "Undo", "Give the cluster the name back that it had", () =>
      this.#ask({ undo: true }),
    );
    this.line.replaceChildren(make("span", "", problem || told), ...(undo && told ? [back] : []), close);
  }
}
