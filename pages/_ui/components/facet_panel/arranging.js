// How hits are arranged: copies as one, how varied they are, and by what they are listed.

import { make } from "../shared/drawing.js";
import { focusedBeside } from "../shared/keys.js";
import { fieldOf } from "./field.js";

/** @import { Choice, Chosen } from "./data.d.ts" */

const MOST_VARIED = 0.5; // beyond it little of the query is left

export class Arranging {
  root = make("div", "arranging");
  stacks = fieldOf("Copies");
  stackList = make("div", "stackings");
  variety = fieldOf("Variety");
  slider = make("input");
  said = make("span", "said");
  orders = fieldOf("Listed by");
  order = make("select");
  largest = make("input");
  turned = make("label", "turned");
  #choose;

  /** @param {(change: Partial<Chosen>) => void} choose */
  constructor(choose) {
    this.#choose = choose;
    this.stacks.append(this.stackList);
    this.slider.type = "range";
    [this.slider.min, this.slider.max, this.slider.step] = ["0", String(MOST_VARIED), "0.05"];
    this.slider.setAttribute("aria-label", "Variety: pictures that are like those before come later");
    this.slider.title = "Pictures that are like those before come later, at the price of some score";
    this.slider.addEventListener("input", () => this.#say(Number(this.slider.value)));
    this.slider.addEventListener("change", () => choose({ diversity: Number(this.slider.value) }));
    const line = make("div", "range-line");
    line.append(this.slider, this.said);
    this.variety.append(line);
    this.order.setAttribute("aria-label", "Listed by");
    this.order.addEventListener("change", () => this.#tellOrder());
    this.largest.type = "checkbox";
    this.largest.addEventListener("change", () => this.#tellOrder());
    this.turned.append(this.largest, "largest first");
    this.orders.append(this.order, this.turned);
    this.root.append(this.stacks, this.variety, this.orders);
  }

  /**
   * @param {Chosen} chosen
   * @param {Choice[]} stackings
   * @param {Choice[]} orders
   */
  draw({ stacking, diversity, order }, stackings, orders) {
    this.root.hidden = !orders.length;
    this.stacks.hidden = stackings.length < 2;
    this.#drawStackings(stackings, stacking);
    const focused = focusedBeside(this.root);
    if (focused !== this.slider) this.slider.value = String(diversity);
    this.#say(focused === this.slider ? Number(this.slider.value) : diversity);
    const known = [...this.order.options].map((one) => one.value).join("\n");
    if (known !== orders.map((one) => one.value).join("\n")) {
      this.order.replaceChildren(
        ...orders.map(({ value, label }) => {
          const option = make("option", "", label);
          option.value = value;
          return option;
        }),
      );
    }
    this.order.value = order.replace(/^-/, "");
    this.turned.hidden = order === "score";
    this.largest.checked = order.startsWith("-");
  }

  /** @param {Choice[]} stackings @param {string} stacking */
  #drawStackings(stackings, stacking) {
    if (this.stackList.childElementCount !== stackings.length) {
      this.stackList.replaceChildren(
        ...stackings.map(({ value, label }) => {
          const row = make("label");
          const radio = make("input");
          [radio.type, radio.name, radio.value] = ["radio", "stacking", value];
          radio.addEventListener("change", () => this.#choose({ stacking: value }));
          row.append(radio, label);
          return row;
        }),
      );
    }
    for (const radio of this.stackList.querySelectorAll("input")) radio.checked = radio.value === stacking;
  }

  /** @param {number} diversity */
  #say(diversity) {
    this.said.textContent = diversity ? diversity.toFixed(2) : "off";
    this.slider.setAttribute("aria-valuetext", this.said.textContent);
  }

  #tellOrder() {
    const field = this.order.value;
    this.#choose({ order: `${field !== "score" && this.largest.checked ? "-" : ""}${field}` });
  }
}
