// One chip: a term, how much it counts, and what takes it out. Arrows, a drag sideways or typed digits weigh it; a click mutes it.

import { CROSS, make, signButton } from "../shared/drawing.js";
import { withModifier } from "../shared/keys.js";
import { hueOf } from "../shared/term_colours.js";
import { beginsWeight, dragged, MOST, pushed, spokenWeight, typedWeight, weightText } from "./weights.js";

/** @import { Term } from "./data.d.ts" */

/** @typedef {{ weighed: () => void, remove: (chip: TermChip) => void, leave: () => void }} Acts */

const DRAG_FROM_PX = 4;
const HELP = "Arrows, a drag sideways or typed digits weigh it; Enter or a click mutes it; Backspace removes it";

export class TermChip {
  element = make("span", "term");
  /** What has the focus: a slider for those who listen. */
  grip = make("span", "grip");
  picture = make("img");
  label = make("span", "label");
  weight = make("span", "weight");
  typed = make("input", "typed-weight");
  #drag = { from: 0, weight: 0, on: false, moved: false };
  #acts;

  /**
   * @param {Term} term
   * @param {Acts} acts
   */
  constructor(term, acts) {
    this.term = term;
    this.#acts = acts;
    this.picture.alt = "";
    this.picture.draggable = false;
    this.grip.tabIndex = 0;
    this.grip.setAttribute("role", "slider");
    this.grip.setAttribute("aria-valuemin", String(-MOST));
    this.grip.setAttribute("aria-valuemax", String(MOST));
    this.typed.hidden = true;
    this.typed.autocomplete = "off";
    this.typed.inputMode = "decimal";
    this.remove = signButton("icon", CROSS, "", () => acts.remove(this));
    this.grip.append(make("span", "swatch"), this.picture, this.label, this.weight);
    this.element.append(this.grip, this.typed, this.remove);
    this.#listen();
  }

  #listen() {
    const { grip, typed } = this;
    grip.addEventListener("keydown", (event) => this.#onKey(event));
    grip.addEventListener("pointerdown", (event) => this.#begin(event));
    grip.addEventListener("pointermove", (event) => this.#move(event));
    grip.addEventListener("pointerup", () => this.#end());
    grip.addEventListener("pointercancel", () => this.#end());
    grip.addEventListener("click", () => {
      if (this.#drag.moved) this.#drag.moved = false;
      else this.mute();
    });
    typed.addEventListener("keydown", (event) => this.#onTypedKey(event));
    typed.addEventListener("blur", () => this.#endTyping(true));
  }

  /** What the server is told of it. */
  get record() {
    return { ...this.term.record, weight: this.term.weight };
  }

  /**
   * @param {Term} term
   * @param {number} place in the query
   */
  draw(term, place) {
    this.term = term;
    const { label, title, picture, src, weight } = term;
    this.element.className = `term ${hueOf(place)}`;
    this.label.textContent = label;
    this.grip.title = `${title}: ${spokenWeight(weight)}. ${HELP}`;
    this.picture.hidden = !src;
    if (src && this.picture.src !== src) this.picture.src = src;
    this.grip.setAttribute("aria-label", picture ? `Picture ${title}` : title);
    this.remove.title = `Remove ${label}`;
    this.remove.setAttribute("aria-label", this.remove.title);
    this.typed.setAttribute("aria-label", `Weight of ${label}, minus 2 to 2`);
    this.#drawWeight();
  }

  #drawWeight() {
    const { weight } = this.term;
    this.weight.textContent = weightText(weight);
    this.element.classList.toggle("muted", weight === 0);
    this.element.classList.toggle("minus", weight < 0);
    this.grip.setAttribute("aria-valuenow", String(weight));
    this.grip.setAttribute("aria-valuetext", spokenWeight(weight));
  }

  mute() {
    const { weight, before } = this.term;
    if (weight === 0) this.#weigh(before ?? 1);
    else {
      this.#weigh(0);
      this.term.before = weight;
    }
  }

  /** @param {number} weight */
  #weigh(weight) {
    if (weight === this.term.weight) return;
    this.term = { ...this.term, weight, before: null };
    this.#drawWeight();
    this.#acts.weighed();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (withModifier(event)) return;
    const weight = pushed(this.term.weight, event.key);
    if (weight !== null) this.#weigh(weight);
    else if (event.key === "Enter" || event.key === " ") this.mute();
    else if (event.key === "Backspace" || event.key === "Delete") this.#acts.remove(this);
    else if (event.key === "Escape") this.#acts.leave();
    else if (beginsWeight(event.key)) this.#beginTyping(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation(); // keys of the page are not meant
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (event.button !== 0) return;
    this.#drag = { from: event.clientX, weight: this.term.weight, on: true, moved: false };
    this.grip.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const drag = this.#drag;
    if (!drag.on) return;
    const across = event.clientX - drag.from;
    if (Math.abs(across) >= DRAG_FROM_PX) drag.moved = true;
    if (drag.moved) this.#weigh(dragged(drag.weight, across));
  }

  #end() {
    this.#drag.on = false;
  }

  /** @param {string} first */
  #beginTyping(first) {
    this.typed.value = first;
    this.#showTyping(true);
    this.typed.focus();
  }

  /** @param {KeyboardEvent} event */
  #onTypedKey(event) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.#endTyping(event.key === "Enter");
    this.grip.focus();
  }

  /** @param {boolean} taken */
  #endTyping(taken) {
    if (this.typed.hidden) return;
    const weight = typedWeight(this.typed.value);
    this.#showTyping(false);
    if (taken && weight !== null) this.#weigh(weight);
  }

  /** @param {boolean} on */
  #showTyping(on) {
    this.typed.hidden = !on;
    this.weight.hidden = on;
  }
}
