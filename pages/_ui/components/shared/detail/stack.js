// The pictures that count as one with the open one, side by side, with what they differ in.

import { countOf, whole } from "../counting.js";
import { make } from "../drawing.js";
import { thumb } from "./neighbours.js";

/** @import { Known, Stacked } from "./data.d.ts" */

export class Stack {
  root = make("div", "neighbours copies");
  #key = "";
  #open;

  /** @param {(id: string) => void} open */
  constructor(open) {
    this.#open = open;
  }

  /** @param {Known | undefined} known */
  draw(known) {
    const stack = known?.stack ?? [];
    const key = JSON.stringify([known?.id, stack]);
    if (key === this.#key) return;
    this.#key = key;
    this.root.replaceChildren();
    if (!known || !stack.length) return;
    const more = known.stack_more ? `, and ${whole(known.stack_more)} more` : "";
    const differ = stack[0].facts.length ? "" : ", no difference in size, day or folder";
    const strip = make("div", "strip");
    strip.setAttribute("role", "list");
    strip.append(...stack.map((one) => this.#copy(one, one.id === known.id)));
    this.root.append(make("h2", "", `${countOf(stack.length, "picture")} that count as one${more}${differ}`), strip);
  }

  /** @param {Stacked} one @param {boolean} current */
  #copy(one, current) {
    const copy = make("div", "copy");
    copy.setAttribute("role", "listitem");
    const button = thumb(one, this.#open);
    if (current) button.setAttribute("aria-current", "true");
    const facts = make("dl", "");
    for (const [name, value] of one.facts) facts.append(make("dt", "", name), make("dd", "", value));
    const name = make("p", "copy-name", one.caption);
    name.title = one.id;
    copy.append(button, name, ...(one.facts.length ? [facts] : []));
    return copy;
  }
}
