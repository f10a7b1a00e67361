// The list below the field, one line of which the arrows pick out.

import { make } from "../shared/drawing.js";
import { markedLine } from "../shared/marking.js";
import { optionSign, stepped, typedWords } from "./options.js";

/** @import { Option } from "./data.d.ts" */
/** @import { Field } from "./field.js" */

export class SuggestionList {
  list = make("ul", "list");
  /** @type {Option[]} */
  options = [];
  active = -1;
  #field;
  #choose;

  /**
   * @param {Field} field
   * @param {(option: Option) => void} choose does what a line stands for
   */
  constructor(field, choose) {
    this.#field = field;
    this.#choose = choose;
    this.list.id = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    if (this.list.popover !== undefined) this.list.popover = "manual";
    field.root.append(this.list);
  }

  get isOpen() {
    return this.options.length > 0 && !this.list.hidden;
  }

  /** The line that the arrows picked out, if they did. */
  get chosen() {
    return this.active >= 0 ? (this.options[this.active] ?? null) : null;
  }

  /** @param {Option[]} options */
  show(options) {
    const chosen = this.chosen?.text;
    this.options = options;
    // Other suggestions may come while one is picked out by the arrows: Enter must take that one or what is typed.
    this.active = chosen === undefined ? -1 : options.findIndex((option) => option.text === chosen);
    if (!options.length) {
      this.hide();
      return;
    }
    const isTyped = typedWords(this.#field.input.value);
    this.list.replaceChildren(...options.map((option, index) => this.#line(option, index, isTyped)));
    this.list.hidden = false;
    if (this.list.showPopover && !this.list.matches(":popover-open")) this.list.showPopover();
    this.#field.input.setAttribute("aria-expanded", "true");
    this.place();
    this.#mark();
  }

  hide() {
    this.active = -1;
    this.#field.input.setAttribute("aria-expanded", "false");
    this.#field.input.removeAttribute("aria-activedescendant");
    if (this.list.hidePopover && this.list.matches(":popover-open")) this.list.hidePopover();
    this.list.hidden = true;
  }

  /** @param {1 | -1} by */
  step(by) {
    this.active = stepped(this.active, by, this.options.length);
    this.#mark();
  }

  /** Below the field, wherever the page was scrolled to. */
  place() {
    if (!this.isOpen) return;
    const box = this.#field.line.getBoundingClientRect();
    this.list.style.left = `${box.left}px`;
    this.list.style.top = `${this.#field.bottom() + 4}px`;
    this.list.style.width = `${box.width}px`;
  }

  /**
   * @param {Option} option
   * @param {number} index
   * @param {((word: string) => boolean) | null} isTyped
   */
  #line(option, index, isTyped) {
    const row = make("li");
    row.id = `option-${index}`;
    row.setAttribute("role", "option");
    row.append(optionSign(option), markedLine("text", option.text, isTyped));
    row.classList.toggle("forget", Boolean(option.forget));
    row.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    row.addEventListener("click", () => this.#choose(option));
    return row;
  }

  #mark() {
    Array.from(this.list.children).forEach((row, index) => {
      row.setAttribute("aria-selected", String(index === this.active));
    });
    if (this.active >= 0) this.#field.input.setAttribute("aria-activedescendant", `option-${this.active}`);
    else this.#field.input.removeAttribute("aria-activedescendant");
  }
}
