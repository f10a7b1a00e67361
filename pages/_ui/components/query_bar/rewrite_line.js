// What the person may have meant, in a quiet line below the field; one click asks it.

import { make, textButton } from "../shared/drawing.js";

/** @import { Rewrite } from "./data.d.ts" */

export class RewriteLine {
  root = make("p", "rewrite");
  #said = make("span", "said");
  #text = "";

  /** @param {(text: string) => void} ask */
  constructor(ask) {
    this.button = textButton("text-button", "", "", () => ask(this.#text));
    this.root.setAttribute("role", "status");
    this.root.append(this.#said, " ", this.button);
    this.root.hidden = true;
  }

  /** @param {Rewrite | null | undefined} rewrite */
  draw(rewrite) {
    this.root.hidden = !rewrite;
    if (!rewrite) return;
    this.#text = rewrite.text;
    this.#said.textContent = rewrite.said;
    this.button.textContent = `Ask: ${rewrite.label}`;
  }
}
